"""An invented month of injury exams as a practice types them: in many spellings, with every row billable.

Deterministic: the same clinic, month and seed give the same exams. Patients are numbers, never names.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from server.billing.clinics import Setup
from server.billing.days import us
from server.billing.invoices.prices import Bilateral, PriceList
from server.demo.sample_visits import SATURDAY, working_days
from server.sheets.invoices.tables import ANSWERED_EXAMS
from server.sheets.sample_log_workbook import Column, Kind, SampleLog, Value
from server.sheets.sheet_table import Kind as Typed

SEED = 53
DEMO_EXAMS = 40

_FACILITIES = ("Main office", "North office", "West annex")
_ATTORNEYS = ("Brightwater & Finch", "Hartmoor Law Office", "Thornby Legal", "")
_OTHER_PAYERS = ("Umberfield Casualty", "Snowmere Insurance", "")
_PATIENTS = 120
_DAYS = 28
_TWO_ROWS, _DATES_AS_TEXT = 0.3, 0.2
"""The share of exams with a second row that bills one more code, and of dates typed as text."""

_KINDS = {Typed.TEXT: Kind.TEXT, Typed.DATE: Kind.DATE, Typed.NUMBER: Kind.NUMBER}
_COLUMNS = tuple(Column(one.title, _KINDS[one.kind], one.width) for one in ANSWERED_EXAMS.headings)

Cells = dict[str, Value]
"""A row by heading. A missing heading is an empty cell."""


def exam_sheet(setup: Setup, first: date, exams: int = DEMO_EXAMS, seed: int = SEED) -> SampleLog:
    """Return an Exams sheet of the month that starts on ``first``, with ``exams`` exams in a larger number of rows.

    The clinic needs providers, prices and exam types.
    """
    chance = random.Random(seed)  # noqa: S311 - the same seed must give the same month on every machine
    exams_on = _days_of_exams(list(working_days(first)), range(1, exams + 1), chance)
    return _exams_of(setup, f"{first:%B %Y}", exams_on, chance, _DATES_AS_TEXT)


def exams_until(setup: Setup, last: date, numbers: range) -> SampleLog:
    """Return an Exams sheet of the four weeks that end on ``last``, with one exam for each of the numbers of cases.

    All dates are dates: as texts, those of two months could be read month first or day first.
    """
    days = [last - timedelta(days=back) for back in range(_DAYS)]
    title = f"{us(days[-1])} to {us(last)}"
    chance = random.Random(SEED + numbers.start)  # noqa: S311 - as above
    exams_on = _days_of_exams([day for day in days if day.weekday() < SATURDAY], numbers, chance)
    return _exams_of(setup, title, exams_on, chance, as_text=0)


def _days_of_exams(days: Sequence[date], numbers: range, chance: random.Random) -> Iterable[tuple[int, date]]:
    """Return the number of each exam's case, and its day; the days are in order."""
    return zip(numbers, sorted(chance.choices(days, k=len(numbers))), strict=True)


def _exams_of(
    setup: Setup, when: str, exams_on: Iterable[tuple[int, date]], chance: random.Random, as_text: float
) -> SampleLog:
    """Return an Exams sheet with these exams. The share ``as_text`` of them has its date as a text."""
    rows = [row for number, day in exams_on for row in _exam_rows(setup, day, number, chance, as_text)]
    return SampleLog(
        sheet=ANSWERED_EXAMS.name,
        title=(f"Injury exams, {when}", setup.clinic.name),
        columns=_COLUMNS,
        pages=(tuple(tuple(row.get(title) for title in ANSWERED_EXAMS.titles) for row in rows),),
        hidden=(len(rows) // 3,),
    )


def _exam_rows(
    setup: Setup, day: date, number: int, chance: random.Random, as_text: float
) -> Iterator[Cells]:
    """Yield the rows of one exam. Every case has one exam, so that no two exams are the same."""
    prices = PriceList(setup.prices, setup.exam_types)
    payer = chance.choice([*dict.fromkeys(price.payer for price in setup.prices), *_OTHER_PAYERS])
    about: Cells = {
        "Exam date": f"{day:%m/%d/%Y}" if chance.random() < as_text else datetime.combine(day, time()),
        "Patient": f"P-{chance.randint(1, _PATIENTS):04d}",
        "Case": f"Case {number:04d}",
        "Physician": chance.choice(setup.providers).name,
        "Facility": chance.choice(_FACILITIES),
        "Payer": payer or None,
        "Attorney": chance.choice(_ATTORNEYS) or None,
        "Date of injury": datetime.combine(day - timedelta(days=20 + number % 40), time()),
        "Claim number": f"CL-{number:05}" if payer else None,
    }
    exam_type = chance.choice(prices.exam_types)
    offered = list(dict.fromkeys(row.sub_exam for row in prices.codes_of(exam_type)))
    chosen = chance.sample(offered, min(len(offered), chance.randint(1, 2)))
    yield about | {"Exam type": exam_type, "Sub-exams": " ;".join(chosen) or None}
    billed = {row.code for row in prices.codes_of(exam_type) if row.sub_exam in chosen}
    others = [code for code in dict.fromkeys(price.code for price in setup.prices) if code not in billed]
    if others and chance.random() < _TWO_ROWS:
        code = chance.choice(others)
        price = prices.price_on(day, code, payer)
        may_be_both = price is not None and price.bilateral is not Bilateral.NOT_ALLOWED
        yield _retyped_exam(about) | {
            "Code": code,
            "Units": chance.choice((1, 2, "3")),
            "Bilateral": chance.choice(("yes", "Y", "no", None) if may_be_both else ("no", None)),
            "Note": "Second part of the exam",
        }


def _retyped_exam(about: Cells) -> Cells:
    """Return the same exam as a person in a hurry types it; the payer is not repeated."""
    return {
        title: value.upper().replace(" ", "  ") if isinstance(value, str) else value
        for title, value in about.items()
        if title != "Payer"
    }
