"""Questions in Excel: message boxes for short ones, the question sheet for the others. Nothing is recorded meanwhile."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.desktop import bridge, click, dialogs, ribbon
from tests.addin.stand_in import DONE, StandIn, as_bytes, finished, sending

SURE = {"name": "sure", "label": "Apply the 36 good rows?", "kind": "yes-no"}
STALE = {
    "name": "stale",
    "label": "What is to be done?",
    "kind": "choice",
    "choices": [
        {"value": "again", "label": "Generate it again"},
        {"value": "as-is", "label": "Approve it as it is"},
    ],
}
CONSENT = {
    "name": "confirm",
    "label": "Clear $80.00",
    "kind": "choice",
    "choices": [{"value": "INV-000001/7", "label": "Clear one cheque"}],
}
CLINIC = {
    "name": "clinic",
    "label": "Which clinic?",
    "kind": "choice",
    "choices": [
        {"value": "cedar-hill", "label": "Cedar Hill, P.C.; North"},
        {"value": "lakeside", "label": "Lakeside"},
    ],
    "default": "lakeside",
}
DAY = {"name": "day", "label": "Cleared on", "kind": "date", "default": "2026-10-31"}
NOTE = {"name": "note", "label": "Note", "required": False}
SEVERAL = {
    "name": "columns",
    "label": "Which columns?",
    "kind": "several",
    "choices": [{"value": "2", "label": "Copay"}, {"value": "5", "label": "Insurance paid"}],
}
PAPER = {"name": "document", "label": "Document", "kind": "file"}
TICKS = [{"name": f"tick-{number}", "label": f"Is {number} right?", "kind": "yes-no"} for number in range(12)]


def asking(*fields: dict[str, Any], title: str = "A question.", **more: object) -> dict[str, Any]:
    asks = {"title": title, "fields": list(fields), "sheets": []}
    return {**DONE, "level": "blocked", "summary": title, "asks": asks, **more}


def press_in_boxes(book: xw.Book, *buttons: str) -> None:
    book.app.impl.buttons_to_press.extend(buttons)


def alerts(book: xw.Book) -> list[str]:
    said: list[str] = book.app.impl.alerts
    return said


def sheets(book: xw.Book) -> list[str]:
    return [sheet.name for sheet in book.sheets]


def answers_sent(stand_in: StandIn) -> list[dict[str, Any]]:
    return [request["inputs"] for request in stand_in.requests]


def fill_in(book: xw.Book, *answers: object) -> None:
    """Type answers into the yellow cells, in their order; ``None`` leaves what is there."""
    sheet = book.sheets["Questions"]
    for row, answer in enumerate(answers, 5):
        if answer is not None:
            sheet.range((row, 2)).value = answer


# -- message boxes


@pytest.mark.parametrize(
    ("field", "pressed", "answer"),
    [
        (SURE, "yes", "yes"),
        (SURE, "no", "no"),
        (STALE, "yes", "again"),
        (STALE, "no", "as-is"),
        (CONSENT, "ok", "INV-000001/7"),
        ({**CONSENT, "kind": "buttons"}, "ok", "INV-000001/7"),
        ({**STALE, "kind": "buttons"}, "no", "as-is"),
    ],
)
def test_a_short_question_is_asked_in_a_box_and_the_button_is_pressed_again_with_the_answer(
    caller: xw.Book, stand_in: StandIn, field: dict[str, Any], pressed: str, answer: str
) -> None:
    stand_in.first_replies = [asking(field)]
    press_in_boxes(caller, pressed)
    ribbon.run("payroll.check")
    assert answers_sent(stand_in) == [{}, {field["name"]: answer}]
    first, second = stand_in.requests
    assert first["request_id"] != second["request_id"]
    assert first["sheets"] == second["sheets"]
    assert first["selection"] == second["selection"]
    assert len(alerts(caller)) == 1
    assert sheets(caller) == ["Appointments"]


def test_a_box_says_what_was_found_what_is_asked_and_what_each_button_means(
    caller: xw.Book, stand_in: StandIn
) -> None:
    found = [{"cell": f"E{row}", "sheet": "Appointments", "message": "Look."} for row in range(2, 7)]
    stand_in.first_replies = [asking(STALE, findings=found, findings_total=9)]
    press_in_boxes(caller, "yes")
    ribbon.run("payroll.check")
    assert alerts(caller)[0].split("\n\n") == [
        "A question.",
        "E2: Look.\nE3: Look.\nE4: Look.\nand 6 more.",
        "What is to be done?",
        "Yes: Generate it again\nNo: Approve it as it is",
    ]
    assert caller.app.impl.alert_titles == ["Clinic Ledger: payroll.check"]


SHOWN = {
    "title": "What would be recorded",
    "headings": ["Action", "Count", "Amount"],
    "rows": [["send", "2", "$300.00"], ["In all", "2", ""]],
}
FLAGGED = {"title": "1 flagged", "headings": [], "rows": [["=Row 4: void; billed -$100.00."]]}


def with_tables(reply: dict[str, Any], *tables: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "asks": {**reply["asks"], "tables": list(tables)}}


def test_a_box_shows_the_tables_that_the_question_is_about(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [with_tables(asking({**STALE, "kind": "buttons"}), SHOWN, FLAGGED)]
    press_in_boxes(caller, "yes")
    ribbon.run("payroll.check")
    assert alerts(caller)[0].split("\n\n")[:4] == [
        "A question.",
        "What would be recorded\nsend · 2 · $300.00\nIn all · 2",
        "1 flagged\n=Row 4: void; billed -$100.00.",
        "What is to be done?",
    ]


def test_tables_that_are_too_long_for_a_box_are_on_the_sheet() -> None:
    long = {**SHOWN, "rows": [["send", "2", "$300.00"]] * 60}
    assert dialogs.fit_boxes(with_tables(asking(STALE), SHOWN))
    assert not dialogs.fit_boxes(with_tables(asking(STALE), long))


@pytest.mark.parametrize("field", [SURE, STALE, CONSENT])
def test_a_canceled_box_records_nothing_and_says_so(
    caller: xw.Book, stand_in: StandIn, field: dict[str, Any]
) -> None:
    stand_in.first_replies = [asking(field)]
    press_in_boxes(caller, "cancel")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in) == [{}]
    assert "nothing was recorded" in alerts(caller)[-1]
    assert caller.app.status_bar == "Canceled"
    assert sheets(caller) == ["Appointments"]


def test_canceling_the_second_box_records_nothing_either(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(SURE, STALE)]
    press_in_boxes(caller, "yes", "cancel")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in) == [{}]


def test_questions_one_after_the_other_keep_the_answers_before_them(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [asking(SURE), asking(STALE)]
    press_in_boxes(caller, "yes", "no")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"sure": "yes", "stale": "as-is"}
    assert len({request["request_id"] for request in stand_in.requests}) == 3


def test_a_connection_that_breaks_after_the_answer_sends_the_same_request_again(
    caller: xw.Book, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.first_replies = [asking(SURE)]

    def break_then_press(*_box: object) -> str:
        stand_in.break_connections = 1
        return "yes"

    monkeypatch.setattr(caller.app.impl, "alert", break_then_press)
    ribbon.run("payroll.check")
    _, broken, again = stand_in.requests
    assert broken == again
    assert again["inputs"] == {"sure": "yes"}


def test_a_service_that_asks_for_ever_is_given_up(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.reply = asking(SURE)
    press_in_boxes(caller, *["yes"] * 50)
    ribbon.run("payroll.check")
    assert len(stand_in.requests) == click.MOST_QUESTIONS
    assert "asks again" in alerts(caller)[-1]


class CanceledInMacos(Exception):
    """How Excel for Mac reports a box that was closed with Esc."""

    errornumber = -128


def test_a_box_that_macos_reports_as_canceled_is_canceled(
    caller: xw.Book, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.first_replies = [asking(SURE)]
    said: list[str] = []

    def closed(prompt: str, _title: str, buttons: str, *_more: object) -> str:
        said.append(prompt)
        if buttons != "ok":
            raise CanceledInMacos
        return "ok"

    monkeypatch.setattr(caller.app.impl, "alert", closed)
    ribbon.run("payroll.check")
    assert answers_sent(stand_in) == [{}]
    assert "nothing was recorded" in said[-1]


def test_the_buttons_are_those_that_xlwings_knows_on_windows_and_macos() -> None:
    folder = Path(str(xw.__file__)).parent
    for file in ("_xlwindows.py", "_xlmac.py"):
        source = (folder / file).read_text("utf-8")
        for buttons in ("ok", "ok_cancel", "yes_no_cancel"):
            assert f'"{buttons}":' in source
    assert sys.modules["xlwings"] is xw


@pytest.mark.parametrize(
    "fields",
    [
        [CLINIC],
        [NOTE],
        [DAY],
        [PAPER],
        [SEVERAL],
        TICKS,
        [SURE, STALE, SURE],
        [{**SURE, "label": "x" * 1000}],
    ],
)
def test_what_no_box_can_ask_well_is_asked_on_the_sheet(fields: list[dict[str, Any]]) -> None:
    assert not dialogs.fit_boxes(asking(*fields))


# -- the question sheet


def test_a_long_form_is_a_sheet_of_plain_words(caller: xw.Book, stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.reply = asking(CLINIC, SURE, DAY, SEVERAL, PAPER, NOTE, title="Six questions.")
    ribbon.run("payroll.check")
    form = caller.sheets.active
    assert form.name == "Questions"
    assert form.range("A1").value == "Six questions."
    assert form.range("A4:C10").value == [
        ["Question", "Your answer", "How to answer"],
        ["Which clinic? *", "Lakeside", "Choose one from the list."],
        ["Apply the 36 good rows? *", None, "Choose Yes or No."],
        ["Cleared on *", form.range("B7").value, "Type a day, such as 10/31/2026."],
        ["Which columns? *", None, "Type one or more, with semicolons between them: Copay; Insurance paid"],
        ["Document *", None, "Type or paste the path of a file: PDF, PNG, JPEG, TIFF or text."],
        ["Note", None, "Type the answer. Optional."],
    ]
    assert form.range("B7").value.isoformat() == "2026-10-31T00:00:00"
    shown = " ".join(str(cell) for row in form.used_range.value for cell in row)
    assert not [name for name in ("cedar-hill", "sure", "payroll.check yes") if f" {name} " in f" {shown} "]
    assert "Press payroll.check on the Clinic Ledger tab again" in alerts(caller)[0]

    caller.save(str(tmp_path / "form.xlsx"))
    saved = load_workbook(tmp_path / "form.xlsx")
    assert saved["_ClinicLedgerForm"].sheet_state == "veryHidden"
    rules = {
        str(rule.sqref): str(rule.formula1) for rule in saved["Questions"].data_validations.dataValidation
    }
    assert rules == {"B5": "'_ClinicLedgerForm'!$B$4:$C$4", "B6": "'_ClinicLedgerForm'!$B$7:$C$7"}
    labels = [cell.value for (cell,) in zip(*saved["_ClinicLedgerForm"]["B4:C4"], strict=True)]
    assert labels == ["Cedar Hill, P.C.; North", "Lakeside"]


def test_tables_and_long_choices_are_under_the_form(caller: xw.Book, stand_in: StandIn) -> None:
    rows = {"name": "leave", "label": "2 flagged", "kind": "several", "required": False}
    labels = {"12-3f9a1c": "Row 12: send INV-000001; void it", "-4-3f9a1c": "Row 4"}
    rows["choices"] = [{"value": value, "label": label} for value, label in labels.items()]
    stand_in.first_replies = [with_tables(asking(rows, {**STALE, "kind": "buttons"}), SHOWN, FLAGGED)]
    ribbon.run("payroll.check")

    form = caller.sheets["Questions"]
    assert form.range("A5:C5").value[2] == (
        "Type one or more of the words in the table below, with semicolons between them. Optional."
    )
    assert form.range("A10:C20").value == [
        ["2 flagged", None, None],
        ["To type", "What it is", None],
        ["12-3f9a1c", "Row 12: send INV-000001; void it", None],
        ["-4-3f9a1c", "Row 4", None],
        [None] * 3,
        ["What would be recorded", None, None],
        ["Action", "Count", "Amount"],
        ["send", "2", "$300.00"],
        ["In all", "2", None],
        [None] * 3,
        ["1 flagged", None, None],
    ]
    assert form.range("A21").value == "=Row 4: void; billed -$100.00."
    fill_in(caller, "12-3f9a1c; row 4", "Generate it again")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"leave": "12-3f9a1c;-4-3f9a1c", "stale": "again"}


@pytest.mark.parametrize(
    ("labels", "shown"), [(("Copay", "Fee"), "Copay; Fee"), (("Copay; paid", "Fee"), "2-3f9a1c; 5-3f9a1c")]
)
def test_what_is_ticked_beforehand_is_sent_as_it_stands_there(
    caller: xw.Book, stand_in: StandIn, labels: tuple[str, str], shown: str
) -> None:
    values = ("2-3f9a1c", "5-3f9a1c")
    choices = [{"value": value, "label": label} for value, label in zip(values, labels, strict=True)]
    ticked = {**SEVERAL, "choices": choices, "default": ";".join(values)}
    stand_in.first_replies = [asking(ticked, NOTE)]
    ribbon.run("payroll.check")
    assert caller.sheets["Questions"].range("B5").value == shown
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"columns": "2-3f9a1c;5-3f9a1c"}


def test_the_button_pressed_again_sends_the_answers_and_the_form_goes_away(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.first_replies = [asking(CLINIC, SURE, DAY, SEVERAL, NOTE)]
    ribbon.run("payroll.check")
    fill_in(caller, "cedar hill, p.c.; north", "Yes", None, "Insurance paid; copay ;9")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {
        "clinic": "cedar-hill",
        "sure": "yes",
        "day": "2026-10-31",
        "columns": "5;2;9",
    }
    assert stand_in.sent["sheets"][0]["name"] == "Appointments"
    assert sheets(caller) == ["Appointments"]
    assert caller.sheets.active.name == "Appointments"


TEXTS = ["000451", "12-5", "123456789012345678", "1E5", "TRUE", "4/4", "=1+1", "0.50", " ", "word"]


def test_a_text_answer_is_sent_as_it_was_typed(caller: xw.Book, stand_in: StandIn) -> None:
    asked = [
        {
            "name": f"text-{place}",
            "label": f"Text {place}",
            "kind": "text",
            "default": text,
            "required": False,
        }
        for place, text in enumerate(TEXTS)
    ]
    code = {"name": "code", "label": "Code", "kind": "choice", "choices": [{"value": "a", "label": "000451"}]}
    stand_in.first_replies = [
        asking(*asked, code, DAY, {"name": "count", "label": "Count", "kind": "number"})
    ]
    ribbon.run("payroll.check")
    form = caller.sheets["Questions"]
    rows = range(5, 5 + len(asked) + 3)
    assert [form.range((row, 2)).number_format for row in rows] == [
        *["@"] * (len(asked) + 1),
        "mm/dd/yyyy",
        "General",
    ]
    fill_in(caller, *[None] * len(asked), "000451", None, 5)

    ribbon.run("payroll.check")

    typed = {f"text-{place}": text for place, text in enumerate(TEXTS) if text.strip()}
    assert answers_sent(stand_in)[-1] == {**typed, "code": "a", "day": "2026-10-31", "count": 5}


@pytest.mark.parametrize(
    ("value", "number_format", "sent"),
    [
        (451, "General", "451"),
        (451, "000000", None),
        (123456789012345678, "General", None),
        (datetime(2026, 12, 5), "mm/dd/yyyy", None),  # noqa: DTZ001 - a cell has no zone
        (0.5, "General", None),
    ],
)
def test_a_number_in_a_text_answer_is_sent_if_it_is_certain_what_was_typed(
    caller: xw.Book, stand_in: StandIn, value: object, number_format: str, sent: str | None
) -> None:
    stand_in.first_replies = [asking({**NOTE, "required": True}, *TICKS)]
    ribbon.run("payroll.check")
    cell = caller.sheets["Questions"].range("B5")
    cell.number_format = number_format
    fill_in(caller, value, *["Yes"] * len(TICKS))

    ribbon.run("payroll.check")

    if sent is None:
        assert len(stand_in.requests) == 1
        assert "- Note (Excel made a number or a day of this text: type it again)" in alerts(caller)[-1]
        cell.value = "000451"
        ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1]["note"] == (sent or "000451")


def test_a_form_of_many_ticks_is_answered_at_once(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(*TICKS, {**STALE, "kind": "buttons"})]
    ribbon.run("payroll.check")
    fill_in(caller, *["Yes"] * len(TICKS), "approve it as it is")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {tick["name"]: "yes" for tick in TICKS} | {"stale": "as-is"}


def test_a_required_question_without_an_answer_sends_nothing(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(CLINIC, SURE, NOTE)]
    ribbon.run("payroll.check")
    fill_in(caller, None, "  ")
    ribbon.run("payroll.check")
    assert len(stand_in.requests) == 1
    assert "- Apply the 36 good rows?" in alerts(caller)[-1]
    assert "Note" not in alerts(caller)[-1]
    assert caller.sheets.active.name == "Questions"


def test_a_refused_click_keeps_the_form_with_its_answers(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(CLINIC, SURE, NOTE)]
    ribbon.run("payroll.check")
    fill_in(caller, None, "Yes", "x")
    stand_in.status, stand_in.kind = 422, "application/problem+json"
    stand_in.reply = {"code": "x", "title": "No", "detail": "The note is too short."}
    ribbon.run("payroll.check")
    assert caller.sheets["Questions"].range("B6:B7").value == ["Yes", "x"]


def test_a_box_after_the_form_keeps_its_answers_and_canceling_it_takes_the_form_away(
    caller: xw.Book, stand_in: StandIn
) -> None:
    for pressed, requests in (("yes", 3), ("cancel", 5)):
        stand_in.first_replies = [asking(CLINIC, NOTE), asking(SURE)]
        press_in_boxes(caller, pressed)
        ribbon.run("payroll.check")
        fill_in(caller, "Lakeside")
        ribbon.run("payroll.check")
        assert len(stand_in.requests) == requests
        assert sheets(caller) == ["Appointments"]
    assert answers_sent(stand_in)[2] == {"clinic": "lakeside", "sure": "yes"}


def test_a_form_after_a_form_keeps_the_answers_before_it(
    caller: xw.Book, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.first_replies = [asking(PAPER, SURE, NOTE), asking(DAY, NOTE)]
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7 an invented check")
    ribbon.run("payroll.check")
    fill_in(caller, f'"{tmp_path / "scan.pdf"}"', "No")
    ribbon.run("payroll.check")
    assert sheets(caller).count("Questions") == 1
    ribbon.run("payroll.check")
    last = answers_sent(stand_in)[-1]
    assert last == {"document": answers_sent(stand_in)[1]["document"], "sure": "no", "day": "2026-10-31"}
    assert len(last["document"]) == 64


def test_an_answer_counts_no_more_if_its_question_is_asked_again(caller: xw.Book, stand_in: StandIn) -> None:
    one, other = (
        {**CLINIC, "name": "rows", "kind": "several", "default": None, "required": False} for _ in "12"
    )
    other["choices"] = [{"value": "other", "label": "Harbor"}]
    stand_in.first_replies = [asking(SURE, DAY, NOTE, one), asking(DAY, NOTE, other)]
    ribbon.run("payroll.check")
    fill_in(caller, "Yes", None, "first", "lakeside")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1]["note"] == "first"
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"sure": "yes", "day": "2026-10-31"}


def test_a_relative_path_starts_at_the_workbook(caller: xw.Book, stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7 an invented check")
    stand_in.first_replies = [asking(PAPER, NOTE)]
    ribbon.run("payroll.check")
    fill_in(caller, "scan.pdf")
    ribbon.run("payroll.check")
    assert [content for _, _, content in stand_in.kept] == [b"%PDF-1.7 an invented check"]


def test_words_with_blanks_and_semicolons_are_one_answer_and_a_sent_file_is_kept(
    caller: xw.Book, stand_in: StandIn
) -> None:
    """The service offers a file that it has already as the only choice, by its name."""
    sent = {
        "name": "document",
        "label": "Document",
        "kind": "choice",
        "choices": [{"value": "ab12", "label": "Copy of the cheque; both sides.pdf"}],
        "default": "ab12",
    }
    invoice, note = {"name": "invoice", "label": "Invoice"}, NOTE | {"default": "front; back"}
    stand_in.first_replies = [asking(invoice, sent, note)]
    ribbon.run("payroll.check")
    assert caller.sheets["Questions"].range("B6").value == "Copy of the cheque; both sides.pdf"
    fill_in(caller, "Copy of; the cheque")
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {
        "invoice": "Copy of; the cheque",
        "document": "ab12",
        "note": "front; back",
    }


def test_the_selection_is_that_of_the_press_that_asked(caller: xw.Book, stand_in: StandIn) -> None:
    caller.sheets[0].range("A2").select()
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    ribbon.run("payroll.check")
    ribbon.run("payroll.check")
    first, second = stand_in.requests
    assert second["selection"] == first["selection"] == {"sheet": "Appointments", "rows": [2]}


def test_another_button_and_another_log_do_not_use_the_answers(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    ribbon.run("payroll.check")
    ribbon.run("payroll.generate")
    assert answers_sent(stand_in)[-1] == {}
    assert "Questions" in sheets(caller)
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    ribbon.run("payroll.check")
    caller.sheets.add("November").range("A1").value = "Date"
    ribbon.run("payroll.check")
    assert stand_in.sent["inputs"] == {}
    assert stand_in.sent["sheets"][0]["name"] == "November"


def test_deleting_the_sheet_cancels(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    ribbon.run("payroll.check")
    caller.sheets["Questions"].delete()
    ribbon.run("payroll.check")
    assert answers_sent(stand_in) == [{}, {}]
    assert sheets(caller) == ["Appointments"]


def test_a_sheet_of_somebodys_own_is_left_alone_and_a_renamed_form_is_found(
    caller: xw.Book, stand_in: StandIn
) -> None:
    caller.sheets.add("Questions", after=caller.sheets[0]).range("A1").value = "mine"
    caller.sheets[0].activate()
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    ribbon.run("payroll.check")
    assert caller.sheets.active.name == "Questions (2)"
    caller.sheets.active.name = "To answer"
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"clinic": "lakeside"}
    assert sheets(caller) == ["Appointments", "Questions"]
    assert caller.sheets["Questions"].range("A1").value == "mine"


def test_sorted_rows_keep_their_answers(caller: xw.Book, stand_in: StandIn) -> None:
    stand_in.first_replies = [asking(CLINIC, SURE, NOTE)]
    ribbon.run("payroll.check")
    form = caller.sheets["Questions"]
    form.range("A5:B7").value = [
        ["Note", "hello"],
        ["Apply the 36 good rows? *", "No"],
        ["Which clinic? *", "Lakeside"],
    ]
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"clinic": "lakeside", "sure": "no", "note": "hello"}


def test_text_of_the_service_is_never_a_formula(caller: xw.Book, stand_in: StandIn, tmp_path: Path) -> None:
    field = {
        **CLINIC,
        "label": "=1+1",
        "choices": [{"value": "=a", "label": "=HYPERLINK(0)"}],
        "default": "=a",
    }
    stand_in.first_replies = [asking(field, NOTE, title="+title")]
    ribbon.run("payroll.check")
    caller.save(str(tmp_path / "form.xlsx"))
    for sheet in load_workbook(tmp_path / "form.xlsx").worksheets:
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    ribbon.run("payroll.check")
    assert answers_sent(stand_in)[-1] == {"clinic": "=a"}


def test_sheets_that_come_with_the_last_answer_take_the_place_of_the_form(
    caller: xw.Book, stand_in: StandIn
) -> None:
    stand_in.output = as_bytes(finished("Lines"))
    stand_in.first_replies = [asking(CLINIC, NOTE)]
    stand_in.reply = sending(stand_in.output, "Lines", activate="Lines")
    ribbon.run("payroll.generate")
    ribbon.run("payroll.generate")
    assert sheets(caller) == ["Appointments", "Lines"]
    assert caller.sheets.active.name == "Lines"


# -- options on the Settings sheet


def test_options_of_the_settings_sheet_count_for_every_click(caller: xw.Book, stand_in: StandIn) -> None:
    settings = caller.sheets.add("Settings")
    settings.range("A1:B4").value = [
        ["Printer", None],
        ["Name", "Value"],
        ["to", "'2026-10-31"],
        ["bucket", 30],
    ]
    caller.sheets["Appointments"].activate()
    stand_in.first_replies = [asking(SURE)]
    press_in_boxes(caller, "yes")
    ribbon.run("payroll.check")
    ribbon.run("payroll.check")
    options = {"to": "2026-10-31", "bucket": 30}
    assert answers_sent(stand_in) == [options, {**options, "sure": "yes"}, options]


def test_a_form_saved_with_the_workbook_is_answered_later(
    tmp_path: Path, caller: xw.Book, stand_in: StandIn, show: Callable[[Path], xw.Book]
) -> None:
    stand_in.first_replies = [asking(SURE, CLINIC, NOTE)]
    ribbon.run("payroll.check")
    fill_in(caller, "Yes")
    caller.save(str(tmp_path / "later.xlsx"))

    form = bridge.find_form(show(tmp_path / "later.xlsx"), {"id": "payroll.check", "reads": "active"})

    assert form
    assert form.open_questions() == []
    assert form.answers() == {"sure": "yes", "clinic": "lakeside"}
