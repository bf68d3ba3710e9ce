"""Every sentence staff can read, provoked by a file they could have, and printed as they would see it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from server import errors
from tests.gallery.build import CLINICS, FOLDER, workbooks
from tests.gallery.package import parts_of
from tests.gallery.transcript import Entry, Terminal, entries

ENTRIES = entries(FOLDER)
FINDINGS = [entry for entry in ENTRIES if entry.is_finding]
REPLIES = [entry for entry in ENTRIES if not entry.is_finding and not entry.is_refusal]
REFUSALS = [entry for entry in ENTRIES if entry.is_refusal]
ACCEPT = "read what is said today with: uv run python -m tests.gallery.build --accept, then git diff"
BUILD = "stale, or made by hand: run `uv run python -m tests.gallery.build`"


def named(entry: Entry) -> str:
    return entry.path.stem


def put_down(terminal: Terminal, entry: Entry) -> None:
    entry.copy_files(terminal.folder)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tables_of(ledger: Path) -> dict[str, list[str]]:
    """Return the rows of every table of every file, as SQLite tells them."""
    found = {}
    for path in sorted(ledger.rglob("*.db")):
        with closing(sqlite3.connect(path)) as db:
            found[path.name] = list(db.iterdump())
    return found


@pytest.mark.parametrize("entry", [*FINDINGS, *REPLIES], ids=named)
def test_a_finding_or_reply_is_read_as_the_gallery_shows_it(entry: Entry, terminal: Terminal) -> None:
    put_down(terminal, entry)

    assert terminal.transcript(entry) == entry.text, ACCEPT


@pytest.mark.parametrize("entry", FINDINGS, ids=named)
def test_the_text_of_a_finding_holds_its_sentence_and_remedy(entry: Entry) -> None:
    sentence = errors.FINDINGS[entry.code]
    message, remedy = (
        re.sub(r"\\{\w+\\}”?", ".*", re.escape(text)) for text in (sentence.says, sentence.advises)
    )
    assert re.search(rf"^  {sentence.severity} +.*  {message}\n +{remedy}$", entry.text, re.MULTILINE)


@pytest.mark.parametrize("entry", REFUSALS, ids=named)
def test_a_refusal_is_read_as_the_gallery_shows_it_and_changes_nothing(
    entry: Entry, terminal: Terminal
) -> None:
    put_down(terminal, entry)
    *before, refused = entry.typed
    said = "".join(f"$ {command}\n{terminal.said(command)}" for command in before)
    files, tables = files_of(terminal.folder), tables_of(terminal.ledger)

    for_programs = terminal.said(f"{refused} --json")
    said += f"$ {refused}\n{terminal.said(refused)}"

    assert orjson.loads(for_programs.removesuffix("(exit 1)\n"))["code"] == entry.code
    assert said == entry.text, ACCEPT
    assert files_of(terminal.folder) == files
    assert tables_of(terminal.ledger) == tables


def test_the_files_of_the_gallery_are_the_ones_the_script_builds() -> None:
    built = {path.relative_to(FOLDER): parts_of(content) for path, content in workbooks().items()}
    committed = {
        path.relative_to(FOLDER): parts_of(path.read_bytes())
        for path in FOLDER.rglob("*")
        if path.is_file() and path.suffix != ".txt" and path.name != ".gitattributes"
    }
    assert committed.keys() == built.keys(), BUILD
    assert [name for name in built if built[name] != committed[name]] == [], BUILD


def test_every_file_of_the_gallery_has_its_text() -> None:
    files = {path.with_suffix("") for path in workbooks() if path.parent != CLINICS}
    texts = {entry.path.with_suffix("") for entry in ENTRIES}
    sent_beside = {path for path in files - texts if path.suffix in {".before", ".after", ".colleague"}}
    assert sent_beside == files - texts
    assert {path.with_suffix("") for path in sent_beside} <= texts
    assert {path.name for path in texts - files} == {"address-unusable", "file-missing"}


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_one_of_something_is_not_said_as_several(entry: Entry) -> None:
    assert not re.search(r"\b1 (rows|visits|appointments|cells|providers|lines)\b", entry.text)
    assert not re.search(r"\brow \d+(-|, )\d", entry.text)
