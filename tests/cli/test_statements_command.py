"""``clinicledger statements``: files of one provider each, in a folder."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from server.cli.commands import app
from tests.invented import LAKESIDE, a_row
from tests.papers.reading import text_of
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, pressed, visits

RUN = "lakeside-2026-10-r1"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger with a draft run of two providers, and another clinic."""
    made = a_ledger(tmp_path / "ledger", LAKESIDE, HARBOR)
    rows = [*visits(5, 6), a_row(id="M-1", provider="Max Doe")]
    pressed(made, "payroll.generate", a_click(rows))
    made.close()
    return made.folder


def statements(ledger: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["statements", *words, "--ledger", str(ledger)])


def test_each_provider_has_files_in_the_folder(ledger: Path, tmp_path: Path) -> None:
    ran = statements(ledger, RUN, "--dir", str(tmp_path / "mail" / "October"), "--json")

    names = [f"2026-10 {name}.{ending}" for name in ("Jane Roe", "Max Doe") for ending in ("pdf", "xlsx")]
    told = orjson.loads(ran.stdout)
    assert (ran.exit_code, told["run"], told["files"]) == (0, RUN, names)
    folder = tmp_path / "mail" / "October"
    assert sorted(path.name for path in folder.iterdir()) == names
    assert "Max" not in text_of((folder / names[0]).read_bytes())

    again = statements(ledger, RUN, "--dir", str(folder), "--format", "pdf")
    assert again.stdout.split() == ["Saved", "2", "files", "to", str(folder)]
    assert len([*folder.iterdir()]) == len(names)


@pytest.mark.parametrize(
    "run", ["lakeside-2026-10-r2", "nowhere-2026-10-r1", "harbor-2026-10-r1", "../x", ""]
)
def test_a_run_that_is_not_there_is_refused_and_nothing_is_written(
    ledger: Path, tmp_path: Path, run: str
) -> None:
    ran = statements(ledger, run, "--dir", str(tmp_path / "mail"), "--json")
    assert (ran.exit_code, orjson.loads(ran.stdout)["code"]) == (1, "unknown-run")
    assert not (tmp_path / "mail").exists()


def test_a_folder_that_cannot_be_made_is_bad_usage(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    assert statements(ledger, RUN, "--dir", str(tmp_path / "mail")).exit_code == 2
