"""Which exams of a sheet become invoices: those not billed before that no row keeps back.

An exam is kept back by any of its rows, and by a row of which nobody can say whether it is one of
them: half of an exam would look complete.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.exams import Draft, Exam, key_of, price_lines
from server.billing.invoices.invoice import Invoice, InvoiceLine
from server.billing.invoices.prices import PriceList
from server.billing.names import fold
from server.errors import Finding

Key = tuple[str, ...]

PartOfKey = tuple[str | None, ...]
"""A ``Key`` as far as it can be read."""

NOTHING: PartOfKey = (None,) * 5
"""A row that may belong to any exam of its sheet."""


@dataclass(frozen=True, slots=True)
class BillableExams:
    """The exams that can be billed, the remarks, and the rows that wait for another row, by its number."""

    good: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    waiting: Mapping[int, int]


def billed_before(
    exams: Iterable[Exam], named: Mapping[int, Invoice], prices: PriceList
) -> tuple[dict[int, Invoice], list[Finding]]:
    """Return by row the invoices that bill it, as its Result says: ``named`` by row.

    A row that was copied along with its Result, or was changed since, is a finding.
    """
    billed: dict[int, Invoice] = {}
    findings = []
    for exam in exams:
        invoice = named.get(exam.row)
        if invoice and _bills_exam(invoice, exam, prices):
            billed[exam.row] = invoice
        elif invoice:
            findings.append(exam.finding("result-of-another-exam", "Result", invoice=invoice.number))
    return billed, findings


def _bills_exam(invoice: Invoice, exam: Exam, prices: PriceList) -> bool:
    """Return whether an invoice is about this exam and has one of the row's codes, as far as it has any."""
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
    """Sort the exams of a sheet, none of them billed before as far as the sheet knows.

    ``drafted`` is what ``draft_invoices`` made of them, and the blockers on their rows; ``unreadable`` are
    the rows with a cell that cannot be used, ``standing`` the invoices in the books of their days,
    patients and cases, and ``again`` the numbers of those that may be billed a second time.
    """
    made, flaws = drafted
    billed: dict[Key, list[Invoice]] = defaultdict(list)
    for invoice in standing:
        if invoice.number not in again:
            billed[key_of(invoice.facts)].append(invoice)
    blockers = [*flaws, *_exams_billed_already(made, billed)]
    keys = {exam.row: exam.key for exam in exams}
    bad = {row: keys[row] for blocker in blockers for row in blocker.rows} | dict(unreadable)
    keeping = _HoldIndex(bad)
    good = [draft for draft in made if keeping.row_for(keys[draft.exams[0].row]) is None]
    keepers = {row: keeping.row_for(key) for row, key in keys.items() if row not in bad}
    return BillableExams(
        tuple(good),
        (*blockers, *_exams_billed_in_part(good, billed)),
        {row: keeper for row, keeper in keepers.items() if keeper is not None},
    )


def _exams_billed_already(
    made: Iterable[Draft], billed: Mapping[Key, Sequence[Invoice]]
) -> Iterator[Finding]:
    """Find exams that are billed already, with one of their codes."""
    for draft in made:
        first = draft.exams[0]
        if same := [invoice for invoice in billed.get(first.key, ()) if _shares_code(invoice, draft.lines)]:
            yield first.finding("exam-billed-already", "Exam date", invoices=_invoice_numbers(same))


def _exams_billed_in_part(
    good: Iterable[Draft], billed: Mapping[Key, Sequence[Invoice]]
) -> Iterator[Finding]:
    """Find exams of which other codes are billed already."""
    for draft in good:
        first = draft.exams[0]
        if others := billed.get(first.key):
            yield first.finding("exam-billed-in-part", "Exam date", invoices=_invoice_numbers(others))


def _invoice_numbers(invoices: Iterable[Invoice]) -> str:
    """Return invoices as staff can give them for an answer."""
    return "; ".join(invoice.number for invoice in invoices)


class _HoldIndex:
    """The rows that keep exams back, found by as much of their keys as can be read."""

    def __init__(self, rows: Mapping[int, PartOfKey]) -> None:
        self._by_gaps: dict[tuple[bool, ...], dict[PartOfKey, int]] = defaultdict(dict)
        for row, part in rows.items():
            self._by_gaps[tuple(name is None for name in part)].setdefault(part, row)

    def row_for(self, key: Key) -> int | None:
        """Return the row that keeps an exam back, ``None`` if none does."""
        for gaps, rows in self._by_gaps.items():
            part = tuple(None if gap else name for gap, name in zip(gaps, key, strict=True))
            if part in rows:
                return rows[part]
        return None
