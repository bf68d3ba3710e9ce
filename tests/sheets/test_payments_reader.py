"""A payments sheet is read by exact headings, cell by cell, and asks about what nobody has explained (rule: pay-runs#payments-sheet)."""

from collections.abc import Sequence
from datetime import date

import pytest

from server.billing.clinics import ImportProfile
from server.billing.payroll.payment_lines import PaymentKind
from server.billing.payroll.payment_sheet import PaymentsSheet
from server.errors import MissingInput
from server.sheets.payments.payments_reader import read_payments
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell, Sheet

HEADINGS = ("Payment date", "Appointment ID", "Amount", "Payer", "Kind")


def a_sheet(rows: Sequence[Sequence[Cell]], headings: Sequence[str] = HEADINGS) -> Sheet:
    columns = [list(column) for column in zip(headings, *rows, strict=True)]
    return Sheet("Payments", 1, 0, columns)


def read(
    *rows: Sequence[Cell],
    headings: Sequence[str] = HEADINGS,
    profile: ImportProfile | None = None,
    **answers: str,
) -> PaymentsSheet:
    return read_payments(a_sheet(rows, headings), profile or ImportProfile(), answers)[0]


@pytest.mark.parametrize(
    ("cents", "word", "kind", "signed"),
    [
        (100, "payment", PaymentKind.PAYMENT, 100_00),
        (100, None, PaymentKind.PAYMENT, 100_00),
        (-100, None, PaymentKind.REFUND, -100_00),
        (-100, "Insurance Payment", PaymentKind.REFUND, -100_00),
        (100, "Refund", PaymentKind.REFUND, -100_00),
        ("(100.00)", "Recoupment", PaymentKind.TAKE_BACK, -100_00),
        (100, "Write-off", PaymentKind.ADJUSTMENT, 100_00),
    ],
)
def test_kind_and_sign_say_whether_money_came_or_went_back(
    cents: Cell, word: Cell, kind: PaymentKind, signed: int
) -> None:
    (payment,) = read(("10/15/2026", "A-1", cents, "Aetna", word)).payments
    assert (payment.kind, payment.cents) == (kind, signed)


def test_headings_of_practice_systems_are_known_and_titles_totals_and_repeated_headings_are_no_payments() -> (
    None
):
    headings = ("Post Date", "Client", "DOS", "Rendering Provider", "Amount Paid", "Payor", "Transaction ID")
    sheet = read(
        (None, None, None, None, None, None, None),
        headings,
        ("10/15/2026", "Pat 1", "10/05/2026", "Jane Roe", 10, "Aetna", "T-1"),
        headings,
        ("Total", None, None, None, 10, None, None),
        (None, None, None, None, None, None, None),
        headings=("Payments of October", None, None, None, None, None, None),  # type: ignore[arg-type] # an empty cell
    )
    (payment,) = sheet.payments
    assert (payment.row, payment.day, payment.visit_day) == (4, date(2026, 10, 15), date(2026, 10, 5))
    assert (payment.provider, payment.payer, payment.payment_id) == ("Jane Roe", "Aetna", "T-1")
    assert "Pat" not in payment.patient_key
    assert not sheet.unread


def test_a_cell_that_cannot_be_read_blocks_its_row_and_no_other() -> None:
    sheet = read(
        ("10/15/2026", "A-1", "lots", "Aetna", ""),
        ("sometime", "A-1", 10, "Aetna", ""),
        (None, "A-1", 10, "Aetna", ""),
        ("10/15/2026", "A-1", None, "Aetna", ""),
        ("10/15/2026", "#N/A", 10, "Aetna", ""),
        ("10/15/2026", 2.98725e16, 10, "Aetna", ""),
        ("10/15/2026", "A-1", 10, "Aetna", ""),
    )
    assert [one.row for one in sheet.payments] == [8]
    assert [one.row for one in sheet.unread] == [2, 3, 4, 5, 6, 7]
    assert [finding.rows for finding in sheet.findings if finding.code == "not-money"] == [(2,)]


def test_an_unknown_word_for_a_kind_is_asked_about_once() -> None:
    rows = [("10/15/2026", "A-1", 10, "Aetna", "Sweep"), ("10/15/2026", "A-2", 10, "Aetna", "sweep")]
    with pytest.raises(Unanswered) as asked:
        read(*rows)
    (question,) = asked.value.questions
    assert question.name == "payment_kind_sweep"
    assert "2 rows" in question.label
    sheet, learned = read_payments(a_sheet(rows), ImportProfile(), {question.name: "take-back"})
    assert {one.kind for one in sheet.payments} == {PaymentKind.TAKE_BACK}
    assert {one.kind for one in read(*rows, profile=learned).payments} == {PaymentKind.TAKE_BACK}
    with pytest.raises(MissingInput):
        read(*rows, payment_kind_sweep="money")


def test_an_order_of_days_that_the_column_does_not_show_is_asked_about_once() -> None:
    rows = [("05/10/2026", "A-1", 10, "Aetna", "")]
    with pytest.raises(Unanswered) as asked:
        read(*rows)
    (question,) = asked.value.questions
    assert question.name == "payments_paymentdate"
    _, learned = read_payments(a_sheet(rows), ImportProfile(), {question.name: "dmy"})
    assert read(*rows, profile=learned).payments[0].day == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("headings", "lacking"),
    [
        (("Payment date", "Appointment ID"), ("Amount",)),
        (("Amount", "Appointment ID"), ("Payment date",)),
        (("Payment date", "Amount", "Patient"), ("Appointment ID",)),
    ],
)
def test_a_sheet_that_lacks_a_column_says_which(headings: Sequence[str], lacking: tuple[str, ...]) -> None:
    sheet = read(tuple("x" for _ in headings), headings=headings)
    assert (sheet.lacking, sheet.payments) == (lacking, ())


def test_of_two_columns_that_can_be_the_amount_none_is_taken_unless_one_has_its_very_heading() -> None:
    row = ("10/15/2026", "A-1", 10, 20)
    assert read(row, headings=("Payment date", "Appointment ID", "Paid", "Received")).lacking == ("Amount",)
    (payment,) = read(row, headings=("Payment date", "Appointment ID", "Paid", "Amount")).payments
    assert payment.cents == 20_00
    two_kinds = ("Payment date", "Appointment ID", "Amount", "Type", "Transaction Type")
    sheet = read(("10/15/2026", "A-1", 10, "Client", "Refund"), headings=two_kinds)
    assert sheet.lacking == ("Kind",), "a refund without a sign must not be taken for a payment"
