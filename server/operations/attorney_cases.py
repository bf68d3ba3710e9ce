"""What an attorney sees of the attorney's own cases: a list of fields made for that, and nothing else (rule: people#attorneys).

Every value is named here one by one. What is added to an invoice or a case is not shown to attorneys until somebody adds
it here, and to the test that lists these fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Clinic
from server.billing.invoices.case_records import CaseRecord
from server.billing.invoices.invoice import Invoice, InvoiceLine, Step
from server.billing.invoices.status_requests import StatusRequest
from server.errors import CaseNotYours, RoleNotAllowed, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.case_records import CaseNamed
from server.ledger.invoices.parties import matching_text
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class AttorneyLine:
    """A billed code. Amounts are cents."""

    code: str
    description: str
    units: int
    total_cents: int

    @classmethod
    def of(cls, line: InvoiceLine) -> "AttorneyLine":
        """Return a line as attorneys see it."""
        return cls(line.code, line.description, line.units, line.total_cents)


@dataclass(frozen=True, slots=True)
class AttorneyCheque:
    """A cheque that was received for an invoice. ``amount_cents`` is what it pays of this invoice: the rest of the cheque may
    be for clients of others.
    """

    number: str
    cheque_date: date
    received_date: date
    paying_party: str
    amount_cents: int

    @classmethod
    def of(cls, step: Step) -> "AttorneyCheque | None":
        """Return the cheque of a step that is in force, ``None`` if it recorded none."""
        cheque, request = step.request.cheque, step.request
        if cheque is None:
            return None
        dates = cheque.cheque_date, cheque.received_date
        return cls(cheque.number, *dates, cheque.paying_party, request.amount_cents or 0)


@dataclass(frozen=True, slots=True)
class AttorneyInvoice:
    """An invoice of a case. ``state`` is in words; ``agreed_cents`` is ``None`` while nothing is agreed."""

    number: str
    exam_date: date
    lines: tuple[AttorneyLine, ...]
    billed_cents: int
    state: str
    agreed_cents: int | None
    cheques: tuple[AttorneyCheque, ...]
    outstanding_cents: int

    @classmethod
    def of(cls, invoice: Invoice) -> "AttorneyInvoice":
        """Return an invoice as attorneys see it."""
        received = (AttorneyCheque.of(step) for step in invoice.standing)
        return cls(
            number=invoice.number,
            exam_date=invoice.facts.exam_date,
            lines=tuple(AttorneyLine.of(line) for line in invoice.lines),
            billed_cents=invoice.billed_cents,
            state=invoice.state.label,
            agreed_cents=invoice.agreed_cents,
            cheques=tuple(cheque for cheque in received if cheque),
            outstanding_cents=invoice.balance_cents,
        )


@dataclass(frozen=True, slots=True)
class AttorneyCase:
    """A case of an attorney. ``id`` only identifies it; ``stage`` is "" while nobody said how far the case has come.

    ``status_asked_on`` is the day of the attorney's own last request for the status of the case, ``status_answered_on`` the
    day on which the office answered that one.
    """

    id: int
    patient: str
    name: str
    injured_on: date | None
    claim_number: str
    stage: str
    invoices: tuple[AttorneyInvoice, ...]
    status_asked_on: date | None
    status_answered_on: date | None

    @property
    def billed_cents(self) -> int:
        """Return what its invoices bill."""
        return sum(invoice.billed_cents for invoice in self.invoices)

    @property
    def outstanding_cents(self) -> int:
        """Return what is still owed on its invoices."""
        return sum(invoice.outstanding_cents for invoice in self.invoices)

    @classmethod
    def of(
        cls, case: CaseNamed, record: CaseRecord, invoices: list[Invoice], asked: StatusRequest | None
    ) -> "AttorneyCase":
        """Return a case as its attorney sees it. ``asked`` is the attorney's own last request for its status."""
        return cls(
            id=case.id,
            patient=case.patient,
            name=case.name,
            injured_on=record.injury.injured_on,
            claim_number=record.injury.claim_number,
            stage=(record.stage or "").capitalize(),
            invoices=tuple(AttorneyInvoice.of(invoice) for invoice in invoices),
            status_asked_on=asked.asked_on if asked else None,
            status_answered_on=asked.answered_on if asked else None,
        )


