"""Random histories of a clinic whose notes are signed late, and where other rows cannot be paid either.

It ends with all notes signed, all rows repaired and every month generated again.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from tests.ribbon.held_history import History, Row, Visit

UNSIGNED = "unsigned"
STATES = ("Draft", "No Note", None)
"""What the log says of a note that is not signed."""

ANSWER = {"note_signed_notestatus": "Signed"}


class NoteHistory(History):
    """A history whose logs have a column "Note status". A visit may be paid once it was right in a log."""

    def begin(self) -> None:
        """Let visits take place; most rows that are not right lack the signature."""
        super().begin()
        self.answers = dict(ANSWER)
        self.was_right: set[int] = set()
        for visit in self.visits:
            if visit.damage and (visit.damage not in {"status", "minutes"} or self.random.random() < 0.5):
                visit.damage = UNSIGNED

    def may_be_paid(self) -> Counter[tuple[str, str]]:
        """Return the cents of each day and provider for the visits whose row was right in at least one log so far."""
        return self._cents_of(self.visits[number] for number in self.was_right)

    def all_cents(self) -> Counter[tuple[str, str]]:
        """Return the cents of each day and provider for all visits."""
        return self._cents_of(self.visits)

    def paid_cents(self) -> Counter[tuple[str, str]]:
        """Return what closed runs paid for each day and provider, with what adjustments added or took back.

        Visits of a provider's day that only their amount tells apart may stand for one another until a log has both.
        """
        query = """
            SELECT day, provider, amount_cents FROM pay_line JOIN pay_run ON pay_run.id = run WHERE state = 'closed'
            UNION ALL
            SELECT day, provider, now_cents - was_cents FROM pay_adjustment JOIN pay_run ON pay_run.id = run
            WHERE state = 'closed' AND own_line IS NULL
        """
        cents = Counter[tuple[str, str]]()
        with closing(sqlite3.connect(self.ledger.folder / "clinics" / "lakeside.db")) as db:
            for day, provider, amount in db.execute(query):
                cents[day, provider] += amount
        return cents

    def _cents_of(self, visits: Iterable[Visit]) -> Counter[tuple[str, str]]:
        cents = Counter[tuple[str, str]]()
        for visit in visits:
            day, provider, amount = visit.paid_as
            cents[day, provider] += amount
        return cents

    def unlock(self) -> None:
        """Take the signature back from a visit, paid or not."""
        self.random.choice(self.visits).damage = UNSIGNED

    def _row(self, visit: Visit) -> Row:
        if not visit.damage:
            self.was_right.add(visit.number)
        state = STATES[visit.number % len(STATES)] if visit.damage == UNSIGNED else "Signed"
        return (*super()._row(visit)[:-1], state)

    @property
    def _headings(self) -> Sequence[str]:
        return (*super()._headings, "Note status")

    def _pressed(self, button: str, log: Sequence[Row] | None, inputs: dict[str, str]) -> dict[str, Any]:
        reply = super()._pressed(button, log, inputs)
        if button == "payroll.generate":
            figures = reply["figures"]
            outcomes = ("paid", "excluded", "held", "blocked", "already_paid")
            assert figures["rows_in"] == len(log or ()) == sum(figures[name] for name in outcomes)
        return reply
