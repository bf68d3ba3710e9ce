"""Pay runs as the rules would hand them over, invented from a seed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import MEASURE, Clinic, PayBasis, Provider, WorksAs
from server.billing.days import serial_of
from server.billing.money import divide
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, CarriedForward
from server.billing.payroll.pay_run import LogFacts, Outcome, PayRun, Period, RateUsed
from server.billing.payroll.run_columns import PaidLines, UnpaidRows
from server.errors import Finding
from tests.invented import a_finding

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
CLINIC = Clinic("lakeside", "Lakeside Sample Psychology")
PROVIDERS = (
    Provider("Ada Sample", works_as=WorksAs.EMPLOYEE),
    Provider("Bo Placeholder"),
    Provider("Cy O'Nobody, LCSW"),
    Provider("Di Invented-Longname von Musterhausen"),
    Provider("Ed Fiction & Daughter", works_as=WorksAs.EMPLOYEE),
    Provider("=Flo Formula"),
)
NAMES = tuple(provider.name for provider in PROVIDERS)
SERVICES = ("EX-101", "EX-102", "EX-110", "EX-200", "Intake")
BASES = tuple(PayBasis)
FACTS = LogFacts(
    "October log.xlsx",
    "Export",
    header_row=4,
    title_rows=3,
    repeated_headers=2,
    totals_rows=1,
    blank_rows=5,
    hidden_rows=7,
    headings={
        "Date of service": "DOS (column A)",
        "Provider": "Clinician (column C)",
        "Collected": "Paid (column K) + Paid (column M)",
    },
)


def a_run(lines: int = 400, providers: Sequence[str] = NAMES, *, unpaid: int = 60, seed: int = 7) -> PayRun:
    """Return a run whose lines, rates and findings fit together; a tenth of ``unpaid`` is blocked."""
    chance = np.random.default_rng(seed)
    who, what = chance.integers(0, len(providers), lines), chance.integers(0, len(SERVICES), lines)
    cited = (who * len(SERVICES) + what).astype(np.int64)
    rates = [_rate(provider, service) for provider in providers for service in range(len(SERVICES))]
    frame = pd.DataFrame(
        {
            "row": np.arange(5, lines + 5),
            "appointment": [f"A-{number:05d}" for number in range(lines)],
            "day": np.sort(serial_of(OCTOBER.first) + chance.integers(0, 31, lines)),
            "provider": pd.Categorical.from_codes(who.tolist(), pd.Index(providers)),
            "service": pd.Categorical.from_codes(what.tolist(), pd.Index(SERVICES)),
            "counts_as": pd.Categorical(["attended"] * lines, ["attended", "no show"]),
            "units": pd.array(chance.integers(1, 9, lines) * 500, dtype="Int64"),
            "minutes": pd.array(chance.choice([30_000, 45_000, 50_000, 60_000], lines), dtype="Int64"),
            "charge_cents": pd.array(chance.integers(8_000, 30_000, lines), dtype="Int64"),
            "collected_cents": pd.array(chance.integers(0, 25_000, lines), dtype="Int64"),
            "rate": cited,
        }
    )
    frame["amount_cents"] = _amounts(frame, rates)
    return finished(frame, rates, _unpaid(unpaid, lines, providers, chance))


KNOWN_BY = dict.fromkeys(("identity", "provider_key", "patient_key"), "")
"""What the books know visits by, which no sheet shows."""


def finished(lines: pd.DataFrame, rates: Sequence[RateUsed], unpaid: pd.DataFrame) -> PayRun:
    """Return a run of these lines, citing the rates they name."""
    places, used = np.unique(lines["rate"].to_numpy(dtype=np.int64), return_inverse=True)
    amounts = lines["amount_cents"].to_numpy(dtype=np.int64)
    cited = tuple(
        replace(rates[old], lines=int((used == new).sum()), paid_cents=int(amounts[used == new].sum()))
        for new, old in enumerate(places.tolist())
    )
    blocked = unpaid["row"][unpaid["outcome"] == Outcome.BLOCKED.value].tolist()
    return PayRun(
        "lakeside-2026-10-r1",
        CLINIC,
        OCTOBER,
        FACTS,
        PaidLines.of_frame(lines.assign(rate=used.astype(np.int64), **KNOWN_BY)),
        UnpaidRows.of_frame(unpaid),
        cited,
        _findings(blocked),
        "3f" * 32,
    )


LATE_SEPTEMBER = "lakeside-2026-09-r1"
"""The closed run whose visits ``adjusted`` adjusts."""

GONE, IDLE = "Gus Gone", "Hal Idle"
"""A provider whom the setup no longer has, and one who is inactive: each owes something."""


def an_adjustment(
    kind: AdjustmentKind, provider: str, was_cents: int, now_cents: int, **more: object
) -> Adjustment:
    """Return an adjustment of a visit of September."""
    facts: dict[str, Any] = {
        "of_run": LATE_SEPTEMBER,
        "of_place": 3,
        "source_row": 12,
        "appointment": "A-90003",
        "day": date(2026, 9, 14),
        "provider_key": provider.casefold(),
        "service": "EX-101",
        "counts_as": "attended",
        "reason": "The rate of this visit is $90.00 since 09/01/2026.",
    }
    return Adjustment(kind, provider=provider, was_cents=was_cents, now_cents=now_cents, **facts | more)


def adjusted(run: PayRun, names: Sequence[str] = NAMES) -> PayRun:
    """Return a run with a late visit, adjustments, and carried-forward totals.

    The first three ``names`` are Ada, Bo and Cy. Ada has a late visit of 95.00 and a changed amount, Bo gives a visit to Cy and has the rest of an earlier total, Gus has
    nothing but a visit that is taken back, and Hal only a total of earlier runs.
    """
    ada, bo, cy = names[:3]
    place = next(place for place, rate in enumerate(run.rates_used) if rate.provider == ada)
    late = (
        run.lines.frame()
        .iloc[:1]
        .copy()
        .assign(
            row=999,
            appointment="A-90001",
            day=serial_of(date(2026, 9, 30)),
            provider=ada,
            rate=place,
            amount_cents=95_00,
        )
    )
    rates = [*run.rates_used]
    rates[place] = replace(
        rates[place], lines=rates[place].lines + 1, paid_cents=rates[place].paid_cents + 95_00
    )
    rows = (
        an_adjustment(AdjustmentKind.AMOUNT, ada, 95_00, 90_00),
        an_adjustment(
            AdjustmentKind.LATE,
            ada,
            0,
            95_00,
            of_place=None,
            source_row=999,
            appointment="A-90001",
            day=date(2026, 9, 30),
            reason="Its period was closed without it; it earns $95.00 per session.",
        ),
        an_adjustment(
            AdjustmentKind.PROVIDER,
            bo,
            120_00,
            0,
            of_place=4,
            appointment="A-90004",
            is_taken_back=True,
            reason="The log now names another provider for this visit.",
        ),
        an_adjustment(
            AdjustmentKind.PROVIDER,
            cy,
            0,
            105_00,
            of_place=4,
            appointment="A-90004",
            reason="The log now says that you did this visit.",
        ),
        an_adjustment(
            AdjustmentKind.VANISHED,
            GONE,
            80_00,
            0,
            of_place=5,
            appointment="A-90005",
            source_row=None,
            reason="The visit is no longer in the log, and it was said to be deleted.",
        ),
    )
    earned_by_bo = int(run.lines.amount_cents[run.lines.provider == bo].sum()) - 120_00
    carried = (
        CarriedForward(bo, bo.casefold(), -30_00, earned_by_bo),
        CarriedForward(GONE, GONE.casefold(), 0, -80_00),
        CarriedForward(IDLE, IDLE.casefold(), -20_00, 0),
    )
    return replace(
        run, rates_used=tuple(rates), late=PaidLines.of_frame(late), adjustments=rows, carried=carried
    )


def _rate(provider: str, service: int) -> RateUsed:
    basis = BASES[(service + len(provider)) % len(BASES)]
    amount = (600_000, 625_000)[service % 2] if basis.is_share else 2_500 * (service + 2) + 50
    since = date(2025 + service % 2, 1, 1)
    return RateUsed(provider, SERVICES[service], basis.value, amount, basis.is_share, since, "", 0, 0)


def _amounts(lines: pd.DataFrame, rates: Sequence[RateUsed]) -> npt.NDArray[np.int64]:
    amounts = np.zeros(len(lines), dtype=np.int64)
    cited = lines["rate"].to_numpy()
    for number, rate in enumerate(rates):
        field, divisor = MEASURE[PayBasis(rate.basis)]
        mine = cited == number
        quantity = (
            lines[field][mine].to_numpy(dtype=np.int64) if field else np.ones(mine.sum(), dtype=np.int64)
        )
        amounts[mine] = divide(quantity * rate.amount, np.full(len(quantity), divisor))
    return amounts


def _unpaid(count: int, lines: int, providers: Sequence[str], chance: np.random.Generator) -> pd.DataFrame:
    outcome = np.where(np.arange(count) % 10 == 0, Outcome.BLOCKED.value, Outcome.EXCLUDED.value)
    reasons = {
        Outcome.BLOCKED.value: "“Pending??” is not on the clinic's status list, so it is unclear whether to pay this visit.",
        Outcome.EXCLUDED.value: "The status “No Show” counts as no show.",
    }
    return pd.DataFrame(
        {
            "row": np.arange(lines + 5, lines + 5 + count),
            "appointment": ["" for _ in range(count)],
            "day": pd.array([None if place % 20 == 0 else 46_300 for place in range(count)], dtype="Int64"),
            "provider": [providers[place] for place in chance.integers(0, len(providers), count)],
            "service": [SERVICES[place] for place in chance.integers(0, len(SERVICES), count)],
            "status": np.where(outcome == Outcome.BLOCKED.value, "Pending??", "No Show"),
            "outcome": pd.Categorical(outcome, [one.value for one in Outcome]),
            "reason": pd.Categorical([reasons[one] for one in outcome]),
        }
    )


def _findings(blocked: Sequence[int]) -> tuple[Finding, ...]:
    remarks = (
        a_finding("merged-cells", "Export", facts={"range": "B4:B9"}),
        a_finding("units-look-like-minutes", "Export", [17, 18], 6, "Units", {"value": "60"}),
    )
    if not blocked:
        return remarks
    return (
        *remarks,
        a_finding("unknown-status", "Export", blocked, 4, "Appt Status", {"value": "Pending??"}),
    )
