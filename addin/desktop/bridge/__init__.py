"""Requests and replies between a workbook and the service. This code knows nothing of payroll.

``read_request`` turns the workbook and a row of the ribbon table into a request; ``apply_reply`` puts a reply
into the workbook (docs/contracts.md#clicks). Both use only xlwings, so they run in Excel and without it.
"""

from addin.desktop.bridge.applying import apply_reply
from addin.desktop.bridge.binding import bind_clinic, clinic_of, in_front, put_in_front
from addin.desktop.bridge.question_sheet import Question, find_form, remove_form, show_form
from addin.desktop.bridge.reading import button_row, read_request
from addin.desktop.bridge.waiting_click import WaitingClick, click_waiting_for, forget_waiting, keep_waiting

__all__ = [
    "Question",
    "WaitingClick",
    "apply_reply",
    "bind_clinic",
    "button_row",
    "click_waiting_for",
    "clinic_of",
    "find_form",
    "forget_waiting",
    "in_front",
    "keep_waiting",
    "put_in_front",
    "read_request",
    "remove_form",
    "show_form",
]
