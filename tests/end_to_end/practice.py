"""An invented practice, its October, and what it owes: worked out here, row by row, with plain Decimals.

Nothing of the product is used: this is how somebody would check it who has read only the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TypeVar

from openpyxl import Workbook

Cell = str | int | float | date | None

JANUARY = date(2025, 1, 1)
OCTOBER = date(2025, 10, 1)

OTTOLINE, BARNABY, MARISOL, IGNATIUS, PHILIPPA, WENDELL = PEOPLE = (
    "Ottoline Quillfeather",
    "Barnaby Thistlewood",
    "Marisol Featherstone-Pym",
    "Ignatius Bramblewick",
    "Philippa Nightjar",
    "Wendell Crabapple",
)
TALK, GROUP, REPORT = SERVICES = ("EX-201", "EX-202", "EX-203")
SEEN, MISSED, LATE, OFF = FATES = ("attended", "no show", "late cancelled", "cancelled")


@dataclass(frozen=True)
class Visit:
    """One appointment, as everybody who was there would tell it."""

    id: str
    day: date
    provider: str
    service: str
    fate: str
    units: Decimal
    minutes: int
    charge: Decimal
    client_paid: Decimal
    insurer_paid: Decimal
    patient: str


@dataclass(frozen=True)
class Rate:
    """A row of the Rates sheet; no amount ends the row before it."""

    provider: str
    service: str
    basis: str
    amount: Decimal | None
    since: date
    note: str = ""


@dataclass(frozen=True)
class Fee:
    """A row of the Missed visits sheet."""

    provider: str
    service: str
    fate: str
    basis: str
    amount: Decimal
    since: date


RATES = (
    Rate(OTTOLINE, "*", "per session", Decimal("85.00"), JANUARY),
    Rate(OTTOLINE, "*", "per session", Decimal("92.55"), date(2025, 10, 15), "a raise in mid month"),
    Rate(BARNABY, "*", "per unit", Decimal("22.35"), JANUARY),
    Rate(BARNABY, REPORT, "per session", Decimal("50.00"), JANUARY),
    Rate(BARNABY, REPORT, "per session", None, date(2025, 10, 20), "reports are by the unit again"),
    Rate(MARISOL, "*", "per hour", Decimal("71.11"), JANUARY),
    Rate(IGNATIUS, "*", "% of charge", Decimal(55), JANUARY),
    Rate(IGNATIUS, TALK, "% of charge", Decimal("62.5"), JANUARY),
    Rate(PHILIPPA, "*", "% of collected", Decimal(60), JANUARY),
    Rate(PHILIPPA, GROUP, "per session", Decimal(0), JANUARY, "unpaid: supervision"),
    Rate("*", TALK, "per session", Decimal("33.33"), JANUARY),
    Rate("*", "*", "per unit", Decimal("10.05"), JANUARY),
)

FEES = (
    Fee("*", TALK, MISSED, "flat", Decimal(15), JANUARY),
    Fee(OTTOLINE, "*", LATE, "% of rate", Decimal(50), JANUARY),
)


Row = TypeVar("Row", Rate, Fee)


def _in_force(rows: Sequence[Row], visit: Visit) -> Row | None:
    """Return the row that holds on the visit's day: the most specific key that has one, its latest."""
    keys = ((visit.provider, visit.service), (visit.provider, "*"), ("*", visit.service), ("*", "*"))
    for key in keys:
        begun = [row for row in rows if (row.provider, row.service) == key and row.since <= visit.day]
        if begun and (latest := max(begun, key=lambda row: row.since)).amount is not None:
            return latest
    return None


