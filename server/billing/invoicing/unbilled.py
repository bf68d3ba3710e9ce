"""Which exams of a sheet become invoices: those not billed before that no row keeps back.

An exam is kept back by any of its rows, and by a row of which nobody can say whether it is one of
them: half of an exam would look complete.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoicing.exams import Draft, Exam, key_of
from server.billing.invoicing.values import Invoice
from server.billing.names import fold
from server.errors import Finding, Severity

Key = tuple[str, ...]

PartOfKey = tuple[str | None, ...]
"""A ``Key`` as far as it can be read."""

NOTHING: PartOfKey = (None,) * 5
"""A row that may belong to any exam of its sheet."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The exams that can be billed, and what keeps the others: remarks, or the row each row waits for."""

    good: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    waiting: Mapping[int, int]


def billed_before(
    exams: Iterable[Exam], named: Mapping[int, Invoice]
) -> tuple[dict[int, Invoice], list[Finding]]:
    """Return by row the invoices that bill it, as its Result says: ``named`` by row.

    A row that was copied along with its Result, or became another exam since, is a finding.
    """
    billed: dict[int, Invoice] = {}
    findings = []
    for exam in exams:
        invoice = named.get(exam.row)
        if invoice and key_of(invoice.facts) == exam.key:
            billed[exam.row] = invoice
        elif invoice:
            findings.append(exam.finding("result-of-another-exam", "Result", invoice=invoice.number))
    return billed, findings


def sort_out(
    drafted: tuple[Sequence[Draft], Sequence[Finding]],
    exams: Sequence[Exam],
    unreadable: Mapping[int, PartOfKey],
    standing: Iterable[Invoice],
    again: Collection[str] = (),
) -> Sorted:
    """Sort the exams of a sheet, none of them billed before as far as the sheet knows.

    ``drafted`` is what ``exams.drafts`` made of them, ``unreadable`` the rows with a cell that
    cannot be used, ``standing`` the invoices in the books of their days, patients and cases, and
    ``again`` the numbers of those that may be billed a second time.
    """
    made, flaws = drafted
    doubles = list(_doubles(made, standing, again))
    findings = (*flaws, *doubles)
    bad = {row for finding in findings if finding.severity is Severity.BLOCKER for row in finding.rows}
    keys = {exam.row: exam.key for exam in exams}
    keeps = _Keeping({row: keys[row] for row in sorted(bad)} | dict(unreadable))
    good = tuple(draft for draft in made if keeps.back(draft.exams[0].key) is None)
    standing_rows = {exam.row for draft in good for exam in draft.exams} | bad | unreadable.keys()
    waits = {row: keeps.back(key) for row, key in keys.items() if row not in standing_rows}
    return Sorted(good, findings, {row: other for row, other in waits.items() if other is not None})


def _doubles(made: Iterable[Draft], standing: Iterable[Invoice], again: Collection[str]) -> Iterator[Finding]:
    """Find exams the books hold invoices of: with one of their codes, or with others."""
    of_exam: dict[Key, list[Invoice]] = defaultdict(list)
    for invoice in standing:
        if invoice.number not in again:
            of_exam[key_of(invoice.facts)].append(invoice)
    for draft in made:
        first = draft.exams[0]
        codes = {fold(line.code) for line in draft.lines}
        others = of_exam[first.key]
        same = [one for one in others if any(fold(line.code) in codes for line in one.lines)]
        if others:
            code = "exam-billed-already" if same else "exam-billed-in-part"
            yield first.finding(code, "Exam date", invoices="; ".join(one.number for one in same or others))


class _Keeping:
    """The rows that keep exams back, found by as much of their keys as can be read."""

    def __init__(self, rows: Mapping[int, PartOfKey]) -> None:
        self._by_gaps: dict[tuple[bool, ...], dict[PartOfKey, int]] = defaultdict(dict)
        for row, part in rows.items():
            self._by_gaps[tuple(name is None for name in part)].setdefault(part, row)

    def back(self, key: Key) -> int | None:
        """Return the row that keeps an exam back, ``None`` if none does."""
        for gaps, rows in self._by_gaps.items():
            part = tuple(None if gap else name for gap, name in zip(gaps, key, strict=True))
            if part in rows:
                return rows[part]
        return None
