"""Pay runs as the rules would hand them over, invented from a seed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import MEASURE, Clinic, PayBasis, Provider, WorksAs
from server.billing.days import serial_of
from server.billing.money import divide
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
