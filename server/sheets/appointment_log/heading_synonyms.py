"""The headings that practice systems use for the columns of an appointment log.

Exact synonyms after folding, never a resemblance (rule: payroll#headings). A heading that is not here is asked about
once and remembered in the clinic's import profile.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.billing.clinics import CountsAs
from server.billing.names import fold


class Several(StrEnum):
    """What to do if more than one column can be a field."""

    ASK = "ask"
    FIRST = "first"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an appointment log: its name in the code, its own heading, and its synonyms.

    ``parts`` are headings of columns that make up the field together, such as what the client and what the insurer
    paid. ``weak`` are headings that other systems use for something else: they count only if no other heading names
    the field and all cells of the column make sense.
    """

    name: str
    heading: str
    synonyms: tuple[str, ...]
    required: bool = False
    several: Several = Several.ASK
    parts: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """Return the field's name in a sentence: date of service, appointment ID, collected amount."""
        if self.name == "collected_cents":
            return "collected amount"
        return self.heading[0].lower() + self.heading[1:]


LOG_FIELDS: tuple[Field, ...] = (
    Field("appointment", "Appointment ID", (
        "Appt ID", "Appointment #", "Appointment Number", "Appointment No", "Appt #", "Appt No", "ID", "Visit ID",
        "Visit #", "Visit Number", "Encounter ID", "Encounter #", "Encounter Number", "Session ID", "Session #",
        "Booking ID", "Event ID", "Record ID",
    ), several=Several.ASK),
    Field("date", "Date of service", (
        "Date", "DOS", "Service Date", "Appt Date", "Appointment Date", "Visit Date", "Session Date",
        "Encounter Date", "Date of Visit", "Date of Session", "Date of Appointment", "Date/Time",
        "Appointment Date/Time", "Appt Date/Time", "Appointment Start", "Service Date From", "From DOS", "DOS From",
        "Start Date", "Date & Time", "Day", "Appointment Day", "Appt Day", "Visit Start", "Session Start",
        "Appointment Start Date", "Start Date/Time", "Start Date & Time", "Start DateTime", "Start Date and Time",
        "Starts At", "Start At", "Apt Date Time", "Appointment DateTime", "Day of Service",
    ), required=True, weak=("Start", "Start Time", "Appt Start", "Appt Start Time", "Appointment Start Time")),
    Field("provider", "Provider", (
        "Clinician", "Therapist", "Practitioner", "Rendering", "Rendering Provider", "Rendering Clinician",
        "Provider Name", "Clinician Name", "Therapist Name", "Practitioner Name", "Rendering Provider Name",
        "Counselor", "Counsellor", "Doctor", "Physician", "Psychologist", "Staff", "Staff Name", "Staff Member",
        "Seen By", "Treating Provider", "Treating Clinician", "Servicing Provider", "Performing Provider",
        "Attending", "Attending Provider", "Assigned Provider", "Service Provider", "Primary Clinician",
        "Clinician/Provider", "Provider/Clinician", "Resource", "Staff Member Name", "Resource Name",
    ), required=True, weak=("Calendar", "Calendar Name", "Host", "Team Member", "Prov", "Prov Abbr")),
    Field("provider_id", "Provider ID", (
        "NPI", "Provider NPI", "Rendering NPI", "Rendering Provider NPI", "Rendering Provider ID", "Clinician ID",
        "Therapist ID", "Provider #", "Provider Number", "Staff ID",
    ), several=Several.FIRST),
    Field("service", "Service", (
        "Service Code", "CPT", "CPT Code", "CPT/HCPCS", "Billing Code", "Billing Codes", "Code", "Procedure",
        "Procedure Code", "Proc Code", "Appointment Type", "Appt Type", "Visit Type", "Session Type", "Service Type",
        "Type of Service", "Service Name", "Service Description", "Service Provided", "Type", "Type of Visit",
        "Type of Appointment", "Activity",
    ), required=True, weak=(
        "Treatment", "Treatment Name", "Treatment Type", "Event Type Name", "Event Type", "Category",
        "Appointment Category", "Appointment Reason", "Services", "Proc Descript", "Procedures", "Item",
    )),
    Field("status", "Status", (
        "Appt Status", "Appointment Status", "Show/No Show", "Attendance", "Attendance Status", "Visit Status",
        "Session Status", "Encounter Status", "Outcome", "Appointment Outcome", "Visit Outcome", "Check-in Status",
        "Kept/Missed", "Show Status", "Arrival Status", "Apt Status",
    ), required=True, weak=("State", "Appointment State", "Disposition", "Result")),
    Field("units", "Units", (
        "Unit", "Qty", "Quantity", "# Units", "# of Units", "No of Units", "Number of Units", "Units Billed",
        "Billed Units", "Billing Units", "Service Units", "Total Units", "Unit(s)",
    )),
    Field("minutes", "Minutes", (
        "Mins", "Min", "Duration", "Duration (min)", "Duration (mins)", "Duration (minutes)", "Duration Minutes",
        "Length", "Length (min)", "Length (minutes)", "Session Length", "Appt Length", "Appointment Length",
        "Time (min)", "Time (minutes)", "Service Minutes", "Total Minutes", "Session Minutes", "Actual Minutes",
        "Number of Minutes",
    )),
    Field("hours", "Hours", (
        "Hrs", "Hr", "Hour", "Duration (hours)", "Duration (hrs)", "Duration (hr)", "Duration (h)", "Duration Hours",
        "Length (hours)", "Length (hrs)", "Time (hours)", "Time (hrs)", "Session Hours", "Service Hours", "Total Hours",
        "Actual Hours", "Number of Hours", "Billable Hours", "Direct Hours", "# Hours", "# of Hours",
    )),
    Field("start", "Start time", (
        "Appt Start Time", "Appointment Start Time", "Session Start Time", "Visit Start Time", "Begin Time",
        "Time Started", "Start", "Appt Start",
    ), several=Several.FIRST),
    Field("end", "End time", (
        "End", "Appt End Time", "Appointment End Time", "Appointment End", "Appt End", "Session End Time",
        "Visit End Time", "Session End", "Visit End", "Finish", "Finish Time", "Time Ended", "End Date & Time",
        "End Date and Time", "End DateTime", "Appointment End Date/Time", "Appt End Date/Time", "Session End Date/Time",
        "Visit End Date/Time", "Ends At", "End At",
    ), several=Several.FIRST),
    Field("charge_cents", "Charge", (
        "Charges", "Fee", "Fees", "Charge Amount", "Billed", "Billed Amount", "Amount Billed", "Total Charge",
        "Total Charges", "Gross Charge", "Gross Charges", "Billed Charges", "Rate per Unit x Units", "Fee Amount",
        "Session Fee", "Service Fee", "Visit Fee", "Total Fee", "Amount Charged", "Charged",
    ), several=Several.SUM, parts=(
        "Client Charge", "Patient Charge", "Insurance Charge", "Insurer Charge", "Payer Charge", "Client Fee",
        "Patient Fee", "Insurance Fee", "Charge Client", "Charge Patient", "Charge Insurance",
    )),
    Field("collected_cents", "Collected", (
        "Paid", "Payment", "Payments", "Amount Collected", "Collected Amount", "Paid Amount", "Amount Paid",
        "Total Paid", "Total Collected", "Total Payment", "Total Payments", "Received", "Amount Received",
        "Collections", "Net Collected", "Payment Amount", "Payments Received", "Payment Received",
    ), several=Several.SUM, parts=(
        "Client Paid", "Patient Paid", "Insurance Paid", "Insurer Paid", "Payer Paid", "Ins Paid", "Pt Paid",
        "Client Payment", "Patient Payment", "Insurance Payment", "Payer Payment", "Client Payments",
        "Patient Payments", "Insurance Payments", "Copay", "Co-pay", "Copay Paid", "Copay Collected",
        "Paid by Client", "Paid by Patient", "Paid by Insurance", "Client Collected", "Patient Collected",
        "Insurance Collected", "Paid Client", "Paid Patient", "Paid Insurance",
    )),
    Field("patient", "Patient", (
        "Client", "Patient Name", "Client Name", "Patient ID", "Client ID", "Patient #", "Client #", "MRN", "Chart #",
        "Chart Number", "Patient Number", "Patient/Client", "Client/Patient", "Patient Ref", "Patient Reference",
        "Client Ref",
    ), several=Several.FIRST),
    Field("clinic", "Clinic", ("Clinic Name", "Practice", "Practice Name", "Clinic ID"), several=Several.FIRST),
)  # fmt: skip
"""Every field a log can have, in the order of the appointment log (docs/contracts.md#appointment-log)."""

