"""Finished workbooks are kept for a day, answers for a month, and then removed while the service runs."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from server.cli.service import temporary_service
from server.errors import AnswerExpired, RequestIdReused, UnknownOutput
from server.ledger.access_search import AccessSearch
from server.ledger.clinic_books import Answer
from server.ledger.clinic_store import ClinicStore
from server.ledger.clock import utc_now
from server.ledger.engine.sqlite.database_file import close_files
from server.ledger.retention import RetentionPeriods, remove_expired
from server.ledger.store import Ledger
from server.settings import Settings
from tests.api.wire import wait_until
from tests.behind import open_books
from tests.contract.repository import ROOT
from tests.ledger.invented import LAKESIDE
from tests.ledger.refused import RULE_BROKEN

ANSWER = Answer(200, b'{"summary": "Jane Roe, 10/05/2026"}', "lakeside.0123456789abcdef0123456789abcdef")
PERIODS = RetentionPeriods(answers=timedelta(days=30), documents=timedelta(days=1))
RECORDED = datetime(2026, 11, 2, 15, 4, 5, tzinfo=UTC)


def recorded(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        books.remember("click-1", "digest", ANSWER, "payroll.generate", "ana")


def after(folder: Path, days: float) -> Ledger:
    """The same ledger, so many days later."""
    return Ledger(folder, lambda: RECORDED + timedelta(days=days))


def test_an_answer_is_kept_as_long_as_its_click_can_come_again(lakeside: ClinicStore, folder: Path) -> None:
    recorded(lakeside)

    remove_expired(after(folder, 29), PERIODS)

    with lakeside.reading() as books:
        assert books.replay("click-1", "digest") == ANSWER


def test_after_that_the_click_is_still_known_and_never_carried_out_again(
    lakeside: ClinicStore, folder: Path, raw: Callable[[str], list[tuple[object, ...]]]
) -> None:
    recorded(lakeside)

    remove_expired(after(folder, 31), PERIODS)

    assert raw("SELECT id, digest, body, output_id FROM request") == [("click-1", "digest", b"", None)]
    with lakeside.reading() as books, pytest.raises(AnswerExpired, match="2026-11-02"):
        books.replay("click-1", "digest")
    with lakeside.reading() as books, pytest.raises(RequestIdReused):
        books.replay("click-1", "another digest")


@pytest.mark.parametrize(
    "change",
    [
        "digest = 'other'",
        "body = x'00'",
        "body = x'', at = '2027'",
        "body = x''",  # and the workbook it made still named
        "body = x'', output_id = NULL, actor = 'bob'",
    ],
)
def test_nothing_else_of_an_answer_ever_changes(
    lakeside: ClinicStore, raw: Callable[[str], list[tuple[object, ...]]], change: str
) -> None:
    recorded(lakeside)

    with pytest.raises(Exception, match="never changed"):
        raw(f"UPDATE request SET {change}")  # noqa: S608


def test_a_workbook_is_removed_after_its_day(lakeside: ClinicStore, folder: Path) -> None:
    kept = after(folder, 0).outputs.keep(lakeside.clinic_id, b"visits of patients")

    remove_expired(after(folder, 0.9), PERIODS)
    assert after(folder, 0.9).outputs.read(kept).data == b"visits of patients"

    remove_expired(after(folder, 1.1), PERIODS)
    assert not [path for path in (folder / "outputs").rglob("*") if path.is_file()]


@pytest.mark.parametrize("days", [1.1, 400, -1.1])
def test_a_workbook_past_its_day_is_not_served_though_nobody_removed_it(
    lakeside: ClinicStore, folder: Path, days: float
) -> None:
    """A clock that was set back by more than a day must not make workbooks live longer."""
    kept = after(folder, 0).outputs.keep(lakeside.clinic_id, b"visits of patients")

    with pytest.raises(UnknownOutput):
        after(folder, days).outputs.read(kept)
    assert after(folder, 0.9).outputs.read(kept).data == b"visits of patients"


@pytest.mark.sqlite("a damaged file")
def test_damaged_books_of_one_clinic_keep_no_other_clinics_answers(
    lakeside: ClinicStore, folder: Path
) -> None:
    recorded(lakeside)
    ledger = after(folder, 31)
    with lakeside.reading() as books:
        clinic = books.setup().clinic
    ledger.open_clinic(type(clinic)("aardvark", "Aardvark Practice"))
    ledger.close()
    (folder / "clinics" / "aardvark.db").write_bytes(b"no longer a database " * 99)

    remove_expired(ledger, PERIODS)

    with lakeside.reading() as books, pytest.raises(AnswerExpired):
        books.replay("click-1", "digest")


def test_a_running_service_removes_workbooks_without_being_started_again(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "ledger", workers=0, keep_outputs_hours=0, tidy_seconds=0.05)
    with temporary_service(settings) as url, httpx.Client(base_url=url, trust_env=False) as http:
        kept = Ledger(settings.path).outputs.keep("lakeside", b"visits of patients")
        (file,) = (settings.path / "outputs" / "lakeside").iterdir()
        end = time.monotonic() + 30
        assert http.get(f"/outputs/{kept}").status_code == 404
        while file.exists():
            assert time.monotonic() < end, "the workbook is still there after thirty seconds"
            time.sleep(0.05)


def test_a_running_service_keeps_workbooks_answers_and_documents_as_long_as_its_settings_say(
    tmp_path: Path,
) -> None:
    """Of each kind one is two days old and one is four, and all are kept for three days."""
    folder, now = tmp_path / "ledger", utc_now()
    kept: dict[int, tuple[Path, str, str]] = {}
    for days in (4, 2):
        ledger = Ledger(folder, lambda days=days: now - timedelta(days=days))  # type: ignore[misc]
        clinic = ledger.open_clinic(LAKESIDE)
        _, token = ledger.outputs.keep(LAKESIDE.id, b"visits of patients").split(".")
        workbook = folder / "outputs" / LAKESIDE.id / f"{token}.xlsx"
        digest = clinic.keep_document(f"%PDF-1.7 {days}".encode(), "paper.pdf", "ana").digest
        with clinic.transaction() as books:
            books.remember(f"click-{days}", "digest", ANSWER, "payroll.generate", "ana")
        kept[days] = (workbook, digest, f"click-{days}")
    three_days = {"keep_outputs_hours": 72, "keep_answers_days": 3, "keep_documents_hours": 72}
    with temporary_service(Settings(path=folder, workers=0, tidy_seconds=0.05, **three_days)):  # type: ignore[arg-type]
        wait_until(lambda: what_is_left(clinic, *kept[4]) == (False, False, False))
        assert what_is_left(clinic, *kept[2]) == (True, True, True)


def what_is_left(clinic: ClinicStore, workbook: Path, digest: str, click: str) -> tuple[bool, bool, bool]:
    """Return whether a workbook, a document and the answer to a click are still there."""
    with clinic.reading() as books:
        try:
            has_answer = books.replay(click, "digest") is not None
        except AnswerExpired:
            has_answer = False
        return workbook.exists(), books.documents.has(digest), has_answer


SIX_YEARS_DAYS = 6 * 366
"""HIPAA: 45 CFR 164.316(b)(2)(i)."""


def test_the_access_logs_are_all_there_after_more_than_six_years(lakeside: ClinicStore, folder: Path) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "print invoices", "INV-000001")
    after(folder, 0).access.record_refusal("token-unknown", "192.0.2.7")
    later = after(folder, SIX_YEARS_DAYS)
    before = later.search_access(AccessSearch(), ["lakeside"], of_firm=True)

    remove_expired(later, PERIODS)
    later.access.write_counted(all_of_them=True)

    assert later.search_access(AccessSearch(), ["lakeside"], of_firm=True) == before
    assert {row.what for row in before} == {"print invoices", "token-unknown"}


@pytest.mark.parametrize("clinic", ["", "lakeside"], ids=["firm", "clinic"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM access",
        "UPDATE access SET about = ''",
        pytest.param(
            "INSERT OR REPLACE INTO access SELECT * FROM access",
            marks=pytest.mark.sqlite("INSERT OR REPLACE"),
        ),
        pytest.param("UPDATE OR REPLACE access SET id = id", marks=pytest.mark.sqlite("UPDATE OR REPLACE")),
    ],
)
def test_no_row_of_an_access_log_is_removed_or_changed(
    lakeside: ClinicStore, folder: Path, clinic: str, statement: str
) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "print invoices", "INV-000001")
    after(folder, 0).access.record_refusal("token-unknown", "192.0.2.7")
    close_files(folder)
    with open_books(folder, clinic) as execute:
        if "REPLACE" in statement:
            execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(RULE_BROKEN, match="access rows are never"):
            execute(statement)


def test_no_code_and_no_step_of_the_schema_removes_rows_of_an_access_log() -> None:
    removing = re.compile(
        r"(DELETE\s+FROM|UPDATE|REPLACE\s+INTO|DROP\s+TABLE(\s+IF\s+EXISTS)?)\s+[\"`\[]?access\b",
        re.IGNORECASE,
    )
    files = [path for path in (ROOT / "server").rglob("*") if path.suffix in {".py", ".sql"}]
    assert len(files) > 500
    found = [path.name for path in files if removing.search(path.read_text("utf-8"))]
    assert found == []
