"""Approve payroll: which draft it works on, and what it says of one that is not what its log gives now."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from server.billing.clinics import Provider, Setup
from server.errors import (
    AlreadyPaidElsewhere,
    DraftOvertaken,
    MissingInput,
    MissingSheet,
    RunIsVoided,
    UnknownRun,
)
from server.ledger.store import Ledger
from server.ribbon.payroll.approve import close
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate
from tests.ribbon.clicks import (
    a_click,
    confirmed,
    interrupted,
    pressed,
    summary_sheet,
    visits,
    with_agreement,
)

OCTOBER, SEPTEMBER, JUNE = "lakeside-2026-10-r1", "lakeside-2026-09-r1", "lakeside-2026-06-r1"
Rows = Sequence[Sequence[Cell]]
Reply = dict[str, Any]


def generated(ledger: Ledger, rows: Rows, **inputs: str) -> Reply:
    return pressed(ledger, "payroll.generate", a_click(rows, inputs=inputs))


def asked_in_workbook(ledger: Ledger, shown: Reply, log: Rows | None = None, **inputs: str) -> Reply:
    """Press Approve payroll in a workbook that shows a run, as an add-in does: with its log once that is asked for."""
    summary = summary_sheet(ledger, shown)
    reply = pressed(ledger, "payroll.close", a_click(sheets=[summary], inputs=inputs))
    wanted = (reply["asks"] or {}).get("sheets") or []
    if not wanted:
        return reply
    assert (wanted, reply["asks"]["fields"]) == (["Appointments", "Shares", "Hours"], [])
    click = a_click(log, sheets=[summary], inputs=inputs) | {"asked_sheets": wanted}
    return pressed(ledger, "payroll.close", click)


def approved(ledger: Ledger, shown: Reply, log: Rows | None = None, **inputs: str) -> Reply:
    """Approve the run that a workbook shows: everything that is flagged is ticked, and the button of the form pressed."""
    reply = asked_in_workbook(ledger, shown, log, **inputs)
    if not reply["asks"]:
        return reply
    agreed = with_agreement({"inputs": inputs}, reply)["inputs"]
    return asked_in_workbook(ledger, shown, log, **agreed) if agreed != inputs else reply


def states(ledger: Ledger) -> dict[str, str]:
    with ledger.clinic("lakeside").reading() as books:
        return {run.id: run.state.value for run in books.runs()}


def choices(reply: Reply) -> list[str]:
    (field,) = reply["asks"]["fields"]
    assert (field["name"], field["default"]) == ("stale", None)
    return [choice["value"] for choice in field["choices"]]


def saved(ledger: Ledger, setup: Setup) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(setup, "tests")


def paying(cents: int) -> Setup:
    return replace(LAKESIDE, rates=(a_rate(cents),))


# -- Which draft


def test_approving_works_on_the_run_of_the_workbook_however_many_drafts_there_are(ledger: Ledger) -> None:
    log = visits(5, 6)
    generated(ledger, visits(5, month=9))
    october = generated(ledger, log)
    generated(ledger, visits(5, month=6))

    reply = approved(ledger, october, log)

    assert reply["summary"] == f"Run {OCTOBER} (Oct 1–31, 2026) is approved: 1 provider, $100.00."
    assert reply["level"] == "done"
    assert states(ledger) == {OCTOBER: "closed", SEPTEMBER: "draft", JUNE: "draft"}


def test_in_the_workbook_of_an_approved_run_the_only_draft_is_left_alone(ledger: Ledger) -> None:
    log = visits(5, 6, month=9)
    september = generated(ledger, log)
    approved(ledger, september, log)
    generated(ledger, visits(5, month=6))

    reply = approved(ledger, september, log)

    assert (
        reply["summary"] == f"Run {SEPTEMBER} was approved on 11/20/2026 (2 lines, $100.00). Nothing to do."
    )
    assert (reply["level"], reply["asks"]) == ("done", None)
    assert states(ledger) == {SEPTEMBER: "closed", JUNE: "draft"}


@pytest.mark.parametrize("months", [(10,), (10, 9)], ids=["one draft", "two drafts"])
def test_without_a_summary_it_is_asked_which_draft_and_none_is_suggested(
    ledger: Ledger, months: tuple[int, ...]
) -> None:
    for month in months:
        generated(ledger, visits(5, 6, month=month))

    reply = confirmed(ledger, "payroll.close", a_click(visits(5, 6)))

    (field,) = reply["asks"]["fields"]
    assert (field["name"], field["default"]) == ("run", None)
    assert [choice["value"] for choice in field["choices"]] == [OCTOBER, SEPTEMBER][: len(months)]
    assert field["choices"][0]["label"] == "Oct 1–31, 2026: 1 provider, $100.00 (draft)"
    assert set(states(ledger).values()) == {"draft"}


def test_a_run_named_outright_wins_over_the_one_the_workbook_shows(ledger: Ledger) -> None:
    october, _ = generated(ledger, visits(5)), generated(ledger, visits(5, month=9))
    reply = approved(ledger, october, visits(5), run=SEPTEMBER)
    assert reply["figures"]["run"] == SEPTEMBER
    assert states(ledger)[OCTOBER] == "draft"


@pytest.mark.parametrize("button", ["payroll.close", "payroll.void"])
def test_a_summary_of_a_run_that_is_not_in_these_books_is_refused(ledger: Ledger, button: str) -> None:
    summary = summary_sheet(ledger, generated(ledger, visits(5)))
    with pytest.raises(UnknownRun, match="The sheet “Payroll Summary” shows") as caught:
        pressed(ledger, button, a_click(clinic="harbor", sheets=[summary], inputs={"reason": "a slip"}))
    assert "right clinic" in caught.value.remedy


@pytest.mark.parametrize("button", ["payroll.close", "payroll.void"])
def test_a_voided_run_says_why(ledger: Ledger, button: str) -> None:
    shown = generated(ledger, visits(5))
    pressed(ledger, "payroll.void", a_click(inputs={"run": OCTOBER, "reason": "wrong month"}))
    with pytest.raises(RunIsVoided, match=r"was voided.*“wrong month”"):
        pressed(ledger, button, a_click(sheets=[summary_sheet(ledger, shown)]))


def test_taking_back_works_on_the_run_of_the_workbook_too(ledger: Ledger) -> None:
    shown = generated(ledger, visits(5, month=9))
    generated(ledger, visits(5))
    summary = summary_sheet(ledger, shown)

    asked = pressed(ledger, "payroll.void", a_click(sheets=[summary]))
    voided = confirmed(ledger, "payroll.void", a_click(sheets=[summary], inputs={"reason": "a slip"}))

    assert asked["summary"] == "Void Sep 1–30, 2026, 1 provider, $50.00? The run is a draft."
    assert [(field["name"], field["kind"]) for field in asked["asks"]["fields"]] == [
        ("reason", "text"),
        ("void", "buttons"),
    ]
    assert voided["figures"]["run"] == SEPTEMBER
    assert states(ledger) == {OCTOBER: "draft", SEPTEMBER: "voided"}


# -- A draft that is not what its log gives now


def test_a_rate_saved_since_the_draft_is_said_with_both_totals(ledger: Ledger) -> None:
    log = visits(5, 6, 7)
    shown = generated(ledger, log)
    saved(ledger, paying(4_500))

    reply = approved(ledger, shown, log)

    sentence = "Since this draft was made the setup changed: it would now pay $135.00, not $150.00."
    assert reply["asks"]["title"] == sentence
    assert choices(reply) == ["generate", "approve"]
    assert states(ledger) == {OCTOBER: "draft"}


CHANGES: dict[str, tuple[Rows, str]] = {
    "a row is gone": (visits(5, 6), "its log changed: it would now pay $100.00, not $150.00"),
    "a row is added": (visits(5, 6, 7, 8), "its log changed: it would now pay $200.00, not $150.00"),
    "a visit was cancelled": (
        [*visits(5, 6), *visits(7, status="Cancelled")],
        "its log changed: it would now pay $100.00, not $150.00",
    ),
    "a status is unknown": (
        [*visits(5, 6, 7), *visits(8, status="Perhaps")],
        "its log changed: it would still pay $150.00, but its rows are not the same, and 1 row would need attention",
    ),
    "another provider": (
        [*visits(5, 6), *visits(5, 6, 7, provider="Max Doe")[2:]],
        "its log changed: it would still pay $150.00, but its rows are not the same",
    ),
    "another order": (visits(5, 6, 7)[::-1], "its log changed: it would still pay $150.00"),
}


@pytest.mark.parametrize(("log", "sentence"), CHANGES.values(), ids=list(CHANGES))
def test_a_log_that_changed_since_the_draft_is_said(ledger: Ledger, log: Rows, sentence: str) -> None:
    reply = approved(ledger, generated(ledger, visits(5, 6, 7)), log)
    assert f"Since this draft was made {sentence}" in reply["asks"]["title"]
    assert states(ledger) == {OCTOBER: "draft"}


def without_ids(rows: Rows) -> Rows:
    return [(None, *row[1:]) for row in rows]


def test_rows_that_look_like_what_another_run_paid_meanwhile_are_not_laid_to_the_log(ledger: Ledger) -> None:
    log = without_ids(visits(5, 6))
    half = generated(ledger, log, **{"from": "2026-10-01", "to": "2026-10-15"})
    approved(ledger, generated(ledger, visits(5, 6)), visits(5, 6))

    reply = approved(ledger, half, log)

    cause = (
        "Since this draft was made other runs were approved: it would now pay $0.00, not $100.00, and 2 rows"
    )
    assert reply["asks"]["title"].startswith(cause)


def test_rows_that_look_like_visits_paid_before_the_draft_are_laid_to_the_log(ledger: Ledger) -> None:
    approved(ledger, generated(ledger, visits(5, 6)), visits(5, 6))
    more = generated(ledger, visits(5, 6, 7))

    reply = approved(ledger, more, without_ids(visits(5, 6, 7)))

    cause = "Since this draft was made its log changed: it would now pay $0.00, not $50.00, and 3 rows would need attention."
    assert reply["asks"]["title"] == cause


def test_a_log_that_lost_its_headings_is_a_changed_log(ledger: Ledger) -> None:
    shown = generated(ledger, visits(5))
    click = a_click(visits(5), headings=["x"] * 9, sheets=[summary_sheet(ledger, shown)])
    reply = confirmed(ledger, "payroll.close", click)
    assert reply["asks"]["title"].startswith("This draft can no longer be made from its log: ")
    assert choices(reply) == ["generate", "approve"]


def test_a_setup_changed_in_what_is_no_pay_asks_nothing(ledger: Ledger) -> None:
    log = visits(5)
    shown = generated(ledger, log)
    providers = (
        replace(LAKESIDE.providers[0], phone="555 0100"),
        *LAKESIDE.providers[1:],
        Provider("New Person"),
    )
    saved(ledger, replace(LAKESIDE, providers=providers))
    assert approved(ledger, shown, log)["figures"]["state"] == "closed"


def test_what_another_run_has_paid_meanwhile_cannot_be_approved_again(ledger: Ledger) -> None:
    log = visits(5, 6)
    shown = generated(ledger, log)
    generated(ledger, visits(5), **{"from": "2026-10-01", "to": "2026-10-15"})
    confirmed(ledger, "payroll.close", a_click(inputs={"run": "lakeside-2026-10-01-to-2026-10-15-r1"}))

    reply = approved(ledger, shown, log)

    sentence = "Since this draft was made other runs were approved: it would now pay $50.00, not $100.00."
    assert reply["asks"]["title"] == sentence
    assert choices(reply) == ["generate"]
    with pytest.raises(AlreadyPaidElsewhere):
        approved(ledger, shown, log, stale="approve")


def test_the_draft_is_generated_again_where_somebody_says_so_and_then_approved(ledger: Ledger) -> None:
    shown = generated(ledger, visits(5, 6, 7))

    again = approved(ledger, shown, visits(5, 6), stale="generate")
    closed = approved(ledger, again, visits(5, 6))

    assert (again["figures"]["run"], again["figures"]["paid_cents"]) == (OCTOBER, 10_000)
    assert again["summary"].endswith("Review it, then press Approve payroll again.")
    assert again["activate"] == "Payroll Summary"
    assert closed["figures"]["state"] == "closed"


def test_the_draft_is_approved_as_it_is_where_somebody_says_so(ledger: Ledger) -> None:
    shown = generated(ledger, visits(5, 6, 7))
    saved(ledger, paying(4_500))
    reply = approved(ledger, shown, visits(5), stale="approve")
    assert reply["summary"] == f"Run {OCTOBER} (Oct 1–31, 2026) is approved: 1 provider, $150.00."


def test_a_summary_older_than_the_draft_is_not_approved_unasked(ledger: Ledger) -> None:
    shown = generated(ledger, visits(5, 6, 7))
    generated(ledger, visits(5, 6))

    reply = approved(ledger, shown, visits(5, 6))

    assert (
        reply["asks"]["title"]
        == "The sheet Payroll Summary is older than this draft, which pays $100.00 by now."
    )
    assert choices(reply) == ["generate", "approve"]


def test_a_period_given_with_the_draft_is_kept_for_the_comparison(ledger: Ledger) -> None:
    log = visits(5, 6, 20)
    shown = generated(ledger, log, **{"from": "2026-10-01", "to": "2026-10-15"})
    assert approved(ledger, shown, log)["figures"]["paid"] == 2


def test_answers_given_with_the_draft_are_kept_for_the_comparison(ledger: Ledger) -> None:
    """Without the answer the log would raise its question again, and every such draft would look changed."""
    log = [(*row[:1], f"{place + 5:02}/10/2026", *row[2:]) for place, row in enumerate(visits(5, 6))]
    shown = generated(ledger, log, date_order="dmy")
    with ledger.clinic("lakeside").transaction() as books:
        books.save_profile(replace(books.profile(), date_order=""), "tests")
    assert approved(ledger, shown, log)["figures"]["state"] == "closed"


def test_a_log_whose_sheet_is_gone_is_not_asked_for_twice(ledger: Ledger) -> None:
    reply = approved(ledger, generated(ledger, visits(5)))
    assert reply["figures"]["state"] == "closed"
    assert reply["level"] == "review"
    assert reply["summary"].endswith(
        "It was not compared with its log, because this workbook has no sheet “Appointments” any more."
    )


def test_without_a_workbook_only_the_setup_is_compared(ledger: Ledger) -> None:
    generated(ledger, visits(5))
    saved(ledger, paying(4_500))

    reply = confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))

    assert reply["asks"]["title"].startswith(
        "Since this draft was made the setup changed. To see what it would pay"
    )
    assert choices(reply) == ["approve"]
    with pytest.raises(MissingSheet, match="log of run"):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER, "stale": "generate"}))
    reply = confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER, "stale": "approve"}))
    assert reply["figures"]["state"] == "closed"


def test_a_log_of_the_same_name_in_another_workbook_is_not_the_drafts(ledger: Ledger) -> None:
    """Logs are called Appointments everywhere: only a workbook that shows the run has its log."""
    generated(ledger, visits(5, month=9))
    october = summary_sheet(ledger, generated(ledger, visits(5, 6)))
    click = a_click(visits(5, 6), sheets=[october], inputs={"run": SEPTEMBER})
    assert confirmed(ledger, "payroll.close", click)["figures"]["state"] == "closed"


def test_an_answer_that_is_none_is_refused_with_those_there_are(ledger: Ledger) -> None:
    generated(ledger, visits(5))
    with pytest.raises(MissingInput) as caught:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER, "stale": "yes"}))
    assert "generate | approve" in caught.value.remedy


# -- While it is being approved

MEANWHILE: dict[str, Callable[[Ledger], object]] = {
    "the draft is made again": lambda ledger: generated(ledger, visits(5, 6, 7)),
    "the same draft is made again": lambda ledger: generated(ledger, visits(5, 6)),
    "a rate is saved": lambda ledger: saved(ledger, paying(4_500)),
    "the days to the pay date are saved": lambda ledger: saved(
        ledger, replace(LAKESIDE, clinic=replace(LAKESIDE.clinic, days_to_pay_date=5))
    ),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=list(MEANWHILE))
def test_what_was_not_looked_at_is_not_approved(
    ledger: Ledger, meanwhile: Callable[[Ledger], object]
) -> None:
    generated(ledger, visits(5, 6))

    click = a_click(inputs={"run": OCTOBER})
    agreed = with_agreement(click, pressed(ledger, "payroll.close", click))
    with pytest.raises(DraftOvertaken):
        interrupted(ledger, close, agreed, lambda: meanwhile(ledger))
    assert states(ledger) == {OCTOBER: "draft"}


def test_two_who_approve_at_once_approve_once(ledger: Ledger) -> None:
    generated(ledger, visits(5, 6))
    click = a_click(inputs={"run": OCTOBER})
    agreed = with_agreement(click, pressed(ledger, "payroll.close", click))

    def approve_too() -> None:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))

    reply = interrupted(ledger, close, agreed, approve_too)

    assert "was approved on 11/20/2026 (2 lines, $100.00)" in reply.summary
