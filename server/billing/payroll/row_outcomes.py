"""The outcomes of the rows of a log: which rows are still open, the outcomes of the others, and the reasons.

Every row ends with exactly one outcome, so nothing can be lost (rule: payroll#nothing-is-lost). A row may get several
findings, so that a biller sees everything that is wrong with it at once.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from server.billing.payroll.appointment_log import AppointmentLog, CodedText, Column, Ints, Mask, Rows
from server.billing.payroll.pay_run import Outcome
from server.errors import Finding, FindingFacts, ValueFinding

OPEN = -1
OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True, eq=False)
class RowOutcomes:
    """The decisions of one stage of a pay run about every row of a log. They never change.

    ``outcomes`` are positions in OUTCOMES, ``reasons`` in ``sentences``; OPEN for a row without an outcome.
    """

    log: AppointmentLog
    outcomes: Ints
    reasons: Ints
    sentences: tuple[str, ...]
    findings: tuple[Finding, ...]


class RowDecisions:
    """The decisions of a stage while it works: a copy of the stage before, which no other stage changes."""

    def __init__(self, before: RowOutcomes) -> None:
        self.log = before.log
        self.findings: list[Finding] = list(before.findings)
        self.outcomes: Ints = before.outcomes.copy()
        self.reasons: Ints = before.reasons.copy()
        self.sentences: list[str] = list(before.sentences)

    @classmethod
    def of_log(cls, log: AppointmentLog) -> Self:
        """Begin with a log whose rows are all undecided."""
        nothing: Ints = np.full(len(log), OPEN, dtype=np.int64)
        return cls(RowOutcomes(log, nothing, nothing, (), tuple(log.findings)))

    def finish(self) -> RowOutcomes:
        """Return the decisions for the stages that follow."""
        for codes in (self.outcomes, self.reasons):
            codes.setflags(write=False)
        return RowOutcomes(self.log, self.outcomes, self.reasons, tuple(self.sentences), tuple(self.findings))

    @property
    def open(self) -> Mask:
        """Return the rows without an outcome."""
        still_open: Mask = self.outcomes == OPEN
        return still_open

    def set_aside(self, rows: Rows, outcome: Outcome, reason: str) -> None:
        """Give the open rows among ``rows`` an outcome, with the reason in words."""
        rows = _positions(rows)
        rows = rows[self.outcomes[rows] == OPEN]
        if len(rows):
            self.outcomes[rows] = OUTCOMES.index(outcome)
            self.reasons[rows] = len(self.sentences)
            self.sentences.append(reason)

    def remark(self, what: FindingFacts, rows: Rows, column: str | Column) -> Finding | None:
        """Add a finding about a column's cells in some rows, if there are any."""
        rows = _positions(rows)
        if not len(rows):
            return None
        if isinstance(column, str):
            column = self.log.column(column)
        finding = Finding(
            what,
            self.log.facts.sheet,
            self.log.rows[rows].tolist(),
            column.position,
            column.heading,
        )
        self.findings.append(finding)
        return finding

    def block(self, what: FindingFacts, rows: Rows, column: str | Column) -> None:
        """Add a finding and remember that its rows cannot be paid.

        The rows stay open until ``close_blocked``, so that they can get further findings.
        """
        rows = _positions(rows)
        finding = self.remark(what, rows, column)
        if finding:
            self.reasons[rows[self.reasons[rows] == OPEN]] = len(self.sentences)
            self.sentences.append(finding.message)

    def block_each(self, kind: type[ValueFinding], mask: Mask, field: str, words: CodedText) -> None:
        """Block the masked rows with one finding per spelling."""
        for value, rows in words.among(mask):
            self.block(kind(value), rows, field)

    def close_blocked(self) -> None:
        """Give every open row that has a blocker the outcome blocked."""
        blocked = self.open & (self.reasons != OPEN)
        self.outcomes[blocked] = OUTCOMES.index(Outcome.BLOCKED)

    def payable_so_far(self) -> Mask:
        """Return the open rows without a blocker so far."""
        payable: Mask = self.open & (self.reasons == OPEN)
        return payable


def _positions(rows: Rows) -> Ints:
    return np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64, copy=False)
