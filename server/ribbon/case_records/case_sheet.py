"""The Cases sheet that a click sends, and the cells that show a case in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from server.billing.days import serial_of
from server.billing.names import fold
from server.errors import Finding
from server.operations.case_records import CaseOnRecord
from server.ribbon.context import ClickContext
from server.ribbon.invoices.cell_edits import Place, Value, fill_edits, value_edits
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import Edit
from server.sheets.dates import OFFSET_1904, SINCE_1904
from server.sheets.invoices.case_rows import CaseRows, read_cases
from server.sheets.invoices.cases_sheet import ListedCase, row_cells
from server.sheets.invoices.tables import CASES, RESULT, STATUS_ANSWERED, TYPED_IN_CASES
from server.sheets.sheet_table import Kind
from server.sheets.xlsx.style import CALM_TINT, TINT, WHITE

_SHOWN = tuple(title for title in CASES.titles if title not in {*TYPED_IN_CASES, RESULT})


def case_sheet_sent(context: ClickContext) -> CaseRows | None:
    """Return the Cases sheet sent with the click, or ``None``."""
    for sheet in context.click.worksheets():
        if fold(sheet.name) == fold(CASES.name):
            return read_cases(sheet)
    return None


def listed_case(one: CaseOnRecord) -> ListedCase:
    """Return a case as its row shows it."""
    case = one.case
    return ListedCase(
        str(case.id),
        case.name,
        case.patient,
        one.record,
        case.invoices,
        one.billed_cents,
        case.balance_cents,
        one.share_cents,
        one.status_requests,
    )


def result_edits(
    sheet: CaseRows,
    messages: Mapping[int, str],
    findings: Sequence[Finding],
    saved: Mapping[int, CaseOnRecord],
    date_system: int,
) -> list[Edit]:
    """Return the edits that show the result of each row, by Excel's row. The cells of ``saved`` rows show what is on record."""
    outdated = [row.number for row in sheet.rows if row.result]
    texts: dict[int, str | None] = dict.fromkeys(outdated) | dict(messages)
    cells: dict[Place, Value] = {}
    for number, text in texts.items():
        cells |= dict.fromkeys(_places_of(sheet, [RESULT], [number]), text)
    for number, one in saved.items():
        for title, value in {**row_cells(listed_case(one)), STATUS_ANSWERED: None}.items():
            if title in sheet.places:
                cells[sheet.places[title], number] = _excel_value(title, value, date_system)
    return [
        *value_edits(sheet.name, cells),
        *fill_edits(sheet.name, _places_of(sheet, _SHOWN, texts), f"#{TINT}"),
        *fill_edits(sheet.name, _places_of(sheet, (*TYPED_IN_CASES, RESULT), texts), f"#{WHITE}"),
        *fill_edits(sheet.name, _places_of(sheet, [RESULT], saved), f"#{CALM_TINT}"),
        *marks_of(findings)[0],
    ]


_MONEY = frozenset(heading.title for heading in CASES.headings if heading.kind is Kind.MONEY)


def _excel_value(title: str, value: str | int | date | None, date_system: int) -> Value:
    """Return a value as Excel holds it: amounts in dollars, days as serial numbers, blank cells as ``None``."""
    if isinstance(value, date):
        return serial_of(value) - (OFFSET_1904 if date_system == SINCE_1904 else 0)
    if isinstance(value, int) and title in _MONEY:
        return value / 100
    return None if value == "" else value


def _places_of(sheet: CaseRows, titles: Iterable[str], rows: Collection[int]) -> list[Place]:
    columns = [sheet.places[title] for title in titles if title in sheet.places]
    return [(column, row) for row in rows for column in columns]
