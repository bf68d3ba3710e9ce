"""The sheets Check and Findings: read back, worked through, and printed by programs that fit no row to its text."""

import re
from dataclasses import replace
from io import BytesIO
from textwrap import wrap
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from server.errors import Finding
from server.ribbon.context import listed_findings
from server.sheets.payroll import findings_sheet
from server.sheets.payroll.payroll_workbook import write_check, write_payroll
from server.sheets.payroll.tables import CHECK_NAME, FINDINGS
from server.sheets.workbook_view import WorkbookView
from server.sheets.xlsx.row_heights import MARGIN, height_of, lines_of
from tests.invented import a_finding
from tests.sheets.invented import PROVIDERS, a_run
from tests.sheets.workbooks import rows_of

RUN = a_run()
TOP = 5
SHEET = "Export"


def unknown(provider: str, *rows: int, sheet: str = SHEET) -> Finding:
    facts = {"value": provider, "suggestion": ""}
    return a_finding("unknown-provider", sheet, rows, 2, "Clinician", facts)


MIXED = (
    a_finding("columns-not-read", SHEET, [4], facts={"columns": "1 column", "names": "Room"}),
    a_finding("identical-rows", SHEET, facts={"first": 3}),
    unknown("Zelda Nobody", 800, 709, 708, 710),
    a_finding("blank-status", SHEET, [90], 4, "Status"),
    unknown("Basil Typo", 70),
    a_finding("negative-pay", SHEET, [30, 50], 8, "Paid"),
)


SHOWN = WorkbookView([SHEET])


def checked(*findings: Finding, view: WorkbookView = SHOWN) -> Worksheet:
    run = replace(RUN, findings=tuple(findings))
    return load_workbook(BytesIO(write_check(run, view)))[CHECK_NAME]


def entries(sheet: Worksheet) -> list[dict[str, object]]:
    """Return the rows below the headings."""
    return [dict(zip(FINDINGS.titles, row, strict=True)) for row in rows_of(sheet)[TOP - 1 :]]


def cells_of_stretch(words: str) -> list[str]:
    """Return each cell of a stretch of cells of one column: ``E417:E425``."""
    column, first, _, last = range_boundaries(words)
    return [
        f"{get_column_letter(int(column or 0))}{row}" for row in range(int(first or 0), int(last or 0) + 1)
    ]


def links(sheet: Worksheet) -> dict[str, str]:
    """Return the shown text of each cell that is a link, and where the link goes."""
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert {cell.font.underline for cell in cells} <= {"single"}
    return {str(cell.value): str(getattr(cell.hyperlink, "location", None)) for cell in cells}


def test_findings_stand_together_by_kind_worst_first_then_by_row() -> None:
    shown = [(row["Severity"], row["Problem"], row["Cells"], row["Cell"]) for row in entries(checked(*MIXED))]
    assert shown == [
        ("blocker", "Unknown provider", 5, None),
        ("blocker", "Unknown provider", None, "C70"),
        ("blocker", "Unknown provider", None, "C708:C710"),
        ("blocker", "Unknown provider", None, "C800"),
        ("blocker", "Blank status", 1, "E90"),
        ("review", "Negative pay", 2, None),
        ("review", "Negative pay", None, "I30"),
        ("review", "Negative pay", None, "I50"),
        ("review", "Identical rows", 1, None),
        ("info", "Columns not read", 1, "row 4"),
    ]


def test_a_sentence_is_read_once_and_a_remedy_stands_beside_its_kind() -> None:
    shown = entries(checked(*MIXED))
    sentences = [row["What is wrong"] for row in shown if row["What is wrong"]]
    assert len(sentences) == len(set(sentences)) == len(MIXED)
    assert [bool(row["What to do"]) for row in shown[:4]] == [True, False, False, False]
    assert shown[0]["What is wrong"] is None
    assert str(shown[1]["What is wrong"]).startswith("“Basil Typo”")


def test_the_banner_says_how_much_there_is_to_do() -> None:
    sheet = checked(*MIXED)
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == [
        "Lakeside Sample Psychology",
        "Check · Oct 1–31, 2026",
        "To fix: 6    To review: 3    For your information: 1",
    ]
    assert checked()["A3"].value == "No findings."


