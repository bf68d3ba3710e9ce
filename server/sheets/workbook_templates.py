"""The workbooks that staff start from, committed under ``workbook_templates/`` beside the sample clinic of the demo."""

from server.billing.clinics import Clinic, Setup
from server.sheets.clinics.setup_workbook import blank_table, write_setup
from server.sheets.invoices.tables import ANSWERED_EXAMS
from server.sheets.tables import APPOINTMENTS, HOURS, PAYMENTS


def templates() -> dict[str, bytes]:
    """Return each template by its file name. They are empty, because a sample row might end up in a clinic's books."""
    return {
        "clinic-setup.xlsx": write_setup(Setup(Clinic("", ""))),
        "appointments.xlsx": blank_table(
            APPOINTMENTS, "Appointments of one clinic", {HOURS: "Work that no visit shows, paid per hour"}
        ),
        "payments.xlsx": blank_table(PAYMENTS, "Payments for visits of one clinic"),
        "exams.xlsx": blank_table(ANSWERED_EXAMS, "Exams to be billed"),
    }
