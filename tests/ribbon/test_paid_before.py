"""A log after a close: visits known again however they are written, asked about where they are not, differences said."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule, Provider, Setup
from server.errors import MissingInput, SimilarVisitsPaid
from server.ledger.store import Ledger
from server.ribbon.ribbon_table import ribbon
from server.sheets.sheet import Cell
from tests.invented import JANUARY, LAKESIDE
from tests.ribbon.clicks import (
    a_click,
    a_ledger,
    as_offered,
    confirmed,
    generated_past_vanished,
    pressed,
    pressed_as_typed,
    summary_sheet,
)

HEADINGS = ("Appointment ID", "Date", "Provider", "Service", "Status", "Patient")
SEPTEMBER: tuple[tuple[Cell, ...], ...] = (
    ("AB-001", "2026-09-03", "Jane Roe", "EX-101", "Show", "Pat Poe"),
    ("AB-002", "2026-09-03", "Max Doe", "EX-101", "Show", "Quin Quoe"),
    ("AB-003", "2026-09-10", "Jane Roe", "EX-102", "Show", "Pat Poe"),
    ("AB-004", "2026-09-17", "Jane Roe", "EX-101", "Show", "Rae Roe"),
    ("AB-005", "2026-09-17", "Jane Roe", "EX-101", "Show", "Sam Soe"),
)
RUN = "lakeside-2026-09-r1"


def changed(column: str, *values: Cell) -> list[tuple[Cell, ...]]:
    """September with other cells in a column."""
    place = HEADINGS.index(column)
    return [(*row[:place], value, *row[place + 1 :]) for row, value in zip(SEPTEMBER, values, strict=True)]


def without(column: str) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """September without a column."""
    place = HEADINGS.index(column)
    return (
        [heading for heading in HEADINGS if heading != column],
        [(*row[:place], *row[place + 1 :]) for row in SEPTEMBER],
    )


def generated(
    ledger: Ledger, rows: Sequence[Sequence[Cell]], headings: Sequence[str] = HEADINGS, **inputs: str
) -> dict[str, Any]:
    return generated_past_vanished(ledger, a_click(rows, headings=headings, inputs=inputs))


def shown(
    ledger: Ledger, rows: Sequence[Sequence[Cell]], headings: Sequence[str] = HEADINGS
) -> dict[str, Any]:
    """Return the reply to the first click, with what it asks."""
    return pressed(ledger, "payroll.generate", a_click(rows, headings=headings))


def closed(
    ledger: Ledger, rows: Sequence[Sequence[Cell]] = SEPTEMBER, headings: Sequence[str] = HEADINGS
) -> str:
    run: str = generated(ledger, rows, headings)["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": run}))
    return run


def fates(reply: dict[str, Any]) -> tuple[int, int, int]:
    figures = reply["figures"]
    return figures["paid"], figures["already_paid"], figures["blocked"]


def codes(reply: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in reply["findings"]}


def asked(reply: dict[str, Any]) -> list[str]:
    return [field["name"] for field in reply["asks"]["fields"]] if reply["asks"] else []


@pytest.mark.parametrize(
    "ids",
    [
        [str(row[0]).lower() for row in SEPTEMBER],
        [f"\u200b{row[0]}\u200e" for row in SEPTEMBER],
        [f" {str(row[0]).replace('-', ' -')}\u00a0" for row in SEPTEMBER],
        [str(row[0]).replace("A", "\uff21") for row in SEPTEMBER],
    ],
    ids=["lower-case", "hidden-characters", "spaces", "full-width"],
)
def test_an_id_is_known_again_however_it_is_written(ledger: Ledger, ids: list[str]) -> None:
    closed(ledger)

    assert fates(generated(ledger, changed("Appointment ID", *ids))) == (0, 5, 0)


def zeros() -> list[tuple[Cell, ...]]:
    return changed("Appointment ID", *(f"0000{place}" for place in range(1, 6)))


OTHERWISE = {
    "ids-gone": (SEPTEMBER, HEADINGS, *reversed(without("Appointment ID"))),
    "ids-added": (*reversed(without("Appointment ID")), SEPTEMBER, HEADINGS),
    "zeros-lost": (zeros(), HEADINGS, changed("Appointment ID", 1, 2, 3, 4, 5), HEADINGS),
    "zeros-added": (changed("Appointment ID", 1, 2, 3, 4, 5), HEADINGS, zeros(), HEADINGS),
    "other-ids": (SEPTEMBER, HEADINGS, changed("Appointment ID", *"VWXYZ"), HEADINGS),
    "patients-respelled": (
        *reversed(without("Appointment ID")),
        [row[1:] for row in changed("Patient", "Poe, Pat", "Quoe, Q", "Poe, Pat", "Roe, R", "Soe, S")],
        HEADINGS[1:],
    ),
    "one-patient-respelled": (
        *reversed(without("Appointment ID")),
        [row[1:] for row in changed("Patient", "Pat Poe", "Quin Quoe", "Pat Poe", "Rae Roe", "Sammy Soe")],
        HEADINGS[1:],
    ),
    "patients-gone": (
        *reversed(without("Appointment ID")),
        [row[1:-1] for row in SEPTEMBER],
        HEADINGS[1:-1],
    ),
    "patients-added": (
        [row[1:-1] for row in SEPTEMBER],
        HEADINGS[1:-1],
        *reversed(without("Appointment ID")),
    ),
}
"""What was closed, with its headings, and what comes after it with its own."""


@pytest.mark.parametrize(("first", "heads", "second", "other_heads"), OTHERWISE.values(), ids=OTHERWISE)
def test_visits_under_other_ids_are_asked_about_and_never_paid_again_unasked(
    ledger: Ledger,
    first: Sequence[Sequence[Cell]],
    heads: Sequence[str],
    second: Sequence[Sequence[Cell]],
    other_heads: Sequence[str],
) -> None:
    closed(ledger, first, heads)

    reply = generated(ledger, second, other_heads)

    assert asked(reply) == ["paid_visits"]
    assert reply["asks"]["fields"][0]["default"] is None
    assert RUN in reply["summary"]
    assert fates(generated(ledger, second, other_heads, paid_visits="mixed"))[0] < 5
    same = generated(ledger, second, other_heads, paid_visits="same")
    assert fates(same) == (0, 5, 0)
    again = generated(ledger, [*second][::-1], other_heads)
    assert (asked(again), fates(again)) == ([], (0, 5, 0))


def test_a_provider_under_another_spelling_is_the_same_provider(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")

    respelled = [tuple("Roe, Jane LCSW" if cell == "Jane Roe" else cell for cell in row) for row in rows]

    assert asked(generated(ledger, respelled, headings)) == ["paid_visits"]


@pytest.mark.parametrize(
    "renamed",
    [
        Provider("Jane Married", provider_id="P1"),
        Provider("Jane Married", ("Jane Roe",)),
        Provider("Jane Married"),
    ],
    ids=["same-id", "old-name-as-alias", "no-trace"],
)
def test_a_provider_renamed_after_the_close_is_still_who_was_paid(tmp_path: Path, renamed: Provider) -> None:
    ledger = a_ledger(tmp_path, LAKESIDE)
    closed(ledger)
    setup: Setup = replace(LAKESIDE, providers=(renamed, LAKESIDE.providers[1]))
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(setup, "tests")
    headings, rows = without("Appointment ID")
    respelled = [tuple("Jane Married" if cell == "Jane Roe" else cell for cell in row) for row in rows]

    reply = generated(ledger, respelled, headings)

    assert asked(reply) == ["paid_visits"]
    assert "5 visits" in reply["summary"]


def test_other_visits_are_paid_once_somebody_says_so_and_not_asked_about_again(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")

    paid = generated(ledger, rows, headings, paid_visits="others")
    again = generated(ledger, rows, headings)

    assert fates(paid) == fates(again) == (5, 0, 0)
    assert "paid-as-another-visit" in codes(paid) & codes(again)
    assert paid["level"] == "review"


def test_two_paid_visits_account_for_two_rows_and_a_third_is_paid(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")

    reply = generated(ledger, [*rows, (*rows[3][:-1], "Una New")], headings, paid_visits="same")

    assert fates(reply) == (1, 5, 0)


def test_a_paid_visit_whose_id_is_in_the_log_stands_for_that_row_alone(ledger: Ledger) -> None:
    closed(ledger)

    reply = generated(ledger, [*SEPTEMBER, ("AB-006", *SEPTEMBER[0][1:])])

    assert (asked(reply), fates(reply)) == ([], (1, 5, 0))


def test_another_patient_under_another_id_is_another_visit(ledger: Ledger) -> None:
    closed(ledger)

    reply = generated(ledger, [SEPTEMBER[0], ("AB-009", *SEPTEMBER[3][1:-1], "Una New")])

    assert (asked(reply), fates(reply)) == ([], (1, 1, 0))


def test_a_mixed_answer_blocks_the_rows_and_is_not_remembered(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")

    reply = generated(ledger, rows, headings, paid_visits="mixed")

    assert (fates(reply), reply["level"]) == ((0, 0, 5), "blocked")
    assert codes(reply) == {"probably-paid"}
    assert asked(generated(ledger, rows, headings)) == ["paid_visits"]


def test_a_check_marks_the_rows_and_asks_nothing(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")

    reply = pressed(ledger, "payroll.check", a_click(rows, headings=headings))

    assert (reply["asks"], codes(reply)) == (None, {"probably-paid"})


def test_an_answer_that_is_none_is_refused(ledger: Ledger) -> None:
    with pytest.raises(MissingInput, match="perhaps"):
        generated(ledger, SEPTEMBER, paid_visits="perhaps")


def test_a_voided_run_has_paid_nothing_that_could_be_asked_about(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    assert fates(generated(ledger, rows, headings, paid_visits="same")) == (0, 5, 0)

    pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong month"}))

    reply = generated(ledger, rows, headings)
    assert (asked(reply), fates(reply)) == ([], (5, 0, 0))


def test_a_draft_made_before_another_run_was_closed_does_not_pay_twice(ledger: Ledger) -> None:
    headings, rows = without("Appointment ID")
    half = {"from": "2026-09-01", "to": "2026-09-20"}
    second = generated(ledger, rows, headings, **half)["figures"]["run"]
    closed(ledger)

    with pytest.raises(SimilarVisitsPaid, match="5 visits"):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": second}))

    generated(ledger, rows, headings, paid_visits="others", **half)
    reply = confirmed(ledger, "payroll.close", a_click(inputs={"run": second}))
    assert reply["figures"]["state"] == "closed"


# -- Answers on record --


def answered(ledger: Ledger, ids: str, answer: str) -> list[tuple[Cell, ...]]:
    """Close September, answer about it under other IDs, and return that log."""
    closed(ledger)
    other = changed("Appointment ID", *ids)
    generated(ledger, other, paid_visits=answer)
    return other


def test_a_paid_visit_accounts_for_one_row_also_where_an_answer_says_so(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "same")

    reply = generated(ledger, [*SEPTEMBER, *other])

    assert asked(reply) == ["paid_visits"]
    assert "5 visits look like" in reply["summary"]
    assert codes(reply) == {"same-visit-twice"}
    assert "row 2 is that visit too" in reply["findings"][0]["message"]
    assert fates(generated(ledger, [*SEPTEMBER, *other], paid_visits="same")) == (0, 5, 5)
    assert fates(generated(ledger, [*SEPTEMBER, *other], paid_visits="others")) == (5, 5, 0)
    assert fates(generated(ledger, [*SEPTEMBER, *other])) == (5, 5, 0)


def test_two_rows_that_were_called_one_visit_at_different_times_are_not_both_paid_by_it(
    ledger: Ledger,
) -> None:
    first = answered(ledger, "VWXYZ", "same")
    second = changed("Appointment ID", *"vwxyz")
    second = [(f"2{row[0]}", *row[1:]) for row in second]
    assert fates(generated(ledger, second, paid_visits="same")) == (0, 5, 0)

    assert asked(generated(ledger, [*first, *second])) == ["paid_visits"]
    assert fates(generated(ledger, [*first, *second], paid_visits="mixed")) == (0, 5, 5)


def test_an_answer_given_for_a_draft_counts_no_longer_once_that_is_voided(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "others")
    pressed(
        ledger, "payroll.void", a_click(inputs={"run": "lakeside-2026-09-r2", "reason": "answered wrongly"})
    )

    assert asked(generated(ledger, other)) == ["paid_visits"]
    assert fates(generated(ledger, other, paid_visits="same")) == (0, 5, 0)
    assert fates(generated(ledger, other)) == (0, 5, 0)


def test_rows_that_an_answer_on_record_decides_about_are_said(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "same")

    reply = generated(ledger, other)

    assert codes(reply) == {"paid-by-answer"}
    assert {finding["row"] for finding in reply["findings"]} == {2, 3, 4, 5, 6}
    assert RUN in reply["findings"][0]["message"]
    assert "11/20/2026" in reply["findings"][0]["message"]


@pytest.mark.parametrize(
    ("once", "anew", "expected"), [("same", "others", (5, 0, 0)), ("others", "same", (0, 5, 0))]
)
def test_an_answer_on_record_can_be_given_again_and_the_latest_counts(
    ledger: Ledger, once: str, anew: str, expected: tuple[int, int, int]
) -> None:
    other = answered(ledger, "VWXYZ", once)

    assert asked(generated(ledger, other, paid_visits="ask")) == ["paid_visits_again"]
    assert fates(generated(ledger, other, paid_visits_again=anew)) == expected
    assert fates(generated(ledger, other)) == expected


def test_the_remedy_of_an_earlier_answer_is_an_option_of_the_button(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "same")
    remedy = generated(ledger, other)["findings"][0]["remedy"]

    (option,) = [one for one in ribbon().find_button("payroll.generate").options if one.name == "paid_visits"]

    assert f"“{option.label}” ({option.name} = {option.choices[0]})" in remedy
    click = a_click(other, headings=HEADINGS, inputs={option.name: option.choices[0]})
    form = pressed_as_typed(ledger, "payroll.generate", click)["asks"]
    (choice,) = [one for one in form["fields"][0]["choices"] if one["value"].startswith("others-")]
    # The task pane sends the option along with the answer to the form.
    inputs = {option.name: option.choices[0], form["fields"][0]["name"]: choice["value"]}
    click = a_click(other, headings=HEADINGS, inputs=inputs)
    assert fates(generated_past_vanished(ledger, click)) == (5, 0, 0)


def test_an_answer_about_new_rows_leaves_the_answers_about_others_alone(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "same")

    assert fates(generated(ledger, other, paid_visits="others")) == (0, 5, 0)


def test_a_visit_called_the_same_is_not_paid_because_it_is_asked_about_again(ledger: Ledger) -> None:
    other = answered(ledger, "VWXYZ", "same")

    reply = generated(ledger, [*SEPTEMBER, *other], paid_visits="ask")

    assert (asked(reply), codes(reply)) == (["paid_visits_again"], {"same-visit-twice"})


def offered(ledger: Ledger, rows: Sequence[Sequence[Cell]], headings: Sequence[str], word: str) -> str:
    """The answer as the form offers it: a word, and the number of the question behind it."""
    return as_offered(
        ledger,
        "payroll.generate",
        a_click(rows, headings=headings, inputs={"paid_visits": word}),
        "paid_visits",
    )


@pytest.mark.parametrize("word", ["same", "others", "mixed"])
def test_an_answer_counts_for_the_question_it_was_given_for_and_no_other(ledger: Ledger, word: str) -> None:
    """As on a Settings sheet: the line stays, and the next log is another one."""
    closed(ledger)
    headings, rows = without("Appointment ID")
    answer = offered(ledger, rows[:2], headings, word)
    for others in (rows, rows[2:], rows[1:2]):
        click = a_click(others, headings=headings, inputs={"paid_visits": answer})
        reply = pressed_as_typed(ledger, "payroll.generate", click)
        assert asked(reply) == ["paid_visits"]
        assert f"“{answer}” does not belong to this question" in reply["summary"]

    right = a_click(rows[1::-1], headings=headings, inputs={"paid_visits": answer})  # in whatever order
    assert "paid_visits" not in asked(pressed_as_typed(ledger, "payroll.generate", right))


@pytest.mark.parametrize("name", ["paid_visits", "paid_visits_again"])
@pytest.mark.parametrize("word", ["same", "others", "mixed"])
def test_a_word_that_names_no_question_answers_none(ledger: Ledger, name: str, word: str) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    click = a_click(rows, headings=headings, inputs={name: word})
    assert asked(pressed_as_typed(ledger, "payroll.generate", click)) == [name]


def test_a_row_that_came_into_the_log_after_the_question_is_asked_about(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    answer = offered(ledger, rows[:4], headings, "same")
    click = a_click(rows, headings=headings, inputs={"paid_visits": answer})
    assert pressed_as_typed(ledger, "payroll.generate", click)["asks"]
    assert fates(generated(ledger, rows, headings, paid_visits="same")) == (0, 5, 0)


@pytest.mark.parametrize(
    ("paid", "now", "are_said"), [("0017", "17", True), ("0017", "A-9", False), ("0017", None, False)]
)
def test_zeros_in_front_are_spoken_of_only_where_they_matter(
    ledger: Ledger, paid: Cell, now: Cell, *, are_said: bool
) -> None:
    def row(number: Cell) -> tuple[Cell, ...]:
        return (number, *SEPTEMBER[0][1:])

    closed(ledger, [row(paid)])

    reply = generated(ledger, [row(now)])

    assert asked(reply) == ["paid_visits"]
    assert ("zeros in front" in reply["summary"]) == are_said


def test_one_visit_is_asked_about_as_one(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    choices = generated(ledger, rows[:1], headings)["asks"]["fields"][0]["choices"]
    assert not [
        choice["label"] for choice in choices if "visits" in choice["label"] or "rows" in choice["label"]
    ]


def test_a_draft_generated_again_does_not_repeat_an_answer_for_what_was_paid_since(ledger: Ledger) -> None:
    headings, _ = without("Appointment ID")
    other = answered(ledger, "VWXYZ", "others")
    late = ("AB-900", "2026-09-05", "Max Doe", "EX-102", "Show", "Pat Poe")
    draft = generated(ledger, [*other, late], paid_visits="others")
    half = {"from": "2026-09-01", "to": "2026-09-20"}
    third = generated(ledger, [late[1:]], headings, **half)["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": third}))
    click = a_click([*other, late], headings=HEADINGS, inputs={"stale": "generate"})
    click["sheets"].append(summary_sheet(ledger, draft))

    reply = confirmed(ledger, "payroll.close", click)

    assert asked(reply) == ["paid_visits"]
    assert "1 visit looks like" in reply["summary"]


# -- Visits of another provider --


def moved_to_max() -> tuple[list[str], list[tuple[Cell, ...]]]:
    """September without IDs, all of it by Max Doe."""
    headings, rows = without("Appointment ID")
    return headings, [tuple("Max Doe" if cell == "Jane Roe" else cell for cell in row) for row in rows]


def test_a_visit_that_now_names_another_provider_is_asked_about(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = moved_to_max()

    reply = generated(ledger, rows, headings)

    assert asked(reply) == ["paid_visits"]
    assert "5 visits" in reply["summary"]
    assert codes(reply) == {"probably-paid", "paid-to-another-provider"}
    same = generated(ledger, rows, headings, paid_visits="same")
    assert (fates(same), codes(same), same["level"]) == (
        (0, 5, 0),
        {"provider-changed-since-paid"},
        "review",
    )
    again = generated(ledger, rows, headings)
    assert fates(again) == (0, 5, 0)
    assert codes(again) == {"provider-changed-since-paid", "paid-by-answer"}


def test_the_same_patient_at_two_providers_on_one_day_is_two_visits_where_both_are_in_the_log(
    ledger: Ledger,
) -> None:
    closed(ledger)
    second = ("AB-006", "2026-09-03", "Max Doe", "EX-101", "Show", "Pat Poe")

    assert fates(generated(ledger, [*SEPTEMBER, second])) == (1, 5, 0)


def test_a_draft_of_visits_that_another_provider_was_paid_for_meanwhile_is_not_closed(ledger: Ledger) -> None:
    headings, rows = moved_to_max()
    half = {"from": "2026-09-01", "to": "2026-09-20"}
    draft = generated(ledger, rows[2:], headings, **half)["figures"]["run"]
    closed(ledger)

    with pytest.raises(SimilarVisitsPaid, match="3 visits"):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": draft}))


def test_visits_of_a_provider_who_left_the_log_are_asked_about_although_no_patient_is_known(
    ledger: Ledger,
) -> None:
    rows = [row[:-1] for row in SEPTEMBER]
    closed(ledger, rows, HEADINGS[:-1])
    headings, moved = moved_to_max()

    reply = generated(ledger, [row[:-1] for row in moved][2:], headings[:-1])

    assert (asked(reply), codes(reply)) == (["paid_visits"], {"paid-to-another-provider"})
    assert "Jane Roe" in reply["findings"][0]["message"]


def test_visits_of_a_provider_who_left_the_log_are_said_where_their_ids_left_too(ledger: Ledger) -> None:
    closed(ledger, [row[:-1] for row in SEPTEMBER], HEADINGS[:-1])
    moved = [(f"N{place}", row[1], "Max Doe", *row[3:-1]) for place, row in enumerate(SEPTEMBER)]

    reply = shown(ledger, moved[2:], HEADINGS[:-1])

    assert (asked(reply), codes(reply)) == (["vanished_visits"], {"vanished-since-paid"})
    assert "Jane Roe" in reply["findings"][0]["message"]


def test_the_log_of_one_provider_alone_says_nothing_of_the_others(ledger: Ledger) -> None:
    closed(ledger)
    more = ("AB-006", "2026-09-16", "Max Doe", "EX-101", "Show", "Una New")

    reply = generated(ledger, [SEPTEMBER[1], more])

    assert (fates(reply), codes(reply), reply["level"]) == ((1, 1, 0), set(), "done")


def test_a_provider_who_is_missing_from_the_log_of_the_whole_clinic_is_said(tmp_path: Path) -> None:
    third = Provider("Una Third", provider_id="P9")
    ledger = a_ledger(tmp_path, replace(LAKESIDE, providers=(*LAKESIDE.providers, third)))
    closed(ledger, [*SEPTEMBER, ("AB-006", "2026-09-16", "Una Third", "EX-101", "Show", "Una New")])

    reply = shown(ledger, SEPTEMBER)

    assert codes(reply) == {"vanished-since-paid"}
    assert "Una Third" in reply["findings"][0]["message"]


@pytest.mark.parametrize("ids", [(None,) * 5, tuple("VWXYZ")], ids=["no-ids", "other-ids"])
def test_paid_visits_that_stand_in_the_log_a_second_time_are_said_row_by_row(
    ledger: Ledger, ids: tuple[Cell, ...]
) -> None:
    closed(ledger)

    reply = generated(ledger, [*SEPTEMBER, *changed("Appointment ID", *ids)])

    repeated = [one for one in reply["findings"] if one["code"] == "repeats-paid-visit"]
    assert [one["row"] for one in repeated] == [7, 8, 9, 10, 11]
    assert "row 2, which was paid before" in repeated[0]["message"]
    assert reply["level"] == "review"


# -- IDs given anew --


@pytest.mark.parametrize("respelled", [1, 2])
def test_a_respelled_patient_is_in_the_question_where_the_other_visits_have_new_ids(
    ledger: Ledger, respelled: int
) -> None:
    closed(ledger)
    names = [str(row[-1]) for row in SEPTEMBER]
    names[-respelled:] = [f"{name} Jr" for name in names[-respelled:]]
    rows = [(f"N{place}", *row[1:-1], names[place]) for place, row in enumerate(SEPTEMBER)]

    reply = generated(ledger, rows)

    assert asked(reply) == ["paid_visits"]
    assert "5 visits" in reply["summary"]
    assert fates(generated(ledger, rows, paid_visits="same")) == (0, 5, 0)


@pytest.mark.parametrize(("answered", "looking_alike"), [(False, "4 visits look"), (True, "1 visit looks")])
def test_rows_answered_before_still_show_that_ids_are_new(
    ledger: Ledger, looking_alike: str, *, answered: bool
) -> None:
    """The last row has a new ID and a respelled patient. Three rows have new IDs, and one kept its ID."""
    closed(ledger)
    renumbered = [("AB-001", *SEPTEMBER[0][1:]), *(("N" + str(row[0]), *row[1:]) for row in SEPTEMBER[1:4])]
    last = ("N5", *SEPTEMBER[4][1:-1], "Sammy Soe")
    if answered:
        assert fates(generated(ledger, renumbered, paid_visits="same")) == (0, 4, 0)

    reply = generated(ledger, [*renumbered, last])

    assert asked(reply) == ["paid_visits"]
    assert looking_alike in reply["summary"]


NO_LONGER_VISITS = {
    "without-ids": [(None, *row[1:]) for row in SEPTEMBER[1:4]],
    "cancelled": [("N" + str(row[0]), *row[1:4], "Cancelled", row[5]) for row in SEPTEMBER[1:4]],
}
"""Rows that were once called the same as paid visits and that show nothing of new IDs."""


@pytest.mark.parametrize("later", NO_LONGER_VISITS.values(), ids=NO_LONGER_VISITS)
def test_an_answered_row_that_is_not_paid_or_has_no_id_does_not_show_that_ids_are_new(
    ledger: Ledger, later: Sequence[Sequence[Cell]]
) -> None:
    """One row kept its ID, and the last is another patient's visit under another ID."""
    closed(ledger)
    kept, last = [SEPTEMBER[0]], ("N5", *SEPTEMBER[4][1:-1], "Una New")
    answered = [(*row[:4], "Show", row[5]) for row in later]
    assert fates(generated(ledger, [*kept, *answered], paid_visits="same")) == (0, 4, 0)

    reply = generated(ledger, [*kept, *later, last])

    assert (asked(reply), fates(reply)[0]) == ([], 1)


