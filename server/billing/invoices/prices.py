"""The price of a code on an exam date (rule: prices#price-list). A payer's own price precedes the price for any payer.

Like rates, prices have a first day and no last day: a row is in force until a later row of the
same code and payer. Codes, payers and exam types match after folding case, spaces and punctuation.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.invoices.invoice import InvoiceLine
from server.billing.money import THOUSAND
from server.billing.names import fold


class Bilateral(StrEnum):
    """How a bilateral exam is priced, in the words of the Prices sheet."""

    ONCE = "x1"
    HALF_MORE = "x1.5"
    DOUBLE = "x2"
    NOT_ALLOWED = "not allowed"


MULTIPLIER_THOUSANDTHS: dict[Bilateral, int] = {
    Bilateral.ONCE: 1_000,
    Bilateral.HALF_MORE: 1_500,
    Bilateral.DOUBLE: 2_000,
}
"""The multiplier of a bilateral line's price. Its units are not doubled in addition."""


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the Prices sheet. ``payer`` is "" for any."""

    code: str
    description: str
    unit_price_cents: int
    effective_from: date
    bilateral: Bilateral = Bilateral.DOUBLE
    payer: str = ""


@dataclass(frozen=True, slots=True)
class ExamCode:
    """One row of the Exam types sheet. ``sub_exam`` is "" where the exam type has none."""

    exam_type: str
    code: str
    sub_exam: str = ""


class PriceList:
    """All prices and exam types of a clinic, indexed for lookups."""

    def __init__(self, prices: Sequence[Price] = (), exam_codes: Sequence[ExamCode] = ()) -> None:
        """Raise ``ValueError`` if two prices of one code and payer begin on one day: see ``repeated_prices``."""
        if repeated_prices(prices):
            message = "two prices of one code and payer begin on one day"
            raise ValueError(message)
        self._timelines: dict[tuple[str, str], list[Price]] = defaultdict(list)
        for price in sorted(prices, key=lambda price: price.effective_from):
            self._timelines[fold(price.code), fold(price.payer)].append(price)
        self._codes = {code for code, _ in self._timelines}
        self._exam_types: dict[str, list[ExamCode]] = defaultdict(list)
        for row in exam_codes:
            self._exam_types[fold(row.exam_type)].append(row)

    @property
    def exam_types(self) -> tuple[str, ...]:
        """Return the exam types, as the clinic writes them."""
        return tuple(rows[0].exam_type for rows in self._exam_types.values())

    def price_on(self, day: date, code: str, payer: str = "") -> Price | None:
        """Return the price in force on an exam date, or ``None``."""
        for who in dict.fromkeys((fold(payer), "")):
            timeline = self._timelines.get((fold(code), who), [])
            if index := bisect_right(timeline, day, key=lambda price: price.effective_from):
                return timeline[index - 1]
        return None

    def knows_code(self, code: str) -> bool:
        """Return whether the code has a price for any day and payer."""
        return fold(code) in self._codes

    def codes_of(self, exam_type: str) -> tuple[ExamCode, ...]:
        """Return the rows of an exam type, none if it is unknown."""
        return tuple(self._exam_types.get(fold(exam_type), ()))


def line_of(price: Price, units: int, *, bilateral: bool) -> InvoiceLine:
    """Return the line at this price.

    The caller must refuse a bilateral line whose price does not allow it (raises ``KeyError``).
    """
    multiplier = MULTIPLIER_THOUSANDTHS[price.bilateral] if bilateral else THOUSAND
    return priced_line(price.code, price.description, units, price.unit_price_cents, multiplier)


def priced_line(
    code: str, description: str, units: int, unit_price_cents: int, multiplier_thousandths: int
) -> InvoiceLine:
    """Return the line with its total, rounded once, halves away from zero (rule: prices#line-total)."""
    total = (unit_price_cents * units * multiplier_thousandths + THOUSAND // 2) // THOUSAND
    return InvoiceLine(code, description, units, unit_price_cents, multiplier_thousandths, total)


def repeated_prices(prices: Sequence[Price]) -> list[list[int]]:
    """Return the groups of positions that share code, payer and first day: it is not clear which one is in force."""
    return _repeated_keys((fold(price.code), fold(price.payer), price.effective_from) for price in prices)


def repeated_codes(rows: Sequence[ExamCode]) -> list[list[int]]:
    """Return the groups of positions with the same exam type, sub-exam and code: the code would be billed twice."""
    return _repeated_keys((fold(row.exam_type), fold(row.sub_exam), fold(row.code)) for row in rows)


def unnamed_sub_exams(rows: Sequence[ExamCode]) -> list[int]:
    """Return the positions without a sub-exam in exam types that have sub-exams: staff could not choose them."""
    divided = {fold(row.exam_type) for row in rows if row.sub_exam}
    return [place for place, row in enumerate(rows) if not row.sub_exam and fold(row.exam_type) in divided]


def _repeated_keys(keys: Iterable[Hashable]) -> list[list[int]]:
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return [group for group in places.values() if len(group) > 1]
