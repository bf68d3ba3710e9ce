"""The commands to run next: what a reply or a refusal of ``press`` offers, as lines to copy."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PLAIN = re.compile(r"[\w.:/+-]+")
"""Text that every shell reads as one word without quotes."""

DOUBLE = '"'
"""The quote of Windows; the other shells read $ and backquotes within it."""

MOST_COMMANDS = 6

Places = Mapping[str, str | Path | None]
"""Options of the click, each with its value, ``None`` if it was not given."""


def shell_word(text: str) -> str:
    """Return a text as one word of a command line. No part of it is a command of the shell, even where it has $ or quotes."""
    if PLAIN.fullmatch(text):
        return text
    return f'"{text.replace(DOUBLE, DOUBLE * 2)}"' if os.name == "nt" else shlex.quote(text)


def next_commands(answer: Mapping[str, Any], workbook: Path, places: Places) -> list[tuple[str, str]]:
    """Return what a reply or a refusal leads to, at most ``MOST_COMMANDS``: what is offered, and the command.

    ``places`` are the options that say where the service and the ledger are; those that were given are repeated.
    """
    told = [f"{name} {shell_word(str(value))}" for name, value in places.items() if value is not None]
    offered: dict[str, str] = {}
    for remedy in _remedies(answer):
        sets = [
            f"--set {name}={shell_word(str(value))}" for name, value in (remedy.get("inputs") or {}).items()
        ]
        words = ["clinicledger", "press", remedy["button"], shell_word(str(workbook)), *sets, *told]
        offered.setdefault(" ".join(words), remedy["label"])
    return [(label, command) for command, label in offered.items()][:MOST_COMMANDS]


def _remedies(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the remedies of a reply or a refusal, those of its findings, and the next step of the work."""
    yield from answer.get("remedies") or ()
    findings: Sequence[Mapping[str, Any]] = answer.get("findings") or ()
    for finding in findings:
        yield from finding.get("remedies") or ()
    if answer.get("next"):
        yield {"label": "The next step", "button": answer["next"]}