# -- Differences to what was paid --


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (("AB-001", "2026-09-03", "Jane Roe", "EX-101", "Cancelled", "Pat Poe"), "missed-since-paid", "cancelled"),
        (("AB-001", "2026-09-04", "Jane Roe", "EX-101", "Show", "Pat Poe"), "day-changed-since-paid", "09/03/2026"),
        (("AB-001", "2026-09-03", "Max Doe", "EX-101", "Show", "Pat Poe"), "provider-changed-since-paid", "Jane Roe"),
        (("AB-001", "2026-09-03", "Jane Roe", "EX-103", "Show", "Pat Poe"), "service-changed-since-paid", "EX-101"),
        (("AB-001", "2026-09-03", "Jane Roe", "EX-101", "Show", "Una New"), "patient-changed-since-paid", RUN),
    ],
)  # fmt: skip
def test_a_difference_to_what_was_paid_is_said_and_adjusted(
    ledger: Ledger, row: tuple[Cell, ...], code: str, words: str
) -> None:
    closed(ledger)

    reply = generated(ledger, [row, *SEPTEMBER[1:]])

    (finding,) = [finding for finding in reply["findings"] if finding["code"] == code]
    assert (finding["severity"], finding["row"]) == ("review", 2)
    assert words in finding["message"]
    assert RUN in finding["message"]
    assert (reply["level"], fates(reply)[0], fates(reply)[2]) == ("review", 0, 0)


