"""The rows of the setup sheets Payers, Reminder mail and Mail texts, as they are written."""

from collections.abc import Sequence

from server.billing.clinics import Setup
from server.sheets.sheet_table import SheetTable
from server.sheets.tables import MAIL_TEXTS, PAYERS, REMINDER_MAIL, YesNo
from server.sheets.xlsx.style import FREE_NUMBER, TYPED_TEXT, Look

Cells = Sequence[tuple[str | int | None, Look]]


def payer_mail_rows(setup: Setup) -> dict[SheetTable, list[Cells]]:
    """Return the rows of the three sheets, each a list of cells with their looks."""
    return {
        PAYERS: [
            _texts(
                one.payer, one.email, one.address, (YesNo.YES if one.is_mailed else YesNo.NO).value, one.note
            )
            for one in setup.payer_contacts
        ],
        REMINDER_MAIL: [
            (
                (one.level, FREE_NUMBER),
                (one.after_days, FREE_NUMBER),
                *_texts(one.counts_from.value, one.state.value, one.template, "; ".join(one.copies_to)),
            )
            for one in setup.reminder_levels
        ],
        MAIL_TEXTS: [_texts(one.template, one.subject, one.text) for one in setup.mail_texts],
    }


def _texts(*values: str) -> Cells:
    return [(value, TYPED_TEXT) for value in values]
