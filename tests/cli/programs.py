"""``clinicledger`` as it is typed: a program of its own, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 120.0


def clinicledger(*words: str | Path, within: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command as on a terminal 80 wide, with its data folder inside ``within``."""
    surroundings = {
        "COLUMNS": "80",
        "CLINIC_LEDGER_PATH": str(within / "ledger"),
        "CLINIC_LEDGER_CERTIFICATES": str(within / "certificates"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *map(str, words)],
        cwd=within,
        env=os.environ | surroundings | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def sentence(text: str) -> str:
    """Return what was printed as one line, wherever the terminal broke it."""
    return " ".join(text.replace("│", " ").split())
