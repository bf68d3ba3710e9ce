"""A pay run's life through its buttons: drafted, drafted again, closed, voided, listed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.errors import (
    AlreadyPaidElsewhere,
    MissingInput,
    RunHasBlockers,
    RunIsVoided,
    UnknownRun,
)
from server.ledger.store import Ledger
from tests.ribbon.clicks import a_click, confirmed, pressed, visits

RUN = "lakeside-2026-10-r1"


def paid(reply: dict[str, object]) -> tuple[object, object, object]:
    figures = reply["figures"]
    assert isinstance(figures, dict)
    return figures["paid"], figures["already_paid"], figures["paid_cents"]


def codes(reply: dict[str, object]) -> list[str]:
    findings = reply["findings"]
    assert isinstance(findings, list)
    return [finding["code"] for finding in findings]


def test_the_same_log_again_makes_the_same_run(ledger: Ledger) -> None:
    first, second = (pressed(ledger, "payroll.generate", a_click(visits(5, 6, 7))) for _ in range(2))
    assert first["figures"] == second["figures"]
    assert first["figures"]["run"] == RUN
    assert "draft-replaced" not in codes(second)


def test_a_draft_that_loses_appointments_says_so(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6, 7)))

    reply = pressed(ledger, "payroll.generate", a_click(visits(5)))

    assert reply["figures"]["run"] == RUN
    assert "draft-replaced" in codes(reply)
    assert [run["paid"] for run in pressed(ledger, "payroll.history", a_click())["figures"]["runs"]] == [1]


def test_an_appointment_in_two_open_drafts_is_shown_in_the_second(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6)))

    reply = pressed(
        ledger, "payroll.generate", a_click(visits(5, 6), inputs={"from": "2026-10-01", "to": "2026-10-15"})
    )

    assert "in-another-draft" in codes(reply)
    assert paid(reply) == (2, 0, 10_000)


def test_the_second_of_two_drafts_with_one_appointment_cannot_be_closed(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6)))
    half = a_click(visits(5, 6), inputs={"from": "2026-10-01", "to": "2026-10-15"})
    second = pressed(ledger, "payroll.generate", half)["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))

    with pytest.raises(AlreadyPaidElsewhere, match=RUN):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": second}))


def test_what_a_closed_run_paid_is_not_paid_again(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6)))
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))

    reply = pressed(ledger, "payroll.generate", a_click(visits(5, 6, 7)))

    assert reply["figures"]["run"] == "lakeside-2026-10-r2"
    assert reply["figures"]["rows_in"] == 3
    assert paid(reply) == (1, 2, 5_000)


def test_a_run_with_a_blocked_row_is_not_closed_unless_it_is_held(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click([*visits(5), *visits(6, status="Perhaps")]))
    with pytest.raises(RunHasBlockers, match="1 row is blocked"):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN, "hold-rows": "no"}))


@pytest.mark.parametrize(
    ("button", "sentence"),
    [("payroll.close", "There is no draft to approve"), ("payroll.void", "There is no pay run to void")],
)
def test_without_a_run_there_is_nothing_to_close_or_take_back(
    ledger: Ledger, button: str, sentence: str
) -> None:
    with pytest.raises(MissingInput, match=sentence):
        pressed(ledger, button, a_click(inputs={"reason": "a slip"}))


@pytest.mark.parametrize("inputs", [{}, {"reason": "a slip"}], ids=["unasked", "with a reason"])
@pytest.mark.parametrize("button", ["payroll.close", "payroll.void"])
def test_a_run_nobody_made_is_refused_by_name(ledger: Ledger, button: str, inputs: dict[str, str]) -> None:
    with pytest.raises(UnknownRun, match="lakeside-2020-01-r1"):
        pressed(ledger, button, a_click(inputs={"run": "lakeside-2020-01-r1", **inputs}))


def test_another_clinics_run_is_unknown_here(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5)))
    with pytest.raises(UnknownRun):
        confirmed(ledger, "payroll.close", a_click(clinic="harbor", inputs={"run": RUN}))


def test_taking_a_run_back_asks_which_one_and_then_why(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5)))
    pressed(ledger, "payroll.generate", a_click(visits(5, month=9)))

    which = pressed(ledger, "payroll.void", a_click())
    why = pressed(ledger, "payroll.void", a_click(inputs={"run": "lakeside-2026-09-r1"}))

    (field,) = which["asks"]["fields"]
    assert (field["name"], field["default"]) == ("run", None)
    assert why["asks"]["title"] == "Void Sep 1–30, 2026, 1 provider, $50.00? The run is a draft."
    assert [(field["name"], field["required"]) for field in why["asks"]["fields"]] == [
        ("reason", True),
        ("void", True),
    ]
    assert {which["level"], why["level"]} == {"blocked"}


def test_a_voided_runs_appointments_are_paid_by_the_next(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6)))
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong month"}))

    reply = pressed(ledger, "payroll.generate", a_click(visits(5, 6)))

    assert reply["figures"]["run"] == "lakeside-2026-10-r2"
    assert paid(reply) == (2, 0, 10_000)


def test_a_voided_run_is_not_taken_back_again(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5)))
    pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong month"}))
    with pytest.raises(RunIsVoided, match=r"was voided.*“wrong month”"):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "again"}))


def test_past_runs_stand_in_a_sheet_the_latest_period_first(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, month=9)))
    pressed(ledger, "payroll.void", a_click(inputs={"run": "lakeside-2026-09-r1", "reason": "=wrong month"}))
    pressed(ledger, "payroll.generate", a_click(visits(5)))

    reply = pressed(ledger, "payroll.history", a_click())

    told = [(run["run"], run["state"]) for run in reply["figures"]["runs"]]
    assert told == [(RUN, "draft"), ("lakeside-2026-09-r1", "voided")]
    content = ledger.outputs.read(reply["output"]["id"]).data
    sheet = load_workbook(BytesIO(content))["Pay Runs"]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert {RUN, "lakeside-2026-09-r1", "=wrong month"} <= set(cells)


def test_a_clinic_without_runs_still_gets_its_list(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.history", a_click())
    assert reply["summary"] == "Lakeside has 0 pay runs."
    assert ledger.outputs.read(reply["output"]["id"]).data
