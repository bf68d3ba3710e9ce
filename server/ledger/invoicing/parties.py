"""Whom invoices are about: patients with their cases, payers, attorneys, facilities, physicians.

A name each and no more. The first spelling is the one kept; others that fold alike are the same one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from sqlite_utils import Database

from server.billing.names import fold

TABLES = ("patient", "payer", "attorney", "facility", "physician")

_ENTER = """
INSERT INTO {table} (name, folded) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
ON CONFLICT (folded) DO NOTHING
"""
_FIND = "SELECT folded, id FROM {table} WHERE folded IN (SELECT value FROM json_each(?))"

_NAMED = "SELECT id, name FROM {table} WHERE id = ?"

_ENTER_CASES = """
INSERT INTO patient_case (patient, name, folded, attorney, payer)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
ON CONFLICT (patient, folded) DO UPDATE SET
    attorney = COALESCE(attorney, excluded.attorney), payer = COALESCE(payer, excluded.payer)
"""
_FIND_CASES = """
SELECT kept.patient, kept.folded, kept.id FROM json_each(?) AS wanted
JOIN patient_case AS kept ON kept.patient = wanted.value ->> 0 AND kept.folded = wanted.value ->> 2
"""


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """A case as an invoice names it: row ids, and what the clinic calls it."""

    patient: int | None
    name: str
    attorney: int | None
    payer: int | None


def spelled(name: str) -> str:
    """Return what a name is matched by; one of nothing but punctuation is matched as it stands."""
    return fold(name) or name


def ids(db: Database, table: str, names: Iterable[str]) -> Mapping[str, int | None]:
    """Return the row id of each name, entering those not yet known; nobody ("") has none."""
    wanted = {name: spelled(name) for name in names if name}
    if not wanted:
        return {"": None}
    db.execute(_ENTER.format(table=table), [_json(list(wanted.items()))])
    known = dict(db.execute(_FIND.format(table=table), [_json(list(wanted.values()))]).fetchall())
    return {"": None} | {name: known[folded] for name, folded in wanted.items()}


def listed(db: Database, table: str, name: str) -> tuple[int, str]:
    """Return the row id of a name and the spelling that is kept, entering one not yet known."""
    row_id = ids(db, table, [name])[name]
    found: tuple[int, str] = db.execute(_NAMED.format(table=table), [row_id]).fetchone()
    return found


def case_ids(db: Database, wanted: Iterable[CaseWanted]) -> dict[tuple[int | None, str], int]:
    """Return the row id of each case by patient and spelling, entering those not yet known."""
    rows = [(case.patient, case.name, spelled(case.name), case.attorney, case.payer) for case in wanted]
    db.execute(_ENTER_CASES, [_json(rows)])
    found = db.execute(_FIND_CASES, [_json(rows)])
    return {(patient, folded): row_id for patient, folded, row_id in found}


def _json(rows: object) -> str:
    return orjson.dumps(rows).decode()
