"""Which columns of money make up the charge or the collected amount of a visit.

A practice splits money into columns, and pay by a share of it must not use only one of them. A total is used if it is
the sum of its parts. If it is not, or if a column with an unknown heading looks like money of the same kind, the
biller is asked once which columns add up. Money that does not affect pay is not asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from server.billing.payroll.appointment_log import Ints
from server.errors.log_column_findings import TotalDiffersFromParts, TotalOfParts
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS
from server.sheets.appointment_log.heading_synonyms import Field, fold_heading
from server.sheets.appointment_log.measure_columns import share_of_numbers
from server.sheets.cells import cents_of, read_numbers
from server.sheets.sheet import Cell

MOST_COUNTED = 3
"""A column of at least this many numbers that run 1, 2, 3 and so on is a count."""

FEWEST_OF_IDS = 10_000
"""Whole numbers that are all this large or larger identify something."""

NEARLY_ALL = 0.95
"""A total must be the sum of its parts in at least this share of the rows with money."""

_WORDS = {
    "collected_cents": frozenset({
        "paid", "payment", "payments", "pmt", "pmts", "pymt", "copay", "copays", "copayment", "copayments",
        "coinsurance", "insurance", "ins", "insurer", "payer", "received", "collected", "collections", "receipts",
        "receipt", "cash", "card", "check", "cheque", "deposit", "deposits", "primary", "secondary", "tertiary", "portion",
        "share", "remittance", "reimbursement", "reimbursed", "benefit", "eob", "era",
    }),
    "charge_cents": frozenset({"charge", "charges", "charged", "fee", "fees", "billed", "price", "gross", "cost"}),
}  # fmt: skip
"""Words of a heading that say what kind of money is in the column."""

_AMOUNT_NAMES = {"collected_cents": "collected amount", "charge_cents": "charge amount"}

_REMARKS = frozenset(
    {"note", "notes", "comment", "comments", "remark", "remarks", "memo", "reason", "description"}
)
"""Words in headings of text. A number in such a column is part of something else, such as an amount cut in two."""

_NO_MONEY = frozenset({
    "unpaid", "balance", "due", "owed", "owing", "outstanding", "rate", "id", "number", "no", "nr", "count", "date", "day", "phone", "zip", "percent", "expected",
    "allowed", "allowable", "responsibility", "not", "policy", "group", "member", "claim", "code", "type", "method",
    "status", "units", "qty", "quantity", "minutes", "hours", "authorization", "auth", "npi", "provider",
    "clinician", "tax", "name", "age", "room", "floor", "suite", "bed", "score", "phq", "gad", "seq", "sequence", "line",
    "row", "week", "month", "year", "quarter", "visit", "visits", "session", "sessions", "appointments", "distance",
    "miles", "time", "duration", "length", "weight", "height", "bmi", "temp", "ext", "extension", "fax", "mobile",
    "ssn", "ein", "order", "rank", "level", "grade", "version", "slot", "chart", "mrn", "account", "acct", "encounter",
    "record", "ref", "reference", "location", "site", "dept", "department", "mileage", "rating", "priority", "size",
    "capacity", "attendees", "participants", "people", "days", "weeks", "stage", "step", "pin", "key",
})  # fmt: skip
"""Words of a heading that say the column is something else: an amount owed, or a number that is no amount."""

REFUND_WORDS = frozenset({
    "refund", "refunds", "refunded", "reversed", "reversal", "reversals", "chargeback", "chargebacks", "adjustment",
    "adjustments", "adj", "write", "writeoff", "writeoffs", "recouped", "recoupment", "takeback", "returned",
    "discount", "discounts",
})  # fmt: skip
"""Words of a heading that say money was given back or taken off (refund_columns.py asks about it)."""

_PLAIN_NUMBER = re.compile(r"[#%]")
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]")
_CURRENCY = re.compile(r"[$]|#,##0\.00|_\(")


def choose_money(matching: Matching, field: Field) -> None:
    """Give a field of money its columns; ask which columns add up if one of them may be only a part."""
    headings = matching.headings
    whole, parts = matching.whole[field.name], matching.parts[field.name]
    chosen = headings.answer(field)
    is_paid_by = field.name in matching.setup.measures
    others = _lookalikes(matching, field) if is_paid_by else []
    unnamed = _unnamed_amounts(matching, field, others) if is_paid_by else []
    if chosen:
        headings.learn(field, chosen, [*whole, *parts, *others, *unnamed])
        matching.give(field, chosen)
    elif headings.answered_none(field):
        headings.leave_alone([*whole, *parts, *others, *unnamed])
    elif is_paid_by:
        _choose_paid(matching, field, others, unnamed)
    elif whole or parts:
        matching.give(field, tuple(_alike(matching, whole) or parts))


def _alike(matching: Matching, whole: Sequence[int]) -> list[int]:
    """Return the columns with the same heading as the first, such as the client's and the insurer's payments."""
    keys = matching.headings.keys
    return [position for position in whole if keys[position] == keys[whole[0]]]


def _choose_paid(matching: Matching, field: Field, others: Sequence[int], unnamed: Sequence[int]) -> None:
    """Choose the columns of money that somebody is paid by.

    ``others`` are columns that look like money of this kind, ``unnamed`` are columns that may be amounts of any kind.
    If a total is the sum of its parts, neither is needed.
    """
    headings = matching.headings
    whole, parts = matching.whole[field.name], matching.parts[field.name]
    agreed = [position for position in whole if headings.keys[position] in headings.remembered]
    read = agreed or _alike(matching, whole) or parts
    if not read:
        return
    same = [position for position in whole if _holds_the_same(matching, read, position)]
    more = [
        position
        for position in (*whole, *parts)
        if position not in {*read, *same} and holds_money(matching, position)
    ]
    matching.give(field, tuple(read))
    if _are_copies(matching, read):
        _ask_which_add_up(
            matching, field, sorted({*read, *more, *others, *unnamed}), "hold the same amounts in every row"
        )
        return
    if read == parts and len(parts) == 1 and not others and not unnamed:
        _ask_which_add_up(matching, field, parts, "is a part of the money by its name")
        return
    if (more or others) and _is_total(matching, read, [*more, *others]):
        return
    if not more and not others and not unnamed:
        return
    what = "money received" if field.name == "collected_cents" else "what was charged"
    looks = "may be" if unnamed else "look like"
    _ask_which_add_up(matching, field, sorted({*read, *more, *others, *unnamed}), f"{looks} {what}")


def _ask_which_add_up(
    matching: Matching, field: Field, candidates: Sequence[int], what_they_are: str
) -> None:
    names = matching.headings.columns_in_words(candidates, "and")
    which = "Which of them add up to the" if len(candidates) > 1 else "Is it the whole"
    why = f"{names} {what_they_are}. {which} {_AMOUNT_NAMES[field.name]}?"
    matching.asked[field.name] = tuple(candidates)
    matching.headings.ask_which_ones(field, candidates, why)


def _are_copies(matching: Matching, read: Sequence[int]) -> bool:
    """Return whether several columns with one heading hold the same money in every row, so that a sum may count it
    twice.
    """
    first = list(_cells(matching, read[0]))
    return (
        len(read) > 1
        and all(list(_cells(matching, position)) == first for position in read[1:])
        and holds_money(matching, read[0])
    )


def _holds_the_same(matching: Matching, read: Sequence[int], position: int) -> bool:
    """Return whether a column repeats the only column that is read, cell by cell."""
    if len(read) != 1 or position in read:
        return False
    return list(_cells(matching, read[0])) == list(_cells(matching, position))


def _cells(matching: Matching, position: int) -> Sequence[Cell]:
    headings = matching.headings
    return headings.sheet.columns[position][headings.row + 1 :]


def holds_money(matching: Matching, position: int) -> bool:
    """Return whether any cell of a column holds an amount other than 0."""
    distinct = set(_cells(matching, position))
    return any(cell.strip(" $0.,-") if isinstance(cell, str) else cell for cell in distinct)


def _lookalikes(matching: Matching, field: Field) -> list[int]:
    """Return the unknown columns that look like money of this field's kind."""
    return [position for position in matching.unknown if _looks_like(matching, field, position)]