_FLAGS: dict[CountsAs, tuple[str, ...]] = {
    CountsAs.NO_SHOW: (
        "No-show",
        "No Shows",
        "No Showed",
        "Missed",
        "DNA",
        "Did Not Attend",
        "Absent",
        "Did Not Arrive",
        "Did Not Show",
    ),
    CountsAs.CANCELLED: ("Cancelled", "Canceled", "Is Cancelled", "Is Canceled"),
    CountsAs.LATE_CANCELLED: ("Late Cancel", "Late Cancelled", "Late Canceled", "Late Cancellation"),
    CountsAs.ATTENDED: ("Attended", "Show", "Showed", "Kept", "Completed", "Present", "Seen", "Checked Out"),
}
"""Headings of yes/no columns, by what "yes" counts as (rule: payroll#yes-no-columns)."""


FIRST_AND_LAST: dict[str, tuple[tuple[str, str], ...]] = {
    "provider": (
        ("Provider First Name", "Provider Last Name"), ("Provider First", "Provider Last"),
        ("Clinician First Name", "Clinician Last Name"), ("Clinician First", "Clinician Last"),
        ("Therapist First Name", "Therapist Last Name"), ("Practitioner First Name", "Practitioner Last Name"),
        ("Staff First Name", "Staff Last Name"),
        ("Rendering Provider First Name", "Rendering Provider Last Name"),
    ),
    "patient": (
        ("Client First Name", "Client Last Name"), ("Patient First Name", "Patient Last Name"),
        ("Client First", "Client Last"), ("Patient First", "Patient Last"),
        ("Invitee First Name", "Invitee Last Name"), ("First Name", "Last Name"),
    ),
}  # fmt: skip
"""The two headings of a person's name, by the field they make up together."""


