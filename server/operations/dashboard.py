"""The key figures of a clinic, and of all clinics of a person side by side (rule: receivables#dashboard)."""

from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunState
from server.billing.receivables.figure_days import FigureDays, figure_days
from server.billing.receivables.key_figures import KeyFigures, key_figures
from server.billing.receivables.reminders import due_reminders
from server.errors import BillingError, MissingInput, count_of
from server.operations.invoice_filters import days_between
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class ClinicFigures:
    """What a firm's list shows of a clinic: its key figures, how many reminders are due and how many drafts are not approved.

    ``figures`` is ``None`` if the books of the clinic cannot be opened; ``why`` says then what is wrong, and what to do.
    """

    id: str
    name: str
    figures: KeyFigures | None
    reminders: int = 0
    drafts: int = 0
    why: str = ""


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
def show_firm_figures(session: Session) -> list[ClinicFigures]:
    """Return the figures of every clinic that the person was given, by name. Sums alone are no view of patient data.

    Each clinic's books are asked in turn. Those that cannot be opened do not keep the others from being shown.
    """
    return [_figures_of_clinic(session, entry.id, entry.name) for entry in session.clinics()]


def _figures_of_clinic(session: Session, clinic_id: str, name: str) -> ClinicFigures:
    own = Session(session.ledger, session.person, clinic_id, address=session.address)
    try:
        with own.transaction(), own.reading() as books:
            days = figure_days(None, None, session.today)
            return ClinicFigures(
                clinic_id,
                name,
                key_figures(books.key_figures.rates_and_balances(days), days),
                reminders=len(due_reminders(books.reminders.open_reminders(), session.today)),
                drafts=sum(run.state is RunState.DRAFT for run in books.runs()),
            )
    except BillingError as refusal:
        return ClinicFigures(clinic_id, name, None, why=f"{refusal} {refusal.remedy}")


def _days_of(session: Session, first: date | None, last: date | None) -> FigureDays:
    days_between(first, last or (session.today if first else None))
    if last and last > session.today:
        sentence = f"“To” is {us(last)}, which is in the future."
        raise MissingInput("to", sentence, f"Give “to” as a day up to today, {us(session.today)}.")
    return figure_days(first, last, session.today)
