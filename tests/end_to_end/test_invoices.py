"""300 exams become invoices and live their year, and a clerk with pencil and paper agrees on every cent.

The year is lived once, week by week, with ``clinicledger press`` on a saved workbook, over real HTTP. The
tests ask what was seen on the way, and what the books say at the end.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from server.cli import commands
from server.cli.service import passing_service
from server.ledger.stamp import utc_now
from server.ledger.store import Ledger
from server.settings import Settings
from tests.end_to_end.clerk import NEEDED, Clerk, Paper
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENCE, QUINCE, exams, exams_book, priced_setup
from tests.end_to_end.ledger_room import (
    InvoicesSheet,
    accounts_of,
    accounts_on_paper,
    books_of,
    on_paper,
    owed_by_age,
)
from tests.end_to_end.lives import WEEKS
from tests.end_to_end.year import COLLEAGUES_WEEK, Year

HOW_MANY = 300
EVERY_WEEK = pytest.mark.parametrize("week", range(WEEKS))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    folder = tmp_path_factory.mktemp("year")
    done = exams(HOW_MANY)
    priced_setup().save(folder / "setup.xlsx")
    with passing_service(Settings(path=folder / "ledger", workers=0)) as url:
        biller = Biller(url, folder / "ledger", folder)
        biller.press("clinic.save", folder / "setup.xlsx", *LICENCE)
        biller.press("invoices.create", exams_book(done, folder / "exams.xlsx"))
        Workbook().save(folder / "invoices.xlsx")
        biller.press("clinic.choose", folder / "invoices.xlsx", *QUINCE)
        clerk = Clerk({exam.key: Paper(exam.billed, exam.payer) for exam in done})
        lived = Year(biller, done, clerk, InvoicesSheet(folder / "invoices.xlsx"))
        lived.live()
        yield lived


def test_every_exam_becomes_one_invoice_billed_to_the_cent(year: Year) -> None:
    fresh = {exam.key: Paper(exam.billed, exam.payer) for exam in year.exams}
    assert len(fresh) == HOW_MANY
    assert year.born == on_paper(fresh)


@EVERY_WEEK
def test_after_every_week_the_sheet_says_what_the_clerk_has_on_paper(year: Year, week: int) -> None:
    assert year.weeks[week].sheet == on_paper(year.weeks[week].papers)


@EVERY_WEEK
def test_the_rows_refused_are_those_the_clerk_would_not_take(year: Year, week: int) -> None:
    lived = year.weeks[week]
    assert lived.first.refused.keys() == lived.would_not_take


@EVERY_WEEK
def test_one_wrong_row_keeps_all_of_its_week_out_of_the_books(year: Year, week: int) -> None:
    lived = year.weeks[week]
    assert lived.first.wrote == (not lived.would_not_take)
    assert lived.first.told["figures"]["recorded"] == (0 if lived.would_not_take else len(lived.first.rows))


@EVERY_WEEK
def test_the_good_rows_are_recorded_when_somebody_says_so(year: Year, week: int) -> None:
    lived = year.weeks[week]
    good = len(lived.first.rows) - len(lived.would_not_take)
    recorded = (lived.second or lived.first).told["figures"]["recorded"]
    assert recorded == good > 0


def test_a_colleague_with_the_same_sheet_is_refused_by_the_name_of_the_invoice(year: Year) -> None:
    (first, _), week = year.colleague, year.weeks[COLLEAGUES_WEEK]
    recorded = week.first.rows.keys() - week.would_not_take

    assert not first.wrote
    assert first.refused.keys() == recorded
    numbers = {exam.key: f"INV-{place:06}" for place, exam in enumerate(year.exams, 1)}
    for key, message in first.refused.items():
        assert f"Somebody else worked on invoice {numbers[key]} " in message


def test_a_colleague_may_record_what_nobody_else_has_touched(year: Year) -> None:
    first, second = year.colleague
    assert second.wrote
    assert second.told["figures"]["recorded"] == HOW_MANY - len(first.refused)


def test_at_the_end_the_books_say_what_the_clerk_says(year: Year) -> None:
    year.biller.press("invoices.open", year.invoices.workbook, "--set", "state=all")

    assert year.invoices.shown() == on_paper(year.clerk.papers)


def test_every_account_holds_what_the_clerk_adds_up(year: Year) -> None:
    accounts = accounts_of(year.biller.ledger)
    assert accounts == accounts_on_paper(year.clerk.papers)
    assert sum(accounts.values()) == 0


@pytest.mark.parametrize("age", [0, 30, 31, 60, 61, 90, 91, 120, 121, 500])
def test_what_is_owed_by_age_is_what_the_clerk_adds_up(year: Year, age: int) -> None:
    then = utc_now() + timedelta(days=age)
    ledger = Ledger(year.biller.ledger, lambda: then)
    with ledger.clinic("quince").reading() as books:
        aged = books.invoices.aging(ledger.today(), (30, 60, 90, 120))

    found = [(owed.invoices, Decimal(owed.balance_cents) / 100) for owed in aged]
    assert found == owed_by_age(year.clerk.papers, age)
    assert sum(owed for _, owed in found) == year.clerk.owed


def test_the_whole_history_verifies(year: Year) -> None:
    verified = CliRunner().invoke(commands.app, ["ledger", "verify", "--ledger", str(year.biller.ledger)])
    assert verified.exit_code == 0, verified.output


def test_the_year_left_out_no_action_and_no_way_to_pay(year: Year) -> None:
    rows = [row for week in year.weeks for row in week.first.rows.values()]
    states = Counter(paper.state for paper in year.clerk.papers.values())

    assert {row["Action"] for row in rows} == NEEDED.keys()
    assert {row.get("Exception") for row in rows} == {None, "partial", "write off the rest", "overpaid"}
    assert states["paid"] > HOW_MANY * 9 // 10
    assert states.keys() == {
        "pending_invoice", "pending_reduction", "pending_cheque", "paid", "written_off", "voided"
    }  # fmt: skip


def test_pressed_again_with_nothing_typed_nothing_is_written(year: Year) -> None:
    again = Path(shutil.copy(year.invoices.workbook, year.biller.folder / "again.xlsx"))
    before = books_of(year.biller.ledger)

    told = year.biller.press("invoices.update", again, "--sheet", "Invoices")

    assert told["figures"]["recorded"] == 0
    assert books_of(year.biller.ledger) == before


def test_no_exam_is_billed_twice(year: Year) -> None:
    again = exams_book(year.exams, year.biller.folder / "exams again.xlsx")
    before = books_of(year.biller.ledger)

    year.biller.press("invoices.create", again)

    assert books_of(year.biller.ledger) == before
