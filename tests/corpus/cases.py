"""The corpus: what a service may answer to a workbook, one case for each thing an add-in has to get right.

Built by ``python -m tests.corpus.build``. Every name in it is invented.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tests.gallery.package import content_of

CLINIC = "_ClinicLedger"
GROUP = "_ClinicLedgerSheet"
MARKS = "_ClinicLedgerMarks"

RED, YELLOW, GREEN, BLUE = "#F8CBAD", "#FFE699", "#E2F0D9", "#BDD7EE"
LOG = (
    ("Date of service", "Provider", "Service", "Status", "Charge"),
    (46300.0, "Ada Example", "EX-101", "Show", 120.0),
    (46301.0, "Ada Example", "EX-102", "No show", 80.5),
    (46302.0, "Ben Sample", "EX-101", "Seen", -20.0),
)

Reply = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A workbook, a reply to it, and the finished sheets the reply announces, if it does."""

    name: str
    workbook: bytes
    reply: Reply
    output: bytes | None = None


CASES: dict[str, Callable[[], tuple[Workbook, Reply, Workbook | None]]] = {}


def case(
    build: Callable[[], tuple[Workbook, Reply, Workbook | None]],
) -> Callable[[], tuple[Workbook, Reply, Workbook | None]]:
    """Put a case into the corpus under its function's name."""
    CASES[build.__name__.replace("_", "-")] = build
    return build


def built() -> Iterator[Case]:
    """Yield every case as it is on disk."""
    for name, build in CASES.items():
        workbook, reply, output = build()
        content = None if output is None else content_of(output)
        if output is not None and content is not None:
            reply = {**reply, "output": announced(name, output, content)}
        yield Case(name, content_of(workbook), reply, content)


def announced(name: str, output: Workbook, content: bytes) -> dict[str, Any]:
    """Return how a reply speaks of finished sheets."""
    return {
        "id": name,
        "url": f"/outputs/{name}",
        "sha256": sha256(content).hexdigest(),
        "sheets": [{"name": sheet.title} for sheet in output.worksheets],
    }


def offer(sheet: Worksheet, cells: str, source: str) -> None:
    """Give cells a dropdown."""
    sheet.add_data_validation(DataValidation(type="list", formula1=source, allow_blank=True, sqref=cells))


def a_log(*titles: str) -> Workbook:
    """A workbook whose first sheet is an appointment log; further sheets are the user's own."""
    workbook = Workbook()
    first, *others = titles or ("Appointments",)
    sheet = workbook.worksheets[0]
    sheet.title = first
    for row in LOG:
        sheet.append(row)
    for at in range(2, len(LOG) + 1):
        sheet.cell(at, 1).number_format = "mm/dd/yyyy"
        sheet.cell(at, 5).number_format = "#,##0.00"
    for title in others:
        workbook.create_sheet(title)["A1"] = f"{title}: somebody's own"
    return workbook


