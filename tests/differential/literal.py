"""What the cells of a row say, read one by one in the plainest way, apart from the product.

A row of which something needed cannot be read so says nothing: it must be blocked, or paid as before.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.differential.page import EPOCH, Shown
from tests.differential.truth import (
    ALIASES,
    ATTENDED,
    CANCELLED,
    CHARGE,
    CODES,
    COLLECTED,
    HOUR,
    LATE,
    NO_SHOW,
    PEOPLE,
    SCHEDULED,
    SERVICE_ALIASES,
    SERVICE_NAMES,
    UNIT,
    Visit,
    basis_of,
)

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
MEASURES = {UNIT: "units", HOUR: "minutes", CHARGE: "charge", COLLECTED: "collected"}
PLAUSIBLE = {"minutes": (5, 480), "units": (0, 24)}
_AMOUNT = re.compile(r"\$?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


def folded(text: str) -> str:
    """Return a word without case, spaces, punctuation and hidden characters."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


PERSON_OF = {folded(text): name for name in PEOPLE for text in (name, *ALIASES[name])}
SERVICE_OF = {
    folded(text): code for code in CODES for text in (code, SERVICE_NAMES[code], *SERVICE_ALIASES[code])
}
STATUS_OF = {folded(text): text for text in (ATTENDED, NO_SHOW, CANCELLED, LATE, SCHEDULED)}


def said_by(cells: Mapping[str, Shown], visit: Visit) -> Visit | None:
    """Return the visit that the cells of a row say, ``None`` where something needed is not to be read.

    ``cells`` are the row's by what their headings say they hold; ``visit`` gives what does not matter for the pay.
    """
    day, person = _day(cells.get("date")), _word(cells.get("provider"), PERSON_OF)
    service, status = _word(cells.get("service"), SERVICE_OF), _word(cells.get("status"), STATUS_OF)
    if not (day and person and service and status):
        return None
    said = replace(visit, day=day, provider=person, service=service, status=status)
    numbers = {name: _number(cells[name]) for name in MEASURES.values() if name in cells}
    for name, number in numbers.items():
        if number is not None:
            said = _with_number(said, name, number)
    needed = MEASURES.get(basis_of(said))
    if said.pay is None or status == LATE or needed is None:
        return said
    number = numbers.get(needed)
    return said if number is not None and _is_plausible(needed, number) else None


def _is_plausible(name: str, number: Decimal) -> bool:
    """Return whether a visit can have a quantity: one that it cannot have is never paid without a remark."""
    low, high = PLAUSIBLE.get(name, (number, number))
    return low <= number <= high


def _with_number(visit: Visit, name: str, number: Decimal) -> Visit:
    match name:
        case "units":
            return replace(visit, units=number)
        case "minutes":
            return replace(visit, minutes=number)
        case "charge":
            return replace(visit, charge=int(number * 100))
        case _:
            return replace(visit, client=int(number * 100), insurer=0)


def _word(shown: Shown | None, known: Mapping[str, str]) -> str | None:
    if shown is None or shown.value is None or isinstance(shown.value, bool):
        return None
    return known.get(folded(str(shown.value)))


def _day(shown: Shown | None) -> date | None:
    if shown is None or isinstance(shown.value, bool):
        return None
    if isinstance(shown.value, int | float):
        day = (EPOCH + timedelta(days=int(shown.value))).date() if 0 < shown.value < 100_000 else None
        return day if day and FIRST_DAY <= day < LAST_DAY else None
    for pattern in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(shown.value).strip(), pattern).date()  # noqa: DTZ007 - a day of a sheet
        except ValueError:
            continue
    return None


def _number(shown: Shown) -> Decimal | None:
    """Return the number of a cell; one that is shown as a day, a time or a percentage says none."""
    if isinstance(shown.value, bool) or shown.value is None or re.search(r"[ydh%]", shown.format or ""):
        return None
    if isinstance(shown.value, int | float):
        return Decimal(str(shown.value))
    match = _AMOUNT.fullmatch(shown.value.strip())
    return Decimal((match[1] + (match[2] or "")).replace(",", "")) if match else None
