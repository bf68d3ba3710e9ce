"""The injury that a case is about: its day, and the payer's number of the claim.

Kept with the case and not with its invoices: a claim number often comes weeks after the exam, and every invoice that
is printed from then on has it. The latest value counts; the journal has those before it.
"""

from collections.abc import Collection, Iterable
from datetime import date

from server.billing.invoices.cases import Injury
from server.billing.invoices.exams import Exam
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices.parties import matching_text

_NUMBERS = ValueTable("wanted", "number")

_FIND_CASE = """
SELECT patient_case.id, patient_case.injured_on, patient_case.claim_number FROM patient_case
JOIN patient ON patient.id = patient_case.patient WHERE patient.folded = ? AND patient_case.folded = ?
"""
_OF_INVOICES = fill_in(
    """
SELECT invoice.number, patient_case.injured_on, patient_case.claim_number FROM invoice
JOIN patient_case ON patient_case.id = invoice.patient_case
WHERE invoice.number IN (SELECT wanted.number FROM {numbers})
""",
    numbers=_NUMBERS.sql,
)


def record_injuries(session: DatabaseSession, exams: Iterable[Exam]) -> int:
    """Record what exams say of the injuries of their cases; return how many cases changed. An empty cell changes nothing."""
    said: dict[tuple[str, str], Injury] = {}
    for exam in exams:
        key = (matching_text(exam.patient), matching_text(exam.case))
        before = said.get(key, Injury())
        said[key] = Injury(exam.injured_on or before.injured_on, exam.claim_number or before.claim_number)
    return sum(_record_injury(session, key, injury) for key, injury in said.items() if injury)


def injuries_of(session: DatabaseSession, numbers: Collection[str]) -> dict[str, Injury]:
    """Return the injury that each invoice is about, by its number."""
    found = session.all(_OF_INVOICES, [_NUMBERS.values(numbers)])
    return {number: _injury_of_row(*row) for number, *row in found}


def _record_injury(session: DatabaseSession, case: tuple[str, str], injury: Injury) -> bool:
    row = session.one(_FIND_CASE, [*case])
    if row is None:
        return False
    case_id, *before = row
    known = _injury_of_row(*before)
    wished = Injury(injury.injured_on or known.injured_on, injury.claim_number or known.claim_number)
    if wished == known:
        return False
    day = wished.injured_on.isoformat() if wished.injured_on else None
    session.update("patient_case", case_id, {"injured_on": day, "claim_number": wished.claim_number})
    return True


def _injury_of_row(injured_on: str | None, claim_number: str) -> Injury:
    return Injury(date.fromisoformat(injured_on) if injured_on else None, claim_number)
