"""What may happen to the rows of each table, and how each row gets into the journal. Triggers are made from these lists.

Every new table must be added to both lists, or to the tables outside the journal; a test compares them
with the tables of a new file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    "counted_event": RowRule.REPLACEABLE,
    "device_request": RowRule.OWN_RULES,
    "identity_account": RowRule.OWN_RULES,
    "emergency_access": RowRule.OWN_RULES,
    "journal": RowRule.APPEND_ONLY,
    "journal_head": RowRule.NEVER_DELETED,
    "journal_pending": RowRule.REPLACEABLE,
    "pairing_code": RowRule.OWN_RULES,
    "password_link": RowRule.OWN_RULES,
    "program_token": RowRule.OWN_RULES,
    "recorded_name": RowRule.APPEND_ONLY,
    "sealing_key": RowRule.REPLACEABLE,
    "second_factor": RowRule.REPLACEABLE,
    "session": RowRule.OWN_RULES,
    "session_use": RowRule.REPLACEABLE,
    "token": RowRule.OWN_RULES,
    "user": RowRule.OWN_RULES,
    "user_change": RowRule.APPEND_ONLY,
}

CLINIC_TABLES: Tables = {
    "access": RowRule.APPEND_ONLY,
    "allocation": RowRule.APPEND_ONLY,
    "attorney": RowRule.NEVER_DELETED,
    "books": RowRule.APPEND_ONLY,
    "carried_forward": RowRule.APPEND_ONLY,
    "case_attorney": RowRule.APPEND_ONLY,
    "case_record": RowRule.APPEND_ONLY,
    "cheque": RowRule.APPEND_ONLY,
    "clinic": RowRule.OWN_RULES,
    "document": RowRule.NEVER_CHANGED,
    "draft": RowRule.NEVER_DELETED,
    "exam_code": RowRule.APPEND_ONLY,
    "exam_code_withdrawal": RowRule.APPEND_ONLY,
    "facility": RowRule.NEVER_DELETED,
    "finding_seen": RowRule.APPEND_ONLY,
    "hours_line": RowRule.APPEND_ONLY,
    "held_visit": RowRule.APPEND_ONLY,
    "held_visit_decision": RowRule.APPEND_ONLY,
    "held_visit_outcome": RowRule.APPEND_ONLY,
    "import_profile": RowRule.REPLACEABLE,
    "invoice": RowRule.OWN_RULES,
    "journal": RowRule.APPEND_ONLY,
    "journal_pending": RowRule.REPLACEABLE,
    "licence_attestation": RowRule.APPEND_ONLY,
    "missed_visit": RowRule.APPEND_ONLY,
    "missed_visit_withdrawal": RowRule.APPEND_ONLY,
    "patient": RowRule.NEVER_DELETED,
    "patient_case": RowRule.OWN_RULES,
    "group_session": RowRule.APPEND_ONLY,
    "group_session_withdrawal": RowRule.APPEND_ONLY,
    "pay_adjustment": RowRule.APPEND_ONLY,
    "share_rule": RowRule.APPEND_ONLY,
    "share_rule_withdrawal": RowRule.APPEND_ONLY,
    "supervision": RowRule.APPEND_ONLY,
    "supervision_withdrawal": RowRule.APPEND_ONLY,
    "pay_item": RowRule.APPEND_ONLY,
    "pay_item_line": RowRule.APPEND_ONLY,
    "pay_item_withdrawal": RowRule.APPEND_ONLY,
    "pay_line": RowRule.APPEND_ONLY,
    "pay_line_total": RowRule.APPEND_ONLY,
    "pay_plan": RowRule.APPEND_ONLY,
    "pay_plan_withdrawal": RowRule.APPEND_ONLY,
    "pay_run": RowRule.OWN_RULES,
    "payer": RowRule.NEVER_DELETED,
    "payer_contact": RowRule.APPEND_ONLY,
    "payer_contact_withdrawal": RowRule.APPEND_ONLY,
    "reminder_level": RowRule.APPEND_ONLY,
    "reminder_level_withdrawal": RowRule.APPEND_ONLY,
    "mail_text": RowRule.APPEND_ONLY,
    "mail_text_withdrawal": RowRule.APPEND_ONLY,
    "mail_message": RowRule.APPEND_ONLY,
    "mail_invoice": RowRule.APPEND_ONLY,
    "mail_outcome": RowRule.APPEND_ONLY,
    "payment_line": RowRule.APPEND_ONLY,
    "physician": RowRule.NEVER_DELETED,
    "plan_line": RowRule.APPEND_ONLY,
    "price": RowRule.APPEND_ONLY,
    "price_withdrawal": RowRule.APPEND_ONLY,
    "provider": RowRule.NEVER_DELETED,
    "rate": RowRule.APPEND_ONLY,
    "rate_acceptance": RowRule.APPEND_ONLY,
    "rate_used": RowRule.APPEND_ONLY,
    "rate_withdrawal": RowRule.APPEND_ONLY,
    "reminder": RowRule.OWN_RULES,
    "reminder_decision": RowRule.APPEND_ONLY,
    "request": RowRule.OWN_RULES,
    "service": RowRule.NEVER_DELETED,
    "status_answer": RowRule.APPEND_ONLY,
    "status_request": RowRule.APPEND_ONLY,
    "status_word": RowRule.NEVER_DELETED,
    "step": RowRule.APPEND_ONLY,
    "transfer": RowRule.APPEND_ONLY,
    "unallocated_payment": RowRule.APPEND_ONLY,
    "vanished_answer": RowRule.APPEND_ONLY,
    "visit_answer": RowRule.APPEND_ONLY,
}


@dataclass(frozen=True, slots=True)
class JournalRule:
    """How the rows of a table get into the journal.

    ``key`` is the column that names a row, and ``order`` the order of the rows that share a key. ``columns`` are the
    columns in the digest, all of them if empty. A growing table only gets rows with higher keys, so that one entry covers
    all rows of a transaction. ``marked_if`` is a condition on a new row: the others are marked together with it.
    """

    key: str = "id"
    order: str = ""
    columns: tuple[str, ...] = ()
    is_growing: bool = False
    marked_if: str = ""

    def __post_init__(self) -> None:
        if not self.order:
            object.__setattr__(self, "order", self.key)


Journal = Mapping[str, JournalRule]

BY_ID = JournalRule()

FIRM_JOURNAL: Journal = {
    "_sqlite_migrations": BY_ID,
    "access": BY_ID,
    "clinic": BY_ID,
    "pairing_code": JournalRule("digest"),
    "token": JournalRule("digest"),
    "user": BY_ID,
    "recorded_name": JournalRule("name"),
    "user_change": BY_ID,
    "second_factor": JournalRule("user"),
    "session": JournalRule("digest"),
    "program_token": JournalRule("digest"),
    "password_link": JournalRule("digest"),
    "device_request": JournalRule("digest"),
    "identity_account": BY_ID,
    "emergency_access": BY_ID,
}

CLINIC_JOURNAL: Journal = {
    "_sqlite_migrations": BY_ID,
    "books": JournalRule("only_row"),
    "clinic": BY_ID,
    "provider": BY_ID,
    "service": BY_ID,
    "status_word": BY_ID,
    "rate": BY_ID,
    "rate_withdrawal": BY_ID,
    "missed_visit": BY_ID,
    "missed_visit_withdrawal": BY_ID,
    "group_session": BY_ID,
    "group_session_withdrawal": BY_ID,
    "share_rule": BY_ID,
    "share_rule_withdrawal": BY_ID,
    "supervision": BY_ID,
    "supervision_withdrawal": BY_ID,
    "pay_item": BY_ID,
    "pay_item_withdrawal": BY_ID,
    "pay_plan": BY_ID,
    "pay_plan_withdrawal": BY_ID,
    "payer_contact": BY_ID,
    "payer_contact_withdrawal": BY_ID,
    "reminder_level": BY_ID,
    "reminder_level_withdrawal": BY_ID,
    "mail_text": BY_ID,
    "mail_text_withdrawal": BY_ID,
    "price": BY_ID,
    "price_withdrawal": BY_ID,
    "exam_code": BY_ID,
    "exam_code_withdrawal": BY_ID,
    "licence_attestation": BY_ID,
    "import_profile": JournalRule("only_row"),
    "pay_run": BY_ID,
    "draft": JournalRule("run"),
    "rate_used": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "pay_line": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "pay_line_total": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "pay_adjustment": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "carried_forward": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "pay_item_line": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "plan_line": JournalRule("run", "place"),
    "hours_line": JournalRule("run", "place"),
    "payment_line": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "unallocated_payment": JournalRule("run", "place", marked_if="NEW.place = 0"),
    "visit_answer": BY_ID,
    "vanished_answer": JournalRule(is_growing=True),
    "rate_acceptance": JournalRule(is_growing=True),
    "finding_seen": JournalRule(is_growing=True),
    "held_visit": BY_ID,
    "held_visit_outcome": BY_ID,
    "held_visit_decision": BY_ID,
    "patient": BY_ID,
    "payer": BY_ID,
    "attorney": BY_ID,
    "facility": BY_ID,
    "physician": BY_ID,
    "patient_case": BY_ID,
    "case_record": JournalRule(is_growing=True),
    "case_attorney": JournalRule(is_growing=True),
    "status_request": JournalRule(is_growing=True),
    "status_answer": JournalRule(is_growing=True),
    "reminder": BY_ID,
    "reminder_decision": JournalRule(is_growing=True),
    "mail_message": JournalRule(is_growing=True),
    "mail_invoice": JournalRule("message", "place", marked_if="NEW.place = 0"),
    "mail_outcome": JournalRule(is_growing=True),
    "step": JournalRule(columns=("id", "hash"), is_growing=True),
    "cheque": JournalRule(is_growing=True),
    "allocation": JournalRule("step", is_growing=True),
    "document": JournalRule("digest"),
    "request": BY_ID,
    "access": BY_ID,
}
"""Steps have a hash of their own, which covers their transfers; the journal holds that hash."""

OUTSIDE_THE_JOURNAL: Mapping[str, str] = {
    "invoice": "is added up again from its steps",
    "transfer": "is in the hash of its step",
    "journal": "is the journal",
    "journal_pending": "is empty after each commit",
    "journal_head": "holds what other files say of themselves, and is compared with them",
    "session_use": "only says when a session was last used, which changes all day",
    "counted_event": "only counts failed attempts to sign in and the like, for some minutes",
    "sealing_key": "has keys that seal cookies for an hour",
}
"""Tables without entries, and why they need none."""

NOT_VERIFIED = frozenset({"counted_event", "sealing_key", "session_use"})
"""Tables that nothing vouches for. They hold nothing that was recorded."""
