"""Commands of the system that this program runs."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence

PATIENCE_SECONDS = 400
"""Longer than a service may take to answer what has come before it ends."""


def why_failed(command: Sequence[str], package_hint: str = "") -> str | None:
    """Run a command; return why it failed, ``None`` if it succeeded. The hint says how a missing program is installed."""
    program = shutil.which(command[0])
    if program is None:
        return f"{command[0]} is not installed{package_hint}"
    try:
        done = subprocess.run(  # noqa: S603 - commands of ours
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"{command[0]} did not run ({type(problem).__name__})"
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"exit {done.returncode}"


def first_failure(commands: Iterable[Sequence[str]]) -> str | None:
    """Run commands one after the other, until one fails; return why, ``None`` if all succeeded."""
    return next((why for command in commands if (why := why_failed(command)) is not None), None)
