"""Attach document: one paper, sent beside the click, attached to the chosen invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Asked
from server.ledger.clinic_books import ClinicBooks
from server.ledger.document_files import Document
from server.ribbon.context import ACTOR, ROLE, ClickContext, Prepared, question
from server.ribbon.invoices.batch_decisions import decide_rows
from server.ribbon.invoices.invoice_selection import asked_for, in_words, invoices_sheet, named, selected
from server.ribbon.invoices.results import results
from server.ribbon.protocol import AskedField, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows

DOCUMENT, NOTE = "document", "note"


def attach(context: ClickContext) -> Prepared | Reply:
    """Attach the paper sent to each invoice named or selected: to all of them, or to none."""
    sheet = invoices_sheet(context)
    chosen, typed = selected(context, sheet), named(context)
    answers = context.click.answers()
    if chosen and typed and set(chosen) != set(typed):
        return _ask(
            f"{in_words(typed)} or {in_words(chosen)}, which is selected? Attach to which?", chosen, sheet
        )
    numbers = typed or chosen
    if not numbers or DOCUMENT not in answers:
        return _ask(f"Attach which document to {in_words(numbers) or 'which invoice'}?", numbers, sheet)
    digest, note = answers[DOCUMENT], answers.get(NOTE, "")

    def finish(books: ClinicBooks) -> Reply:
        paper = books.documents.get(digest)
        lacking = [number for number in numbers if not _has(books, number, digest, note)]
        attached = _attached(
            context, books, lacking, ActionRequest("", Action.ATTACH, ROLE, note=note, document=digest)
        )
        return _reply(sheet, paper, attached, [number for number in numbers if number not in lacking])

    return Prepared(context.clinic_id, finish)


def _ask(title: str, numbers: Sequence[str], sheet: InvoiceRows | None) -> Reply:
    """Ask for the paper. The invoices are asked too, so that they are still known where asking moves the selection."""
    return question(
        title,
        asked_for(numbers, sheet),
        AskedField(name=DOCUMENT, label="Document (PDF, picture or text)", kind="file"),
        AskedField(name=NOTE, label="Note", required=False),
    )


def _has(books: ClinicBooks, number: str, digest: str, note: str) -> bool:
    """Return whether this very paper was attached with this very note before: twice is once too often."""
    requests = [recorded.step.request for recorded in books.invoices.history(number)]
    return any((request.document, request.note) == (digest, note) for request in requests)


def _attached(
    context: ClickContext, books: ClinicBooks, numbers: Sequence[str], request: ActionRequest
) -> dict[str, Invoice]:
    asked = [Asked(row, replace(request, number=number)) for row, number in enumerate(numbers)]
    batch = decide_rows(books, asked, context.ledger.today())
    for refusal in batch.refused.values():
        raise refusal
    invoices = books.invoices.record(list(batch.decided.values()), context.click.request_id, ACTOR)
    return {invoice.number: invoice for invoice in invoices}


def _reply(
    sheet: InvoiceRows | None, paper: Document, attached: Mapping[str, Invoice], before: Sequence[str]
) -> Reply:
    said = [f"{paper.file_name} is attached to {in_words(list(attached))}."] if attached else []
    if before:
        said.append(f"{in_words(before)} had {paper.file_name} already.")
    return Reply(
        summary=" ".join(said),
        level="done" if attached else "review",
        figures={"document": paper.digest, "attached": list(attached), "already": list(before)},
        edits=results(sheet, {}, [], moved=attached) if sheet else [],
    )
