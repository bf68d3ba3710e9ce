"""An invented house of examiners: its prices, its year of exams, and what each exam is billed.

Worked out with plain Decimals from the business rules alone. Nothing of the product is used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from tests.end_to_end.practice import Cell, setup_book

QUINCE = ("--clinic", "quince")
LICENSE = ("--set", "license=yes", "--set", "organization=Quince Court")
"""Whose codes these are, as the button asks once."""

JANUARY, MARCH, APRIL = date(2025, 1, 1), date(2025, 3, 15), date(2025, 4, 1)

MARMALADE, THISTLE, LANTERN, PUDDLE = PAYERS = (
    "Marmalade Mutual",
    "Thistle Casualty",
    "Lantern Assurance",
    "Puddleby Indemnity",
)
FACILITIES = ("Mole End", "Toad Hall", "Weir Cottage")
PHYSICIANS = (
    "Dr. Ottoline Quillfeather",
    "Dr. Barnaby Thistlewood",
    "Dr. Wendell Crabapple",
    "Dr. P. Nightjar",
)
ATTORNEYS = ("Bramble & Sloe", "Fennel Law", "The Offices of I. Teasel", "Quince, Medlar & Co.", "")


@dataclass(frozen=True)
class Price:
    """A row of the Prices sheet; no payer is any payer."""

    code: str
    dollars: Decimal
    both_sides: str = ""
    payer: str = ""
    since: date = JANUARY


PRICES = (
    Price("EX-501", Decimal("412.35")),
    Price("EX-501", Decimal("431.20"), since=MARCH),
    Price("EX-502", Decimal("95.00"), "x1"),
    Price("EX-503", Decimal("333.33"), "x1.5"),
    Price("EX-503", Decimal("301.07"), "x1.5", MARMALADE),
    Price("EX-504", Decimal("187.51"), "x1.5"),
    Price("EX-504", Decimal("190.01"), "x1.5", since=APRIL),
    Price("EX-505", Decimal("260.00"), "x2"),
    Price("EX-505", Decimal("244.44"), "x1", THISTLE, APRIL),
    Price("EX-506", Decimal("149.99")),
    Price("EX-507", Decimal("512.05"), "x1.5"),
    Price("EX-507", Decimal("499.99"), "x2", LANTERN, MARCH),
    Price("EX-508", Decimal("78.25"), "x1"),
    Price("EX-509", Decimal("1204.15")),
    Price("EX-510", Decimal("350.00"), "not allowed"),
    Price("EX-511", Decimal("66.67"), "x1.5"),
    Price("EX-511", Decimal("60.01"), "x1.5", MARMALADE, APRIL),
    Price("EX-512", Decimal("2500.00")),
)

BOTH_SIDES = {"": Decimal(2), "x1": Decimal(1), "x1.5": Decimal("1.5"), "x2": Decimal(2)}
"""What an exam of both sides costs times one of one side; units are not doubled as well."""

EXAM_TYPES: dict[str, dict[str, tuple[str, ...]]] = {
    "Spine evaluation": {"": ("EX-501", "EX-502")},
    "Extremity study": {
        "Wrist": ("EX-503",),
        "Elbow": ("EX-504",),
        "Knee": ("EX-505",),
        "Ankle": ("EX-506",),
    },
    "Nerve panel": {"Upper": ("EX-507", "EX-508"), "Lower": ("EX-509",)},
    "Record review": {"": ("EX-510",)},
}
"""Exam type -> sub-exam, "" where there is none -> the codes that are billed for it."""


@dataclass(frozen=True)
class Part:
    """One row of the Exams sheet: what was done, named by an exam type or by a code."""

    exam_type: str = ""
    sub_exams: tuple[str, ...] = ()
    code: str = ""
    units: int | None = None
    both_sides: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Return what is billed for it."""
        if self.code:
            return (self.code,)
        chosen = EXAM_TYPES[self.exam_type]
        return tuple(code for sub_exam in self.sub_exams or ("",) for code in chosen[sub_exam])


@dataclass(frozen=True)
class Exam:
    """One exam. Nobody is examined twice a day, so patient and day are its name here."""

    day: date
    patient: str
    case: str
    physician: str
    facility: str
    payer: str
    attorney: str
    parts: tuple[Part, ...]

    @property
    def key(self) -> tuple[str, date]:
        """Return what tells it from every other."""
        return self.patient, self.day

    @property
    def billed(self) -> Decimal:
        """Return the sum of its lines, each rounded once, half a cent up."""
        return sum((_line(self, part, code) for part in self.parts for code in part.codes), Decimal(0))


