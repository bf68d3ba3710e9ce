"""Reads an Exams sheet. A cell that cannot be used is a finding, never a guess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from server.billing.days import date_of
from server.billing.invoices.billable_exams import NOTHING, PartOfKey
from server.billing.invoices.exams import Exam
from server.billing.names import fold
from server.errors import EmptyExamsSheet, Finding, NotAnExamsSheet
from server.errors.cell_findings import AmbiguousDate
from server.errors.finding_facts import ValueFinding
from server.errors.invoice_findings import LostDigits
from server.errors.setup_findings import BlankCell, NoLetters
from server.sheets.cells import is_error, text_of, thousandths_of
from server.sheets.dates import read_days
from server.sheets.excel_ids import is_damaged, with_zeros
from server.sheets.hidden_rows import hidden_rows
from server.sheets.invoices.tables import ANSWERED_EXAMS, EXAMS, RESULT
from server.sheets.sheet import Sheet
from server.sheets.typed_rows import Row, header_of, rows_of

_DAY, _EXAM_TYPE, _CODE = "Exam date", "Exam type", "Code"


@dataclass(frozen=True, slots=True)
class ExamsSheet:
    """The rows of an Exams sheet, by the numbers Excel shows.

    ``unreadable`` maps the rows with an unusable cell to the readable part of their exam's key. If the whole key
    is readable, there is an ``Exam`` for them too. ``results`` are their Result texts. Columns are counted from
    0: ``places`` are those of the headings, ``result_column`` is the one for results: under their heading, or the
    first free column to the right of the others.
    """

    name: str
    header: int
    rows: tuple[int, ...]
    exams: tuple[Exam, ...]
    unreadable: Mapping[int, PartOfKey]
    results: Mapping[int, str]
    findings: tuple[Finding, ...]
    places: Mapping[str, int]
    result_column: int

    def with_column(self, finding: Finding) -> Finding:
        """Return a finding about an exam with the column of its heading."""
        instead = self.places.get(_CODE) if finding.heading == _EXAM_TYPE else None
        return replace(finding, column=self.places.get(finding.heading, instead))


def read_exams(sheet: Sheet) -> ExamsSheet:
    """Return the exams of a sheet. Refuses a sheet without the headings of exams, and one without exams."""
    findings: list[Finding] = []
    typed = rows_of(ANSWERED_EXAMS, sheet, findings) if sheet.height else []
    header = header_of(ANSWERED_EXAMS, sheet)
    _refuse_other_headings(sheet, header)
    rows = [row for row in typed if any(text_of(row.cell(title)) for title in EXAMS.titles)]
    if not rows:
        raise EmptyExamsSheet(sheet.name)
    # If a heading occurs twice, it is unclear in every row which column is meant.
    unreadable: dict[int, PartOfKey] = dict.fromkeys((sheet.top + header,) if findings else (), NOTHING)
    findings += hidden_rows(sheet.name, (row.number for row in rows), sheet.hidden_rows)
    exams = []
    for row, day in zip(rows, _exam_dates(sheet, rows), strict=True):
        exam, key = _read_exam(row, day)
        exams += [exam] if exam else []
        if not row.usable:
            unreadable[row.number] = key
    return ExamsSheet(
        sheet.name,
        sheet.top + header,
        tuple(row.number for row in rows),
        tuple(exams),
        unreadable,
        {row.number: text_of(row.cell(RESULT)) for row in rows},
        tuple(findings),
        {title: sheet.left + place for title, place in rows[0].places.items()},
        sheet.left + _result_place(sheet, rows[0].places),
    )


def _result_place(sheet: Sheet, places: Mapping[str, int]) -> int:
    if RESULT in places:
        return places[RESULT]
    beyond = range(max(places.values()) + 1, len(sheet.columns))
    return next(
        (place for place in beyond if not any(map(text_of, sheet.columns[place]))), len(sheet.columns)
    )


def _refuse_other_headings(sheet: Sheet, header: int) -> None:
    """Refuse a sheet that is not about exams: it lacks a heading that every exam needs."""
    seen = {fold(text_of(column[header])) for column in sheet.columns} if sheet.height else set()
    missing = [
        heading.title for heading in EXAMS.headings if heading.needed and fold(heading.title) not in seen
    ]
    if not seen & {fold(_EXAM_TYPE), fold(_CODE)}:
        missing.append(f"{_EXAM_TYPE}” or “{_CODE}")
    if missing:
        raise NotAnExamsSheet(sheet.name, missing)


def _exam_dates(sheet: Sheet, rows: Sequence[Row]) -> list[date | None]:
    """Return the exam date of each row, read month first unless the column proves another order."""
    cells = [row.cell(_DAY) for row in rows]
    days = read_days(cells, sheet.date_system)
    if not days.order and not days.evidence.is_certain:
        days = read_days(cells, sheet.date_system, "mdy")
    blank = [place for place, cell in enumerate(cells) if not text_of(cell)]
    wrong: dict[type[ValueFinding], Sequence[int]] = {**days.wrong, AmbiguousDate: days.undecided}
    for kind, places in wrong.items():
        for place in places:
            rows[place].add_finding(kind, _DAY)
    for place in blank:
        rows[place].add_finding(BlankCell(), _DAY)
    serials = zip(days.values.tolist(), days.given.tolist(), strict=True)
    return [date_of(serial) if given else None for serial, given in serials]


def _read_exam(row: Row, day: date | None) -> tuple[Exam | None, PartOfKey]:
    """Return the exam of a row and the readable part of its key. The exam is ``None`` if part of the key is unreadable."""
    patient, case = _name_or_id(row, "Patient"), _name_or_id(row, "Case")
    physician, facility = _plain_words(row, "Physician"), _plain_words(row, "Facility")
    exam = partial(
        Exam,
        row.sheet.name,
        row.number,
        patient=patient,
        case=case,
        physician=physician,
        facility=facility,
        exam_type=_plain_words(row, _EXAM_TYPE),
        sub_exams=row.text_list("Sub-exams"),
        code=_plain_words(row, _CODE),
        units_thousandths=row.read("Units", thousandths_of),
        bilateral=row.yes_or_no("Bilateral", blank=False),
        payer=_plain_words(row, "Payer"),
        attorney=_plain_words(row, "Attorney"),
        injured_on=row.day("Date of injury"),
        claim_number=_name_or_id(row, "Claim number", required=False),
        note=row.text("Note"),
    )
    key = (
        day.isoformat() if day else None,
        fold(patient) or None,
        fold(case) or None,
        None if is_error(row.cell("Physician")) else fold(physician),
        None if is_error(row.cell("Facility")) else fold(facility),
    )
    return (exam(exam_date=day) if day and None not in key else None), key


def _plain_words(row: Row, title: str) -> str:
    """Return a cell as text with single spaces."""
    return " ".join(row.text(title).split())


def _name_or_id(row: Row, title: str, *, required: bool = True) -> str:
    """Return the name or ID of a patient or case, or the number of a claim, or "" with a finding if it is not unique text."""
    cell = row.cell(title)
    text = " ".join((row.required_text(title) if required else row.text(title)).split())
    if text and not fold(text):
        row.add_finding(NoLetters, title)
    elif not isinstance(cell, str) and is_damaged(cell):
        row.add_finding(LostDigits, title)
    elif isinstance(cell, int | float):
        return text_of(with_zeros(cell, row.form(title)))
    else:
        return text
    return ""
