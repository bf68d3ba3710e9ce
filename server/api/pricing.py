"""What is sent to be billed, at the clinic's prices."""

from collections.abc import Sequence
from datetime import date

from server.api.invoice_bodies import ExamBody, LineBody, as_exam
from server.billing.invoices.exams import drafts
from server.billing.invoices.invoice import Invoice, InvoiceLine
from server.billing.invoices.prices import PriceList
from server.errors import ExamsUnusable, Finding, NoPrices, Severity
from server.ledger.clinic_books import ClinicBooks


def price_list(books: ClinicBooks) -> PriceList:
    """Return the clinic's prices; refuses a clinic that has none."""
    setup = books.setup()
    if not setup.prices:
        raise NoPrices(setup.clinic.name)
    return PriceList(setup.prices, setup.exam_types)


def priced(
    invoice: Invoice, lines: Sequence[LineBody], prices: PriceList, today: date
) -> tuple[InvoiceLine, ...]:
    """Return lines of an invoice at the prices of its exam date and payer; refuses those that have none."""
    facts = invoice.facts
    shared = {name: getattr(facts, name) for name in ("exam_date", "patient", "case", "payer")}
    exams = [
        as_exam(place, ExamBody.model_construct(**shared, **line.model_dump()))
        for place, line in enumerate(lines, 1)
    ]
    made, findings = drafts(exams, prices, today)
    refuse_blocked(findings)
    return made[0].lines


def refuse_blocked(findings: Sequence[Finding]) -> None:
    """Refuse exams, or lines of one, that something keeps from being billed."""
    if blockers := [finding for finding in findings if finding.severity is Severity.BLOCKER]:
        raise ExamsUnusable(blockers)
