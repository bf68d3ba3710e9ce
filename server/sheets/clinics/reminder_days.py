"""The rows of the Clinic sheet that say when the program suggests to follow up (rule: receivables#suggestions)."""

from collections.abc import Mapping
from dataclasses import asdict

from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.receivables.reminder_settings import MOST_DAYS, USUAL_SETTINGS, ReminderSettings
from server.errors.setup_findings import NotReminderDays
from server.sheets.cells import Unreadable, text_of, thousandths_of
from server.sheets.tables import (
    DAYS_PENDING_INVOICE,
    DAYS_PENDING_REDUCTION,
    DAYS_TO_CHEQUE,
    DAYS_TO_STATUTE,
    OFF,
    POST_DATED,
    VALUE,
    YesNo,
)
from server.sheets.typed_rows import Row
from server.sheets.xlsx.style import FREE_NUMBER, TYPED_TEXT, Look

_FIELDS = {
    DAYS_PENDING_INVOICE: "pending_invoice_days",
    DAYS_PENDING_REDUCTION: "pending_reduction_days",
    DAYS_TO_CHEQUE: "late_cheque_days",
    DAYS_TO_STATUTE: "statute_days",
}
"""The setting that each row says, in the order of the rows."""


def reminder_answers(settings: ReminderSettings) -> list[tuple[int | str, Look]]:
    """Return the cells of the rows, in their order."""
    days = (getattr(settings, name) for name in _FIELDS.values())
    is_on = YesNo.YES if settings.post_dated_cheques else YesNo.NO
    return [
        *((one, FREE_NUMBER) if one else (OFF, TYPED_TEXT) for one in days),
        (is_on.value, TYPED_TEXT),
    ]


def read_reminder_days(found: Mapping[str, Row], saved: ReminderSettings | None) -> ReminderSettings:
    """Return the settings. A row that a sheet of an earlier version lacks stays as it was ``saved``; an empty one is as usual."""
    settings = asdict(saved or USUAL_SETTINGS)
    usual = asdict(USUAL_SETTINGS)
    for title, name in _FIELDS.items():
        if title in found:
            settings[name] = _read_days(found[title], usual[name])
    if POST_DATED in found:
        settings["post_dated_cheques"] = found[POST_DATED].choice(VALUE, YesNo, YesNo.YES) is not YesNo.NO
    return ReminderSettings(**settings)


def _read_days(row: Row, usual: int) -> int:
    if fold(text_of(row.cell(VALUE))) in {OFF, YesNo.NO}:
        return 0
    try:
        days = thousandths_of(row.cell(VALUE))
    except Unreadable:
        days = -1
    if days is None:
        return usual
    if days % THOUSAND or not 0 <= days <= MOST_DAYS * THOUSAND:
        row.add_finding(NotReminderDays, VALUE)
        return usual
    return days // THOUSAND
