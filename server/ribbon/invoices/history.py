"""Invoice history: every step of the chosen invoices in a sheet, and what each left of the amounts."""

from collections.abc import Iterator
from datetime import datetime

from server.billing.invoices.invoice import Invoice, Step
from server.billing.invoices.projection import apply
from server.errors import counted
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.steps import Recorded
from server.ribbon.context import ClickContext, Prepared, question, viewed
from server.ribbon.invoices.invoice_selection import asked_for, in_words, invoices_sheet, named, selected
from server.ribbon.protocol import Reply
from server.sheets.invoices.history import HISTORY, StepRow, write_history


def history(context: ClickContext) -> Prepared | Reply:
    """Write the sheet of all steps of the invoices named or selected."""
    sheet = invoices_sheet(context)
    numbers = named(context) or selected(context, sheet)
    if not numbers:
        return question("The history of which invoice?", asked_for([], sheet))
    with context.books.reading() as books:
        clinic = books.setup().clinic
        books.invoices.numbered(numbers)  # read together: one by one takes three times as long
        rows = [row for number in numbers for row in _rows(books, number)]
    workbook = write_history(clinic, rows, context.click.workbook.date_system)
    reply = Reply(
        summary=f"{in_words(numbers)}: {counted(len(rows), 'step')}.",
        figures={"invoices": len(numbers), "steps": len(rows)},
        output=context.keep(workbook, [HISTORY.name]),
        activate=HISTORY.name,
    )
    return viewed(context, reply, "invoice history", "; ".join(numbers))


def _rows(books: ClinicBooks, number: str) -> Iterator[StepRow]:
    """Yield an invoice's steps in order, taking them once more to see what each left."""
    recorded = books.invoices.history(number)
    steps = {one.step.place: one.step for one in recorded}
    invoice = Invoice(books.invoices.get(number).facts)
    for one in recorded:
        before, invoice = invoice, apply(invoice, one.step)
        yield StepRow(
            step=one.step,
            who=one.actor,
            when=_civil(one),
            after=invoice,
            by=_by(before, one.step, invoice),
            document=_paper(books, one.step.request.document),
            taken_back=tuple(steps[place] for place in one.step.reverses),
        )


def _civil(recorded: Recorded) -> datetime:
    """Return when a step was recorded as the clock on the wall where the service runs said."""
    return datetime.fromisoformat(recorded.recorded_at).astimezone()


def _by(before: Invoice, step: Step, after: Invoice) -> str:
    """Return who made the offer a step is, else who paid."""
    return after.offers[-1].by if len(after.offers) > len(before.offers) else step.request.paying_party


def _paper(books: ClinicBooks, digest: str) -> str:
    """Return what a paper is called, with the beginning of its digest: two may be called the same."""
    return f"{books.documents.get(digest).file_name} ({digest[:8]})" if digest else ""
