"""Who signed in, and who looked at what of which clinic, from where: searched on the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from server.billing.people import Role
from server.cli.commands import app
from server.cli.service import temporary_service
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from server.settings import Settings
from tests.invented import LAKESIDE
from tests.people import CHEAP, LAKESIDE_ONLY, add_user, at, opened, token_of
from tests.ribbon.clicks import HARBOR, a_click, a_ledger


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger in which two people looked at lists of two clinics."""
    ledger = opened(a_ledger(tmp_path_factory.mktemp("looked") / "ledger", LAKESIDE, HARBOR).folder)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    mina = add_user(ledger, "mina", "Mina Manager", Role.MANAGER)
    ben = add_user(ledger, "ben", "Ben Biller", Role.BILLER, clinics=LAKESIDE_ONLY)
    tokens = {user.name: token_of(ledger, user) for user in (mina, ben)}
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url, at(url) as client:
        for name, clinic in (("mina", "harbor"), ("ben", "lakeside"), ("mina", "lakeside")):
            own = {"authorization": f"Bearer {tokens[name]}"}
            assert client.get(f"/clinics/{clinic}/invoices", headers=own).status_code == 200
        click = a_click() | {"sheets": []}
        own = {"authorization": f"Bearer {tokens['ben']}"}
        assert client.post("/ribbon/invoices.open", json=click, headers=own).status_code == 200
    ledger.close()
    return ledger.folder


def found(folder: Path, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["ledger", "access", "--ledger", str(folder), "--json", *options])
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.output)["access"]
    return rows


def test_a_clinic_says_who_looked_at_what_and_from_where(folder: Path) -> None:
    rows = found(folder, "--clinic", "lakeside")
    assert [(row["who"], row["what"]) for row in rows] == [
        ("Ben Biller", "open invoices"),
        ("Mina Manager", "list invoices"),
        ("Ben Biller", "list invoices"),
    ]
    assert {row["origin"] for row in rows} == {"local"}
    assert {row["clinic"] for row in rows} == {"lakeside"}


@pytest.mark.parametrize("who", ["ben", "BEN", "Ben Biller", "ben  biller"])
def test_everything_of_one_user_is_found_under_either_name(folder: Path, who: str) -> None:
    rows = found(folder, "--clinic", "*", "--who", who)
    assert {row["clinic"] for row in rows} == {"", "lakeside"}
    assert {row["what"] for row in rows} == {"open invoices", "list invoices", "sign-in", "user-added"}
    assert all("ben" in row["about"].split() for row in rows if not row["clinic"])


def test_without_a_clinic_it_is_the_log_of_the_firm(folder: Path) -> None:
    assert {row["clinic"] for row in found(folder)} == {""}
    assert {row["what"] for row in found(folder, "--words", "sign-in add-in MINA")} == {"sign-in"}
    assert found(folder, "--words", "no such words") == []


def test_days_are_of_this_computer(folder: Path) -> None:
    today = datetime.now(UTC).astimezone().date()
    everything = ("--clinic", "*")
    assert found(folder, *everything, "--from", f"{today}", "--to", f"{today}")
    assert found(folder, *everything, "--from", f"{today + timedelta(days=1)}") == []
    assert found(folder, *everything, "--to", f"{today - timedelta(days=400)}") == []
    for day in ("0001-01-01", "9999-12-31"):
        assert len(found(folder, *everything, "--from", day, "--to", day)) in {
            0,
            len(found(folder, *everything)),
        }


def test_a_clinic_that_is_not_there_is_refused_in_words(folder: Path) -> None:
    result = CliRunner().invoke(
        app, ["ledger", "access", "--ledger", str(folder), "--json", "--clinic", "nowhere"]
    )
    assert (result.exit_code, json.loads(result.output)["code"]) == (1, "unknown-clinic")


def test_people_read_a_table(folder: Path) -> None:
    result = CliRunner().invoke(
        app, ["ledger", "access", "--ledger", str(folder), "--clinic", "harbor"], env={"COLUMNS": "160"}
    )
    assert "Mina Manager" in result.output


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=2))
def test_whatever_is_typed_is_only_compared(folder: Path, words: str, names: list[str]) -> None:
    ledger = Ledger(folder)
    everything = ledger.search_access(AccessSearch(most=1000), ["lakeside", "harbor"], of_firm=True)
    some = ledger.search_access(AccessSearch(names, words, most=1000), ["lakeside", "harbor"], of_firm=True)
    assert [row for row in everything if row in some] == some
    two = ledger.search_access(AccessSearch(names, words, most=2), ["lakeside", "harbor"], of_firm=True)
    assert two == some[:2]
