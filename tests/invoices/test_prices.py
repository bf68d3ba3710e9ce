"""Which price is in force, and what a line comes to."""

from datetime import date

import pytest

from server.billing.invoices.prices import (
    Bilateral,
    ExamCode,
    Price,
    PriceList,
    line_of,
    repeated_codes,
    repeated_prices,
    unnamed_sub_exams,
)

JANUARY, MAY = date(2026, 1, 1), date(2026, 5, 1)


def a_price(cents: int = 10_000, since: date = JANUARY, payer: str = "", code: str = "EX-101") -> Price:
    return Price(code, "Long exam", cents, since, payer=payer)


def cents_on(prices: list[Price], day: date, payer: str = "") -> int | None:
    price = PriceList(prices).price_on(day, "EX-101", payer)
    return price.unit_price_cents if price else None


def test_a_price_holds_from_its_first_day_until_the_next_one_begins() -> None:
    prices = [a_price(11_000, MAY), a_price()]
    days = (date(2025, 12, 31), JANUARY, date(2026, 4, 30), MAY)
    assert [cents_on(prices, day) for day in days] == [None, 10_000, 10_000, 11_000]


def test_a_payers_own_price_wins_over_the_one_for_any() -> None:
    prices = [a_price(), a_price(9_000, payer="Oak Mutual"), a_price(11_000, MAY)]
    assert [cents_on(prices, MAY, payer) for payer in ("Oak Mutual", "OAK-MUTUAL", "Elm", "")] == [
        9_000,
        9_000,
        11_000,
        11_000,
    ]


def test_before_a_payers_own_price_begins_the_one_for_any_holds() -> None:
    assert cents_on([a_price(), a_price(9_000, MAY, "Oak Mutual")], JANUARY, "Oak Mutual") == 10_000


def test_codes_match_whatever_their_case_and_punctuation() -> None:
    prices = PriceList([a_price()])
    assert prices.price_on(MAY, "ex 101") == a_price()
    assert prices.knows_code("ex 101")
    assert not prices.knows_code("EX-102")


@pytest.mark.parametrize(
    ("rule", "units", "cents", "total"),
    [
        (Bilateral.DOUBLE, 1, 10_000, 20_000),
        (Bilateral.HALF_MORE, 1, 10_000, 15_000),
        (Bilateral.ONCE, 1, 10_000, 10_000),
        (Bilateral.DOUBLE, 3, 10_000, 60_000),
        (Bilateral.HALF_MORE, 1, 10_001, 15_002),
        (Bilateral.HALF_MORE, 1, 1, 2),
        (Bilateral.HALF_MORE, 3, 33_333, 149_999),
    ],
)
def test_a_bilateral_line_multiplies_the_price_and_never_the_units(
    rule: Bilateral, units: int, cents: int, total: int
) -> None:
    price = Price("EX-101", "Long exam", cents, JANUARY, rule)
    assert (
        line_of(price, units, bilateral=True).units,
        line_of(price, units, bilateral=True).total_cents,
    ) == (
        units,
        total,
    )
    assert line_of(price, units, bilateral=False).total_cents == cents * units


def test_an_empty_bilateral_rule_doubles() -> None:
    assert a_price().bilateral is Bilateral.DOUBLE


def test_two_prices_of_one_code_payer_and_day_are_found_and_make_no_list() -> None:
    prices = [a_price(), a_price(since=MAY), a_price(12_000, code="ex101"), a_price(payer="Oak")]
    assert repeated_prices(prices) == [[0, 2]]
    with pytest.raises(ValueError, match="one day"):
        PriceList(prices)


def test_a_code_twice_under_one_exam_type_is_found() -> None:
    rows = [ExamCode("Spine", "EX-101"), ExamCode("spine", "EX 101"), ExamCode("Spine", "EX-102")]
    assert repeated_codes(rows) == [[0, 1]]


def test_a_code_nobody_could_choose_is_found() -> None:
    rows = [ExamCode("Spine", "EX-101", "Neck"), ExamCode("Spine", "EX-102"), ExamCode("Knee", "EX-103")]
    assert unnamed_sub_exams(rows) == [1]
