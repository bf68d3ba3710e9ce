"""Attach document: one document, sent before the click, is attached to the chosen invoices."""

from collections.abc import Sequence

from server.operations.steps import AttachedPaper, attach_document
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import (
    ask_for_invoices,
    describe_invoices,
    invoices_named_in,
    invoices_sheet,
    selected_invoices,
)
from server.ribbon.invoices.results import result_edits
from server.ribbon.protocol import AskedField, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows

DOCUMENT, NOTE = "document", "note"


def attach(context: ClickContext) -> Reply:
    """Attach the document to each named or selected invoice: to all of them, or to none."""
    sheet = invoices_sheet(context)
    chosen, typed = selected_invoices(context, sheet), invoices_named_in(context)
    answers = context.click.answers()
    if chosen and typed and set(chosen) != set(typed):
        return _ask_for_paper(
            f"{describe_invoices(typed)} or {describe_invoices(chosen)}, which is selected? Attach to which?",
            chosen,
            sheet,
        )
    numbers = typed or chosen
    if not numbers or DOCUMENT not in answers:
        return _ask_for_paper(
            f"Attach which document to {describe_invoices(numbers) or 'which invoice'}?", numbers, sheet
        )
    attached = attach_document(context.session, numbers, answers[DOCUMENT], answers.get(NOTE, ""))
    return _attached_reply(sheet, attached)


def _ask_for_paper(title: str, numbers: Sequence[str], sheet: InvoiceRows | None) -> Reply:
    """Ask for the document. Also asks for the invoices, because asking can move the selection."""
    return question(
        title,
        ask_for_invoices(numbers, sheet),
        AskedField(name=DOCUMENT, label="Document (PDF, picture or text)", kind="file"),
        AskedField(name=NOTE, label="Note", required=False),
    )


def _attached_reply(sheet: InvoiceRows | None, done: AttachedPaper) -> Reply:
    name, attached, before = done.paper.file_name, done.attached, done.before
    sentences = [f"{name} is attached to {describe_invoices(list(attached))}."] if attached else []
    if before:
        sentences.append(f"{describe_invoices(before)} had {name} already.")
    return Reply(
        summary=" ".join(sentences),
        level="done" if attached else "review",
        figures={"document": done.paper.digest, "attached": list(attached), "already": list(before)},
        edits=result_edits(sheet, {}, [], moved=attached) if sheet else [],
    )