@pytest.mark.parametrize("place", [0, 2, 3, 4])
def test_a_paid_visit_that_left_the_log_is_said_with_day_and_provider(ledger: Ledger, place: int) -> None:
    closed(ledger)
    gone = SEPTEMBER[place]

    reply = shown(ledger, [row for row in SEPTEMBER if row != gone])

    (finding,) = [finding for finding in reply["findings"] if finding["code"] == "vanished-since-paid"]
    assert "1 visit that" in finding["message"]
    assert str(gone[2]) in finding["message"]
    assert str(gone[5]) not in finding["message"]
    assert asked(reply) == ["vanished_visits"]


def test_a_visit_without_an_id_that_is_now_cancelled_is_said_to_be(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    cancelled = [("2026-09-03", "Jane Roe", "EX-101", "Cancelled", "Pat Poe"), *rows[1:]]

    reply = generated(ledger, cancelled, headings, paid_visits="same")

    assert codes(reply) == {"missed-since-paid"}


@pytest.mark.parametrize(
    ("there", "new", "gone"),
    [(1, "2026-09-05", "09/03/2026 Jane Roe"), (3, "2026-09-15", "09/17/2026 Jane Roe")],
    ids=["first day", "last day"],
)
def test_a_paid_visit_of_the_first_or_last_day_of_the_log_is_said_to_have_left_it(
    ledger: Ledger, there: int, new: str, gone: str
) -> None:
    closed(ledger)

    reply = shown(ledger, [SEPTEMBER[there], ("N-1", new, "Jane Roe", "EX-103", "Show", "Una New")])

    (finding,) = [finding for finding in reply["findings"] if finding["code"] == "vanished-since-paid"]
    assert "1 visit that" in finding["message"]
    assert gone in finding["message"]


def test_a_paid_visit_whose_status_nobody_knows_is_neither_missed_nor_gone(ledger: Ledger) -> None:
    closed(ledger)
    headings, rows = without("Appointment ID")
    unclear = [("2026-09-03", "Jane Roe", "EX-101", "Foo", "Pat Poe"), *rows[1:]]

    reply = generated(ledger, unclear, headings, paid_visits="same")

    assert "unknown-status" in codes(reply)
    assert not codes(reply) & {"missed-since-paid", "vanished-since-paid"}


def test_a_missed_visit_that_was_paid_as_one_has_no_difference(tmp_path: Path) -> None:
    flat = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)
    ledger = a_ledger(tmp_path / "paying", replace(LAKESIDE, missed_visits=(flat,)))
    rows = changed("Status", "NS", "Show", "NS", "Show", "Show")
    closed(ledger, rows)

    reply = generated(ledger, rows)

    assert (codes(reply), fates(reply)) == (set(), (0, 5, 0))


