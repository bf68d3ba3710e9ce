"""Both add-ins make the same workbook of the same reply."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.corpus import desktop, office
from tests.corpus.build import FOLDER, as_text, files_of
from tests.corpus.cases import Case, built
from tests.corpus.content import Content
from tests.gallery.package import parts_of

CASES = list(built())
BUILD = "stale, or made by hand: run `uv run python -m tests.corpus.build`"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with office.a_page(browser) as shown:
        yield shown


def expected(case: Case) -> Content:
    told: Content = json.loads((FOLDER / case.name / "expected.json").read_text("utf-8"))
    return told


def test_the_corpus_on_disk_is_the_one_the_cases_say() -> None:
    folders = {path.name for path in FOLDER.iterdir()}
    assert folders == {case.name for case in CASES}, BUILD
    for case in CASES:
        for name, content in files_of(case).items():
            kept = (FOLDER / case.name / name).read_bytes()
            if name.endswith(".xlsx"):
                assert parts_of(kept) == parts_of(content), f"{case.name}/{name} {BUILD}"
            elif case.output is None:  # the digest in the others depends on who packed the output
                assert kept == content, f"{case.name}/{name} {BUILD}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_desktop_add_in_makes_the_expected_workbook(case: Case) -> None:
    assert as_text(desktop.applied(case, FOLDER / case.name)) == as_text(expected(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_office_add_in_makes_the_expected_workbook(case: Case, page: Page) -> None:
    assert as_text(office.applied(case, page)) == as_text(expected(case))
