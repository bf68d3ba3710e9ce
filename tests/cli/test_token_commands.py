"""``addin tokens`` and ``addin revoke``: who is paired, and the end of that."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from server.cli.commands import app
from server.ledger.store import Ledger


def run(folder: Path, *words: str) -> tuple[int, str]:
    said = CliRunner().invoke(app, ["addin", *words, "--ledger", str(folder)], env={"COLUMNS": "200"})
    return said.exit_code, said.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ledger = Ledger(tmp_path / "ledger")
    ledger.tokens.ensure_desktop()
    ledger.tokens.give("office", "Ana's [Excel]")
    return ledger.folder


def test_the_tokens_are_listed_with_names_and_days_and_without_the_tokens(folder: Path) -> None:
    status, shown = run(folder, "tokens")
    assert status == 0
    assert "Desktop add-in" in shown
    assert "Ana's [Excel]" in shown
    assert "never" in shown
    assert (folder / "desktop-token").read_text().strip() not in shown

    listed = orjson.loads(run(folder, "tokens", "--json")[1])["tokens"]
    assert [(one["holder"], one["name"], one["is_expired"]) for one in listed] == [
        ("desktop", "", False),
        ("office", "Ana's [Excel]", False),
    ]
    assert all(one["expires_at"] > one["given_at"] and one["id"] in shown for one in listed)


def test_one_token_is_revoked_by_its_id(folder: Path) -> None:
    tokens = Ledger(folder).tokens
    office = next(one.id for one in tokens.list_tokens() if one.holder == "office")
    status, shown = run(folder, "revoke", office)
    assert (status, shown.strip()) == (0, f"Revoked {office} (Ana's [Excel]).")
    assert [one.holder for one in tokens.list_tokens()] == ["desktop"]


@pytest.mark.parametrize("wrong", ["ffffffffff", "x", ""])
def test_an_id_that_names_no_token_or_several_revokes_none(folder: Path, wrong: str) -> None:
    status, shown = run(folder, "revoke", wrong, "--json")
    assert (status, orjson.loads(shown)["code"]) == (1, "token-not-listed")
    assert len(Ledger(folder).tokens.list_tokens()) == 2


def test_a_ledger_without_tokens_says_so(tmp_path: Path) -> None:
    folder = Ledger(tmp_path / "open").folder
    assert "no token" in run(folder, "tokens")[1]
    assert orjson.loads(run(folder, "tokens", "--json")[1]) == {"tokens": []}
