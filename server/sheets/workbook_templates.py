"""The workbooks that staff start from, committed under ``workbook_templates/``."""

from server.billing.clinics import Clinic, Setup
from server.sheets.clinics.sample_clinic import sample_clinic
from server.sheets.clinics.setup_workbook import blank_table, write_setup
from server.sheets.invoices.tables import ANSWERED_EXAMS
from server.sheets.tables import APPOINTMENTS


def templates() -> dict[str, bytes]:
    """Return each template by its file name. They are empty, because a sample row might end up in a clinic's books; only the
    sample clinic is not, which has books of its own.
    """
    return {
        "clinic-setup.xlsx": write_setup(Setup(Clinic("", ""))),
        "appointments.xlsx": blank_table(APPOINTMENTS, "Appointments of one clinic"),
        "exams.xlsx": blank_table(ANSWERED_EXAMS, "Exams to be billed"),
        "sample-clinic.xlsx": sample_clinic(),
    }
