"""The cases of a clinic: patient, attorney and payer, with the number of invoices in each state."""

from itertools import groupby

from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import State
from server.ledger.engine.database_session import DatabaseSession

_LIST_CASES = """
SELECT patient_case.id, patient.name, patient_case.name, COALESCE(attorney.name, ''), COALESCE(payer.name, ''),
    invoice.state, COUNT(*), SUM(invoice.balance_cents)
FROM (SELECT * FROM patient_case WHERE id > ? ORDER BY id LIMIT ?) AS patient_case
JOIN invoice ON invoice.patient_case = patient_case.id
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
GROUP BY patient_case.id, invoice.state ORDER BY patient_case.id
"""


def list_cases(session: DatabaseSession, after: int, most: int) -> list[Case]:
    """Return cases by creation order: up to ``most`` cases with an id above ``after``."""
    rows = session.all(_LIST_CASES, [after, most])
    return [_case_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row[0])]


def _case_of_rows(rows: list[tuple[int, str, str, str, str, str, int, int]]) -> Case:
    case_id, patient, name, attorney, payer, *_ = rows[0]
    states = {State(state): count for *_, state, count, _ in rows}
    return Case(case_id, patient, name, attorney, payer, states, sum(row[-1] for row in rows))
