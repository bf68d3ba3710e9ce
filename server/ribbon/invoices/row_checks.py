"""Checks the rows of an Invoices sheet: which can be recorded, and why the others cannot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from server.billing.invoices.invoice import Invoice
from server.billing.invoices.pro_rata import AgreementLimits
from server.billing.invoices.state_machine import dropdown_actions
from server.billing.invoices.step_batches import Asked, Batch, subjects_of
from server.billing.money import dollars
from server.billing.names import fold
from server.errors import ActionNotOpen, Finding, StepRefused
from server.errors.invoice_findings import HeldWithAnother, RowAddedByHand, RowMixedUp, StepNotRecorded
from server.errors.setup_findings import NotAChoice
from server.operations.agreements import check_agreements
from server.operations.invoices import find_invoices
from server.operations.session import Session
from server.operations.steps import check_steps
from server.ribbon.invoices.line_changes import LineChanges
from server.sheets.invoices.sheet_rows import OFFERED, InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, INVOICE, INVOICE_LINES, LASTING


@dataclass(frozen=True, slots=True)
class RowChecks:
    """The rows that can be recorded, in order, and the reason for each other row, by Excel's row. Changes of lines
    have negative row numbers.

    ``batch`` is the decision of every row that could be read. ``begun`` are the rows that have typed input but no
    Action, or were added without one; they are skipped. ``together`` has the rows of ``good`` in groups that are recorded together. ``by_hand`` has
    the remarks on good rows that somebody added to our sheet. ``limits`` is what agreed amounts of good rows are compared with.
    """

    good: Sequence[Asked]
    refused: Mapping[int, str]
    findings: Sequence[Finding]
    batch: Batch
    begun: Sequence[int]
    together: Sequence[tuple[int, ...]]
    by_hand: Sequence[Finding]
    limits: Mapping[int, AgreementLimits]


def check_rows(
    session: Session,
    sheet: InvoiceRows,
    rows: Sequence[InvoiceRow],
    lines: LineChanges,
    other_lines: LineChanges,
) -> RowChecks:
    """Decide some of the sheet's rows, and changes of lines before them, on the current books. Nothing is written.

    ``other_lines`` are changes that are not to be recorded in this click.
    """
    sent = [row for row in rows if row.is_sent]
    known = find_invoices(session, [row.invoice for row in sent])
    findings = [*_unreadable_cells(sheet, sent, known), *_mixed_up_rows(sheet, sent, known)]
    bad = {row for finding in findings for row in finding.rows}
    asked = lines.steps_asked(session) + [
        Asked(row.number, row.request, _version_seen(row, known))
        for row in sent
        if row.request and row.number not in bad
    ]
    inside = {one.row for one in asked}
    left_out = {
        row.number: subjects_of(row.invoice, row.request)
        for row in sheet.sent_rows
        if row.number not in inside
    }
    judged = check_steps(session, asked, left_out | lines.left_out() | other_lines.left_out(every=True))
    for row, refusal in judged.batch.refused.items():
        findings += _on_cells(sheet, row, refusal) if row > 0 else lines.refusal_findings(row, refusal)
    for row, held in judged.held.items():
        what = HeldWithAnother(row=lines.row_text(held.row), what=held.what)
        findings.append(sheet.remark(what, row, ACTION) if row > 0 else lines.held_finding(row, what))
    begun = [row.number for row in rows if row.is_begun or (row.is_added and not row.is_sent)]
    refused = _row_messages(findings) | lines.messages_of([*lines.findings, *findings])
    good = {one.row for one in judged.good}
    by_hand = [
        sheet.remark(added_by_hand(known[row.invoice]), row.number, INVOICE)
        for row in sent
        if row.is_added and row.number in good
    ]
    limits = check_agreements(session, judged.batch_of_good)
    found = [*lines.findings, *findings]
    return RowChecks(judged.good, refused, found, judged.batch, begun, judged.together, by_hand, limits)


def added_by_hand(invoice: Invoice) -> RowAddedByHand:
    """Return the remark on a row with an Action that somebody added: what its invoice is now."""
    now = (
        f"{invoice.number} is {invoice.state.label} now, and {dollars(invoice.balance_cents)} of it is owed."
    )
    return RowAddedByHand(now=now, remedy="Check that this is the invoice you mean.")


def _unreadable_cells(
    sheet: InvoiceRows, rows: Sequence[InvoiceRow], known: Mapping[str, Invoice]
) -> Iterator[Finding]:
    """Yield the findings about unreadable cells of these rows."""
    bad = {row.number: known.get(row.invoice) for row in rows if not row.readable}
    for finding in sheet.findings:
        (number,) = finding.rows
        if number in bad:
            invoice = bad[number]
            yield _open_to(invoice, finding) if invoice and finding.heading == ACTION else finding


def _open_to(invoice: Invoice, finding: Finding) -> Finding:
    """Return the finding about an unknown Action, with the open actions of this invoice as its choices."""
    choices = ", ".join(dropdown_actions(invoice))
    return (
        replace(finding, what=replace(finding.what, choices=choices))
        if isinstance(finding.what, NotAChoice)
        else finding
    )


def _version_seen(row: InvoiceRow, known: Mapping[str, Invoice]) -> int | None:
    """Return the version that a row is about. A row typed by hand has none: it is about the current version, and it
    is stale if another step is recorded first.
    """
    invoice = known.get(row.invoice)
    return invoice.version if invoice and row.version is None else row.version


def _mixed_up_rows(
    sheet: InvoiceRows, rows: Sequence[InvoiceRow], known: Mapping[str, Invoice]
) -> Iterator[Finding]:
    """Yield a finding for each row that shows another invoice than the one with its number in the books.

    Every clinic numbers its invoices from 1, so the keys of a sheet from another clinic's workbook would match.
    """
    for row in rows:
        if row.readable and (invoice := known.get(row.invoice)):
            facts = {title: getattr(invoice.facts, title.lower()) for title in LASTING}
            differing = (title for title, shown in row.shown.items() if fold(shown) != fold(facts[title]))
            if title := next(differing, None):
                yield sheet.remark(RowMixedUp(value=row.shown[title], key=row.invoice), row.number, title)


def _on_cells(sheet: InvoiceRows, row: int, refusal: StepRefused) -> list[Finding]:
    """Return a refusal as findings about the cells that caused it."""
    remedy = refusal.remedy_among(OFFERED) if isinstance(refusal, ActionNotOpen) else refusal.remedy
    return [
        sheet.remark(replace(StepNotRecorded.of(refusal), sentence=sentence, remedy=remedy), row, heading)
        for heading, sentence in refusal.cells.items()
    ]


def _row_messages(findings: Sequence[Finding]) -> dict[int, str]:
    """Return the message of each row of the Invoices sheet: the sentences about its cells, without duplicates."""
    messages: dict[int, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        for row in finding.rows if fold(finding.sheet) != fold(INVOICE_LINES.name) else ():
            messages[row][finding.message] = None
    return {row: " ".join(sentences) for row, sentences in messages.items()}
