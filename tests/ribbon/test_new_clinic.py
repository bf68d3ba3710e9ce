"""New clinic from log: a log of a clinic that does not exist yet becomes its setup sheets, and they its setup."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Cadence, CountsAs, PayBasis, WorksAs
from server.errors import SetupUnusable, WorkbookHasClinic
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from server.sheets.tables import SETUP_SHEETS
from tests.invented import HEADINGS, LAKESIDE, a_row
from tests.ribbon.clicks import a_click, cell_as_sent, pressed

LOG = [
    *(a_row(id=f"A-{day}", date=f"2026-10-{day:02}", provider="Nora New") for day in range(5, 10)),
    a_row(id="A-11", date="2026-10-12", provider="New, Nora LCSW", service="EX-900"),
    a_row(id="A-12", date="2026-10-13", provider="Otto Other", status="Pending chart"),
    a_row(id="A-13", date="2026-10-13", provider="Otto Other", status="Atended"),
]


def sheets_for(
    ledger: Ledger, rows: Sequence[Sequence[Cell]] = LOG
) -> tuple[dict[str, Any], dict[str, Worksheet]]:
    """Press New clinic from log; return the reply and the setup sheets by name."""
    reply = pressed(ledger, "clinic.new", a_click(rows, clinic=None))
    content = ledger.outputs.read(reply["output"]["id"]).data
    book = load_workbook(BytesIO(content))
    return reply, {sheet.title: sheet for sheet in book.worksheets}


def fill_in(sheets: Mapping[str, Worksheet], **clinic: str) -> None:
    """Fill in what only a person knows."""
    answers = {"Clinic ID": "newport", "Clinic name": "Newport", "Pay period": "monthly"} | clinic
    for row in sheets["Clinic"].iter_rows(min_row=4):
        if row[0].value in answers:
            row[1].value = answers[str(row[0].value)]
    typed: dict[tuple[str, str], str | int] = {
        ("Providers", "Works as"): "W-2",
        ("Rates", "Pay basis"): "per session",
        ("Rates", "Rate"): 50,
    }
    for (name, heading), value in typed.items():
        place = [cell.value for cell in sheets[name][3]].index(heading)
        for row in sheets[name].iter_rows(min_row=4):
            row[place].value = value
    for row in sheets["Statuses"].iter_rows(min_row=4):
        row[1].value = "attended" if row[1].value == "?" else row[1].value


def sent(sheets: Mapping[str, Worksheet]) -> list[dict[str, Any]]:
    return [
        {"name": name, "columns": [[cell_as_sent(cell.value) for cell in column] for column in sheet.columns]}
        for name, sheet in sheets.items()
    ]


def test_what_the_log_says_is_on_the_setup_sheets_with_counts(ledger: Ledger) -> None:
    reply, sheets = sheets_for(ledger)
    assert list(sheets) == [table.name for table in SETUP_SHEETS]
    assert reply["figures"] == {"rows": 8, "providers": 2, "services": 2, "statuses": 3, "guesses": 2}
    assert (reply["next"], reply["activate"], reply["bind"]) == ("clinic.save", "Clinic", None)
    rows = [[cell.value for cell in row] for row in sheets["Providers"].iter_rows(min_row=4)]
    assert [(row[0], row[1], row[6], row[8]) for row in rows] == [
        ("Nora New", "New, Nora LCSW", "?", "6 rows. Guess: one person. If not, give each name a row."),
        ("Otto Other", None, "?", "2 rows"),
    ]
    statuses = [[cell.value for cell in row] for row in sheets["Statuses"].iter_rows(min_row=4)]
    assert [row[:2] for row in statuses] == [
        ["Attended", "attended"],
        ["Atended", "attended"],
        ["Pending chart", "?"],
    ]


def test_nothing_is_saved_before_somebody_has_decided(ledger: Ledger) -> None:
    _, sheets = sheets_for(ledger)
    with pytest.raises(SetupUnusable) as refused:
        pressed(ledger, "clinic.save", a_click(clinic=None, sheets=sent(sheets)))
    cells = {(finding.sheet, finding.heading) for finding in refused.value.findings}
    assert {
        ("Clinic", "Value"),
        ("Providers", "Works as"),
        ("Rates", "Pay basis"),
        ("Statuses", "Counts as"),
    } <= cells
    assert "newport" not in {entry.id for entry in ledger.clinics()}


def test_saved_the_log_can_be_paid(ledger: Ledger) -> None:
    _, sheets = sheets_for(ledger)
    fill_in(sheets)
    saved = pressed(ledger, "clinic.save", a_click(clinic=None, sheets=sent(sheets)))
    assert saved["bind"] == {"clinic": "newport"}

    with ledger.clinic("newport").reading() as books:
        setup = books.setup()
    assert setup.clinic.cadence is Cadence.MONTHLY
    assert [(one.name, one.aliases, one.works_as) for one in setup.providers] == [
        ("Nora New", ("New, Nora LCSW",), WorksAs.EMPLOYEE),
        ("Otto Other", (), WorksAs.EMPLOYEE),
    ]
    assert {
        (rate.provider, rate.service, rate.basis, rate.amount, str(rate.effective_from))
        for rate in setup.rates
    } == {
        ("Nora New", "*", PayBasis.PER_SESSION, 5_000, "2026-10-01"),
        ("Otto Other", "*", PayBasis.PER_SESSION, 5_000, "2026-10-01"),
    }
    assert {word.status: word.counts_as for word in setup.statuses}["Pending chart"] is CountsAs.ATTENDED
    paid = pressed(ledger, "payroll.generate", a_click(LOG, clinic="newport"))
    assert paid["figures"]["paid_cents"] == 8 * 5_000


def test_a_rate_that_is_not_typed_is_refused(ledger: Ledger) -> None:
    _, sheets = sheets_for(ledger)
    fill_in(sheets)
    sheets["Rates"]["D4"].value = "?"
    with pytest.raises(SetupUnusable):
        pressed(ledger, "clinic.save", a_click(clinic=None, sheets=sent(sheets)))


def test_a_workbook_of_a_clinic_is_refused(ledger: Ledger) -> None:
    with pytest.raises(WorkbookHasClinic, match=LAKESIDE.clinic.name):
        pressed(ledger, "clinic.new", a_click(LOG))


def test_a_workbook_of_a_clinic_that_is_not_on_the_list_is_refused_by_its_id(ledger: Ledger) -> None:
    with pytest.raises(WorkbookHasClinic, match="belongs to elsewhere,"):
        pressed(ledger, "clinic.new", a_click(LOG, clinic="elsewhere"))


def test_the_id_of_a_clinic_in_the_books_is_asked_about_and_its_setup_stays(ledger: Ledger) -> None:
    _, sheets = sheets_for(ledger)
    fill_in(sheets, **{"Clinic ID": "lakeside"})
    asked = pressed(ledger, "clinic.save", a_click(clinic=None, sheets=sent(sheets)))
    assert asked["asks"]["fields"][0]["name"] == "replace"
    with ledger.clinic("lakeside").reading() as books:
        assert books.setup().providers[0].name == "Jane Roe"


def test_pressed_twice_what_was_typed_is_not_lost_silently(ledger: Ledger) -> None:
    click = a_click(LOG, clinic=None)
    click["workbook"]["written"] = [{"name": "Clinic", "kind": "setup"}]
    asked = pressed(ledger, "clinic.new", click)
    assert asked["asks"]["fields"][0]["name"] == "replace"
    kept = pressed(
        ledger,
        "clinic.new",
        {**a_click(LOG, clinic=None, inputs={"replace": "no"}), "workbook": click["workbook"]},
    )
    assert (kept["output"], kept["level"], kept["next"]) == (None, "review", None)
    again = {**a_click(LOG, clinic=None, inputs={"replace": "yes"}), "workbook": click["workbook"]}
    assert pressed(ledger, "clinic.new", again)["output"]


def test_two_people_who_share_an_initial_are_not_put_together(ledger: Ledger) -> None:
    names = ["Ana Fern", "Abe Fern", "A. Fern", "Zoe Quill"]
    rows = [a_row(id=f"A-{number}", provider=name) for number, name in enumerate(names)]
    _, sheets = sheets_for(ledger, rows)
    assert {row[0].value for row in sheets["Providers"].iter_rows(min_row=4)} == set(names)


def test_numbered_names_are_not_put_together(ledger: Ledger) -> None:
    names = ["Provider 1", "Provider 2", "Provider 11"]
    rows = [a_row(id=f"A-{number}", provider=name) for number, name in enumerate(names)]
    reply, _ = sheets_for(ledger, rows)
    assert reply["figures"]["providers"] == len(names)


def test_a_clinic_column_names_the_clinic_and_an_id_column_the_providers(ledger: Ledger) -> None:
    headings = (*HEADINGS, "Clinic", "Provider ID")
    rows = [(*row, "Newport Talk", "N-1" if "N" in str(row[2]) else "O-1") for row in LOG]
    reply = pressed(ledger, "clinic.new", a_click(rows, clinic=None, headings=headings))
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    assert book["Clinic"]["B5"].value == "Newport Talk"
    assert [book["Providers"][f"C{row}"].value for row in (4, 5)] == ["N-1", "O-1"]


@pytest.mark.parametrize("name", ["=1+1", "Roe; Jane", "@Ana Fern", "-Ana", "Ana\tFern"])
def test_a_hostile_name_is_listed_as_the_text_it_is(ledger: Ledger, name: str) -> None:
    rows = [a_row(id=f"A-{number}", provider=name) for number in range(3)]
    _, sheets = sheets_for(ledger, rows)
    cell = sheets["Providers"]["A4"]
    assert (cell.value, cell.data_type) == (" ".join(name.split()), "s")


def test_questions_about_the_log_come_first(ledger: Ledger) -> None:
    rows = [("2026-10-05", "Nora New", "EX-101")]
    click = a_click(rows, clinic=None, headings=("Date of service", "Provider", "Service"))
    (field,) = pressed(ledger, "clinic.new", click)["asks"]["fields"]
    assert field["name"] == "all_attended"
    answered = {**click, "request_id": "answered", "inputs": {"all_attended": "yes"}}
    assert pressed(ledger, "clinic.new", answered)["figures"]["statuses"] == 0
