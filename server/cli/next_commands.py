"""The commands to run next: what a reply or a refusal of ``press`` offers, as lines to copy."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PLAIN = re.compile(r"[\w.:/+-]+")
"""Text that every shell reads as one word without quotes."""

IS_WINDOWS = os.name == "nt"

QUOTE = "'"

HARMLESS = re.compile(r"[\w .,:/\\+()'-]*")
"""Text that neither PowerShell nor cmd takes for a command. cmd knows no single quotes, and expands %PATH% within double ones."""

MOST_COMMANDS = 6

Places = Mapping[str, str | Path | None]
"""Options of the click, each with its value, ``None`` if it was not given."""


def shell_word(text: str) -> str | None:
    """Return a text as one word of a command line, of which no part is a command of the shell.

    On Windows it is a word of PowerShell, and ``None`` for a text that PowerShell or cmd might not read as mere text. In cmd,
    a text with blanks is several words.
    """
    if PLAIN.fullmatch(text):
        return text
    if not IS_WINDOWS:
        return shlex.quote(text)
    return f"'{text.replace(QUOTE, QUOTE * 2)}'" if HARMLESS.fullmatch(text) else None


def next_commands(answer: Mapping[str, Any], workbook: Path, places: Places) -> list[tuple[str, str]]:
    """Return what a reply or a refusal leads to, at most ``MOST_COMMANDS``: what is offered, and the command.

    ``places`` are the options that say where the service and the ledger are; those that were given are repeated. A command with
    a value that is no ``shell_word`` is left out.
    """
    told = [_option(f"{name} ", value) for name, value in places.items() if value is not None]
    offered: dict[str, str] = {}
    for remedy in _remedies(answer):
        sets = [_option(f"--set {name}=", value) for name, value in (remedy.get("inputs") or {}).items()]
        words = ["clinicledger", "press", remedy["button"], shell_word(str(workbook)), *sets, *told]
        certain = [word for word in words if word is not None]
        if len(certain) == len(words):
            offered.setdefault(" ".join(certain), remedy["label"])
    return [(label, command) for command, label in offered.items()][:MOST_COMMANDS]


def _option(name: str, value: object) -> str | None:
    """Return an option with its value, ``None`` if that is no ``shell_word``."""
    word = shell_word(str(value))
    return None if word is None else f"{name}{word}"


def _remedies(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the remedies of a reply or a refusal, those of its findings, and the next step of the work."""
    yield from answer.get("remedies") or ()
    findings: Sequence[Mapping[str, Any]] = answer.get("findings") or ()
    for finding in findings:
        yield from finding.get("remedies") or ()
    if answer.get("next"):
        yield {"label": "The next step", "button": answer["next"]}
