"""What a button asks in the task pane: its answers, the files handed over, and a question that comes with results."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Request, Route, expect

from tests.browser.excel import Excel

DONE: dict[str, Any] = {
    "summary": "Done.", "level": "done", "figures": {}, "findings": [], "findings_total": 0, "output": None,
    "edits": [], "charts": [], "clear_marks": [], "bind": None, "asks": None, "activate": None,
}  # fmt: skip
SCAN = b"%PDF-1.7 an invented cheque"


def a_field(name: str, kind: str, **told: object) -> dict[str, object]:
    return {
        "name": name,
        "label": name.title(),
        "kind": kind,
        "choices": [],
        "default": None,
        "required": True,
    } | told


def answering(excel: Excel, *replies: dict[str, Any]) -> list[Any]:
    """Have the check answered with these replies in turn, the last for ever; return the clicks as they come."""
    clicks: list[Any] = []

    def answer(route: Route) -> None:
        clicks.append(route.request.post_data_json)
        route.fulfill(json=replies[min(len(clicks), len(replies)) - 1])

    excel.page.route("**/ribbon/payroll.check", answer)
    return clicks


def asking(*fields: dict[str, object], **more: object) -> dict[str, Any]:
    return DONE | {"asks": {"title": "One more thing", "fields": list(fields)}, **more}


def test_a_file_is_kept_first_and_the_click_names_it_by_its_digest(excel: Excel) -> None:
    clicks = answering(
        excel, asking(a_field("document", "file"), a_field("note", "text", required=False)), DONE
    )
    sent: list[Request] = []
    excel.page.on("request", lambda request: sent.append(request) if "/documents" in request.url else None)
    excel.press("payroll.check")
    scan: FilePayload = {"name": "Chèque – März #1.pdf", "mimeType": "application/pdf", "buffer": SCAN}

    excel.pane.locator("#ask-document").set_input_files(scan)
    expect(excel.pane.locator("#ask-document-size")).to_have_text(f"{len(SCAN)} bytes")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text("Done.")

    assert clicks[1]["inputs"] == {"document": sha256(SCAN).hexdigest()}
    assert [request.url.rpartition("/clinics")[2] for request in sent] == ["/lakeside/documents"]
    assert sent[0].headers["x-document-name"] == "Ch%C3%A8que%20%E2%80%93%20M%C3%A4rz%20%231.pdf"


def test_sheets_that_are_asked_for_are_sent_without_a_word_and_the_same_answers(excel: Excel) -> None:
    wanted = DONE | {"asks": {"title": "Sheets", "fields": [], "sheets": ["visits", "Gone"]}}
    clicks = answering(excel, asking(a_field("note", "text")), wanted, DONE | {"summary": "Compared."})
    excel.press("payroll.check")
    excel.pane.locator("#ask-note").fill("a word")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text("Compared.")

    asked, first, second = clicks
    assert [click["asked_sheets"] for click in clicks] == [[], [], ["visits", "Gone"]]
    assert first["inputs"] == second["inputs"] == {"note": "a word"}
    assert [sheet["name"] for sheet in second["sheets"]] == [sheet["name"] for sheet in first["sheets"]]
    assert len({click["request_id"] for click in clicks}) == 3
    assert asked["inputs"] == {}


def test_sheets_that_are_asked_for_for_ever_are_given_up(excel: Excel) -> None:
    wanted = DONE | {"asks": {"title": "Sheets", "fields": [], "sheets": ["Gone"]}}
    clicks = answering(excel, wanted)
    excel.press("payroll.check")
    expect(excel.pane.get_by_text("It asks again for sheets that were sent.")).to_be_visible()
    assert len(clicks) == 2


@pytest.mark.parametrize(
    ("size", "complaint"),
    [(None, "Choose a file."), (0, "That file is empty"), (20_000_001, "20 MB is the most")],
)
def test_a_file_that_cannot_be_kept_is_said_before_it_is_sent(
    excel: Excel, tmp_path: Path, size: int | None, complaint: str
) -> None:
    clicks = answering(excel, asking(a_field("document", "file")))
    excel.press("payroll.check")
    if size is not None:
        (tmp_path / "scan.pdf").write_bytes(bytes(size))
        excel.pane.locator("#ask-document").set_input_files(tmp_path / "scan.pdf")

    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.pane.locator("#ask-document-error")).to_contain_text(complaint)
    assert len(clicks) == 1


def test_a_file_on_its_way_can_be_called_back_and_nothing_is_carried_out(excel: Excel) -> None:
    clicks = answering(excel, asking(a_field("document", "file")))
    excel.page.route("**/documents", lambda _: None)  # it never arrives
    excel.press("payroll.check")
    scan: FilePayload = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    excel.pane.locator("#ask-document").set_input_files(scan)

    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.locator("#stage")).to_have_text("Sending the file “scan.pdf”")
    excel.pane.get_by_role("button", name="Cancel").click()

    expect(excel.pane.locator("#says")).to_have_text("Canceled. Nothing was recorded.")
    assert len(clicks) == 1


def test_a_file_is_sent_again_where_the_connection_breaks(excel: Excel) -> None:
    clicks = answering(excel, asking(a_field("document", "file")), DONE)
    broken: list[Route] = []

    def break_once(route: Route) -> None:
        broken.append(route)
        route.abort() if len(broken) == 1 else route.continue_()

    excel.page.route("**/documents", break_once)
    excel.press("payroll.check")
    scan: FilePayload = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    excel.pane.locator("#ask-document").set_input_files(scan)
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text("Done.")

    assert len(broken) == 2
    assert clicks[1]["inputs"] == {"document": sha256(SCAN).hexdigest()}


def test_what_is_no_document_is_refused_in_the_words_of_the_service(excel: Excel) -> None:
    clicks = answering(excel, asking(a_field("document", "file")))
    excel.press("payroll.check")
    program: FilePayload = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x00\x01"}

    excel.pane.locator("#ask-document").set_input_files(program)
    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.result).to_contain_text("none of the kinds that are kept")
    assert len(clicks) == 1


GOOD_ROWS = a_field("good_rows", "yes-no", label="Apply the 2 good rows?")


def blocked() -> dict[str, Any]:
    finding = {
        "severity": "blocker", "code": "no-rate", "sheet": "Appointments", "cell": "C2", "row": 2,
        "column": "Provider", "message": "This row is wrong.", "remedy": "Put it right.",
    }  # fmt: skip
    edits = [
        {"sheet": "Appointments", "range": "P2", "values": [["not sent"]], "fill": "#FFC7CE", "format": None},
        {"sheet": "Appointments", "range": "P3", "values": None, "choices": ["send", "void"]},
    ]
    return asking(GOOD_ROWS, level="blocked", findings=[finding], findings_total=1, edits=edits)


def test_results_beside_the_rows_come_together_with_the_question(excel: Excel) -> None:
    answering(excel, blocked())

    excel.press("payroll.check")

    expect(excel.result).to_contain_text("Done.")
    expect(excel.pane.locator("form")).to_contain_text("Apply the 2 good rows?")
    expect(excel.pane.locator("button.finding")).to_have_count(1)
    sheet = excel.saved()["Appointments"]
    assert (sheet["P2"].value, sheet["P2"].fill.fgColor.rgb) == ("not sent", "FFFFC7CE")
    assert [(rule.formula1, str(rule.sqref)) for rule in sheet.data_validations.dataValidation] == [
        ('"send,void"', "P3")
    ]


def test_the_answer_sends_the_sheet_as_it_is_now_and_counts_for_that_click_only(excel: Excel) -> None:
    clicks = answering(excel, blocked(), DONE | {"level": "blocked"})
    excel.press("payroll.check")
    excel.select("P4")
    excel.type("typed meanwhile")

    excel.pane.get_by_text("Yes", exact=True).click()
    excel.pane.get_by_role("button", name="Continue").click()
    excel.pane.get_by_role("button", name=re.compile("again$")).click()
    expect(excel.result).to_contain_text("Done.")
    excel.settled()

    assert [click["inputs"] for click in clicks] == [{}, {"good_rows": "yes"}, {}]
    assert len({click["request_id"] for click in clicks}) == len(clicks)
    assert "typed meanwhile" in json.dumps(clicks[1]["sheets"])
    assert "typed meanwhile" not in json.dumps(clicks[0]["sheets"])


def test_a_form_of_every_kind_is_answered(excel: Excel) -> None:
    payers = [{"value": f"p{number}", "label": f"Payer {number}"} for number in range(6)]
    fields = [
        a_field("payer", "choice", choices=payers),
        a_field("since", "date", default="2026-10-01"),
        a_field("amount", "number"),
        a_field("sure", "yes-no", default="no"),
        a_field("columns", "several", choices=payers[:3]),
    ]
    clicks = answering(excel, asking(*fields), DONE)
    excel.press("payroll.check")

    excel.pane.locator("#ask-payer").select_option("Payer 4")
    excel.pane.locator("#ask-amount").fill("1250.00")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.locator("#ask-columns-error")).to_have_text("Tick at least one.")
    for label in ("Payer 2", "Payer 0"):
        excel.pane.get_by_label(label, exact=True).check()
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text("Done.")

    answers = {"payer": "p4", "since": "2026-10-01", "amount": "1250.00", "sure": "no", "columns": "p0;p2"}
    assert clicks[1]["inputs"] == answers


@pytest.mark.parametrize(
    ("button", "sent"), [("Record all", {"note": "x", "apply": "all-1"}), ("Continue", {"note": "x"})]
)
def test_a_form_is_sent_with_one_of_its_buttons_or_without_if_none_is_required(
    excel: Excel, button: str, sent: dict[str, str]
) -> None:
    choices = [{"value": "all-1", "label": "Record all"}, {"value": "some-1", "label": "Leave the flagged"}]
    shown = {"title": "What would be recorded", "headings": ["Action"], "rows": [["send"]]}
    asked = asking(
        a_field("note", "text"), a_field("apply", "buttons", choices=choices, required=button != "Continue")
    )
    asked["asks"]["tables"] = [shown]
    clicks = answering(excel, asked, asking(a_field("apply", "buttons", choices=choices)), DONE)
    excel.press("payroll.check")

    expect(excel.pane.get_by_role("cell", name="send")).to_be_visible()
    expect(excel.pane.get_by_role("button", name="Continue")).to_have_count(int(button == "Continue"))
    excel.pane.locator("#ask-note").fill("x")
    excel.pane.get_by_role("button", name=button).click()
    excel.pane.get_by_role("button", name="Leave the flagged").click()
    expect(excel.result).to_contain_text("Done.")

    assert [click["inputs"] for click in clicks] == [{}, sent, {"note": "x", "apply": "some-1"}]


def test_rows_selected_on_a_sheet_of_ours_are_sent_with_the_sheet_it_came_from(excel: Excel) -> None:
    excel.press("payroll.generate")
    clicks = answering(excel, DONE | {"level": "review"})
    excel.select("A3:A5")

    excel.press("payroll.check")
    excel.pane.get_by_role("button", name=re.compile("again$")).click()
    excel.settled()
    expect(excel.result).to_contain_text("Done.")

    assert [click["selection"] for click in clicks] == [{"sheet": "Payroll Summary", "rows": [3, 4, 5]}] * 2
    assert [click["sheets"][0]["name"] for click in clicks] == ["Appointments"] * 2


def test_thousands_of_rows_are_written_back_though_no_request_may_be_that_large(excel: Excel) -> None:
    note = "x" * 1000
    edits = [
        {
            "sheet": "Appointments",
            "range": f"P{row}:Q{row}",
            "values": [[note, row]],
            "choices": ["send", "void"],
        }
        for row in range(1, 6001)
    ]
    answering(excel, DONE | {"edits": edits})

    excel.press("payroll.check")
    expect(excel.result).to_contain_text("Done.")

    assert excel.page.evaluate("simulatedExcel.window.book.active.value(6000, 17)") == 6000
