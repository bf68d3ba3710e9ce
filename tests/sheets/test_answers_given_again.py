"""What was answered and remembered about a clinic's logs can be answered again, and the latest answer counts."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from server.billing.clinics import ImportProfile, PayBasis, Setup
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_sheet, paying, run_of_log

BASE = ("Date", "Provider", "Service", "Status")
VISIT: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101", "Attended")
HOURLY = paying(a_rate(10_000, PayBasis.PER_HOUR))
BY_COLLECTED = paying(a_rate(500_000, PayBasis.OF_COLLECTED))

Rows = Sequence[Sequence[Cell]]
Case = tuple[Setup, Sequence[str], Rows, str, tuple[str, ...]]

CASES: dict[str, Case] = {
    "yes in a status": (
        LAKESIDE,
        BASE,
        [(*VISIT[:3], "Yes"), (*VISIT[:3], "No"), (*VISIT[:3], "No")],
        "yes_means",
        ("attended", "no show"),
    ),
    "yes under an unknown heading": (
        LAKESIDE,
        [*BASE, "Client cancelled visit"],
        [(*VISIT, "No"), (*VISIT, "Yes")],
        "yes_means_clientcancelledvisit",
        ("cancelled", "attended", "none"),
    ),
    "a filled cell": (
        LAKESIDE,
        [*BASE, "Cancelled by"],
        [(*VISIT, None), (*VISIT, "the client")],
        "yes_means_cancelledby",
        ("cancelled", "none"),
    ),
    "the order of dates": (
        LAKESIDE,
        BASE,
        [("10/05/2026", *VISIT[1:]), ("10/11/2026", *VISIT[1:])],
        "date_order",
        ("mdy", "dmy"),
    ),
    "the unit of a duration": (
        HOURLY,
        [*BASE, "Duration"],
        [(*VISIT, 1), (*VISIT, 2)],
        "duration_unit",
        ("minutes", "hours"),
    ),
    "which column is the date": (
        LAKESIDE,
        ["Appt Date", "Service Date", *BASE[1:]],
        [("2026-10-05", "2026-10-06", *VISIT[1:])],
        "date_column",
        ("Appt Date", "Service Date"),
    ),
    "which column is the status": (
        LAKESIDE,
        [*BASE, "Stage"],
        [(*VISIT, "Cancelled"), (*VISIT, "Attended")],
        "status_column",
        ("Status", "Stage"),
    ),
    "which columns were collected": (
        BY_COLLECTED,
        [*BASE, "Copay", "Ins Pmt"],
        [(*VISIT, 20, 130)],
        "collected_column",
        ("Copay", "Ins Pmt", "Copay;Ins Pmt"),
    ),
    "a refund": (
        BY_COLLECTED,
        [*BASE, "Paid", "Refunded"],
        [(*VISIT, 100, 20)],
        "refund_refunded",
        ("collected", "none"),
    ),
    "the one service": (
        LAKESIDE,
        BASE[:2] + BASE[3:],
        [(*VISIT[:2], VISIT[3])],
        "one_service",
        ("EX-101", "EX-102"),
    ),
}


def outcome(case: Case, profile: ImportProfile, **answers: str) -> tuple[str, ImportProfile]:
    setup, headings, rows, _, _ = case
    log, learned = read_log(a_sheet(rows, headings), "", setup, profile, answers)
    run = run_of_log(log, setup)
    return f"{run.lines.frame().to_dict('records')} {run.unpaid.frame().to_dict('records')}", learned


@pytest.mark.parametrize("name", CASES)
def test_the_latest_answer_counts_also_in_the_next_log(name: str) -> None:
    case = CASES[name]
    _, _, _, question, answers = case
    with pytest.raises(Unanswered) as unanswered:
        outcome(case, ImportProfile())
    assert [one.name for one in unanswered.value.questions] == [question]
    outcomes = {answer: outcome(case, ImportProfile(), **{question: answer})[0] for answer in answers}
    assert len(set(outcomes.values())) == len(answers)

    for once, anew in permutations(answers, 2):
        _, learned = outcome(case, ImportProfile(), **{question: once})
        assert outcome(case, learned)[0] == outcomes[once]
        again, relearned = outcome(case, learned, **{question: anew})
        assert again == outcomes[anew]
        assert outcome(case, relearned)[0] == outcomes[anew]
