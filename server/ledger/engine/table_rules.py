"""What may happen to the rows of each table, in one list. Triggers that enforce it are made from the list.

Every new table must be added here; a test compares the list with the tables of a new file.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Literal

Event = Literal["UPDATE", "DELETE"]


class RowRule(Enum):
    """What may happen to a row once it is written."""

    APPEND_ONLY = auto()
    """Rows are only added."""
    NEVER_DELETED = auto()
    """Rows may change in every column, and are never deleted."""
    OWN_RULES = auto()
    """Rows are never deleted; triggers in the SQL of the table say how they may change."""
    NEVER_CHANGED = auto()
    """Rows never change; triggers in the SQL of the table say which may be deleted."""
    REPLACEABLE = auto()
    """Everything is allowed: the table holds an answer that the next answer replaces."""


REFUSED: Mapping[RowRule, tuple[Event, ...]] = {
    RowRule.APPEND_ONLY: ("UPDATE", "DELETE"),
    RowRule.NEVER_DELETED: ("DELETE",),
    RowRule.OWN_RULES: ("DELETE",),
    RowRule.NEVER_CHANGED: ("UPDATE",),
    RowRule.REPLACEABLE: (),
}
"""The events that a generated trigger refuses for every row."""

Tables = Mapping[str, RowRule]

FIRM_TABLES: Tables = {
    "access": RowRule.APPEND_ONLY,
    "clinic": RowRule.OWN_RULES,
    "pairing_code": RowRule.OWN_RULES,
    "token": RowRule.OWN_RULES,
}

CLINIC_TABLES: Tables = {
    "access": RowRule.APPEND_ONLY,
    "allocation": RowRule.APPEND_ONLY,
    "attorney": RowRule.NEVER_DELETED,
    "books": RowRule.APPEND_ONLY,
    "cheque": RowRule.APPEND_ONLY,
    "clinic": RowRule.OWN_RULES,
    "document": RowRule.NEVER_CHANGED,
    "draft": RowRule.NEVER_DELETED,
    "exam_code": RowRule.APPEND_ONLY,
    "exam_code_withdrawal": RowRule.APPEND_ONLY,
    "facility": RowRule.NEVER_DELETED,
    "import_profile": RowRule.REPLACEABLE,
    "invoice": RowRule.OWN_RULES,
    "licence_attestation": RowRule.APPEND_ONLY,
    "missed_visit": RowRule.APPEND_ONLY,
    "missed_visit_withdrawal": RowRule.APPEND_ONLY,
    "patient": RowRule.NEVER_DELETED,
    "patient_case": RowRule.OWN_RULES,
    "pay_line": RowRule.APPEND_ONLY,
    "pay_run": RowRule.OWN_RULES,
    "payer": RowRule.NEVER_DELETED,
    "physician": RowRule.NEVER_DELETED,
    "price": RowRule.APPEND_ONLY,
    "price_withdrawal": RowRule.APPEND_ONLY,
    "provider": RowRule.NEVER_DELETED,
    "rate": RowRule.APPEND_ONLY,
    "rate_used": RowRule.APPEND_ONLY,
    "rate_withdrawal": RowRule.APPEND_ONLY,
    "request": RowRule.OWN_RULES,
    "service": RowRule.NEVER_DELETED,
    "status_word": RowRule.NEVER_DELETED,
    "step": RowRule.APPEND_ONLY,
    "transfer": RowRule.APPEND_ONLY,
    "visit_answer": RowRule.APPEND_ONLY,
}
