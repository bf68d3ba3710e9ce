"""Which columns of money make up the charge or the collected amount of a visit.

A practice splits money into columns, and pay by a share of it must not rest on one of them alone. A total is taken
where it is the sum of its parts; where it is not, or a column nobody knows looks like money of the same kind,
the columns that add up are asked for once. Money that nobody is paid by is not asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from server.billing.payroll.appointment_log import Ints
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS
from server.sheets.appointment_log.heading_synonyms import Field, fold_heading
from server.sheets.appointment_log.measure_columns import share_of_numbers
from server.sheets.cells import cents_of, read_numbers
from server.sheets.sheet import Cell

NEARLY_ALL = 0.95
"""Share of the rows with money in which a total must be the sum of its parts."""

_WORDS = {
    "collected_cents": frozenset({
        "paid", "payment", "payments", "pmt", "pmts", "pymt", "copay", "copays", "copayment", "copayments",
        "coinsurance", "insurance", "ins", "insurer", "payer", "received", "collected", "collections", "receipts",
        "receipt", "cash", "card", "check", "cheque", "deposit", "deposits", "primary", "secondary", "tertiary", "portion",
        "share", "remittance", "reimbursement", "reimbursed", "benefit", "eob", "era",
    }),
    "charge_cents": frozenset({"charge", "charges", "charged", "fee", "fees", "billed", "price", "gross", "cost"}),
}  # fmt: skip
"""Words of a heading that say what kind of money stands under it."""

_AMOUNT_NAMES = {"collected_cents": "collected amount", "charge_cents": "charge amount"}

_NO_MONEY = frozenset({
    "unpaid", "balance", "due", "owed", "owing", "outstanding", "adjustment", "adjustments", "adj", "write", "writeoff",
    "discount", "rate", "id", "number", "no", "nr", "count", "date", "day", "phone", "zip", "percent", "expected",
    "allowed", "allowable", "responsibility", "not", "policy", "group", "member", "claim", "code", "type", "method",
    "status", "units", "qty", "quantity", "minutes", "hours", "authorization", "auth", "npi", "plan", "provider",
    "clinician", "tax", "refund", "refunds", "name",
})  # fmt: skip
"""Words of a heading that say it is something else: what is owed, a number that is no amount."""

_PLAIN_NUMBER = re.compile(r"[#%]")
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]")
_CURRENCY = re.compile(r"[$]|#,##0\.00|_\(")


def choose_money(matching: Matching, field: Field) -> None:
    """Give a field of money its columns, asking which add up where one alone could be a part."""
    headings = matching.headings
    whole, parts = matching.whole[field.name], matching.parts[field.name]
    chosen = headings.answer(field)
    others = _lookalikes(matching, field) if field.name in matching.setup.measures else []
    if chosen:
        headings.learn(field, chosen, [*whole, *parts, *others])
        matching.give(field, chosen)
    elif headings.answered_none(field):
        headings.leave_alone([*whole, *parts, *others])
    elif field.name in matching.setup.measures:
        _choose_paid(matching, field, others)
    elif whole or parts:
        matching.give(field, tuple(_alike(matching, whole) or parts))


def _alike(matching: Matching, whole: Sequence[int]) -> list[int]:
    """Return the columns called like the first: the client's and the insurer's, under one name each."""
    keys = matching.headings.keys
    return [position for position in whole if keys[position] == keys[whole[0]]]


def _choose_paid(matching: Matching, field: Field, others: Sequence[int]) -> None:
    """Choose the columns of money that somebody is paid by."""
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
        if position not in {*read, *same} and _holds_money(matching, position)
    ]
    matching.give(field, tuple(read))
    if _are_copies(matching, read):
        _ask_which_add_up(
            matching, field, sorted({*read, *more, *others}), "hold the same amounts in every row"
        )
        return
    if read == parts and len(parts) == 1 and not others:
        _ask_which_add_up(matching, field, parts, "is a part of the money by its name")
        return
    if (not more and not others) or _is_total(matching, read, [*more, *others]):
        return
    what = "money received" if field.name == "collected_cents" else "what was charged"
    _ask_which_add_up(matching, field, sorted({*read, *more, *others}), f"look like {what}")


def _ask_which_add_up(
    matching: Matching, field: Field, candidates: Sequence[int], what_they_are: str
) -> None:
    names = matching.headings.quoted(candidates, "and")
    which = "Which of them add up to the" if len(candidates) > 1 else "Is it the whole"
    why = f"{names} {what_they_are}. {which} {_AMOUNT_NAMES[field.name]}?"
    matching.asked[field.name] = tuple(candidates)
    matching.headings.ask_which_ones(field, candidates, why)


def _are_copies(matching: Matching, read: Sequence[int]) -> bool:
    """Return whether several columns of one heading hold the same money in every row: adding them may count it twice."""
    first = list(_cells(matching, read[0]))
    return (
        len(read) > 1
        and all(list(_cells(matching, position)) == first for position in read[1:])
        and _holds_money(matching, read[0])
    )


def _holds_the_same(matching: Matching, read: Sequence[int], position: int) -> bool:
    """Return whether a column repeats the only one that is read, cell by cell."""
    if len(read) != 1 or position in read:
        return False
    return list(_cells(matching, read[0])) == list(_cells(matching, position))


def _cells(matching: Matching, position: int) -> Sequence[Cell]:
    headings = matching.headings
    return headings.sheet.columns[position][headings.row + 1 :]


def _holds_money(matching: Matching, position: int) -> bool:
    """Return whether any cell of a column holds an amount other than 0."""
    distinct = set(_cells(matching, position))
    return any(cell.strip(" $0.,-") if isinstance(cell, str) else cell for cell in distinct)


def _lookalikes(matching: Matching, field: Field) -> list[int]:
    """Return the unknown columns that look like money of a field's kind."""
    return [position for position in matching.unknown if _looks_like(matching, field, position)]