def _rounded(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _by_rate(visit: Visit) -> Decimal:
    rate = _in_force(RATES, visit)
    assert rate
    assert rate.amount is not None
    measures = {
        "per session": Decimal(1),
        "per unit": visit.units,
        "per hour": Decimal(visit.minutes) / 60,
        "% of charge": visit.charge / 100,
        "% of collected": (visit.client_paid + visit.insurer_paid) / 100,
    }
    return rate.amount * measures[rate.basis]


def cents_for(visit: Visit) -> int | None:
    """Return what the provider is owed for a visit, ``None`` where the visit is not paid at all."""
    if visit.fate == SEEN:
        return _rounded(_by_rate(visit))
    fee = _in_force([fee for fee in FEES if fee.fate == visit.fate], visit)
    if fee is None:
        return None
    return _rounded(fee.amount if fee.basis == "flat" else _by_rate(visit) * fee.amount / 100)


def a_month(seed: int = 5, visits: int = 90) -> list[Visit]:
    """Return October as one of many it could have been, in the order of the providers and days."""
    random = Random(seed)  # noqa: S311 - the same month every time
    made = []
    for number in range(visits):
        fate = random.choices(FATES, (12, 2, 2, 1))[0]
        charge = Decimal(random.randrange(4_000, 25_000)) / 100 if fate == SEEN else Decimal(0)
        client = (charge * random.randrange(0, 100) / 100).quantize(Decimal("0.01"))
        made.append(
            Visit(
                id=f"Q{7_000 + number}",
                day=OCTOBER + timedelta(days=random.randrange(31)),
                provider=PEOPLE[number % len(PEOPLE)],
                service=random.choice(SERVICES),
                fate=fate,
                units=Decimal(random.choice(("1", "2", "1.5", "0.25"))),
                minutes=random.choice((25, 45, 50, 55, 80)),
                charge=charge,
                client_paid=client,
                insurer_paid=charge - client,
                patient=f"PT-{random.randrange(100):03}",
            )
        )
    return sorted(made, key=lambda visit: (visit.provider, visit.day, visit.id))


def owed(visits: Sequence[Visit]) -> dict[str, int]:
    """Return cents per provider, over the visits that are paid."""
    found: dict[str, int] = {}
    for visit in visits:
        cents = cents_for(visit)
        if cents is not None:
            found[visit.provider] = found.get(visit.provider, 0) + cents
    return found


def spelled(provider: str, style: str) -> str:
    """Return a provider as another practice system spells it: all of these are under Also known as."""
    first, last = provider.split(" ", 1)
    return {"plain": provider, "last first": f"{last}, {first} PhD", "short": f"Dr. {first[0]}. {last}"}[
        style
    ]


def setup_book(clinic: str = "quince", name: str = "Quince Court Psychology") -> Workbook:
    """Return the clinic's setup as its manager typed it: other order, other columns between, titles above."""
    sheets: dict[str, list[list[Cell]]] = {
        "Clinic": [
            ["Value", "Field"],
            [clinic, "Clinic ID"],
            [name, "clinic name"],
            ["Monthly", "Pay period"],
        ],
        "Providers": [
            ["Our people"],
            ["Works as", "Provider", "Office", "Also known as"],
            *(_person(name) for name in PEOPLE),
        ],
        "Services": [
            ["Service code", "Also known as", "Service name"],
            [TALK, "Talking hour; T1", "Talk"],
            [GROUP, "Circle", "Group"],
            [REPORT, "Letter; R9", "Report"],
        ],
        "Rates": [
            ["Effective from", "Provider", "Service", "Pay basis", "Rate", "Note"],
            *(
                [
                    rate.since,
                    rate.provider,
                    rate.service,
                    rate.basis,
                    _typed(rate.basis, rate.amount),
                    rate.note,
                ]
                for rate in RATES
            ),
        ],
        "Statuses": [["Status", "Counts as"], ["Was here", SEEN], ["Zapped", OFF]],
        "Missed visits": [
            ["Provider", "Service", "Counts as", "Pay basis", "Amount", "Effective from"],
            *(
                [fee.provider, fee.service, fee.fate, fee.basis, _typed(fee.basis, fee.amount), fee.since]
                for fee in FEES
            ),
        ],
    }
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def _person(name: str) -> list[Cell]:
    return ["W-2", name, "Room 7", f"{spelled(name, 'last first')}; {spelled(name, 'short')}"]


def _typed(basis: str, amount: Decimal | None) -> str | float | None:
    if amount is None:
        return None
    return f"{amount}%" if basis.startswith("%") else float(amount)