def test_check_and_findings_are_one_table() -> None:
    run = replace(RUN, findings=MIXED)
    book = load_workbook(BytesIO(write_payroll(run, PROVIDERS, SHOWN)))
    headings = TOP - 2  # the state of the run is above the headings of Findings
    assert rows_of(book[FINDINGS.name])[headings:] == rows_of(checked(*MIXED))[headings:]
    assert links(book[FINDINGS.name]) == links(checked(*MIXED))


def test_every_row_can_be_filtered_by_its_severity_and_folded_under_its_kind() -> None:
    sheet = checked(*MIXED)
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref == f"A{TOP - 1}:H{sheet.max_row}"
    levels = [sheet.row_dimensions[row].outlineLevel for row in range(TOP, sheet.max_row + 1)]
    assert levels == [0, 1, 1, 1, 0, 0, 1, 1, 0, 0]
    outline = sheet.sheet_properties.outlinePr
    assert outline
    assert outline.summaryBelow is False


def test_cells_stretches_and_whole_rows_are_links() -> None:
    assert links(checked(*MIXED)) == {
        "C70": "'Export'!C70",
        "C708:C710": "'Export'!C708:C710",
        "C800": "'Export'!C800",
        "E90": "'Export'!E90",
        "I30": "'Export'!I30",
        "I50": "'Export'!I50",
        "row 4": "'Export'!4:4",
    }


@pytest.mark.parametrize(
    "name",
    ["O'Brien's log", "=1+1", "'", "2026 log", "R1C1", "A1", 'Ann & <Co> "x"', "a!b", " b ", "Größe 漢"],
)
def test_a_sheet_of_any_name_is_linked(name: str) -> None:
    finding = unknown("Zelda", 7, sheet=name)
    assert links(checked(finding, view=WorkbookView([name]))) == {"C7": f"{quote_sheetname(name)}!C7"}


def test_a_sheet_that_the_workbook_lacks_or_hides_is_not_linked() -> None:
    elsewhere = unknown("Zelda", 7, sheet="Gone")
    sheet = checked(elsewhere, unknown("Yan", 8))
    assert links(sheet) == {"C8": "'Export'!C8"}
    assert sheet["E6"].value == "C7"


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.lists(st.integers(2, 60), unique=True)), max_size=6))
def test_no_cell_is_lost_and_every_link_leads_where_its_cell_says(
    wanted: list[tuple[bool, list[int]]],
) -> None:
    findings = [
        unknown(f"Nobody {number}", *rows) if blocks else a_finding("negative-pay", SHEET, rows, 8, "Paid")
        for number, (blocks, rows) in enumerate(wanted)
    ]
    sheet = checked(*findings)
    shown = entries(sheet)
    assert sum(int(str(row["Cells"] or 0)) for row in shown) == sum(max(1, len(one.rows)) for one in findings)
    leads = links(sheet)
    named = [
        (column, row)
        for cells in (str(entry["Cell"]) for entry in shown if entry["Cell"])
        for column, first, _, last in [range_boundaries(leads[cells].split("!")[1])]
        for row in range(int(first or 0), int(last or 0) + 1)
    ]
    assert sorted(named) == sorted((3 if one.column == 2 else 9, row) for one in findings for row in one.rows)


@pytest.mark.parametrize(
    ("rows", "hidden", "cell"),
    [
        ([7], [7], "C7 (hidden row)"),
        ([7], [6, 8], "C7"),
        ([7, 8], [8, 7, 7], "C7:C8 (hidden rows)"),
        ([7, 8, 9], [8], "C7:C9 (1 hidden row)"),
        ([7, 8, 9], [6, 7, 8], "C7:C9 (2 hidden rows)"),
        ([], [1, 4], None),
    ],
)
def test_a_cell_in_a_row_that_the_sheet_hides_says_so_and_is_a_link_all_the_same(
    rows: list[int], hidden: list[int], cell: str | None
) -> None:
    sheet = checked(unknown("Zelda", *rows), view=WorkbookView([SHEET], hidden_rows={SHEET: hidden}))
    assert entries(sheet)[0]["Cell"] == cell
    assert list(links(sheet)) == ([cell] if cell else [])


