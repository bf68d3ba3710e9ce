"""Actions on pay runs, inside one transaction: read the rows, let the rules decide, write the step.

Staff may generate a draft any number of times. Closing it writes its lines as rows that never change, and from then
on those visits are paid. The rules in ``server/billing/payroll`` decide what is allowed: the table of run states, and
for a close also the close checks.
"""

from collections.abc import Sequence
from datetime import date

from server.billing.payroll.adjustments import Adjustment, CarriedForward, count_late
from server.billing.payroll.close_checks import (
    AdjustedMeanwhile,
    AdjustedThen,
    PaidMeanwhile,
    refuse_overtaken_adjustments,
    refuse_overtaken_items,
    refuse_overtaken_payments,
    refuse_overtaken_plans,
    refuse_paid,
)
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_periods import merge_periods, stretches_of
from server.billing.payroll.pay_run import PayRun, Period, RateUsed
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.plan_lines import PlanBasis, PlanLine
from server.billing.payroll.recorded_runs import DraftReplaced, RunHeader, run_id
from server.billing.payroll.review_flags import ReviewFlag
from server.billing.payroll.run_states import RunAction, decide_run_action, number_to_generate
from server.errors import RunIsBuiltOn
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import (
    adjustments,
    drafts,
    findings_seen,
    paid_visits,
    pay_items,
    pay_lines,
    payments,
    plan_lines,
    planned_work,
    run_holds,
    runs,
)
from server.ledger.payroll.drafts import Draft, DraftBasis, KnownBy
from server.ledger.payroll.held_visits import HeldVisits


def run_id_for(session: DatabaseSession, clinic_id: str, period: Period) -> str:
    """Return the id of the period's open draft, else the next id of that period."""
    return run_id(clinic_id, period, number_to_generate(runs.latest_of(session, period)))


def record_draft(  # noqa: PLR0913 - each is a part of the record
    session: DatabaseSession,
    run: PayRun,
    known_by: KnownBy,
    figures: bytes,
    *,
    basis: DraftBasis,
    stamp: Stamp,
) -> DraftReplaced | None:
    """Record a draft, replacing the one of the same period if there is one; return what it no longer pays."""
    _refuse_overtaken(session, run)
    identities = known_by.identities
    if not len(set(identities)) == len(identities) == len(run.every_line):
        message = "each line needs an identity of its own"
        raise ValueError(message)
    earlier = drafts.load(session, run.id)
    revision = runs.enter_draft(session, run, figures, stamp)
    draft = drafts.save(session, run, known_by, basis)
    return _draft_replaced(run.id, revision, earlier, draft)


def close_run(
    session: DatabaseSession,
    run_id: str,
    seen: Sequence[ReviewFlag],
    stamp: Stamp,
    *,
    holds_rows: bool = False,
) -> RunHeader:
    """Approve a draft: its lines and the rates they used become rows that never change, and so do the flags that were seen.

    Its rows whose note is not signed are held for a later run, and with ``holds_rows`` its blocked rows, too.
    """
    run, held = runs.header(session, run_id), HeldVisits(session)
    holding = run.blocked if holds_rows else 0
    step = decide_run_action(run, RunAction.HOLD if holding else RunAction.CLOSE)
    draft = drafts.load(session, run_id)
    lines = draft.lines()
    refuse_paid(run_id, lines, _visits_paid_meanwhile(session, draft, lines, run.period))
    adjusted, carried = draft.adjustments()
    then = AdjustedThen(adjusted, draft.runs_compared(), draft.balances())
    refuse_overtaken_adjustments(run_id, then, _adjusted_meanwhile(session, run_id, adjusted))
    items = draft.items()
    refuse_overtaken_items(run_id, items, draft.items_based_on(), pay_items.paid_items(session))
    plans, then_planned = draft.plans(), draft.plans_based_on()
    refuse_overtaken_plans(run_id, then_planned, _planned_meanwhile(session, then_planned))
    received = draft.payments()
    closed = paid_visits.closed_runs(session).keys()
    refuse_overtaken_payments(
        run_id, received.lines, received.based_on, payments.paid_payments(session), closed
    )
    settling = run_holds.decide_holds(session, held, run, lines, holds_rows=bool(holding))
    pay_lines.write(session, run_id, draft.rates_used(), lines)
    adjustments.write(session, run_id, adjusted, carried, _late_lines(lines, adjusted))
    pay_items.write(session, run_id, items)
    plan_lines.write(session, run_id, plans)
    payments.write(session, run_id, received)
    findings_seen.record_seen(session, run_id, seen, stamp)
    run_holds.record_holds(held, run_id, settling)
    drafts.empty(session, run_id)
    runs.record_step(session, step, stamp, held=run.held + holding)
    return runs.header(session, run_id)


def void_run(session: DatabaseSession, run_id: str, reason: str, stamp: Stamp) -> RunHeader:
    """Void a draft or a closed run, for a reason. Its lines stay on record, and no longer count as paid."""
    step = decide_run_action(runs.header(session, run_id), RunAction.VOID, reason)
    if later := adjustments.runs_built_on(session, run_id):
        raise RunIsBuiltOn(run_id, later)
    runs.record_step(session, step, stamp)
    return runs.header(session, run_id)


