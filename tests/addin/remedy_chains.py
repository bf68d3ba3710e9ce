"""Chains of refusals and remedies: what the service answers in turn, and what a person presses, the same for both add-ins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import xlwings as xw
from hypothesis import strategies as st

from addin.desktop import ribbon
from tests.addin.stand_in import DONE, StandIn

PRESSED = ("payroll.check", "payroll.generate", "clinic.choose")
"""The buttons of the ribbon that work in any workbook of a clinic."""

OFFERED = (*PRESSED, "clinic.save")
YES, OTHER, CANCEL = range(3)
QUESTION: dict[str, Any] = {
    "name": "sure",
    "label": "Sure?",
    "kind": "yes-no",
    "choices": [],
    "default": None,
    "required": True,
}

Sent = list[tuple[str, dict[str, Any]]]
"""The buttons of the clicks that reach the service, with their inputs."""


@dataclass(frozen=True)
class Chain:
    """What is answered to one click after the other, and is done from then on; the presses; and the choices of the person."""

    answers: Sequence[dict[str, Any]]
    presses: Sequence[str]
    choices: Sequence[int]


@dataclass
class Person:
    """Somebody who makes one choice after the other: agrees, takes the other remedy, or cancels. At the end, always cancels."""

    choices: Sequence[int]
    _made: "count[int]" = field(default_factory=count)

    def choose(self) -> int:
        """Return the next choice."""
        place = next(self._made)
        return self.choices[place] if place < len(self.choices) else CANCEL


def a_remedy(number: int, button: str, *, resumes: bool) -> dict[str, Any]:
    return {"label": f"Do {number}", "button": button, "inputs": {"n": str(number)}, "resumes": resumes}


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Draw a chain. Every remedy has a number of its own."""
    numbers = count(1)

    def remedies(least: int) -> list[dict[str, Any]]:
        buttons = draw(st.lists(st.sampled_from(OFFERED), min_size=least, max_size=2))
        return [a_remedy(next(numbers), one, resumes=draw(st.booleans())) for one in buttons]

    def answer(kind: str) -> dict[str, Any]:
        if kind == "refused":
            return {
                "status": 422, "code": "refused", "title": "Refused", "detail": "It cannot be done.", "remedy": "Correct it.",
                "findings": [], "remedies": remedies(0),
            }  # fmt: skip
        if kind == "found":
            found = {
                "severity": "blocker", "code": "no-rate", "sheet": "", "cell": "", "row": None, "column": "",
                "message": "Something is wrong.", "remedy": "Correct it.", "remedies": remedies(1),
            }  # fmt: skip
            return {**DONE, "level": "blocked", "findings": [found], "findings_total": 1}
        if kind == "asked":
            return {
                **DONE,
                "level": "blocked",
                "asks": {"title": "Sure?", "fields": [QUESTION], "sheets": []},
            }
        return {**DONE, "next": draw(st.sampled_from([None, *PRESSED]))}

    kinds = draw(st.lists(st.sampled_from(["refused", "found", "asked", "done"]), min_size=2, max_size=7))
    return Chain(
        [answer(kind) for kind in kinds],
        draw(st.lists(st.sampled_from(PRESSED), min_size=1, max_size=3)),
        draw(st.lists(st.sampled_from([YES, YES, OTHER, CANCEL]), max_size=8)),
    )


class BoxButtons(list[str]):
    """The buttons that a person presses in message boxes, chosen when the box is there."""

    def __init__(self, person: Person, said: Callable[[], str]) -> None:
        super().__init__(["cancel"])  # a box with nothing to press is canceled
        self._person = person
        self._said = said

    def pop(self, _: object = -1) -> str:
        """Return the button to press in the box that says this."""
        choice, text = self._person.choose(), self._said()
        if choice == CANCEL:
            return "cancel"
        if "\nOK: Do " in text:
            return "ok"
        return "no" if choice == OTHER and "\nNo: Do " in text else "yes"


def sent_from_desktop(chain: Chain, book: xw.Book, stand_in: StandIn) -> Sent:
    """Carry a chain out in the desktop add-in and return the clicks that it sends."""
    app = book.app.impl
    app.buttons_to_press = BoxButtons(Person(chain.choices), lambda: app.alerts[-1])
    stand_in.first_replies = list(chain.answers)
    for button in chain.presses:
        ribbon.run(button)
    return list(zip(stand_in.pressed, (request["inputs"] for request in stand_in.requests), strict=True))
