"""What is owed by age, now or as of a past day (rule: receivables#aging)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.billing.days import us
from server.billing.receivables.aging import (
    Aging,
    AgingBasis,
    AgingGroup,
    OpenInvoices,
    buckets_for,
    buckets_owed,
    first_days,
    parties_owed,
)
from server.errors import FutureAsOf, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.receivables.aging import AgingQuestion
from server.operations.invoice_filters import OPEN, states_named
from server.operations.operation import operation
from server.operations.session import Session

NARROWED_BY = ("payer", "attorney", "facility")
"""The parties to whose invoices an aging can be narrowed."""


@dataclass(frozen=True, slots=True)
class AskedAging:
    """What a person asks: no ``as_of`` means today. ``groups`` are those to add up by, at least one.

    ``states`` are words as in ``states_named``: no state means all that can owe something. ``spellings`` are those of parties by the
    names in ``NARROWED_BY``.
    """

    as_of: date | None = None
    basis: AgingBasis = AgingBasis.CREATED
    groups: Sequence[AgingGroup] = (AgingGroup.PAYER,)
    states: Collection[str] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    is_divided: bool = False


@operation(FutureAsOf)
def show_aging(session: Session, asked: AskedAging) -> Aging:
    """Return what is owed by age. Raises FutureAsOf."""
    question = _question_of(session, asked)
    with session.reading() as books:
        found = _aging_of(books, asked, question)
    session.record_view("show aging", _view_words(found))
    return found


@operation(FutureAsOf)
def list_aging(session: Session, asked: AskedAging) -> tuple[Aging, OpenInvoices]:
    """Return what is owed by age, and every invoice that it counts. Raises FutureAsOf."""
    question = _question_of(session, asked)
    with session.reading() as books:
        found, invoices = _aging_of(books, asked, question), books.aging.open_invoices(question)
    session.record_view("list aging", _view_words(found))
    return found, invoices


def _question_of(session: Session, asked: AskedAging) -> AgingQuestion:
    today = session.today
    as_of = asked.as_of or today
    if as_of > today:
        raise FutureAsOf(us(as_of), us(today))
    # What is settled owes nothing, so “open” narrows nothing; of the credit that settled invoices hold, nothing may get lost.
    states = () if OPEN in asked.states else states_named(asked.states)
    payer, attorney, facility = (asked.spellings.get(name, "") for name in NARROWED_BY)
    narrowed = InvoiceFilter(states=states, payer=payer, attorney=attorney, facility=facility)
    days = first_days(buckets_for(is_divided=asked.is_divided), as_of)
    return AgingQuestion(as_of, days, asked.basis, narrowed, is_past=as_of < today)


def _aging_of(books: ClinicBooks, asked: AskedAging, question: AgingQuestion) -> Aging:
    buckets = buckets_for(is_divided=asked.is_divided)
    totals = {group: books.aging.totals(question, group) for group in asked.groups}
    every, credit = totals[asked.groups[0]], books.aging.credit(question)
    return Aging(
        question.as_of,
        question.basis,
        buckets,
        buckets_owed(every, buckets),
        {group: parties_owed(found, buckets) for group, found in totals.items()},
        credit.balance_cents,
        credit.invoices,
        sum(one.without_basis for one in every),
    )


def _view_words(found: Aging) -> str:
    """Return what the access log says of an aging: a day and a count, no name of anybody."""
    return f"{count_of(found.total.invoices, 'invoice')} as of {found.as_of.isoformat()}"


def figures_of(aging: Aging) -> dict[str, Any]:
    """Return an aging as the figures of the button and of REST have it (docs/contracts.md#clicks)."""
    return {
        "as_of": aging.as_of.isoformat(),
        "basis": aging.basis.value,
        "invoices": aging.total.invoices,
        "balance_cents": aging.total.balance_cents,
        "buckets": [
            {
                "from": bucket.first,
                "to": bucket.last,
                "risk": bucket.risk,
                "invoices": owed.invoices,
                "balance_cents": owed.balance_cents,
            }
            for bucket, owed in zip(aging.buckets, aging.owed, strict=True)
        ],
        "groups": [
            {
                "by": group.value,
                "name": party.name,
                "invoices": party.total.invoices,
                "balance_cents": party.total.balance_cents,
                "buckets": [owed.balance_cents for owed in party.buckets],
            }
            for group, parties in aging.groups.items()
            for party in parties
        ],
        "unapplied_cents": aging.unapplied_cents,
        "net_cents": aging.net_cents,
        "without_basis": aging.without_basis,
    }