def lines_of_run(session: DatabaseSession, run_id: str) -> tuple[PayLines, list[RateUsed]]:
    """Return the lines of a run in any state without its late visits, and the rates they use; refuses an unknown run."""
    runs.header(session, run_id)
    lines, rates = pay_lines.read(session, run_id)
    draft = drafts.load(session, run_id)
    if lines.identity or not draft.block:
        return lines.without(adjustments.late_lines(session, run_id)), rates
    lines, late = draft.lines(), count_late(draft.adjustments()[0])
    first_late = len(lines.identity) - late
    return (
        lines.without({*range(first_late, first_late + late)}),
        [pay_lines.rate_of_fields(rate) for rate in draft.rates_used()],
    )


def adjustments_of_run(
    session: DatabaseSession, run_id: str
) -> tuple[list[Adjustment], list[CarriedForward]]:
    """Return the adjustments of a run in any state, and its carried-forward totals; refuses an unknown run."""
    runs.header(session, run_id)
    draft = drafts.load(session, run_id)
    return draft.adjustments() if draft.block else adjustments.read(session, run_id)


def items_of_run(session: DatabaseSession, run_id: str) -> list[PayItemLine]:
    """Return the pay items of a run in any state; refuses an unknown run."""
    runs.header(session, run_id)
    draft = drafts.load(session, run_id)
    return draft.items() if draft.block else pay_items.read(session, run_id)


def plans_of_run(session: DatabaseSession, run_id: str) -> list[PlanLine]:
    """Return the plan lines of a run in any state; refuses an unknown run."""
    runs.header(session, run_id)
    draft = drafts.load(session, run_id)
    return draft.plans() if draft.block else plan_lines.read(session, run_id)


def payments_of_run(session: DatabaseSession, run_id: str) -> list[PaymentLine]:
    """Return the payment lines of a run in any state; refuses an unknown run."""
    runs.header(session, run_id)
    draft = drafts.load(session, run_id)
    return [*draft.payments().lines] if draft.block else payments.read(session, run_id)


def withdraw_draft(session: DatabaseSession, period: Period, reason: str, stamp: Stamp) -> RunHeader | None:
    """Void the open draft of exactly this period, if there is one, and return it."""
    draft = runs.open_draft(session, period)
    if draft is None:
        return None
    runs.record_step(session, decide_run_action(draft, RunAction.WITHDRAW, reason), stamp)
    return runs.header(session, draft.id)


def _refuse_overtaken(session: DatabaseSession, run: PayRun) -> None:
    """Refuse a run whose id is no longer its period's because it was closed or voided meanwhile."""
    if run.id == run_id_for(session, run.clinic.id, run.period):
        return
    decide_run_action(runs.header(session, run.id), RunAction.GENERATE)
    message = f"{run.id} is a draft of another period"
    raise ValueError(message)


def _visits_paid_meanwhile(
    session: DatabaseSession, draft: Draft, lines: PayLines, period: Period
) -> PaidMeanwhile:
    """Return what closed runs have paid that a draft may pay again."""
    closed = paid_visits.closed_runs(session)
    if not closed:
        return PaidMeanwhile()
    since = closed.keys() - draft.runs_compared()
    days = stretches_of({date.fromisoformat(day) for day in {*lines.day}}) if since else []
    of_its_days = paid_visits.on_days(session, merge_periods([period, *days])) if since else []
    return PaidMeanwhile(
        paid_visits.by_identity(session, lines.identity),
        [visit for visit in of_its_days if visit.run_id in since],
    )


def _late_lines(lines: PayLines, adjusted: Sequence[Adjustment]) -> dict[int, int]:
    """Return the places of the lines of late visits, which are the last ones, by their rows in the log."""
    first_late = len(lines.identity) - count_late(adjusted)
    return {lines.source_row[place]: place for place in range(first_late, len(lines.identity))}


def _adjusted_meanwhile(
    session: DatabaseSession, run_id: str, adjusted: Sequence[Adjustment]
) -> AdjustedMeanwhile:
    """Return what the books say now of what a draft adjusts and carries forward. Its own lines are not in the books yet."""
    every = {(one.of_run, one.of_place) for one in adjusted if one.of_place is not None}
    lines = {line for line in every if line[0] != run_id}
    return AdjustedMeanwhile(
        adjustments.paid_lines(session, lines),
        adjustments.runs_that_adjusted(session, lines),
        paid_visits.closed_runs(session).keys(),
        adjustments.balances(session),
        adjustments.further_paid(session, lines),
    )


def _planned_meanwhile(session: DatabaseSession, then: Sequence[PlanBasis]) -> list[PlanBasis]:
    """Return what closed runs have now in the pay periods of the plan lines of a draft."""
    return [
        planned_work.basis_of_period(session, Period(one.first, one.last), by_run=one.by_run) for one in then
    ]


def _draft_replaced(run_id: str, revision: int, earlier: Draft, draft: Draft) -> DraftReplaced | None:
    """Return what the earlier draft paid and the new one does not, ``None`` if nothing. Unpacks it only if lines are gone."""
    if earlier.identities_json == draft.identities_json:
        return None
    kept = set(draft.identities())
    if kept.issuperset(earlier.identities()):
        return None
    lines = earlier.lines()
    lost = [place for place, identity in enumerate(lines.identity) if identity not in kept]
    return DraftReplaced(
        run_id=run_id,
        revision=revision,
        appointments=tuple(
            lines.appointment[place] or f"{lines.day[place]} {lines.provider[place]} {lines.service[place]}"
            for place in lost
        ),
        lost_cents=sum(lines.amount_cents[place] for place in lost),
    )
