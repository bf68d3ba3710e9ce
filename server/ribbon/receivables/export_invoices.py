"""Export invoices: all that match the filters, as a file for Excel or for other programs."""

from server.billing.days import us
from server.billing.money import dollars
from server.billing.receivables.invoice_export import ExportFormat, ExportTotals
from server.errors import count_of
from server.operations.accounting_journal import export_journal
from server.operations.invoice_export import export_invoices
from server.operations.invoice_filters import ALL, NAMED
from server.papers.accounting_journal import journal_pieces
from server.papers.export_files import ENDINGS, export_name, export_pieces
from server.ribbon.context import ClickContext
from server.ribbon.invoices.typed_filters import read_filters
from server.ribbon.protocol import Reply

FORMAT = "format"


def export_file(context: ClickContext) -> Reply:
    """Hand over a file of all invoices that match the filters; all invoices if there are none."""
    made_as = ExportFormat(context.chosen_word(FORMAT, [*ExportFormat]) or ExportFormat.XLSX)
    if made_as.is_journal:
        return _journal_reply(context, made_as)
    filters, words = read_filters(context, ALL)
    with export_invoices(context.session, filters, made_as) as export:
        totals = export.totals
        content = b"".join(export_pieces(made_as, export.clinic, totals.invoices, export.chunks))
    name = export_name(context.clinic_id, made_as, context.today)
    return Reply(
        summary=_summary_of(export.clinic, totals, "; ".join(words.values())),
        level="done" if totals.invoices else "review",
        figures={
            "invoices": totals.invoices,
            "billed_cents": totals.billed_cents,
            "reduction_cents": totals.reduction_cents,
            "agreed_cents": totals.agreed_cents,
            "collected_cents": totals.collected_cents,
            "balance_cents": totals.balance_cents,
        },
        file=context.hand_over(content, name, ENDINGS[made_as]),
    )


def _journal_reply(context: ClickContext, made_as: ExportFormat) -> Reply:
    """Hand over the journal from a day to another."""
    narrowed_by = {*context.click.answers()} & {"state", "dates", "bucket", *NAMED}
    days = context.day("from"), context.day("to")
    with export_journal(context.session, days, made_as, narrowed_by) as journal:
        content = b"".join(journal_pieces(made_as, journal.clinic, journal.transactions))
    ends = [f"{word} {us(day)}" for word, day in zip(("from", "to"), days, strict=True) if day]
    period = f" {' '.join(ends)}" if ends else ""
    name = export_name(context.clinic_id, made_as, context.today)
    return Reply(
        summary=f"Journal of {journal.clinic}{period}: {count_of(journal.steps, 'step')} that {'moves' if journal.steps == 1 else 'move'} money.",
        level="done" if journal.steps else "review",
        figures={"steps": journal.steps},
        file=context.hand_over(content, name, ENDINGS[made_as]),
    )


def _summary_of(clinic: str, totals: ExportTotals, narrowed: str) -> str:
    if not totals.invoices:
        return f"{clinic} has no invoices that match: {narrowed}. The file has only headings."
    exported = f"{count_of(totals.invoices, 'invoice')} of {clinic} exported ({narrowed}):"
    amounts = f"{dollars(totals.billed_cents)} billed, {dollars(totals.collected_cents)} collected"
    return f"{exported} {amounts}, {dollars(totals.balance_cents)} outstanding."
