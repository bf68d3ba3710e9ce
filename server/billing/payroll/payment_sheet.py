"""A payments sheet as the rules see it: rows that were read, rows that could not be, and what identifies a payment."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from server.billing.names import fold
from server.billing.payroll.appointment_log import NOWHERE, Column
from server.billing.payroll.payment_lines import PaymentKind
from server.billing.payroll.visit_identity import BY_ID, fold_id
from server.errors import Finding

_SEPARATOR = "\x1f"

BY_PAYMENT_ID = "likeness-id"
"""The prefix of the likeness of a payment with an ID."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One row of a payments sheet. ``cents`` is below 0 where money goes back, whatever sign the sheet uses.

    ``row`` is the Excel row. ``patient_key`` is a digest, ``visit_day`` the date of service; ``appointment``, ``provider``,
    ``payer`` and ``payment_id`` are as in the sheet. What the sheet does not have is "" or ``None``.
    """

    row: int
    day: date
    cents: int
    kind: PaymentKind
    appointment: str = ""
    patient_key: str = ""
    visit_day: date | None = None
    provider: str = ""
    payer: str = ""
    payment_id: str = ""

    @property
    def named_visit(self) -> str:
        """Return what the row names its visit by: the folded appointment ID, else the patient's key, day and provider."""
        if self.appointment:
            return BY_ID + fold_id(self.appointment)
        return _SEPARATOR.join((self.patient_key, str(self.visit_day or ""), fold(self.provider)))


@dataclass(frozen=True, slots=True)
class UnreadPayment:
    """A row of a payments sheet with cells that could not be read. ``day`` and ``cents`` are what could be."""

    row: int
    reason: str
    day: date | None = None
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentsSheet:
    """The rows of a payments sheet, and what was found while it was read."""

    name: str
    payments: tuple[Payment, ...] = ()
    unread: tuple[UnreadPayment, ...] = ()
    findings: tuple[Finding, ...] = ()
    lacking: tuple[str, ...] = ()
    """The columns that it needs and does not have. It has no rows then."""
    amount: Column = NOWHERE
    """The column of the amounts, which findings about payments point at."""


@dataclass(frozen=True, slots=True)
class PaymentNames:
    """What identifies a payment: ``payment`` by its visit, ``reference`` by what its row names, and ``likeness`` without its amount."""

    payment: str
    reference: str
    likeness: str


def references_of(payments: Sequence[Payment]) -> list[str]:
    """Return what identifies each payment of a sheet by what its row names; equal rows are told apart by their number."""
    return [*_numbered_digests("reference", ((one, one.named_visit) for one in payments))]


def names_of(payments: Sequence[Payment], visits: Sequence[str]) -> list[PaymentNames]:
    """Return what identifies each payment of a sheet (rule: pay-runs#payments-once).

    ``visits`` has the identity of the visit of each payment, "" if it is not known. A payment with an ID is identified
    by that and its visit. Others are known by day, visit, amount, payer, kind and their number among equal rows.
    """
    payments_by_visit = _numbered_digests(
        "payment",
        ((one, visit or one.named_visit) for one, visit in zip(payments, visits, strict=True)),
    )
    return [
        PaymentNames(
            by_visit,
            reference,
            digest_of(BY_PAYMENT_ID, fold_id(one.payment_id))
            if one.payment_id
            else digest_of(
                "likeness", one.day.isoformat(), visit or one.named_visit, fold(one.payer), one.kind
            ),
        )
        for one, visit, by_visit, reference in zip(
            payments, visits, payments_by_visit, references_of(payments), strict=True
        )
    ]


def _numbered_digests(what: str, named: Iterator[tuple[Payment, str]]) -> Iterator[str]:
    """Yield a digest for each payment and what it is known by, with its number among equal ones."""
    counts: Counter[tuple[str, ...]] = Counter()
    for one, visit in named:
        facts = (what, *_facts(one), visit, one.kind)
        counts[facts] += 1
        yield digest_of(*facts, str(counts[facts]))


def _facts(one: Payment) -> tuple[str, ...]:
    """Return what tells a payment of a visit from others. An ID may be that of a remittance for several visits."""
    if one.payment_id:
        return (fold_id(one.payment_id),)
    return one.day.isoformat(), str(one.cents), fold(one.payer)


def digest_of(*facts: str) -> str:
    """Return a digest of some facts, so that the books keep no patient's and no payer's name."""
    return f"{facts[0]}:{blake2b(_SEPARATOR.join(facts).encode(), digest_size=16).hexdigest()}"
