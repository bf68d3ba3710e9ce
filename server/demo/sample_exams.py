"""An invented month of injury exams as a practice types them: in many spellings, with every row billable.

Deterministic: the same clinic, month and seed give the same exams. Patients are numbers, never names.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time

from server.billing.clinics import Setup
from server.billing.invoices.prices import Bilateral, PriceList
from server.demo.sample_visits import working_days
from server.sheets.invoices.tables import ANSWERED_EXAMS
from server.sheets.sample_log_workbook import Column, Kind, SampleLog, Value
from server.sheets.tables import Kind as Typed

SEED = 53
DEMO_EXAMS = 40

_FACILITIES = ("Upper Room", "Garden House", "Annex by the Pond")
_ATTORNEYS = ("Bumblebee & Finch", "Law Office of I. Magine", "Thimble Law", "")
_OTHER_PAYERS = ("Umbrella Fire & Hail", "Snail Mail Insurance", "")
_PATIENTS = 120
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
    # Not for cryptography: the same seed must give the same month on every machine.
    chance = random.Random(seed)  # noqa: S311
    days = sorted(chance.choices(list(working_days(first)), k=exams))
    rows = [row for number, day in enumerate(days, 1) for row in _exam_rows(setup, day, number, chance)]
    return SampleLog(
        sheet=ANSWERED_EXAMS.name,
        title=(f"Injury exams, {first:%B %Y}", setup.clinic.name),
        columns=_COLUMNS,
        pages=(tuple(tuple(row.get(title) for title in ANSWERED_EXAMS.titles) for row in rows),),
        hidden=(len(rows) // 3,),
    )


def _exam_rows(setup: Setup, day: date, number: int, chance: random.Random) -> Iterator[Cells]:
    """Yield the rows of one exam. Every case has one exam, so that no two exams are the same."""
    prices = PriceList(setup.prices, setup.exam_types)
    payer = chance.choice([*dict.fromkeys(price.payer for price in setup.prices), *_OTHER_PAYERS])
    about: Cells = {
        "Exam date": f"{day:%m/%d/%Y}" if chance.random() < _DATES_AS_TEXT else datetime.combine(day, time()),
        "Patient": f"P-{chance.randint(1, _PATIENTS):04d}",
        "Case": f"Case {number:04d}",
        "Physician": chance.choice(setup.providers).name,
        "Facility": chance.choice(_FACILITIES),
        "Payer": payer or None,
        "Attorney": chance.choice(_ATTORNEYS) or None,
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
