"""What an export has of each invoice, and what all of them come to (rule: receivables#export)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

COLUMNS = (
    "Invoice", "Patient", "Exam date", "Facility", "Physician", "Payer", "Codes", "Billed", "Reduction", "Agreed",
    "Collected", "Cheque number", "Cheque date", "State",
)  # fmt: skip
"""The headings, in the order of the columns of ``ExportedInvoices``."""

BETWEEN = "; "
"""What separates the codes of an invoice, and the numbers of its cheques."""

MOST_ROWS = 1_048_575
"""The most invoices that a sheet of Excel has room for, below the headings."""


class ExportFormat(StrEnum):
    """What an export is made as."""

    CSV = "csv"
    XLSX = "xlsx"
    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    JOURNAL_CSV = "journal-csv"

    @property
    def is_journal(self) -> bool:
        """Return whether it has movements of money in place of invoices."""
        return self not in {ExportFormat.CSV, ExportFormat.XLSX}


class ExportedInvoices(NamedTuple):
    """Invoices as they are exported, column by column: place i of each column is invoice i. Amounts are cents, days are texts such as ``2026-10-05``.

    ``agreed_cents`` is ``None`` while nothing is agreed. ``cheque_numbers`` are those of the cheques in force, in the order
    in which they were recorded, and ``cheque_dates`` the latest of their dates, "" if there is none. ``states`` are labels.
    """

    numbers: Sequence[str]
    patients: Sequence[str]
    exam_dates: Sequence[str]
    facilities: Sequence[str]
    physicians: Sequence[str]
    payers: Sequence[str]
    codes: Sequence[str]
    billed_cents: Sequence[int]
    reduction_cents: Sequence[int]
    agreed_cents: Sequence[int | None]
    collected_cents: Sequence[int]
    cheque_numbers: Sequence[str]
    cheque_dates: Sequence[str]
    states: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExportTotals:
    """How many invoices an export has, and their amounts in cents."""

    invoices: int
    billed_cents: int
    reduction_cents: int
    agreed_cents: int
    collected_cents: int
    balance_cents: int