def test_a_cell_of_a_hidden_sheet_says_so() -> None:
    sheet = checked(unknown("Zelda", 7), unknown("Yan", 9), view=WorkbookView(hidden=[SHEET]))
    assert [row["Cell"] for row in entries(sheet)] == [None, "C7 (hidden sheet)", "C9 (hidden sheet)"]
    assert not links(sheet)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["blank-status", "negative-pay", "columns-not-read"]),
            st.lists(st.integers(2, 12), unique=True, max_size=5),
        ),
        max_size=6,
    )
)
def test_a_reply_lists_the_cells_in_the_order_of_the_sheet(wanted: list[tuple[str, list[int]]]) -> None:
    facts = {"columns-not-read": {"columns": "1 column", "names": "Room"}}
    findings = [a_finding(code, SHEET, rows, 4, "Status", facts.get(code, {})) for code, rows in wanted]
    shown = [
        (row["Problem"], cell)
        for row in entries(checked(*findings))
        if row["Cell"]
        for cell in cells_of_stretch(str(row["Cell"]))
    ]
    listed = [(one.code.replace("-", " ").capitalize(), one.cell) for one in listed_findings(findings)]
    assert [place for place in listed if place[1]] == shown


def test_a_hundred_thousand_scattered_cells_are_all_listed_and_the_first_are_linked() -> None:
    finding = a_finding("blank-status", SHEET, range(2, 200_002, 2), 4, "Status")
    content = write_check(replace(RUN, findings=(finding,)), SHOWN)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(CHECK_NAME).to_python()
    cells = [row[4] for row in rows[TOP:]]
    assert cells[:2] == ["E2", "E4"]
    assert len(cells) == 100_000
    part = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    linked = re.findall(rb"<hyperlink ref=\"E(\d+)\" location=\"'Export'!E(\d+)\"/>", part)
    assert len(linked) == findings_sheet.MOST_LINKS
    assert linked[-1] == (
        b"%d" % (findings_sheet.MOST_LINKS + TOP - 1 + 1),
        b"%d" % (findings_sheet.MOST_LINKS * 2),
    )


def test_neighbors_are_one_stretch() -> None:
    sheet = checked(a_finding("blank-status", SHEET, range(2, 100_002), 4, "Status"))
    assert links(sheet) == {"E2:E100001": "'Export'!E2:E100001"}
    assert entries(sheet)[0]["Cells"] == 100_000


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited(text: str) -> None:
    sheet = checked(a_finding("blank-status", text, [7, 9], 4, text), view=WorkbookView([text]))
    alike = [cell for row in sheet.iter_rows(min_row=TOP) for cell in row if cell.value == text]
    assert len(alike) == 6
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in alike)


# -- heights of rows


def test_every_row_is_as_high_as_its_text_needs() -> None:
    sheet = checked(
        *MIXED, a_finding("column-question", SHEET, [9], 1, "Day", {"question": "Is it so? " * 60})
    )
    heights = {sheet.row_dimensions[row].height for row in range(TOP, sheet.max_row + 1)}
    assert None not in heights
    assert min(heights) == height_of(1)
    for row in range(TOP, sheet.max_row + 1):
        for column, heading in enumerate(FINDINGS.headings, 1):
            text = str(sheet.cell(row, column).value or "")
            needed = len(wrap(text, heading.width - MARGIN)) or 1
            assert sheet.row_dimensions[row].height >= height_of(needed)


@given(st.lists(st.text("abcdefgh.,", min_size=1, max_size=9), max_size=40), st.integers(13, 60))
def test_lines_are_counted_as_a_program_that_wraps_words_does(words: list[str], width: int) -> None:
    text = " ".join(words)
    assert lines_of(text, width) == max(1, len(wrap(text, width - MARGIN, break_on_hyphens=False)))


def test_a_word_longer_than_the_line_a_line_break_and_wide_letters_take_lines_of_their_own() -> None:
    assert lines_of("x" * 41, 10 + MARGIN) == 5
    assert lines_of("one\ntwo\n\nfour", 40) == 4
    assert lines_of("漢" * 10, 10 + MARGIN) == 2
    assert height_of(1_000) == 409
