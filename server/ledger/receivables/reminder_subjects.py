"""What a new reminder can be about: the invoices and cases of a clinic, with whether they are settled."""

from collections.abc import Collection
from dataclasses import dataclass

from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices.parties import matching_text
from server.ledger.receivables.suggestions import CASE_IS_OPEN, SETTLED_STATES


@dataclass(frozen=True, slots=True)
class ReminderSubject:
    """An invoice, or a case if ``invoice`` is "". A settled one reminds of nothing."""

    case_id: int
    case: str
    patient: str
    is_settled: bool
    invoice: str = ""


_NUMBERS, _CASES, _NAMES = (
    ValueTable("wanted", "number"),
    ValueTable("wanted", "id", numbers=["id"]),
    ValueTable("wanted", "folded"),
)
_INVOICES = fill_in(
    """
SELECT patient_case.id, patient_case.name, patient.name, invoice.state IN ({settled}), invoice.number
FROM invoice JOIN patient_case ON patient_case.id = invoice.patient_case JOIN patient ON patient.id = patient_case.patient
WHERE invoice.number IN (SELECT wanted.number FROM {numbers})
""",
    settled=SETTLED_STATES,
    numbers=_NUMBERS.sql,
)
_OF_CASES = fill_in(
    """
SELECT patient_case.id, patient_case.name, patient.name, NOT {is_open}
FROM patient_case JOIN patient ON patient.id = patient_case.patient WHERE {condition} ORDER BY patient_case.id
""",
    is_open=fill_in(CASE_IS_OPEN, patient_case="patient_case.id"),
    condition="{condition}",
)
_WITH_IDS = fill_in(
    _OF_CASES, condition=fill_in("patient_case.id IN (SELECT wanted.id FROM {cases})", cases=_CASES.sql)
)
_NAMED = fill_in(
    _OF_CASES,
    condition=fill_in("patient_case.folded IN (SELECT wanted.folded FROM {names})", names=_NAMES.sql),
)


class ReminderSubjects:
    """The invoices and cases that reminders can be about, read from a clinic's books."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def invoices(self, numbers: Collection[str]) -> dict[str, ReminderSubject]:
        """Return invoices by number, without unknown ones."""
        rows = self._session.all(_INVOICES, [_NUMBERS.values(numbers)]) if numbers else []
        return {
            number: ReminderSubject(case_id, case, patient, bool(is_settled), number)
            for case_id, case, patient, is_settled, number in rows
        }

    def cases(self, case_ids: Collection[int]) -> dict[int, ReminderSubject]:
        """Return cases by id, without unknown ones."""
        rows = self._session.all(_WITH_IDS, [_CASES.values(case_ids)]) if case_ids else []
        return {row[0]: _case_of(row) for row in rows}

    def cases_named(self, names: Collection[str]) -> dict[str, list[ReminderSubject]]:
        """Return the cases with each of these names, in any spelling that folds alike."""
        folded = {matching_text(name) for name in names}
        rows = self._session.all(_NAMED, [_NAMES.values(folded)]) if folded else []
        found: dict[str, list[ReminderSubject]] = {name: [] for name in names}
        for one in map(_case_of, rows):
            for name in names:
                if matching_text(name) == matching_text(one.case):
                    found[name].append(one)
        return found


def _case_of(row: tuple[int, str, str, int]) -> ReminderSubject:
    case_id, case, patient, is_settled = row
    return ReminderSubject(case_id, case, patient, bool(is_settled))
