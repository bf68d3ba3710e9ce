"""An invented clinic, and a pay run as the rules hand it to the ledger."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.payroll.held_visits import BlockedRow
from server.billing.payroll.pay_run import LogFacts, Outcome, PayRun, Period, RateUsed
from server.billing.payroll.run_columns import PaidLines, UnpaidRows

LAKESIDE = Clinic("lakeside", "Lakeside Clinic")
HILLSIDE = Clinic("hillside", "Hillside Practice")

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
OCTOBER_RUN = "lakeside-2026-10-r1"

LOG = LogFacts("October.xlsx", "Appointments", 1, 0, 0, 0, 0, 0)

RATE = RateUsed(
    provider="*",
    service="*",
    basis="per session",
    amount=6_000,
    is_share=False,
    effective_from=date(2026, 1, 1),
    note="",
    lines=1,
    paid_cents=6_000,
)


def a_run(
    appointments: Sequence[str] = ("A-1",),
    *,
    run_id: str = OCTOBER_RUN,
    period: Period = OCTOBER,
    blocked: int = 0,
    clinic: Clinic = LAKESIDE,
) -> PayRun:
    """Return a run that pays $60.00 for each appointment."""
    return PayRun(
        id=run_id,
        clinic=clinic,
        period=period,
        log=LOG,
        lines=PaidLines.of_frame(_lines(appointments, period.first)),
        unpaid=_blocked_rows(blocked),
        rates_used=(RATE,),
        findings=(),
        fingerprint=f"of {len(appointments)}",
    )


def _lines(appointments: Sequence[str], day: date) -> pd.DataFrame:
    count = len(appointments)
    missing = pd.array([pd.NA] * count, dtype="Int64")
    return pd.DataFrame(
        {
            "row": pd.Series(range(2, count + 2), dtype="int64"),
            "appointment": pd.Series(appointments, dtype="str"),
            "day": pd.Series([serial_of(day)] * count, dtype="int64"),
            "provider": pd.Categorical(["Ada Invented"] * count),
            "service": pd.Categorical(["EX-101"] * count),
            "counts_as": pd.Categorical(["attended"] * count),
            "units": pd.array([1_000] * count, dtype="Int64"),
            "minutes": missing,
            "charge_cents": missing,
            "collected_cents": missing,
            "rate": pd.Series([0] * count, dtype="int64"),
            "amount_cents": pd.Series([6_000] * count, dtype="int64"),
            "identity": list(appointments),
            "provider_key": pd.Categorical(["adainvented"] * count),
            "patient_key": pd.Categorical([""] * count),
        }
    )


def _blocked_rows(count: int) -> UnpaidRows:
    frame = pd.DataFrame({name: [""] * count for name in UnpaidRows.names()})
    return UnpaidRows.of_frame(frame.assign(outcome=pd.Categorical([Outcome.BLOCKED.value] * count)))


def a_blocked_row() -> BlockedRow:
    """Return a row whose status nobody knows."""
    return BlockedRow(
        identity="id:b-1",
        source_row=4,
        column=4,
        heading="Status",
        appointment="B-1",
        day="2026-09-08",
        provider="Ada Invented",
        provider_key="adainvented",
        service="EX-101",
        patient_key="",
        code="unknown-status",
        problem="“Pending note” is not a known status.",
    )