def _looks_like(matching: Matching, field: Field, position: int) -> bool:
    headings = matching.headings
    words = heading_words(headings.texts[position])
    if (
        words & (_NO_MONEY | REFUND_WORDS)
        or _PLAIN_NUMBER.search(headings.texts[position])
        or headings.is_dated(position)
    ):
        return False
    named = words & _WORDS[field.name] or "copay" in fold_heading(headings.texts[position])
    elsewhere = any(words & others for name, others in _WORDS.items() if name != field.name)
    if not named and (
        elsewhere or field.name != "collected_cents" or not _is_shown_as_money(matching, position)
    ):
        return False
    sample = headings.sample(position)
    return share_of_numbers(sample) >= FITS and holds_money(matching, position)


def _unnamed_amounts(matching: Matching, field: Field, others: Sequence[int]) -> list[int]:
    """Return the columns of numbers whose headings do not say what they count: they may be amounts, too.

    They are asked about with the collected amount. They are asked about with the charge only if no pay depends on the
    collected amount.
    """
    if field.name != "collected_cents" and "collected_cents" in matching.setup.measures:
        return []
    return [
        position
        for position in matching.unknown
        if position not in others and _may_be_money(matching, position)
    ]


def _may_be_money(matching: Matching, position: int) -> bool:
    headings = matching.headings
    text, sample = headings.texts[position], headings.sample(position)
    words = heading_words(text)
    known = frozenset[str]().union(*_WORDS.values(), _NO_MONEY, _REMARKS, REFUND_WORDS)
    if words & known or not words or _PLAIN_NUMBER.search(text) or headings.is_dated(position):
        return False
    return share_of_numbers(sample) >= FITS and holds_money(matching, position) and not _is_number_of(sample)


