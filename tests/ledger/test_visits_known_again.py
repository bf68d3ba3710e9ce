"""Books written before visits were known by more than an ID as it was spelled."""

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlite_utils import Database

from server.errors import AlreadyPaidElsewhere
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.sqlite.library import Connection
from server.ledger.engine.sqlite.schema import CLINIC
from server.ledger.engine.sqlite.session import SqliteSession
from server.ledger.payroll import drafts, paid_visits, run_actions
from tests.ledger.invented import a_run

pytestmark = pytest.mark.sqlite("a file of an earlier program")

EARLIER = "0008-visits-known-again"
LINE = "'{run}', {place}, '{identity}', 2, '{id}', '2026-09-03', 'Ada Invented', 'EX-101', 'attended'"


@pytest.fixture
def earlier(tmp_path: Path) -> Database:
    """Have books of before, with a closed run of two lines and a draft."""
    db = Database(sqlite3.connect(tmp_path / "earlier.db", factory=Connection))
    CLINIC.take_steps(db, before=EARLIER)
    run = (
        "INSERT INTO pay_run (id, first_day, last_day, number, state, revision, rows_in, paid, excluded, held, blocked,"
        " already_paid, paid_cents, fingerprint, figures, made_at, made_by)"
        " VALUES ('{id}', '2026-09-01', '2026-09-{last}', 1, 'draft', 1, 2, 2, 0, 0, 0, 0, 2, '', x'', 'then', 'ana')"
    )
    db.execute(run.format(id="old", last="30"))
    db.execute(
        "INSERT INTO rate_used VALUES ('old', 0, '*', '*', 'per session', 1, 0, '2026-01-01', '', 2, 2)"
    )
    for place, (identity, appointment) in enumerate([("id: AB-1", " AB-1"), ("visit:00ff", "")]):
        line = LINE.format(run="old", place=place, identity=identity, id=appointment)
        db.execute(f"INSERT INTO pay_line VALUES ({line}, NULL, NULL, NULL, NULL, 0, 1)")  # noqa: S608
    db.execute("UPDATE pay_run SET state = 'closed', closed_at = 'then', closed_by = 'max' WHERE id = 'old'")
    db.execute(run.format(id="open", last="29"))
    block = orjson.loads(drafts.pack_lines(a_run(["AB-1"])))
    del block["lines"]["provider_key"], block["lines"]["patient_key"]
    db.execute(
        "INSERT INTO draft VALUES ('open', ?, ?)", [orjson.dumps(["id:AB-1"]).decode(), orjson.dumps(block)]
    )
    db.conn.commit()
    return db


def in_session(db: Database) -> DatabaseSession:
    assert isinstance(db.conn, Connection)
    return SqliteSession(db.conn)


def test_ids_of_earlier_runs_are_compared_folded_and_shown_as_they_were(earlier: Database) -> None:
    CLINIC.take_steps(earlier)

    (visit,) = paid_visits.by_identity(in_session(earlier), ["id:ab-1"])

    assert (visit.run_id, visit.provider_key, visit.patient_key) == ("old", "adainvented", "")
    shown = earlier.execute("SELECT identity, appointment FROM pay_line ORDER BY place").fetchall()
    assert shown == [("id:ab-1", " AB-1"), ("visit:00ff", "")]
    earlier.conn.close()


def test_lines_of_earlier_runs_still_never_change(earlier: Database) -> None:
    CLINIC.take_steps(earlier)

    with closing(earlier.conn), pytest.raises(sqlite3.IntegrityError, match="never changed"):
        earlier.execute("UPDATE pay_line SET identity = identity")


def test_a_draft_of_before_is_read_and_does_not_pay_again_what_was_paid(earlier: Database) -> None:
    CLINIC.take_steps(earlier)
    draft = drafts.load(in_session(earlier), "open")

    assert draft.lines().provider_key == ["adainvented"]
    with closing(earlier.conn), pytest.raises(AlreadyPaidElsewhere, match="old already pays 1"):
        run_actions.close_run(in_session(earlier), "open", (), Stamp("now", "max"))


def test_the_sums_of_runs_of_before_are_added_up(earlier: Database) -> None:
    CLINIC.take_steps(earlier)

    sums = "SELECT run, place, provider_key, provider, amount_cents FROM pay_line_total"
    assert earlier.execute(sums).fetchall() == [("old", 0, "adainvented", "Ada Invented", 2)]
    earlier.conn.close()
