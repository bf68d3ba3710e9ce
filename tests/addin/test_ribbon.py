"""A click in Excel: whatever happens is said in Excel, in words."""

import logging
import sys
import webbrowser
from importlib.metadata import version
from pathlib import Path

import pytest
import xlwings as xw

from addin.desktop import bridge, help_actions, ribbon
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


def test_a_service_that_is_not_running_is_said_with_what_to_do_where_it_cannot_be_started(
    caller: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_URL", "http://127.0.0.1:1")
    ribbon.run("payroll.check")
    assert caller.app.status_bar == "Clinic Ledger is not running"
    (said,) = alerts(caller)
    assert "http://127.0.0.1:1" in said
    assert said.endswith("Start it with: clinicledger service start")


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


class RecordingBrowser(webbrowser.BaseBrowser):
    """A browser that notes where it is sent."""

    def __init__(self) -> None:
        super().__init__("recording")
        self.addresses: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        self.addresses.append(url)
        return True


def test_the_guide_opens_in_the_browser(caller: xw.Book, stand_in: StandIn) -> None:
    browser = RecordingBrowser()
    webbrowser.register("recording", None, browser, preferred=True)
    ribbon.run("help.guide")
    assert browser.addresses == [f"{stand_in.url}/office/help.html"]
    assert caller.app.status_bar == "The guide is open in the browser."
    assert not stand_in.requests


def test_the_details_for_support_need_no_service_and_hold_nothing_of_the_workbook(
    caller: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_URL", "http://127.0.0.1:1")
    ribbon.run("help.support")
    (said,) = alerts(caller)
    assert said.startswith(f"Clinic Ledger {version('clinic-ledger')}\nExcel 0.0, desktop add-in, xlwings ")
    assert said.endswith("\n\nOK: Copy these details")
    assert not any(word in said for word in ("October", "lakeside", "Appointments"))


def test_the_details_are_copied_by_the_program_of_the_system(
    caller: xw.Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.write_text(f"#!/bin/sh\ncat > {tmp_path}/copied\n")
    copy.chmod(0o755)
    monkeypatch.setattr(help_actions, "CLIPBOARD_COMMANDS", {sys.platform: str(copy)})
    caller.app.impl.buttons_to_press.append("ok")
    ribbon.run("help.support")
    assert (tmp_path / "copied").read_text().splitlines()[0] == f"Clinic Ledger {version('clinic-ledger')}"
    assert caller.app.status_bar == "The details are copied."
