"""A service for the session, and for each test a ledger in which the invented practice is set up."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from server.cli import commands
from server.cli.service import temporary_service
from server.settings import Settings
from tests.end_to_end.practice import setup_book


def rows_of(workbook: Path, sheet: str) -> list[dict[str, Any]]:
    """Return a sheet of a saved workbook as a reader that is not ours sees it: a row a dict."""
    heads, *rows = CalamineWorkbook.from_path(workbook).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


@dataclass(frozen=True)
class Biller:
    """Somebody at a computer: presses buttons on files, and looks at what came of it."""

    url: str
    ledger: Path
    folder: Path

    def press(self, button: str, workbook: Path, *options: str) -> dict[str, Any]:
        """Press a button with ``clinicledger press --json`` and return the reply."""
        told = self._press(button, workbook, *options)
        assert "code" not in told, told
        return told

    def confirm(self, button: str, workbook: Path, *options: str) -> dict[str, Any]:
        """Press a button that may ask before it acts, tick all that must be ticked, and press the first button of its form."""
        reply = self.press(button, workbook, *options)
        fields = (reply["asks"] or {"fields": []})["fields"]
        if not any(field["kind"] == "buttons" for field in fields):
            return reply
        given = [
            f"--set={field['name']}={field['choices'][0]['value']}"
            for field in fields
            if field["kind"] == "buttons" or (field["kind"] == "several" and field["required"])
        ]
        return self.press(button, workbook, *options, *given)

    def refused(self, button: str, workbook: Path, *options: str) -> dict[str, Any]:
        """Press a button that should not be carried out, and return why it is not."""
        told = self._press(button, workbook, *options)
        assert "code" in told, told
        return told

    def _press(self, button: str, workbook: Path, *options: str) -> dict[str, Any]:
        words = ["press", button, str(workbook), "--service", self.url, "--json", *options]
        result = CliRunner().invoke(commands.app, words, catch_exceptions=False)
        told: dict[str, Any] = orjson.loads(result.stdout)
        return told

    def sheet(self, workbook: Path, name: str) -> list[dict[str, Any]]:
        """Return a sheet of a saved workbook, a row a dict."""
        return rows_of(workbook, name)

    def http(self) -> httpx.Client:
        """Return a program that speaks to the service by itself."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60)


@pytest.fixture(scope="session")
def practice_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set the practice up once, by its own button."""
    folder = tmp_path_factory.mktemp("practice")
    ledger = folder / "ledger"
    setup_book().save(folder / "setup.xlsx")
    with temporary_service(Settings(path=ledger, workers=0)) as url:
        saved = Biller(url, ledger, folder).press("clinic.save", folder / "setup.xlsx")
    assert saved["level"] == "done", saved
    return ledger


@pytest.fixture
def biller(practice_ledger: Path, tmp_path: Path) -> Iterator[Biller]:
    ledger = tmp_path / "ledger"
    shutil.copytree(practice_ledger, ledger)
    with temporary_service(Settings(path=ledger, workers=0)) as url:
        yield Biller(url, ledger, tmp_path)
