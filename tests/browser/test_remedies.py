"""Remedies in the task pane: a press on one does what is missing, and what was asked goes on by itself."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.excel import Excel
from tests.browser.test_asks import DONE, a_field, asking
from tests.browser.workbooks import unbound

SAVE: dict[str, Any] = {"label": "Save it", "button": "clinic.save", "inputs": {"spelling": "A. Winter"}}


RESUMED = {"resumed": "yes"}


def found(row: int, *remedies: dict[str, Any]) -> dict[str, Any]:
    return {
        "severity": "blocker",
        "code": "unknown-provider",
        "sheet": "Appointments",
        "cell": f"C{row}",
        "row": row,
        "column": "Provider",
        "message": "Nobody has this name.",
        "remedy": "Correct it.",
        "remedies": list(remedies),
    }


def serving(excel: Excel, replies: dict[str, list[dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Have buttons answered with these replies in turn, the last for ever; return buttons and inputs as they come."""
    clicks: list[tuple[str, dict[str, Any]]] = []

    def answer(route: Route) -> None:
        button = route.request.url.rpartition("/")[2]
        body: Any = route.request.post_data_json
        clicks.append((button, body["inputs"]))
        queue = replies[button]
        route.fulfill(json=queue.pop(0) if len(queue) > 1 else queue[0])

    excel.page.route("**/ribbon/*.*", answer)
    return clicks


def test_a_refused_check_goes_on_once_the_clinic_is_chosen(
    excel: Excel, made: tuple[Path, Path], tmp_path: Path
) -> None:
    excel.open(unbound(made[1], tmp_path / "October.xlsx"))
    excel.press("payroll.check")
    expect(excel.result).to_contain_text("Not done")

    excel.pane.get_by_role("button", name="Choose clinic").click()
    excel.pane.get_by_text("Lakeside Psychology Group").click()
    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.result).to_contain_text("Checked")
    expect(excel.pane.locator("#says")).to_contain_text("belongs to Lakeside Psychology Group")
    assert "Check" in excel.tabs()


def test_findings_of_one_kind_offer_their_remedy_once_and_the_check_goes_on(excel: Excel) -> None:
    findings = [found(2, SAVE), found(3, SAVE), found(4)]
    blocked = DONE | {"level": "blocked", "summary": "3 rows.", "findings": findings, "findings_total": 3}
    clicks = serving(
        excel,
        {
            "payroll.check": [blocked, DONE | {"summary": "All well."}],
            "clinic.save": [DONE | {"summary": "Saved."}],
        },
    )
    excel.press("payroll.check")
    offered = excel.pane.locator(".remedies li")
    expect(offered).to_have_count(1)

    offered.get_by_role("button", name="Show the 2 rows").click()
    expect(excel.page.locator("#name-box")).to_have_value("C2")
    offered.get_by_role("button", name="Save it").click()

    expect(excel.result).to_contain_text("All well.")
    expect(excel.pane.locator("#says")).to_contain_text("Saved.")
    assert clicks == [("payroll.check", {}), ("clinic.save", SAVE["inputs"]), ("payroll.check", RESUMED)]


def test_what_was_typed_is_kept_over_a_remedy_that_asks(excel: Excel) -> None:
    blocked = DONE | {"level": "blocked", "findings": [found(2, SAVE)], "findings_total": 1}
    clicks = serving(
        excel,
        {
            "payroll.check": [asking(a_field("note", "text")), blocked, DONE | {"summary": "All well."}],
            "clinic.save": [asking(a_field("rate", "text")), DONE],
        },
    )
    excel.press("payroll.check")
    excel.pane.locator("#ask-note").fill("a word")
    excel.pane.get_by_role("button", name="Continue").click()
    excel.pane.get_by_role("button", name="Save it").click()
    excel.pane.locator("#ask-rate").fill("90")
    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.result).to_contain_text("All well.")
    assert clicks[2:] == [
        ("clinic.save", SAVE["inputs"]),
        ("clinic.save", {**SAVE["inputs"], "rate": "90"}),
        ("payroll.check", {"note": "a word", **RESUMED}),
    ]


def test_a_remedy_with_a_next_step_waits_for_it_also_on_the_ribbon(excel: Excel) -> None:
    opened = DONE | {"summary": "Opened.", "next": "clinic.save"}
    remedy = {"label": "Open setup", "button": "clinic.open", "inputs": {}}
    blocked = DONE | {"level": "blocked", "findings": [found(2, remedy)], "findings_total": 1}
    clicks = serving(
        excel,
        {
            "payroll.check": [blocked, DONE | {"summary": "All well."}],
            "clinic.open": [opened],
            "clinic.save": [DONE],
        },
    )
    # Save setup can be pressed only in a workbook with setup sheets.
    excel.office('await Excel.run(async (c) => { c.workbook.worksheets.add("Clinic"); await c.sync(); });')
    excel.press("payroll.check")
    excel.pane.locator(".remedies").get_by_role("button", name="Open setup").click()
    expect(excel.result).to_contain_text("Opened.")
    expect(excel.pane.locator("#says")).to_have_text("After Save setup, Find problems goes on by itself.")

    excel.press("clinic.save")

    expect(excel.result).to_contain_text("All well.")
    assert [button for button, _ in clicks] == [
        "payroll.check",
        "clinic.open",
        "clinic.save",
        "payroll.check",
    ]


