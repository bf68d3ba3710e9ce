"""The key figures of a clinic, and of all clinics of a person side by side (rule: receivables#dashboard)."""

from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunState
from server.billing.receivables.figure_days import FigureDays, figure_days
from server.billing.receivables.key_figure_sums import KeyFigureSums, sums_of_clinics
from server.billing.receivables.key_figures import KeyFigures, key_figures
from server.errors import BillingError, MissingInput, count_of
from server.ledger.store import ClinicEntry
from server.operations.invoice_filters import days_between
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class ClinicFigures:
    """What the firm's page shows of a clinic: its key figures, how many reminders are due, how many drafts are not approved."""

    clinic: ClinicEntry
    figures: KeyFigures
    reminders: int
    drafts: int


@dataclass(frozen=True, slots=True)
class UnopenedClinic:
    """A clinic whose books cannot be opened, and why, with what to do about it."""

    clinic: ClinicEntry
    why: str


@dataclass(frozen=True, slots=True)
class FirmFigures:
    """All clinics of a person, by name, and the figures of all that could be opened together."""

    days: FigureDays
    clinics: tuple[ClinicFigures, ...]
    unopened: tuple[UnopenedClinic, ...]
    total: KeyFigures


@operation(MissingInput)
def show_key_figures(session: Session, first: date | None, last: date | None) -> KeyFigures:
    """Return the key figures of some days, of the last 365 days if none are given.

    Raises MissingInput if there is no such day, or if the last one is after today.
    """
    days = _days_of(session, first, last)
    with session.reading() as books:
        found = key_figures(books.key_figures.sums(days), days)
    session.record_view("dashboard", count_of(found.period_sums.invoices, "invoice"))
    return found


@operation()
def show_firm_figures(session: Session) -> FirmFigures:
    """Return the figures of every clinic that the person was given. Sums alone are no view of patient data.

    Each clinic's books are asked in turn. Those that cannot be opened do not keep the others from being shown.
    """
    days = figure_days(None, None, session.today)
    found: list[ClinicFigures] = []
    unopened: list[UnopenedClinic] = []
    every_sums: list[KeyFigureSums] = []
    for entry in session.clinics():
        try:
            sums, figures = _figures_of_clinic(session, entry, days)
        except BillingError as refusal:
            unopened.append(UnopenedClinic(entry, f"{refusal} {refusal.remedy}"))
        else:
            found.append(figures)
            every_sums.append(sums)
    return FirmFigures(days, tuple(found), tuple(unopened), key_figures(sums_of_clinics(every_sums), days))


def _figures_of_clinic(
    session: Session, entry: ClinicEntry, days: FigureDays
) -> tuple[KeyFigureSums, ClinicFigures]:
    own = Session(session.ledger, session.person, entry.id, address=session.address)
    with own.transaction(), own.reading() as books:
        sums = books.key_figures.rates_and_balances(days)
        reminders = books.reminders.count_due_by(days.today)
        drafts = sum(run.state is RunState.DRAFT for run in books.runs())
    return sums, ClinicFigures(entry, key_figures(sums, days), reminders, drafts)


def _days_of(session: Session, first: date | None, last: date | None) -> FigureDays:
    days_between(first, last or (session.today if first else None))
    if last and last > session.today:
        sentence = f"“To” is {us(last)}, which is in the future."
        raise MissingInput("to", sentence, f"Give “to” as a day up to today, {us(session.today)}.")
    return figure_days(first, last, session.today)
