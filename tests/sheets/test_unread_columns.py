"""What is asked about columns nobody read, once, and what is listed all the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import pytest

from server.billing.clinics import CountsAs, ImportProfile, PayBasis, Setup, StatusWord
from server.billing.payroll.pay_run import PayRun
from server.errors import MissingColumn, MissingInput
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Question, Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_sheet, amounts, codes, paying, run_of_log

BASE = ["Date", "Provider", "Service", "Status"]
VISIT = ("2026-10-05", "Jane Roe", "EX-101", "Attended")
BY_COLLECTED = paying(a_rate(625_000, PayBasis.OF_COLLECTED))
BY_CHARGE = paying(a_rate(500_000, PayBasis.OF_CHARGE))
Rows = Sequence[Sequence[Cell]]


def settled(
    headings: Sequence[str],
    rows: Rows,
    setup: Setup = LAKESIDE,
    profile: ImportProfile | None = None,
    given: Mapping[str, str] | None = None,
    **answers: str,
) -> tuple[PayRun, ImportProfile]:
    """Return the pay run of a log, and what was learned of it; answers are ``given`` or named."""
    every = {**(given or {}), **answers}
    log, learned = read_log(a_sheet(rows, headings), "October.xlsx", setup, profile or ImportProfile(), every)
    return run_of_log(log, setup), learned


def asked(headings: Sequence[str], rows: Rows, setup: Setup = LAKESIDE) -> list[Question]:
    """Return what must be asked about a log."""
    with pytest.raises(Unanswered) as unanswered:
        settled(headings, rows, setup)
    return list(unanswered.value.questions)


def values(question: Question) -> list[str]:
    return [choice.value for choice in question.choices]


# Money


def test_a_total_that_is_not_the_sum_of_its_parts_is_asked_about_once() -> None:
    headings, rows = [*BASE, "Paid", "Insurance Paid"], [(*VISIT, 20, 130), (*VISIT, 25, 125)]

    (question,) = asked(headings, rows, BY_COLLECTED)
    run, learned = settled(headings, rows, BY_COLLECTED, collected_column="Paid;Insurance Paid")
    again, _ = settled(headings, rows, BY_COLLECTED, learned)

    assert (question.name, question.kind, question.default) == ("collected_column", "several", "")
    assert values(question) == ["Paid", "Insurance Paid", "none"]
    assert amounts(run) == amounts(again) == [9_375, 9_375]


@pytest.mark.parametrize(
    "headings",
    [("Copay", "Ins Pmt Amt"), ("Patient Amount Paid", "Insurance Paid"), ("Co-pay", "Payer cash")],
)
def test_a_part_beside_unknown_money_is_not_taken_for_all_of_it(headings: tuple[str, str]) -> None:
    rows = [(*VISIT, 20, 130), (*VISIT, 20, 125)]

    (question,) = asked([*BASE, *headings], rows, BY_COLLECTED)
    run, _ = settled([*BASE, *headings], rows, BY_COLLECTED, collected_column=";".join(headings))

    assert values(question) == [*headings, "none"]
    assert amounts(run) == [9_375, 9_063]


def test_columns_left_out_of_the_answer_are_left_alone_in_the_next_log() -> None:
    headings, rows = [*BASE, "Copay", "Ins Pmt Amt"], [(*VISIT, 20, 130)]
    _, learned = settled(headings, rows, BY_COLLECTED, collected_column="Copay")

    run, _ = settled(headings, rows, BY_COLLECTED, learned)

    assert amounts(run) == [1_250]
    assert run.log.unread == (("Ins Pmt Amt", "F"),)


def test_a_total_that_is_the_sum_of_its_parts_is_read_alone_and_said() -> None:
    headings = [*BASE, "Total Paid", "Client Paid", "Insurance Paid"]
    fine = [(*VISIT, 150, 20, 130)] * 19

    run, _ = settled(headings, fine, BY_COLLECTED)
    other, _ = settled(headings, [*fine, (*VISIT, 150, 20, 100)], BY_COLLECTED)

    assert set(amounts(run)) == {9_375}
    assert "total-of-parts" in [finding.code for finding in run.findings]
    assert "total-differs-from-parts" not in codes(run)
    (differs,) = [finding for finding in other.findings if finding.code == "total-differs-from-parts"]
    assert list(differs.rows) == [21]


@pytest.mark.parametrize(
    ("setup", "headings", "read"),
    [
        (BY_CHARGE, ("Charge", "Charge", "Total Fee"), "Charge + Charge"),
        (BY_COLLECTED, ("Client Paid", "Insurance Paid", "Cash in"), "Client Paid + Insurance Paid"),
    ],
    ids=["charges", "payers"],
)
def test_columns_that_are_added_up_are_not_called_the_sum_of_their_total(
    setup: Setup, headings: tuple[str, ...], read: str
) -> None:
    fine = [(*VISIT, 20, 100, 120)] * 19

    run, _ = settled([*BASE, *headings], fine, setup)
    other, _ = settled([*BASE, *headings], [*fine, (*VISIT, 20, 100, 119)], setup)

    assert amounts(other) == [*amounts(run), amounts(run)[0]]
    assert "total-of-parts" not in {finding.code for finding in (*run.findings, *other.findings)}
    (differs,) = [finding for finding in other.findings if finding.code == "total-differs-from-parts"]
    assert (list(differs.rows), asdict(differs.what)["total"]) == ([21], read)


@pytest.mark.parametrize("money", [[0, 0], [None, None], ["", " "], ["0.00", "$0"]])
def test_money_that_is_nothing_in_every_row_is_not_asked_about(money: list[Cell]) -> None:
    rows = [(*VISIT, 100, cell) for cell in money]
    run, _ = settled([*BASE, "Paid", "Insurance Paid"], rows, BY_COLLECTED)
    assert amounts(run) == [6_250, 6_250]


@pytest.mark.parametrize("heading", ["Insurance Paid", "Ins Pmt Amt", "Charge Two", "Copay"])
def test_money_nobody_is_paid_by_is_not_asked_about(heading: str) -> None:
    run, _ = settled([*BASE, "Paid", "Charge", heading], [(*VISIT, 20, 30, 130)])
    assert amounts(run) == [5_000]
    assert (heading, "G") in run.log.unread


@pytest.mark.parametrize(
    "heading", ["Insurance Balance", "Unpaid", "Insurance ID", "Check number", "Copay due"]
)
def test_what_is_owed_or_numbered_is_no_money_received(heading: str) -> None:
    run, _ = settled([*BASE, "Paid", heading], [(*VISIT, 100, 130)], BY_COLLECTED)
    assert amounts(run) == [6_250]


def test_two_charges_and_a_total_fee_are_asked_about_only_where_pay_depends_on_them() -> None:
    headings, rows = [*BASE, "Charge", "Charge", "Total Fee"], [(*VISIT, 20, 100, 7)]

    run, _ = settled(headings, rows)
    (question,) = asked(headings, rows, BY_CHARGE)
    both, learned = settled(headings, rows, BY_CHARGE, charge_column="E;F")
    again, _ = settled(headings, rows, BY_CHARGE, learned)

    assert amounts(run) == [5_000]
    assert values(question) == ["E", "F", "Total Fee", "none"]
    assert amounts(both) == amounts(again) == [6_000]


def test_one_of_two_columns_of_one_name_counts_for_its_click_only() -> None:
    headings, rows = [*BASE, "Charge", "Charge", "Total Fee"], [(*VISIT, 20, 100, 7)]

    run, learned = settled(headings, rows, BY_CHARGE, charge_column="F")

    assert amounts(run) == [5_000]
    with pytest.raises(Unanswered):
        settled([*BASE, "Charge", "Charge", "Fee"], rows, BY_CHARGE, learned)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [("Paid;none", MissingInput), ("Paid;Elsewhere", MissingColumn), ("ZZ", MissingColumn)],
)
def test_an_answer_that_names_no_column_is_refused(answer: str, refusal: type[Exception]) -> None:
    rows = [(*VISIT, 20, 130)]
    with pytest.raises(refusal):
        settled([*BASE, "Paid", "Insurance Paid"], rows, BY_COLLECTED, collected_column=answer)


# Status

STATES = [("arrived", "false"), ("no_show", "true"), ("cancelled", "false"), ("booked", "false")]
JANE = ["Date", "Staff Member", "Treatment", "State", "No Show"]
JANE_ROWS = [(*VISIT[:3], state, flag) for state, flag in STATES]
ARRIVING = replace(LAKESIDE, statuses=(StatusWord("arrived", CountsAs.ATTENDED),))


def test_a_flag_decides_nothing_beside_a_column_that_looks_like_the_status() -> None:
    (question,) = asked(JANE, JANE_ROWS, ARRIVING)
    run, learned = settled(JANE, JANE_ROWS, ARRIVING, status_column="State")
    again, _ = settled(JANE, JANE_ROWS, ARRIVING, learned)

    assert question.label == "“State” holds arrived, no_show, cancelled: is it the status?"
    assert (question.name, question.default, values(question)) == ("status_column", "", ["State", "none"])
    assert amounts(run) == amounts(again) == [5_000]


def test_a_flag_that_contradicts_the_status_blocks() -> None:
    rows = [(*VISIT[:3], "arrived", "true"), *JANE_ROWS]
    run, _ = settled(JANE, rows, ARRIVING, status_column="State")
    assert codes(run) == ["status-conflict"]


def test_that_the_flag_decides_is_remembered() -> None:
    _, learned = settled(JANE, JANE_ROWS, ARRIVING, status_column="none")
    run, _ = settled(JANE, JANE_ROWS, ARRIVING, learned)
    assert len(amounts(run)) == 3
    assert run.log.unread == (("State", "D"),)


def test_a_second_status_that_says_the_same_is_listed_and_not_asked_about() -> None:
    rows = [(*VISIT, "Completed"), (*VISIT[:3], "No Show", "Missed")]
    run, _ = settled([*BASE, "Stage"], rows)
    assert (amounts(run), run.log.unread) == ([5_000], (("Stage", "E"),))


def test_a_second_status_that_says_otherwise_is_asked_about() -> None:
    rows = [(*VISIT, "Completed"), (*VISIT, "Cancelled")]
    (question,) = asked([*BASE, "Stage"], rows)
    assert values(question) == ["Status", "Stage"]


def test_statuses_far_below_the_first_rows_are_seen() -> None:
    rows = [(*VISIT, None)] * 3_000 + [(*VISIT, "Cancelled")]
    (question,) = asked([*BASE, "Stage"], rows)
    assert values(question) == ["Status", "Stage"]


def test_a_filled_cell_can_say_that_a_visit_was_cancelled() -> None:
    headings = ["Date", "Provider", "Service", "No Show", "Cancelled At"]
    rows = [(*VISIT[:3], "No", None), (*VISIT[:3], "No", "2026-10-01 9:00")]

    (question,) = asked(headings, rows)
    run, learned = settled(headings, rows, given={question.name: "cancelled"})
    again, _ = settled(headings, rows, profile=learned)

    assert amounts(run) == amounts(again) == [5_000]
    assert "2026-10-01 9:00" not in repr(run)
    assert "filled-means" in [finding.code for finding in run.findings]


def test_a_yes_and_no_nobody_knows_is_asked_about_where_it_may_be_attendance() -> None:
    headings = [*BASE, "Client cancelled visit", "Telehealth"]
    rows = [(*VISIT, "No", "Yes"), (*VISIT, "Yes", "No")]

    (question,) = asked(headings, rows)
    run, learned = settled(headings, rows, given={question.name: "none"})
    again, _ = settled(headings, rows, profile=learned)
    blocked, _ = settled(headings, rows, given={question.name: "cancelled"})

    assert question.name == "yes_means_clientcancelledvisit"
    assert amounts(run) == amounts(again) == [5_000, 5_000]
    assert codes(blocked) == ["status-conflict"]
    with pytest.raises(MissingInput):
        settled(headings, rows, given={question.name: "perhaps"})


# Providers, services, days


@pytest.mark.parametrize(
    ("heading", "cells", "name"),
    [
        ("Supervisor", ["Max Doe", "Jane Roe"], "provider_column"),
        ("Billed as", ["EX-102", "EX-103"], "service_column"),
        ("When", ["2026-10-06", "2026-10-07"], "date_column"),
    ],
)
def test_what_could_decide_pay_otherwise_is_asked_about_without_a_default(
    heading: str, cells: list[Cell], name: str
) -> None:
    rows = [(*VISIT, cell) for cell in cells]
    (question,) = asked([*BASE, heading], rows)
    read, learned = settled([*BASE, heading], rows, given={name: values(question)[0]})
    again, _ = settled([*BASE, heading], rows, profile=learned)
    assert (question.name, question.default, len(question.choices)) == (name, "", 2)
    assert amounts(read) == amounts(again) == [5_000, 5_000]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Seen with", ["Roe, Jane LCSW", "jane roe"]),
        ("Kind", ["Talk session", "talk"]),
        ("Starts", ["10/5/2026 9:00", "Oct 5, 2026"]),
        ("Date of birth", ["2011-10-06", "2012-10-07"]),
        ("Booked on", ["2026-09-06", "2026-09-07"]),
        ("Room", ["Room 1", "Room 2"]),
        ("Member", [46_301, 46_302]),
    ],
)
def test_what_says_the_same_or_something_else_is_listed_only(heading: str, cells: list[Cell]) -> None:
    run, _ = settled([*BASE, heading], [(*VISIT, cell) for cell in cells])
    assert (amounts(run), run.log.unread) == ([5_000, 5_000], ((heading, "E"),))


def test_the_day_of_the_visit_is_offered_before_the_day_of_the_booking() -> None:
    headings = ["Booked Day", "Seen", "Service day begun", "Provider", "Service", "Status"]
    rows = [("2026-09-01", "2026-10-05", "2026-10-06", *VISIT[1:])]
    (question,) = asked(headings, rows)
    assert values(question) == ["Service day begun", "Seen", "Booked Day", "none"]
    assert question.default == ""


@pytest.mark.parametrize(
    "heading", ["AppointmentDay", "Appointment Day", "Start", "Start Time", "Visit Start"]
)
def test_the_day_of_the_appointment_is_known_beside_the_day_it_was_booked(heading: str) -> None:
    headings = ["ScheduledDay", heading, "Provider", "Service", "Status"]
    run, _ = settled(headings, [("2026-09-01", "2026-10-05T09:00:00Z", *VISIT[1:])])
    assert amounts(run) == [5_000]


def test_a_time_of_day_is_no_date_of_service() -> None:
    run, _ = settled([*BASE, "Start Time"], [(*VISIT, 0.375), (*VISIT, "9:00 AM")])
    assert amounts(run) == [5_000, 5_000]
    with pytest.raises(MissingColumn):
        settled(["Start Time", *BASE[1:]], [("9:00 AM", *VISIT[1:])])


@pytest.mark.parametrize(
    "people",
    [
        ("First Name", "Last Name", "Provider First Name", "Provider Last Name"),
        ("Client First Name", "Client Last Name", "Clinician First", "Clinician Last"),
    ],
)
def test_first_and_last_names_are_joined(people: tuple[str, ...]) -> None:
    rows = [("2026-10-05", "EX-101", "Attended", "Pat", "Poe", "Jane", "Roe"),
            ("2026-10-05", "EX-101", "Attended", None, "Poe", "Max", "Doe")]  # fmt: skip
    sheet = a_sheet(rows, ["Date", "Service", "Status", *people])
    log, _ = read_log(sheet, "", LAKESIDE, ImportProfile(), {})
    assert log.words["patient"].texts().tolist() == ["Pat Poe", "Poe"]
    assert log.words["provider"].texts().tolist() == ["Jane Roe", "Max Doe"]
    assert "summed-columns" not in [finding.code for finding in log.findings]


NAMED_TWICE = ["Date", "Physician", "Service", "Status", "Provider First Name", "Provider Last Name"]


def named_twice(physician: Cell, first: Cell, last: Cell) -> tuple[Cell, ...]:
    return ("2026-10-05", physician, "EX-101", "Attended", first, last)


@pytest.mark.parametrize("last", ["Doe", "Nobody"])
def test_first_and_last_names_of_somebody_else_than_the_provider_column_are_asked_about(last: str) -> None:
    rows = [named_twice("Jane Roe", "Jane", "Roe"), named_twice("Jane Roe", "Max", last)]
    (question,) = asked(NAMED_TWICE, rows)
    assert (question.name, values(question), question.default) == (
        "provider_column", ["Physician", "none"], ""
    )  # fmt: skip
    assert question.choices[-1].label == (
        "“Provider First Name (column E)” and “Provider Last Name (column F)” together"
    )


@pytest.mark.parametrize(("answer", "second"), [("Physician", "Jane Roe"), ("none", "Max Doe")])
def test_which_of_two_names_is_the_provider_is_remembered(answer: str, second: str) -> None:
    rows = [named_twice("Jane Roe", "Jane", "Roe"), named_twice("Jane Roe", "Max", "Doe")]
    run, learned = settled(NAMED_TWICE, rows, provider_column=answer)
    again, _ = settled(NAMED_TWICE, rows, profile=learned)
    assert run.lines.provider.tolist() == again.lines.provider.tolist() == ["Jane Roe", second]


@pytest.mark.parametrize("physician", ["Jane Roe", "Roe, Jane LCSW", "JANE ROE"])
def test_first_and_last_names_of_the_same_provider_are_listed_only(physician: str) -> None:
    run, _ = settled(NAMED_TWICE, [named_twice(physician, "Jane", "Roe")])
    assert (amounts(run), len(run.log.unread)) == ([5_000], 2)


# Columns a log does not have


def test_a_log_without_a_status_or_a_service_is_asked_about_as_a_whole() -> None:
    headings, rows = ["Date", "Provider"], [VISIT[:2], VISIT[:2]]

    questions = {question.name: question for question in asked(headings, rows)}
    run, learned = settled(headings, rows, all_attended="yes", one_service="talk")
    again, _ = settled(headings, rows, profile=learned)

    assert questions.keys() == {"all_attended", "one_service"}
    assert values(questions["one_service"]) == ["EX-101", "EX-102", "EX-103", "none"]
    assert (learned.all_attended, learned.one_service) == (True, "EX-101")
    for one in (run, again):
        assert amounts(one) == [5_000, 5_000]
        assert {"all-attended", "one-service"} <= {finding.code for finding in one.findings}
        assert one.log.headings["Status"] == "No column: every row is an attended visit"
        assert one.log.headings["Service"] == "No column: every visit is EX-101"


@pytest.mark.parametrize("answers", [{"all_attended": "no"}, {"one_service": "none"}])
def test_a_log_of_other_visits_needs_its_column(answers: dict[str, str]) -> None:
    with pytest.raises(MissingColumn):
        settled(
            ["Date", "Provider"],
            [VISIT[:2]],
            given={"all_attended": "yes", "one_service": "EX-101"} | answers,
        )


@pytest.mark.parametrize("answers", [{"all_attended": "perhaps"}, {"one_service": "EX-999"}])
def test_an_answer_about_the_whole_log_that_is_none_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(MissingInput):
        settled(
            ["Date", "Provider"],
            [VISIT[:2]],
            given={"all_attended": "yes", "one_service": "EX-101"} | answers,
        )


def test_rates_that_depend_on_the_service_need_its_column() -> None:
    with pytest.raises(MissingColumn):
        settled(
            ["Date", "Provider", "Status"],
            [(*VISIT[:2], "Attended")],
            paying(a_rate(5_000, service="EX-101")),
        )


def test_that_all_visits_are_attended_does_not_hold_beside_a_status() -> None:
    _, learned = settled(BASE[:3], [VISIT[:3]], all_attended="yes")
    rows = [(*VISIT[:3], "Cancelled"), (*VISIT[:3], "Attended")]

    with pytest.raises(Unanswered):
        settled([*BASE[:3], "Stage"], rows, profile=learned)
    run, _ = settled(BASE, rows, profile=learned)
    assert amounts(run) == [5_000]


def test_a_clinic_whose_logs_have_had_a_status_is_asked_again_where_it_is_gone() -> None:
    rows = [(*VISIT[:3], "Cancelled"), (*VISIT[:3], "Attended")]
    _, learned = settled(BASE[:3], [VISIT[:3]], all_attended="yes")
    _, learned = settled([*BASE[:3], "Stage"], rows, profile=learned, status_column="Stage")

    with pytest.raises(Unanswered):
        settled(BASE[:3], [VISIT[:3]], profile=learned)


# All at once


def test_everything_open_is_asked_in_one_form() -> None:
    setup = paying(
        a_rate(625_000, PayBasis.OF_COLLECTED), a_rate(6_000, PayBasis.PER_UNIT, provider="Max Doe")
    )
    headings = ["Date", "DOS", "Worker", "Amount one", "Amount two"]
    rows = [("10/05/2026", "10/06/2026", "Jane Roe", 20, 130)]

    names = [question.name for question in asked(headings, rows, setup)]

    assert names == [
        "date_column", "provider_column", "one_service", "all_attended", "collected_column", "units_column", "date_order",
    ]  # fmt: skip


def test_the_order_of_dates_is_not_asked_for_while_a_column_that_shows_it_may_be_chosen() -> None:
    headings = ["Date", "DOS", *BASE[1:]]
    names = [question.name for question in asked(headings, [("10/05/2026", "10/26/2026", *VISIT[1:])])]
    assert names == ["date_column"]


@pytest.mark.parametrize("heading", ["Copay", "Client Paid", "Insurance Paid"])
def test_a_part_alone_is_not_taken_for_all_of_the_money(heading: str) -> None:
    headings, rows = [*BASE, heading], [(*VISIT, 20)]

    with pytest.raises(Unanswered) as caught:
        settled(headings, rows, BY_COLLECTED)
    run, learned = settled(headings, rows, BY_COLLECTED, collected_column=heading)
    again, _ = settled(headings, rows, BY_COLLECTED, profile=learned)

    assert [question.name for question in caught.value.questions] == ["collected_column"]
    assert run.paid_cents == again.paid_cents > 0
