"""Attach document: one paper, sent beside the click, attached to the chosen invoices."""

from collections.abc import Sequence

from server.operations.steps import AttachedPaper, attach_document
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import asked_for, in_words, invoices_sheet, named, selected
from server.ribbon.invoices.results import results
from server.ribbon.protocol import AskedField, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows

DOCUMENT, NOTE = "document", "note"


def attach(context: ClickContext) -> Reply:
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
    attached = attach_document(context.session, numbers, answers[DOCUMENT], answers.get(NOTE, ""))
    return _reply(sheet, attached)


def _ask(title: str, numbers: Sequence[str], sheet: InvoiceRows | None) -> Reply:
    """Ask for the paper. The invoices are asked too, so that they are still known where asking moves the selection."""
    return question(
        title,
        asked_for(numbers, sheet),
        AskedField(name=DOCUMENT, label="Document (PDF, picture or text)", kind="file"),
        AskedField(name=NOTE, label="Note", required=False),
    )


def _reply(sheet: InvoiceRows | None, done: AttachedPaper) -> Reply:
    name, attached, before = done.paper.file_name, done.attached, done.before
    sentences = [f"{name} is attached to {in_words(list(attached))}."] if attached else []
    if before:
        sentences.append(f"{in_words(before)} had {name} already.")
    return Reply(
        summary=" ".join(sentences),
        level="done" if attached else "review",
        figures={"document": done.paper.digest, "attached": list(attached), "already": list(before)},
        edits=results(sheet, {}, [], moved=attached) if sheet else [],
    )
