"""A statement of a case as its attorney may see it: every invoice with its lines, what is agreed and received, and the balance.

It is made of the values that the attorney's page shows, and knows no invoice of the books: the staff's statement of a case
is another paper (``case_statement``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.money import dollars
from server.papers.letterhead import letterhead
from server.papers.typesetting import set_paper

Pairs = Sequence[tuple[str, str]]
"""Labels with their values."""


@dataclass(frozen=True, slots=True)
class StatedInvoice:
    """An invoice of the statement. ``lines`` have code, description, units and amount; ``cheques`` are sentences."""

    number: str
    exam_date: date
    state: str
    lines: Sequence[tuple[str, str, str, str]]
    billed_cents: int
    agreed_cents: int | None
    received_cents: int
    outstanding_cents: int
    cheques: Sequence[str]


def set_attorney_statement(
    clinic: Clinic, attorney: str, facts: Pairs, invoices: Sequence[StatedInvoice], day: date
) -> bytes:
    """Return the PDF file of a case as it is on ``day``. ``facts`` are about the case; those without a value are left out."""
    data = {
        "title": "Case statement",
        "clinic": letterhead(clinic),
        "date": us(day),
        "attorney": attorney,
        "facts": [pair for pair in facts if pair[1]],
        "invoices": [_invoice_of(invoice) for invoice in invoices],
        "rows": [_row_of(invoice) for invoice in invoices],
        "totals": [
            dollars(sum(invoice.billed_cents for invoice in invoices)),
            dollars(sum(invoice.agreed_cents or 0 for invoice in invoices)),
            dollars(sum(invoice.received_cents for invoice in invoices)),
            dollars(sum(invoice.outstanding_cents for invoice in invoices)),
        ],
        "balance": dollars(sum(invoice.outstanding_cents for invoice in invoices)),
    }
    return set_paper("attorney_statement.typ", data, day)


def _row_of(invoice: StatedInvoice) -> list[str]:
    agreed = invoice.agreed_cents
    return [
        invoice.number,
        us(invoice.exam_date),
        invoice.state,
        dollars(invoice.billed_cents),
        "" if agreed is None else dollars(agreed),
        dollars(invoice.received_cents),
        dollars(invoice.outstanding_cents),
    ]


def _invoice_of(invoice: StatedInvoice) -> dict[str, object]:
    return {
        "name": f"{invoice.number}, exam on {us(invoice.exam_date)}",
        "lines": [list(line) for line in invoice.lines],
        "billed": dollars(invoice.billed_cents),
        "cheques": list(invoice.cheques),
    }
