"""Which exams of a sheet become invoices: those that were not billed before and that no row holds.

An exam is held by any bad row of its own, and by a bad row that may belong to it: half of an exam would look
complete.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.exams import Draft, Exam, key_of, price_lines
from server.billing.invoices.invoice import Invoice, InvoiceLine
from server.billing.invoices.prices import PriceList
from server.billing.names import fold
from server.errors import Finding
from server.errors.invoice_findings import ExamBilledAlready, ExamBilledInPart, ResultOfAnotherExam

Key = tuple[str, ...]

PartOfKey = tuple[str | None, ...]
"""A ``Key`` with ``None`` for the parts that cannot be read."""

NOTHING: PartOfKey = (None,) * 5
"""A row that may belong to any exam of its sheet."""


@dataclass(frozen=True, slots=True)
class BillableExams:
    """The exams that can be billed, the findings, and the rows that wait for another row: row -> that row."""

    good: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    waiting: Mapping[int, int]


def billed_before(
    exams: Iterable[Exam], named: Mapping[int, Invoice], prices: PriceList
) -> tuple[dict[int, Invoice], list[Finding]]:
    """Return the invoices that already bill a row, by row. ``named`` are the invoices that the Result cells name, by row.

    A row that was copied with its Result, or was changed since then, is a finding.
    """
    billed: dict[int, Invoice] = {}
    findings = []
    for exam in exams:
        invoice = named.get(exam.row)
        if invoice and _bills_exam(invoice, exam, prices):
            billed[exam.row] = invoice
        elif invoice:
            findings.append(exam.finding(ResultOfAnotherExam(invoice=invoice.number), "Result"))
    return billed, findings


def _bills_exam(invoice: Invoice, exam: Exam, prices: PriceList) -> bool:
    """Return whether an invoice is about this exam and has one of the row's codes, if the row has any."""
    lines, _ = price_lines(exam, prices)
    return key_of(invoice.facts) == exam.key and (not lines or _shares_code(invoice, lines))


def _shares_code(invoice: Invoice, lines: Iterable[InvoiceLine]) -> bool:
    return not {fold(line.code) for line in lines}.isdisjoint(fold(line.code) for line in invoice.lines)


def select_billable(
    drafted: tuple[Sequence[Draft], Sequence[Finding]],
    exams: Sequence[Exam],
    unreadable: Mapping[int, PartOfKey],
    standing: Iterable[Invoice],
    again: Collection[str] = (),
) -> BillableExams:
    """Select the exams of a sheet that can be billed. ``exams`` has no exam that the sheet shows as billed.

    ``drafted`` is what ``draft_invoices`` made of them, and the blockers on their rows; ``unreadable`` are
    the rows with a cell that cannot be used, ``standing`` the invoices in the books with the same days,
    patients and cases, and ``again`` the numbers of those whose exams may be billed a second time.
    """
    made, flaws = drafted
    billed: dict[Key, list[Invoice]] = defaultdict(list)
    for invoice in standing:
        if invoice.number not in again:
            billed[key_of(invoice.facts)].append(invoice)
    blockers = [*flaws, *_exams_billed_already(made, billed)]
    keys = {exam.row: exam.key for exam in exams}
    bad = {row: keys[row] for blocker in blockers for row in blocker.rows} | dict(unreadable)
    holds = _HoldIndex(bad)
    good = [draft for draft in made if holds.row_for(keys[draft.exams[0].row]) is None]
    holders = {row: holds.row_for(key) for row, key in keys.items() if row not in bad}
    return BillableExams(
        tuple(good),
        (*blockers, *_exams_billed_in_part(good, billed)),
        {row: holder for row, holder in holders.items() if holder is not None},
    )


def _exams_billed_already(
    made: Iterable[Draft], billed: Mapping[Key, Sequence[Invoice]]
) -> Iterator[Finding]:
    """Yield a blocker for each exam that is already billed with one of its codes."""
    for draft in made:
        first = draft.exams[0]
        if same := [invoice for invoice in billed.get(first.key, ()) if _shares_code(invoice, draft.lines)]:
            yield first.finding(ExamBilledAlready(invoices=_invoice_numbers(same)), "Exam date")


def _exams_billed_in_part(
    good: Iterable[Draft], billed: Mapping[Key, Sequence[Invoice]]
) -> Iterator[Finding]:
    """Yield a finding for each exam that is already billed with other codes."""
    for draft in good:
        first = draft.exams[0]
        if others := billed.get(first.key):
            yield first.finding(ExamBilledInPart(invoices=_invoice_numbers(others)), "Exam date")


def _invoice_numbers(invoices: Iterable[Invoice]) -> str:
    """Return the invoice numbers in the form in which staff type them as an answer."""
    return "; ".join(invoice.number for invoice in invoices)


class _HoldIndex:
    """The rows that hold exams, indexed by the readable parts of their keys."""

    def __init__(self, rows: Mapping[int, PartOfKey]) -> None:
        self._by_gaps: dict[tuple[bool, ...], dict[PartOfKey, int]] = defaultdict(dict)
        for row, part in rows.items():
            self._by_gaps[tuple(name is None for name in part)].setdefault(part, row)

    def row_for(self, key: Key) -> int | None:
        """Return a row that holds this exam, or ``None``."""
        for gaps, rows in self._by_gaps.items():
            part = tuple(None if gap else name for gap, name in zip(gaps, key, strict=True))
            if part in rows:
                return rows[part]
        return None
