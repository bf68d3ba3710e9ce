"""Logs with the headings of ten practice systems: read at once, or after one form and never a second one."""

from dataclasses import dataclass, field
from dataclasses import replace as changed

import pytest

from server.billing.clinics import CountsAs, ImportProfile, PayBasis, Setup, StatusWord
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_sheet, amounts, codes, paying, run_of_log

BY_COLLECTED = paying(a_rate(500_000, PayBasis.OF_COLLECTED))


def calling(*attended: str) -> Setup:
    """Return the clinic with words of its own for visits that took place."""
    return changed(LAKESIDE, statuses=tuple(StatusWord(word, CountsAs.ATTENDED) for word in attended))


@dataclass(frozen=True)
class Export:
    """A log in the style of a system, the one form of answers it needs, and the cents it pays."""

    headings: str
    rows: tuple[tuple[Cell, ...], ...]
    pays: tuple[int, ...]
    answers: dict[str, str] = field(default_factory=dict)
    setup: Setup = LAKESIDE


EXPORTS = {
    "SimplePractice": Export(
        "Date of Service|Client|Clinician|Billing Code|Rate per Unit|Units|Total Fee|Progress Note Status|"
        "Client Payment Status|Charge|Uninvoiced|Paid|Unpaid|Insurance Payment Status|Charge|Paid|Unpaid",
        (
            ("10/25/2026", "Pat Poe", "Jane Roe", "EX-101", 150, 1, 150, "Locked", "Paid", 20, 0, 20, 0, "Paid", 130, 130, 0),
            ("10/26/2026", "Quin Poe", "Jane Roe", "EX-101", 150, 1, 150, "No Note", "Unpaid", 20, 0, 0, 20, "Paid", 130, 130, 0),
        ),
        (7_500,),
        {"all_attended": "yes", "note_signed_progressnotestatus": "Locked"},
        BY_COLLECTED,
    ),
    "TherapyNotes": Export(
        "Date|Time|Clinician Name|Patient Name|Service Code|Units|Type|Appointment Status|Patient Paid|Insurance Paid",
        (
            ("10/25/2026", "9:00 AM", "Jane Roe", "Poe, Pat", "EX-101", 1, "Therapy Session", "Completed", 20, 80),
            ("10/25/2026", "9:00 AM", "Max Doe", "Poe, Quin", "EX-101", 1, "Therapy Session", "Missed", 0, 0),
        ),
        (5_000,),
        setup=BY_COLLECTED,
    ),
    "Jane": Export(
        "Start At|End At|Patient|Patient Number|Staff Member|Treatment|State|No Show|First Visit",
        (
            ("2026-10-05 09:00", "2026-10-05 09:50", "Pat Poe", 7, "Jane Roe", "Talk", "arrived", "false", "true"),
            ("2026-10-05 10:00", "2026-10-05 10:50", "Quin Poe", 8, "Jane Roe", "Talk", "no_show", "true", "false"),
            ("2026-10-05 11:00", "2026-10-05 11:50", "Rae Poe", 9, "Jane Roe", "Talk", "cancelled", "false", "false"),
            ("2026-10-05 12:00", "2026-10-05 12:50", "Sam Poe", 10, "Jane Roe", "Talk", "booked", "false", "false"),
        ),
        (5_000,),
        {"status_column": "State"},
        calling("arrived"),
    ),
    "Acuity": Export(
        "Start Time|End Time|First Name|Last Name|Phone|Email|Type|Calendar|Appointment Price|Paid?|"
        "Amount Paid Online|Certificate Code|Notes|Date Scheduled|Label|Canceled",
        (
            ("October 25, 2026 9:00 am", "October 25, 2026 9:50 am", "Pat", "Poe", "1", "p@example.com", "Talk",
             "Jane Roe", 150, "yes", 150, None, None, "2026-09-01", "Completed", "no"),
            ("October 26, 2026 9:00 am", "October 26, 2026 9:50 am", "Quin", "Poe", "2", "q@example.com", "Talk",
             "Max Doe", 150, "no", 0, None, None, "2026-09-02", None, "yes"),
        ),
        (5_000,),
        {"status_column": "none"},
    ),
    "Cliniko": Export(
        "ID|Starts at|Ends at|Patient|Practitioner|Appointment type|Did not arrive|Cancelled at|"
        "Cancellation reason|Created at|Notes",
        (
            ("901", "2026-10-05 09:00", "2026-10-05 09:50", "Pat Poe", "Jane Roe", "Talk", "No", None, None,
             "2026-09-01 08:00", None),
            ("902", "2026-10-05 10:00", "2026-10-05 10:50", "Quin Poe", "Jane Roe", "Talk", "No", "2026-10-04 18:00",
             "Feeling better", "2026-09-01 08:00", None),
            ("903", "2026-10-05 11:00", "2026-10-05 11:50", "Rae Poe", "Jane Roe", "Talk", "Yes", None, None,
             "2026-09-01 08:00", None),
        ),
        (5_000,),
        {"yes_means_cancelledat": "cancelled", "yes_means_cancellationreason": "none"},
    ),
    "Calendly": Export(
        "Team|User Name|User Email|Invitee Name|Invitee Email|Event Type Name|Start Date & Time|End Date & Time|"
        "Location|Event Created Date & Time|Canceled|Canceled By|Cancellation reason|Marked as No-Show",
        (
            ("Team", "Jane Roe", "j@example.com", "Pat Poe", "p@example.com", "Talk", "2026-10-05 09:00",
             "2026-10-05 09:50", "Video", "2026-09-01 08:00", "false", None, None, "No"),
            ("Team", "Jane Roe", "j@example.com", "Quin Poe", "q@example.com", "Talk", "2026-10-05 10:00",
             "2026-10-05 10:50", "Video", "2026-09-01 08:00", "true", "Quin Poe", "Ill", "No"),
            ("Team", "Max Doe", "m@example.com", "Rae Poe", "r@example.com", "Talk", "2026-10-05 11:00",
             "2026-10-05 11:50", "Video", "2026-09-01 08:00", "false", None, None, "Yes"),
        ),
        (5_000,),
        {
            "provider_column": "User Name",
            "yes_means_markedasnoshow": "no show",
            "yes_means_canceledby": "cancelled",
            "yes_means_cancellationreason": "cancelled",
        },
    ),
    "Open Dental": Export(
        "AptNum|PatNum|AptStatus|Confirmed|AptDateTime|Pattern|ProvAbbr|ProcDescript|DateTStamp",
        (
            (1, 15, "Complete", "Unconfirmed", "2026-10-05 09:00:00", "//XX//", "Jane Roe", "Talk", "2026-10-05"),
            (2, 16, "Broken", "Confirmed", "2026-10-05 10:00:00", "//XX//", "Jane Roe", "Talk", "2026-10-05"),
            (3, 17, "Scheduled", "Confirmed", "2026-10-30 10:00:00", "//XX//", "Max Doe", "Talk", "2026-10-05"),
        ),
        (5_000,),
        {"status_column": "AptStatus"},
        changed(LAKESIDE, statuses=(StatusWord("Broken", CountsAs.NO_SHOW),)),
    ),
    "OpenEMR": Export(
        "Provider|Date|Time|Patient|Home|Cell|Category|Status",
        (
            ("Jane Roe", "2026-10-05", "09:00", "Pat Poe", "555-0100", "555-0101", "Talk", "> Checked out"),
            ("Jane Roe", "2026-10-05", "10:00", "Quin Poe", "555-0102", "555-0103", "Talk", "? No show"),
        ),
        (5_000,),
    ),
    "Kareo": Export(
        "Appointment ID|Patient Full Name|Start Date|End Date|Appointment Status|Resource Name|Appointment Reason|"
        "Service Location|Created Date|Last Modified Date",
        (
            ("5001", "Pat Poe", "10/25/2026 9:00", "10/25/2026 9:50", "Check-out", "Jane Roe", "Talk", "Main", "9/1/2026",
             "9/25/2026"),
            ("5002", "Quin Poe", "10/26/2026 9:00", "10/26/2026 9:50", "No-show", "Jane Roe", "Talk", "Main", "9/1/2026",
             "9/25/2026"),
        ),
        (5_000,),
    ),
    "TheraNest": Export(
        "Appointment Date|Client Name|Rendering Provider|Service Type|Appointment Status|Charge Amount|"
        "Insurance Payments|Client Payments|Total Payments|Balance",
        (
            ("10/25/2026", "Pat Poe", "Jane Roe", "Talk", "Kept", 150, 100, 20, 120, 30),
            ("10/26/2026", "Quin Poe", "Jane Roe", "Talk", "Late Cancel", 0, 0, 0, 0, 0),
        ),
        (6_000,),
        setup=BY_COLLECTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_the_export_of_a_system_goes_through_with_one_form_at_most(name: str) -> None:
    export = EXPORTS[name]
    sheet = a_sheet(export.rows, export.headings.split("|"))
    asked: set[str] = set()
    try:
        read_log(sheet, name, export.setup, ImportProfile(), {})
    except Unanswered as unanswered:
        asked = {question.name for question in unanswered.questions}

    log, learned = read_log(sheet, name, export.setup, ImportProfile(), export.answers)
    again, _ = read_log(sheet, name, export.setup, learned, {})

    assert asked == set(export.answers)
    for one in (log, again):
        run = run_of_log(one, export.setup)
        assert (tuple(amounts(run)), codes(run)) == (export.pays, [])
