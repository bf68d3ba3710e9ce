"""Statements through a session: values come back as they went in, and nothing works after its end."""

# ruff: noqa: S608 -- the statements are made of this file's own words

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.sqlite.connections import connect
from server.ledger.engine.sqlite.database_file import SqliteFile
from server.ledger.engine.sqlite.schema import CLINIC
from server.ledger.engine.sqlite.session import SqliteSession
from server.ledger.engine.value_table import ValueTable

pytestmark = pytest.mark.sqlite("sessions on a file of the test's own")

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.none() | TEXTS | st.integers(-(2**63), 2**63 - 1)
PAIRS = ValueTable("pair", "first", "second")
WORDS = ValueTable("listed", "word")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseSession]:
    path = tmp_path_factory.mktemp("session") / "books.db"
    path.touch()
    conn = connect(path, 1.0)
    conn.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, name TEXT, units INTEGER) STRICT")
    yield SqliteSession(conn)
    conn.close()


@settings(deadline=None)
@given(rows=st.lists(st.tuples(VALUES, VALUES)))
def test_rows_of_values_are_read_as_they_are(
    session: DatabaseSession, rows: list[tuple[object, object]]
) -> None:
    assert session.all(f"SELECT first, second FROM {PAIRS.sql}", [PAIRS.rows(rows)]) == rows


@settings(deadline=None)
@given(words=st.lists(TEXTS))
def test_a_table_of_one_column_is_read_as_it_is(session: DatabaseSession, words: list[str]) -> None:
    expected = [(word,) for word in words]
    assert session.all(f"SELECT word FROM {WORDS.sql}", [WORDS.values(words)]) == expected
    assert WORDS.rows(expected) == WORDS.values(words)


@pytest.mark.parametrize("rows", [[("a",)], [("a", "b", "c")], [("a", "b"), ()]])
def test_rows_of_another_width_are_refused(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="2 values"):
        PAIRS.rows(rows)
    with pytest.raises(ValueError, match="unpack"):
        PAIRS.values(["a"])


@settings(deadline=None)
@given(name=TEXTS, units=st.integers(-(2**63), 2**63 - 1))
def test_a_row_is_added_found_and_changed_by_its_id(session: DatabaseSession, name: str, units: int) -> None:
    row_id = session.insert("visit", {"name": name, "units": units})
    assert session.one("SELECT name, units FROM visit WHERE id = ?", [row_id]) == (name, units)

    session.update("visit", row_id, {"units": None})

    found = list(session.records("SELECT * FROM visit WHERE id = ?", [row_id]))
    assert found == [{"id": row_id, "name": name, "units": None}]
    assert session.execute("DELETE FROM visit WHERE id = ?", [row_id]) == 1


def test_many_rows_are_added_and_changed_at_once(session: DatabaseSession) -> None:
    session.insert_many("visit", ("id", "name"), ((place, "") for place in (1, 2, 3)))
    session.update_many("visit", ("name", "units"), [("a", 10, 1), ("b", 20, 2)])

    assert session.all("SELECT name, units FROM visit ORDER BY id") == [("a", 10), ("b", 20), ("", None)]
    assert session.execute("DELETE FROM visit WHERE id > ?", [1]) == 2
    assert session.execute("DELETE FROM visit") == 1


def test_nothing_found_is_none_and_an_empty_list(session: DatabaseSession) -> None:
    nothing = "SELECT name FROM visit WHERE false"

    assert session.one(nothing) is None
    assert session.value(nothing) is None
    assert (session.all(nothing), list(session.each(nothing)), list(session.records(nothing))) == ([], [], [])


@pytest.mark.parametrize("use", ["read", "write", "verify"])
def test_a_session_is_over_with_its_reading_or_transaction(tmp_path: Path, use: str) -> None:
    file = SqliteFile(tmp_path / "books.db", CLINIC, lambda: "2026-11-02T15:04:05.678+00:00")
    file.create()
    with getattr(file, use)() as session:
        session.one("SELECT 1")

    with pytest.raises(AttributeError):
        session.one("SELECT 1")
