"""Reads the sheet of hours in the workbook of a log: work that no visit shows (rule: pay-runs#hours)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from server.billing.clinics import ANY, Setup
from server.billing.days import us
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.payroll.tiers import MINUTES_AN_HOUR, hours_in_words
from server.billing.payroll.typed_hours import HoursRow, SheetHours
from server.errors import Finding, FindingFacts, ValueFinding
from server.errors.hours_findings import HoursBeyondADay, HoursNotOfADay, HoursOfAnybody
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.sheets.cells import Unreadable, text_of
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.durations import HOURS as IN_HOURS
from server.sheets.durations import minutes_of
from server.sheets.sheet import Sheet
from server.sheets.tables import HOURS
from server.sheets.typed_rows import Row, header_of, places_of, rows_of

FULL_DAY = 24 * MINUTES_AN_HOUR * THOUSAND
"""The minutes of a day, in thousandths."""


def is_sheet_of_hours(sheet: Sheet) -> bool:
    """Return whether a sheet has the name and the headings of hours, and so is no log."""
    if fold(sheet.name) != fold(HOURS.name) or not sheet.height:
        return False
    places = places_of(HOURS, sheet, header_of(HOURS, sheet), [])
    return all(heading.title in places for heading in HOURS.headings if heading.needed)


def read_hours(sheet: Sheet, setup: Setup) -> SheetHours:
    """Return the hours of the usable rows, and what was found in the others. A cell that cannot be used is a blocker."""
    if not any(text_of(cell) for column in sheet.columns for cell in column):
        return SheetHours()
    findings: list[Finding] = []
    people = Spellings.of((text, one.name) for one in setup.providers for text in one.spellings)
    work = Spellings.of((text, one.code) for one in setup.services for text in one.spellings)
    read = [
        (row, hours) for row in rows_of(HOURS, sheet, findings) if (hours := _read_row(row, people, work))
    ]
    days: dict[tuple[str, date], list[tuple[Row, HoursRow]]] = defaultdict(list)
    for row, hours in read:
        days[hours.provider, hours.day].append((row, hours))
    for (provider, day), rows in days.items():
        minutes = sum(hours.minutes for _, hours in rows)
        if minutes > FULL_DAY:
            what = HoursBeyondADay(provider=provider, day=us(day), hours=hours_in_words(minutes))
            _block(what, [row for row, _ in rows], findings)
    return SheetHours(tuple(hours for row, hours in read if row.usable), tuple(findings))


def _block(what: FindingFacts, rows: Sequence[Row], findings: list[Finding]) -> None:
    """Add one blocker about the hours of several rows."""
    first = rows[0]
    column = first.sheet.left + first.places["Hours"]
    findings.append(Finding(what, first.sheet.name, tuple(row.number for row in rows), column, "Hours"))
    for row in rows:
        row.usable = False


def _read_row(row: Row, people: Spellings, work: Spellings) -> HoursRow | None:
    day = row.required_day("Date")
    provider = _name_in(row, "Provider", people, UnknownProvider)
    service = _name_in(row, "Kind", work, UnknownService)
    minutes = _minutes(row) if row.required_text("Hours") else None
    if not row.usable or not (day and provider and service) or minutes is None:
        return None
    columns = {title: row.sheet.left + place for title, place in row.places.items()}
    return HoursRow(provider, service, day, minutes, row.number, columns)


def _name_in(
    row: Row, title: str, known: Spellings, unknown: type[UnknownProvider | UnknownService]
) -> str | None:
    name = known.find(row, title, unknown)
    if name == ANY:
        row.add_finding(HoursOfAnybody, title)
    return name


def _minutes(row: Row) -> int | None:
    """Return the hours of a row as thousandths of minutes, ``None`` with a finding if they are none."""
    kind: type[ValueFinding] = HoursNotOfADay
    try:
        minutes = minutes_of(row.cell("Hours"), row.form("Hours"), IN_HOURS)
    except Unreadable:
        minutes = None
    if minutes is None or minutes > FULL_DAY:
        row.add_finding(kind, "Hours")
        return None
    return minutes
