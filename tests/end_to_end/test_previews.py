"""What is flagged is shown before it is recorded, on real workbooks, through the command line."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.cli.service import temporary_service
from server.settings import Settings
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, Exam, Part, exams, exams_book, priced_setup

BOTH_SIDES = Part(code="EX-511", units=3, both_sides=True)
ONE_SIDE = Part(code="EX-511", units=3)


@pytest.fixture
def priced(tmp_path: Path) -> Iterator[Biller]:
    priced_setup().save(tmp_path / "setup.xlsx")
    with temporary_service(Settings(path=tmp_path / "ledger", workers=0)) as url:
        biller = Biller(url, tmp_path / "ledger", tmp_path)
        biller.press("clinic.save", tmp_path / "setup.xlsx", *LICENSE)
        yield biller


def three_exams() -> list[Exam]:
    """Return three exams, the last of them with units of both sides."""
    parts = ((ONE_SIDE,), (ONE_SIDE,), (BOTH_SIDES,))
    return [replace(exam, parts=part) for exam, part in zip(exams(3), parts, strict=True)]


def results(workbook: Path) -> list[str]:
    (head, *rows) = load_workbook(workbook)["Exams"].iter_rows(values_only=True)
    return [str(row[head.index("Result")]) for row in rows]


def offered(told: dict[str, Any], word: str) -> str:
    """Return the option that gives this answer to what is shown."""
    choices = told["asks"]["fields"][-1]["choices"]
    return next(f"apply={choice['value']}" for choice in choices if choice["value"].startswith(word))


def test_what_was_shown_is_billed_and_what_was_left_stays_in_the_file(priced: Biller) -> None:
    done = three_exams()
    workbook = exams_book(done, priced.folder / "exams.xlsx")

    shown = priced.press("invoices.create", workbook)
    assert shown["figures"]["invoices"] == 0
    assert results(workbook)[0] == f"Good, ${done[0].billed:,}; not created yet."
    told = priced.press("invoices.create", workbook, "--set", offered(shown, "leave-flagged"))

    assert told["figures"]["billed_cents"] == 100 * (done[0].billed + done[1].billed)
    assert results(workbook)[2].startswith(f"Good, ${done[2].billed:,}; left as you chose.")
    assert [finding["cell"] for finding in told["findings"]] == ["C4"]

    shown = priced.press("invoices.create", workbook)
    declined = priced.press("invoices.create", workbook, "--set", "apply=no")
    assert (declined["asks"], declined["figures"]["invoices"]) == (None, 0)
    told = priced.press("invoices.create", workbook, "--set", offered(shown, "good-rows"))
    assert told["figures"]["billed_cents"] == 100 * done[2].billed


def test_a_file_that_was_edited_since_it_was_shown_is_shown_again(priced: Biller) -> None:
    workbook = exams_book(three_exams(), priced.folder / "exams.xlsx")
    answer = offered(priced.press("invoices.create", workbook), "good-rows")
    book = load_workbook(workbook)
    book["Exams"]["J2"] = 2
    book.save(workbook)

    told = priced.press("invoices.create", workbook, "--set", answer)

    assert told["summary"].startswith("Something has changed since you were asked, so nothing was recorded.")
    assert (told["figures"]["invoices"], bool(told["asks"])) == (0, True)
