"""Payroll: which appointments are paid, how much, and what became of every other row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from server.billing.clinics import Clinic
from server.billing.payroll.run_columns import PaidLines, UnpaidRows
from server.errors import Finding


class Outcome(StrEnum):
    """What became of a row of the log. Every row has exactly one."""

    PAID = "paid"
    EXCLUDED = "excluded"
    HELD = "held"
    BLOCKED = "blocked"
    ALREADY_PAID = "already paid"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PaidEarlier:
    """How many visits of a log one closed run has paid, and with how much in all."""

    run_id: str
    visits: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class RateUsed:
    """A rate that paid at least one line. ``basis`` is a pay basis, or "flat" / "% of rate"
    for a missed visit. ``amount`` is cents, or parts per million where ``is_share``.
    """

    provider: str
    service: str
    basis: str
    amount: int
    is_share: bool
    effective_from: date
    note: str
    lines: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What the sheet was made of, for the Reconciliation sheet. Counts are sheet rows."""

    workbook: str
    sheet: str
    header_row: int
    title_rows: int
    repeated_headers: int
    totals_rows: int
    blank_rows: int
    hidden_rows: int
    headings: Mapping[str, str] = field(default_factory=dict)
    """Field -> the heading(s) it was read from, in words ("Paid (column K) + Paid (column M)")."""
    date_system: int = 1900
    """1900 or 1904: from which year the workbook counts its days, and ours for it must."""
    dates_read: str = ""
    """In which order the dates were read and how that was known, in words ("month first (answered)")."""
    unread: tuple[tuple[str, str], ...] = ()
    """Heading and letter of each column that was not read."""
    furniture: Mapping[str, int] = field(default_factory=dict)
    """Every other kind of row below the headings that is no appointment, in words -> how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class PayRun:
    """A finished run, ready to be written as sheets and recorded: every row of the log is in ``lines`` or ``unpaid``."""

    id: str
    clinic: Clinic
    period: Period
    log: LogFacts
    lines: PaidLines
    unpaid: UnpaidRows
    rates_used: tuple[RateUsed, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    paid_earlier: tuple[PaidEarlier, ...] = ()
    """What closed runs have paid of this log, in the order of their ids. Such rows are *already paid*."""
    _counts: Counter[str] = field(init=False, repr=False)
    """How many unpaid rows had each outcome: counted once, asked for on every sheet."""

    def __post_init__(self) -> None:
        """Count the rows that are not paid by their outcome."""
        outcomes = self.unpaid.outcome.astype("category").cat
        counts = np.bincount(outcomes.codes[outcomes.codes >= 0], minlength=len(outcomes.categories))
        counted = Counter(dict(zip(outcomes.categories.tolist(), counts.tolist(), strict=True)))
        object.__setattr__(self, "_counts", counted)

    @property
    def paid_cents(self) -> int:
        """Return the sum of all lines."""
        return int(self.lines.amount_cents.sum())

    def count(self, outcome: Outcome) -> int:
        """Return how many rows of the log had this outcome."""
        if outcome is Outcome.PAID:
            return len(self.lines)
        return self._counts[outcome.value]

    @property
    def rows_in(self) -> int:
        """Return how many appointments the log held."""
        return len(self.lines) + len(self.unpaid)

    @property
    def is_draft_with_blockers(self) -> bool:
        """Return whether rows are still waiting for a person, so the sheets say DRAFT loudly."""
        return self.count(Outcome.BLOCKED) > 0
