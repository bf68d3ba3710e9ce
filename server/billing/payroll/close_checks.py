"""What keeps a draft from being closed although all its rows are decided: its visits may be paid already.

(rule: pay-runs#closing)
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.names import fold
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import Period
from server.billing.payroll.visit_pairing import Visit, pair, pair_across_providers
from server.errors import AlreadyPaidElsewhere, SimilarVisitsPaid


@dataclass(frozen=True, slots=True)
class PaidMeanwhile:
    """What closed runs have paid that a draft may pay again.

    ``by_identity`` are visits under identities of the draft; ``since`` are visits on its days that were paid by runs
    its log was not compared with.
    """

    by_identity: Sequence[PaidVisit] = ()
    since: Sequence[PaidVisit] = ()


def covered_days(days: Collection[str]) -> Period | None:
    """Return the first and the last of some days, given as ISO text; ``None`` if there are none."""
    return Period(date.fromisoformat(min(days)), date.fromisoformat(max(days))) if days else None


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
    if not lines.identity or not paid:
        return []
    columns = (
        lines.identity,
        lines.provider_key,
        lines.day,
        lines.service,
        lines.patient_key,
        lines.amount_cents,
    )
    rows = [Visit(*values) for values in zip(*columns, strict=True)]
    people = {row.patient for row in rows} - {""}
    alike = any(visit.patient_key in people for visit in paid)
    visits = [_visit(visit) for visit in paid]
    pairs = pair(rows, visits, patients_spelled_alike=alike)
    if not pairs:  # a provider may have got an ID since, or be another one by now
        names = [row._replace(provider=fold(name)) for row, name in zip(rows, lines.provider, strict=True)]
        named = [visit._replace(provider=fold(one.provider)) for visit, one in zip(visits, paid, strict=True)]
        pairs = pair(names, named, patients_spelled_alike=alike) or pair_across_providers(rows, visits)
    return [paid[place] for _, place in pairs]


def _visit(paid: PaidVisit) -> Visit:
    return Visit(
        paid.identity, paid.provider_key, paid.day, paid.service, paid.patient_key, paid.amount_cents
    )


def _most(paid: Collection[PaidVisit]) -> tuple[str, int]:
    """Return the run that paid most of some visits, and how many."""
    return Counter(visit.run_id for visit in paid).most_common(1)[0]
