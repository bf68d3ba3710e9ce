"""An invented clinic and visits to it, with what each visit pays, worked out apart from the product.

The pay is computed here with decimal numbers from the rules of the rates list alone, so that a wrong
reading and a wrong calculation both show as another amount.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from server.billing.clinics import (
    Clinic,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
    StatusWord,
)

CLINIC = "birchwood"
TODAY = date(2026, 11, 20)
JANUARY = date(2026, 1, 1)
MID_SEPTEMBER = date(2026, 9, 16)

JANE, MARIA, OLE, SMITHE = "Jane Smith", "Maria Garcia-Lopez", "Ole Berg", "Jane Smithé"
PEOPLE = (JANE, MARIA, OLE, SMITHE)
TALK, GROUP, REPORT, CARE = "EX-201", "EX-202", "EX-203", "EX-204"
CODES = (TALK, GROUP, REPORT, CARE)

ATTENDED, NO_SHOW, CANCELLED, LATE, SCHEDULED = (
    "attended",
    "no show",
    "cancelled",
    "late cancelled",
    "scheduled",
)

SESSION, UNIT, HOUR, CHARGE, COLLECTED = (
    "per session",
    "per unit",
    "per hour",
    "% of charge",
    "% of collected",
)

ALIASES = {
    JANE: ("Smith, Jane", "Smith, Jane LCSW", "J. Smith"),
    MARIA: ("Garcia-Lopez, Maria", "Dr. Maria Garcia Lopez"),
    OLE: ("Berg, Ole", "Berg, Ole PhD"),
    SMITHE: ("Smithé, Jane", "Smithé, Jane MD"),
}
PERSON_IDS = {JANE: "P-11", MARIA: "P-12", OLE: "P-13", SMITHE: "P-14"}
SERVICE_NAMES = {TALK: "Talk", GROUP: "Group hour", REPORT: "Report", CARE: "Total Care"}
SERVICE_ALIASES = {
    TALK: ("Individual session", "70201"),
    GROUP: ("Group meeting", "70202"),
    REPORT: ("Written report", "70203"),
    CARE: ("Whole day care", "70204"),
}

RATES: dict[tuple[str, str], tuple[tuple[date, str, str], ...]] = {
    (JANE, TALK): ((JANUARY, HOUR, "100"),),
    (JANE, GROUP): ((JANUARY, SESSION, "45.50"), (MID_SEPTEMBER, SESSION, "47.75")),
    (JANE, REPORT): ((JANUARY, CHARGE, "55"),),
    (JANE, CARE): ((JANUARY, UNIT, "12.25"),),
    (MARIA, TALK): ((JANUARY, COLLECTED, "62.5"),),
    (MARIA, GROUP): ((JANUARY, HOUR, "80"), (MID_SEPTEMBER, HOUR, "84.40")),
    (MARIA, REPORT): ((JANUARY, SESSION, "70"),),
    (MARIA, CARE): ((JANUARY, COLLECTED, "40"),),
    (OLE, TALK): ((JANUARY, UNIT, "33.33"),),
    (OLE, GROUP): ((JANUARY, CHARGE, "60"),),
    (OLE, REPORT): ((JANUARY, COLLECTED, "55"), (MID_SEPTEMBER, COLLECTED, "57.5")),
    (OLE, CARE): ((JANUARY, HOUR, "95.50"),),
    (SMITHE, TALK): ((JANUARY, SESSION, "60"),),
    (SMITHE, GROUP): ((JANUARY, UNIT, "20"),),
    (SMITHE, REPORT): ((JANUARY, HOUR, "120"),),
    (SMITHE, CARE): ((JANUARY, CHARGE, "50"),),
}
"""What each provider earns for each service, and from which day: dollars, or a percentage."""

LATE_FEE = Decimal(25)
"""What a late cancellation of a talk earns."""

SHARE_OF_MISSED_GROUP = Decimal("0.5")
"""The part of the rate that a no-show of a group hour earns."""

PATIENTS = ("Ann Zeller", "Bo Quist", "Cy Drummond", "Di Estrada", "Ed Farrow", "Flo Underhill")
MONTHS = ((2026, 9), (2026, 9), (2026, 9), (2026, 10), (2026, 8), (2026, 5))
STATUSES = (ATTENDED,) * 7 + (NO_SHOW, CANCELLED, LATE, SCHEDULED)
MINUTES = (30, 45, 50, 60, 75, 90, 120)
CHARGES = (9_500, 12_000, 13_333, 15_050, 18_001, 20_000, 123_450)
SHARES_COLLECTED = (0, 25, 50, 80, 100)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as it was. Money is in cents; ``start`` counts minutes since midnight."""

    id: str
    day: date
    start: int
    provider: str
    service: str
    status: str
    units: int | Decimal
    minutes: int | Decimal
    charge: int
    client: int
    insurer: int
    patient: str

    @property
    def collected(self) -> int:
        """Return all that was received for the visit."""
        return self.client + self.insurer

    @property
    def pay(self) -> int | None:
        """Return what the visit pays its provider, ``None`` where it pays nothing."""
        return pay_of(self)