def test_where_most_ids_are_of_other_visits_those_that_agree_are_not_blocked(ledger: Ledger) -> None:
    closed(ledger)
    later = changed("Date", "2026-09-03", "2026-09-04", "2026-09-11", "2026-09-18", "2026-09-18")

    assert fates(generated(ledger, later, appointment_column="A"))[1:] == (1, 4)


def test_cancelled_visits_do_not_say_that_ids_can_be_trusted(ledger: Ledger) -> None:
    closed(ledger)
    cancelled = [(*row[:4], "Cancelled", *row[5:]) for row in (SEPTEMBER[0], SEPTEMBER[2])]
    moved = ("AB-004", "2026-09-18", *SEPTEMBER[3][2:])

    assert fates(generated(ledger, [*cancelled, moved], appointment_column="A"))[2] == 1


def test_nothing_is_said_where_nothing_differs(ledger: Ledger) -> None:
    closed(ledger)

    assert codes(generated(ledger, SEPTEMBER[::-1])) == set()


# -- IDs that are no appointment's --

LISTED = ("ID", *HEADINGS[1:])
OCTOBER = (
    ("AB-001", "2026-10-01", "Jane Roe", "EX-101", "Show", "Pat Poe"),
    ("AB-004", "2026-10-02", "Jane Roe", "EX-101", "Show", "Rae Roe"),
)


