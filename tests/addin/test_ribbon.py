"""A click in Excel: whatever happens is said in Excel, in words."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from addin.desktop import bridge, ribbon
from tests.addin.stand_in import DONE, StandIn, a_log, as_bytes, finished, sending


@pytest.fixture
def caller(
    tmp_path: Path, show: Callable[[Path], xw.Book], stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[xw.Book]:
    """The workbook whose ribbon is pressed."""
    monkeypatch.setenv("CLINIC_LEDGER_URL", stand_in.url)
    book = show(a_log(tmp_path / "October.xlsx", clinic="lakeside"))
    book.set_mock_caller()
    yield book
    del xw.Book._mock_caller  # type: ignore[attr-defined]  # noqa: SLF001


def alerts(book: xw.Book) -> list[str]:
    shown: list[str] = book.app.impl.alerts
    return shown


def test_a_click_puts_the_sheets_in_and_the_summary_in_the_status_bar(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.output = as_bytes(finished("Lines"))
    stand_in.reply = sending(stand_in.output, "Lines", activate="Lines", summary="2 providers, $80.00.")

    ribbon.run("payroll.generate")

    assert caller.sheets.active.name == "Lines"
    assert caller.app.status_bar == "2 providers, $80.00."
    assert not alerts(caller)


def test_a_refusal_is_shown_with_its_remedy(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.status, stand_in.kind = 409, "application/problem+json"
    stand_in.reply = {"code": "x", "title": "No clinic", "detail": "It has none.", "remedy": "Choose one."}
    ribbon.run("payroll.check")
    assert alerts(caller) == ["It has none.\n\nChoose one."]


def test_a_question_says_where_to_answer_it(caller: xw.Book, stand_in: StandIn) -> None:
    fields = [{"name": "clinic", "label": "Which clinic?"}]
    stand_in.reply = {**DONE, "summary": "Which clinic is this?", "asks": {"fields": fields}}
    ribbon.run("clinic.choose")
    assert "Settings sheet" in alerts(caller)[0]
    assert caller.sheets.active.name == "Settings"


def test_a_failure_shows_no_traceback_and_logs_no_patient(
    caller: xw.Book, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.reply = {**DONE, "bind": "Ada Example"}
    with caplog.at_level(logging.DEBUG, logger="addin"):
        ribbon.run("payroll.check")
    assert "press the button again" in alerts(caller)[0]
    assert "Traceback" not in alerts(caller)[0]
    assert "Ada" not in caplog.text + alerts(caller)[0]
    assert bridge.clinic_of(caller) == "lakeside"
