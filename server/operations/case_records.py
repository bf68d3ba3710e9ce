"""The records of cases: listed, checked and saved (rule: people#case-record)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.billing.invoices.case_attorneys import WishedAttorney, attorney_flaw, wished_change
from server.billing.invoices.case_records import CaseField, CaseFlaw, CaseRecord, flaws_of
from server.billing.invoices.cases import Case
from server.billing.invoices.pro_rata import pro_rata_share
from server.billing.invoices.status_requests import StatusRequest
from server.errors import ChangedSinceShown, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.cases import CaseFilter
from server.operations.operation import operation
from server.operations.session import Session

_ATTORNEY_FIELDS = {
    "name": CaseField.ATTORNEY,
    "from_on": CaseField.ATTORNEY_FROM,
    "until_on": CaseField.ATTORNEY_UNTIL,
}


NOT_SETTLED = CaseFilter(is_settled=False)


@dataclass(frozen=True, slots=True)
class CaseOnRecord:
    """A case with its record. ``billed_cents`` is without voided invoices; ``share_cents`` is our share of the lien pool,
    ``None`` while it is not known. ``status_requests`` are those that are not answered, the oldest first.
    """

    case: Case
    record: CaseRecord
    billed_cents: int
    share_cents: int | None
    status_requests: tuple[StatusRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseEdit:
    """A record as somebody wishes it. ``row`` is the caller's number for it, ``version`` that of the record as it was shown.

    ``answers_status`` is whether the attorneys' open requests for the status are marked as answered.
    """

    row: int
    case_id: int
    version: str
    wished: CaseRecord
    answers_status: bool = False


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What saving a record changes. ``answered`` are the requests for the status that it marks as answered."""

    edit: CaseEdit
    case: Case
    before: CaseRecord
    attorney: WishedAttorney | None
    answered: tuple[StatusRequest, ...] = ()

    @property
    def changes_record(self) -> bool:
        """Return whether anything of the record itself changes, and not only whether requests are answered."""
        return (
            self.attorney is not None
            or replace(self.edit.wished, attorney=self.before.attorney) != self.before
        )

    @property
    def takes_case_from(self) -> str:
        """Return the name of the attorney who loses the case, "" if nobody does."""
        is_lost = self.attorney and (not self.attorney.is_correction or self.attorney.attorney.until_on)
        return self.before.attorney.name if is_lost else ""


@dataclass(frozen=True, slots=True)
class CheckedCases:
    """Which records can be saved, by row, and why the others cannot. Rows that change nothing are in neither.

    ``stale`` are the rows whose case was changed since they were shown, ``unknown`` those whose case the books do not have.
    """

    changes: Mapping[int, CaseChange]
    flaws: Mapping[int, Sequence[CaseFlaw]]
    stale: Sequence[int]
    unknown: Sequence[int]


@operation()
def open_case_records(session: Session, case_filter: CaseFilter) -> list[CaseOnRecord]:
    """Return every case that matches a filter, with its record.

    Those that are not settled are followed by settled ones of which an attorney waits for the status.
    """
    with session.reading() as books:
        cases = books.cases(case_filter)
        if case_filter == NOT_SETTLED:
            cases += _settled_with_requests(books, cases)
        found = _on_record(books, cases, session.today)
    session.record_view("open cases", count_of(len(found), "case"))
    return found


@operation()
def records_of_cases(session: Session, cases: Sequence[Case]) -> list[CaseOnRecord]:
    """Return listed cases with their records. The list itself was recorded as viewed."""
    with session.reading() as books:
        return _on_record(books, cases, session.today)


@operation()
def find_case_records(session: Session, case_ids: Collection[int]) -> dict[int, CaseOnRecord]:
    """Return some cases with their records, by id, without unknown ones. The person has them on a sheet already."""
    with session.reading() as books:
        return _with_ids(books, case_ids, session.today)


@operation()
def check_case_records(session: Session, edits: Sequence[CaseEdit]) -> CheckedCases:
    """Return what saving the records would change. Nothing is written."""
    with session.reading() as books:
        return _check_edits(books, edits, session.today)


