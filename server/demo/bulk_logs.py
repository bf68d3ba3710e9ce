"""A clean month of any length for the benchmarks, made quickly.

The columns are as the add-in sends them: dates as Excel serials, amounts in dollars.
"""

from datetime import date
from itertools import product

import numpy as np
import numpy.typing as npt

from server.billing.clinics import ANY, Clinic, PayBasis, Provider, Rate, Service, Setup

BULK_FIRST, BULK_LAST = date(2025, 10, 1), date(2025, 10, 31)
"""The month of all bulk appointments. It is long past, so that none is in the future."""

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_GIVEN = ("Amber", "Birch", "Clover", "Dahlia", "Elder", "Fern", "Ginger", "Hazel", "Iris", "Juniper")
_FAMILY = ("Mooncake", "Lampshade", "Teacosy", "Wheelbarrow", "Snowglobe", "Pinecone", "Rainboot", "Doorbell")
_BASES = (
    (PayBasis.PER_SESSION, 72_50),
    (PayBasis.PER_UNIT, 18_25),
    (PayBasis.PER_HOUR, 64_75),
    (PayBasis.OF_CHARGE, 583_333),
    (PayBasis.OF_COLLECTED, 612_500),
)
_SERVICES = tuple(f"EX-{number}" for number in range(301, 313))
_STATUSES = ("Show", "No Show", "Cancelled")
_SHARES = (0.97, 0.02, 0.01)

WireColumn = list[str] | list[int] | list[float]


def bulk_setup(n_providers: int) -> Setup:
    """Return a clinic of up to 80 providers and 12 services, paid on all five bases.

    Every service has a rate for any provider. Every provider has one service with an own rate and a raise on the 15th.
    """
    names = [f"{given} {family}" for family, given in product(_FAMILY, _GIVEN)][:n_providers]
    since, raised = BULK_FIRST.replace(month=1), BULK_FIRST.replace(day=15)
    rates: list[Rate] = []
    for place, service in enumerate(_SERVICES):
        basis, amount = _BASES[place % len(_BASES)]
        rates.append(Rate(ANY, service, basis, amount, since))
    for place, name in enumerate(names):
        service = _SERVICES[place % len(_SERVICES)]
        basis, amount = _BASES[place % len(_BASES)]
        rates.append(Rate(name, service, basis, amount, since))
        rates.append(Rate(name, service, basis, amount + amount // 10, raised, "raise"))
    return Setup(
        clinic=Clinic(id="bulk", name="Bulk Example Clinic"),
        providers=tuple(Provider(name, (f"{name}, PsyD",)) for name in names),
        services=tuple(Service(code, unit_minutes=15) for code in _SERVICES),
        rates=tuple(rates),
    )


def month_of(n_rows: int, n_providers: int, seed: int) -> dict[str, WireColumn]:
    """Return a clean log by heading: 12 columns of ``n_rows`` values, 3 % of them missed visits."""
    setup = bulk_setup(n_providers)
    chance = np.random.default_rng(seed)
    units = chance.integers(1, 5, n_rows)
    charge = units * chance.integers(40_00, 180_00, n_rows)
    collected = charge * chance.integers(50, 101, n_rows) // 100
    days = chance.integers(0, (BULK_LAST - BULK_FIRST).days + 1, n_rows)
    patients = chance.integers(1, max(2, n_rows // 8), n_rows)
    providers = np.array([provider.name for provider in setup.providers])
    first = (BULK_FIRST - _EXCEL_DAY_ZERO).days
    return {
        "Appointment ID": [f"A{number:07d}" for number in range(1, n_rows + 1)],
        "Date of service": (np.sort(days) + first).tolist(),
        "Provider": _pick_words(chance, providers, n_rows),
        "Service": _pick_words(chance, np.array(_SERVICES), n_rows),
        "Status": np.array(_STATUSES)[chance.choice(len(_STATUSES), n_rows, p=_SHARES)].tolist(),
        "Units": units.tolist(),
        "Minutes": (units * 15).tolist(),
        "Charge": (charge / 100).tolist(),
        "Collected": (collected / 100).tolist(),
        "Patient": [f"P-{number:06d}" for number in patients.tolist()],
        "Clinic": [setup.clinic.name] * n_rows,
        "Location": _pick_words(chance, np.array(["Room 1", "Room 2", "Video"]), n_rows),
    }


def _pick_words(chance: np.random.Generator, words: npt.NDArray[np.str_], count: int) -> list[str]:
    return words[chance.integers(0, len(words), count)].tolist()  # type: ignore[no-any-return]
