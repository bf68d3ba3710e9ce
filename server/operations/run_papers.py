"""What the papers of a pay run say of its state."""

from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.state_lines import StateLine, state_line
from server.ledger.clock import civil_day


def state_line_of(run: RunHeader) -> StateLine:
    """Return the line that every paper of a run shows: a draft, approved by whom and when, or void."""
    at, name = {
        RunState.DRAFT: ("", ""),
        RunState.CLOSED: (run.closed_at, run.closed_by),
        RunState.VOIDED: (run.voided_at, run.voided_by),
    }[run.state]
    return state_line(run.state, civil_day(at), name)
