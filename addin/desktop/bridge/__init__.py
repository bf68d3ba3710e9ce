"""The whole conversation between a workbook and the service, ignorant of payroll.

``read`` turns the workbook and a row of the ribbon table into a request, ``apply`` puts a reply
into the workbook (docs/contracts.md#clicks). Both speak xlwings only, so they run in Excel and without it.
"""

from addin.desktop.bridge.applying import apply
from addin.desktop.bridge.binding import bind, clinic_of
from addin.desktop.bridge.reading import button_row, read

__all__ = ["apply", "bind", "button_row", "clinic_of", "read"]