def _is_number_of(sample: Sequence[Cell]) -> bool:
    """Return whether numbers identify something: counted from 1, or five digits or more without cents."""
    numbers = [cell for cell in sample if not isinstance(cell, str | bool | None)]
    if not numbers:
        return False
    is_counted = len(numbers) >= MOST_COUNTED and sorted(numbers) == list(range(1, len(numbers) + 1))
    return is_counted or all(number >= FEWEST_OF_IDS and number % 1 == 0 for number in numbers)


def heading_words(heading: str) -> frozenset[str]:
    """Return the words of a heading in small letters. Capitals separate words that are written together."""
    return frozenset(word.casefold() for word in _WORD.findall(heading))


def _is_shown_as_money(matching: Matching, position: int) -> bool:
    """Return whether amounts have a dollar sign, or cents and a thousands separator."""
    headings = matching.headings
    rows = headings.filled_rows(position)[:1]
    shown = headings.sheet.format_at(position, rows[0]) if rows else None
    typed = any(isinstance(cell, str) and "$" in cell for cell in headings.sample(position))
    return typed or bool(_CURRENCY.search(shown or ""))


def _is_total(matching: Matching, read: Sequence[int], parts: Sequence[int]) -> bool:
    """Return whether the column read is the total of the others in nearly all rows; note the rows where it is not."""
    total, sum_of_parts = (_sum_of_columns(matching, positions) for positions in (read, parts))
    filled = (total != 0) | (sum_of_parts != 0)
    agrees = total == sum_of_parts
    if not filled.any() or agrees[filled].mean() < NEARLY_ALL:
        return False
    headings = matching.headings
    names = headings.columns_in_words(parts, "and")
    total_name = " + ".join(headings.texts[position] for position in read)
    if len(read) == 1:
        matching.remarks.append(headings.finding(TotalOfParts(total=total_name, parts=names), read[0]))
    rows = np.flatnonzero(filled & ~agrees) + headings.sheet.top + headings.row + 1
    if len(rows):
        finding = headings.finding(TotalDiffersFromParts(total=total_name, parts=names), read[0])
        matching.remarks.append(replace(finding, rows=rows.tolist()))
    return True


def _sum_of_columns(matching: Matching, positions: Sequence[int]) -> Ints:
    columns = [read_numbers(_cells(matching, position), 100, cents_of).values for position in positions]
    added: Ints = np.sum(columns, axis=0)
    return added
