"""The key figures of a clinic, and of all clinics of a person side by side (rule: receivables#dashboard)."""

from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunState
from server.billing.receivables.figure_days import FigureDays, figure_days
from server.billing.receivables.key_figure_sums import KeyFigureSums, sums_of_clinics
from server.billing.receivables.key_figures import KeyFigures, key_figures
from server.errors import MissingInput, count_of
from server.ledger.store import ClinicEntry
from server.operations.invoice_filters import days_between
from server.operations.operation import operation
from server.operations.session import Session
from server.operations.several_clinics import UnreadClinic, read_each_clinic


@dataclass(frozen=True, slots=True)
class ClinicFigures:
    """What the firm's page shows of a clinic: its key figures, how many reminders are due, how many drafts are not approved."""

    clinic: ClinicEntry
    figures: KeyFigures
    reminders: int
    drafts: int


@dataclass(frozen=True, slots=True)
class FirmFigures:
    """All clinics of a person, by name, and the figures of all whose books could be read together."""

    days: FigureDays
    clinics: tuple[ClinicFigures, ...]
    unread: tuple[UnreadClinic, ...]
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

    Each clinic's books are asked in turn. Those that cannot be read do not keep the others from being shown.
    """
    days = figure_days(None, None, session.today)
    read = read_each_clinic(session, lambda own: _figures_of_clinic(own, days))
    clinics = tuple(
        ClinicFigures(entry, figures, reminders, drafts)
        for entry, (_, figures, reminders, drafts) in read.found
    )
    total = sums_of_clinics([sums for _, (sums, *_) in read.found])
    return FirmFigures(days, clinics, read.unread, key_figures(total, days))


def _figures_of_clinic(session: Session, days: FigureDays) -> tuple[KeyFigureSums, KeyFigures, int, int]:
    """Return the sums and the key figures of a clinic, how many reminders are due, and how many drafts it has."""
    with session.reading() as books:
        sums = books.key_figures.rates_and_balances(days)
        reminders = books.reminders.count_due_by(days.today)
        drafts = sum(run.state is RunState.DRAFT for run in books.runs())
    return sums, key_figures(sums, days), reminders, drafts


def _days_of(session: Session, first: date | None, last: date | None) -> FigureDays:
    days_between(first, last or (session.today if first else None))
    if last and last > session.today:
        sentence = f"“To” is {us(last)}, which is in the future."
        raise MissingInput("to", sentence, f"Give “to” as a day up to today, {us(session.today)}.")
    return figure_days(first, last, session.today)
