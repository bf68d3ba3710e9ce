"""Pressing a button on a file: what is sent, what is saved, and what is left alone."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl import load_workbook

from addin.desktop.files.refusals import CannotSave, ChangedMeanwhile, OpenInExcel, WouldLose, WouldOverwrite
from addin.desktop.press import open_to_press, press
from addin.desktop.refusals import BoundElsewhere, UnknownButton, UnknownRows, UnknownSheet, UnusableReply
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused
from tests.addin.stand_in import DONE, StandIn, a_log, as_bytes, finished, sending


def test_finished_sheets_land_in_the_workbook_that_was_pressed(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    stand_in.output = as_bytes(finished("Payroll Summary", "Lines"))
    stand_in.reply = sending(stand_in.output, "Payroll Summary", "Lines", activate="Payroll Summary")

    result = press("payroll.generate", log, service=service)

    saved = load_workbook(log)
    assert result.saved_to == log
    assert saved.sheetnames == ["Appointments", "Payroll Summary", "Lines"]
    assert saved.active is saved["Payroll Summary"]


def test_pressing_again_replaces_the_earlier_sheets(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    for names in (["Payroll Summary", "Ada Example"], ["Payroll Summary", "Lines"]):
        stand_in.output = as_bytes(finished(*names))
        stand_in.reply = sending(stand_in.output, *names)
        press("payroll.generate", log, service=service)

    assert load_workbook(log).sheetnames == ["Appointments", "Payroll Summary", "Lines"]


def test_a_sheet_of_the_users_own_keeps_its_name(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", title="Lines", clinic="lakeside")
    stand_in.output = as_bytes(finished("Lines"))
    stand_in.reply = sending(stand_in.output, "Lines", activate="Lines")

    press("payroll.generate", log, service=service)

    saved = load_workbook(log)
    assert saved.sheetnames == ["Lines", "Lines (2)"]
    assert saved["Lines"]["B2"].value == "Ada Example"
    assert saved.active is saved["Lines (2)"]


def test_a_workbook_made_only_of_our_sheets_can_be_renewed(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    path = tmp_path / "result.xlsx"
    finished("Past runs").save(path)
    stand_in.output = as_bytes(finished("Past runs", "Rates"))
    stand_in.reply = sending(stand_in.output, "Past runs", "Rates")

    press("clinic.choose", path, service=service)

    assert load_workbook(path).sheetnames == ["Past runs", "Rates"]


def test_damaged_sheets_leave_the_file_as_it_was(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    before = log.read_bytes()
    stand_in.reply = sending(as_bytes(finished("Lines")), "Lines")
    stand_in.output = b"something else"

    with pytest.raises(UnusableReply, match="damaged"):
        press("payroll.generate", log, service=service)

    assert log.read_bytes() == before


def test_a_refusal_saves_nothing(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    before = log.read_bytes()
    stand_in.status, stand_in.kind = 422, "application/problem+json"
    stand_in.reply = {"code": "empty-sheet", "title": "Empty", "detail": "Nothing there.", "remedy": "Look."}

    with pytest.raises(Refused) as caught:
        press("payroll.check", log, service=service)

    assert (caught.value.code, caught.value.sentence, caught.value.remedy) == (
        "empty-sheet",
        "Nothing there.",
        "Look.",
    )
    assert log.read_bytes() == before


def test_a_question_saves_nothing(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    before = log.read_bytes()
    stand_in.reply = {**DONE, "asks": {"fields": [{"name": "from", "label": "First day"}]}}

    assert press("payroll.generate", log, service=service).saved_to is None
    assert log.read_bytes() == before


def test_results_that_come_with_a_question_are_saved_and_the_question_is_not(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    stand_in.reply = {
        **DONE,
        "level": "blocked",
        "edits": [{"sheet": "Appointments", "range": "D2", "values": [["not sent"]]}],
        "asks": {"fields": [{"name": "good_rows", "label": "Apply the good rows?", "kind": "yes-no"}]},
    }

    result = press("payroll.check", log, service=service)
    press("payroll.check", log, service=service, inputs={"good_rows": "yes"})

    assert result.saved_to == log
    assert load_workbook(log).sheetnames == ["Appointments"]
    assert stand_in.sent["inputs"] == {"good_rows": "yes"}
    assert stand_in.sent["sheets"][0]["columns"][3] == [None, "not sent"]


def test_rows_can_be_selected_without_excel(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", *([["x"]] * 9), clinic="lakeside")

    press("payroll.check", log, service=service, sheet="Appointments", rows=[7, 3, 4, 3])
    with pytest.raises(UnknownRows, match="row 10"):
        press("payroll.check", log, service=service, rows=[3, 10])

    assert len(stand_in.requests) == 1
    assert stand_in.sent["selection"] == {"sheet": "Appointments", "rows": [3, 4, 7]}


def test_many_buttons_pressed_on_one_open_workbook_are_saved_once(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx")
    before = log.read_bytes()
    with open_to_press(log, service=service, clinic="lakeside") as book:
        stand_in.reply = {**DONE, "bind": {"clinic": "lakeside"}}
        book.press("clinic.choose")
        for number in range(3):
            told = [[f"pressed {number}"]]
            stand_in.reply = {
                **DONE,
                "edits": [{"sheet": "Appointments", "range": f"D{number + 1}", "values": told}],
            }
            book.press("payroll.check", sheet="Appointments")
        unsaved = log.read_bytes()
        saved = [book.save(), book.save()]
        book.press("payroll.check")
        again = book.save()

    assert unsaved == before
    assert (saved, again) == ([log, None], log)
    assert stand_in.sent["workbook"]["clinic"] == "lakeside"
    assert [cell.value for cell in load_workbook(log).worksheets[0]["D"]] == [
        "pressed 0",
        "pressed 1",
        "pressed 2",
    ]


def test_a_workbook_that_somebody_saved_meanwhile_is_left_alone(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    stand_in.reply = {**DONE, "bind": {"clinic": "lakeside"}}
    with open_to_press(log, service=service) as book:
        book.press("payroll.check")
        a_log(log, ["theirs"], clinic="lakeside")
        with pytest.raises(ChangedMeanwhile):
            book.save()

    assert load_workbook(log).worksheets[0]["A1"].value == "theirs"


def test_an_answer_without_changes_leaves_the_file_alone(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    stand_in.reply = {**DONE, "activate": "Appointments"}

    assert press("payroll.check", log, service=service).saved_to is None


def test_choosing_the_clinic_binds_the_workbook(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx")
    stand_in.reply = {**DONE, "bind": {"clinic": "lakeside"}}

    press("clinic.choose", log, clinic="lakeside", service=service)

    assert stand_in.sent["inputs"] == {"clinic": "lakeside"}
    name = load_workbook(log).defined_names["_ClinicLedger"]
    assert (name.attr_text, name.hidden) == ('"lakeside"', True)


def test_a_workbook_that_holds_results_of_a_clinic_belongs_to_it(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx")
    stand_in.reply = {**DONE, "edits": [{"sheet": "Appointments", "range": "A2", "fill": "#FFC7CE"}]}

    press("payroll.check", log, clinic="lakeside", service=service)

    assert load_workbook(log).defined_names["_ClinicLedger"].attr_text == '"lakeside"'


def test_a_workbook_of_another_clinic_is_refused_before_anything_is_sent(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="harbor")

    with pytest.raises(BoundElsewhere) as caught:
        press("payroll.check", log, clinic="lakeside", service=service)

    assert "harbor" not in str(caught.value)
    assert not stand_in.requests


def test_a_csv_gets_a_bound_workbook_beside_it(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = tmp_path / "October.csv"
    log.write_text("Date,Provider\n10/05/2026,Ada Example\n")
    stand_in.reply = {**DONE, "edits": [{"sheet": "October", "range": "A2", "fill": "#FFC7CE"}]}

    for _ in range(2):
        result = press("payroll.check", log, clinic="lakeside", service=service)

    assert result.saved_to == tmp_path / "October.xlsx"
    assert stand_in.sent["sheets"][0]["columns"] == [["Date", "10/05/2026"], ["Provider", "Ada Example"]]
    assert load_workbook(result.saved_to).defined_names["_ClinicLedger"].attr_text == '"lakeside"'


@pytest.mark.parametrize("made_for", [None, "harbor"])
def test_a_file_that_is_not_ours_is_never_overwritten(
    tmp_path: Path, stand_in: StandIn, service: Service, made_for: str | None
) -> None:
    a_log(tmp_path / "October.xlsx", clinic=made_for)
    log = tmp_path / "October.csv"
    log.write_text("Date,Provider\n10/05/2026,Ada Example\n")

    with pytest.raises(WouldOverwrite):
        press("payroll.check", log, clinic="lakeside", service=service)

    assert not stand_in.requests


def test_the_sheet_asked_for_is_the_one_sent(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")

    press("payroll.check", log, sheet="appointments", service=service)
    with pytest.raises(UnknownSheet, match="November"):
        press("payroll.check", log, sheet="November", service=service)

    assert stand_in.sent["sheets"][0]["name"] == "Appointments"


def test_an_unknown_button_is_refused_with_the_known_ones(tmp_path: Path, service: Service) -> None:
    with pytest.raises(UnknownButton) as caught:
        press("payroll.pay", a_log(tmp_path / "October.xlsx"), service=service)
    assert "payroll.check" in caught.value.remedy


def test_what_could_not_be_saved_is_refused_before_the_click(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    for place in (tmp_path / "out.csv", tmp_path / "no folder" / "out.xlsx", tmp_path):
        with pytest.raises(CannotSave):
            press("payroll.check", log, service=service, save_as=place)
    (tmp_path / "~$October.xlsx").touch()
    with pytest.raises(OpenInExcel):
        press("payroll.check", log, service=service)
    assert not stand_in.requests


def test_a_workbook_with_pictures_is_only_saved_elsewhere(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    with zipfile.ZipFile(log, "a") as archive:
        archive.writestr("xl/media/image1.png", b"a picture")
    before = log.read_bytes()
    stand_in.reply = {**DONE, "bind": {"clinic": "lakeside"}}

    with pytest.raises(WouldLose, match="pictures"):
        press("payroll.check", log, service=service)
    result = press("payroll.check", log, service=service, save_as=tmp_path / "out.xlsx")

    assert (tmp_path / "out.xlsx").exists()
    assert "pictures" in result.warnings[0]
    assert log.read_bytes() == before


def test_many_files_can_be_pressed_at_once(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in.output = as_bytes(finished("Lines"))
    stand_in.reply = sending(stand_in.output, "Lines")
    logs = [
        a_log(tmp_path / f"log{number}.xlsx", [f"Ada {number}"], clinic="lakeside") for number in range(8)
    ]

    def click(log: Path) -> list[str]:
        with Service(stand_in.url) as service:
            press("payroll.generate", log, service=service)
        saved = load_workbook(log)
        return [*saved.sheetnames, saved.worksheets[0]["A1"].value]

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(click, logs))

    assert told == [["Appointments", "Lines", f"Ada {number}"] for number in range(8)]
