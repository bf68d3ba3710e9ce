"""Excel without Excel: an xlwings engine over openpyxl.

The desktop add-in speaks xlwings. On a computer without Excel (Linux, a scheduled job, the tests)
this engine answers instead, so the same add-in code runs on a real .xlsx file. It implements what
the add-in uses of xlwings' engine interface, and nothing more.

Where xlwings has no word for something and the add-in asks Excel itself through ``api``, this
engine answers to the words of Excel for Windows (``Value2``, ``Visible``, ``Date1904``).
"""

from functools import cache

import xlwings as xw

from addin.desktop.files import Opened
from addin.desktop.headless.engine import Engine


@cache
def engine() -> xw.Engine:
    """Return the engine, made known to xlwings at the first call; the active one where there is no Excel."""
    registered = xw.Engine(impl=Engine())
    xw.engines.add(registered)
    if xw.engines.active is None:
        registered.activate()
    return registered


def show_workbook(opened: Opened) -> xw.Book:
    """Return the workbook as the only book of an application of its own. Quit that when done."""
    app = engine().apps.add()
    return xw.Book(impl=app.impl.books.adopt(opened))


__all__ = ["engine", "show_workbook"]
