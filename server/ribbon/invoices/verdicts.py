"""What is to become of the rows of an Invoices sheet: which can be recorded, which cannot and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoicing.batches import Asked, Batch, subjects_of
from server.billing.invoicing.values import Invoice
from server.billing.names import fold
from server.errors import ActionNotOpen, Finding, StepRefused
from server.ledger.books import Books
from server.ribbon.invoices.recording import judge_rows
from server.sheets.invoices.rows import OFFERED, InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, LASTING


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The rows that can be recorded, in their order, and why each of the others cannot, by Excel's row.

    ``batch`` is what the books say of every row that could be read.
    """

    good: Sequence[Asked]
    refused: Mapping[int, str]
    findings: Sequence[Finding]
    batch: Batch


def judge(books: Books, sheet: InvoiceRows, rows: Sequence[InvoiceRow], today: date) -> Verdicts:
    """Decide some of the sheet's rows on the books as they stand. Nothing is written."""
    known = books.invoices.numbered([row.invoice for row in rows])
    findings = [*_unreadable(sheet, rows), *_strangers(sheet, rows, known)]
    bad = {row for finding in findings for row in finding.rows}
    asked = [
        Asked(row.number, row.request, _seen(row, known))
        for row in rows
        if row.request and row.number not in bad
    ]
    inside = {one.row for one in asked}
    left_out = {
        row.number: subjects_of(row.invoice, row.request) for row in sheet.sent if row.number not in inside
    }
    judged = judge_rows(books, asked, left_out, today)
    for row, refusal in judged.batch.refused.items():
        findings += _on_cells(sheet, row, refusal)
    findings += [
        _finding("held-with-another", sheet, row, ACTION, row=held.row, what=held.what)
        for row, held in judged.held.items()
    ]
    return Verdicts(judged.good, _told(findings), findings, judged.batch)


def _unreadable(sheet: InvoiceRows, rows: Sequence[InvoiceRow]) -> list[Finding]:
    """Return the remarks on cells of these rows that cannot be read."""
    bad = {row.number for row in rows if not row.readable}
    return [finding for finding in sheet.findings if bad.intersection(finding.rows)]


def _seen(row: InvoiceRow, known: Mapping[str, Invoice]) -> int | None:
    """Return the version a row is about: a row typed by hand is about its invoice as it stands now, and is
    overtaken by whatever is recorded before it.
    """
    invoice = known.get(row.invoice)
    return invoice.version if invoice and row.version is None else row.version


def _strangers(
    sheet: InvoiceRows, rows: Sequence[InvoiceRow], known: Mapping[str, Invoice]
) -> Iterator[Finding]:
    """Yield a remark on each row that shows another invoice than the books have under its number.

    Every clinic counts its invoices from 1: a sheet out of another clinic's workbook would fit by its keys.
    """
    for row in rows:
        if row.readable and (invoice := known.get(row.invoice)):
            facts = {title: getattr(invoice.facts, title.lower()) for title in LASTING}
            differing = (title for title, shown in row.shown.items() if fold(shown) != fold(facts[title]))
            if title := next(differing, None):
                said = {"value": row.shown[title], "key": row.invoice}
                yield _finding("row-mixed-up", sheet, row.number, title, **said)


def _on_cells(sheet: InvoiceRows, row: int, refusal: StepRefused) -> list[Finding]:
    """Return a refusal as remarks on the cells that caused it."""
    remedy = refusal.remedy_among(OFFERED) if isinstance(refusal, ActionNotOpen) else refusal.remedy
    return [
        _finding("step-refused", sheet, row, heading, sentence=sentence, remedy=remedy)
        for heading, sentence in refusal.cells.items()
    ]


def _told(findings: Sequence[Finding]) -> dict[int, str]:
    """Return what each row is told: the sentences about its cells, each once."""
    said: dict[int, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        for row in finding.rows:
            said[row][finding.message] = None
    return {row: " ".join(sentences) for row, sentences in said.items()}


def _finding(code: str, sheet: InvoiceRows, number: int, heading: str, /, **facts: object) -> Finding:
    return Finding(code, sheet.name, (number,), sheet.places.get(heading), heading, facts)