def pay_of(visit: Visit) -> int | None:
    """Return the pay of a visit in cents, rounded once, halves away from zero."""
    if visit.day > TODAY:
        return None
    if visit.status == ATTENDED:
        return _cents(_earned(visit))
    if visit.status == LATE and visit.service == TALK:
        return _cents(LATE_FEE)
    if visit.status == NO_SHOW and visit.service == GROUP:
        return _cents(_earned(visit) * SHARE_OF_MISSED_GROUP)
    return None


def _earned(visit: Visit) -> Decimal:
    """Return in dollars what the visit earns where it takes place."""
    dated = [row for row in RATES[visit.provider, visit.service] if row[0] <= visit.day]
    _, basis, amount = dated[-1]
    measures = {
        SESSION: Decimal(1),
        UNIT: Decimal(visit.units),
        HOUR: Decimal(visit.minutes) / 60,
        CHARGE: Decimal(visit.charge) / 10_000,
        COLLECTED: Decimal(visit.collected) / 10_000,
    }
    return Decimal(amount) * measures[basis]


def _cents(dollars: Decimal) -> int:
    return int((dollars * 100).quantize(Decimal(1), ROUND_HALF_UP))


def basis_of(visit: Visit) -> str:
    """Return what the rate of the visit is multiplied with."""
    return RATES[visit.provider, visit.service][0][1]


def invented_visits(rng: Random, how_many: int) -> list[Visit]:
    """Return visits of one month, no two of the same provider, day and service."""
    year, month = rng.choice(MONTHS)
    first, people = rng.randrange(1, 4_000), rng.sample(PEOPLE, rng.choice((1, 2, 2, 3)))
    visits: dict[tuple[str, date, str], Visit] = {}
    while len(visits) < how_many:
        visit = _one_visit(rng, date(year, month, 1), people, f"A-{first + len(visits):05}")
        visits.setdefault((visit.provider, visit.day, visit.service), visit)
    return sorted(visits.values(), key=lambda visit: (visit.day, visit.start, visit.id))


def _one_visit(rng: Random, month: date, people: Sequence[str], visit_id: str) -> Visit:
    charge = rng.choice(CHARGES)
    insurer = charge * rng.choice(SHARES_COLLECTED) // 100
    visit = Visit(
        visit_id,
        month + timedelta(days=rng.randrange(28)),
        rng.randrange(8 * 4, 18 * 4) * 15,
        rng.choice(people),
        rng.choice(CODES),
        rng.choice(STATUSES),
        rng.randrange(1, 5),
        rng.choice(MINUTES),
        charge,
        rng.choice((1_500, 2_000, 2_525)),
        insurer,
        rng.choice(PATIENTS),
    )
    if visit.status == SCHEDULED and rng.random() < 1 / 2:
        return replace(visit, day=date(2026, 12, visit.day.day))
    return visit


def invented_setup() -> Setup:
    """Return the clinic with everything its Setup workbook would say."""
    basis = {one.value: one for one in PayBasis}
    rates = [
        Rate(provider, service, basis[kind], _rate_amount(kind, amount), since)
        for (provider, service), rows in RATES.items()
        for since, kind, amount in rows
    ]
    return Setup(
        Clinic(CLINIC, "Birchwood Practice"),
        tuple(Provider(name, ALIASES[name], PERSON_IDS[name]) for name in PEOPLE),
        tuple(Service(code, SERVICE_NAMES[code], SERVICE_ALIASES[code]) for code in CODES),
        tuple(rates),
        (
            StatusWord("Arrived", CountsAs.ATTENDED),
            StatusWord("Came in", CountsAs.ATTENDED),
            StatusWord("Called off", CountsAs.CANCELLED),
        ),
        (
            MissedVisitRule("*", TALK, CountsAs.LATE_CANCELLED, MissedPay.FLAT, 2_500, JANUARY),
            MissedVisitRule("*", GROUP, CountsAs.NO_SHOW, MissedPay.OF_RATE, 500_000, JANUARY),
        ),
    )


def _rate_amount(kind: str, amount: str) -> int:
    """Return a rate as the setup holds it: cents, or parts per million of a share."""
    return int(Decimal(amount) * (10_000 if kind in {CHARGE, COLLECTED} else 100))


def total_by_provider(visits: Sequence[Visit]) -> dict[str, int]:
    """Return the cents each provider earns, those who earn nothing left out."""
    totals: dict[str, int] = {}
    for visit in visits:
        if visit.pay is not None:
            totals[visit.provider] = totals.get(visit.provider, 0) + visit.pay
    return totals
