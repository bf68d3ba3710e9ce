"""What keeps a draft from being closed although all its rows are decided: that its visits may be paid already."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from server.billing.names import fold
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Period
from server.billing.payroll.visit_pairing import Visit, pair, pair_across_providers
from server.errors import AlreadyPaidElsewhere, SimilarVisitsPaid
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import paid_visits
from server.ledger.payroll.drafts import LINE, Draft

_DAY = LINE.index("day")
_PROVIDER, _SERVICE, _PATIENT = (LINE.index(name) for name in ("provider_key", "service", "patient_key"))
_AMOUNT = LINE.index("amount_cents")
_NAME = LINE.index("provider")


def refuse_paid(session: DatabaseSession, run_id: str, draft: Draft) -> None:
    """Refuse a draft with visits that closed runs paid by their identity, or that runs closed since may have paid."""
    twice = len(draft.identities()) - len({*draft.identities()})
    if twice:  # made before IDs were compared folded
        raise AlreadyPaidElsewhere(run_id, run_id, twice)
    runs = paid_visits.closed_runs(session)
    if not runs:
        return
    if paid := paid_visits.by_identity(session, draft.identities()):
        raise AlreadyPaidElsewhere(run_id, *_most(paid))
    since = runs.keys() - draft.runs_compared()
    if since and (similar := _similar(session, draft, since)):
        raise SimilarVisitsPaid(run_id, *_most(similar))


def _similar(session: DatabaseSession, draft: Draft, runs: Collection[str]) -> list[PaidVisit]:
    rows = [
        Visit(identity, line[_PROVIDER], line[_DAY], line[_SERVICE], line[_PATIENT], line[_AMOUNT])
        for identity, line in zip(draft.identities(), draft.lines(), strict=True)
    ]
    if not rows:
        return []
    days = sorted({row.day for row in rows})
    covered = Period(date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
    paid = [visit for visit in paid_visits.on_days(session, covered) if visit.run_id in runs]
    people = {row.patient for row in rows} - {""}
    alike = any(visit.patient_key in people for visit in paid)
    visits = [_visit(visit) for visit in paid]
    pairs = pair(rows, visits, patients_spelled_alike=alike)
    if not pairs:  # a provider may have got an ID since, or be another one by now
        names = [
            row._replace(provider=fold(line[_NAME])) for row, line in zip(rows, draft.lines(), strict=True)
        ]
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
