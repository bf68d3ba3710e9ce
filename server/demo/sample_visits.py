"""A month of appointments at an invented clinic, as they took place, before an export makes them irregular.

Deterministic: the same clinic, month and seed give the same appointments. Patients are numbers
("P-0412"), never names.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.billing.clinics import CountsAs, Provider, Service, Setup

SATURDAY = 5
"""The first day of the weekend, as ``date.weekday`` counts."""

# Visits of one provider on one working day. February has 20 working days, so ten providers
# make 2,000 appointments even then.
_FEWEST, _MOST = 10, 12
_OPENS = time(8)
_PATIENTS = 640

# Percentages: the insurer's share of the charge, and what client and insurer have paid of their shares so far.
_COVERED = (0, 60, 80, 80, 100)
_CLIENT_PAYS = (*[100] * 19, 0)
_INSURER_PAYS = (*[100] * 14, *[87] * 5, 0)

# The outcomes of about a hundred appointments.
_OUTCOMES = {
    CountsAs.ATTENDED: 88,
    CountsAs.NO_SHOW: 4,
    CountsAs.CANCELLED: 5,
    CountsAs.LATE_CANCELLED: 2,
    CountsAs.SCHEDULED: 1,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment. Amounts are cents; ``units`` are whole units of the service.

    Charges and payments have two parts, the client's and the insurance's, because practice software
    separates them. A missed visit keeps its planned minutes, and is not charged.
    """

    appointment: str
    start: datetime
    provider: Provider
    service: Service
    outcome: CountsAs
    units: int
    minutes: int
    client_charge: int
    client_paid: int
    insurance_charge: int
    insurance_paid: int
    patient: str


def visits(setup: Setup, first: date, seed: int, rare: frozenset[str] = frozenset()) -> list[Visit]:
    """Return every appointment of the month that starts on ``first``, by day, provider and hour.

    Services whose code is in ``rare`` are never chosen at random.
    """
    # Not for cryptography: the same seed must give the same month on every machine.
    chance = random.Random(seed)  # noqa: S311
    services = [service for service in setup.services if service.code not in rare]
    made: list[Visit] = []
    for day in working_days(first):
        for provider in setup.providers:
            start = datetime.combine(day, _OPENS)
            for _ in range(chance.randint(_FEWEST, _MOST)):
                service = chance.choice(services)
                made.append(
                    _make_visit(chance, f"{first:%y%m}-{len(made) + 1:05d}", start, provider, service)
                )
                start += timedelta(minutes=45)
    return made


def working_days(first: date) -> Iterator[date]:
    """Yield Monday to Friday of the month that starts on ``first``."""
    day = first
    while day.month == first.month:
        if day.weekday() < SATURDAY:
            yield day
        day += timedelta(days=1)


def _make_visit(
    chance: random.Random, appointment: str, start: datetime, provider: Provider, service: Service
) -> Visit:
    outcome = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
    took_place = outcome is CountsAs.ATTENDED
    units = chance.randint(1, 4) if service.unit_minutes == 15 else 1  # noqa: PLR2004
    charge = _unit_charge(service) * units if took_place else 0
    insurance = charge * chance.choice(_COVERED) // 100
    client = charge - insurance
    return Visit(
        appointment=appointment,
        start=start,
        provider=provider,
        service=service,
        outcome=outcome,
        units=units,
        minutes=units * (service.unit_minutes or 0),
        client_charge=client,
        client_paid=client * chance.choice(_CLIENT_PAYS) // 100,
        insurance_charge=insurance,
        insurance_paid=insurance * chance.choice(_INSURER_PAYS) // 100,
        patient=f"P-{chance.randint(1, _PATIENTS):04d}",
    )


def _unit_charge(service: Service) -> int:
    """Return an invented charge for one unit, in cents. A longer service costs more."""
    return 18_50 + 2_35 * (service.unit_minutes or 0)
