"""What the sample clinics bill: prices, payers' own prices, and the codes of each exam type.

Invented like everything about these clinics. Together they use every bilateral rule, a payer with
its own price, a price that rises in the middle of the month, and exam types with and without
sub-exams.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from server.billing.invoices.prices import Bilateral, ExamCode, Price

ATTESTATION = {"license": "yes", "organization": "Example Billing Firm"}
"""The answers to the license questions for the sample codes, which are invented and so the firm's own."""

ONCE, HALF_MORE, DOUBLE, NOT_ALLOWED = Bilateral

_Row = tuple[str, str, int, Bilateral]

_LAKESIDE: Sequence[_Row] = (
    ("EX-151", "Injury interview", 240_00, NOT_ALLOWED),
    ("EX-152", "Injury report", 185_50, ONCE),
    ("EX-161", "Memory tasks", 150_00, ONCE),
    ("EX-162", "Attention tasks", 135_75, ONCE),
    ("EX-163", "Mood questionnaire", 95_00, NOT_ALLOWED),
    ("EX-164", "Reflex check, left and right", 88_25, DOUBLE),
)

_CEDAR_HILL: Sequence[_Row] = (
    ("EX-251", "Knee examination", 310_00, DOUBLE),
    ("EX-252", "Shoulder examination", 295_00, HALF_MORE),
    ("EX-253", "Back examination", 340_00, NOT_ALLOWED),
    ("EX-254", "Back images", 120_40, ONCE),
    ("EX-255", "Injury visit", 275_00, ONCE),
    ("EX-256", "Workplace letter", 65_00, NOT_ALLOWED),
    ("EX-257", "Nerve check, each side", 142_85, HALF_MORE),
)

LAKESIDE_EXAM_TYPES = (
    ExamCode("Injury interview", "EX-151"),
    ExamCode("Injury interview", "EX-152"),
    ExamCode("Cognitive exam", "EX-161", "Memory"),
    ExamCode("Cognitive exam", "EX-162", "Attention"),
    ExamCode("Cognitive exam", "EX-163", "Mood"),
    ExamCode("Cognitive exam", "EX-164", "Reflexes"),
)

CEDAR_HILL_EXAM_TYPES = (
    ExamCode("Injury visit", "EX-255"),
    ExamCode("Injury visit", "EX-256"),
    ExamCode("Joint exam", "EX-251", "Knee"),
    ExamCode("Joint exam", "EX-252", "Shoulder"),
    ExamCode("Joint exam", "EX-253", "Back"),
    ExamCode("Joint exam", "EX-254", "Back"),
    ExamCode("Joint exam", "EX-257", "Nerves"),
)


def lakeside_prices(since: date, raised: date) -> Iterable[Price]:
    """Yield Lakeside's prices from ``since`` on, and the higher ones from ``raised`` on."""
    yield from _for_any_payer(_LAKESIDE, since)
    yield Price("EX-151", "Injury interview", 255_00, raised, NOT_ALLOWED)
    yield Price("EX-161", "Memory tasks", 128_00, since, ONCE, "Marigold Mutual")
    yield Price("EX-164", "Reflex check, left and right", 80_00, since, ONCE, "Marigold Mutual")


def cedar_hill_prices(since: date, raised: date) -> Iterable[Price]:
    """Yield Cedar Hill's prices from ``since`` on, and the higher ones from ``raised`` on."""
    yield from _for_any_payer(_CEDAR_HILL, since)
    yield Price("EX-255", "Injury visit", 290_00, raised, ONCE)
    yield Price("EX-251", "Knee examination", 265_00, since, DOUBLE, "Tealwater Casualty")
    yield Price("EX-252", "Shoulder examination", 265_00, since, DOUBLE, "Tealwater Casualty")
    yield Price("EX-252", "Shoulder examination", 280_00, since, NOT_ALLOWED, "Lanternfield Insurance")


def _for_any_payer(rows: Sequence[_Row], since: date) -> Iterable[Price]:
    for code, description, cents, bilateral in rows:
        yield Price(code, description, cents, since, bilateral)
