"""Triggers follow the one list of table rules: in new files, in older ones, and in files somebody changed."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite import triggers
from server.ledger.engine.sqlite.database_file import SqliteFile
from server.ledger.engine.sqlite.schema import CLINIC, FIRM, Schema, database_of
from server.ledger.engine.table_rules import CLINIC_TABLES, FIRM_TABLES, REFUSED, Journal, RowRule, Tables
from tests.behind import connect_file
from tests.ledger.refused import RULE_BROKEN

pytestmark = pytest.mark.sqlite("triggers made in files; test_postgresql.py compares those of both engines")

Raw = Callable[[str], list[tuple[object, ...]]]

KINDS = pytest.mark.parametrize(("schema", "tables"), [(CLINIC, CLINIC_TABLES), (FIRM, FIRM_TABLES)])
OF_THE_ENGINE = {"_sqlite_migrations"}
NO_JOURNAL: Journal = {}
WITHOUT_TRIGGERS_BY_HAND = (
    "books",
    "carried_forward",
    "case_attorney",
    "case_record",
    "device_request",
    "emergency_access",
    "finding_seen",
    "held_visit",
    "reminder",
    "reminder_decision",
    "group_session",
    "group_session_withdrawal",
    "hours_line",
    "journal",
    "password_link",
    "pay_adjustment",
    "pay_item",
    "pay_item_line",
    "pay_item_withdrawal",
    "payment_line",
    "pay_line_total",
    "share_rule",
    "share_rule_withdrawal",
    "supervision",
    "supervision_withdrawal",
    "pay_plan",
    "pay_plan_withdrawal",
    "plan_line",
    "payer_contact",
    "payer_contact_withdrawal",
    "reminder_level",
    "reminder_level_withdrawal",
    "mail_text",
    "mail_text_withdrawal",
    "mail_message",
    "mail_invoice",
    "mail_outcome",
    "program_token",
    "unallocated_payment",
    "identity_account",
    "rate_acceptance",
    "recorded_name",
    "session",
    "status_answer",
    "status_request",
    "user",
    "vanished_answer",
)
"""The tables of steps that were written after the triggers were generated."""
UNCONDITIONAL = " BEGIN SELECT RAISE(ABORT, '{table} rows are never {refused}'); END"


def triggers_of(db: sqlite3.Connection) -> dict[str, str]:
    """Return the triggers of a file: their statements, on one line, by their names."""
    found = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    return {name: " ".join(sql.split()) for name, sql in found}


def tables_of(db: sqlite3.Connection) -> set[str]:
    found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name for (name,) in found} - OF_THE_ENGINE


def put_right(db: sqlite3.Connection, tables: Tables, journal: Journal = NO_JOURNAL) -> None:
    for statement in triggers.repairs(db, tables, journal):
        db.execute(statement)


def as_the_steps_leave_it(schema: Schema) -> sqlite3.Connection:
    """Return a file with every table, and with the triggers that are written in SQL and no others."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema.take_steps(database_of(db))
    return db


