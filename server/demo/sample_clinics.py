"""Two invented clinics: their providers, services, rates and rules.

Everything is clearly invented: no real person, no real code, no real description. Together the clinics use
every pay basis, ``*`` rows and specific rows, a raise in the middle of the month, and pay for missed visits.
What they bill is in ``sample_prices``.
"""

from collections.abc import Iterable
from datetime import date

from server.billing.clinics import (
    ANY,
    Cadence,
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
    WorksAs,
)
from server.demo.sample_prices import (
    CEDAR_HILL_EXAM_TYPES,
    LAKESIDE_EXAM_TYPES,
    cedar_hill_prices,
    lakeside_prices,
)

RAISE_DAY = 15
"""The day of the month when the raises take effect."""

W2, C1099 = WorksAs.EMPLOYEE, WorksAs.CONTRACTOR

_LAKESIDE_STAFF = (
    ("Ada Wintergreen", "PsyD", C1099),
    ("Basil Thistledown", "LCSW", C1099),
    ("Cora Lanfield", "LMFT", W2),
    ("Dexter Penderby", "PhD", C1099),
    ("Edith Marlwood", "LPC", W2),
    ("Felix Claymoor", "PsyD", C1099),
    ("Greta Harfield", "PhD", C1099),
    ("Hugo Brambley", "LCSW", W2),
    ("Ivy Candlewood", "LPC", C1099),
    ("Jonas Quillmore", "LMFT", W2),
)

_CEDAR_HILL_STAFF = (
    ("Nell Larkmoor", "MD", C1099),
    ("Otto Fernsby", "DO", C1099),
    ("Pearl Saltwell", "NP", W2),
    ("Quentin Applewood", "PA-C", W2),
    # An employee paid on collection: the service asks whether that is intended.
    ("Rosa Tamberly", "MD", W2),
    ("Silas Bretherby", "DC", C1099),
    ("Tilda Moorland", "PT", W2),
    ("Ulric Fieldworth", "OT", W2),
    ("Vera Snowfield", "NP", C1099),
    ("Wilbur Ingleby", "DO", C1099),
    ("Xenia Goldmere", "PT", W2),
    # Works at both clinics on different terms: same spelling, separate rates and totals.
    ("Ivy Candlewood", "LPC", C1099),
)

_LAKESIDE_SERVICES = (
    Service("EX-101", "Intake interview", ("Intake",), 60),
    Service("EX-102", "Brief session", ("Short session",), 30),
    Service("EX-103", "Psychotherapy session", ("Therapy session", "Standard session"), 50),
    Service("EX-104", "Care coordination", (), 15),
    Service("EX-105", "Group session", ("Group",), 90),
    Service("EX-106", "Assessment battery", ("Assessment",), 60),
    Service("EX-107", "Telephone check-in", (), 15),
    Service("EX-108", "Report writing", (), 60),
    Service("EX-109", "Reminder call", (), 5),
    Service("EX-110", "Outreach visit", (), 60),
)

_CEDAR_HILL_SERVICES = (
    Service("EX-201", "Initial evaluation", ("Initial",), 40),
    Service("EX-202", "Follow-up visit", ("Follow-up",), 20),
    Service("EX-203", "Knee range of motion", (), 15),
    Service("EX-204", "Shoulder range of motion", (), 15),
    Service("EX-205", "Stretching program", ("Stretching",), 60),
    Service("EX-206", "Image review", ("Images",), 20),
    Service("EX-207", "Work status form", ("Form",), 30),
    Service("EX-208", "Second opinion", (), 30),
    Service("EX-209", "Balance exercises", (), 15),
    Service("EX-210", "Video visit", ("Video",), 20),
    Service("EX-211", "Courtesy call", (), 5),
    Service("EX-212", "Home visit", (), 60),
)


def lakeside(first: date) -> Setup:
    """Return the setup of a psychology practice that pays once a month.

    ``first`` is the first day of the month with the raise in it.
    """
    return Setup(
        clinic=Clinic(
            id="lakeside",
            name="Lakeside Psychology Group",
            contact="Olive Pagefield",
            email="billing@lakeside.example",
            phone="555-0100",
            address="100 Lakeside Drive\nExample City",
            cadence=Cadence.MONTHLY,
            anchor=date(first.year - 1, 1, 1),
            remit_to="PO Box 100\nExample City",
            tax_id="00-0000100",
            invoice_terms="Payment is due within 30 days of the invoice date.",
        ),
        providers=tuple(_providers_of(_LAKESIDE_STAFF, "LP")),
        services=_LAKESIDE_SERVICES,
        rates=tuple(_lakeside_rates(first)),
        statuses=(
            StatusWord("Telehealth done", CountsAs.ATTENDED),
            StatusWord("Charge NS/LC", CountsAs.LATE_CANCELLED),
        ),
        missed_visits=tuple(_lakeside_missed(date(first.year - 1, 1, 1))),
        prices=tuple(lakeside_prices(date(first.year - 1, 1, 1), _raise_day(first))),
        exam_types=LAKESIDE_EXAM_TYPES,
    )


