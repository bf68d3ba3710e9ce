"""Requests and replies between a workbook and the service. This code knows nothing of payroll.

``read_request`` turns the workbook and a row of the ribbon table into a request; ``apply_reply`` puts a reply
into the workbook (docs/contracts.md#clicks). Both use only xlwings, so they run in Excel and without it.
"""

from addin.desktop.bridge.applying import apply_reply
from addin.desktop.bridge.binding import bind_clinic, clinic_of
from addin.desktop.bridge.question_sheet import find_form, remove_form, show_form
from addin.desktop.bridge.reading import button_row, read_request

__all__ = [
    "apply_reply",
    "bind_clinic",
    "button_row",
    "clinic_of",
    "find_form",
    "read_request",
    "remove_form",
    "show_form",
]