def fold_heading(heading: str) -> str:
    """Return a heading without case, spaces and punctuation; ``#`` and ``%`` are kept because they mean something."""
    return fold(heading.replace("#", " number ").replace("%", " percent ").replace("?", " q "))


BY_NAME = {field.name: field for field in LOG_FIELDS}

WHOLE: dict[str, str] = {
    fold_heading(heading): field.name for field in LOG_FIELDS for heading in (field.heading, *field.synonyms)
}
"""Folded heading -> the field it is by itself."""

PART: dict[str, str] = {fold_heading(heading): field.name for field in LOG_FIELDS for heading in field.parts}
"""Folded heading -> the field it is part of."""

WEAK: dict[str, str] = {fold_heading(heading): field.name for field in LOG_FIELDS for heading in field.weak}
"""Folded heading -> the field it is if no other heading names the field and its cells make sense."""

NAMES: frozenset[str] = frozenset(
    fold_heading(heading) for pairs in FIRST_AND_LAST.values() for pair in pairs for heading in pair
)
"""Folded headings of first and last names."""

KNOWN: frozenset[str] = frozenset({*WHOLE, *PART, *WEAK, *NAMES})
"""Folded headings a log may have, without those of yes/no columns."""

FLAGS: dict[str, CountsAs] = {
    fold(heading): counts for counts, headings in _FLAGS.items() for heading in headings
}
"""Folded heading of a yes/no column, with or without its question mark -> what "yes" counts as."""


def flag_of(heading: str) -> CountsAs | None:
    """Return what "yes" counts as under a heading, ``None`` if it is not the heading of a yes/no column."""
    return FLAGS.get(fold(heading))


def is_known(heading: str) -> bool:
    """Return whether a heading belongs to an appointment log."""
    key = fold_heading(heading)
    return any(key in known for known in (WHOLE, PART, NAMES)) or flag_of(heading) is not None
