"""Reads what is billed: the rows of Prices and Exam types. The rules decide which rows contradict each other."""

from collections.abc import Iterable, Sequence

from server.billing.clinics import ANY
from server.billing.days import us
from server.billing.invoices.prices import (
    Bilateral,
    ExamCode,
    Price,
    repeated_codes,
    repeated_prices,
    unnamed_sub_exams,
)
from server.billing.names import fold
from server.errors.setup_findings import (
    ExamCodeTwice,
    NoLetters,
    NotAChoice,
    PriceNotPositive,
    PriceTwice,
    SubExamSemicolon,
    UnnamedSubExam,
    UnpricedCode,
)
from server.sheets.clinics.typed_money import read_positive_money
from server.sheets.typed_rows import Row

SEPARATOR = ";"
"""Separates the sub-exams chosen for an exam, so the name of a sub-exam must not contain it."""


def read_prices(rows: Sequence[Row]) -> tuple[Price, ...]:
    """Return the prices of all usable rows."""
    read = [(row, price) for row in rows if (price := _read_price(row))]
    for first, *again in repeated_prices([price for _, price in read]):
        for row, price in (read[place] for place in again):
            twice = PriceTwice(
                billed_code=price.code,
                payer=price.payer or "any payer",
                day=us(price.effective_from),
                row=read[first][0].number,
            )
            row.add_finding(twice, "Effective from")
    return tuple(price for row, price in read if row.usable)


def read_exam_types(rows: Sequence[Row]) -> tuple[ExamCode, ...]:
    """Return the exam codes of all usable rows."""
    read = [(row, code) for row in rows if (code := _exam_code(row))]
    codes = [code for _, code in read]
    for first, *again in repeated_codes(codes):
        for row, code in (read[place] for place in again):
            row.add_finding(ExamCodeTwice(billed_code=code.code, row=read[first][0].number), "Code")
    for row, code in (read[place] for place in unnamed_sub_exams(codes)):
        row.add_finding(UnnamedSubExam(type=code.exam_type), "Sub-exam")
    return tuple(code for row, code in read if row.usable)


def remark_unpriced(rows: Iterable[Row], prices: Iterable[Price]) -> None:
    """Add a finding for each code of an exam type that has no price at all.

    Call this only if every row is usable: otherwise the missing price may be a row with a mistake.
    """
    priced = {fold(price.code) for price in prices}
    for row in rows:
        if fold(row.text("Code")) not in priced:
            row.add_finding(UnpricedCode(type=row.text("Exam type"), value=row.shown_value("Code")), "Code")


def _read_price(row: Row) -> Price | None:
    code, payer = _matched_name(row, "Code", row.required_text("Code")), row.text("Payer")
    # The other setup sheets use * for anybody.
    payer = "" if payer == ANY else _matched_name(row, "Payer", payer)
    unit_price_cents = read_positive_money(row, "Unit price", PriceNotPositive)
    bilateral = _bilateral_rule(row)
    since, description = row.required_day("Effective from"), row.text("Description")
    if not (row.usable and unit_price_cents and bilateral and since):
        return None
    return Price(code, description, unit_price_cents, since, bilateral, payer)


def _bilateral_rule(row: Row) -> Bilateral | None:
    """Return how a bilateral exam is priced. Words match without punctuation, so we check that x15 is not x1.5."""
    title = "Bilateral"
    rule = row.choice(title, Bilateral, Bilateral.DOUBLE)
    if rule is Bilateral.HALF_MORE and "1.5" not in row.text(title):
        row.add_finding(NotAChoice(choices=", ".join(Bilateral), value=row.shown_value(title)), title)
    return rule


def _exam_code(row: Row) -> ExamCode | None:
    exam_type = _matched_name(row, "Exam type", row.required_text("Exam type"))
    sub_exam, code = (
        _matched_name(row, "Sub-exam", row.text("Sub-exam")),
        _matched_name(row, "Code", row.required_text("Code")),
    )
    if SEPARATOR in sub_exam:
        row.add_finding(SubExamSemicolon, "Sub-exam")
    return ExamCode(exam_type, code, sub_exam) if row.usable else None


def _matched_name(row: Row, title: str, text: str) -> str:
    """Return the name of a code, payer or exam with single spaces. Names match by letters and digits, so it needs one."""
    if text and not fold(text):
        row.add_finding(NoLetters, title)
    return " ".join(text.split())