def _looks_like(matching: Matching, field: Field, position: int) -> bool:
    headings = matching.headings
    words = _words(headings.texts[position])
    if words & _NO_MONEY or _PLAIN_NUMBER.search(headings.texts[position]) or headings.is_dated(position):
        return False
    named = words & _WORDS[field.name] or "copay" in fold_heading(headings.texts[position])
    elsewhere = any(words & others for name, others in _WORDS.items() if name != field.name)
    if not named and (
        elsewhere or field.name != "collected_cents" or not _is_shown_as_money(matching, position)
    ):
        return False
    sample = headings.sample(position)
    return share_of_numbers(sample) >= FITS and _holds_money(matching, position)


def _words(heading: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(heading))


def _is_shown_as_money(matching: Matching, position: int) -> bool:
    """Return whether amounts are written with a dollar sign or to the cent with thousands separated."""
    headings = matching.headings
    rows = headings.filled_rows(position)[:1]
    shown = headings.sheet.format_at(position, rows[0]) if rows else None
    typed = any(isinstance(cell, str) and "$" in cell for cell in headings.sample(position))
    return typed or bool(_CURRENCY.search(shown or ""))


def _is_total(matching: Matching, read: Sequence[int], parts: Sequence[int]) -> bool:
    """Return whether what is read is the total of the other columns in nearly all rows; the rows where not are said."""
    total, sum_of_parts = (_added(matching, positions) for positions in (read, parts))
    filled = (total != 0) | (sum_of_parts != 0)
    agrees = total == sum_of_parts
    if not filled.any() or agrees[filled].mean() < NEARLY_ALL:
        return False
    headings = matching.headings
    names = headings.quoted(parts, "and")
    total_name = " + ".join(headings.texts[position] for position in read)
    if len(read) == 1:
        matching.remarks.append(headings.finding("total-of-parts", read[0], total=total_name, parts=names))
    rows = np.flatnonzero(filled & ~agrees) + headings.sheet.top + headings.row + 1
    if len(rows):
        finding = headings.finding("total-differs-from-parts", read[0], total=total_name, parts=names)
        matching.remarks.append(replace(finding, rows=rows.tolist()))
    return True


def _added(matching: Matching, positions: Sequence[int]) -> Ints:
    columns = [read_numbers(_cells(matching, position), 100, cents_of).values for position in positions]
    added: Ints = np.sum(columns, axis=0)
    return added
