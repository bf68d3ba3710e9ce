"""Refunds: whether they must still be subtracted from the charge or collected amount that pay is a share of.

A heading such as "Refund" or "Write-off" does not say whether the other columns are already lowered by it. So this is
asked once, if somebody is paid by such money (rule: payroll#refunds).
"""

from server.billing.names import fold
from server.errors import MissingInput
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS, MINUS
from server.sheets.appointment_log.heading_synonyms import BY_NAME
from server.sheets.appointment_log.measure_columns import share_of_numbers
from server.sheets.appointment_log.money_columns import REFUND_WORDS, heading_words, holds_money
from server.sheets.questions import NONE_OF_THEM, Choice, Question

FIELDS = {"collected": "collected_cents", "charge": "charge_cents"}
"""Answer -> the field that refunds are subtracted from."""

_NO_AMOUNT = frozenset(
    {"date", "id", "number", "no", "reason", "code", "type", "status", "count", "method", "balance", "by"}
)
"""Words of a heading with which one of REFUND_WORDS describes a refund but does not give its amount."""


def take_off_refunds(matching: Matching) -> None:
    """Add the refund columns to the fields they lower, and ask about those without an answer."""
    lowered = [
        word for word, name in FIELDS.items() if name in matching.setup.measures and name in matching.columns
    ]
    for name in FIELDS.values():
        if name in matching.columns:
            for position in matching.whole[f"{MINUS}{name}"]:
                _take_off(matching, name, position)
    for position in list(matching.unknown) if lowered else []:
        if _is_refund(matching, position):
            _settle(matching, position, lowered)


def _is_refund(matching: Matching, position: int) -> bool:
    headings = matching.headings
    words = heading_words(headings.texts[position])
    if not words & REFUND_WORDS or words & _NO_AMOUNT or headings.is_dated(position):
        return False
    return share_of_numbers(headings.sample(position)) >= FITS and holds_money(matching, position)


def _settle(matching: Matching, position: int, lowered: list[str]) -> None:
    headings = matching.headings
    key, name = headings.keys[position], f"refund_{fold(headings.keys[position])}"
    given = headings.answers.get(name, "").strip()
    word = fold(given)
    if word == NONE_OF_THEM:
        headings.leave_alone([position])
    elif word in FIELDS and FIELDS[word] in matching.columns:
        headings.profile[key] = f"{MINUS}{FIELDS[word]}"
        _take_off(matching, FIELDS[word], position)
    elif given:
        words = ", ".join([*lowered, NONE_OF_THEM])
        raise MissingInput(name, f"“{given}” is no answer to “{name}”.", f"Answer with one of: {words}.")
    else:
        nouns = [BY_NAME[FIELDS[word]].noun for word in lowered]
        why = (
            f"“{headings.label_of(position)}” looks like money that was given back or taken off."
            f" Is it still to be subtracted from the {' or the '.join(nouns)}?"
        )
        choices = [
            Choice(word, f"Yes, subtract it from the {noun}")
            for word, noun in zip(lowered, nouns, strict=True)
        ]
        choices.append(Choice(NONE_OF_THEM, "No, it is subtracted already or does not concern pay"))
        asked = FIELDS[lowered[0]]
        matching.asked[asked] = (*matching.asked.get(asked, ()), position)
        headings.ask(Question(name, why, tuple(choices)), [position])


def _take_off(matching: Matching, name: str, position: int) -> None:
    matching.give(BY_NAME[name], (*matching.columns[name], position))
    matching.minus.add(position)
