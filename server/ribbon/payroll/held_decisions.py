"""Decisions about held visits, given with the button Past runs: one is written off or restored, with a reason."""

from server.billing.payroll.held_visits import HeldDecision
from server.errors import MissingInput
from server.operations.held_visits import decide_visit
from server.ribbon.context import ClickContext, question
from server.ribbon.protocol import AskedChoice, AskedField, Reply

HELD, DECISION, REASON = "held", "decision", "reason"
"""The inputs: the number of a held visit, what is decided about it, and why."""

WORDS = {"write off": HeldDecision.WRITE_OFF, "restore": HeldDecision.RESTORE}
_LABELS = {
    "write off": "Write it off: it is not to be paid",
    "restore": "Restore it: it is to be paid after all",
}
_DONE = {
    HeldDecision.WRITE_OFF: "Held visit {number} is written off. It is not paid.",
    HeldDecision.RESTORE: "Held visit {number} is restored. It waits for a later run.",
}


def decide_if_asked(context: ClickContext) -> tuple[Reply | None, str]:
    """Record a decision about a held visit if the click asks for one.

    Returns the question that is still open, ``None`` if there is none, and what was recorded as a sentence, "" if nothing.
    """
    answers = context.click.answers()
    number = answers.get(HELD, "")
    if not number:
        return None, ""
    if not (number.isascii() and number.isdecimal()):
        raise MissingInput(
            HELD, f"“{number}” is no number of a held visit.", "Take the number from the sheet Held Visits."
        )
    word = context.chosen_word(DECISION, tuple(WORDS))
    if not word or REASON not in answers:
        return _ask(number, word), ""
    visit = decide_visit(context.session, int(number), WORDS[word], answers[REASON])
    return None, _DONE[WORDS[word]].format(number=visit.id)


def _ask(number: str, word: str) -> Reply:
    choices = [AskedChoice(value=value, label=label) for value, label in _LABELS.items()]
    return question(
        f"What is decided about held visit {number}?",
        AskedField(name=DECISION, label="Decision", kind="choice", choices=choices, default=word or None),
        AskedField(name=REASON, label="Why?"),
    )
