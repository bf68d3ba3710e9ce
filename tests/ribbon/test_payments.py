"""Pay on collection by payments: runs of a clinic that has a payments sheet (rule: pay-runs#payments)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import PayBasis, Provider, ShareRule, WorksAs
from server.billing.people import LOCAL_PERSON
from server.errors import PaymentsOvertaken, RunIsBuiltOn
from server.ledger.store import Ledger
from server.operations.pay_runs import close_run, draft_on_record, find_run
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.papers.pay_statements import set_statement
from server.sheets.payroll.statement_file import write_statement
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_rate, a_row, paying
from tests.papers.reading import text_of
from tests.ribbon.clicks import (
    a_click,
    a_clock,
    a_ledger,
    confirmed,
    pressed,
    pressed_as_typed,
    summary_sheet,
    visits,
)
from tests.ribbon.payment_sheets import payments_sheet
from tests.sheets.workbooks import rows_of

JANE, MAX = "Jane Roe", "Max Doe"
SIXTY = paying(a_rate(600_000, PayBasis.OF_COLLECTED))
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
RUN, NOVEMBER_RUN = "lakeside-2026-10-r1", "lakeside-2026-11-r1"
BY_PATIENT = ("Payment date", "Patient", "Date of service", "Provider", "Amount", "Payer", "Kind")
LOG_WITH_PATIENTS = (*HEADINGS, "Patient")

Rows = Sequence[Sequence[Cell]]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return over_time(tmp_path / "books")


def over_time(folder: Path, setup: Any = SIXTY) -> Ledger:  # noqa: ANN401
    """Return the books of a clinic with a clock that goes on."""
    a_ledger(folder, setup)
    minutes = count()
    return Ledger(folder, lambda: a_clock() + timedelta(minutes=next(minutes)))


def generated(
    ledger: Ledger,
    rows: Rows,
    payments: Rows | None,
    *,
    headings: Sequence[str] = ("Payment date", "Appointment ID", "Amount", "Payer", "Kind"),
    log: Sequence[str] = HEADINGS,
    **inputs: str,
) -> dict[str, Any]:
    sheets = [] if payments is None else [payments_sheet(payments, headings)]
    return pressed(ledger, "payroll.generate", a_click(rows, sheets=sheets, headings=log, inputs=inputs))


def approved(ledger: Ledger, rows: Rows, payments: Rows | None, **inputs: Any) -> dict[str, Any]:  # noqa: ANN401
    reply = generated(ledger, rows, payments, **inputs)
    assert reply["asks"] is None, reply["asks"]
    closed = confirmed(ledger, "payroll.close", a_click(inputs={"run": reply["figures"]["run"]}))
    assert closed["figures"]["state"] == "closed", closed["summary"]
    figures: dict[str, Any] = reply["figures"]
    return figures


def sums(figures: dict[str, Any]) -> tuple[int, ...]:
    names = (
        "paid_cents",
        "collections",
        "collections_cents",
        "unallocated",
        "unallocated_cents",
        "total_cents",
    )
    return tuple(figures[name] for name in names)


def received(ledger: Ledger, reply: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the sheet Payments Received by their headings, without the total."""
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    headings, *rows = [[cell.value for cell in row] for row in book["Payments Received"].iter_rows(min_row=4)]
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows[:-1]]


def outcomes(ledger: Ledger, reply: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(row["Source row"], row["Outcome"], row["Pay"]) for row in received(ledger, reply)]


def codes(reply: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in reply["findings"] if finding["severity"] != "info"]


A, B, C = "A-10-5-0", "A-10-6-1", "A-10-7-2"
VISITS = visits(5, 6, 7)