@pytest.fixture
def cases() -> Iterator[sqlite3.Connection]:
    """Return a file of two tables that no SQL protects."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, day TEXT) STRICT")
        db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT) STRICT")
        db.execute("INSERT INTO visit VALUES (1, '2026-01-01')")
        db.execute("INSERT INTO note VALUES (1, 'so')")
        yield db


@KINDS
def test_the_list_has_every_table_of_a_new_file_and_no_other(schema: Schema, tables: Tables) -> None:
    with closing(as_the_steps_leave_it(schema)) as db:
        assert tables_of(db) == tables.keys()


@KINDS
def test_only_tables_with_rules_of_their_own_have_update_triggers_in_sql(
    schema: Schema, tables: Tables
) -> None:
    with closing(as_the_steps_leave_it(schema)) as db:
        put_right(db, tables, schema.journal)
        by_hand = triggers_of(db).keys() - triggers.triggers_for(tables, schema.journal).keys()
        found = db.execute("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()

    about_updates = {table for name, table, sql in found if name in by_hand and "BEFORE UPDATE" in sql}
    assert about_updates == {table for table, rule in tables.items() if rule is RowRule.OWN_RULES}


@KINDS
def test_what_older_steps_wrote_by_hand_is_what_would_be_generated(schema: Schema, tables: Tables) -> None:
    with closing(as_the_steps_leave_it(schema)) as db:
        changed = triggers.repairs(db, tables, NO_JOURNAL)

    assert not [one for one in changed if not any(table in one for table in WITHOUT_TRIGGERS_BY_HAND)]


def test_a_table_no_sql_protects_is_protected_by_the_list(cases: sqlite3.Connection) -> None:
    put_right(cases, {"visit": RowRule.APPEND_ONLY, "note": RowRule.NEVER_DELETED})

    with pytest.raises(sqlite3.IntegrityError, match="visit rows are never changed"):
        cases.execute("UPDATE visit SET day = day")
    with pytest.raises(sqlite3.IntegrityError, match="visit rows are never deleted"):
        cases.execute("DELETE FROM visit")
    with pytest.raises(sqlite3.IntegrityError, match="note rows are never deleted"):
        cases.execute("DELETE FROM note")
    assert cases.execute("UPDATE note SET words = 'else'").rowcount == 1
    assert cases.execute("INSERT INTO visit (day) VALUES ('2026-01-02')").rowcount == 1


def test_replacing_a_row_that_is_only_added_counts_as_deleting_it(cases: sqlite3.Connection) -> None:
    cases.execute("PRAGMA recursive_triggers = ON")  # as every connection of the ledger has it
    put_right(cases, {"visit": RowRule.APPEND_ONLY})

    with pytest.raises(sqlite3.IntegrityError, match="visit rows are never deleted"):
        cases.execute("INSERT OR REPLACE INTO visit VALUES (1, '2027-01-01')")


def test_a_table_that_is_not_in_the_file_yet_is_passed_over(cases: sqlite3.Connection) -> None:
    put_right(cases, {"of_tomorrow": RowRule.APPEND_ONLY})

    assert triggers_of(cases) == {}


def test_a_table_that_may_change_from_now_on_loses_its_trigger(cases: sqlite3.Connection) -> None:
    put_right(cases, {"visit": RowRule.APPEND_ONLY})
    put_right(cases, {"visit": RowRule.NEVER_DELETED})

    assert triggers_of(cases).keys() == {"visit_stays"}


@pytest.mark.parametrize("name", ["visit_is_kept", "visit_never_changes"])
def test_a_trigger_by_hand_of_the_same_meaning_gives_way(cases: sqlite3.Connection, name: str) -> None:
    cases.execute(
        f"CREATE TRIGGER {name}\nBEFORE UPDATE ON visit"
        + UNCONDITIONAL.format(table="visit", refused="changed")
    )
    rules = {"visit": RowRule.APPEND_ONLY}
    put_right(cases, rules)

    assert triggers_of(cases).keys() == {"visit_never_changes", "visit_stays"}
    assert not triggers.repairs(cases, rules, NO_JOURNAL)


def test_triggers_of_a_table_that_is_not_listed_are_left_alone(cases: sqlite3.Connection) -> None:
    put_right(cases, {"visit": RowRule.APPEND_ONLY, "note": RowRule.APPEND_ONLY})
    put_right(cases, {"note": RowRule.REPLACEABLE})

    assert triggers_of(cases).keys() == {"visit_never_changes", "visit_stays"}


def test_a_weaker_trigger_under_the_name_of_a_generated_one_is_replaced(cases: sqlite3.Connection) -> None:
    cases.execute(
        "CREATE TRIGGER visit_stays BEFORE DELETE ON visit WHEN OLD.id > 7"
        + UNCONDITIONAL.format(table="visit", refused="deleted")
    )
    put_right(cases, {"visit": RowRule.APPEND_ONLY})

    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        cases.execute("DELETE FROM visit")


@KINDS
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_whatever_becomes_of_the_triggers_they_are_put_right(
    schema: Schema, tables: Tables, data: st.DataObject
) -> None:
    with closing(as_the_steps_leave_it(schema)) as db:
        put_right(db, tables, schema.journal)
        before = triggers_of(db)
        for name in data.draw(
            st.sets(st.sampled_from(sorted(triggers.triggers_for(tables, schema.journal))))
        ):
            db.execute(f"DROP TRIGGER {name}")
        for table in data.draw(st.sets(st.sampled_from(sorted(tables)))):
            unwanted = {"UPDATE", "DELETE"} - set(REFUSED[tables[table]])
            for event in sorted(unwanted):
                refused = {"UPDATE": "changed", "DELETE": "deleted"}[event]
                text = UNCONDITIONAL.format(table=table, refused=refused)
                db.execute(f"CREATE TRIGGER {table}_by_hand_{refused} BEFORE {event} ON {table}{text}")
        put_right(db, tables, schema.journal)

        assert triggers_of(db) == before
        assert not triggers.repairs(db, tables, schema.journal)


def test_a_file_somebody_took_a_trigger_out_of_has_it_again_at_the_next_click(
    lakeside: ClinicStore, raw: Raw
) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "looked", "around")
    raw("DROP TRIGGER access_stays")

    with lakeside.reading():
        pass
    with pytest.raises(RULE_BROKEN, match="access rows are never deleted"):
        raw("DELETE FROM access")


def test_a_file_whose_triggers_are_right_is_not_written_to(lakeside: ClinicStore, raw: Raw) -> None:
    before = raw("PRAGMA schema_version"), raw("PRAGMA data_version")

    with lakeside.reading():
        pass

    assert (raw("PRAGMA schema_version"), raw("PRAGMA data_version")) == before


@pytest.mark.parametrize("step", CLINIC.steps[1:])
def test_a_file_of_any_earlier_step_ends_up_like_a_new_one(
    lakeside: ClinicStore, raw: Raw, tmp_path: Path, step: str
) -> None:
    with lakeside.reading():
        expected = set(raw("SELECT type, name, tbl_name FROM sqlite_schema"))
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        CLINIC.take_steps(database_of(old), before=step)

    SqliteFile(path, CLINIC, lambda: "2026-11-02T15:04:05.678+00:00").create()

    with closing(connect_file(path)) as now:
        assert set(now.execute("SELECT type, name, tbl_name FROM sqlite_schema")) == expected
