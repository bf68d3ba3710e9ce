"""Runs tests against one mutant in a process of its own, forked from one that has the slow imports behind it.

A new Python takes ten seconds to import what the tests need; a fork takes none. The parent never imports ``server``,
so that the mutant is what every import of the child gets. POSIX only.
"""

import ast
import contextlib
import importlib
import importlib.machinery
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

SLOW_IMPORTS = (
    "numpy", "pandas", "orjson", "openpyxl", "fastapi.testclient", "pydantic_settings", "httpx", "hypothesis",
    "hypothesis.strategies", "python_calamine", "xlrd", "xlwings", "sqlite_utils", "typer", "uvicorn", "rich",
    "cryptography.x509", "playwright.sync_api",
)  # fmt: skip


OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""How pytest is called. It warns of plugins that were imported early, and that is what we do."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutated module and the tests to run against it, in order."""

    module: str
    tree: ast.Module
    tests: Sequence[str]


class ChosenTests:
    """A pytest plugin: runs only the tests with these ids, in the order of the ids."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._order = {name: place for place, name in enumerate(ids)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )


def import_slow_packages() -> None:
    """Import what the tests need and what is not the program itself."""
    for name in SLOW_IMPORTS:
        importlib.import_module(name)
    if any(name.partition(".")[0] == "server" for name in sys.modules):
        raise RuntimeError("The rules are imported already, so a mutant of them would change nothing.")


def start_trial(trial: Trial) -> int:
    """Start the tests of a trial and return the id of their process. Without tests, it ends as if they passed."""
    child = os.fork()
    if child:
        return child
    if not trial.tests:
        os._exit(0)
    code = 1
    with contextlib.suppress(BaseException):
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        _install_mutant(trial.module, trial.tree)
        files = list(dict.fromkeys(name.partition("::")[0] for name in trial.tests))
        options = [*OPTIONS, "-x", *files]
        code = int(pytest.main(options, plugins=[ChosenTests(trial.tests)]))
    os._exit(code)


def fate_of(child: int) -> Fate | None:
    """Return the fate of a mutant if its tests have ended, else None."""
    done, status = os.waitpid(child, os.WNOHANG)
    if not done:
        return None
    return Fate.SURVIVED if os.waitstatus_to_exitcode(status) == 0 else Fate.KILLED


def stop_trial(child: int) -> None:
    """Stop the tests of a trial and every process that they started."""
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _install_mutant(module: str, tree: ast.Module) -> None:
    """Make every import of the module get the mutated tree."""
    read_code = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        if fullname != module:
            return read_code(self, fullname)
        return compile(tree, str(Path(self.path)), "exec")

    loader: Any = importlib.machinery.SourceFileLoader
    loader.get_code = get_code