def test_an_id_paid_for_another_day_is_never_silently_already_paid(ledger: Ledger) -> None:
    closed(ledger)

    reply = generated(ledger, OCTOBER)

    assert codes(reply) == {"id-paid-for-another-visit"}
    assert (fates(reply), reply["level"]) == ((0, 0, 2), "blocked")


def test_an_id_paid_for_another_patient_and_service_blocks_even_beside_ids_that_agree(ledger: Ledger) -> None:
    closed(ledger)
    other = ("AB-001", "2026-09-03", "Jane Roe", "EX-103", "Show", "Una New")

    reply = generated(ledger, [other, *SEPTEMBER[1:]])

    assert codes(reply) == {"id-paid-for-another-visit"}
    assert fates(reply) == (0, 4, 1)


def test_a_patient_spelled_otherwise_throughout_blocks_no_id(ledger: Ledger) -> None:
    closed(ledger)

    reply = generated(ledger, changed("Patient", "Poe, P", "Quoe, Q", "Poe, P", "Roe, R", "Soe, S"))

    assert (codes(reply), fates(reply)) == (set(), (0, 5, 0))


@pytest.mark.parametrize(
    ("answer", "expected"), [("yes", (0, 0, 2)), ("patient", (2, 0, 0)), ("ignore", (2, 0, 0))]
)
def test_an_id_column_paid_for_other_days_is_asked_about_once(
    ledger: Ledger, answer: str, expected: tuple[int, int, int]
) -> None:
    closed(ledger, SEPTEMBER, LISTED)

    assert asked(generated(ledger, OCTOBER, LISTED)) == ["appointment_number"]
    answered = generated(ledger, OCTOBER, LISTED, appointment_number=answer)
    again = generated(ledger, OCTOBER, LISTED)

    assert fates(answered) == fates(again) == expected
    assert asked(again) == []


