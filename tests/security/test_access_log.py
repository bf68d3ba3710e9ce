"""The access log of the firm: who tried to get in, who was let in or kept out, what was copied, and no secret."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from server.cli.commands import app
from server.cli.service import temporary_service
from server.ledger.clock import utc_now
from server.ledger.firm_access import MOST_ORIGINS, OTHERS
from server.ledger.store import Ledger
from server.settings import Settings
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.security.conftest import Running

Code = Callable[[], str]
GUESS = "a-guessed-token"


def recorded(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in Ledger(folder).access.rows(10_000):
        found[row.what] += row.times
    return found


def test_refused_tokens_and_codes_are_all_counted_and_none_is_written_down(
    tmp_path: Path,
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.tokens.ensure_desktop()
    revoked = ledger.tokens.give("office")
    ledger.tokens.revoke(ledger.tokens.list_tokens()[-1].id)
    with (
        temporary_service(Settings(path=ledger.folder, workers=0)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        for _ in range(30):
            client.get("/clinics", headers={"authorization": f"Bearer {GUESS}"})
        for _ in range(3):
            client.get("/clinics", headers={"authorization": f"Bearer {revoked}"})
            client.post("/pair", json={"code": "WRONG-CODE"})
        client.get("/clinics")  # shows no token: an add-in that is not paired yet
        assert recorded(ledger.folder)["token-unknown"] == 1  # the first one at once
    counts = recorded(ledger.folder)
    assert (counts["token-unknown"], counts["token-revoked"], counts["code-unusable"]) == (30, 3, 3)
    assert "token-needed" not in counts
    for path in ledger.folder.rglob("firm.db*"):
        for secret in (GUESS, revoked, "WRONG"):
            assert secret.encode() not in path.read_bytes()


def test_no_number_of_refusals_fills_the_disk(tmp_path: Path) -> None:
    moment = [a_clock()]
    ledger = Ledger(tmp_path, lambda: moment[0])
    sent = 0
    for minute in range(5):
        for number in range(200):
            moment[0] = a_clock() + timedelta(minutes=minute, milliseconds=number)
            for _ in range(3):
                ledger.access.record_refusal("token-unknown", f"2001:db8::{number:x}")
                sent += 1
        moment[0] = a_clock() + timedelta(minutes=minute + 1)
        ledger.access.write_counted()
    moment[0] += timedelta(minutes=1)
    ledger.access.write_counted()
    rows = ledger.access.rows(10_000)
    assert sum(row.times for row in rows) == sent
    assert len(rows) <= 5 * 2 * (MOST_ORIGINS + 1)
    assert OTHERS in {row.origin for row in rows}


def test_a_clock_set_back_loses_no_refusal(tmp_path: Path) -> None:
    moment = [a_clock()]
    ledger = Ledger(tmp_path, lambda: moment[0])
    for days in (0, -3, -3, 2, -9, -9, 5):
        moment[0] = a_clock() + timedelta(days=days)
        ledger.access.record_refusal("token-unknown", "192.0.2.7")
        ledger.access.write_counted()
    ledger.access.write_counted(all_of_them=True)
    assert recorded(tmp_path) == {"token-unknown": 7}


def test_tokens_and_copies_leave_their_trace(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", a_clock)
    ledger.open_clinic(LAKESIDE)
    token = ledger.tokens.give("office", "Ana's browser")
    (listed,) = ledger.tokens.list_tokens()
    ledger.tokens.revoke(listed.id)
    ledger.backup(tmp_path / "backup")
    ledger.export("lakeside", tmp_path / "export")
    other = Ledger(tmp_path / "other", a_clock)
    other.restore(tmp_path / "backup")

    told = [(row.what, row.about) for row in reversed(ledger.access.rows(10))]
    assert told == [
        ("token-issued", f"office {listed.id}"),
        ("token-revocation", listed.id),
        ("backup", "1 clinic"),
        ("export", "lakeside"),
    ]
    assert [(row.what, row.about) for row in other.access.rows(10)] == [("restore", "lakeside")]
    assert ("backup", "1 clinic") in [
        (row.what, row.about) for row in Ledger(tmp_path / "backup").access.rows(9)
    ]
    shown = CliRunner().invoke(
        app, ["ledger", "access", "--ledger", str(ledger.folder)], env={"COLUMNS": "160"}
    )
    assert [word in shown.output for word in ("Token issued", "Export", "lakeside")] == [True] * 3
    assert token not in shown.output
    as_json = CliRunner().invoke(
        app, ["ledger", "access", "--json", "--last", "1", "--ledger", str(ledger.folder)]
    )
    (last,) = orjson.loads(as_json.output)["access"]
    assert (last["what"], last["times"], last["origin"]) == ("export", 1, "local")


@pytest.mark.parametrize("change", ["DELETE FROM access", "UPDATE access SET times = 9"])
def test_the_log_cannot_be_rewritten(tmp_path: Path, change: str) -> None:
    Ledger(tmp_path).tokens.give("office")
    with closing(sqlite3.connect(tmp_path / "firm.db")) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(change)


def test_a_code_used_from_the_pane_is_one_token_issued(
    closed: Running, stranger: httpx.Client, code: Code
) -> None:
    before: datetime = utc_now()
    stranger.post("/pair", json={"code": code()})
    issued = [row for row in Ledger(closed.ledger).access.rows(9) if row.what == "token-issued"]
    assert [datetime.fromisoformat(row.recorded_at) > before for row in issued][:1] == [True]
    assert [row.about.split()[0] for row in issued] == ["office", "desktop"]
