"""Which visit a payment is for: exactly one, or none and the reason (rule: pay-runs#unallocated)."""

from collections.abc import Collection, Mapping

from server.billing.days import us
from server.billing.names import fold
from server.billing.payroll.payment_sheet import Payment
from server.billing.payroll.payment_visits import KnownVisit, KnownVisits
from server.errors import count_of

NO_VISIT_NAMED = (
    "The row names no visit: it has neither an appointment ID nor a patient and a day of service."
)
NO_VISIT_OF_ID = "No visit with this appointment ID is in this log or in an approved run."
NO_VISIT_OF_PATIENT = "No visit of this patient on this day is in this log or in an approved run."
UNKNOWN_PROVIDER = "The provider of this row is not in the setup."


def visit_of_payment(payment: Payment, visits: KnownVisits, people: Mapping[str, str]) -> KnownVisit | str:
    """Return the one visit that a payment is for, else the reason why there is none.

    ``people`` maps folded spellings to the names of providers. A visit with a problem is returned if a closed run has it,
    because money that goes back for it reduces pay.
    """
    named = visits.named_by(payment)
    if not named:
        return _why_unknown(payment)
    if payment.provider:
        provider = people.get(fold(payment.provider))
        if provider is None:
            return UNKNOWN_PROVIDER
        named, others = [one for one in named if one.provider == provider], named
        if not named:
            return f"The visit is one of {others[0].provider or 'another provider'}, not of {provider}."
    if payment.appointment and payment.visit_day:
        named, others = [one for one in named if one.day == payment.visit_day], named
        if not named:
            return f"The visit with this appointment ID was on {us(others[0].day)}, not on {us(payment.visit_day)}."
    return _only_one(named)


def _why_unknown(payment: Payment) -> str:
    """Return why no visit is found for a payment."""
    listed = [one for one in payment.appointment.replace(",", ";").split(";") if one.strip()]
    if len(listed) > 1:
        return _not_split(len(listed))
    if listed:
        return NO_VISIT_OF_ID
    return NO_VISIT_OF_PATIENT if payment.patient_key and payment.visit_day else NO_VISIT_NAMED


def _not_split(visits: int) -> str:
    return f"It is for {count_of(visits, 'visit')}, and nothing says how it is split."


def _only_one(named: Collection[KnownVisit]) -> KnownVisit | str:
    usable = [one for one in named if not one.problem]
    if len(usable) > 1:
        return _not_split(len(usable))
    if usable:
        return usable[0]
    closed = [one for one in named if one.of_place is not None]
    if len(closed) == 1:
        return closed[0]
    return next(iter(named)).problem
