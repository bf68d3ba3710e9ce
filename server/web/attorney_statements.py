"""Turns a case as its attorney sees it into the statement of the case, a PDF file."""

from datetime import date

from server.billing.days import us
from server.billing.money import dollars
from server.operations.attorney_cases import AttorneyCheque, AttorneyInvoice, CaseStatement
from server.papers.attorney_statement import StatedInvoice, set_attorney_statement


def state_case(printed: CaseStatement, attorney: str, day: date) -> bytes:
    """Return the statement of a case as it is on ``day``."""
    case = printed.case
    facts = (
        ("Patient", case.patient),
        ("Case", case.name),
        ("Date of injury", us(case.injured_on) if case.injured_on else ""),
        ("Claim number", case.claim_number),
        ("Stage", case.stage),
    )
    return set_attorney_statement(
        printed.clinic, attorney, facts, [_stated_invoice(one) for one in case.invoices], day
    )


def _stated_invoice(invoice: AttorneyInvoice) -> StatedInvoice:
    return StatedInvoice(
        number=invoice.number,
        exam_date=invoice.exam_date,
        state=invoice.state,
        lines=[
            (line.code, line.description, str(line.units), dollars(line.total_cents))
            for line in invoice.lines
        ],
        billed_cents=invoice.billed_cents,
        agreed_cents=invoice.agreed_cents,
        received_cents=sum(cheque.amount_cents for cheque in invoice.cheques),
        outstanding_cents=invoice.outstanding_cents,
        cheques=[_cheque_words(cheque) for cheque in invoice.cheques],
    )


def _cheque_words(cheque: AttorneyCheque) -> str:
    return (
        f"Cheque {cheque.number} of {us(cheque.cheque_date)} from {cheque.paying_party}, received on "
        f"{us(cheque.received_date)}: {dollars(cheque.amount_cents)} for this invoice."
    )
