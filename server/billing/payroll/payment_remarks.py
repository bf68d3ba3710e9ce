"""What a person must see of the rows of a payments sheet before the run is approved (rule: pay-runs#unallocated)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.paid_payments import PaidPayment
from server.billing.payroll.payment_lines import PaymentOutcome, PaymentRow
from server.errors import count_of, list_names
from server.errors.finding_facts import FindingFacts
from server.errors.payment_findings import (
    PaymentChanged,
    PaymentsGone,
    PaymentsOfPaidAmount,
    PaymentsUnallocated,
    PaymentsUnread,
)

PART_OF_COLLECTED = "Part of the collected amount by which run {run} paid the visit."
"""The reason for which a payment is paid with its visit."""

Remark = tuple[FindingFacts, tuple[int, ...]]
"""What is to be reviewed, and the rows of the payments sheet; none for the sheet as a whole."""


def remarks_on_rows(rows: Iterable[PaymentRow], changed: Iterable[int]) -> Iterator[Remark]:
    """Yield what is to be reviewed about rows; ``changed`` are rows of payments that closed runs paid otherwise."""
    by_outcome: dict[PaymentOutcome, list[PaymentRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one.row):
        by_outcome[row.outcome].append(row)
    for reason, found in _by_reason(by_outcome[PaymentOutcome.UNALLOCATED]).items():
        payments, amount = _in_words(found)
        yield PaymentsUnallocated(payments=payments, amount=amount, reason=reason), _numbers(found)
    if blocked := by_outcome[PaymentOutcome.BLOCKED]:
        yield PaymentsUnread(rows=count_of(len(blocked), "row")), _numbers(blocked)
    start = PART_OF_COLLECTED.partition("{")[0]
    if covered := [row for row in by_outcome[PaymentOutcome.PAID_BEFORE] if row.reason.startswith(start)]:
        payments, amount = _in_words(covered)
        yield PaymentsOfPaidAmount(payments=payments, amount=amount), _numbers(covered)
    if numbers := tuple(sorted(changed)):
        yield PaymentChanged(payments=count_of(len(numbers), "payment")), numbers


def remark_on_gone(gone: Sequence[PaidPayment]) -> Iterator[Remark]:
    """Yield what is to be reviewed about paid payments that the sheet should have and does not."""
    if not gone:
        return
    days = [one.line.payment_day for one in gone]
    what = PaymentsGone(
        payments=count_of(len(gone), "payment"),
        amount=dollars(sum(one.line.received_cents for one in gone)),
        pay=dollars(sum(one.line.now_cents for one in gone)),
        runs=list_names([f"run {run}" for run in sorted({one.run_id for one in gone})]),
        first=us(min(days)),
        last=us(max(days)),
    )
    yield what, ()


def _in_words(rows: Sequence[PaymentRow]) -> tuple[str, str]:
    """Return how many payments rows are, and their sum."""
    return count_of(len(rows), "payment"), dollars(sum(row.cents or 0 for row in rows))


def _numbers(rows: Iterable[PaymentRow]) -> tuple[int, ...]:
    return tuple(row.row for row in rows)


def _by_reason(rows: Iterable[PaymentRow]) -> dict[str, list[PaymentRow]]:
    found: dict[str, list[PaymentRow]] = defaultdict(list)
    for row in rows:
        found[row.reason].append(row)
    return found