@pytest.mark.parametrize(
    ("once", "anew"),
    [(once, anew) for once in ("yes", "patient", "ignore") for anew in ("yes", "patient", "ignore")],
)
def test_what_was_answered_about_an_id_column_can_be_answered_again(
    ledger: Ledger, once: str, anew: str
) -> None:
    closed(ledger, SEPTEMBER, LISTED)
    fates_of = {"yes": (0, 0, 2), "patient": (2, 0, 0), "ignore": (2, 0, 0)}
    assert fates(generated(ledger, OCTOBER, LISTED, appointment_number=once)) == fates_of[once]

    reply = generated(ledger, OCTOBER, LISTED, appointment_number=anew)
    after = generated(ledger, OCTOBER, LISTED)

    assert fates(reply) == fates(after) == fates_of[anew]
    assert ("ID" in after["figures"]["unread_columns"]) == (anew == "ignore")


def test_an_answer_about_a_column_the_log_does_not_have_changes_nothing(ledger: Ledger) -> None:
    headings, rows = without("Appointment ID")
    plain = generated(ledger, rows, headings)["figures"]
    given = generated(ledger, rows, headings, appointment_number="ignore")["figures"]
    assert given["fingerprint"] == plain["fingerprint"]


def test_an_id_column_that_repeats_for_different_days_is_asked_about(ledger: Ledger) -> None:
    rows = [*SEPTEMBER, ("AB-001", "2026-09-20", "Jane Roe", "EX-101", "Show", "Pat Poe")]

    assert asked(generated(ledger, rows, LISTED)) == ["appointment_number"]
    assert fates(generated(ledger, rows, LISTED, appointment_number="patient")) == (6, 0, 0)


def test_an_id_column_whose_values_are_appointments_is_not_asked_about(ledger: Ledger) -> None:
    assert asked(generated(ledger, SEPTEMBER, LISTED)) == []


def test_somebody_who_left_since_is_remarked_on_only_for_visits_that_are_paid_now(ledger: Ledger) -> None:
    generated(ledger, SEPTEMBER)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    left = tuple(replace(one, active=one.name != "Max Doe") for one in LAKESIDE.providers)
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(books.setup(), providers=left), "ana")
    late = ("AB-006", "2026-09-24", "Max Doe", "EX-101", "Show", "Pat Poe")
    again = generated(ledger, [*SEPTEMBER, late])
    assert [one["row"] for one in again["findings"] if one["code"] == "inactive-provider"] == [7]
    assert "inactive-provider" not in {one["code"] for one in generated(ledger, SEPTEMBER)["findings"]}
