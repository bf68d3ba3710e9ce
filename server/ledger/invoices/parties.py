"""The parties of invoices: patients with their cases, payers, attorneys, facilities, physicians.

Only names are kept. The first spelling is stored; other spellings that fold alike mean the same party.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from server.billing.names import fold
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

TABLES = ("patient", "payer", "attorney", "facility", "physician")

_NAMES = ValueTable("named", "name", "folded")
_SPELLINGS = ValueTable("wanted", "folded")
_CASES = ValueTable(
    "wanted", "patient", "name", "folded", "attorney", "payer", numbers=["patient", "attorney", "payer"]
)

_ENTER = """
INSERT INTO {table} (name, folded) SELECT named.name, named.folded FROM {names} WHERE true
ON CONFLICT (folded) DO NOTHING
"""
_FIND = "SELECT folded, id FROM {table} WHERE folded IN (SELECT wanted.folded FROM {spellings})"

_NAMED = "SELECT id, name FROM {table} WHERE id = ?"

_ENTER_CASES = fill_in(
    """
INSERT INTO patient_case (patient, name, folded, attorney, payer)
SELECT wanted.patient, wanted.name, wanted.folded, wanted.attorney, wanted.payer FROM {cases} WHERE true
ON CONFLICT (patient, folded) DO UPDATE SET
    attorney = CASE
        WHEN EXISTS (SELECT 1 FROM case_attorney AS changed WHERE changed.patient_case = patient_case.id) THEN patient_case.attorney
        ELSE COALESCE(patient_case.attorney, excluded.attorney)
    END,
    payer = COALESCE(patient_case.payer, excluded.payer)
""",
    cases=_CASES.sql,
)
_FIND_CASES = fill_in(
    """
SELECT kept.patient, kept.folded, kept.id FROM {cases}
JOIN patient_case AS kept ON kept.patient = wanted.patient AND kept.folded = wanted.folded
""",
    cases=_CASES.sql,
)


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """A case as an invoice names it: row ids, and the clinic's name for the case."""

    patient: int | None
    name: str
    attorney: int | None
    payer: int | None


def matching_text(name: str) -> str:
    """Return the text that a name is matched by: folded, or unchanged if it has only punctuation."""
    return fold(name) or name


def party_ids(session: DatabaseSession, table: str, names: Iterable[str]) -> Mapping[str, int | None]:
    """Return the row id of each name, and record names not yet known. An empty name has ``None``."""
    wanted = {name: matching_text(name) for name in names if name}
    if not wanted:
        return {"": None}
    session.execute(_ENTER.format(table=table, names=_NAMES.sql), [_NAMES.rows(wanted.items())])
    find = _FIND.format(table=table, spellings=_SPELLINGS.sql)
    known = dict(session.all(find, [_SPELLINGS.values(wanted.values())]))
    return {"": None} | {name: known[folded] for name, folded in wanted.items()}


def party_on_record(session: DatabaseSession, table: str, name: str) -> tuple[int, str]:
    """Return the row id and the stored spelling of a name, and record a name not yet known."""
    row_id = party_ids(session, table, [name])[name]
    ((kept_id, kept_name),) = session.all(_NAMED.format(table=table), [row_id])
    return kept_id, kept_name


def case_ids(session: DatabaseSession, wanted: Iterable[CaseWanted]) -> dict[tuple[int | None, str], int]:
    """Return the row id of each case by patient and matching text, and record cases not yet known."""
    named: dict[tuple[int | None, str], CaseWanted] = {}
    for case in wanted:
        key = (case.patient, matching_text(case.name))
        first = named.setdefault(key, case)
        named[key] = replace(
            first,
            attorney=case.attorney if first.attorney is None else first.attorney,
            payer=case.payer if first.payer is None else first.payer,
        )
    rows = _CASES.rows(
        (patient, case.name, folded, case.attorney, case.payer) for (patient, folded), case in named.items()
    )
    session.execute(_ENTER_CASES, [rows])
    found = session.all(_FIND_CASES, [rows])
    return {(patient, folded): row_id for patient, folded, row_id in found}
