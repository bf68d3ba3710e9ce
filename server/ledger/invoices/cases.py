"""The cases of a clinic: patient, attorney and payer, with the number of invoices in each state."""

from dataclasses import dataclass
from itertools import groupby

from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import SETTLED, State
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.invoices import parties
from server.ledger.list_places import ListOrder, ListPlace

_CASES = """
FROM patient_case {keys}
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
WHERE {condition}
"""
_WITH_KEYS = "JOIN case_keys ON case_keys.id = patient_case.id"
_COUNT_CASES = "SELECT COUNT(*) {cases}"
_NAMED = {
    "patient": "patient.folded = ?",
    "case": "patient_case.folded = ?",
    "attorney": "attorney.folded = ?",
    "payer": "payer.folded = ?",
}
_IS_OPEN = "EXISTS (SELECT 1 FROM invoice WHERE invoice.patient_case = patient_case.id AND invoice.state NOT IN ({settled}))"
_LIST_CASES = """
WITH case_keys AS NOT MATERIALIZED (
    SELECT patient_case.id AS id, patient.folded AS patient, patient_case.folded AS name,
        (SELECT SUM(invoice.balance_cents) FROM invoice WHERE invoice.patient_case = patient_case.id) AS balance_cents
    FROM patient_case JOIN patient ON patient.id = patient_case.patient
)
SELECT patient_case.id, patient.name, patient_case.name, COALESCE(attorney.name, ''), COALESCE(payer.name, ''),
    invoice.state, COUNT(*), SUM(invoice.balance_cents)
FROM (SELECT case_keys.* {cases} AND {after} ORDER BY {order} LIMIT CAST(? AS BIGINT)) AS case_keys
JOIN patient_case ON patient_case.id = case_keys.id
JOIN invoice ON invoice.patient_case = patient_case.id
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
GROUP BY case_keys.id, case_keys.patient, case_keys.name, case_keys.balance_cents, patient_case.id, patient.name,
    patient_case.name, attorney.name, payer.name, invoice.state ORDER BY {order}
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


class CaseOrder(ListOrder):
    """The orders in which cases can be listed."""

    RECORDED = "recorded"
    PATIENT = "patient"
    NAME = "name"
    BALANCE_CENTS = "balance_cents"


FIRST_CASE = ListPlace(CaseOrder.RECORDED)


def list_cases(
    session: DatabaseSession,
    case_filter: CaseFilter = EVERY_CASE,
    place: ListPlace[CaseOrder] = FIRST_CASE,
    most: int = EVERY_ROW,
) -> list[Case]:
    """Return up to ``most`` cases that match a filter, from a place of the list on."""
    cases, parameters = _selection(case_filter, _WITH_KEYS)
    later, after = place.later_rows("case_keys", "id")
    order = place.sort_columns("case_keys")
    query = fill_in(_LIST_CASES, cases=cases, after=" AND ".join(["true", *later]), order=order)
    rows = session.all(query, [*parameters, *after, most])
    return [_case_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row[0])]


def count_cases(session: DatabaseSession, case_filter: CaseFilter) -> int:
    """Return how many cases match the filter."""
    cases, parameters = _selection(case_filter)
    found: int = session.value(fill_in(_COUNT_CASES, cases=cases), parameters)
    return found


def _selection(case_filter: CaseFilter, keys: str = "") -> tuple[str, list[object]]:
    """Return the part of a query that selects the cases of a filter, and its parameters. ``keys`` joins what sorts them."""
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
    return fill_in(_CASES, keys=keys, condition=" AND ".join(conditions)), parameters


def _case_of_rows(rows: list[tuple[int, str, str, str, str, str, int, int]]) -> Case:
    case_id, patient, name, attorney, payer, *_ = rows[0]
    states = {State(state): count for *_, state, count, _ in rows}
    return Case(case_id, patient, name, attorney, payer, states, sum(row[-1] for row in rows))
