"""The question that shows what would be recorded, and the answer to it (rule: invoices#preview)."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.step_amounts import Amount
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.billing.question_numbers import numbered_answer, split_answer
from server.errors import MissingInput
from server.errors.findings import sentence_start
from server.operations.previews import Choice, Preview, PreviewAnswer
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks

APPLY, LEAVE = "apply", "leave"
"""The inputs that say what to record, and which rows to leave as they are."""

MOST_LISTED = 40
"""Above this many flagged rows, they are listed as findings only and cannot be ticked one by one."""

MOST_PAYERS = 8
"""Above this many payers, the others are one row."""

_ROW = re.compile(r"-?\d+")
_SEPARATORS = re.compile(r"[;,\s]+")

CHANGED = "Something has changed since you were asked, so nothing was recorded. This is how it is now."
CONTRADICTION = "You ticked rows to leave and chose to record all of them, or ticked none and chose to leave the ticked ones."


def preview_answer(context: ClickContext) -> PreviewAnswer | None:
    """Return the answer of the click, or ``None`` if there is none yet. Refuses what is no answer."""
    given = context.click.answers().get(APPLY)
    if given is None:
        return None
    word = fold(given)
    if word in NO:
        return PreviewAnswer(None)
    choice, number = split_answer(given)
    leave = _rows_to_leave(context, number)
    if word in {*YES, fold(Choice.GOOD_ROWS)}:
        return PreviewAnswer(Choice.GOOD_ROWS, leave=leave)
    if number and choice in {*Choice}:
        return PreviewAnswer(Choice(choice), number, leave)
    sentence = f"“{given}” is no answer to “{APPLY}”."
    raise MissingInput(
        APPLY, sentence, f"Give “{APPLY}” as: {Choice.GOOD_ROWS} | yes | no. Or leave it out to be asked."
    )


def _rows_to_leave(context: ClickContext, number: str) -> frozenset[int]:
    """Return the rows to leave: ``12-3f9a1c`` as the form offers it, or ``12``. Ticks of another question are none."""
    given = context.click.answers().get(LEAVE, "")
    ticks = [split_answer(tick) for tick in _SEPARATORS.split(given) if tick]
    words = [word for word, brought_back in ticks if brought_back in {"", number}]
    if wrong := [word for word in words if not _ROW.fullmatch(word)]:
        raise MissingInput(
            LEAVE,
            f"“{wrong[0]}” is not the number of a row.",
            f"Give “{LEAVE}” as row numbers with semicolons between them, such as 12; 14.",
        )
    return frozenset(map(int, words))


def reason_for_asking_again(preview: Preview, answer: PreviewAnswer | None) -> str:
    """Return why an answer did not record anything, as a sentence; "" if there was no answer to what was shown."""
    if answer is None or answer.choice is None or not answer.number:
        return ""
    return CONTRADICTION if preview.is_answered_by(answer) else CHANGED


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """How a preview is put into words.

    ``action`` says what is done with rows: ``create 36 invoices``; ``amounts`` what they come to; ``row_text`` is the label
    of a group of rows.
    """

    action: Callable[[Collection[int]], str]
    amounts: Callable[[Collection[int]], str]
    group_text: Callable[[Sequence[int]], str]
    left_text: str = ""
    """The words for the rows that cannot be recorded: ``leave 3 rows that need you``; "" if there are none."""


def ask_to_record(
    preview: Preview,
    words: PreviewWords,
    tables: Sequence[AskedTable],
    answer: PreviewAnswer | None,
    more: Sequence[AskedField] = (),
) -> Asks:
    """Return the form: what would be recorded, the flagged rows to choose from, and what to do.

    What an ``answer`` to the same question has ticked stays ticked.
    ``more`` are further questions. With them, the form can also be sent without any of the choices, to see what it shows then.
    """
    flagged = preview.flagged_groups
    fields = [_flagged_field(preview, words, answer)] if 1 < len(flagged) <= MOST_LISTED else []
    shown = list(tables)
    if flagged and not fields:
        shown.append(_flagged_table(flagged, words))
    choices = _choices(preview, words, can_choose=bool(fields))
    buttons = AskedField(
        name=APPLY, label="What do you want to record?", kind="buttons", choices=choices, required=not more
    )
    amounts = words.amounts(preview.rows)
    title = f"{sentence_start(words.action(preview.rows))}{f': {amounts}' if amounts else ''}?"
    return Asks(title=title, fields=[*fields, *more, buttons], tables=shown)


def _flagged_field(preview: Preview, words: PreviewWords, answer: PreviewAnswer | None) -> AskedField:
    flagged = preview.flagged_groups
    ticked = answer.leave if answer and preview.is_answered_by(answer) else frozenset()
    choices = [
        AskedChoice(
            value=numbered_answer(str(group[0]), preview.number),
            label=sentence_start(words.group_text(group)),
        )
        for group in flagged
    ]
    return AskedField(
        name=LEAVE,
        label=f"{len(flagged)} flagged: tick those to leave as typed",
        kind="several",
        choices=choices,
        default=";".join(
            choice.value for choice, group in zip(choices, flagged, strict=True) if ticked & {*group}
        )
        or None,
        required=False,
    )


def _flagged_table(flagged: Sequence[Sequence[int]], words: PreviewWords) -> AskedTable:
    rows = [[sentence_start(words.group_text(group))] for group in flagged[:MOST_LISTED]]
    if more := len(flagged) - len(rows):
        rows.append([f"{more:,} more are marked on the sheet."])
    return AskedTable(title=f"{len(flagged):,} flagged", headings=[], rows=rows)


def _choices(preview: Preview, words: PreviewWords, *, can_choose: bool) -> list[AskedChoice]:
    everything, some = preview.rows, preview.not_flagged
    flagged = len(preview.flagged_groups)
    labels = {Choice.GOOD_ROWS: _choice_label(everything, words)}
    if flagged and some:
        which = "the flagged one" if flagged == 1 else f"the {flagged:,} flagged"
        labels[Choice.NOT_FLAGGED] = f"{_choice_label(some, words)}; leave {which}"
    if can_choose:
        labels[Choice.NOT_LISTED] = "Leave only the ticked rows"
    return [
        AskedChoice(value=numbered_answer(word, preview.number), label=label)
        for word, label in labels.items()
    ]


def _choice_label(rows: Collection[int], words: PreviewWords) -> str:
    amounts = words.amounts(rows)
    label = sentence_start(words.action(rows)) + (f": {amounts}" if amounts else "")
    return f"{label}; {words.left_text}" if words.left_text else label


def amounts_text(amounts: Mapping[Amount, int]) -> str:
    """Return amounts in words: ``collected $240.00, written off $20.00``."""
    return ", ".join(f"{amount} {dollars(cents)}" for amount, cents in amounts.items())


def payer_rows(by_payer: Mapping[str, tuple[int, Mapping[Amount, int]]]) -> list[list[str]]:
    """Return the rows of a table of payers with their count and amounts, the largest count first, and all of them last."""
    largest = sorted(by_payer.items(), key=lambda one: -one[1][0])
    rows = [_payer_row(payer or "No payer", [found]) for payer, found in largest[:MOST_PAYERS]]
    if others := [found for _, found in largest[MOST_PAYERS:]]:
        rows.append(_payer_row(f"{len(others)} more", others))
    return [*rows, _payer_row("In all", list(by_payer.values()))] if len(rows) > 1 else rows


def _payer_row(name: str, found: Sequence[tuple[int, Mapping[Amount, int]]]) -> list[str]:
    total: Counter[Amount] = Counter()
    for _, amounts in found:
        total.update(amounts)
    return [name, f"{sum(count for count, _ in found):,}", amounts_text(total)]
