"""Remedies in the task pane: a press on one does what is missing, and what was asked goes on by itself."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.excel import Excel
from tests.browser.test_asks import DONE, a_field, asking
from tests.browser.workbooks import unbound

SAVE: dict[str, Any] = {"label": "Save it", "button": "clinic.save", "inputs": {"spelling": "A. Winter"}}


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
    expect(excel.result).to_contain_text("Not carried out")

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
    assert clicks == [("payroll.check", {}), ("clinic.save", SAVE["inputs"]), ("payroll.check", {})]


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
        ("payroll.check", {"note": "a word"}),
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
    excel.press("payroll.check")
    excel.pane.locator(".remedies").get_by_role("button", name="Open setup").click()
    expect(excel.result).to_contain_text("Opened.")
    expect(excel.pane.locator("#says")).to_have_text("After Save setup, Check this sheet goes on by itself.")

    excel.press("clinic.save")

    expect(excel.result).to_contain_text("All well.")
    assert [button for button, _ in clicks] == [
        "payroll.check",
        "clinic.open",
        "clinic.save",
        "payroll.check",
    ]
