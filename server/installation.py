"""The program as it is installed on this computer: its version, and whether it runs from its repository."""

from importlib.metadata import version
from pathlib import Path

PACKAGE = "clinic-ledger"


def program_version() -> str:
    """Return the version of the program."""
    return version(PACKAGE)


def is_installed() -> bool:
    """Return whether the program was installed from a wheel. Otherwise it runs in its repository, through uv."""
    return not (Path(__file__).parents[1] / "pyproject.toml").exists()
