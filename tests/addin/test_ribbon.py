"""A click in Excel: whatever happens is said in Excel, in words."""

import logging
from pathlib import Path

import pytest
import xlwings as xw

from addin.desktop import bridge, ribbon
from addin.desktop.install_settings import Settings, settings_file
from server.ledger.store import Ledger
from tests.addin.stand_in import DONE, StandIn, as_bytes, finished, sending


def alerts(book: xw.Book) -> list[str]:
    shown: list[str] = book.app.impl.alerts
    return shown


def installed(home: Path, settings: Settings) -> None:
    settings_file(home).parent.mkdir(exist_ok=True)
    settings_file(home).write_bytes(settings.content())


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


def test_a_refusal_leaves_its_title_in_the_status_bar(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.status, stand_in.kind = 409, "application/problem+json"
    stand_in.reply = {"code": "x", "title": "No clinic", "detail": "It has none."}
    ribbon.run("payroll.check")
    assert caller.app.status_bar == "No clinic"
    assert alerts(caller) == ["It has none."]


def test_a_service_that_is_not_running_is_said_and_can_be_started(
    caller: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_URL", "http://127.0.0.1:1")
    ribbon.run("payroll.check")
    assert caller.app.status_bar == "Clinic Ledger is not running"
    (said,) = alerts(caller)
    assert "http://127.0.0.1:1" in said
    assert said.endswith("OK: Start it")


def test_a_click_goes_to_the_service_that_was_installed_and_shows_its_token(
    caller: xw.Book, service_url: str, ledger_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_URL")
    token_file = Ledger(ledger_folder).tokens.ensure_desktop()
    for shown in (tmp_path / "no such file", token_file):
        installed(tmp_path, Settings(service_url, shown))
        ribbon.run("payroll.history")

    turned_away, let_in = alerts(caller)
    assert "token" in turned_away
    assert "clinic" in let_in


def test_damaged_settings_are_said_in_excel(caller: xw.Book, tmp_path: Path) -> None:
    installed(tmp_path, Settings())
    settings_file(tmp_path).write_text("{")
    ribbon.run("payroll.check")
    assert "clinicledger addin install" in alerts(caller)[0]


def test_what_was_done_needs_no_answer_and_what_is_blocked_does(caller: xw.Book, stand_in: StandIn) -> None:
    ribbon.run("payroll.check")
    assert not alerts(caller)
    stand_in.reply = {**DONE, "level": "blocked", "summary": "3 rows need you."}
    ribbon.run("payroll.check")
    assert alerts(caller) == ["3 rows need you."]


def test_where_excel_cannot_be_told_anything_one_sentence_ends_the_process() -> None:
    # No workbook called: so it is when Excel is busy with a cell, or closed in the meantime.
    with pytest.raises(SystemExit) as ended:
        ribbon.run("payroll.check")
    assert str(ended.value).startswith("Clinic Ledger: Excel could not finish payroll.check")
    assert "press Enter" in str(ended.value)
    assert "Traceback" not in str(ended.value)


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
