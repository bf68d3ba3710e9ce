"""What a rate in % of charge is a share of, if a log has more than the charge: the list price, or what the payer allows.

It is asked once for the clinic. A log whose only such column is the charge raises no question (rule: payroll#charge-base).
"""

from collections.abc import Mapping
from enum import StrEnum

from server.billing.names import fold
from server.errors import MissingInput
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS, IGNORE
from server.sheets.appointment_log.heading_synonyms import Field, fold_heading
from server.sheets.appointment_log.measure_columns import share_of_numbers
from server.sheets.questions import Choice, Question

CHARGE_BASE = "charge_base"
"""The input that answers the question."""

_REMEMBERED = "charge: base"
"""The key of the answer in the import profile. A folded heading has no space, so it is never one."""


class ChargeBase(StrEnum):
    """The amounts that a rate in % of charge can be a share of."""

    LIST = "list"
    CHARGED = "charged"
    ALLOWED = "allowed"
    COLLECTED = "collected"


_LABELS = {
    ChargeBase.LIST: "the list price",
    ChargeBase.CHARGED: "what was charged",
    ChargeBase.ALLOWED: "what the payer allows",
    ChargeBase.COLLECTED: "what was collected",
}

_HEADINGS: Mapping[ChargeBase, frozenset[str]] = {
    ChargeBase.LIST: frozenset(map(fold_heading, (
        "List Price", "List Fee", "Standard Fee", "Standard Charge", "Full Fee", "Usual Fee", "UCR", "UCR Fee", "Fee Schedule Amount",
    ))),
    ChargeBase.ALLOWED: frozenset(map(fold_heading, (
        "Allowed", "Allowed Amount", "Amount Allowed", "Allowed Amt", "Allowed Charge", "Allowed Charges", "Allowable", "Allowable Amount",
        "Contracted Amount", "Contracted Fee", "Negotiated Amount", "Negotiated Fee",
    ))),
}  # fmt: skip
"""The folded headings of amounts beside the charge, which no field of the log has."""


def choose_charge_base(matching: Matching, field: Field) -> bool:
    """Give the charge the columns of the base that staff chose, or ask; return whether the charge is settled or asked about.

    ``field`` is the charge. If it is to be what was charged, the columns are chosen as without this question.
    """
    headings, found = matching.headings, _columns_by_base(matching)
    beside = [*found.get(ChargeBase.LIST, ()), *found.get(ChargeBase.ALLOWED, ())]
    is_named = headings.answer(field) or headings.answered_none(field)
    if is_named or not beside or len(beside) + len(found.get(ChargeBase.CHARGED, ())) < 2:  # noqa: PLR2004 - a choice
        return False
    base = _base_answered(matching) or _base_remembered(matching, found)
    if base is None:
        _ask(matching, field, found)
        return True
    headings.profile[_REMEMBERED] = base.value
    matching.unknown = [position for position in matching.unknown if position not in beside]
    if base is ChargeBase.CHARGED:
        return False
    matching.give(field, tuple(found[base]))
    return True


def _columns_by_base(matching: Matching) -> dict[ChargeBase, list[int]]:
    """Return the columns of each base that the log has. Columns that the clinic said to ignore are none of them."""
    headings = matching.headings
    known = {
        ChargeBase.CHARGED: matching.whole["charge_cents"] or matching.parts["charge_cents"],
        ChargeBase.COLLECTED: matching.whole["collected_cents"] or matching.parts["collected_cents"],
    }
    found: dict[ChargeBase, list[int]] = {}
    for base in ChargeBase:
        positions = known.get(base)
        if positions is None:
            positions = [
                position
                for position in matching.unknown
                if headings.keys[position] in _HEADINGS[base]
                and headings.remembered.get(headings.keys[position]) != IGNORE
            ]
        positions = [
            position for position in positions if share_of_numbers(headings.sample(position)) >= FITS
        ]
        if positions:
            key = headings.keys[positions[0]]
            found[base] = [position for position in positions if headings.keys[position] == key]
    return found


def _base_answered(matching: Matching) -> ChargeBase | None:
    """Return the answer of this click. Raises MissingInput for anything else than one of the bases."""
    given = matching.headings.answers.get(CHARGE_BASE, "").strip()
    if not given:
        return None
    named = {fold(base): base for base in ChargeBase}.get(fold(given))
    if named is None:
        choices = ", ".join(ChargeBase)
        raise MissingInput(
            CHARGE_BASE, f"“{given}” is no answer to “{CHARGE_BASE}”.", f"Answer with one of: {choices}."
        )
    if named not in _columns_by_base(matching):
        raise MissingInput(
            CHARGE_BASE,
            f"This log has no column with {_LABELS[named]}.",
            "Answer with an amount that the log has.",
        )
    return named


def _base_remembered(matching: Matching, found: Mapping[ChargeBase, list[int]]) -> ChargeBase | None:
    """Return what the clinic answered before, unless this log has no such column."""
    remembered = matching.headings.remembered.get(_REMEMBERED)
    base = ChargeBase(remembered) if remembered else None
    return base if base in found else None


def _ask(matching: Matching, field: Field, found: Mapping[ChargeBase, list[int]]) -> None:
    headings = matching.headings
    positions = [position for base in found.values() for position in base]
    choices = tuple(
        Choice(
            base.value,
            f"{_LABELS[base][:1].upper()}{_LABELS[base][1:]}: {headings.columns_in_words(columns, 'and')}",
        )
        for base, columns in found.items()
    )
    names = headings.columns_in_words(positions, "and")
    why = f"A rate in % of charge can be a share of {names}. Of which of them?"
    matching.asked[field.name] = tuple(positions)
    headings.ask(Question(CHARGE_BASE, why, choices), positions)
