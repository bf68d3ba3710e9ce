"""Invoices to send to a payer, one or many in one file, each with its own pages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Invoice, InvoiceLine, State
from server.billing.money import THOUSAND, dollars
from server.papers.letterhead import letterhead
from server.papers.letters import has_unprintable
from server.papers.typesetting import set_paper

Pair = tuple[str, str]


def set_invoices(
    clinic: Clinic, invoices: Sequence[Invoice], injuries: Mapping[str, Injury], day: date
) -> bytes:
    """Return the PDF file of these invoices, in their order. ``injuries`` are those of their cases, by invoice number."""
    data = {
        "title": f"Invoice {invoices[0].number}" if len(invoices) == 1 else f"{len(invoices):,} invoices",
        "clinic": letterhead(clinic),
        "invoices": [_as_printed(invoice, injuries.get(invoice.number, Injury())) for invoice in invoices],
    }
    return set_paper("invoices.typ", data, day)


def unprintable_invoices(invoices: Sequence[Invoice]) -> list[str]:
    """Return the numbers of the invoices with a letter that the fonts may not have."""
    return [invoice.number for invoice in invoices if any(map(has_unprintable, _texts_of(invoice)))]


def invoices_file_name(invoices: Sequence[Invoice]) -> str:
    """Return the name of the file, without its ending: ``INV-000001``, ``Invoices INV-000001 and 3 more``."""
    first, more = invoices[0].number, len(invoices) - 1
    return f"Invoices {first} and {more} more" if more else first


def total_charges(invoice: Invoice) -> int:
    """Return the sum of an invoice's lines in cents, also of a voided one, which bills nothing anymore."""
    return sum(line.total_cents for line in invoice.lines)


def _texts_of(invoice: Invoice) -> Iterator[str]:
    facts = invoice.facts
    yield from (facts.patient, facts.case, facts.payer, facts.attorney, facts.facility, facts.physician)
    for line in invoice.lines:
        yield from (line.code, line.description)


def _as_printed(invoice: Invoice, injury: Injury) -> dict[str, object]:
    facts = invoice.facts
    about: tuple[Pair, ...] = (
        ("Patient", facts.patient),
        ("Case", facts.case),
        ("Claim number", injury.claim_number),
        ("Date of injury", us(injury.injured_on) if injury.injured_on else ""),
        ("Exam date", us(facts.exam_date)),
        ("Physician", facts.physician),
        ("Facility", facts.facility),
        ("Attorney", facts.attorney),
    )
    return {
        "number": invoice.number,
        "date": us(facts.created),
        "is_void": invoice.state is State.VOIDED,
        "bill_to": facts.payer,
        "facts": [pair for pair in about if pair[1]],
        "lines": [_line_as_printed(line) for line in invoice.lines],
        "amounts": list(_amounts(invoice)),
        "balance": dollars(invoice.balance_cents),
    }


def _line_as_printed(line: InvoiceLine) -> dict[str, str]:
    return {
        "code": line.code,
        "description": line.description,
        "units": f"{line.units:,}",
        "price": dollars(line.unit_price_cents),
        "sides": sides_in_words(line.multiplier_thousandths),
        "total": dollars(line.total_cents),
    }


def sides_in_words(multiplier_thousandths: int) -> str:
    """Return how both sides are billed: ``× 1.5``, or "" for one side."""
    return "" if multiplier_thousandths == THOUSAND else f"× {multiplier_thousandths / THOUSAND:g}"


def _amounts(invoice: Invoice) -> Iterator[Pair]:
    """Yield the amounts from the total charges down; with the balance they add up."""
    yield "Total charges", dollars(total_charges(invoice))
    if invoice.state is State.VOIDED:
        yield "Voided", dollars(-total_charges(invoice))
        return
    if invoice.agreed_cents is not None:
        yield "Agreed amount", dollars(invoice.agreed_cents)
    for label, cents in (
        ("Reduction agreed", invoice.reduction_cents),
        ("Payments received", invoice.collected_cents),
        ("Written off", invoice.written_off_cents),
    ):
        if cents:
            yield label, dollars(-cents)
