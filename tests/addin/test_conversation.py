"""An answer that asks for sheets: the button is pressed once more with them, and nobody is asked."""

from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.desktop import ribbon
from addin.desktop.press import press
from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service
from tests.addin.stand_in import DONE, TABLE, StandIn, a_log

SCAN = b"%PDF-1.7 an invented cheque"


def asking(*sheets: str, **more: object) -> dict[str, Any]:
    return {
        **DONE,
        "level": "blocked",
        "asks": {"title": "Sheets", "fields": [], "sheets": list(sheets)},
        **more,
    }


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    book = load_workbook(path)
    book.create_sheet("Clinic").append(["Lakeside"])
    book.save(path)
    return path


def sent(stand_in: StandIn) -> list[tuple[list[str], list[str]]]:
    """Return what each request held of sheets, and what it says was asked for."""
    return [
        ([sheet["name"] for sheet in request["sheets"]], request["asked_sheets"])
        for request in stand_in.requests
    ]


def test_the_button_is_pressed_again_with_the_sheets_and_the_same_answers(
    workbook: Path, stand_in: StandIn, service: Service
) -> None:
    stand_in.first_replies = [asking("appointments", "Gone")]

    reply = press("clinic.save", workbook, service=service, inputs={"run": "r1"}).reply

    assert sent(stand_in) == [(["Clinic"], []), (["Clinic", "Appointments"], ["appointments", "Gone"])]
    first, second = stand_in.requests
    assert first["request_id"] != second["request_id"]
    assert first["inputs"] == second["inputs"] == {"run": "r1"}
    assert second["workbook"] == first["workbook"]
    assert reply == DONE


def test_a_button_that_reads_the_sheet_in_front_sends_it_once(
    workbook: Path, stand_in: StandIn, service: Service
) -> None:
    stand_in.first_replies = [asking("Appointments", "Clinic")]
    press("payroll.check", workbook, service=service, sheet="Appointments")
    assert [names for names, _ in sent(stand_in)] == [["Appointments"], ["Appointments", "Clinic"]]


def test_a_sheet_that_a_button_reads_beside_is_sent_after_the_one_in_front(
    workbook: Path, stand_in: StandIn, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    (button,) = [row for row in TABLE["button"] if row["id"] == "payroll.check"]
    monkeypatch.setitem(button, "reads_beside", ["Not there", "clinic"])
    press("payroll.check", workbook, service=service, sheet="Appointments")
    press("payroll.check", workbook, service=service, sheet="Clinic")
    assert sent(stand_in) == [(["Appointments", "Clinic"], []), (["Clinic"], [])]


def test_an_answer_that_asks_for_sheets_for_ever_is_given_up(
    workbook: Path, stand_in: StandIn, service: Service
) -> None:
    before = workbook.read_bytes()
    stand_in.reply = asking("Appointments")
    with pytest.raises(UnusableReply, match="asks again"):
        press("clinic.save", workbook, service=service)
    assert len(stand_in.requests) == 2
    assert workbook.read_bytes() == before


def test_a_question_with_fields_is_a_persons_whatever_sheets_it_names(
    workbook: Path, stand_in: StandIn, service: Service
) -> None:
    fields = [{"name": "from", "label": "First day"}]
    stand_in.reply = asking("Appointments") | {
        "asks": {"title": "?", "fields": fields, "sheets": ["Appointments"]}
    }
    assert press("payroll.check", workbook, service=service).reply["asks"]["fields"] == fields
    assert len(stand_in.requests) == 1


def test_a_service_that_knows_nothing_of_it_asks_as_before(
    workbook: Path, stand_in: StandIn, service: Service
) -> None:
    stand_in.reply = {**DONE, "asks": {"title": "?", "fields": [{"name": "from", "label": "First day"}]}}
    press("payroll.check", workbook, service=service)
    assert len(stand_in.requests) == 1


def test_a_file_among_the_answers_is_named_by_its_digest_both_times(
    workbook: Path, tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    (tmp_path / "scan.pdf").write_bytes(SCAN)
    stand_in.first_replies = [asking("Appointments")]
    press("clinic.save", workbook, service=service, inputs={"document": tmp_path / "scan.pdf"})
    first, second = stand_in.requests
    assert first["inputs"] == second["inputs"]


def test_in_excel_the_second_press_is_made_without_a_word(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking("Appointments")]
    ribbon.run("clinic.save")
    assert [names for names, _ in sent(stand_in)] == [[], ["Appointments"]]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]
    assert not caller.app.impl.alerts
