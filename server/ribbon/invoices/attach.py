"""Attach document: one document, sent before the click, is attached to the chosen invoices.

What was given already stays given while a question is open: the file is chosen once.
"""

from collections.abc import Sequence

from server.operations.documents import describe_document
from server.operations.steps import AttachedPaper, attach_document
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import (
    INVOICE,
    ask_for_invoices,
    describe_invoices,
    invoices_named_in,
    invoices_sheet,
    is_invoice_number,
    selected_invoices,
)
from server.ribbon.invoices.results import result_edits
from server.ribbon.protocol import AskedChoice, AskedField, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows

DOCUMENT, NOTE = "document", "note"


def attach(context: ClickContext) -> Reply:
    """Attach the document to each named or selected invoice: to all of them, or to none."""
    sheet = invoices_sheet(context)
    chosen, typed = selected_invoices(context, sheet), invoices_named_in(context)
    answers = context.click.answers()
    if not all(map(is_invoice_number, typed)):
        title = f"“{answers[INVOICE]}” is not an invoice number. Attach to which invoice?"
        return _ask_for_paper(context, title, chosen, sheet)
    if chosen and typed and set(chosen) != set(typed):
        title = (
            f"{describe_invoices(typed)} or {describe_invoices(chosen)}, which is selected? Attach to which?"
        )
        return _ask_for_paper(context, title, chosen, sheet)
    numbers = typed or chosen
    if not numbers or DOCUMENT not in answers:
        title = f"Attach which document to {describe_invoices(numbers) or 'which invoice'}?"
        return _ask_for_paper(context, title, numbers, sheet)
    attached = attach_document(context.session, numbers, answers[DOCUMENT], answers.get(NOTE, ""))
    return _attached_reply(sheet, attached)


def _ask_for_paper(
    context: ClickContext, title: str, numbers: Sequence[str], sheet: InvoiceRows | None
) -> Reply:
    """Ask for the document. Also asks for the invoices, because asking can move the selection."""
    note = context.click.answers().get(NOTE)
    return question(
        title,
        ask_for_invoices(numbers, sheet),
        _document_field(context),
        AskedField(name=NOTE, label="Note", default=note, required=False),
    )


def _document_field(context: ClickContext) -> AskedField:
    """Return the question for the file. A file that was sent already is the only choice, by its name."""
    digest = context.click.answers().get(DOCUMENT)
    if digest is None:
        return AskedField(name=DOCUMENT, label="Document (PDF, picture or text)", kind="file")
    sent = describe_document(context.session, digest)
    choice = AskedChoice(value=digest, label=sent.file_name)
    return AskedField(name=DOCUMENT, label="Document", kind="choice", choices=[choice], default=digest)


def _attached_reply(sheet: InvoiceRows | None, done: AttachedPaper) -> Reply:
    name, attached, before = done.paper.file_name, done.attached, done.before
    sentences = [f"{name} is attached to {describe_invoices(list(attached))}."] if attached else []
    if before:
        sentences.append(f"{describe_invoices(before)} had {name} already.")
    return Reply(
        summary=" ".join(sentences),
        level="done" if attached else "review",
        figures={"document": done.paper.digest, "attached": list(attached), "already": list(before)},
        edits=result_edits(sheet, {}, [], moved=attached, papers=done.papers) if sheet else [],
    )
