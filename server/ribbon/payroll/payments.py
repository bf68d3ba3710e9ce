"""The payments sheet of a workbook: it is asked for by name, from the add-in and not from the biller (rule: pay-runs#payments-sheet)."""

from collections.abc import Mapping

from server.billing.clinics import ImportProfile, PayBasis, Setup
from server.billing.payroll.payment_sheet import PaymentsSheet
from server.ribbon.protocol import Asks, Click, Reply
from server.sheets.payments.payment_headings import is_payments_export
from server.sheets.payments.payments_reader import read_payments
from server.sheets.sheet import Sheet
from server.sheets.tables import PAYMENTS


class SheetsNeeded(Exception):
    """The add-in has to send further sheets of the workbook, as far as it has them. ``title`` says why."""

    def __init__(self, title: str, *sheets: str) -> None:
        super().__init__(title)
        self.title = title
        self.sheets = sheets

    def reply(self) -> Reply:
        """Return the reply that asks for them."""
        asks = Asks(title=self.title, fields=[], sheets=list(self.sheets))
        return Reply(summary=self.title, level="blocked", asks=asks)


def further_sheets(setup: Setup) -> list[str]:
    """Return the sheets that a payroll of this setup reads beside its log."""
    is_on_collection = any(rate.basis is PayBasis.OF_COLLECTED for rate in setup.rates)
    return [PAYMENTS.name] if is_on_collection else []


def ask_for_further_sheets(click: Click, setup: Setup) -> None:
    """Raise SheetsNeeded if the add-in has not been asked yet for the sheets that a payroll reads beside its log."""
    known = {_name_key(sheet.name) for sheet in click.sheets[1:]} | {*map(_name_key, click.asked_sheets)}
    wanted = further_sheets(setup)
    if any(_name_key(name) not in known for name in wanted):
        names = " and ".join(f"“{name}”" for name in wanted)
        raise SheetsNeeded(f"The sheet {names} has to be sent too, if the workbook has it.", *wanted)


def is_payments_in_front(sheet: Sheet, setup: Setup) -> bool:
    """Return whether the sheet in front is an export of payments and no log, in a clinic that pays on collection."""
    return bool(further_sheets(setup)) and is_payments_export(sheet)


def payments_of_click(
    sheets: list[Sheet], profile: ImportProfile, answers: Mapping[str, str]
) -> tuple[PaymentsSheet | None, ImportProfile]:
    """Return the payments of a click with the import profile; ``None`` if there is no such sheet beside the log.

    Raises Unanswered if a question about it is open.
    """
    found = [sheet for sheet in sheets[1:] if _name_key(sheet.name) == _name_key(PAYMENTS.name)]
    return read_payments(found[0], profile, answers) if found else (None, profile)


def _name_key(name: str) -> str:
    return name.strip().casefold()