@operation(ChangedSinceShown)
def save_case_records(
    session: Session, edits: Sequence[CaseEdit], shown: Mapping[int, CaseChange]
) -> list[CaseOnRecord]:
    """Save records exactly as their changes were ``shown``, all or none, and return the cases after it.

    Raises ChangedSinceShown if one of them would change anything else by now.
    """
    books = session.books
    checked = _check_edits(books, edits, session.today)
    if checked.changes != dict(shown):
        raise ChangedSinceShown
    for change in shown.values():
        if change.changes_record:
            books.case_records.record(change.case.id, change.edit.wished, session.person.name)
        books.status_requests.answer([one.id for one in change.answered], session.person.name)
        if change.attorney:
            change_attorney(session, change.case.id, change.attorney)
    saved = _with_ids(books, [change.case.id for change in shown.values()], session.today)
    return [saved[change.case.id] for change in shown.values()]


@operation()
def change_attorney(session: Session, case_id: int, wished: WishedAttorney) -> None:
    """Record another attorney of a case, or a correction of the one of today. Whoever had the case loses it at once."""
    session.books.case_records.change_attorney(case_id, wished, session.today, session.person.name)


def _settled_with_requests(books: ClinicBooks, listed: Sequence[Case]) -> list[Case]:
    waiting = {one.case_id for one in books.status_requests.open_requests()} - {case.id for case in listed}
    return [case for case in books.cases() if case.id in waiting] if waiting else []


def _with_ids(books: ClinicBooks, case_ids: Collection[int], today: date) -> dict[int, CaseOnRecord]:
    wanted = set(case_ids)
    cases = [case for case in books.cases() if case.id in wanted]
    return {one.case.id: one for one in _on_record(books, cases, today)}


def _on_record(books: ClinicBooks, cases: Sequence[Case], today: date) -> list[CaseOnRecord]:
    ids = [case.id for case in cases]
    records, billed = books.case_records.of_cases(ids, today), books.case_records.billed_cents(ids)
    asked = books.status_requests.of_cases(ids)
    return [
        CaseOnRecord(
            case,
            records[case.id],
            billed.get(case.id, 0),
            pro_rata_share(records[case.id].settlement, billed.get(case.id, 0)),
            tuple(one for one in asked.get(case.id, ()) if one.answered_on is None),
        )
        for case in cases
    ]


def _check_edits(books: ClinicBooks, edits: Sequence[CaseEdit], today: date) -> CheckedCases:
    known = _with_ids(books, [edit.case_id for edit in edits], today)
    changes: dict[int, CaseChange] = {}
    flaws: dict[int, Sequence[CaseFlaw]] = {}
    stale: list[int] = []
    unknown: list[int] = []
    for edit in edits:
        on_record = known.get(edit.case_id)
        if on_record is None:
            unknown.append(edit.row)
        elif edit.version != on_record.record.version:
            stale.append(edit.row)
        elif found := list(_flaws_of_edit(edit.wished, on_record, today)):
            flaws[edit.row] = found
        elif change := _change_of(edit, on_record, today):
            changes[edit.row] = change
    return CheckedCases(changes, flaws, stale, unknown)


def _flaws_of_edit(wished: CaseRecord, on_record: CaseOnRecord, today: date) -> Iterator[CaseFlaw]:
    attribute, sentence = attorney_flaw(wished.attorney, on_record.record.attorney, today)
    if attribute:
        yield CaseFlaw(_ATTORNEY_FIELDS[attribute], sentence)
    yield from flaws_of(wished, today)
    liens = wished.settlement.all_liens_cents
    if liens is not None and 0 < liens < on_record.billed_cents:
        yield CaseFlaw(CaseField.ALL_LIENS, "All liens are less than what we billed, which is one of them.")


def _change_of(edit: CaseEdit, on_record: CaseOnRecord, today: date) -> CaseChange | None:
    """Return what an edit changes, ``None`` if nothing."""
    before = on_record.record
    attorney = wished_change(before.attorney, edit.wished.attorney, today)
    answered = on_record.status_requests if edit.answers_status else ()
    change = CaseChange(edit, on_record.case, before, attorney, answered)
    return change if change.changes_record or answered else None
