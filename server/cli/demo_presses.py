"""Presses a button as staff do who have looked at what it asks: every question that needs one gets its first answer."""

from collections.abc import Mapping
from typing import Any

from addin.desktop.press import PressedBook

MOST_QUESTIONS = 5
"""The most questions in a row. No button of the demo asks more."""


def press_and_agree(
    pressed: PressedBook, button: str, inputs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Press a button, agree to what it asks, and return the last reply.

    The first choice of a question records everything, and ticks all findings of a kind as seen.
    """
    answers = dict(inputs or {})
    for _ in range(MOST_QUESTIONS):
        reply = pressed.press(button, inputs=answers)
        if reply["asks"] is None:
            return reply
        required = [field for field in reply["asks"]["fields"] if field["required"]]
        answers |= {field["name"]: _first_answer(field) for field in required}
    raise RuntimeError(f"{button} asks more than the demo can answer: {reply['summary']}")


def _first_answer(field: Mapping[str, Any]) -> str:
    return field["choices"][0]["value"] if field.get("choices") else "yes"
