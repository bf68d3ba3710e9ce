"""The invented clinics of the gallery, and the smallest workbooks that can be sent to them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | bool | date | None
Rows = Sequence[Sequence[Cell]]
Tables = dict[str, list[list[Cell]]]

MAPLE = "maple"
NEIGHBOUR = "harbor"
"""The other clinic of the ledger; no sentence that Maple Street reads may name it."""

NEW_YEAR = date(2025, 1, 1)

BILLED: Tables = {
    "Prices": [
        ["Code", "Description", "Unit price", "Bilateral", "Payer", "Effective from"],
        ["EX-501", "Knee look", 120.5, "x1.5", "", NEW_YEAR],
        ["EX-501", "Knee look", 110, "x1", "Acme Invented", NEW_YEAR],
        ["EX-502", "Back look", 150, "not allowed", "", NEW_YEAR],
        ["EX-503", "Injury talk", 200, "", "", NEW_YEAR],
    ],
    "Exam types": [
        ["Exam type", "Sub-exam", "Code"],
        ["Joint exam", "Knee", "EX-501"],
        ["Joint exam", "Back", "EX-502"],
        ["Injury visit", "", "EX-503"],
    ],
}
"""What Maple Street bills; the other clinic bills nothing."""

HEADINGS = {
    "id": "Appointment ID", "day": "Date of service", "provider": "Provider", "service": "Service",
    "status": "Status", "units": "Units", "minutes": "Minutes", "charge": "Charge",
    "collected": "Collected", "patient": "Patient",
}  # fmt: skip
"""Name in ``a_visit`` -> heading of the appointment log (docs/contracts.md#appointment-log)."""

VISIT: dict[str, Cell] = {
    "id": "A-1", "day": date(2025, 10, 6), "provider": "Ada Example", "service": "EX-101",
    "status": "Attended", "units": None, "minutes": None, "charge": None, "collected": None,
    "patient": "PT-1",
}  # fmt: skip


def a_visit(**cells: Cell) -> dict[str, Cell]:
    """An attended visit that is paid without a remark, with the cells an entry is about."""
    return VISIT | cells


def a_log(
    *visits: Mapping[str, Cell], clinic: str | None = MAPLE, only: Iterable[str] = HEADINGS
) -> Workbook:
    """A workbook with a log; ``only`` says which columns it has."""
    names = list(only)
    heads: list[Cell] = [HEADINGS.get(name, name) for name in names]
    rows: Rows = [heads, *([visit[name] for name in names] for visit in visits)]
    return a_workbook({"Appointments": rows}, clinic)


def a_workbook(sheets: Mapping[str, Rows], clinic: str | None = MAPLE) -> Workbook:
    """A workbook of these sheets, bound to a clinic or to none."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        _widen(sheet)
    if clinic:
        workbook.defined_names["_ClinicLedger"] = DefinedName(
            "_ClinicLedger", attr_text=f'"{clinic}"', hidden=True
        )
    return workbook


def several_logs(**logs: Sequence[Mapping[str, Cell]]) -> Workbook:
    """A workbook with a log on each of several sheets (``First_export`` for ``First export``), with the columns of its visits."""
    names = next((list(visit) for log in logs.values() for visit in log), list(HEADINGS))
    heads = [HEADINGS.get(name, name) for name in names]
    return a_workbook(
        {
            name.replace("_", " "): [heads, *(list(visit.values()) for visit in log)]
            for name, log in logs.items()
        }
    )


def _widen(sheet: Worksheet) -> None:
    for column in "ABCDEFGHIJ":
        sheet.column_dimensions[column].width = 18


def the_setup(clinic: str = MAPLE) -> Tables:
    """The setup sheets of a clinic, typed by somebody who read nothing but the headings."""
    maple = clinic == MAPLE
    people: list[list[str]] = (
        [["Ada Example", "Example, Ada", "P-1"], ["Ben Sample", "", "P-2"], ["Cleo Former", "", "P-3"]]
        if maple
        else [["Dora Elsewhere", "", ""], ["Ezra Elsewhere", "", ""], ["Flo Elsewhere", "", ""]]
    )
    rate = partial(_rate, since=NEW_YEAR)
    paid: Tables = {
        "Clinic": [
            ["Field", "Value"],
            ["Clinic ID", clinic],
            ["Clinic name", "Maple Street" if maple else "Harbor House"],
            ["Pay period", "monthly"],
        ],
        "Providers": [
            ["Provider", "Also known as", "Provider ID", "NPI", "Works as", "Active"],
            *(_provider(*person) for person in people),
        ],
        "Services": [
            ["Service code", "Service name", "Unit minutes"],
            ["EX-101", "Talk", 50],
            ["EX-102", "Group", 15],
            ["EX-103", "Report", None],
            ["EX-104", "Long talk", None],
            ["EX-105", "Test", None],
        ],
        "Rates": [
            ["Provider", "Service", "Pay basis", "Rate", "Effective from", "Note"],
            rate("*", "EX-101", "per session", 80),
            rate("*", "EX-102", "% of collected", "60%"),
            rate(people[1][0], "EX-102", "per unit", 20),
            rate("*", "EX-104", "per hour", 100),
            rate("*", "EX-105", "% of charge", "50%"),
        ],
        "Statuses": [["Status", "Counts as"], ["Came in", "attended"]],
        "Missed visits": [
            ["Provider", "Service", "Counts as", "Pay basis", "Amount", "Effective from"],
            ["*", "EX-101", "no show", "flat", 25, NEW_YEAR],
        ],
    }
    return paid | BILLED if maple else paid


def _provider(name: str, aliases: str, provider_id: str) -> list[Cell]:
    return [name, aliases, provider_id, "", "1099", "no" if "Former" in name else "yes"]


def _rate(provider: str, service: str, basis: str, amount: Cell, *, since: date) -> list[Cell]:
    return [provider, service, basis, amount, since, ""]


def a_setup(*, bound: bool = True, **changes: Rows | None) -> Workbook:
    """Maple Street's setup with some sheets changed (``Missed_visits`` for ``Missed visits``) or, by None, gone."""
    sheets: dict[str, Rows] = dict(the_setup())
    for name, rows in changes.items():
        title = name.replace("_", " ")
        if rows is None:
            del sheets[title]
        else:
            sheets[title] = rows
    return a_workbook(sheets, MAPLE if bound else None)


ITEM_HEADINGS = ("Provider", "Kind", "Amount", "From", "To", "Every", "Note")


def with_items(*items: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of these pay items."""
    return a_setup(Pay_items=[[*ITEM_HEADINGS], *([*item] for item in items)])


def with_groups(*rules: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of services that are held in groups."""
    return a_setup(Group_sessions=[["Service", "Paid per", "Effective from"], *([*rule] for rule in rules)])


def with_shares(*rules: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of shares."""
    titles = ["Provider", "Service", "With", "Share", "Effective from"]
    return a_setup(Shares=[titles, *([*rule] for rule in rules)])


def with_payers(*payers: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of payers."""
    titles = ["Payer", "Email", "Address", "Mail reminders", "Note"]
    return a_setup(Payers=[titles, *([*payer] for payer in payers)])


def with_levels(*levels: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of the levels of reminders."""
    titles = ["Level", "After days", "Counts from", "State", "Template", "Cc"]
    return a_setup(Reminder_mail=[titles, *([*level] for level in levels)])


def with_mail_text(subject: Cell, text: Cell, *more: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of texts for mail, of which the first has this subject and text."""
    return a_setup(
        Mail_texts=[["Template", "Subject", "Text"], ["Ours", subject, text], *([*row] for row in more)]
    )


def with_supervision(*rules: Sequence[Cell]) -> Workbook:
    """Maple Street's setup with a sheet of supervision."""
    titles = ["Provider", "Supervisor", "Service", "Pay basis", "Rate", "Effective from", "Until"]
    return a_setup(Supervision=[titles, *([*rule] for rule in rules)])


PLAN_HEADINGS = (
    "Provider", "Service", "Plan", "Measure", "From", "To", "Pay basis", "Rate", "Effective from", "Note",
)  # fmt: skip


def with_plans(*plans: Sequence[Cell], clinic: Rows | None = None) -> Workbook:
    """Maple Street's setup with a sheet of these pay plans, and perhaps another sheet Clinic."""
    return a_setup(
        Pay_plans=[[*PLAN_HEADINGS], *([*plan] for plan in plans)], Clinic=clinic or the_setup()["Clinic"]
    )


def a_tier(*bounds: Cell, plan: str = "tier cliff", measure: str = "visits", rate: Cell = 100) -> list[Cell]:
    """A tier of Ada Example's visits, from the first day of 2025 on."""
    return ["Ada Example", "*", plan, measure, *bounds, "per session", rate, NEW_YEAR, ""]


def an_amount(plan: str, amount: Cell, provider: str = "Ada Example") -> list[Cell]:
    """A minimum, a cap or a salary from the first day of 2025 on."""
    return [provider, "", plan, "", "", "", "", amount, NEW_YEAR, ""]


def with_hours(*hours: Sequence[Cell]) -> Workbook:
    """A log of one visit, and a sheet of hours beside it. The Rates list pays EX-104 per hour."""
    workbook = a_log(a_visit())
    sheet = workbook.create_sheet("Hours")
    for row in (["Date", "Provider", "Kind", "Hours", "Note"], *([*row] for row in hours)):
        sheet.append(row)
    return workbook


def changed(sheet: str, row: int, **cells: Cell) -> list[list[Cell]]:
    """A setup sheet of Maple Street with cells of one row changed (``Pay_basis`` for ``Pay basis``)."""
    rows = [list(one) for one in the_setup()[sheet]]
    for name, cell in cells.items():
        rows[row - 1][rows[0].index(name.replace("_", " "))] = cell
    return rows


def longer(sheet: str, *rows: Sequence[Cell]) -> list[list[Cell]]:
    """A setup sheet of Maple Street with rows added."""
    return [*the_setup()[sheet], *([*row] for row in rows)]
