# ruff: noqa: ANN401, D102 - names, types and meaning of these methods are those of xlwings
"""The application side: engine, applications, books."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count, product
from pathlib import Path
from threading import local
from typing import Any

from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files import Opened, open_workbook
from addin.desktop.files.saving import Stamp, save_workbook
from addin.desktop.headless.names import Names
from addin.desktop.headless.range import Selection
from addin.desktop.headless.sheet import Sheets
from addin.desktop.headless.values import ERRORS

_pids = count(1)


class Engine:
    """The engine that xlwings knows as ``openpyxl``."""

    name = "openpyxl"
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        return value

    @staticmethod
    def clean_value_data(
        rows: list[list[Any]], day: Any, empty: Any, number: Any, errors: Any
    ) -> list[list[Any]]:
        """Apply the options of a read, as xlwings does for Excel on Windows."""

        def clean_value(value: Any) -> Any:
            if value is None or value == "":
                return empty
            if isinstance(value, datetime):
                return day(
                    year=value.year,
                    month=value.month,
                    day=value.day,
                    hour=value.hour,
                    minute=value.minute,
                    second=value.second,
                    microsecond=value.microsecond,
                    tzinfo=None,
                )
            if isinstance(value, float) and number is not None:
                return number(value)
            return None if value in ERRORS and not errors else value

        return [[clean_value(value) for value in row] for row in rows]


class Apps:
    """The running applications.

    xlwings treats the first one as the active one. Each thread has its own active application, so that buttons
    can be pressed on many files at once. Books are never passed between threads.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._running: dict[int, App] = {}
        self._front = local()

    def add(self, **_options: Any) -> "App":
        app = App(self)
        self._running[app.pid] = app
        return app

    def keys(self) -> list[int]:
        return list(self._running)

    def __iter__(self) -> Iterator["App"]:
        front = getattr(self._front, "app", None)
        return iter(sorted(self._running.copy().values(), key=lambda app: app is not front))

    def __len__(self) -> int:
        return len(self._running)

    def __getitem__(self, pid: int) -> "App":
        return self._running[pid]

    def bring_forward(self, app: "App") -> None:
        """Make an application the active one of this thread."""
        self._front.app = app

    def forget(self, pid: int) -> None:
        """Remove an application and its workbooks."""
        self._front.app = None
        self._running.pop(pid, None)


class App:
    """One application, without a window."""

    visible = False
    display_alerts = False
    screen_updating = False
    status_bar: str | bool = False

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self.engine = apps.engine
        self.pid = next(_pids)
        self.version = "0.0"
        """There is no Excel."""
        self.books = Books(self)
        self.alerts: list[str] = []
        """The text of every message box."""
        self.alert_titles: list[str] = []
        self.buttons_to_press: list[str] = []
        """What a user would press in the next boxes that ask something. Without any, such a box is canceled."""

    @property
    def api(self) -> "App":
        return self

    @property
    def selection(self) -> Selection:
        return self.books.active.sheets.active.selection

    def activate(self, steal_focus: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self.apps.bring_forward(self)

    def alert(self, prompt: str, title: str | None = None, buttons: str | None = None, *_options: Any) -> str:
        """Record the message, and press what was set beforehand: there is no user who could."""
        self.alerts.append(prompt)
        self.alert_titles.append(title or "")
        if buttons in {None, "ok"}:
            return "ok"
        pressed = self.buttons_to_press.pop(0) if self.buttons_to_press else "cancel"
        if pressed not in str(buttons).split("_"):
            msg = f"the box has no button {pressed}"
            raise ValueError(msg)
        return pressed

    def quit(self) -> None:
        self.apps.forget(self.pid)


class Books:
    """The workbooks an application has open."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.api = self
        self._open: list[Book] = []

    @property
    def active(self) -> "Book":
        return self._open[-1]

    def __call__(self, name_or_index: str | int) -> "Book":
        if isinstance(name_or_index, int):
            return self._open[name_or_index - 1]
        for book in self._open:
            if book.name.lower() == name_or_index.lower():
                return book
        raise KeyError(name_or_index)

    def __iter__(self) -> Iterator["Book"]:
        return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def open(self, fullname: str, *_options: Any) -> "Book":
        return self.adopt(open_workbook(Path(fullname)))

    def adopt(self, opened: Opened) -> "Book":
        """Add a file that was already read."""
        book = Book(self, opened)
        self._open.append(book)
        return book

    def forget(self, book: "Book") -> None:
        """Close a workbook."""
        self._open.remove(book)


def _cells_of_block(area: CellRange) -> Iterator[tuple[int, int]]:
    return product(range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1))


class Book:
    """One workbook. It belongs to the file that it was read from until it is saved to another path."""

    def __init__(self, books: Books, opened: Opened) -> None:
        self.books = books
        self.app = books.app
        self.opened = opened
        self.workbook: Any = opened.workbook
        self.cached = opened.cached
        self.path = opened.path
        self.stamp = opened.stamp
        self._merged: dict[Worksheet, dict[tuple[int, int], CellRange]] = {}

    @property
    def api(self) -> "Book":
        return self

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def fullname(self) -> str:
        return str(self.path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self.workbook.defined_names)

    def merged_blocks(self, ws: Worksheet) -> dict[tuple[int, int], CellRange]:
        """Return the merged block of every covered cell of a sheet, looked up once per sheet."""
        if ws not in self._merged:
            self._merged[ws] = {at: area for area in ws.merged_cells.ranges for at in _cells_of_block(area)}
        return self._merged[ws]

    def forget_merged(self, ws: Worksheet) -> None:
        """Look the merged blocks of a sheet up again: one was added."""
        self._merged.pop(ws, None)

    @property
    def Date1904(self) -> bool:  # noqa: N802 - the word of Excel for Windows
        return bool(self.workbook.epoch == CALENDAR_MAC_1904)

    def activate(self) -> None:
        pass

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if password is not None:
            raise NotImplementedError
        target = Path(path) if path else self.path
        same = target.resolve() == self.path.resolve()
        save_workbook(self.workbook, target, self.cached, self.stamp if same else None)
        self.path, self.stamp = target, Stamp.of(target)

    def close(self) -> None:
        self.books.forget(self)