def price_of(exam: Exam, code: str) -> Price:
    """Return the payer's own price of the day of the exam, else the one for any payer."""
    begun = [price for price in PRICES if price.code == code and price.since <= exam.day]
    own = [price for price in begun if price.payer == exam.payer]
    anybodys = [price for price in begun if not price.payer]
    return max(own or anybodys, key=lambda price: price.since)


def _line(exam: Exam, part: Part, code: str) -> Decimal:
    price = price_of(exam, code)
    times = BOTH_SIDES[price.both_sides] if part.both_sides else Decimal(1)
    return (price.dollars * (part.units or 1) * times).quantize(Decimal("0.01"), ROUND_HALF_UP)


def exams(how_many: int, seed: int = 7) -> list[Exam]:
    """Return half a year of exams: some patients come again for their case, some have two cases."""
    random = Random(seed)  # noqa: S311 - the same half year every time
    made: dict[tuple[str, date], Exam] = {}
    while len(made) < how_many:
        patient = f"PT-{random.randrange(1 + how_many * 2 // 3):03}"
        exam = Exam(
            day=JANUARY + timedelta(days=random.randrange(180)),
            patient=patient,
            case=f"C-{patient[3:]}-{random.choices('AB', (9, 1))[0]}",
            physician=random.choice(PHYSICIANS),
            facility=random.choice(FACILITIES),
            payer=random.choice((*PAYERS * 5, "")),
            attorney=ATTORNEYS[int(patient[3:]) % len(ATTORNEYS)],
            parts=tuple(_parts(random)),
        )
        made.setdefault(exam.key, exam)
    return list(made.values())


def _parts(random: Random) -> Iterator[Part]:
    exam_type = random.choice(list(EXAM_TYPES))
    offered = [name for name in EXAM_TYPES[exam_type] if name]
    chosen = random.sample(offered, random.randint(1, len(offered))) if offered else []
    both_sides = exam_type != "Record review" and random.random() < 0.4
    yield Part(exam_type, tuple(chosen), both_sides=both_sides)
    if random.random() < 0.15:
        code, sides = random.choice((("EX-511", True), ("EX-511", False), ("EX-512", False)))
        yield Part(code=code, units=random.choice((None, 1, 2, 3)), both_sides=sides)


def exams_book(of: Sequence[Exam], path: Path) -> Path:
    """Write the workbook the examiners' front desk keeps: its own order of columns, and a column of its own.

    It belongs to the clinic. The further rows of an exam stand at the end, where they were remembered.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Exams"
    sheet.append(
        ["Patient", "Case", "Exam date", "Room", "Facility", "Physician", "Exam type", "Sub-exams",
         "Code", "Units", "Bilateral", "Payer", "Attorney", "Note"]
    )  # fmt: skip
    rows = [(later, _row(exam, part)) for exam in of for later, part in enumerate(exam.parts)]
    for _, row in sorted(rows, key=lambda row: row[0]):
        sheet.append(row)
    for (cell,) in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        cell.number_format = "mm/dd/yyyy"
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"quince"', hidden=True))
    book.save(path)
    return path


def _row(exam: Exam, part: Part) -> list[Cell]:
    return [
        exam.patient, exam.case, exam.day, "Room 7", exam.facility, exam.physician, part.exam_type or None,
        "; ".join(part.sub_exams) or None, part.code or None, part.units, "yes" if part.both_sides else None,
        exam.payer or None, exam.attorney or None, "walked in" if part.units else None,
    ]  # fmt: skip


def priced_setup() -> Workbook:
    """Return the practice's setup with the sheets invoices need, as its manager typed them."""
    book = setup_book()
    prices = book.create_sheet("Prices")
    prices.append(["Code", "Description", "Payer", "Unit price", "Bilateral", "Effective from"])
    for price in PRICES:
        described = f"What {price.code} is called here"
        prices.append(
            [price.code, described, price.payer, float(price.dollars), price.both_sides, price.since]
        )
    types = book.create_sheet("Exam types")
    types.append(["Exam type", "Sub-exam", "Code"])
    for exam_type, sub_exams in EXAM_TYPES.items():
        for sub_exam, codes in sub_exams.items():
            for code in codes:
                types.append([exam_type, sub_exam, code])
    return book
