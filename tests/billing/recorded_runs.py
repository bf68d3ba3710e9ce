"""An invented pay run as the books hold it."""

from datetime import date

from server.billing.payroll.pay_run import Period
from server.billing.payroll.recorded_runs import RunHeader, RunState

CLOSED_AT, VOIDED_AT = "2026-11-02T15:04:05.678+00:00", "2026-11-03T15:04:05.678+00:00"


def a_header(state: RunState, *, blocked: int = 0, void_reason: str = "wrong rates") -> RunHeader:
    """Return a run of two paid visits; one that is voided was closed before."""
    is_closed, is_voided = state is not RunState.DRAFT, state is RunState.VOIDED
    return RunHeader(
        id="lakeside-2026-10-r1",
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        state=state,
        revision=1,
        rows_in=2 + blocked,
        paid=2,
        excluded=0,
        held=0,
        blocked=blocked,
        already_paid=0,
        paid_cents=12_000,
        fingerprint="of 2",
        figures=b"{}",
        made_at="2026-11-01T15:04:05.678+00:00",
        made_by="ana",
        closed_at=CLOSED_AT if is_closed else "",
        closed_by="max" if is_closed else "",
        voided_at=VOIDED_AT if is_voided else "",
        voided_by="max" if is_voided else "",
        void_reason=void_reason if is_voided else "",
    )