def test_all_buttons_ends_the_waiting(excel: Excel) -> None:
    remedy = {"label": "Open setup", "button": "clinic.open", "inputs": {}}
    blocked = DONE | {"level": "blocked", "findings": [found(2, remedy)], "findings_total": 1}
    clicks = serving(
        excel,
        {
            "payroll.check": [blocked],
            "clinic.open": [DONE | {"summary": "Opened.", "next": "clinic.choose"}],
            "clinic.choose": [DONE | {"summary": "Saved."}],
        },
    )
    excel.press("payroll.check")
    excel.pane.locator(".remedies").get_by_role("button", name="Open setup").click()
    expect(excel.result).to_contain_text("Opened.")
    excel.pane.get_by_role("button", name="All buttons").click()

    excel.press("clinic.choose")

    expect(excel.result).to_contain_text("Saved.")
    assert [button for button, _ in clicks] == ["payroll.check", "clinic.open", "clinic.choose"]


def test_the_click_goes_on_about_the_rows_that_were_selected(excel: Excel) -> None:
    selections: list[Any] = []
    remedy = {"label": "Save it", "button": "clinic.save", "inputs": {}}
    replies = [
        DONE | {"level": "blocked", "findings": [found(2, remedy)], "findings_total": 1},
        DONE,
        DONE | {"summary": "All well."},
    ]

    def answer(route: Route) -> None:
        body: Any = route.request.post_data_json
        selections.append(body["selection"]["rows"])
        route.fulfill(json=replies.pop(0))

    excel.page.route("**/ribbon/*.*", answer)
    excel.select("A3:A4")
    excel.press("payroll.check")
    expect(excel.result).to_be_visible()
    excel.select("A2")
    excel.pane.locator(".remedies").get_by_role("button", name="Save it").click()
    expect(excel.result).to_contain_text("All well.")
    assert selections == [[3, 4], [2], [3, 4]]


def test_a_remedy_after_which_it_is_the_persons_turn_ends_there(excel: Excel) -> None:
    remedy = {"label": "Past runs", "button": "payroll.history", "inputs": {}, "resumes": False}
    blocked = DONE | {"level": "blocked", "findings": [found(2, remedy)], "findings_total": 1}
    clicks = serving(excel, {"payroll.check": [blocked], "payroll.history": [DONE | {"summary": "12 runs."}]})
    excel.press("payroll.check")
    excel.pane.locator(".remedies").get_by_role("button", name="Past runs").click()

    expect(excel.result).to_contain_text("12 runs.")
    assert [button for button, _ in clicks] == ["payroll.check", "payroll.history"]


def test_the_main_button_is_the_way_to_blocked_rows_then_the_next_step_and_again_is_a_link(
    excel: Excel,
) -> None:
    findings = [found(2), found(3)]
    blocked = DONE | {"level": "blocked", "findings": findings, "findings_total": 2, "next": "payroll.close"}
    serving(excel, {"payroll.generate": [blocked], "payroll.check": [DONE | {"next": "payroll.generate"}]})
    buttons = excel.pane.locator("#view > .view > .actions button")

    excel.press("payroll.generate")
    expect(buttons).to_have_text(
        ["Show the 2 rows", "Approve payroll", "All buttons", "Generate payroll again"]
    )
    expect(excel.pane.locator(".actions .primary")).to_have_text(["Show the 2 rows"])
    expect(excel.pane.locator(".actions > .link", has_text="again")).to_have_count(1)

    excel.press("payroll.check")
    expect(excel.pane.locator(".actions .primary")).to_have_text(["Generate payroll"])


def test_a_refusal_that_lists_cells_leads_to_them_and_can_be_pressed_again(excel: Excel) -> None:
    problem = {
        "code": "setup-unusable",
        "title": "The setup has mistakes",
        "detail": "2 cells need correction.",
        "remedy": "Correct the cells listed.",
        "findings": [found(2), found(5)],
        "remedies": [],
    }
    excel.page.route(
        "**/ribbon/payroll.check",
        lambda route: route.fulfill(status=422, json=problem, content_type="application/problem+json"),
    )
    excel.press("payroll.check")

    excel.pane.get_by_role("button", name="Show the 2 rows").click()

    expect(excel.page.locator("#name-box")).to_have_value("C2")
    excel.page.unroute_all()
    excel.pane.get_by_role("button", name="Find problems again").click()
    expect(excel.result).to_contain_text("Checked")


def test_a_busy_service_is_asked_again_with_the_same_request(excel: Excel) -> None:
    ids: list[Any] = []
    busy = {"code": "books-busy", "title": "In use", "detail": "Busy.", "remedy": "Wait.", "findings": []}

    def answer(route: Route) -> None:
        body: Any = route.request.post_data_json
        ids.append(body["request_id"])
        if len(ids) == 1:
            route.fulfill(status=503, json=busy, content_type="application/problem+json")
        else:
            route.fulfill(json=DONE)

    excel.page.route("**/ribbon/payroll.check", answer)
    excel.press("payroll.check")
    excel.pane.get_by_role("button", name="Try again").click()
    expect(excel.result).to_contain_text("Done.")
    assert ids[0] == ids[1]
