"""Rows of a log compared with the visits that closed runs paid: what is asked, and what an answer decides."""

from collections.abc import Sequence

from server.billing.payroll.calculate import PricedLog, price_rows
from server.billing.payroll.classify import classify_rows
from server.billing.payroll.doubtful_rows import question_number
from server.billing.payroll.paid_visits import ClickAnswer, PaidBefore, PaidVisit, RecordedAnswer, SameVisits
from server.billing.payroll.visit_identity import patient_keys
from server.billing.payroll.visit_recognition import Recognition, recognize
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, LAKESIDE, OCTOBER, TODAY, a_log, a_paid_visit, a_row, a_sheet


def priced(rows: Sequence[Sequence[Cell]], *patients: str) -> PricedLog:
    """Return priced rows, with the patient of each if any are given."""
    headings = (*HEADINGS, "Patient") if patients else HEADINGS
    named = [(*row, name) for row, name in zip(rows, patients, strict=True)] if patients else rows
    return price_rows(classify_rows(a_log(a_sheet(named, headings)), LAKESIDE, OCTOBER, TODAY))


def recognized(log: PricedLog, *visits: PaidVisit, answer: SameVisits | None = None) -> Recognition:
    """Return what becomes of the rows beside these paid visits, after the answer if there is one."""
    paid = PaidBefore(
        tuple(visit._replace(place=place) for place, visit in enumerate(visits)),
        runs={visit.run_id: "2026-10-01T00:00:00Z" for visit in visits},
    )
    question = question_number(recognize(log, paid, None).doubtful)
    return recognize(log, paid, ClickAnswer(answer, question) if answer else None)


def said(found: Recognition) -> list[tuple[str, list[int]]]:
    """Return code and Excel rows of each finding about paid visits."""
    return [(one.code, list(one.rows)) for one in found.outcomes.findings if "paid" in one.code]


def test_a_visit_paid_as_missed_that_the_log_now_calls_attended_is_not_said_to_be_missed() -> None:
    paid = a_paid_visit("id:a1", counts_as="no show")

    assert said(recognized(priced([a_row(id="A1")]), paid)) == []
    assert said(recognized(priced([a_row(id="A1", status="NS")]), paid)) == []
    assert said(recognized(priced([a_row(id="A1", status="CXL")]), paid)) == [("missed-since-paid", [2])]


def test_a_visit_that_was_paid_for_the_last_day_of_the_log_and_the_run_is_missed() -> None:
    log = priced([a_row(id="A1", date="2026-10-30"), a_row(id="A2", date="2026-10-31")])
    paid = a_paid_visit("id:b1", provider="Max Doe", provider_key="p2", service="EX-102")

    assert said(recognized(log, paid._replace(day="2026-10-31"))) == [("vanished-since-paid", [])]
    assert said(recognized(log, paid._replace(day="2026-11-01"))) == []


def test_two_visits_of_different_patients_and_services_are_not_one() -> None:
    """The last patient's visit was paid; the first patient has another service on that day."""
    log = priced([a_row(id="A1", service="EX-102"), a_row(id="A2")], "Pat Poe", "Quin Quoe")

    assert said(recognized(log, a_paid_visit("id:a2"))) == []


def test_a_row_in_the_question_is_not_also_said_to_repeat_a_paid_visit() -> None:
    """Two visits of a patient on one day were paid; one of them has another ID now."""
    log = priced([a_row(id="A1"), a_row(id="N2")], "Pat Poe", "Pat Poe")
    patient = patient_keys(log.classified.log.word_column("patient"))[0]
    paid = [a_paid_visit(identity, patient_key=patient) for identity in ("id:a1", "id:a2")]

    assert said(recognized(log, *paid)) == [("probably-paid", [3])]
    same = recognized(log, *paid, answer=SameVisits.SAME)
    assert (said(same), same.paid_before["id:n2"].identity) == ([], "id:a2")


def test_a_row_that_may_also_be_the_visit_is_paid_as_another_if_the_likelier_row_is_the_same() -> None:
    log = priced([a_row(date="2026-10-05"), a_row(date="2026-10-06")])
    likelier, rival = log.classified.identities
    paid = a_paid_visit("id:a1")

    asked = recognized(log, paid).doubtful
    assert [(one.identity, one.is_rival) for one in asked] == [(likelier, False), (rival, True)]
    same = recognized(log, paid, answer=SameVisits.SAME)
    assert said(same) == [("paid-as-another-visit", [3])]
    assert same.paid_before.keys() - {"id:a1"} == {likelier}


def test_an_id_that_a_visit_lacked_when_it_was_paid_is_no_new_id() -> None:
    """The first visit was paid without an ID, so nothing says that IDs changed: the second tells two visits apart."""
    log = priced([a_row(id="N1", service="EX-102"), a_row(id="N2", date="2026-10-13")])
    without_id = a_paid_visit("visit:1", service="EX-102")
    with_id = a_paid_visit("id:a2", day="2026-10-12")

    assert [one.identity for one in recognized(log, without_id, with_id).doubtful] == ["id:n1"]
    renumbered = recognized(log, without_id._replace(identity="id:a1"), with_id)
    assert [one.identity for one in renumbered.doubtful] == ["id:n1", "id:n2"]


def test_an_answer_counts_though_the_visits_it_was_about_are_void_now() -> None:
    log = priced([a_row(id="A1")])
    answer = RecordedAnswer("id:a1", a_paid_visit("id:b1"), SameVisits.OTHERS, "2026-10-09T00:00:00Z", TODAY)

    assert said(recognize(log, PaidBefore(answers=(answer,)), None)) == [("paid-as-another-visit", [2])]


def test_a_visit_of_other_days_is_missed_if_most_visits_of_its_run_are_in_the_log() -> None:
    log = priced([a_row(id=f"A{number}", date="2026-10-05") for number in range(3)])
    there = [a_paid_visit(f"id:a{number}") for number in range(3)]
    gone = [a_paid_visit(f"id:b{number}", day="2026-10-09") for number in range(3)]

    assert said(recognized(log, *there, *gone[:2])) == [("vanished-since-paid", [])]
    assert said(recognized(log, *there, *gone)) == []
