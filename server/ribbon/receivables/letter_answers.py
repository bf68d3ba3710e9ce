"""The answer to the question whether letters are to be printed, shared by all kinds of letters."""

from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.statuses import NO
from server.billing.question_numbers import numbered_answer, split_answer
from server.billing.receivables.case_letters import CaseLetter
from server.errors import MissingInput
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedChoice, AskedField

PRINT, SHOW, STOP = "print", "show", "no"
"""The input with the answer, which is also the answer that prints; the answer that only shows the letters; the one that makes none."""

MOST_LISTED = 40
"""Rows of a table in the question."""

CHANGED = "Something has changed since you were asked, so nothing was printed. This is how it is now."
NOTHING_MADE = "No letter was made."


def print_answer(context: ClickContext) -> tuple[str, str]:
    """Return the answer of the click, ``PRINT``, ``SHOW``, ``STOP`` or "" for none, and the number that it brings back.

    Refuses anything else, also ``PRINT`` without the number of a question.
    """
    given = context.click.answers().get(PRINT, "")
    if fold(given) in NO:
        return STOP, ""
    word, number = split_answer(given)
    if given and word != SHOW and (word != PRINT or not number):
        raise MissingInput(
            PRINT,
            f"“{given}” is no answer to “{PRINT}”.",
            f"Give “{PRINT}” as: {SHOW} | {STOP}. Or leave it out to be asked.",
        )
    return word, number


def print_field(number: str, print_label: str, show_label: str, *, required: bool = True) -> AskedField:
    """Return the question with its three buttons."""
    choices = [
        AskedChoice(value=numbered_answer(PRINT, number), label=print_label),
        AskedChoice(value=SHOW, label=show_label),
        AskedChoice(value=STOP, label="Make no letter"),
    ]
    return AskedField(
        name=PRINT,
        label="What is to be done?",
        kind="buttons",
        choices=choices,
        required=required,
    )


def letter_cells(letter: CaseLetter) -> list[str]:
    """Return the cells of a letter in a table: attorney, billed, balance. The pane has room for few columns."""
    return [letter.attorney, dollars(letter.billed_cents), dollars(letter.balance_cents)]
