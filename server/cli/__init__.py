"""The command line: the only package that knows both the service and the add-in."""

import sys
from collections.abc import Sequence

SLOW = {"demo", "try"}
"""The commands that work for a while before they have a result."""

STARTING = "Starting Clinic Ledger. The first start takes the longest."


def main() -> None:
    """Run ``clinicledger``.

    Importing the program takes seconds, more after an installation, so a slow command says first that it starts.
    """
    if _is_slow(sys.argv[1:]):
        sys.stderr.write(f"{STARTING}\n")
        sys.stderr.flush()
    from server.cli.commands import app  # noqa: PLC0415 - only after that line

    app()


def _is_slow(words: Sequence[str]) -> bool:
    """Return whether a command line runs a slow command. With ``--help`` it only shows how."""
    return bool(words) and words[0] in SLOW and "--help" not in words
