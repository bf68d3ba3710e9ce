"""Invoice history: a sheet with every step of the chosen invoices, and the amounts after each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.billing.invoices.invoice import Invoice, Step
from server.billing.payroll.statement_names import different_names
from server.billing.people import shown_name
from server.errors import count_of
from server.ledger.document_files import Document
from server.ledger.invoices.steps import StepRecord
from server.operations.clinics import show_setup
from server.operations.steps import StepInHistory, show_history
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import (
    ask_for_invoices,
    chosen_invoices,
    describe_invoices,
    invoices_sheet,
)
from server.ribbon.protocol import Reply
from server.sheets.invoices.history import HISTORY, StepRow, write_history


def history(context: ClickContext) -> Reply:
    """Write the sheet with all steps of the named or selected invoices."""
    sheet = invoices_sheet(context)
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("The history of which invoice?", ask_for_invoices([], sheet))
    steps = show_history(context.session, numbers)
    names = _paper_names([step.paper for step in steps if step.paper])
    rows = [_step_row(step, names) for step in steps]
    clinic = show_setup(context.session).clinic
    workbook = write_history(clinic, rows, context.click.workbook.date_system)
    return Reply(
        summary=f"{describe_invoices(numbers)}: {count_of(len(rows), 'step')}.",
        figures={"invoices": len(numbers), "steps": len(rows)},
        output=context.keep(workbook, [HISTORY.name]),
        activate=HISTORY.name,
    )


def _step_row(one: StepInHistory, names: Mapping[str, str]) -> StepRow:
    return StepRow(
        step=one.recorded.step,
        who=shown_name(one.recorded.actor),
        when=_wall_clock_time(one.recorded),
        after=one.after,
        by=_offering_party(one.before, one.recorded.step, one.after),
        document=names[one.paper.digest] if one.paper else "",
        taken_back=one.taken_back,
    )


def _wall_clock_time(recorded: StepRecord) -> datetime:
    """Return when a step was recorded, in the local time of the service."""
    return datetime.fromisoformat(recorded.recorded_at).astimezone()


def _offering_party(before: Invoice, step: Step, after: Invoice) -> str:
    """Return the party of the offer if the step is one, else the paying party."""
    return after.offers[-1].by if len(after.offers) > len(before.offers) else step.request.paying_party


def _paper_names(papers: Sequence[Document]) -> dict[str, str]:
    """Return the name of each document by its digest. Of different ones with the same name, the later ones get a number."""
    by_digest = {paper.digest: paper.file_name for paper in papers}
    return dict(zip(by_digest, different_names(by_digest.values()), strict=True))