def test_payments_pay_their_share_and_the_collected_amounts_of_the_log_pay_nothing(ledger: Ledger) -> None:
    rows = visits(5, 6, 7, collected=500)
    reply = generated(ledger, rows, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    assert sums(reply["figures"]) == (0, 1, 60_00, 0, 0, 60_00)
    assert reply["figures"]["paid"] == 3
    said = {finding["code"]: finding for finding in reply["findings"]}
    assert "The sheet Payments pays 3 visits on % of collected" in said["pays-by-payments"]["message"]
    waiting = [finding["row"] for finding in reply["findings"] if finding["code"] == "waits-for-payment"]
    assert waiting == [3, 4]
    assert codes(reply) == []


def test_a_payment_is_paid_by_its_own_day_also_for_a_visit_of_an_earlier_period(ledger: Ledger) -> None:
    november = ("2026-11-03", A, 100, "Aetna", "payment")
    october = approved(ledger, VISITS, [("2026-10-15", B, 50, "Aetna", ""), november], **OCTOBER)
    assert sums(october) == (0, 1, 30_00, 0, 0, 30_00)
    reply = generated(ledger, visits(3, month=11), [november], **NOVEMBER)
    assert sums(reply["figures"]) == (0, 1, 60_00, 0, 0, 60_00)
    (row,) = received(ledger, reply)
    assert (row["Run of the visit"], row["Appointment ID"], row["Rate"]) == (RUN, A, 0.6)


def test_a_payment_is_paid_once_whatever_files_overlap(ledger: Ledger) -> None:
    first = ("2026-10-15", A, 100, "Aetna", "payment")
    twice = ("2026-10-16", B, 20, "Client", "payment")
    approved(ledger, VISITS, [first, twice, twice], **OCTOBER)
    reply = generated(ledger, VISITS, [twice, first, twice, twice], **OCTOBER)
    assert outcomes(ledger, reply) == [
        (2, "Paid before", None),
        (3, "Paid before", None),
        (4, "Paid before", None),
        (5, "Paid", 12),
    ], "the third equal payment is another one"


def test_the_rate_is_that_of_the_date_of_service(tmp_path: Path) -> None:
    rates = [(400_000, date(2026, 1, 1)), (500_000, date(2026, 10, 6)), (600_000, date(2026, 10, 7))]
    setup = paying(*(a_rate(share, PayBasis.OF_COLLECTED, since=since) for share, since in rates))
    ledger = over_time(tmp_path / "rates", setup)
    reply = generated(ledger, VISITS, [("2026-10-20", one, 100, "", "") for one in (A, B, C)], **OCTOBER)
    assert [row["Pay"] for row in received(ledger, reply)] == [40, 50, 60]


@pytest.mark.parametrize("kind", ["refund", "take-back", "payment"])
def test_a_commission_that_is_refunded_nets_nothing_also_when_the_refund_is_back_dated(
    ledger: Ledger, kind: str
) -> None:
    october = approved(ledger, VISITS, [("2026-10-20", A, 33.33, "Aetna", "payment")], **OCTOBER)
    refund = ("2026-10-02", A, -33.33 if kind == "payment" else 33.33, "Aetna", kind)
    reply = generated(ledger, visits(3, month=11), [refund], **NOVEMBER)
    assert october["collections_cents"] + reply["figures"]["collections_cents"] == 0
    assert (reply["figures"]["collections_cents"], reply["figures"]["carried_out_cents"]) == (-20_00, -20_00)


def test_a_refund_goes_back_at_the_rate_of_then(tmp_path: Path) -> None:
    ledger = over_time(tmp_path / "then")
    approved(ledger, VISITS, [("2026-10-20", A, 100, "Aetna", "payment")], **OCTOBER)
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(paying(a_rate(400_000, PayBasis.OF_COLLECTED)), "tests")
    rows = [("2026-11-02", A, -100, "Aetna", "refund"), ("2026-11-03", B, 100, "Aetna", "payment")]
    reply = generated(ledger, visits(3, month=11), rows, **NOVEMBER)
    assert [row["Pay"] for row in received(ledger, reply)] == [-60, 40]


def test_a_payment_for_two_visits_without_a_split_is_unallocated(ledger: Ledger) -> None:
    rows = [a_row(id=one, charge=150) for one in ("INV-1", "INV-2")]
    reply = generated(ledger, rows, [("2026-10-15", "INV-1; INV-2", 150, "Aetna", "payment")], **OCTOBER)
    assert sums(reply["figures"]) == (0, 0, 0, 1, 150_00, 0)
    (row,) = received(ledger, reply)
    assert row["Reason"] == "It is for 2 visits, and nothing says how it is split."
    assert codes(reply) == ["payments-unallocated"]
    by_patient = [(*a_row(id=one), "Pat 1") for one in ("INV-1", "INV-2")]
    payment = [("2026-10-15", "Pat 1", "2026-10-05", "", 150, "Aetna", "payment")]
    reply = generated(ledger, by_patient, payment, headings=BY_PATIENT, log=LOG_WITH_PATIENTS, **OCTOBER)
    assert sums(reply["figures"])[3:5] == (1, 150_00)


def test_a_payment_is_attributed_by_patient_and_day_and_by_the_provider_if_there_is_one(
    ledger: Ledger,
) -> None:
    rows = [(*a_row(), "Pat 1"), (*a_row(provider=MAX), "Pat 1"), (*a_row(date="2026-10-06"), "Pat 1")]
    payments = [
        ("2026-10-15", "PAT 1", "2026-10-06", "", 10, "", ""),
        ("2026-10-15", "Pat 1", "2026-10-05", "Roe, Jane LCSW", 20, "", ""),
        ("2026-10-15", "Pat 1", "2026-10-05", MAX, 30, "", ""),
        ("2026-10-15", "Pat 1", "2026-10-05", "", 40, "", ""),
        ("2026-10-15", "Pat 2", "2026-10-05", "", 50, "", ""),
        ("2026-10-15", "Pat 1", "2026-10-05", "Nobody Here", 60, "", ""),
        ("2026-10-15", "Pat 1", None, "", 70, "", ""),
    ]
    reply = generated(ledger, rows, payments, headings=BY_PATIENT, log=LOG_WITH_PATIENTS, **OCTOBER)
    found = {row["Source row"]: row for row in received(ledger, reply)}
    assert [(found[row]["Provider"], found[row]["Pay"]) for row in (2, 3, 4)] == [
        (JANE, 6),
        (JANE, 12),
        (MAX, 18),
    ]
    assert [found[row]["Outcome"] for row in (5, 6, 7, 8)] == ["Unallocated"] * 4
    assert len({found[row]["Reason"] for row in (5, 6, 7, 8)}) == 4
    approved_again = approved(
        ledger, rows, payments[:3], headings=BY_PATIENT, log=LOG_WITH_PATIENTS, **OCTOBER
    )
    assert sums(approved_again)[1:3] == (3, 36_00)
    later = [("2026-11-02", "Pat 1", "2026-10-06", "", 10, "", "")]
    reply = generated(ledger, visits(3, month=11), later, headings=BY_PATIENT, **NOVEMBER)
    assert sums(reply["figures"])[1:3] == (1, 6_00), "the books know the patient by a digest"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (a_row(id=A, status="Cancelled"), "Row 2 of the log is excluded: A cancelled visit is not paid."),
        (a_row(id=A, service="EX-9"), "Row 2 of the log is blocked."),
    ],
)
def test_a_payment_of_a_visit_that_is_not_paid_pays_nobody_and_says_why(
    ledger: Ledger, row: tuple[Cell, ...], reason: str
) -> None:
    reply = generated(ledger, [row, *visits(6)], [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    (found,) = received(ledger, reply)
    assert (found["Outcome"], found["Reason"]) == ("Unallocated", reason)


def test_a_visit_outside_the_period_is_known_from_the_log(ledger: Ledger) -> None:
    rows = [*VISITS, *visits(20, month=9)]
    reply = generated(ledger, rows, [("2026-10-15", "A-9-20-0", 100, "Aetna", "")], **OCTOBER)
    assert sums(reply["figures"])[1:3] == (1, 60_00)


def test_a_visit_that_is_paid_otherwise_is_not_paid_on_collection(tmp_path: Path) -> None:
    setup = paying(a_rate(600_000, PayBasis.OF_COLLECTED), a_rate(5_000, service="EX-102"))
    ledger = over_time(tmp_path / "mixed", setup)
    rows = [*VISITS, a_row(id="S-1", service="EX-102", date="2026-10-08")]
    payments = [("2026-10-15", "S-1", 100, "", ""), ("2026-10-15", A, 10, "", "write-off")]
    reply = generated(ledger, rows, payments, **OCTOBER)
    assert sums(reply["figures"]) == (50_00, 0, 0, 0, 0, 50_00)
    assert [row["Outcome"] for row in received(ledger, reply)] == ["Not on collection", "No money"]


def test_a_payment_that_was_unallocated_is_paid_once_its_visit_is_known(ledger: Ledger) -> None:
    lost = ("2026-10-15", "A-9-20-0", 100, "Aetna", "payment")
    october = approved(ledger, VISITS, [lost], **OCTOBER)
    assert sums(october)[3:5] == (1, 100_00)
    november = visits(3, month=11)
    reply = generated(ledger, november, [("2026-11-05", "A-11-3-0", 10, "", "")], **NOVEMBER)
    (still,) = [one for one in reply["findings"] if one["code"] == "payments-still-unallocated"]
    assert "1 payment ($100.00)" in still["message"]
    reply = generated(ledger, [*november, *visits(20, month=9)], [lost], **NOVEMBER)
    assert sums(reply["figures"])[1:3] == (1, 60_00)
    assert "payments-still-unallocated" not in {one["code"] for one in reply["findings"]}


def test_without_its_payments_sheet_a_clinic_that_had_one_pays_nothing_on_collection(ledger: Ledger) -> None:
    approved(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    reply = generated(ledger, visits(3, month=11, collected=500), None, **NOVEMBER)
    assert reply["figures"]["total_cents"] == 0
    assert codes(reply) == ["payments-sheet-lacking"]


def test_payments_before_a_run_that_paid_by_the_collected_amount_are_part_of_it(tmp_path: Path) -> None:
    a_ledger(tmp_path / "books", SIXTY)
    now = [datetime(2026, 11, 3, 12, tzinfo=UTC)]
    ledger = Ledger(tmp_path / "books", lambda: now[0])
    october = approved(ledger, visits(5, 6, 7, collected=100), None, **OCTOBER)
    assert sums(october) == (180_00, 0, 0, 0, 0, 180_00)
    now[0] = a_clock()
    payments = [
        ("2026-10-15", A, 100, "Aetna", "payment"),
        ("2026-11-03", A, 40, "Aetna", "payment"),
        ("2026-11-04", A, 30, "Aetna", "payment"),
    ]
    reply = generated(ledger, visits(3, month=11), payments, **NOVEMBER)
    assert [(row["Outcome"], row["Pay"]) for row in received(ledger, reply)] == [
        ("Another period", None),
        ("Paid before", None),
        ("Paid", 18),
    ]
    assert codes(reply) == ["payments-of-paid-amount"]
    again = generated(ledger, visits(5, 6, 7, collected=900), payments, **OCTOBER)
    assert again["figures"]["adjustments"] == 0, "the collected amounts of the log are not used any more"


def test_a_changed_payment_pays_the_difference_and_a_lost_one_is_only_pointed_out(ledger: Ledger) -> None:
    kept = ("2026-10-16", B, 50, "Client", "payment")
    approved(ledger, VISITS, [("2026-10-15", A, 1000, "Aetna", "payment"), kept], **OCTOBER)
    reply = generated(
        ledger, visits(3, month=11), [("2026-10-15", A, 100, "Aetna", "payment"), kept], **NOVEMBER
    )
    assert sums(reply["figures"])[1:3] == (1, -540_00)
    assert codes(reply) == ["payment-changed"]
    reply = generated(ledger, visits(3, month=11), [("2026-10-01", B, 9, "", ""), kept], **NOVEMBER)
    assert sums(reply["figures"])[1:3] == (1, 5_40)
    assert codes(reply) == ["payments-gone"] or "payments-gone" not in codes(reply)


def test_a_payment_with_an_id_is_known_by_it_and_follows_its_visit(ledger: Ledger) -> None:
    headings = ("Payment date", "Appointment ID", "Amount", "Transaction ID")
    approved(ledger, VISITS, [("2026-10-15", A, 100, "T-1")], headings=headings, **OCTOBER)
    again = generated(
        ledger, visits(3, month=11), [("2026-10-19", A, 120, "t-1")], headings=headings, **NOVEMBER
    )
    assert sums(again["figures"])[1:3] == (1, 12_00)
    moved = generated(
        ledger, visits(3, month=11), [("2026-10-15", B, 100, "T-1")], headings=headings, **NOVEMBER
    )
    assert sums(moved["figures"])[1:3] == (1, 0)


def test_payments_go_to_the_provider_to_whom_a_paid_visit_is_given(ledger: Ledger) -> None:
    approved(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    corrected = [a_row(id=A, provider=MAX, date="2026-10-05"), *VISITS[1:], *visits(3, month=11)]
    reply = generated(ledger, corrected, [], **NOVEMBER)
    paid = {one["provider"]: one["collections_cents"] for one in reply["figures"]["providers"]}
    assert paid == {JANE: -60_00, MAX: 60_00}


def test_two_drafts_with_the_same_payment_are_not_both_approved(ledger: Ledger) -> None:
    payment, september = [("2026-10-15", "A-9-20-0", 100, "Aetna", "payment")], visits(20, month=9)
    generated(
        ledger, [*september, *visits(3, month=11)], payment, **{"from": "2026-10-10", "to": "2026-11-30"}
    )
    approved(ledger, [*september, *VISITS], payment, **OCTOBER)
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    overtaken = "lakeside-2026-10-10-to-2026-11-30-r1"
    run, on_record = find_run(session, overtaken), draft_on_record(session, overtaken)
    with session.transaction(), pytest.raises(PaymentsOvertaken):
        close_run(session, run, on_record)


def test_a_run_whose_payments_are_refunded_later_is_not_voided_first(ledger: Ledger) -> None:
    approved(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    approved(ledger, visits(3, month=11), [("2026-11-15", A, -40, "Aetna", "refund")], **NOVEMBER)
    with pytest.raises(RunIsBuiltOn, match=NOVEMBER_RUN):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))
    for run in (NOVEMBER_RUN, RUN):
        pressed(ledger, "payroll.void", a_click(inputs={"run": run, "reason": "wrong"}))
    again = generated(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    assert sums(again["figures"])[1:3] == (1, 60_00)


def test_a_draft_is_compared_with_its_payments_before_it_is_approved(ledger: Ledger) -> None:
    payments = payments_sheet([("2026-10-15", A, 100, "Aetna", "payment")])
    reply = pressed(ledger, "payroll.generate", a_click(VISITS, sheets=[payments], inputs=OCTOBER))
    summary = summary_sheet(ledger, reply)
    asked = pressed_as_typed(ledger, "payroll.close", a_click(sheets=[summary]))
    assert asked["asks"]["sheets"] == ["Appointments", "Shares", "Hours", "Payments"]
    for amount, changes in ((100, False), (200, True)):
        rows = payments_sheet([("2026-10-15", A, amount, "Aetna", "payment")])
        click = a_click(VISITS, sheets=[rows, summary]) | {"asked_sheets": ["Appointments", "Payments"]}
        compared = pressed(ledger, "payroll.close", click)
        names = {field["name"] for field in compared["asks"]["fields"]}
        assert ("stale" in names) is changes, compared["summary"]


def test_an_employee_who_is_paid_only_on_collection_is_pointed_out_once(tmp_path: Path) -> None:
    setup = replace(
        SIXTY,
        providers=(
            Provider(JANE, works_as=WorksAs.EMPLOYEE),
            Provider(MAX, works_as=WorksAs.CONTRACTOR),
        ),
    )
    ledger = over_time(tmp_path / "w2", setup)
    rows = [*VISITS, *visits(8, provider=MAX)]
    reply = generated(ledger, rows, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    found = [one["message"] for one in reply["findings"] if one["code"] == "employee-paid-on-collection"]
    assert len(found) == 1
    assert JANE in found[0]


def test_the_statement_names_the_payments_on_sheet_and_paper(ledger: Ledger) -> None:
    approved(ledger, VISITS, [("2026-10-15", A, 100, "Secret Payer", "payment")], **OCTOBER)
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        stated = export_statements(session, RUN)
    (statement,) = stated.statements
    assert statement.total.total_cents == 60_00
    printed = text_of(set_statement(stated, statement, a_clock().date()))
    book = load_workbook(BytesIO(write_statement(stated, statement)))
    sheet = "\n".join(str(value) for row in rows_of(book[book.sheetnames[0]]) for value in row if value)
    for text in (printed, sheet):
        assert "Payments received" in text
        assert "60% of collected" in text
        assert "Secret Payer" not in text


def test_past_runs_and_the_question_of_the_approval_name_the_payments(ledger: Ledger) -> None:
    reply = generated(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    asked = pressed(ledger, "payroll.close", a_click(inputs={"run": reply["figures"]["run"]}))
    assert "$60.00, with 1 payment ($60.00)?" in asked["asks"]["title"]
    history = pressed(ledger, "payroll.history", a_click())
    assert history["figures"]["runs"][0]["collections_cents"] == 60_00


def test_an_export_of_payments_in_front_pays_the_visits_of_approved_runs(ledger: Ledger) -> None:
    approved(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    rows = [("2026-11-03", B, 50, "Aetna", "payment"), ("2026-11-04", "nope", 10, "Aetna", "")]
    export = payments_sheet(rows, name="Export")
    checked = pressed(ledger, "payroll.check", a_click(sheets=[export]))
    assert checked["figures"]["rows_in"] == 0
    reply = pressed(ledger, "payroll.generate", a_click(sheets=[export]))
    assert sums(reply["figures"]) == (0, 1, 30_00, 1, 10_00, 30_00)
    assert reply["figures"]["run"] == NOVEMBER_RUN
    click = a_click(sheets=[export, summary_sheet(ledger, reply)]) | {"asked_sheets": ["Export", "Payments"]}
    closed = confirmed(ledger, "payroll.close", click)
    assert closed["figures"]["state"] == "closed", closed["summary"]
    again = pressed(ledger, "payroll.generate", a_click(sheets=[export]))
    assert again["figures"]["run"] == "", "everything was paid"


def test_an_export_of_days_that_were_paid_asks_nothing_about_their_visits(ledger: Ledger) -> None:
    paid = ("2026-10-15", A, 100, "Aetna", "payment")
    approved(ledger, VISITS, [paid], **OCTOBER)
    export = payments_sheet([paid, ("2026-10-30", A, -100, "Aetna", "refund")], name="Export")
    reply = pressed(ledger, "payroll.generate", a_click(sheets=[export]))
    assert reply["asks"] is None
    assert sums(reply["figures"])[1:3] == (1, -60_00)


def test_a_payment_of_the_future_waits(ledger: Ledger) -> None:
    rows = [("2026-11-20", A, 100, "Aetna", ""), ("2026-11-21", B, 100, "Aetna", "")]
    reply = generated(ledger, [*VISITS, *visits(3, month=11)], rows, **NOVEMBER)
    assert outcomes(ledger, reply) == [(2, "Paid", 60), (3, "Another period", None)]


def with_a_share(setup: Any, provider: str = JANE) -> Any:  # noqa: ANN401
    share = ShareRule(provider, "*", MAX if provider == JANE else JANE, 400_000, date(2026, 1, 1))
    return replace(setup, shares=(share,))


def test_a_visit_whose_money_would_have_to_be_shared_is_blocked_with_its_payment(tmp_path: Path) -> None:
    ledger = over_time(tmp_path / "shared", with_a_share(SIXTY))
    reply = generated(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)
    blocked = [finding["row"] for finding in reply["findings"] if finding["code"] == "share-on-collection"]
    assert (blocked, reply["figures"]["blocked"]) == ([2, 3, 4], 3)
    assert reply["figures"]["collections_cents"] == 0
    assert reply["figures"]["unallocated_cents"] == 100_00


def test_a_share_of_visits_that_payments_do_not_pay_blocks_nothing(tmp_path: Path) -> None:
    ledger = over_time(tmp_path / "others", with_a_share(SIXTY, MAX))
    figures = generated(ledger, VISITS, [("2026-10-15", A, 100, "Aetna", "payment")], **OCTOBER)["figures"]
    assert (figures["blocked"], figures["collections_cents"]) == (0, 60_00)


def test_a_single_shared_appointment_whose_money_comes_later_is_blocked(ledger: Ledger) -> None:
    shares = {
        "name": "Shares",
        "columns": [["Appointment ID", A, A], ["Provider", JANE, MAX], ["Share", "60%", "40%"]],
    }
    paid = payments_sheet(
        [("2026-10-15", B, 100, "", "")], ("Payment date", "Appointment ID", "Amount", "Payer", "Kind")
    )
    reply = pressed(ledger, "payroll.generate", a_click(VISITS, sheets=[shares, paid], inputs=OCTOBER))
    blocked = [finding["row"] for finding in reply["findings"] if finding["code"] == "share-on-collection"]
    assert (blocked, reply["figures"]["collections_cents"]) == ([2], 60_00)
