"""The stand-in running, a client of it, and workbooks as the add-in sees them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from addin.desktop import headless
from addin.desktop.files import open_workbook
from addin.desktop.service import Service
from tests.addin.stand_in import StandIn, a_log, running_stand_in


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as told:
        yield told


@pytest.fixture
def service(stand_in: StandIn) -> Iterator[Service]:
    with Service(stand_in.url, sleep=stand_in.pauses.append) as client:
        yield client


@pytest.fixture
def show() -> Iterator[Callable[[Path], xw.Book]]:
    """Open a file the way the add-in sees it."""
    books: list[xw.Book] = []

    def opened(path: Path) -> xw.Book:
        books.append(headless.show_workbook(open_workbook(path)))
        return books[-1]

    yield opened
    for book in books:
        book.app.quit()


@pytest.fixture
def caller(
    tmp_path: Path, show: Callable[[Path], xw.Book], stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[xw.Book]:
    """The workbook whose ribbon is pressed, by a user who has nothing installed."""
    for folder in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(folder, str(tmp_path))
    monkeypatch.setenv("CLINIC_LEDGER_URL", stand_in.url)
    book = show(a_log(tmp_path / "October.xlsx", clinic="lakeside"))
    book.set_mock_caller()
    yield book
    del xw.Book._mock_caller  # type: ignore[attr-defined]  # noqa: SLF001
