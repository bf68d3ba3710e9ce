"""``clinicledger`` as it is typed: a program of its own, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 400.0


def surroundings(**variables: str) -> dict[str, str]:
    """Return the environment of a program the tests start.

    Compiled modules are kept for the next program: without, each start compiles pandas anew.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    cache = ROOT / ".pytest_cache" / "bytecode"
    return kept | {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONPATH": str(ROOT)} | variables


def clinicledger(*words: str | Path, within: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as on a terminal 80 wide, with its data folder inside ``within``."""
    environment = surroundings(
        COLUMNS="80",
        CLINIC_LEDGER_PATH=str(within / "ledger"),
        CLINIC_LEDGER_CERTIFICATES=str(within / "certificates"),
    )
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *map(str, words)],
        cwd=within,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def sentence(text: str) -> str:
    """Return what was printed as one line, wherever the terminal broke it."""
    return " ".join(text.replace("│", " ").split())
