"""Books of before reminders were records: each step that reminds becomes one, and each invoice knows since when it waits."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite.library import Connection
from server.ledger.engine.sqlite.schema import CLINIC, database_of
from tests.ledger.files import file_of
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, created, take

pytestmark = pytest.mark.sqlite("a file of an earlier program")

EARLIER = "0035-reminder-records"
TABLES = ("patient", "payer", "attorney", "facility", "physician", "patient_case", "invoice", "step")


@pytest.mark.plain("attached files")
def test_what_earlier_books_say_of_reminders_is_kept(lakeside: ClinicStore, tmp_path: Path) -> None:
    ended, waiting, bounced, reopened = created(lakeside, *[a_draft()] * 4)
    for number in (ended, waiting):
        take(
            lakeside, Action.REMIND, [number], due_date=TODAY + timedelta(days=3), note=f"call about {number}"
        )
    take(lakeside, Action.NOTE, [ended], note="he called")
    take(lakeside, Action.SEND, [bounced, reopened], day=TODAY - timedelta(days=9))
    take(lakeside, Action.AGREE, [bounced, reopened], **AGREED)
    take(lakeside, Action.RECORD_CHEQUE, [bounced], **a_cheque(80_00))
    take(lakeside, Action.BOUNCE, [bounced], day=TODAY, note="no funds")
    take(lakeside, Action.REOPEN, [reopened], note="wrong amount")
    take(lakeside, Action.NOTE, [bounced], note="asked again")
    now = "SELECT number, state, state_place, state_since FROM invoice ORDER BY id"
    with lakeside.reading() as books:
        expected = books._session.all(now)  # noqa: SLF001
    path = tmp_path / "earlier.db"
    with closing(sqlite3.connect(path, factory=Connection, isolation_level=None)) as old:
        CLINIC.take_steps(database_of(old), before=EARLIER)
        old.execute("ATTACH DATABASE ? AS made", [str(file_of(lakeside))])
        for table in TABLES:
            columns = ", ".join(row[1] for row in old.execute(f"PRAGMA main.table_info({table})"))
            copied = f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM made.{table} ORDER BY id"  # noqa: S608
            old.execute(copied)
        old.execute("DETACH DATABASE made")

        CLINIC.take_steps(database_of(old))

        assert old.execute(now).fetchall() == expected
        kept = old.execute("SELECT note, due_on, waits_until FROM reminder ORDER BY id").fetchall()
        due = (TODAY + timedelta(days=3)).isoformat()
        assert kept == [(f"call about {ended}", due, None), (f"call about {waiting}", due, due)]
        assert old.execute("SELECT reminder, decision, recorded_by FROM reminder_decision").fetchall() == [
            (1, "done", "ana")
        ]
