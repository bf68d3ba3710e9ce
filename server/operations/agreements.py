"""What is agreed for an invoice, compared with the record of its case (rule: people#pro-rata)."""

from collections.abc import Iterator, Mapping

from server.billing.invoices.invoice import Action
from server.billing.invoices.pro_rata import AgreementLimits, agreement_limits
from server.billing.invoices.step_batches import Batch
from server.billing.money import dollars
from server.errors.case_findings import AboveLetterCap, BelowProRata
from server.errors.finding_facts import FindingFacts
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def check_agreements(session: Session, batch: Batch) -> dict[int, AgreementLimits]:
    """Return what each amount that a row agrees on is compared with, by row. Nothing is read if no row agrees."""
    agreeing = {
        step.number: (row, step) for row, step in batch.decided.items() if step.action is Action.AGREE
    }
    if not agreeing:
        return {}
    found: dict[int, AgreementLimits] = {}
    with session.reading() as books:
        cases = books.case_records.cases_of_invoices(list(agreeing))
        records = books.case_records.of_cases(list(cases), session.today)
        standing = books.invoices.with_numbers([number for numbers in cases.values() for number in numbers])
    for case_id, numbers in cases.items():
        invoices = [batch.invoices.get(number) or standing[number] for number in numbers]
        agreed = {
            number: (step.request.amount_cents or 0, step.day)
            for number, (_, step) in agreeing.items()
            if number in numbers
        }
        for one in agreement_limits(records[case_id], invoices, agreed):
            found[agreeing[one.number][0]] = one
    return found


def limit_findings(limits: AgreementLimits) -> Iterator[FindingFacts]:
    """Yield the findings about an agreed amount: below our share, or above the letter's cap."""
    if limits.is_below_share:
        agreed, share = dollars(limits.agreed_cents), dollars(limits.share_cents or 0)
        yield BelowProRata(agreed=agreed, share=share, invoice=limits.number)
    if limits.is_above_cap:
        agreed, cap = dollars(limits.case_agreed_cents), dollars(limits.cap_cents or 0)
        yield AboveLetterCap(invoice=limits.number, agreed=agreed, cap=cap)


def shares_by_invoice(limits: Mapping[int, AgreementLimits]) -> dict[str, int]:
    """Return our share of each invoice that is agreed on, in cents, where it is known."""
    return {one.number: one.share_cents for one in limits.values() if one.share_cents is not None}
