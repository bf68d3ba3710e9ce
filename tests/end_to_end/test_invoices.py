"""300 exams become invoices and live their year, and a clerk with pencil and paper agrees on every cent.

The year is lived once, week by week, with ``clinicledger press`` on a saved workbook, over real HTTP. The
tests ask what was seen on the way, and what the books say at the end.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from typer.testing import CliRunner

from addin.desktop.press import press
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused
from server.billing.receivables.aging import buckets_owed, first_days
from server.billing.receivables.aging_buckets import BUCKETS
from server.cli import commands
from server.cli.service import temporary_service
from server.ledger.clock import utc_now
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from server.settings import Settings
from tests.end_to_end.clerk import NEEDED, Clerk, Paper
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, QUINCE, Exam, exams, exams_book, priced_setup
from tests.end_to_end.ledger_room import (
    InvoicesSheet,
    accounts_of,
    accounts_on_paper,
    books_of,
    on_paper,
    owed_by_age,
)
from tests.end_to_end.lives import WEEKS, Typist, WildTypist
from tests.end_to_end.year import COLLEAGUES_WEEK, Year

HOW_MANY = 300
EVERY_WEEK = pytest.mark.parametrize("week", range(WEEKS))


@contextmanager
def a_biller(folder: Path) -> Iterator[Biller]:
    """Yield a biller of the clinic, which has its prices and no invoice yet."""
    priced_setup().save(folder / "setup.xlsx")
    with temporary_service(Settings(path=folder / "ledger", workers=0)) as url:
        biller = Biller(url, folder / "ledger", folder)
        biller.press("clinic.save", folder / "setup.xlsx", *LICENSE)
        yield biller


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    folder = tmp_path_factory.mktemp("year")
    with a_biller(folder) as biller:
        Workbook().save(folder / "invoices.xlsx")
        yield a_year(biller, exams(HOW_MANY), Typist())


def a_year(biller: Biller, done: list[Exam], typist: Typist) -> Year:
    """Create the invoices of exams, and live their year in the workbook invoices.xlsx."""
    workbook = biller.folder / "invoices.xlsx"
    biller.confirm("invoices.create", exams_book(done, biller.folder / "exams.xlsx"))
    biller.press("clinic.choose", workbook, *QUINCE)
    clerk = Clerk({exam.key: Paper(exam.billed, exam.payer) for exam in done})
    lived = Year(biller, done, clerk, InvoicesSheet(workbook))
    lived.live(typist)
    return lived


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
        assert f"Somebody worked on invoice {numbers[key]} " in message


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
        totals = books.aging.totals(AgingQuestion(ledger.today(), first_days(BUCKETS, ledger.today())))

    aged = buckets_owed(totals, BUCKETS)
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


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Biller]:
    with a_biller(tmp_path) as biller:
        yield biller


def test_whatever_is_typed_the_clerk_agrees_and_in_a_workbook_of_1904_too(fresh: Biller) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.save(fresh.folder / "invoices.xlsx")

    year = a_year(fresh, exams(60), WildTypist())

    assert [week.first.refused.keys() for week in year.weeks] == [week.would_not_take for week in year.weeks]
    assert [week.sheet for week in year.weeks] == [on_paper(week.papers) for week in year.weeks]
    assert accounts_of(fresh.ledger) == accounts_on_paper(year.clerk.papers)


def opened(biller: Biller, done: Sequence[Exam]) -> InvoicesSheet:
    """Create the invoices of exams and open them, in one workbook."""
    workbook = exams_book(done, biller.folder / "exams.xlsx")
    biller.confirm("invoices.create", workbook)
    biller.press("invoices.open", workbook)
    return InvoicesSheet(workbook)


def test_of_eight_who_press_at_once_on_the_same_sheet_one_is_recorded(fresh: Biller) -> None:
    done = exams(40)
    sheet = opened(fresh, done)
    sheet.type({exam.key: {"Action": "send", "Date": exam.day, "Paying party": "Juniper"} for exam in done})
    copies = [Path(shutil.copy(sheet.workbook, fresh.folder / f"{place}.xlsx")) for place in range(8)]

    def pressed(copy: Path) -> object:
        with Service(fresh.url) as service:
            try:
                return press("invoices.update", copy, service=service).reply["figures"]["recorded"]
            except Refused as late:  # good when it was decided, and no more when it was to be recorded
                return late.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(pressed, copies))

    assert outcomes.count(40) == 1
    assert set(outcomes) <= {40, 0, "stale-invoice"}
    assert books_of(fresh.ledger)[1] == 80


def test_a_case_is_settled_when_the_last_of_its_cheques_has_cleared(fresh: Biller) -> None:
    day = date(2025, 7, 1)
    done = [
        replace(exam, patient="PT-1", case="C-1", day=day - timedelta(place))
        for place, exam in enumerate(exams(3))
    ]
    sheet = opened(fresh, done)
    papers = {exam.key: Paper(exam.billed, exam.payer) for exam in done}
    clerk, typist, acts = Clerk(papers), Typist(), [["send", "agree 80", "cheque"]] * 3
    for typist.week in range(3):
        rows = typist.rows(done, acts, clerk.papers)
        clerk.work(rows)
        sheet.type(rows)
        fresh.press("invoices.update", sheet.workbook, "--sheet", "Invoices")

    asked = fresh.press("cases.settle", sheet.workbook, "--set", "case=C-1")
    shown = next(field for field in asked["asks"]["fields"] if field["name"] == "confirm")
    yes = f"confirm={shown['choices'][0]['value']}"
    settled = fresh.press("cases.settle", sheet.workbook, "--set", "case=C-1", "--set", yes)

    clerk.work({exam.key: {"Action": "clear", "Date": typist.day} for exam in done})
    assert asked["figures"] == {}
    assert settled["figures"]["settled"]
    assert settled["figures"]["cleared_cents"] == 100 * sum(
        paper.collected for paper in clerk.papers.values()
    )
    assert sheet.shown() == on_paper(clerk.papers)
