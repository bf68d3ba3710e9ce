"""A statement of a case for the attorney: all its invoices with their states and amounts."""

from collections.abc import Mapping, Sequence
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Invoice
from server.billing.money import dollars
from server.billing.receivables.statement_of_account import STATES
from server.papers.letterhead import letterhead
from server.papers.typesetting import set_paper


def set_case_statement(
    clinic: Clinic, invoices: Sequence[Invoice], injuries: Mapping[str, Injury], day: date
) -> bytes:
    """Return the PDF file of a case: its invoices in their order, as they are on ``day``."""
    latest = invoices[-1].facts
    injury = injuries.get(latest.number, Injury())
    attorneys = dict.fromkeys(invoice.facts.attorney for invoice in invoices if invoice.facts.attorney)
    about = (
        ("Patient", latest.patient),
        ("Case", latest.case),
        ("Date of injury", us(injury.injured_on) if injury.injured_on else ""),
        ("Claim number", injury.claim_number),
    )
    data = {
        "title": "Case statement",
        "clinic": letterhead(clinic),
        "date": us(day),
        "attorneys": list(attorneys),
        "facts": [pair for pair in about if pair[1]],
        "invoices": [_row_of(invoice) for invoice in invoices],
        "totals": _totals_of(invoices),
        "balance": dollars(sum(invoice.balance_cents for invoice in invoices)),
    }
    return set_paper("case_statement.typ", data, day)


def case_file_name(invoices: Sequence[Invoice]) -> str:
    """Return the name of the file, without its ending. It names an invoice of the case, and no patient."""
    return f"Case statement {invoices[0].number}"


def _row_of(invoice: Invoice) -> list[str]:
    agreed = invoice.agreed_cents
    return [
        invoice.number,
        us(invoice.facts.exam_date),
        invoice.facts.payer,
        STATES[invoice.state],
        dollars(invoice.billed_cents),
        "" if agreed is None else dollars(agreed),
        dollars(invoice.collected_cents),
        dollars(invoice.balance_cents),
    ]


def _totals_of(invoices: Sequence[Invoice]) -> list[str]:
    """Return the totals of billed, agreed, collected and balance. What is not agreed yet is not in the second."""
    return [
        dollars(sum(amounts))
        for amounts in (
            [invoice.billed_cents for invoice in invoices],
            [invoice.agreed_cents or 0 for invoice in invoices],
            [invoice.collected_cents for invoice in invoices],
            [invoice.balance_cents for invoice in invoices],
        )
    ]
