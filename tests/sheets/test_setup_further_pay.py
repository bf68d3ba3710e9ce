"""The sheets Shares and Supervision of the Setup workbook (rule: pay-runs#shares, pay-runs#supervision)."""

from collections.abc import Sequence
from datetime import date

import pytest

from server.billing.clinics import ALWAYS, ANY, PayBasis, ShareRule, Supervision
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell
from tests.sheets.typed_setup import typed
from tests.sheets.workbooks import sheets_of

ADA, BO, SINCE = "Ada Sample", "Bo Placeholder", date(2026, 10, 1)
SHARE_TITLES: Sequence[Cell] = ("Provider", "Service", "With", "Share", "Effective from")
SHARE: Sequence[Cell] = (ADA, "EX-101", BO, "40%", "2026-10-01")
TITLES: Sequence[Cell] = ("Provider", "Supervisor", "Service", "Pay basis", "Rate", "Effective from", "Until")
SUPERVISION: Sequence[Cell] = (ADA, BO, "*", "per session", 15, "2026-10-01", None)


def test_both_sheets_are_read_as_they_are_typed_and_written_back() -> None:
    shares = [SHARE, ("*", "*", BO, None, "2026-11-01")]
    supervision = [SUPERVISION, (ADA, BO, "EX-102", "% of charge", 0.1, "2026-10-01", "2026-12-31")]
    setup, findings = read_setup(typed(Shares=[SHARE_TITLES, *shares], Supervision=[TITLES, *supervision]))

    assert findings == []
    assert setup.shares == (
        ShareRule(ADA, "EX-101", BO, 400_000, SINCE),
        ShareRule(ANY, ANY, BO, None, date(2026, 11, 1)),
    )
    assert setup.supervision == (
        Supervision(ADA, BO, ANY, PayBasis.PER_SESSION, 15_00, SINCE),
        Supervision(ADA, BO, "EX-102", PayBasis.OF_CHARGE, 100_000, SINCE, date(2026, 12, 31)),
    )
    assert read_setup(sheets_of(write_setup(setup)))[0] == setup


@pytest.mark.parametrize("titles", [SHARE_TITLES, SHARE_TITLES[:-1]])
def test_a_share_without_a_day_holds_always_and_is_written_back_without_one(titles: Sequence[Cell]) -> None:
    row = [*SHARE[:-1], None][: len(titles)]
    setup, findings = read_setup(typed(Shares=[titles, row]))

    assert (findings, setup.shares) == ([], (ShareRule(ADA, "EX-101", BO, 400_000, ALWAYS),))
    (sheet,) = [one for one in sheets_of(write_setup(setup)) if one.name == "Shares"]
    assert not any(isinstance(cell, int | float) for cell in sheet.columns[4])
    assert read_setup(sheets_of(write_setup(setup)))[0] == setup


def changed(row: Sequence[Cell], titles: Sequence[Cell], cells: dict[str, Cell]) -> list[Cell]:
    return [cells.get(str(title), cell) for title, cell in zip(titles, row, strict=True)]


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"Provider": "Nobody"}, "unknown-provider", "Provider"),
        ({"Service": "EX-999"}, "unknown-service", "Service"),
        ({"With": "*"}, "further-pay-for-anybody", "With"),
        ({"With": ADA}, "further-pay-for-oneself", "With"),
        ({"With": None}, "blank-cell", "With"),
        ({"Share": "0%"}, "not-a-share", "Share"),
        ({"Share": "101%"}, "not-a-percentage", "Share"),
        ({"Share": "-10%"}, "not-a-percentage", "Share"),
        ({"Share": "half"}, "not-a-percentage", "Share"),
        ({"Share": 1}, "one-or-hundred-percent", "Share"),
        ({"Effective from": "soon"}, "not-a-date", "Effective from"),
    ],
)
def test_a_mistyped_share_is_a_blocker(cells: dict[str, Cell], code: str, column: str) -> None:
    setup, findings = read_setup(typed(Shares=[SHARE_TITLES, changed(SHARE, SHARE_TITLES, cells)]))

    assert [(one.code, one.heading) for one in findings] == [(code, column)]
    assert setup.shares == ()


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"Supervisor": "*"}, "further-pay-for-anybody", "Supervisor"),
        ({"Supervisor": ADA}, "further-pay-for-oneself", "Supervisor"),
        ({"Pay basis": "per day"}, "not-a-choice", "Pay basis"),
        ({"Rate": None}, "blank-cell", "Rate"),
        ({"Rate": 0}, "supervision-not-positive", "Rate"),
        ({"Rate": -5}, "negative-number", "Rate"),
        ({"Rate": "10%"}, "percent-for-money", "Rate"),
        ({"Pay basis": "% of charge", "Rate": "$5"}, "money-for-percent", "Rate"),
        ({"Until": "2026-09-30"}, "supervision-ends-before", "Until"),
        ({"Until": "never"}, "not-a-date", "Until"),
    ],
)
def test_a_mistyped_supervision_is_a_blocker(cells: dict[str, Cell], code: str, column: str) -> None:
    setup, findings = read_setup(typed(Supervision=[TITLES, changed(SUPERVISION, TITLES, cells)]))

    assert [(one.code, one.heading) for one in findings] == [(code, column)]
    assert setup.supervision == ()


def test_two_rows_that_would_be_in_effect_together_are_a_blocker() -> None:
    _, findings = read_setup(
        typed(Shares=[SHARE_TITLES, SHARE, changed(SHARE, SHARE_TITLES, {"Share": "30%"})])
    )

    assert [(one.code, one.rows) for one in findings] == [("further-pay-twice", (3,))]


def test_the_shares_of_a_log_are_not_those_of_the_setup() -> None:
    rows: Sequence[Sequence[Cell]] = [("Appointment ID", "Provider", "Share"), ("A-1", ADA, "100%")]
    setup, findings = read_setup(typed(Shares=rows))

    assert [one.code for one in findings] == ["sheet-left-out"]
    assert setup.shares == ()
