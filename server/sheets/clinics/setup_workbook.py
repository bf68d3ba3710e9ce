"""The Setup workbook: the setup of a clinic, as sheets to type into (docs/contracts.md#setup-sheets)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import (
    ALWAYS,
    Clinic,
    GroupSession,
    MissedPay,
    MissedVisitRule,
    PayPlan,
    Provider,
    Rate,
    Service,
    Setup,
    ShareRule,
    Supervision,
)
from server.billing.days import serial_of
from server.billing.invoices.prices import Price
from server.billing.setup_pay_items import PayItem
from server.sheets.clinics.payer_mail_rows import payer_mail_rows
from server.sheets.clinics.reminder_days import reminder_answers
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.tables import (
    APPOINTMENTS,
    CLINIC,
    CLINIC_FIELDS,
    EXAM_TYPES,
    GROUP_SESSIONS,
    MAIL_TEXTS,
    MARK,
    MISSED_VISITS,
    PAY_ITEMS,
    PAY_PLANS,
    PAYERS,
    PRICES,
    PROVIDERS,
    RATES,
    REMINDER_MAIL,
    SERVICES,
    SETUP_VERSION,
    SHARES,
    STATUSES,
    SUPERVISION,
    YesNo,
)
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    ACCENT,
    DAY,
    FREE_NUMBER,
    HEADING,
    HEADING_RIGHT,
    HELP,
    MONEY,
    QUESTION,
    THOUSANDTHS,
    TITLE,
    TYPED_TEXT,
    Look,
    share_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

SETUP = "setup"
HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1
CLINIC_HELP_WIDTH = 60
REMARK_WIDTH = 62
ROOM = 2_000
"""Dropdowns reach this far down."""

Value = str | int | None
Cells = Sequence[tuple[Value, Look]]
"""The cells of a row. A number is whole, and is shown divided by 10 ** ``places`` of its look."""

RIGHT = {Kind.MONEY, Kind.AMOUNT}
_LOOKS = {
    Kind.TEXT: TYPED_TEXT,
    Kind.DATE: DAY,
    Kind.MONEY: MONEY,
    Kind.NUMBER: FREE_NUMBER,
    Kind.AMOUNT: MONEY,
}

_TITLES: Mapping[SheetTable, str] = {
    PROVIDERS: "Who is paid",
    SERVICES: "What is done in an appointment",
    RATES: "What a provider is paid, and from which day",
    STATUSES: "What a status counts as",
    MISSED_VISITS: "What a visit that did not take place still pays",
    GROUP_SESSIONS: "What is paid once for a whole group",
    SHARES: "Who has a part of what another provider's visits earn",
    SUPERVISION: "What a supervisor is paid for the visits of others",
    PAY_PLANS: "What is paid by how much was done in a pay period",
    PAY_ITEMS: "What is paid or taken off beside the visits",
    PRICES: "What is billed for a code, and from which exam date",
    EXAM_TYPES: "Which codes an exam is billed with",
    PAYERS: "Where payers are written to",
    REMINDER_MAIL: "When payers are reminded by mail",
    MAIL_TEXTS: "Your own texts for reminders",
}
_PEOPLE_AND_WORK = (("Provider", PROVIDERS), ("Service", SERVICES))
_SUGGESTED: Mapping[SheetTable, Sequence[tuple[str, SheetTable]]] = {
    RATES: _PEOPLE_AND_WORK,
    GROUP_SESSIONS: (("Service", SERVICES),),
    SHARES: (*_PEOPLE_AND_WORK, ("With", PROVIDERS)),
    SUPERVISION: (*_PEOPLE_AND_WORK, ("Supervisor", PROVIDERS)),
    PAY_PLANS: _PEOPLE_AND_WORK,
    PAY_ITEMS: (("Provider", PROVIDERS),),
    MISSED_VISITS: _PEOPLE_AND_WORK,
    EXAM_TYPES: (("Code", PRICES),),
}
"""The columns with a dropdown of the first column of another sheet."""


def write_setup(setup: Setup, version: str = "", date_system: int = 1900) -> bytes:
    """Return the setup as an .xlsx workbook, an empty setup as the form to fill in.

    ``version`` is the version of the setup in the books, so that stale sheets are refused when they are saved.
    """
    content = SetupContent(clinic_answers(setup.clinic), setup_rows(setup))
    return write_sheets(content, setup.clinic.name, version, date_system)


def write_setup_and_log(setup: Setup, visits: Iterable[Cells], title: str) -> bytes:
    """Return the setup as an .xlsx workbook with an appointment log after it, which belongs to staff."""
    content = SetupContent(clinic_answers(setup.clinic), setup_rows(setup))
    builder = _sheets_builder(content, setup.clinic.name)
    log = _add_table(builder, APPOINTMENTS, visits, title)
    del log.defined_names[MARK]
    return builder.to_bytes()


@dataclass(frozen=True, slots=True)
class SetupContent:
    """The cells of the setup sheets: the answers on the Clinic sheet and the rows of the tables.

    ``remarks`` is the heading of a last column that is not saved, "" if there is none.
    """

    answers: Cells
    rows: Mapping[SheetTable, Iterable[Cells]]
    remarks: str = ""


def write_sheets(content: SetupContent, owner: str, version: str = "", date_system: int = 1900) -> bytes:
    """Return setup sheets as an .xlsx workbook."""
    return _sheets_builder(content, owner, version, date_system).to_bytes()


def _sheets_builder(
    content: SetupContent, owner: str, version: str = "", date_system: int = 1900
) -> WorkbookBuilder:
    builder = WorkbookBuilder(SETUP, owner or "Clinic setup", "Clinic setup", date_system)
    _add_clinic(builder, content.answers, version)
    for table, title in _TITLES.items():
        sheet = _add_table(builder, table, content.rows.get(table, ()), title, content.remarks)
        for column, listed in _SUGGESTED.get(table, ()):
            _add_suggestions(sheet, table.position(column), listed)
    return builder


def setup_rows(setup: Setup) -> dict[SheetTable, Iterable[Cells]]:
    """Return the rows of each table of a setup, without those of the Clinic sheet."""
    return {
        PROVIDERS: map(_provider_cells, setup.providers),
        SERVICES: map(_service_cells, setup.services),
        RATES: map(_rate_cells, setup.rates),
        STATUSES: (_text_cells(one.status, one.counts_as.value) for one in setup.statuses),
        MISSED_VISITS: map(_missed_visit_cells, setup.missed_visits),
        GROUP_SESSIONS: map(_group_session_cells, setup.group_sessions),
        SHARES: map(_share_cells, setup.shares),
        SUPERVISION: map(_supervision_cells, setup.supervision),
        PAY_PLANS: map(_pay_plan_cells, setup.pay_plans),
        PAY_ITEMS: map(_pay_item_cells, setup.pay_items),
        PRICES: map(_price_cells, setup.prices),
        EXAM_TYPES: (_text_cells(one.exam_type, one.sub_exam, one.code) for one in setup.exam_types),
        **payer_mail_rows(setup),
    }


def clinic_answers(clinic: Clinic) -> Cells:
    """Return the answers on the Clinic sheet, in the order of CLINIC_FIELDS."""
    return (
        *_text_cells(clinic.id, clinic.name, clinic.contact, clinic.email, clinic.phone, clinic.address),
        *_text_cells(clinic.cadence.value),
        _day_cell(clinic.anchor),
        *_text_cells(clinic.pay_to, clinic.remit_to, clinic.tax_id, clinic.invoice_terms),
        (clinic.days_to_pay_date, FREE_NUMBER),
        *_text_cells((YesNo.YES if clinic.two_people_approve else YesNo.NO).value),
        *reminder_answers(clinic.reminders),
    )


def blank_table(table: SheetTable, title: str, beside: Mapping[SheetTable, str] | None = None) -> bytes:
    """Return an .xlsx workbook of an empty sheet to type into, and those ``beside`` it with their titles.

    They belong to staff: no click replaces them.
    """
    builder = WorkbookBuilder(None, title, table.name)
    for one, heading in {table: title, **(beside or {})}.items():
        _add_table(builder, one, (), heading)
    return builder.to_bytes()


def _provider_cells(one: Provider) -> Cells:
    return (
        *_text_cells(one.name, "; ".join(one.aliases), one.provider_id, one.npi, one.email, one.phone),
        *_text_cells(one.works_as.value, (YesNo.YES if one.active else YesNo.NO).value),
    )


def _service_cells(one: Service) -> Cells:
    return (*_text_cells(one.code, one.name, "; ".join(one.aliases)), (one.unit_minutes, FREE_NUMBER))


def _rate_cells(rate: Rate) -> Cells:
    amount = _amount_cell(rate.amount, is_share=rate.basis.is_share)
    return (
        *_text_cells(rate.provider, rate.service, rate.basis.value),
        amount,
        _day_cell(rate.effective_from),
        *_text_cells(rate.note),
    )


def _missed_visit_cells(rule: MissedVisitRule) -> Cells:
    return (
        *_text_cells(rule.provider, rule.service, rule.counts_as.value, rule.basis.value),
        _amount_cell(rule.amount, is_share=rule.basis is MissedPay.OF_RATE),
        _day_cell(rule.effective_from),
    )


def _group_session_cells(rule: GroupSession) -> Cells:
    return (*_text_cells(rule.service, rule.paid_per.value), _day_cell(rule.effective_from))


def _share_cells(rule: ShareRule) -> Cells:
    return (
        *_text_cells(rule.provider, rule.service, rule.partner),
        _amount_cell(rule.share, is_share=True),
        _day_cell(None if rule.effective_from == ALWAYS else rule.effective_from),
    )


def _supervision_cells(rule: Supervision) -> Cells:
    return (
        *_text_cells(rule.provider, rule.supervisor, rule.service, rule.basis.value),
        _amount_cell(rule.amount, is_share=rule.basis.is_share),
        _day_cell(rule.effective_from),
        _day_cell(rule.until),
    )


def _pay_plan_cells(plan: PayPlan) -> Cells:
    bound = MONEY if plan.measure and plan.measure.is_money else THOUSANDTHS
    return (
        *_text_cells(
            plan.provider, plan.service, plan.kind.value, plan.measure.value if plan.measure else ""
        ),
        (plan.lower, bound),
        (plan.upper, bound),
        *_text_cells(plan.basis.value if plan.basis else ""),
        _amount_cell(plan.amount, is_share=bool(plan.basis and plan.basis.is_share)),
        _day_cell(plan.effective_from),
        *_text_cells(plan.note),
    )


def _pay_item_cells(item: PayItem) -> Cells:
    return (
        *_text_cells(item.provider, item.kind.value),
        (item.amount_cents, MONEY),
        _day_cell(item.first),
        _day_cell(item.last),
        *_text_cells(item.every.value, item.note),
    )


def _price_cells(price: Price) -> Cells:
    return (
        *_text_cells(price.code, price.description),
        (price.unit_price_cents, MONEY),
        *_text_cells(price.bilateral.value, price.payer),
        _day_cell(price.effective_from),
    )


def _text_cells(*values: str) -> Cells:
    return [(value, TYPED_TEXT) for value in values]


def _amount_cell(amount: int | None, *, is_share: bool) -> tuple[Value, Look]:
    return amount, share_look(amount) if is_share and amount is not None else MONEY


def _day_cell(day: date | None) -> tuple[Value, Look]:
    return None if day is None else serial_of(day), DAY


def _add_clinic(builder: WorkbookBuilder, answers: Cells, version: str) -> None:
    """Add the sheet of questions, one per row, with a help text for each."""
    grid = _titled_grid(builder, (*CLINIC.headings, Heading("", CLINIC_HELP_WIDTH)), "The clinic")
    for row, (field, (answer, look)) in enumerate(zip(CLINIC_FIELDS, answers, strict=True), FIRST_ROW):
        grid.put(row, 1, field.title, QUESTION)
        grid.put(row, 2, answer, look)
        grid.put(row, 3, field.help, HELP)
    if version:
        grid.fill(
            FIRST_ROW + len(CLINIC_FIELDS),
            (SETUP_VERSION, version, "Written by Clinic Ledger; leave it"),
            HELP,
        )
    widths = [*(heading.width for heading in CLINIC.headings), CLINIC_HELP_WIDTH]
    # The version is below the fields, for the program and not for paper.
    last = FIRST_ROW + len(CLINIC_FIELDS) - 1
    page = replace(_page_layout(widths, CLINIC), print_area=f"A1:C{last}")
    sheet = builder.add(CLINIC.name, page, [grid.xml()])
    for row, field in enumerate(CLINIC_FIELDS, FIRST_ROW):
        if field.choices:
            _add_dropdown(sheet, field, f"B{row}")


def _add_table(
    builder: WorkbookBuilder, table: SheetTable, rows: Iterable[Cells], title: str, remarks: str = ""
) -> Worksheet:
    """Add a table to type into. ``remarks`` is the heading of a last column that is not saved, "" if there is none."""
    notes = (Heading(remarks, REMARK_WIDTH, help="Not saved"),) if remarks else ()
    headings = (*table.headings, *notes)
    grid = _titled_grid(builder, headings, title)
    for number, cells in enumerate(rows, FIRST_ROW):
        for column, (value, look) in enumerate(cells, 1):
            grid.put(number, column, value, look)
    sheet = builder.add(
        table.name, _page_layout([heading.width for heading in headings], table), [grid.xml()]
    )
    for column, heading in enumerate(table.headings, 1):
        letter = get_column_letter(column)
        if heading.kind is not Kind.AMOUNT:
            sheet.column_dimensions[letter].number_format = _LOOKS[heading.kind].form
        if heading.choices:
            _add_dropdown(sheet, heading, f"{letter}{FIRST_ROW}:{letter}{ROOM}")
    return sheet


def _titled_grid(builder: WorkbookBuilder, headings: Sequence[Heading], title: str) -> Grid:
    """Return a grid with a title, a line of help above each heading, and the headings."""
    grid = Grid(builder.writer)
    grid.band(1, len(headings), title, TITLE, height=30)
    grid.fill(2, [heading.help for heading in headings], HELP)
    titles = [heading.title for heading in headings]
    grid.fill(
        HEADER_ROW, titles, [HEADING_RIGHT if heading.kind in RIGHT else HEADING for heading in headings]
    )
    grid.set_height(2, 32)
    grid.set_height(HEADER_ROW, 20)
    return grid


def _page_layout(widths: Sequence[float], table: SheetTable) -> Page:
    return Page(
        widths,
        table.name,
        landscape=True,
        freeze=f"A{FIRST_ROW}",
        repeat_rows=f"{HEADER_ROW}:{HEADER_ROW}",
        tab=ACCENT,
    )


def _add_dropdown(sheet: Worksheet, heading: Heading, cells: str) -> None:
    """Give cells a dropdown of their allowed words."""
    words = DataValidation(type="list", formula1=f'"{",".join(heading.choices)}"', allow_blank=True)
    words.errorTitle, words.error = heading.title, f"Choose one of: {', '.join(heading.choices)}."
    words.showErrorMessage = True
    words.add(cells)
    sheet.add_data_validation(words)


def _add_suggestions(sheet: Worksheet, column: int, listed: SheetTable) -> None:
    """Give a column a dropdown of another sheet's first column. Other entries, such as ``*``, are allowed too."""
    names = DataValidation(type="list", formula1=f"{listed.name}!$A${FIRST_ROW}:$A${ROOM}", allow_blank=True)
    names.showErrorMessage = False
    letter = get_column_letter(column + 1)
    names.add(f"{letter}{FIRST_ROW}:{letter}{ROOM}")
    sheet.add_data_validation(names)
