"""``clinicledger ledger verify | accept | backup | export | restore | info``, as somebody types them."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.billing.clinics import Clinic
from server.cli.commands import app
from server.ledger.restoring import LOCK
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.object_bucket import ObjectBucket
from server.storage import Storage
from tests.ledger.invoiced import a_draft, created
from tests.ledger.objects import IN_FOLDER_AND_BUCKET
from tests.object_servers import S3Server

run = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, bucket: ObjectBucket | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a ledger of two clinics, one of them with two invoices and a document."""
    if bucket:
        monkeypatch.setenv("CLINIC_LEDGER_OBJECTS", bucket.address)
    ledger = Ledger(tmp_path / "ledger", storage=Storage(bucket=bucket))
    ledger.open_clinic(Clinic("hillside", "Hillside Practice"))
    lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
    created(lakeside, a_draft(), a_draft(cents=50_50))
    lakeside.keep_document(b"%PDF-1.7 an invented cheque", "cheque.pdf", "ana")
    return ledger.folder


def told(*words: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    done = run.invoke(app, ["ledger", *map(str, words), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


@IN_FOLDER_AND_BUCKET
def test_books_that_are_whole_are_said_to_be(folder: Path) -> None:
    found = told("verify", "--ledger", folder)

    assert found["lakeside"]["whole"]
    assert (found["lakeside"]["steps"], found["lakeside"]["receivable_cents"]) == (2, 150_50)
    assert found["hillside"]["invoices"] == 0
    assert list(told("verify", "--clinic", "lakeside", "--ledger", folder)) == ["lakeside"]
    assert "$150.50 receivable" in run.invoke(app, ["ledger", "verify", "--ledger", str(folder)]).stdout


def test_the_first_bad_row_is_named_and_the_exit_says_so(folder: Path) -> None:
    db = sqlite3.connect(folder / "clinics" / "lakeside.db", isolation_level=None)
    db.execute("DROP TRIGGER step_never_changes")
    db.execute("UPDATE step SET note = 'x' WHERE id = 2")
    db.close()

    found = told("verify", "--ledger", folder, code=1)
    assert not found["lakeside"]["whole"]
    assert (found["lakeside"]["table"], found["lakeside"]["row"]) == ("step", "2")
    assert found["hillside"]["whole"]
    assert "step 2" in run.invoke(app, ["ledger", "verify", "--ledger", str(folder)]).stdout


@pytest.mark.parametrize("clinic", [(), ("--clinic", "lakeside")], ids=["all", "one"])
def test_a_row_changed_in_the_file_of_the_firm_alone_is_named_and_the_exit_says_so(
    folder: Path, clinic: tuple[str, ...]
) -> None:
    """It holds who was let in. All clinics are whole, and the ledger is not."""
    Ledger(folder).tokens.give("office", "Front desk")
    with closing(sqlite3.connect(folder / "firm.db", isolation_level=None)) as db:
        for name, sql in db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'access'"
        ).fetchall():
            if str(sql).startswith("CREATE TRIGGER"):
                db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE access SET about = 'nobody'")

    found = told("verify", *clinic, "--ledger", folder, code=1)
    assert found["lakeside"]["whole"]
    assert (found["firm.db"]["whole"], found["firm.db"]["table"]) == (False, "access")
    assert run.invoke(app, ["ledger", "verify", *clinic, "--ledger", str(folder)]).exit_code == 1


STEPS = "_sqlite_migrations"

CHANGED_LISTS = {
    "a step renamed": ("UPDATE _sqlite_migrations SET name = '0004-invoicing' WHERE name = '0004-invoices'", STEPS, "4", "is not as"),
    "a step of another list": ("UPDATE _sqlite_migrations SET migration_set = 'firm' WHERE id = 2", STEPS, "2", "is not as"),
    "a step taken off": ("DELETE FROM _sqlite_migrations WHERE id = 3", STEPS, "3", "is missing"),
    "a step added": (
        "INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (77, 'clinic', '9999-later', '')",
        STEPS,
        "77",
        "is not in the journal",
    ),
    "another day": ("UPDATE _sqlite_migrations SET applied_at = 'long ago' WHERE id = 1", STEPS, "1", "is not as"),
    "no list": ("DROP TABLE _sqlite_migrations", "table", STEPS, "is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "table", "row", "why"), CHANGED_LISTS.values(), ids=CHANGED_LISTS)
def test_a_changed_list_of_sql_steps_is_named_with_its_row_and_the_other_files_are_verified(
    folder: Path, sql: str, table: str, row: str, why: str
) -> None:
    """Without that, the program would make tables again that are there, and say only that the file cannot be read."""
    with closing(sqlite3.connect(folder / "clinics" / "hillside.db", isolation_level=None)) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", [STEPS]
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql)
    before = (folder / "clinics" / "hillside.db").read_bytes()

    found = told("verify", "--ledger", folder, code=1)
    assert (found["hillside"]["table"], found["hillside"]["row"]) == (table, row)
    assert why in found["hillside"]["why"]
    assert found["lakeside"]["whole"]
    assert (folder / "clinics" / "hillside.db").read_bytes() == before


def test_a_file_that_cannot_be_opened_is_named_and_the_others_are_verified(folder: Path) -> None:
    (folder / "clinics" / "hillside.db").unlink()
    found = told("verify", "--ledger", folder, code=1)
    assert found["hillside"]["table"] == "file"
    assert (found["hillside"]["row"], found["hillside"]["why"]) == ("hillside.db", "is missing")
    assert found["lakeside"]["whole"]


def test_a_head_noted_on_paper_shows_a_file_that_is_not_the_one_of_then(folder: Path) -> None:
    noted = told("info", "--ledger", folder)["clinics"][1]["journal"]
    head = f"lakeside:{noted['entries']}:{noted['hash'][:16]}"
    printed = run.invoke(app, ["ledger", "info", "--ledger", str(folder)]).stdout
    assert head in printed
    assert told("verify", "--ledger", folder, "--head", head)["lakeside"]["whole"]

    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    found = told("verify", "--ledger", folder, "--head", other, code=1)
    assert found["lakeside"]["table"] == "journal"
    assert found["hillside"]["whole"]
    assert run.invoke(app, ["ledger", "verify", "--ledger", str(folder), "--head", "lakeside"]).exit_code == 2


@pytest.mark.parametrize("clinic", ["lakesid", "hillside"])
def test_a_head_that_nothing_is_compared_with_is_refused(folder: Path, clinic: str) -> None:
    words = ["verify", "--ledger", str(folder), "--clinic", "lakeside", "--head", f"{clinic}:1:{'a' * 16}"]
    assert run.invoke(app, ["ledger", *words]).exit_code == 2


def test_what_is_not_covered_is_listed(folder: Path) -> None:
    assert "finished workbooks" in told("verify", "--ledger", folder)["lakeside"]["not_covered"][0]
    assert (
        "Not covered: finished workbooks"
        in run.invoke(app, ["ledger", "verify", "--ledger", str(folder)]).stdout
    )


def test_a_file_put_in_place_by_hand_is_named_until_somebody_accepts_it(folder: Path) -> None:
    path = folder / "clinics" / "lakeside.db"
    Ledger(folder).close()
    earlier = path.read_bytes()
    ledger = Ledger(folder)
    created(ledger.clinic("lakeside"), a_draft())
    ledger.close()
    path.write_bytes(earlier)

    assert told("verify", "--ledger", folder, code=1)["lakeside"]["table"] == "journal"
    assert told("accept", "lakeside", "--reason", "the disk failed", "--ledger", folder)["lakeside"]["whole"]
    assert told("verify", "--ledger", folder)["lakeside"]["whole"]


@pytest.mark.parametrize(
    "words", [("verify",), ("info",), ("backup", "--to", "copy"), ("export", "lakeside", "--to", "copy")]
)
def test_where_no_ledger_is_none_is_made_and_none_is_called_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    refused = told(*words, "--ledger", "mistyped", code=1)

    assert refused["code"] == "no-ledger"
    assert not list(tmp_path.iterdir())


def test_a_ledger_without_clinics_says_so(tmp_path: Path) -> None:
    Ledger(tmp_path / "new")

    assert told("verify", "--ledger", tmp_path / "new") == {}
    shown = run.invoke(app, ["ledger", "verify", "--ledger", str(tmp_path / "new")]).stdout
    assert "no clinics yet" in shown


def test_an_unknown_clinic_is_refused(folder: Path) -> None:
    assert told("verify", "--clinic", "nowhere", "--ledger", folder, code=1)["code"] == "unknown-clinic"


@IN_FOLDER_AND_BUCKET
def test_a_backup_is_a_ledger_with_the_same_books_and_documents(
    folder: Path, tmp_path: Path, bucket: ObjectBucket | None
) -> None:
    copy = tmp_path / "backups" / "monday"
    assert told("backup", "--to", copy, "--ledger", folder)["clinics"] == ["hillside", "lakeside"]

    kept, copied = (
        Ledger(where, storage=Storage(bucket=bucket)).clinic("lakeside").verify() for where in (folder, copy)
    )
    assert isinstance(kept, Verified)
    assert copied == kept
    assert not list(copy.rglob("*token*"))


def test_a_backup_is_restored_into_a_bucket_of_its_own(
    folder: Path, tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, anew, bucket = tmp_path / "copy", tmp_path / "anew", s3.new_bucket()
    told("backup", "--to", copy, "--ledger", folder)
    monkeypatch.setenv("CLINIC_LEDGER_OBJECTS", bucket.address)

    assert told("restore", "--from", copy, "--ledger", anew)["clinics"] == ["hillside", "lakeside"]
    found = told("verify", "--ledger", anew)
    assert found["lakeside"]["whole"]
    (document,) = s3.keys(bucket) - {"ledger"}

    s3.lose(bucket, document)
    found = told("verify", "--ledger", anew, code=1)
    assert (found["lakeside"]["table"], found["lakeside"]["row"]) == ("document", document.split("/")[-1])
    monkeypatch.setenv("CLINIC_LEDGER_OBJECTS", "s3://never-made/books")
    assert told("verify", "--ledger", anew, code=1)["code"] == "bucket-missing"


def test_a_backup_never_goes_over_something_else(folder: Path, tmp_path: Path) -> None:
    assert told("backup", "--to", folder, "--ledger", folder, code=1)["code"] == "backup-not-made"
    a_file = tmp_path / "file"
    a_file.write_text("mine")
    assert told("backup", "--to", a_file, "--ledger", folder, code=1)["code"] == "backup-not-made"
    assert a_file.read_text() == "mine"


def test_a_backup_is_restored_into_a_new_ledger_whole(folder: Path, tmp_path: Path) -> None:
    copy, anew = tmp_path / "copy", tmp_path / "anew"
    told("backup", "--to", copy, "--ledger", folder)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}

    assert told("restore", "--from", copy, "--ledger", anew)["clinics"] == ["hillside", "lakeside"]

    assert told("info", "--ledger", anew)["clinics"] == told("info", "--ledger", folder)["clinics"]
    assert told("verify", "--ledger", anew) == told("verify", "--ledger", folder)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
    Ledger(anew).close()
    assert sorted(path.name for path in anew.iterdir()) == ["clinics", "documents", "firm.db", LOCK]


@IN_FOLDER_AND_BUCKET
def test_an_export_holds_one_clinic_and_is_taken_in_beside_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "lakeside"
    assert told("export", "lakeside", "--to", copy, "--ledger", folder)["clinics"] == ["lakeside"]
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert {name.split("/")[0] for name in files} == {"clinics", "documents", "manifest.json"}
    assert not any("hillside" in name for name in files)
    monkeypatch.delenv("CLINIC_LEDGER_OBJECTS", raising=False)  # the bucket belongs to the first ledger
    other = Ledger(tmp_path / "other")
    other.open_clinic(Clinic("hillside", "Hillside Practice"))

    told("restore", "--from", copy, "--ledger", other.folder)

    assert [entry.id for entry in other.clinics()] == ["hillside", "lakeside"]
    assert isinstance(other.clinic("lakeside").verify(), Verified)
    with other.clinic("lakeside").transaction() as books:
        books.log_access("ana", "goes on", "lakeside")


def test_one_clinic_of_a_backup_is_restored_alone(folder: Path, tmp_path: Path) -> None:
    copy, anew = tmp_path / "copy", tmp_path / "anew"
    told("backup", "--to", copy, "--ledger", folder)

    assert told("restore", "--from", copy, "--clinic", "lakeside", "--ledger", anew)["clinics"] == [
        "lakeside"
    ]

    assert [entry.id for entry in Ledger(anew).clinics()] == ["lakeside"]


def test_nothing_is_restored_over_books_that_are_there(folder: Path, tmp_path: Path) -> None:
    copy, anew = tmp_path / "copy", tmp_path / "anew"
    told("backup", "--to", copy, "--ledger", folder)
    created(Ledger(anew).open_clinic(Clinic("lakeside", "Lakeside of another life")), a_draft())

    refusal = told("restore", "--from", copy, "--ledger", anew, code=1)

    assert (refusal["code"], "“lakeside”" in refusal["detail"]) == ("not-restored", True)
    assert [one["name"] for one in told("info", "--ledger", anew)["clinics"]] == ["Lakeside of another life"]
    assert not list(anew.glob("restoring-*"))


@pytest.mark.parametrize(
    "spoilt", ["clinics/lakeside.db", "documents/lakeside", "added", "lost", "manifest.json"]
)
def test_a_copy_that_is_not_as_it_was_made_is_not_restored(folder: Path, tmp_path: Path, spoilt: str) -> None:
    copy, anew = tmp_path / "copy", tmp_path / "anew"
    told("backup", "--to", copy, "--ledger", folder)
    (paper,) = (path for path in (copy / "documents").rglob("*") if path.is_file())
    match spoilt:
        case "documents/lakeside":
            paper.write_bytes(b"another cheque")
        case "added":
            (paper.parent / "mine").write_bytes(b"a letter")
        case "lost":
            paper.unlink()
        case "manifest.json":
            (copy / spoilt).write_text('{"clinics/lakeside.db": ["?"]}')
        case _:
            (copy / spoilt).write_bytes((copy / spoilt).read_bytes()[:-1] + b"?")

    assert told("restore", "--from", copy, "--ledger", anew, code=1)["code"] == "not-restored"

    assert Ledger(anew).clinics() == []
    assert not list(anew.rglob("*lakeside*"))


def test_a_copy_of_books_that_were_spoilt_before_is_not_restored(folder: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(folder / "clinics" / "lakeside.db", isolation_level=None)
    db.execute("DROP TRIGGER step_never_changes")
    db.execute("UPDATE step SET note = 'x' WHERE id = 2")
    db.close()
    told("backup", "--to", tmp_path / "copy", "--ledger", folder)

    refusal = told("restore", "--from", tmp_path / "copy", "--ledger", tmp_path / "anew", code=1)

    assert "step 2" in refusal["detail"]


@pytest.mark.parametrize("words", [(), ("--clinic", "nowhere")])
def test_what_is_no_copy_or_holds_no_such_clinic_is_not_restored(
    folder: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    source = folder
    if words:
        source = tmp_path / "copy"
        told("backup", "--to", source, "--ledger", folder)

    refusal = told("restore", "--from", source, *words, "--ledger", tmp_path / "anew", code=1)

    assert refusal["code"] == "not-restored"


def test_an_export_of_an_unknown_clinic_is_refused(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    assert told("export", "nowhere", "--to", to, "--ledger", folder, code=1)["code"] == "unknown-clinic"
    assert not to.exists()


def test_what_is_owed_to_each_clinic_is_shown(folder: Path) -> None:
    clinics = told("info", "--ledger", folder)["clinics"]

    assert [(one["clinic"], one["invoices"], one["balance_cents"]) for one in clinics] == [
        ("hillside", 0, 0),
        ("lakeside", 2, 150_50),
    ]
    assert "$150.50" in run.invoke(app, ["ledger", "info", "--ledger", str(folder)]).stdout


def record_more(folder: Path) -> None:
    created(Ledger(folder).clinic("lakeside"), a_draft("Another Patient", case="Another"))


def put_back(folder: Path, old: Path, *files: str) -> None:
    """Put older files of the ledger in the place of the present ones, as somebody does who can write the folder."""
    Ledger(folder).close()
    for name in files:
        for leftover in folder.glob(f"{name}-*"):
            leftover.unlink()
        shutil.copy(old / name, folder / name)


BOTH = ("firm.db", "clinics/lakeside.db", "clinics/hillside.db")


@pytest.mark.parametrize("files", [["firm.db"], list(BOTH)])
def test_an_older_file_of_the_firm_is_seen_with_a_backup_at_hand(
    folder: Path, tmp_path: Path, files: list[str]
) -> None:
    told("backup", "--to", tmp_path / "old", "--ledger", folder)
    record_more(folder)
    Ledger(folder).access.record_refusal("token-unknown", "192.0.2.7")
    told("backup", "--to", tmp_path / "new", "--ledger", folder)
    put_back(folder, tmp_path / "old", *files)

    assert told("verify", "--ledger", folder)["lakeside"]["whole"]  # the ledger alone cannot tell
    told("verify", "--backup", tmp_path / "old", "--ledger", folder)
    found = told("verify", "--backup", tmp_path / "new", "--ledger", folder, code=1)
    assert not found["firm.db"]["whole"]
    assert found["lakeside"]["whole"] == (files == ["firm.db"])


def test_an_older_file_of_a_clinic_is_seen_also_with_the_head_in_the_firms_file_put_back(
    folder: Path, tmp_path: Path
) -> None:
    told("backup", "--to", tmp_path / "old", "--ledger", folder)
    record_more(folder)
    told("backup", "--to", tmp_path / "new", "--ledger", folder)
    put_back(folder, tmp_path / "old", "clinics/lakeside.db")
    assert not told("verify", "--ledger", folder, code=1)["lakeside"]["whole"]
    with closing(sqlite3.connect(tmp_path / "old" / "firm.db")) as db:
        head = db.execute("SELECT entries, hash, day FROM journal_head WHERE clinic = 'lakeside'").fetchone()
    with closing(sqlite3.connect(folder / "firm.db", isolation_level=None)) as db:
        db.execute("UPDATE journal_head SET entries = ?, hash = ?, day = ? WHERE clinic = 'lakeside'", head)

    assert told("verify", "--ledger", folder)["lakeside"]["whole"]
    found = told("verify", "--backup", tmp_path / "new", "--ledger", folder, code=1)
    assert not found["lakeside"]["whole"]


def test_an_old_backup_that_was_restored_is_seen_with_a_newer_one_at_hand(
    folder: Path, tmp_path: Path
) -> None:
    told("backup", "--to", tmp_path / "old", "--ledger", folder)
    record_more(folder)
    told("backup", "--to", tmp_path / "new", "--ledger", folder)
    restored = tmp_path / "restored"
    told("restore", "--from", tmp_path / "old", "--ledger", restored)

    assert told("verify", "--ledger", restored)["lakeside"]["whole"]
    assert not told("verify", "--backup", tmp_path / "new", "--ledger", restored, code=1)["lakeside"]["whole"]


def test_a_ledger_that_went_on_contains_what_its_backups_and_exports_say(
    folder: Path, tmp_path: Path
) -> None:
    told("backup", "--to", tmp_path / "one", "--ledger", folder)
    told("export", "lakeside", "--to", tmp_path / "two", "--ledger", folder)
    record_more(folder)
    copies: list[str | Path] = ["--backup", tmp_path / "one", "--backup", tmp_path / "two"]
    assert told("verify", *copies, "--ledger", folder)["lakeside"]["whole"]
    assert list(told("verify", *copies, "--clinic", "hillside", "--ledger", folder)) == ["hillside"]


def test_a_clinic_that_only_the_backup_has_is_named(folder: Path, tmp_path: Path) -> None:
    told("backup", "--to", tmp_path / "copy", "--ledger", folder)
    other = Ledger(tmp_path / "other")
    other.open_clinic(Clinic("hillside", "Hillside Practice"))
    found = told("verify", "--backup", tmp_path / "copy", "--ledger", other.folder, code=1)
    assert found["lakeside"]["why"] == "is in the copy, and not in this ledger"


def test_what_is_no_backup_is_refused(folder: Path, tmp_path: Path) -> None:
    words = ["ledger", "verify", "--backup", str(tmp_path), "--ledger", str(folder)]
    done = run.invoke(app, words)
    assert done.exit_code == 2
    assert "is no backup or export" in " ".join(done.output.replace("│", " ").split())