def finished(*titles: str, group: str = "payroll") -> Workbook:
    """Finished sheets as the service sends them."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title in titles:
        ours(workbook.create_sheet(title), group)
    return workbook


def ours(sheet: Worksheet, group: str, version: str = "new") -> None:
    """Make a sheet one that we wrote."""
    sheet["A1"] = f"{sheet.title} ({version})"
    sheet["A2"], sheet["B2"] = 46300.0, 1248.0
    sheet["A2"].number_format, sheet["B2"].number_format = "mm/dd/yyyy", '"$"#,##0.00'
    paint(sheet, "A1", BLUE)
    sheet.defined_names[GROUP] = hidden(GROUP, group)


def hidden(name: str, text: str) -> DefinedName:
    """A hidden name that keeps a text."""
    return DefinedName(name, attr_text=f'"{text}"', hidden=True)


def paint(sheet: Worksheet, address: str, fill: str) -> None:
    """Fill one cell."""
    sheet[address].fill = PatternFill("solid", fgColor=f"FF{fill.removeprefix('#')}")


def marked(workbook: Workbook, *marks: tuple[str, str, str, str]) -> Workbook:
    """Remember marks, as a click before this one left them: sheet, area, fill before, fill put."""
    sheet = workbook.create_sheet(MARKS)
    for row in marks:
        sheet.append([text or None for text in row])
    sheet.sheet_state = "veryHidden"
    return workbook


def a_reply(**parts: object) -> Reply:
    """A reply that changes what is given."""
    return {
        "summary": "Done.",
        "level": "done",
        "figures": {},
        "findings": [],
        "findings_total": 0,
        "output": None,
        "file": None,
        "edits": [],
        "charts": [],
        "clear_marks": [],
        "bind": None,
        "asks": None,
        "activate": None,
        **parts,
    }


def an_edit(
    range_: str,
    values: Sequence[Sequence[object]] | None = None,
    *,
    fill: str | None = None,
    number_format: str | None = None,
    choices: Sequence[str] | None = None,
    sheet: str = "Appointments",
) -> Mapping[str, object]:
    """One edit of a reply."""
    told = {"sheet": sheet, "range": range_, "values": values, "fill": fill, "format": number_format}
    return told if choices is None else told | {"choices": list(choices)}


@case
def nothing_changes() -> tuple[Workbook, Reply, None]:
    return a_log("Appointments", "Notes"), a_reply(), None


@case
def sheets_are_inserted_at_the_end() -> tuple[Workbook, Reply, Workbook]:
    return a_log(), a_reply(activate="Payroll Summary"), finished("Payroll Summary", "Lines")


@case
def only_sheets_of_the_same_group_are_replaced() -> tuple[Workbook, Reply, Workbook]:
    workbook = a_log("Appointments", "Notes")
    for title, group in (("Payroll Summary", "payroll"), ("Rates", "setup"), ("Lines", "payroll")):
        ours(workbook.create_sheet(title), group, "old")
    return workbook, a_reply(activate="Payroll Summary"), finished("Payroll Summary", "Findings")


@case
def a_sheet_of_the_users_keeps_its_name() -> tuple[Workbook, Reply, Workbook]:
    workbook = a_log("Appointments", "payroll summary", "Payroll Summary (2)")
    edits = [
        an_edit("B2", [[1.5]], sheet="Payroll Summary"),
        an_edit("B3", fill=GREEN, sheet="Payroll Summary"),
    ]
    return workbook, a_reply(activate="Payroll Summary", edits=edits), finished("Payroll Summary")


@case
def a_workbook_of_nothing_but_our_sheets() -> tuple[Workbook, Reply, Workbook]:
    workbook = Workbook()
    workbook.worksheets[0].title = "Payroll Summary"
    ours(workbook.worksheets[0], "payroll", "old")
    return workbook, a_reply(activate="Payroll Summary"), finished("Payroll Summary", "Lines")


@case
def hidden_sheets_stay_hidden() -> tuple[Workbook, Reply, Workbook]:
    workbook = a_log("Appointments", "Lists")
    workbook["Lists"].sheet_state = "hidden"
    output = finished("Payroll Summary", "Rates Used")
    output["Rates Used"].sheet_state = "hidden"
    return workbook, a_reply(), output


@case
def values_of_every_kind() -> tuple[Workbook, Reply, None]:
    rows: list[list[object]] = [["Show", 12.5, True], [None, 0, False], ["", -3, 1e15]]
    return a_log(), a_reply(edits=[an_edit("G2:I4", rows)]), None


@case
def text_stays_text() -> tuple[Workbook, Reply, None]:
    texts = [
        "=1+1",
        "+1",
        "-1",
        "@a",
        "'quoted",
        "007",
        "1/2",
        "May 5",
        "TRUE",
        "1e5",
        "12%",
        "$5",
        " 1",
        "#N/A",
    ]
    return a_log(), a_reply(edits=[an_edit(f"G1:G{len(texts)}", [[text] for text in texts])]), None


@case
def one_value_fills_an_area_and_several_areas() -> tuple[Workbook, Reply, None]:
    edits = [an_edit("G2:H3, J2", [["done"]]), an_edit("G5:H5", [[1, 2]], number_format="0.00")]
    return a_log(), a_reply(edits=edits), None


@case
def formats_without_values() -> tuple[Workbook, Reply, None]:
    edits = [an_edit("A2:A4", number_format="yyyy-mm-dd"), an_edit("E2", number_format="@")]
    return a_log(), a_reply(edits=edits), None


@case
def a_row_offers_what_is_open_to_it_now() -> tuple[Workbook, Reply, None]:
    workbook = a_log()
    offer(workbook["Appointments"], "D2:D4 G2:H6", '"Show,No show"')
    edits = [
        an_edit("D3", [["Seen"]], choices=["Seen", "No show"]),
        an_edit("G3:G4,H6", choices=["agree", "counter offer"]),
        an_edit("H2:H3", choices=[]),
        an_edit("C2", choices=['the "old" mill', "R & D"]),
    ]
    return workbook, a_reply(edits=edits), None


@case
def dropdowns_come_with_the_finished_sheets() -> tuple[Workbook, Reply, Workbook]:
    output = finished("Invoices", "Words", group="invoices")
    sheet = output["Invoices"]
    offer(sheet, "B2:B4 D3", '"send,void"')
    offer(sheet, "C2:C4", "Words!$A$1:$A$2")
    sheet.column_dimensions["E"].hidden = True
    edits = [an_edit("B3", choices=["void"], sheet="Invoices")]
    return a_log(), a_reply(activate="Invoices", edits=edits), output


@case
def marks_are_remembered_with_what_was_before() -> tuple[Workbook, Reply, None]:
    workbook = a_log("Appointments", "Other log")
    paint(workbook["Appointments"], "D3", GREEN)
    edits = [
        an_edit("D2:D4", fill=RED),
        an_edit("C3,E3", fill=YELLOW),
        an_edit("D3", fill=YELLOW),
        an_edit("A1", fill=RED, sheet="Other log"),
    ]
    return workbook, a_reply(edits=edits), None


@case
def marks_are_taken_back() -> tuple[Workbook, Reply, None]:
    workbook = a_log("Appointments", "Other log")
    for address, fill in {"B2": RED, "B3": RED, "B4": BLUE, "C2": YELLOW}.items():
        paint(workbook["Appointments"], address, fill)
    paint(workbook["Other log"], "A1", RED)
    marks = [
        ("Appointments", "B2:B2", "", RED),
        ("Appointments", "B3:B4", GREEN, RED),  # B4 was coloured by somebody since
        ("Appointments", "C2", GREEN, RED),
        ("Appointments", "C2", RED, YELLOW),  # marked twice: taken back in turn
        ("Other log", "A1", "", RED),
        ("Gone", "A1", "", RED),
    ]
    return marked(workbook, *marks), a_reply(clear_marks=["appointments", "Gone"]), None


@case
def checking_again_moves_the_marks() -> tuple[Workbook, Reply, None]:
    workbook = a_log()
    paint(workbook["Appointments"], "D3", RED)
    workbook = marked(workbook, ("Appointments", "D3", GREEN, RED))
    edits = [an_edit("D3", fill=YELLOW), an_edit("D4", fill=RED)]
    return workbook, a_reply(clear_marks=["Appointments"], edits=edits), None


@case
def a_workbook_is_bound() -> tuple[Workbook, Reply, None]:
    return a_log(), a_reply(bind={"clinic": "lakeside"}), None


@case
def a_bound_workbook_is_bound_again() -> tuple[Workbook, Reply, None]:
    workbook = a_log()
    workbook.defined_names[CLINIC] = hidden(CLINIC, "lakeside")
    workbook.defined_names["Rate"] = DefinedName("Rate", attr_text="Appointments!$E$2")
    return workbook, a_reply(bind={"clinic": "north-bay"}), None


@case
def a_question_is_asked() -> tuple[Workbook, Reply, None]:
    fields = [
        {"name": "clinic", "label": "Clinic", "kind": "choice", "required": True, "default": None,
         "choices": [{"value": "lakeside", "label": "Lakeside"}, {"value": "north-bay", "label": "north-bay"}]},
        {"name": "from", "label": "First day", "kind": "date", "required": False, "default": "2026-10-01",
         "choices": None},
    ]  # fmt: skip
    return a_log(), a_reply(asks={"fields": fields}, activate="Appointments"), None


@case
def charts_leave_the_cells_alone() -> tuple[Workbook, Reply, Workbook]:
    output = finished("Dashboard", group="receivables")
    for row in (("Bucket", "Dollars"), ("0-30", 120.0), ("31-60", 80.5)):
        output["Dashboard"].append(row)
    chart = {"sheet": "Dashboard", "kind": "column", "source": "A3:B5", "title": "Outstanding"}
    return a_log(), a_reply(charts=[chart], activate="Dashboard"), output


@case
def several_charts_have_places_of_their_own() -> tuple[Workbook, Reply, Workbook]:
    output = finished("Dashboard", group="dashboard")
    for row in (("Month", "Billed", "Collected"), ("Oct 2026", 120.0, 60.0), ("Nov 2026", 80.5, 90.0)):
        output["Dashboard"].append(row)
    charts = [
        {"sheet": "Dashboard", "kind": kind, "source": "A3:C5", "title": kind, "place": place}
        for kind, place in (("column", "E2:H9"), ("bar", "J2:M9"), ("line", "E11:H18"))
    ]
    return a_log(), a_reply(charts=charts, activate="Dashboard"), output


@case
def another_sheet_comes_to_the_front() -> tuple[Workbook, Reply, None]:
    return a_log("Appointments", "Notes"), a_reply(activate="notes"), None


@case
def a_workbook_that_counts_from_1904() -> tuple[Workbook, Reply, None]:
    workbook = a_log()
    workbook.epoch = CALENDAR_MAC_1904
    edits = [an_edit("G2:G3", [[44838], [0.5]], number_format="mm/dd/yyyy"), an_edit("H2", [["2026-10-04"]])]
    return workbook, a_reply(edits=edits), None
