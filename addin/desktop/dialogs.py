"""Questions that a message box can ask: yes or no, one of two choices, or consent to the only choice.

``App.alert`` of xlwings shows the box of the system. In Windows, Enter presses the first button and Esc cancels. In
macOS, Enter presses the last button, and Excel may report a canceled box as an error.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlwings as xw

NAME: Final = "Clinic Ledger"

MOST_BOXES: Final = 2
"""More questions are one form: somebody who closes box after box no longer reads them."""

LONGEST_TEXT: Final = 900
"""The most characters of a box; more is not readable, and may not fit on the screen."""

LONGEST_CHOICE: Final = 70
CANCELED_IN_MACOS: Final = -128
FINDINGS_NAMED: Final = 3

Field = Mapping[str, Any]


def fit_boxes(reply: Mapping[str, Any]) -> bool:
    """Return whether message boxes can ask the questions of a reply."""
    fields: Sequence[Field] = reply["asks"]["fields"]
    return (
        len(fields) <= MOST_BOXES
        and all(_answers_of(field) for field in fields)
        and all(len(_prompt(reply, place)) <= LONGEST_TEXT for place in range(len(fields)))
    )


def ask_in_boxes(app: xw.App, reply: Mapping[str, Any], title: str) -> dict[str, str] | None:
    """Ask the questions of a reply, and return the answers by name, or ``None`` if the user cancels."""
    answers: dict[str, str] = {}
    for place, field in enumerate(reply["asks"]["fields"]):
        offered = _answers_of(field)
        buttons = "yes_no_cancel" if "no" in offered else "ok_cancel"
        pressed = pressed_button(app, _prompt(reply, place), title, buttons)
        if pressed not in offered:
            return None
        answers[field["name"]] = offered[pressed]
    return answers


def pressed_button(app: xw.App, text: str, title: str, buttons: str) -> str:
    """Show a message box and return the button that was pressed: ``ok``, ``cancel``, ``yes`` or ``no``."""
    try:
        return str(app.alert(text, title, buttons))
    except Exception as error:
        if getattr(error, "errornumber", None) == CANCELED_IN_MACOS:
            return "cancel"
        raise


def box_title(title: str) -> str:
    """Return the title of a message box."""
    return f"{NAME}: {title}" if title != NAME else NAME


def _answers_of(field: Field) -> dict[str, str]:
    """Return the answer that each button gives, empty if a box cannot ask the question.

    A choice with a default is asked on the sheet, where the default can be seen: the first button of a box is chosen by
    Enter, whatever it means.
    """
    choices = field.get("choices") or ()
    if field.get("kind") == "yes-no":
        return {"yes": "yes", "no": "no"}
    short = all(len(choice["label"]) <= LONGEST_CHOICE for choice in choices)
    if (
        field.get("kind") not in {"choice", "buttons"}
        or field.get("default")
        or not field.get("required", True)
        or not short
    ):
        return {}
    return dict(zip(_BUTTONS.get(len(choices), ()), (choice["value"] for choice in choices), strict=False))


_BUTTONS: Final = {1: ("ok",), 2: ("yes", "no")}


def _prompt(reply: Mapping[str, Any], place: int) -> str:
    """Return the text of the box for one question; the first one also says what the click has found."""
    field = reply["asks"]["fields"][place]
    parts = [reply["summary"], *_tables(reply), *finding_lines(reply)] if place == 0 else []
    if not any(field["label"] in part for part in parts):
        parts.append(field["label"])
    choices = [choice["label"] for choice in field.get("choices") or ()]
    if len(choices) == 1:
        parts = [part for part in parts if part != choices[0]]
        parts.append(f"OK: {choices[0]}")
    elif choices and field.get("kind") != "yes-no":
        parts.append(
            "\n".join(f"{name}: {label}" for name, label in zip(("Yes", "No"), choices, strict=True))
        )
    return "\n\n".join(parts)


def _tables(reply: Mapping[str, Any]) -> list[str]:
    """Return the tables that the questions of a reply are about, each as lines of text."""
    return [
        "\n".join([table["title"], *(" · ".join(filter(None, row)) for row in table["rows"])])
        for table in reply["asks"].get("tables") or ()
    ]


def finding_lines(reply: Mapping[str, Any]) -> list[str]:
    """Return the first findings of a reply, as one part of the text."""
    findings = reply.get("findings") or []
    if not findings:
        return []
    lines = [f"{found.get('cell') or found.get('sheet') or ''}: {found['message']}" for found in findings]
    more = reply.get("findings_total", len(findings)) - FINDINGS_NAMED
    return ["\n".join([*lines[:FINDINGS_NAMED], *([f"and {more:,} more."] if more > 0 else [])])]
