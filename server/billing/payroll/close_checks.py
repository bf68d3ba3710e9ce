"""Why a draft may not be closed although all its rows are decided: its visits may be paid already.

(rule: pay-runs#closing)
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.names import fold
from server.billing.payroll.adjustments import FURTHER_PAY, Adjustment, FurtherPaid
from server.billing.payroll.carry_forward import Balance
from server.billing.payroll.corrected_visits import Comparison, Fact, pair_corrected
from server.billing.payroll.paid_payments import PaidFor, PaidPayment, payments_now, payments_of_visits
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem, is_decided_alike
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.plan_lines import PlanBasis
from server.billing.payroll.visit_pairing import Pairs, Visit, pair, pair_across_providers
from server.errors import (
    AdjustmentsOvertaken,
    AlreadyPaidElsewhere,
    PayItemsOvertaken,
    PaymentsOvertaken,
    PayPlansOvertaken,
    SimilarVisitsPaid,
)

Pairing = Callable[[Sequence[Visit], Sequence[Visit]], Pairs]


@dataclass(frozen=True, slots=True)
class PaidMeanwhile:
    """Visits that closed runs have paid and that a draft may pay again.

    ``by_identity`` are visits under identities of the draft; ``since`` are visits of its period that were paid by runs
    its log was not compared with.
    """

    by_identity: Sequence[PaidVisit] = ()
    since: Sequence[PaidVisit] = ()


def refuse_paid(run_id: str, lines: PayLines, paid: PaidMeanwhile) -> None:
    """Refuse a draft if closed runs paid its visits by identity, or if runs closed since may have paid them."""
    twice = len(lines.identity) - len({*lines.identity})
    if twice:  # only in a draft made before IDs were folded
        raise AlreadyPaidElsewhere(run_id, run_id, twice)
    if paid.by_identity:
        raise AlreadyPaidElsewhere(run_id, *_most(paid.by_identity))
    if similar := _similar(lines, paid.since):
        raise SimilarVisitsPaid(run_id, *_most(similar))


@dataclass(frozen=True, slots=True)
class AdjustedThen:
    """What a draft adjusts, and what it was made with: the closed runs that its log was compared with, and the negative
    totals that were carried forward.
    """

    adjustments: Sequence[Adjustment]
    compared: Collection[str]
    balances: Sequence[Balance]


@dataclass(frozen=True, slots=True)
class AdjustedMeanwhile:
    """What the books say now of what a draft adjusts.

    ``paid`` is what each line was paid in all, by run and place, without lines of runs that are not approved. ``adjusted_by``
    are the runs that ever adjusted it, whatever their state. ``closed`` are the approved runs; ``balances`` are the
    negative totals that are carried forward. ``further`` is what was paid beside each line.
    """

    paid: Mapping[tuple[str, int], int]
    adjusted_by: Mapping[tuple[str, int], Collection[str]]
    closed: Collection[str]
    balances: Sequence[Balance]
    further: Mapping[tuple[str, int], Sequence[FurtherPaid]] = field(default_factory=dict)


def refuse_overtaken_adjustments(run_id: str, then: AdjustedThen, now: AdjustedMeanwhile) -> None:
    """Refuse a draft if what its adjustments and its carried-forward totals are based on has changed.

    The amounts alone do not tell: a visit that was given to another provider meanwhile is paid the same in all.
    """
    assumed: Counter[tuple[str, int]] = Counter()
    for one in then.adjustments:
        if one.of_place is not None and one.kind not in FURTHER_PAY:
            assumed[one.of_run, one.of_place] += one.was_cents
    is_same = all(now.paid.get(line) == cents for line, cents in assumed.items())
    is_same &= all(
        (run in then.compared) == (run in now.closed)
        for line in assumed
        for run in now.adjusted_by.get(line, ())
    )
    is_same &= all(one.of_run in now.closed for one in then.adjustments if one.of_run != run_id)
    is_same &= all(_is_further_pay_of(one, now) for one in then.adjustments if one.kind in FURTHER_PAY)
    if not is_same or sorted(then.balances) != sorted(now.balances):
        raise AdjustmentsOvertaken(run_id)


def _is_further_pay_of(one: Adjustment, now: AdjustedMeanwhile) -> bool:
    """Return whether a line of further pay still begins with what was paid beside the line of its visit."""
    if one.of_place is None:
        return False
    paid = now.further.get((one.of_run, one.of_place), ())
    return one.was_cents == sum(
        each.cents for each in paid if (each.kind, each.provider_key) == (one.kind, one.provider_key)
    )


def refuse_overtaken_items(
    run_id: str, lines: Sequence[PayItemLine], then: Sequence[PaidItem], now: Sequence[PaidItem]
) -> None:
    """Refuse a draft if runs that were closed or voided since may have paid its pay items, or what they repay.

    ``then`` are the lines of closed runs that the draft was made with, ``now`` all lines of closed runs.
    """
    if not is_decided_alike(lines, then, now):
        raise PayItemsOvertaken(run_id)


def refuse_overtaken_plans(run_id: str, then: Sequence[PlanBasis], now: Sequence[PlanBasis]) -> None:
    """Refuse a draft if runs that were closed or voided since changed what its plan lines are based on."""
    if [*then] != [*now]:
        raise PayPlansOvertaken(run_id)


def refuse_overtaken_payments(
    run_id: str,
    lines: Sequence[PaymentLine],
    then: Sequence[PaidFor],
    now: Sequence[PaidPayment],
    closed: Collection[str],
) -> None:
    """Refuse a draft if runs that were closed or voided since changed what is paid for payments of its visits.

    ``then`` is what closed runs had paid for payments of these visits when the draft was made, ``now`` are all payment lines of closed
    runs, in the order in which they were closed. The closed runs that have the visits must still be ``closed``.
    """
    if not lines:
        return
    paid = payments_of_visits(payments_now(now).values(), {line.visit for line in lines})
    is_same = sorted(map(tuple, then)) == list(paid)
    if not is_same or any(line.of_run and line.of_run not in closed for line in lines):
        raise PaymentsOvertaken(run_id)


def _similar(lines: PayLines, paid: Sequence[PaidVisit]) -> list[PaidVisit]:
    """Return the visits that these runs paid and the draft may pay again, judged by the recorded words alone.

    Generating the draft again gives the final answer, because the setup says which words mean the same.
    """
    if not lines.identity or not paid:
        return []
    people = {*lines.patient_key} - {""}
    search = _Search(lines, paid, patients_spelled_alike=any(visit.patient_key in people for visit in paid))
    for pairing in search.pairings():
        for by_name in (False, True):  # the provider may have a new ID, or a new name
            search.find(pairing, by_name=by_name)
    return search.found


class _Search:
    """The unpaired lines of a draft and unpaired paid visits, and the paid visits paired so far."""

    def __init__(self, lines: PayLines, paid: Sequence[PaidVisit], *, patients_spelled_alike: bool) -> None:
        by_key, by_name = _rows_of(lines, lines.provider_key), _rows_of(lines, map(fold, lines.provider))
        self._lines, self._paid = [*zip(by_key, by_name, strict=True)], list(paid)
        self._alike = patients_spelled_alike
        self.found: list[PaidVisit] = []

    def pairings(self) -> Sequence[Pairing]:
        """Return the comparisons, in order: by all facts, then by all but one.

        Visits of one day that agree in all but one fact are not told apart by their IDs: both logs may have new IDs.
        """
        same_day = Comparison(self._alike, lambda _: True, (Fact.SERVICE, Fact.PROVIDER))
        other_day = Comparison(self._alike, lambda _: False, (Fact.DAY,))
        return (
            lambda rows, paid: pair(rows, paid, patients_spelled_alike=self._alike),
            pair_across_providers,
            lambda rows, paid: pair_corrected(rows, paid, same_day),
            lambda rows, paid: pair_corrected(rows, paid, other_day),
        )

    def find(self, pairing: Pairing, *, by_name: bool) -> None:
        """Pair the remaining lines and visits, with providers compared by name or by their lasting key."""
        rows = [line[by_name] for line in self._lines]
        pairs = pairing(rows, [_of_paid(visit, by_name=by_name) for visit in self._paid])
        if pairs:
            lines, places = {row for row, _ in pairs}, {place for _, place in pairs}
            self.found += [self._paid[place] for place in sorted(places)]
            self._lines = [line for row, line in enumerate(self._lines) if row not in lines]
            self._paid = [visit for place, visit in enumerate(self._paid) if place not in places]


def _rows_of(lines: PayLines, providers: Iterable[str]) -> list[Visit]:
    """Return the lines as visits to compare, each with the given provider."""
    columns = (lines.identity, providers, lines.day, lines.service, lines.patient_key, lines.amount_cents)
    return [Visit(*values) for values in zip(*columns, strict=True)]


def _of_paid(paid: PaidVisit, *, by_name: bool) -> Visit:
    provider = fold(paid.provider) if by_name else paid.provider_key
    return Visit(paid.identity, provider, paid.day, paid.service, paid.patient_key, paid.amount_cents)


def _most(paid: Collection[PaidVisit]) -> tuple[str, int]:
    """Return the run that paid the most of some visits, and how many it paid."""
    return Counter(visit.run_id for visit in paid).most_common(1)[0]