@dataclass(frozen=True, slots=True)
class ClinicOfAttorney:
    """A clinic that an attorney was given."""

    id: str
    name: str


@operation()
def clinics_of_attorney(session: Session) -> list[ClinicOfAttorney]:
    """Return the clinics that the attorney was given, by name."""
    return [ClinicOfAttorney(entry.id, entry.name) for entry in session.clinics()]


@dataclass(frozen=True, slots=True)
class CaseStatement:
    """What the statement of a case has: the clinic's letterhead, and the case as its attorney sees it."""

    clinic: Clinic
    case: AttorneyCase


@operation(RoleNotAllowed)
def cases_of_attorney(session: Session, attorney: str, day: date) -> list[AttorneyCase]:
    """Return the cases that an attorney has on a day, each with all its invoices, also those from before that attorney.

    The name is compared folded. Raises RoleNotAllowed for another attorney than the person, and for another day than
    today: whoever had a case yesterday does not see it today.
    """
    own = session.person.attorney
    if not own or matching_text(attorney) != matching_text(own) or day != session.today:
        raise RoleNotAllowed(cases_of_attorney.name, session.person.role, ())
    with session.reading() as books:
        cases = _shown_cases(session, books, _named_cases(session, books))
    session.record_view("cases of attorney", count_of(len(cases), "case"))
    return cases


@operation()
def export_cases_of_attorney(session: Session) -> list[AttorneyCase]:
    """Return the attorney's cases of today for a file. The access log gets the numbers of their invoices."""
    with session.reading() as books:
        cases = _shown_cases(session, books, _named_cases(session, books))
    session.record_view("export cases of attorney", "; ".join(_numbers_of(cases)))
    return cases


@operation(CaseNotYours)
def case_of_attorney(session: Session, case_id: int) -> AttorneyCase:
    """Return one case that the attorney has today. Raises CaseNotYours for any other one."""
    with session.reading() as books:
        case = _one_case(session, books, case_id)
    session.record_view("case of attorney", "; ".join(_numbers_of([case])))
    return case


@operation(CaseNotYours)
def print_case_of_attorney(session: Session, case_id: int) -> CaseStatement:
    """Return what the statement of a case has that the attorney has today. Raises CaseNotYours for any other one."""
    with session.reading() as books:
        printed = CaseStatement(books.setup().clinic, _one_case(session, books, case_id))
    session.record_view("print case of attorney", "; ".join(_numbers_of([printed.case])))
    return printed


def require_own_case(session: Session, books: ClinicBooks, case_id: int) -> CaseNamed:
    """Return a case that the attorney has today. Raises CaseNotYours for any other one, and for one that does not exist."""
    for case in _named_cases(session, books):
        if case.id == case_id:
            return case
    raise CaseNotYours


def _named_cases(session: Session, books: ClinicBooks) -> list[CaseNamed]:
    attorney = session.person.attorney
    return books.case_records.with_attorney(attorney, session.today) if attorney else []


def _one_case(session: Session, books: ClinicBooks, case_id: int) -> AttorneyCase:
    (case,) = _shown_cases(session, books, [require_own_case(session, books, case_id)])
    return case


def _shown_cases(session: Session, books: ClinicBooks, cases: Sequence[CaseNamed]) -> list[AttorneyCase]:
    ids = [case.id for case in cases]
    records, numbers = books.case_records.of_cases(ids, session.today), books.case_records.invoices_of(ids)
    invoices = books.invoices.with_numbers([number for found in numbers.values() for number in found])
    asked = books.status_requests.of_cases(ids)
    own = matching_text(session.person.attorney)
    return [
        AttorneyCase.of(
            case,
            records[case.id],
            [invoices[number] for number in numbers.get(case.id, ())],
            next(
                (one for one in reversed(asked.get(case.id, ())) if matching_text(one.attorney) == own), None
            ),
        )
        for case in cases
    ]


def _numbers_of(cases: Sequence[AttorneyCase]) -> list[str]:
    return [invoice.number for case in cases for invoice in case.invoices]