def cedar_hill(first: date) -> Setup:
    """Return the setup of a medical clinic that pays twice a month.

    ``first`` is the first day of the month with the raise in it.
    """
    return Setup(
        clinic=Clinic(
            id="cedar-hill",
            name="Cedar Hill Medical Clinic",
            contact="Barnaby Stapleby",
            email="office@cedarhill.example",
            phone="555-0142",
            address="240 Cedar Hill Road\nExample City",
            cadence=Cadence.SEMI_MONTHLY,
            anchor=date(first.year - 1, 1, 1),
            remit_to="PO Box 240\nExample City",
            tax_id="00-0000240",
            invoice_terms="Payment is due within 30 days of the invoice date.",
        ),
        providers=tuple(_providers_of(_CEDAR_HILL_STAFF, "CH")),
        services=_CEDAR_HILL_SERVICES,
        rates=tuple(_cedar_hill_rates(first)),
        statuses=(
            StatusWord("Ready for biller", CountsAs.ATTENDED),
            StatusWord("Left before seen", CountsAs.NO_SHOW),
        ),
        missed_visits=(
            MissedVisitRule(
                ANY, "EX-205", CountsAs.LATE_CANCELLED, MissedPay.OF_RATE, 500_000, date(first.year - 1, 1, 1)
            ),
        ),
        prices=tuple(cedar_hill_prices(date(first.year - 1, 1, 1), _raise_day(first))),
        exam_types=CEDAR_HILL_EXAM_TYPES,
    )


def spellings(name: str, credential: str) -> tuple[str, str, str]:
    """Return the three ways that a log writes a provider: as the sheet does, and two aliases."""
    given, family = name.split()
    return name, f"{family}, {given} {credential}", f"{given[0]}. {family}, {credential}"


def _providers_of(staff: Iterable[tuple[str, str, WorksAs]], prefix: str) -> Iterable[Provider]:
    for number, (name, credential, works_as) in enumerate(staff, start=1):
        own, *aliases = spellings(name, credential)
        yield Provider(own, tuple(aliases), f"{prefix}-{number:02d}", works_as=works_as)


def _lakeside_rates(first: date) -> Iterable[Rate]:
    since = date(first.year - 1, 1, 1)
    house = (
        ("EX-101", PayBasis.PER_SESSION, 95_00, ""),
        ("EX-102", PayBasis.PER_SESSION, 47_50, ""),
        ("EX-103", PayBasis.PER_SESSION, 78_00, ""),
        ("EX-104", PayBasis.PER_UNIT, 21_25, ""),
        ("EX-105", PayBasis.PER_SESSION, 110_00, ""),
        ("EX-106", PayBasis.PER_HOUR, 72_00, ""),
        ("EX-107", PayBasis.PER_UNIT, 9_50, ""),
        ("EX-108", PayBasis.PER_HOUR, 55_00, ""),
        ("EX-109", PayBasis.PER_SESSION, 0, "unpaid: reminder calls are part of the job"),
    )
    for service, basis, amount, note in house:
        yield Rate(ANY, service, basis, amount, since, note)
    yield Rate("Ada Wintergreen", ANY, PayBasis.OF_CHARGE, 625_000, since, "partner share")
    yield Rate("Basil Thistledown", "EX-103", PayBasis.PER_SESSION, 84_50, since)
    yield Rate("Cora Lanfield", "EX-103", PayBasis.PER_SESSION, 80_00, since)
    yield Rate("Cora Lanfield", "EX-103", PayBasis.PER_SESSION, 88_00, _raise_day(first), "raise")
    yield Rate("Felix Claymoor", ANY, PayBasis.OF_COLLECTED, 550_000, since)
    yield Rate("Greta Harfield", "EX-106", PayBasis.OF_CHARGE, 583_333, since)


def _lakeside_missed(since: date) -> Iterable[MissedVisitRule]:
    yield MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.NONE, None, since)
    yield MissedVisitRule(ANY, ANY, CountsAs.LATE_CANCELLED, MissedPay.FLAT, 25_00, since)
    yield MissedVisitRule("Basil Thistledown", "EX-103", CountsAs.NO_SHOW, MissedPay.OF_RATE, 500_000, since)


def _cedar_hill_rates(first: date) -> Iterable[Rate]:
    since = date(first.year - 1, 1, 1)
    house = (
        ("EX-201", PayBasis.OF_CHARGE, 450_000, ""),
        ("EX-202", PayBasis.OF_CHARGE, 450_000, ""),
        ("EX-203", PayBasis.PER_UNIT, 18_00, ""),
        ("EX-204", PayBasis.PER_UNIT, 18_00, ""),
        ("EX-205", PayBasis.PER_HOUR, 46_00, ""),
        ("EX-206", PayBasis.PER_SESSION, 22_50, ""),
        ("EX-207", PayBasis.PER_SESSION, 35_00, ""),
        ("EX-208", PayBasis.OF_CHARGE, 500_000, ""),
        ("EX-209", PayBasis.PER_UNIT, 14_75, ""),
        ("EX-210", PayBasis.PER_SESSION, 38_00, ""),
        ("EX-211", PayBasis.PER_SESSION, 0, "unpaid courtesy"),
    )
    for service, basis, amount, note in house:
        yield Rate(ANY, service, basis, amount, since, note)
    yield Rate("Nell Larkmoor", ANY, PayBasis.OF_COLLECTED, 600_000, since, "partner share")
    yield Rate("Rosa Tamberly", "EX-201", PayBasis.OF_COLLECTED, 525_000, since)
    yield Rate("Tilda Moorland", "EX-205", PayBasis.PER_HOUR, 48_00, since)
    yield Rate("Tilda Moorland", "EX-205", PayBasis.PER_HOUR, 52_00, _raise_day(first), "raise")
    yield Rate("Ivy Candlewood", "EX-210", PayBasis.PER_SESSION, 55_00, since)


def _raise_day(first: date) -> date:
    return first.replace(day=RAISE_DAY)
