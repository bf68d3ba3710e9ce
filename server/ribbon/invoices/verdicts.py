"""What is to become of the rows of an Invoices sheet: which can be recorded, which cannot and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoicing.batches import Asked, Batch
from server.billing.invoicing.values import Action, Invoice
from server.billing.names import fold
from server.errors import ActionNotOpen, Finding, StepRefused
from server.ledger.books import Books
from server.ribbon.invoices.recording import decide_rows
from server.sheets.invoices.rows import OFFERED, InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, LASTING

Subject = tuple[str, ...]
"""What rows can have in common: an invoice, or a cheque."""


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
    """Decide some of the sheet's rows on the books as they stand. Nothing is written.

    Rows about one invoice, or of one cheque, are recorded together or not at all: half a cheque in the
    books would be another cheque.
    """
    known = books.invoices.numbered([row.invoice for row in rows])
    findings = [*_unreadable(sheet, rows), *_strangers(sheet, rows, known)]
    bad = {row for finding in findings for row in finding.rows}
    asked = [
        Asked(row.number, row.request, _seen(row, known))
        for row in rows
        if row.request and row.number not in bad
    ]
    batch = decide_rows(books, asked, today)
    refused = {row: finding.message for finding in reversed(findings) for row in finding.rows}
    for row, refusal in batch.refused.items():
        findings += _on_cells(sheet, row, refusal)
        refused[row] = str(refusal)
    left = {row.number for row in sheet.sent} - {row.number for row in rows}
    for row, finding in _held(sheet, refused.keys() | left).items():
        findings.append(finding)
        refused[row] = finding.message
    return Verdicts([one for one in asked if one.row not in refused], refused, findings, batch)


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


def _held(sheet: InvoiceRows, left_out: Collection[int]) -> dict[int, Finding]:
    """Return the rows that are good, and wait for one about the same cheque or invoice that is left out."""
    held: dict[int, Finding] = {}
    culprits: dict[Subject, int] = {}
    waiting = {row.number: row for row in sheet.sent}
    while bad := [number for number in waiting if number in left_out or number in held]:
        for number in bad:
            for subject in _subjects(waiting.pop(number)):
                culprits.setdefault(subject, number)
        for number, row in waiting.items():
            if shared := [subject for subject in _subjects(row) if subject in culprits]:
                facts = {"row": culprits[shared[0]], "what": shared[0][0]}
                held[number] = _finding("held-with-another", sheet, number, ACTION, **facts)
    return held


def _subjects(row: InvoiceRow) -> list[Subject]:
    subjects: list[Subject] = [("invoice", row.invoice)]
    request = row.request
    if request and request.action is Action.RECORD_CHEQUE and request.cheque_number:
        subjects.append(("cheque", fold(request.paying_party), fold(request.cheque_number)))
    return subjects


def _finding(code: str, sheet: InvoiceRows, number: int, heading: str, /, **facts: object) -> Finding:
    return Finding(code, sheet.name, (number,), sheet.places.get(heading), heading, facts)
