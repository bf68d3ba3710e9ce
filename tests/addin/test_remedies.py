"""Remedies in Excel and in ``press``: offered, pressed, and the click goes on with what it had."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.desktop import ribbon
from addin.desktop.press import press
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused
from tests.addin.stand_in import DONE, StandIn, a_log

CHOOSE = {"label": "Choose clinic", "button": "clinic.choose", "inputs": {"clinic": "lakeside"}}
SAVE = {"label": "Save setup", "button": "clinic.save", "inputs": {}}
RESUMED = {"resumed": "yes"}
GONE = {"label": "Fly", "button": "pigs.fly", "inputs": {}}
REFUSED: dict[str, Any] = {
    "code": "no-clinic",
    "title": "No clinic",
    "detail": "It has none.",
    "remedy": "Choose one.",
    "findings": [],
    "remedies": [CHOOSE],
}


def a_problem(**told: object) -> dict[str, Any]:
    """A reply that the stand-in sends as a refusal."""
    return {**REFUSED, "status": 422, **told}


def found(row: int, *remedies: dict[str, Any], code: str = "unknown-provider") -> dict[str, Any]:
    return {
        "severity": "blocker",
        "code": code,
        "sheet": "Appointments",
        "cell": f"B{row}",
        "row": row,
        "column": "Provider",
        "message": "Nobody has this name.",
        "remedy": "Correct it.",
        "remedies": list(remedies),
    }


def press_in_boxes(book: xw.Book, *buttons: str) -> None:
    book.app.impl.buttons_to_press.extend(buttons)


def alerts(book: xw.Book) -> list[str]:
    said: list[str] = book.app.impl.alerts
    return said


def pressed(stand_in: StandIn) -> list[tuple[str, dict[str, Any]]]:
    """Return the buttons that were pressed, with their inputs."""
    return list(zip(stand_in.pressed, (request["inputs"] for request in stand_in.requests), strict=True))


def test_a_refusal_offers_its_remedy_and_the_click_goes_on_after_it(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), DONE, {**DONE, "summary": "Checked."}]
    press_in_boxes(caller, "ok")

    ribbon.run("payroll.check")

    assert pressed(stand_in) == [
        ("payroll.check", {}),
        ("clinic.choose", {"clinic": "lakeside"}),
        ("payroll.check", RESUMED),
    ]
    assert alerts(caller) == ["It has none.\n\nChoose one.\n\nOK: Choose clinic"]
    assert caller.app.status_bar == "Checked."
    assert len({request["request_id"] for request in stand_in.requests}) == 3


def test_two_remedies_are_yes_and_no_and_a_button_that_is_not_there_is_not_offered(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(remedies=[GONE, CHOOSE, SAVE])]
    press_in_boxes(caller, "no")

    ribbon.run("payroll.check")

    assert "Yes: Choose clinic\nNo: Save setup" in alerts(caller)[0]
    assert stand_in.pressed == ["payroll.check", "clinic.save", "payroll.check"]


def test_a_remedy_that_is_canceled_sends_nothing(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem()]
    ribbon.run("payroll.check")
    assert stand_in.pressed == ["payroll.check"]
    assert caller.app.status_bar == "No clinic"


def test_what_was_answered_before_the_refusal_is_sent_again(caller: xw.Book, stand_in: StandIn) -> None:
    fields = [{"name": "sure", "label": "Sure?", "kind": "yes-no"}]
    asking = {**DONE, "level": "blocked", "asks": {"title": "Sure?", "fields": fields, "sheets": []}}
    stand_in.first_replies = [asking, a_problem(), DONE]
    press_in_boxes(caller, "yes", "ok")

    ribbon.run("payroll.check")

    assert pressed(stand_in)[-1] == ("payroll.check", {"sure": "yes", **RESUMED})
    first, *_, last = stand_in.requests
    assert first["selection"] == last["selection"]
    assert first["sheets"] == last["sheets"]


def test_a_remedy_with_a_next_step_is_followed_by_the_click_once_that_step_was_taken(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    assert stand_in.pressed == ["payroll.check", "clinic.choose"]
    assert caller.app.status_bar == "Done. After clinic.save, payroll.check goes on by itself."

    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save", "payroll.check"]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


@pytest.mark.parametrize(
    ("waited", "same_session", "goes_on"),
    [
        (timedelta(minutes=30), True, True),
        (timedelta(minutes=31), True, False),
        (timedelta(minutes=-1), True, False),
        (timedelta(minutes=1), False, False),
    ],
)
def test_a_click_waits_half_an_hour_for_its_own_person(
    caller: xw.Book,
    stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    *,
    waited: timedelta,
    same_session: bool,
    goes_on: bool,
) -> None:
    start = datetime(2026, 11, 29, 9, tzinfo=UTC)
    monkeypatch.setattr(ribbon, "current_time", lambda: start)
    monkeypatch.setenv("USERNAME", "Ann")
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    monkeypatch.setattr(ribbon, "current_time", lambda: start + waited)
    monkeypatch.setenv("USERNAME", "Ann" if same_session else "Bob")

    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save", *(["payroll.check"] if goes_on else [])]
    ribbon.run("clinic.save")
    assert stand_in.pressed[-1] == "clinic.save"


@pytest.mark.parametrize("canceled", ["box", "refusal", "findings"])
def test_cancel_ends_the_waiting(caller: xw.Book, stand_in: StandIn, canceled: str) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    fields = [{"name": "sure", "label": "Sure?", "kind": "yes-no"}]
    answers: dict[str, dict[str, Any]] = {
        "box": {**DONE, "level": "blocked", "asks": {"title": "Sure?", "fields": fields, "sheets": []}},
        "refusal": a_problem(),
        "findings": {**DONE, "level": "blocked", "findings": [found(2, SAVE)]},
    }
    stand_in.first_replies = [answers[canceled]]
    press_in_boxes(caller, "cancel")

    ribbon.run("clinic.save")
    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save", "clinic.save"]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


def test_a_refusal_without_an_offer_keeps_the_click_waiting(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}, a_problem(remedies=[])]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")

    ribbon.run("clinic.save")
    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save", "clinic.save", "payroll.check"]


def test_another_remedy_ends_the_waiting(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [
        a_problem(),
        {**DONE, "next": "clinic.save"},
        a_problem(remedies=[CHOOSE]),
        a_problem(remedies=[]),
    ]
    press_in_boxes(caller, "ok", "ok")
    ribbon.run("payroll.check")
    ribbon.run("clinic.save")

    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save", "clinic.choose", "clinic.save"]


def test_a_click_that_waits_is_forgotten_when_another_button_is_pressed(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")

    ribbon.run("payroll.generate")
    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["payroll.generate", "clinic.save"]


def test_a_remedy_that_asks_on_the_sheet_is_followed_by_the_click_once_it_is_answered(
    caller: xw.Book, stand_in: StandIn
) -> None:
    choices = [{"value": name.lower(), "label": name} for name in ("Cedar", "Lakeside", "Elm")]
    field = {"name": "which", "label": "Which?", "kind": "choice", "choices": choices}
    asking = {**DONE, "level": "blocked", "asks": {"title": "Which?", "fields": [field], "sheets": []}}
    stand_in.first_replies = [a_problem(), asking]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    caller.sheets["Questions"].range("B5").value = "Elm"

    ribbon.run("clinic.choose")

    assert pressed(stand_in)[2:] == [
        ("clinic.choose", {"clinic": "lakeside", "which": "elm"}),
        ("payroll.check", RESUMED),
    ]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


def test_findings_of_one_kind_offer_their_remedy_once(caller: xw.Book, stand_in: StandIn) -> None:
    findings = [found(2, SAVE), found(3, SAVE), found(4)]
    stand_in.first_replies = [{**DONE, "level": "blocked", "summary": "3 rows.", "findings": findings}]
    press_in_boxes(caller, "ok")

    ribbon.run("payroll.check")

    assert alerts(caller) == ["3 rows.\n\nOK: Save setup (B2 and 1 more)"]
    assert stand_in.pressed == ["payroll.check", "clinic.save", "payroll.check"]


def test_many_remedies_are_chosen_on_the_question_sheet(caller: xw.Book, stand_in: StandIn) -> None:
    findings = [found(row, {**CHOOSE, "inputs": {"clinic": str(row)}}) for row in range(2, 6)]
    stand_in.first_replies = [{**DONE, "level": "blocked", "summary": "4 rows.", "findings": findings}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    caller.sheets["Questions"].range("B5").value = "Choose clinic (B4)"

    ribbon.run("payroll.check")

    assert pressed(stand_in) == [
        ("payroll.check", {}),
        ("clinic.choose", {"clinic": "4"}),
        ("payroll.check", RESUMED),
    ]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


def test_press_hands_the_remedies_of_a_refusal_on(
    service: Service, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.first_replies = [a_problem()]
    with pytest.raises(Refused) as refused:
        press("payroll.check", a_log(tmp_path / "October.xlsx"), service=service)
    assert refused.value.as_problem()["remedies"] == [CHOOSE]


def test_a_remedy_after_which_it_is_the_persons_turn_is_not_followed_by_the_click(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(remedies=[{**SAVE, "resumes": False}])]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    assert stand_in.pressed == ["payroll.check", "clinic.save"]


def test_a_refusal_about_cells_lists_the_first_and_leads_to_it(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(remedies=[], findings=[found(row) for row in range(2, 7)])]
    press_in_boxes(caller, "ok")
    caller.sheets.add("Front")

    ribbon.run("payroll.check")

    listed = "B2: Nobody has this name.\nB3: Nobody has this name.\nB4: Nobody has this name.\nand 2 more."
    assert alerts(caller) == [f"It has none.\n\n{listed}\n\nChoose one.\n\nOK: Show the 5 rows"]
    assert caller.sheets.active.name == "Appointments"
    selected = caller.app.selection
    assert selected
    assert selected.address == "$B$2"


def test_what_may_pass_can_be_tried_again(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(status=503, remedies=[]), {**DONE, "summary": "Checked."}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    assert stand_in.pressed == ["payroll.check", "payroll.check"]
    assert stand_in.requests[0] == stand_in.requests[1]
    assert alerts(caller)[0].endswith("OK: Try again")
    assert caller.app.status_bar == "Checked."


def test_trying_again_sends_the_same_request_until_it_is_answered(caller: xw.Book, stand_in: StandIn) -> None:
    fields = [{"name": "sure", "label": "Sure?", "kind": "yes-no"}]
    asking = {**DONE, "level": "blocked", "asks": {"title": "Sure?", "fields": fields, "sheets": []}}
    failed = a_problem(status=500, remedies=[])
    stand_in.first_replies = [failed, failed, asking, failed, DONE]
    press_in_boxes(caller, "ok", "ok", "yes", "ok")

    ribbon.run("payroll.check")

    first, second, third, fourth, fifth = stand_in.requests
    assert first == second == third
    assert fourth == fifth
    assert fourth["request_id"] != first["request_id"]
    assert fourth["inputs"] == {"sure": "yes"}


def test_the_status_bar_ends_with_the_next_step(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [{**DONE, "next": "payroll.generate"}]
    ribbon.run("payroll.check")
    assert caller.app.status_bar == "Done. Next: payroll.generate."


def test_a_remedy_of_a_remedy_leads_back_to_what_was_asked_first(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(), a_problem(remedies=[SAVE])]
    press_in_boxes(caller, "ok", "ok")
    ribbon.run("payroll.check")
    assert pressed(stand_in) == [
        ("payroll.check", {}),
        ("clinic.choose", CHOOSE["inputs"]),
        ("clinic.save", {}),
        ("clinic.choose", {"clinic": "lakeside", **RESUMED}),
        ("payroll.check", RESUMED),
    ]


def test_all_that_goes_on_is_kept_until_the_step_that_it_waits_for(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), a_problem(remedies=[SAVE]), {**DONE, "next": "payroll.generate"}]
    press_in_boxes(caller, "ok", "ok")
    ribbon.run("payroll.check")
    assert caller.app.status_bar == "Done. After payroll.generate, clinic.choose goes on by itself."

    ribbon.run("payroll.generate")

    assert stand_in.pressed[3:] == ["payroll.generate", "clinic.choose", "payroll.check"]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


def test_a_remedy_at_which_it_is_the_persons_turn_ends_all_that_would_have_gone_on(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), a_problem(remedies=[{**SAVE, "resumes": False}])]
    press_in_boxes(caller, "ok", "ok")
    ribbon.run("payroll.check")
    assert stand_in.pressed == ["payroll.check", "clinic.choose", "clinic.save"]


def test_a_refused_remedy_without_an_offer_keeps_the_click_waiting(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), a_problem(remedies=[])]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    ribbon.run("clinic.choose")
    assert stand_in.pressed[2:] == ["clinic.choose", "payroll.check"]


FIELDS = [{"name": "sure", "label": "Sure?", "kind": "yes-no"}]
ASKING: dict[str, Any] = {
    **DONE,
    "level": "blocked",
    "asks": {"title": "Sure?", "fields": FIELDS, "sheets": []},
}


def test_cancel_of_a_remedy_returns_to_what_offered_it(caller: xw.Book, stand_in: StandIn) -> None:
    findings = [found(2, SAVE, CHOOSE)]
    stand_in.first_replies = [
        {**DONE, "level": "blocked", "summary": "1 row.", "findings": findings},
        ASKING,
        ASKING,
    ]
    press_in_boxes(caller, "yes", "cancel", "no", "cancel", "cancel")

    ribbon.run("payroll.check")

    assert stand_in.pressed == ["payroll.check", "clinic.save", "clinic.choose"]
    offers = [text for text in alerts(caller) if "1 row." in text]
    again = f"You canceled, so nothing was recorded.\n\n{offers[0]}"
    assert offers[1:] == [again, again]
    assert [sheet.name for sheet in caller.sheets] == ["Appointments"]


def test_cancel_of_a_remedy_that_was_chosen_on_the_question_sheet_offers_them_again(
    caller: xw.Book, stand_in: StandIn
) -> None:
    findings = [found(row, {**CHOOSE, "inputs": {"clinic": str(row)}}) for row in range(2, 6)]
    stand_in.first_replies = [
        {**DONE, "level": "blocked", "summary": "4 rows.", "findings": findings},
        ASKING,
    ]
    press_in_boxes(caller, "ok", "cancel", "ok")
    ribbon.run("payroll.check")
    caller.sheets["Questions"].range("B5").value = "Choose clinic (B4)"

    ribbon.run("payroll.check")

    assert stand_in.pressed == ["payroll.check", "clinic.choose"]
    assert caller.sheets.active.name == "Questions"


def test_cancel_in_a_later_press_puts_the_sheet_in_front_that_was_there(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "payroll.generate"}, ASKING]
    press_in_boxes(caller, "ok", "cancel")
    ribbon.run("payroll.check")
    caller.sheets.add("Setup")
    caller.sheets["Setup"].activate()

    ribbon.run("payroll.generate")

    assert caller.sheets.active.name == "Appointments"
    ribbon.run("payroll.generate")
    assert stand_in.pressed[2:] == ["payroll.generate", "payroll.generate"]


def test_the_remedies_of_a_refusals_findings_are_offered_too(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(remedies=[], findings=[found(2, SAVE), found(3, SAVE)])]
    press_in_boxes(caller, "yes")
    ribbon.run("payroll.check")
    assert alerts(caller)[0].endswith("Yes: Save setup\nNo: Show the 2 rows")
    assert stand_in.pressed == ["payroll.check", "clinic.save", "payroll.check"]


def test_a_click_that_goes_on_about_a_renamed_sheet_says_so_and_reads_no_other(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [a_problem(), {**DONE, "next": "clinic.save"}]
    press_in_boxes(caller, "ok")
    ribbon.run("payroll.check")
    caller.sheets["Appointments"].name = "October"

    ribbon.run("clinic.save")

    assert stand_in.pressed[2:] == ["clinic.save"]
    assert alerts(caller)[-1] == (
        "The sheet Appointments is no longer there. It may have been renamed or deleted.\n\n"
        "Go to the sheet that is meant, and press payroll.check again."
    )
    ribbon.run("payroll.check")
    assert stand_in.sent["sheets"][0]["name"] == "October"


def test_answers_on_the_question_sheet_about_a_renamed_sheet_are_not_sent(
    caller: xw.Book, stand_in: StandIn
) -> None:
    field = {"name": "note", "label": "Note", "kind": "text"}
    asking = {**DONE, "level": "blocked", "asks": {"title": "Note", "fields": [field], "sheets": []}}
    stand_in.first_replies = [asking]
    ribbon.run("payroll.check")
    caller.sheets["Questions"].range("B5").value = "a word"
    caller.sheets["Appointments"].name = "October"

    ribbon.run("payroll.check")

    assert "The sheet Appointments is no longer there." in alerts(caller)[-1]
    assert len(stand_in.requests) == 1
    caller.sheets["October"].activate()
    ribbon.run("payroll.check")
    assert (stand_in.sent["inputs"], stand_in.sent["sheets"][0]["name"]) == ({}, "October")


def test_the_way_to_a_hidden_row_shows_it(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [a_problem(remedies=[], findings=[found(2)])]
    press_in_boxes(caller, "ok")
    log = caller.sheets["Appointments"]
    log.range("A2").api.EntireRow.Hidden = True
    caller.sheets.add("Front")

    ribbon.run("payroll.check")

    assert log.range("A2").api.EntireRow.Hidden is False
    assert caller.app.status_bar == "Row 2 was hidden or filtered out, and is shown now."
