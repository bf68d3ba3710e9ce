"""Excel without Excel: an xlwings engine over openpyxl.

The desktop add-in uses xlwings. On a computer without Excel (Linux, a scheduled job, the tests)
this engine takes its place, so the same add-in code runs on a real .xlsx file. It implements only the
part of xlwings' engine interface that the add-in uses.

Where xlwings does not offer something and the add-in calls Excel itself through ``api``, this
engine supports the names of Excel for Windows (``Value2``, ``Visible``, ``Date1904``).
"""

from functools import cache

import xlwings as xw

from addin.desktop.files import Opened
from addin.desktop.headless.engine import Engine


@cache
def engine() -> xw.Engine:
    """Return the engine. The first call registers it with xlwings, and activates it if there is no Excel."""
    registered = xw.Engine(impl=Engine())
    xw.engines.add(registered)
    if xw.engines.active is None:
        registered.activate()
    return registered


def show_workbook(opened: Opened) -> xw.Book:
    """Return the workbook as the only book of a new application. Quit the application when done."""
    app = engine().apps.add()
    return xw.Book(impl=app.impl.books.adopt(opened))


__all__ = ["engine", "show_workbook"]
