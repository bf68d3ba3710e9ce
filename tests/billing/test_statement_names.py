"""File names of statements: safe on Windows and macOS, and one for each provider."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import Clinic, PayBasis
from server.billing.payroll.pay_run import Period, RateUsed
from server.billing.payroll.pay_statements import (
    PayStatement,
    StatedRun,
    quantity_in_words,
    rate_in_words,
)
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.state_lines import state_line
from server.billing.payroll.statement_names import LONGEST, statement_names
from tests.billing.recorded_runs import a_header
from tests.invented import JANUARY

DRAFT = state_line(RunState.DRAFT, None, "")
FORBIDDEN = set('<>:"/\\|?*') | set(map(chr, range(32)))


def names_of(*providers: tuple[str, str], period: Period | None = None, number: int = 1) -> list[str]:
    days = period or Period(date(2026, 10, 1), date(2026, 10, 31))
    run = replace(a_header(RunState.DRAFT), id=f"lakeside-2026-10-r{number}", period=days)
    statements = [PayStatement(name, provider_id, "", ()) for name, provider_id in providers]
    return statement_names(StatedRun(Clinic("lakeside", "Lakeside"), run, statements, DRAFT))


def test_a_month_a_half_month_and_a_second_run_have_names_of_their_own() -> None:
    half = Period(date(2026, 10, 16), date(2026, 10, 31))
    assert names_of(("Ada Wintergreen", "")) == ["2026-10 Ada Wintergreen"]
    assert names_of(("Ada Wintergreen", ""), period=half) == ["2026-10-16 to 2026-10-31 Ada Wintergreen"]
    assert names_of(("Ada Wintergreen", ""), number=2) == ["2026-10 r2 Ada Wintergreen"]


def test_providers_of_one_name_are_told_apart_by_their_ids() -> None:
    assert names_of(("Ann Lee", "P-1"), ("ANN LEE", "P-2"), ("Ben", "P-3")) == [
        "2026-10 Ann Lee (P-1)",
        "2026-10 ANN LEE (P-2)",
        "2026-10 Ben",
    ]
    assert names_of(("Ann", ""), ("Ann", "")) == ["2026-10 Ann", "2026-10 Ann (2)"]


def test_what_a_system_forbids_is_not_in_a_name() -> None:
    assert names_of(("../../etc: Ann/Lee?. ", "")) == ["2026-10 -..-etc- Ann-Lee-"]
    assert names_of(("\u202e", "")) == ["2026-10 Unnamed"]


@given(st.lists(st.tuples(st.text(max_size=100), st.text(max_size=5)), max_size=6))
def test_any_names_make_different_and_safe_files(providers: list[tuple[str, str]]) -> None:
    names = names_of(*providers)
    assert len({unicodedata.normalize("NFKD", name).casefold() for name in names}) == len(providers)
    for name in names:
        assert not FORBIDDEN & set(name)
        assert name == name.strip(" .")
        assert name.isprintable()
        assert len(name) <= len("2026-10 ") + LONGEST * 2 + len(" () (9)")


@pytest.mark.parametrize(
    ("basis", "quantity", "words"),
    [
        (PayBasis.PER_HOUR, 50_000, "0.83 hours"),
        (PayBasis.PER_HOUR, 1_020_000, "17.00 hours"),
        (PayBasis.PER_HOUR, 67_500, "1.13 hours"),
        (PayBasis.PER_UNIT, 1_000, "1 unit"),
        (PayBasis.PER_UNIT, 1_500, "1.5 units"),
        (PayBasis.PER_SESSION, 1, "1 session"),
        (PayBasis.OF_CHARGE, 494_450, "$4,944.50 charged"),
        (PayBasis.OF_COLLECTED, -5_000, "-$50.00 collected"),
        ("flat", 2, "2 missed visits"),
    ],
)
def test_what_is_paid_for_is_said_in_words(basis: str, quantity: int, words: str) -> None:
    assert quantity_in_words(basis, quantity) == words


def test_a_share_is_a_percentage_without_a_space() -> None:
    share = RateUsed(
        "*",
        "*",
        PayBasis.OF_COLLECTED,
        625_000,
        is_share=True,
        effective_from=JANUARY,
        note="",
        lines=1,
        paid_cents=1,
    )
    assert rate_in_words(share) == "62.5% of collected"
