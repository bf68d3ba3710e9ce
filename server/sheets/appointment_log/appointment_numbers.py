"""Whether a column called only "ID" holds the appointment number.

Each appointment has its own number. A number that repeats on other days or for other patients identifies something
else, most often the patient. Read as the appointment number, it would make later visits look paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from server.billing.clinics import ImportProfile
from server.billing.payroll.appointment_log import AppointmentLog, Column, Ints
from server.billing.payroll.visit_identity import appointment_ids, patient_keys
from server.errors import Finding, MissingInput
from server.errors.log_column_findings import ColumnQuestion
from server.sheets.appointment_log.heading_synonyms import fold_heading
from server.sheets.questions import Choice, Question, Unanswered

APPOINTMENT_NUMBER = "appointment_number"
"""The input that answers the question about the ID column."""

_WEAK = {fold_heading(heading) for heading in ("ID", "Record ID", "Event ID", "#", "No", "Number")}
"""Headings that do not say what a number identifies."""

_FIELDS = {"yes": "appointment", "patient": "patient", "ignore": ""}
"""Answer -> the field of the column, as the import profile keeps it."""

_CHOICES = (
    Choice("yes", "Yes, each appointment has its own"),
    Choice("patient", "No, it is the patient's number"),
    Choice("ignore", "No, it is something else: ignore it"),
)


def number_settled(
    log: AppointmentLog, profile: ImportProfile, answers: Mapping[str, str]
) -> ImportProfile | None:
    """Return the profile with this click's answer about the ID column, ``None`` if the click answers nothing new.

    The new answer replaces the remembered one, so that a wrong answer can be corrected.
    """
    given = answers.get(APPOINTMENT_NUMBER, "").casefold()
    if given and given not in _FIELDS:
        raise MissingInput(
            APPOINTMENT_NUMBER,
            f"“{given}” is no answer to “{APPOINTMENT_NUMBER}”.",
            f"Give “{APPOINTMENT_NUMBER}” as: {' | '.join(_FIELDS)}. Or leave it out.",
        )
    key = _doubtful_column(log, profile) if given else ""
    remembered = dict(profile.columns)
    if not key or remembered.get(key) == _FIELDS[given]:
        return None
    return replace(profile, columns=tuple((remembered | {key: _FIELDS[given]}).items()))


def _doubtful_column(log: AppointmentLog, profile: ImportProfile) -> str:
    """Return the folded heading of the column the question is about, "" if the log has none.

    The column may have any earlier answer: appointment number, patient, or ignored.
    """
    remembered = dict(profile.columns)
    ids, patients = (fold_heading(log.column(field).heading) for field in ("appointment", "patient"))
    unread = [fold_heading(heading) for heading, _ in log.facts.unread]
    candidates = [
        ids,
        *(key for key in (patients, *unread) if remembered.get(key) in _FIELDS.values()),
    ]
    return next((key for key in candidates if key in _WEAK), "")


def ask_if_repeated(log: AppointmentLog, profile: ImportProfile) -> None:
    """Raise Unanswered if a doubtful column repeats an ID for another day, provider or patient."""
    if is_doubtful_heading(log, profile) and (rows := _rows_of_shared_ids(log)):
        ask_for_number(log, "repeats for different days, providers or patients", rows)


def ask_for_number(log: AppointmentLog, why: str, rows: Sequence[int]) -> None:
    """Ask whether the ID column holds the appointment number. ``rows`` are Excel row numbers to look at."""
    column: Column = log.column("appointment")
    label = f"“{column.heading}” {why}. Is it the appointment's number?"
    finding = Finding(ColumnQuestion(question=label), log.facts.sheet, rows, column.position, column.heading)
    raise Unanswered([Question(APPOINTMENT_NUMBER, label, _CHOICES)], [finding])


def is_doubtful_heading(log: AppointmentLog, profile: ImportProfile) -> bool:
    """Return whether the heading of the IDs does not say what they identify, and no answer is on record."""
    key = fold_heading(log.column("appointment").heading)
    return "appointment" in log.words and key in _WEAK and key not in dict(profile.columns)


def _rows_of_shared_ids(log: AppointmentLog) -> list[int]:
    """Return the Excel rows whose ID is also in an earlier row with another day, provider or patient."""
    ids = appointment_ids(log.word_column("appointment"))
    if len(ids.identities) == len(log):
        return []
    patients = log.word_column("patient")
    digests = patient_keys(patients)
    known = {digest: place for place, digest in enumerate(dict.fromkeys(digests))}
    people: Ints = np.array([known[digest] for digest in digests], dtype=np.int64)[patients.codes]
    first: dict[int, int] = {}
    rows = []
    for row in np.flatnonzero(~ids.blank).tolist():
        earlier = first.setdefault(int(ids.codes[row]), row)
        if earlier != row and _differ(log, people, earlier, row):
            rows.append(int(log.rows[row]))
    return rows


def _differ(log: AppointmentLog, people: Ints, one: int, other: int) -> bool:
    days, providers = log.days, log.word_column("provider").codes
    both_days = bool(days.given[one] and days.given[other])
    return bool(
        (both_days and days.values[one] != days.values[other])
        or people[one] != people[other]
        or providers[one] != providers[other]
    )
