"""The cases of a clinic: patient, attorney and payer, with the number of invoices in each state."""

from dataclasses import dataclass
from itertools import groupby

from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import SETTLED, State
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.invoices import parties

_CASES = """
FROM patient_case
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
WHERE {condition}
"""
_COUNT_CASES = "SELECT COUNT(*) {cases}"
_NAMED = {
    "patient": "patient.folded = ?",
    "case": "patient_case.folded = ?",
    "attorney": "attorney.folded = ?",
    "payer": "payer.folded = ?",
}
_IS_OPEN = "EXISTS (SELECT 1 FROM invoice WHERE invoice.patient_case = patient_case.id AND invoice.state NOT IN ({settled}))"
_LIST_CASES = """
SELECT patient_case.id, patient.name, patient_case.name, COALESCE(attorney.name, ''), COALESCE(payer.name, ''),
    invoice.state, COUNT(*), SUM(invoice.balance_cents)
FROM (SELECT patient_case.* {cases} AND patient_case.id > ? ORDER BY patient_case.id LIMIT ?) AS patient_case
JOIN invoice ON invoice.patient_case = patient_case.id
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
GROUP BY patient_case.id, invoice.state ORDER BY patient_case.id
"""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to find: those that match every field. An empty field matches any case.

    Names match in any spelling that folds alike. ``is_settled`` is whether all invoices of the case are settled.
    """

    patient: str = ""
    case: str = ""
    attorney: str = ""
    payer: str = ""
    is_settled: bool | None = None


EVERY_CASE = CaseFilter()


def list_cases(
    session: DatabaseSession, after: int, most: int, case_filter: CaseFilter = EVERY_CASE
) -> list[Case]:
    """Return cases by creation order: up to ``most`` cases with an id above ``after`` that match the filter."""
    cases, parameters = _selection(case_filter)
    rows = session.all(fill_in(_LIST_CASES, cases=cases), [*parameters, after, most])
    return [_case_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row[0])]


def count_cases(session: DatabaseSession, case_filter: CaseFilter) -> int:
    """Return how many cases match the filter."""
    cases, parameters = _selection(case_filter)
    found: int = session.value(fill_in(_COUNT_CASES, cases=cases), parameters)
    return found


def _selection(case_filter: CaseFilter) -> tuple[str, list[object]]:
    """Return the part of a query that selects the cases of a filter, and its parameters."""
    conditions = ["true"]
    parameters: list[object] = []
    for name, condition in _NAMED.items():
        if spelling := getattr(case_filter, name):
            conditions.append(condition)
            parameters.append(parties.matching_text(spelling))
    if case_filter.is_settled is not None:
        settled = ", ".join("?" * len(SETTLED))
        negated = "NOT " if case_filter.is_settled else ""
        conditions.append(negated + fill_in(_IS_OPEN, settled=settled))
        parameters += sorted(SETTLED)
    return fill_in(_CASES, condition=" AND ".join(conditions)), parameters


def _case_of_rows(rows: list[tuple[int, str, str, str, str, str, int, int]]) -> Case:
    case_id, patient, name, attorney, payer, *_ = rows[0]
    states = {State(state): count for *_, state, count, _ in rows}
    return Case(case_id, patient, name, attorney, payer, states, sum(row[-1] for row in rows))
