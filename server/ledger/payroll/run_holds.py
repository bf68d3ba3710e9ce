"""What the approval of a draft does about held visits: it holds rows, and settles visits held before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from server.billing.payroll.held_visits import (
    BlockedRow,
    HeldState,
    settled_states,
)
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.recorded_runs import RunHeader
from server.errors import RunHasBlockers
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import paid_visits
from server.ledger.payroll.held_visits import HeldVisits


@dataclass(frozen=True, slots=True)
class RunHolds:
    """The rows that a run holds, the held visits that it settles, and those of its rows that another run has paid.

    ``paid_elsewhere`` maps the identity of a row to the closed run that has paid it.
    """

    rows: Sequence[BlockedRow] = ()
    settled: Sequence[tuple[int, HeldState]] = ()
    paid_elsewhere: dict[str, str] = field(default_factory=dict)


def decide_holds(
    session: DatabaseSession, held: HeldVisits, run: RunHeader, lines: PayLines, *, holds_rows: bool
) -> RunHolds:
    """Return what the approval of a draft does about held visits.

    Raises RunHasBlockers if the rows of an older draft are not known, and WrittenOffMeanwhile or AlreadyPaidElsewhere
    if a visit that it pays was settled otherwise since.
    """
    draft = held.of_draft(run.id)
    if holds_rows and len(draft.blocked) != run.blocked:
        raise RunHasBlockers(run.id, run.blocked)
    now = held.with_ids([one.held_id for one in draft.found])
    settled = settled_states(run.id, draft.found, now)
    known = {visit for visit, _ in settled}
    settled += [
        (visit.id, HeldState.PAID) for visit in held.waiting_under(lines.identity) if visit.id not in known
    ]
    rows = (*draft.unsigned, *(draft.blocked if holds_rows else ()))
    return RunHolds(rows, settled, _paid_elsewhere(session, {row.identity for row in rows} - {""}))


def record_holds(held: HeldVisits, run_id: str, holds: RunHolds) -> None:
    """Enter the held rows and the outcomes of the visits held before, while the run is still a draft."""
    held.settle(run_id, holds.settled)
    if not holds.rows:
        return
    held.hold(run_id, holds.rows)
    for visit in held.entered_by(run_id):
        if payer := holds.paid_elsewhere.get(visit.row.identity):
            held.settle(payer, [(visit.id, HeldState.PAID)])


def _paid_elsewhere(session: DatabaseSession, identities: Collection[str]) -> dict[str, str]:
    """Return identity -> the closed run that paid it since the draft was generated."""
    return {visit.identity: visit.run_id for visit in paid_visits.by_identity(session, identities)}
