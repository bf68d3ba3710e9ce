"""What keeps a draft from being closed although all its rows are decided: its visits may be paid already.

(rule: pay-runs#closing)
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from server.billing.names import fold
from server.billing.payroll.corrected_visits import Comparison, Fact, pair_corrected
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.visit_pairing import Pairs, Visit, pair, pair_across_providers
from server.errors import AlreadyPaidElsewhere, SimilarVisitsPaid

Pairing = Callable[[Sequence[Visit], Sequence[Visit]], Pairs]


@dataclass(frozen=True, slots=True)
class PaidMeanwhile:
    """What closed runs have paid that a draft may pay again.

    ``by_identity`` are visits under identities of the draft; ``since`` are visits of its period that were paid by runs
    its log was not compared with.
    """

    by_identity: Sequence[PaidVisit] = ()
    since: Sequence[PaidVisit] = ()


def refuse_paid(run_id: str, lines: PayLines, paid: PaidMeanwhile) -> None:
    """Refuse a draft with visits that closed runs paid by their identity, or that runs closed since may have paid."""
    twice = len(lines.identity) - len({*lines.identity})
    if twice:  # made before IDs were compared folded
        raise AlreadyPaidElsewhere(run_id, run_id, twice)
    if paid.by_identity:
        raise AlreadyPaidElsewhere(run_id, *_most(paid.by_identity))
    if similar := _similar(lines, paid.since):
        raise SimilarVisitsPaid(run_id, *_most(similar))


def _similar(lines: PayLines, paid: Sequence[PaidVisit]) -> list[PaidVisit]:
    """Return what these runs paid and the draft may pay again, as far as the recorded words can say.

    Generating again decides it: there the setup says which words mean the same.
    """
    if not lines.identity or not paid:
        return []
    people = {*lines.patient_key} - {""}
    search = _Search(lines, paid, patients_spelled_alike=any(visit.patient_key in people for visit in paid))
    for pairing in search.pairings():
        for by_name in (False, True):  # a provider may have got an ID since, or be another one by now
            search.find(pairing, by_name=by_name)
    return search.found


class _Search:
    """Lines of a draft and paid visits that are still to be paired, and the paid visits that were."""

    def __init__(self, lines: PayLines, paid: Sequence[PaidVisit], *, patients_spelled_alike: bool) -> None:
        by_key, by_name = _rows_of(lines, lines.provider_key), _rows_of(lines, map(fold, lines.provider))
        self._lines, self._paid = [*zip(by_key, by_name, strict=True)], list(paid)
        self._alike = patients_spelled_alike
        self.found: list[PaidVisit] = []

    def pairings(self) -> Sequence[Pairing]:
        """Return what the lines are compared by: all facts, then all but one.

        On one day an ID tells no two visits apart that agree in all but one fact: both logs may have new IDs.
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
        """Pair what is left, with the providers by name or by what lasts of them."""
        rows = [line[by_name] for line in self._lines]
        pairs = pairing(rows, [_of_paid(visit, by_name=by_name) for visit in self._paid])
        if pairs:
            lines, places = {row for row, _ in pairs}, {place for _, place in pairs}
            self.found += [self._paid[place] for place in sorted(places)]
            self._lines = [line for row, line in enumerate(self._lines) if row not in lines]
            self._paid = [visit for place, visit in enumerate(self._paid) if place not in places]


def _rows_of(lines: PayLines, providers: Iterable[str]) -> list[Visit]:
    """Return the lines to be compared, each with its provider as given."""
    columns = (lines.identity, providers, lines.day, lines.service, lines.patient_key, lines.amount_cents)
    return [Visit(*values) for values in zip(*columns, strict=True)]


def _of_paid(paid: PaidVisit, *, by_name: bool) -> Visit:
    provider = fold(paid.provider) if by_name else paid.provider_key
    return Visit(paid.identity, provider, paid.day, paid.service, paid.patient_key, paid.amount_cents)


def _most(paid: Collection[PaidVisit]) -> tuple[str, int]:
    """Return the run that paid most of some visits, and how many."""
    return Counter(visit.run_id for visit in paid).most_common(1)[0]
