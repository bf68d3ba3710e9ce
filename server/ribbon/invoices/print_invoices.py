"""Print invoices: the selected rows of the Invoices sheet as one PDF file to send."""

from collections.abc import Iterator, Sequence

from server.billing.clinics import Clinic
from server.billing.invoices.invoice import Invoice
from server.billing.money import dollars
from server.errors import Finding
from server.errors.findings import list_names
from server.errors.invoice_findings import LettersNotPrintable, MissingLetterhead
from server.operations.invoice_papers import InvoicesToPrint
from server.operations.invoice_papers import print_invoices as invoices_to_print
from server.papers.invoices import invoices_file_name, set_invoices, unprintable_invoices
from server.papers.letterhead import missing_on_invoices
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.invoice_selection import (
    ask_for_invoices,
    chosen_invoices,
    describe_invoices,
    invoices_sheet,
)
from server.ribbon.protocol import Reply
from server.sheets.tables import CLINIC


def print_invoices(context: ClickContext) -> Reply:
    """Hand over a PDF file with the named or selected invoices as they are now, drafts and voided ones included."""
    sheet = invoices_sheet(context)
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("Print which invoices?", ask_for_invoices([], sheet))
    printed = invoices_to_print(context.session, numbers)
    content = set_invoices(printed.clinic, printed.invoices, printed.injuries, context.today)
    reply = Reply(
        summary=f"{describe_invoices(numbers)}: printed as a PDF file. {balance_sentence(printed.invoices)}",
        figures=figures_of(printed),
        file=context.hand_over(content, invoices_file_name(printed.invoices), "pdf"),
    )
    return with_findings(reply, list(remarks_on_paper(printed.clinic, printed.invoices)))


def balance_sentence(invoices: Sequence[Invoice]) -> str:
    """Return what is owed on invoices, in a sentence."""
    return f"Balance due: {dollars(sum(invoice.balance_cents for invoice in invoices))}."


def figures_of(printed: InvoicesToPrint) -> dict[str, object]:
    """Return the number of printed invoices, and their amounts in cents."""
    return {
        "invoices": len(printed.invoices),
        "billed_cents": sum(invoice.billed_cents for invoice in printed.invoices),
        "collected_cents": sum(invoice.collected_cents for invoice in printed.invoices),
        "balance_cents": sum(invoice.balance_cents for invoice in printed.invoices),
    }


def remarks_on_paper(clinic: Clinic, invoices: Sequence[Invoice]) -> Iterator[Finding]:
    """Yield what the person should know before the paper is sent."""
    if missing := missing_on_invoices(clinic):
        yield Finding(MissingLetterhead(fields=", ".join(missing)), CLINIC.name)
    if unprintable := unprintable_invoices(invoices):
        yield Finding(LettersNotPrintable(invoices=list_names(unprintable)), "Invoices")
