"""The setup of a clinic: its providers, services, rates, statuses, missed-visit rules, group sessions, shares, supervision, pay plans and pay
items.

The Setup workbook is read into these values, the ledger keeps them, and the rules use them.
``server.sheets`` knows their headings and cell formats, the ledger their tables.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256

from server.billing.invoices.prices import ExamCode, Price
from server.billing.money import MILLION, THOUSAND
from server.billing.names import fold
from server.billing.receivables.reminder_settings import USUAL_SETTINGS, ReminderSettings
from server.billing.setup_pay_items import PayItem
from server.billing.setup_payer_mail import MailText, PayerContact, ReminderLevel

ALWAYS = date(1900, 1, 1)
"""The first day of a share that the sheet gives no day: it has been there always."""

ANY = "*"
"""Means any provider or any service in Rates, Missed visits and Pay plans."""

MOST_DAYS_TO_PAY = 90
"""Days from the end of a period to its pay date. More come from a mistyped number."""


class Cadence(StrEnum):
    """How long a pay period is."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    SEMI_MONTHLY = "semi-monthly"
    MONTHLY = "monthly"
    CUSTOM = "custom"


class WorksAs(StrEnum):
    """The tax form a provider is paid under."""

    EMPLOYEE = "W-2"
    CONTRACTOR = "1099"


class CountsAs(StrEnum):
    """What a status means for pay. Only *attended* is paid by rate."""

    ATTENDED = "attended"
    NO_SHOW = "no show"
    CANCELLED = "cancelled"
    LATE_CANCELLED = "late cancelled"
    SCHEDULED = "scheduled"


class PayBasis(StrEnum):
    """What a rate is multiplied by."""

    PER_SESSION = "per session"
    PER_UNIT = "per unit"
    PER_HOUR = "per hour"
    OF_CHARGE = "% of charge"
    OF_COLLECTED = "% of collected"

    @property
    def in_words(self) -> str:
        """Return how a sentence says that somebody is paid: per hour, a share of the charge."""
        shares = {
            PayBasis.OF_CHARGE: "a share of the charge",
            PayBasis.OF_COLLECTED: "a share of the collected amount",
        }
        return shares.get(self, self.value)

    @property
    def is_share(self) -> bool:
        """Return whether the rate is a share (parts per million) rather than cents."""
        return self in {PayBasis.OF_CHARGE, PayBasis.OF_COLLECTED}


MEASURE: dict[PayBasis, tuple[str | None, int]] = {
    PayBasis.PER_SESSION: (None, 1),
    PayBasis.PER_UNIT: ("units", THOUSAND),
    PayBasis.PER_HOUR: ("minutes", 60 * THOUSAND),
    PayBasis.OF_CHARGE: ("charge_cents", MILLION),
    PayBasis.OF_COLLECTED: ("collected_cents", MILLION),
}
"""Pay = rate x the named column of the appointment / the divisor (rule: payroll#pay-basis)."""


class MissedPay(StrEnum):
    """What a provider is paid for a visit that did not take place."""

    NONE = "none"
    FLAT = "flat"
    OF_RATE = "% of rate"


@dataclass(frozen=True, slots=True)
class Clinic:
    """A practice or medical clinic whose books we keep.

    ``address`` and ``remit_to`` have one line for each line of an envelope. Payments are sent to ``remit_to``, or to the
    address if it is empty, and made out to ``pay_to``, or to the clinic. A period is paid ``days_to_pay_date`` days after
    its last day. With ``two_people_approve``, whoever generated a run may not approve it. ``reminders`` are when to suggest a follow-up.
    """

    id: str
    name: str
    contact: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    cadence: Cadence = Cadence.MONTHLY
    anchor: date | None = None
    pay_to: str = ""
    remit_to: str = ""
    tax_id: str = ""
    invoice_terms: str = ""
    days_to_pay_date: int | None = None
    two_people_approve: bool = False
    reminders: ReminderSettings = USUAL_SETTINGS


@dataclass(frozen=True, slots=True)
class Provider:
    """A person who does the work and is paid. ``name`` is the spelling that sheets show."""

    name: str
    aliases: tuple[str, ...] = ()
    provider_id: str = ""
    npi: str = ""
    email: str = ""
    phone: str = ""
    works_as: WorksAs = WorksAs.CONTRACTOR
    active: bool = True

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return every way a log may write the provider."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Service:
    """What is done in an appointment. ``unit_minutes`` is the length of one unit."""

    code: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    unit_minutes: int | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return every way a log may write the service."""
        return tuple(filter(None, (self.code, self.name, *self.aliases)))


def service_labels(services: Iterable[Service]) -> Callable[[str], str]:
    """Return a function from the code of a service to its code and name, as far as it has one: ``EX-106 Group therapy``."""
    named = {fold(service.code): service.name for service in services}

    def label_of(code: str) -> str:
        name = named.get(fold(code), "")
        return f"{code} {'' if fold(name) == fold(code) else name}".rstrip()

    return label_of


@dataclass(frozen=True, slots=True)
class Rate:
    """One row of the Rates sheet, in force from its day until a later row of the same key.

    ``amount`` is cents, or parts per million where the basis is a share; ``None`` ends
    the row before it. ``provider`` and ``service`` are ``ANY`` or the one spelling of
    the Providers and Services sheets. A rate of 0 pays nothing only where the note
    says "unpaid" (rule: edge-cases#rate-of-zero).
    """

    provider: str
    service: str
    basis: PayBasis
    amount: int | None
    effective_from: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One row of the Statuses sheet: a clinic's own word and what it counts as."""

    status: str
    counts_as: CountsAs


@dataclass(frozen=True, slots=True)
class MissedVisitRule:
    """One row of the Missed visits sheet. ``amount`` is cents (flat) or parts per million."""

    provider: str
    service: str
    counts_as: CountsAs
    basis: MissedPay
    amount: int | None
    effective_from: date


class PaidPer(StrEnum):
    """What a service with several patients at once is paid for."""

    ATTENDEE = "attendee"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class GroupSession:
    """One row of the Group sessions sheet, in force from its day until a later row of the same service.

    A service without a row is paid per attendee (rule: pay-runs#group-sessions).
    """

    service: str
    paid_per: PaidPer
    effective_from: date


@dataclass(frozen=True, slots=True)
class ShareRule:
    """One row of the Shares sheet: another provider has a part of what visits earn (rule: pay-runs#shares).

    ``share`` is parts per million; ``None`` ends the row before it of the same provider, service and partner. ``provider`` and
    ``service`` may be ``ANY``.
    """

    provider: str
    service: str
    partner: str
    share: int | None
    effective_from: date


@dataclass(frozen=True, slots=True)
class Supervision:
    """One row of the Supervision sheet: a supervisor is paid for each visit of a provider (rule: pay-runs#supervision).

    ``amount`` is cents, or parts per million where the basis is a share. ``until`` is the last day, ``None`` for no end.
    ``provider`` and ``service`` may be ``ANY``.
    """

    provider: str
    supervisor: str
    service: str
    basis: PayBasis
    amount: int
    effective_from: date
    until: date | None = None


class PlanKind(StrEnum):
    """What a pay plan does (rule: pay-runs#pay-plans)."""

    CLIFF = "tier cliff"
    MARGINAL = "tier marginal"
    MINIMUM = "minimum"
    CAP = "cap"
    SALARY = "salary"

    @property
    def is_tier(self) -> bool:
        """Return whether rows of this kind are tiers."""
        return self in {PlanKind.CLIFF, PlanKind.MARGINAL}


class PlanMeasure(StrEnum):
    """What tiers count over a pay period."""

    VISITS = "visits"
    UNITS = "units"
    HOURS = "hours"
    CHARGE = "charge"
    COLLECTED = "collected"
    PAY = "pay"

    @property
    def is_money(self) -> bool:
        """Return whether the bounds of the tiers are amounts of money."""
        return self in {PlanMeasure.CHARGE, PlanMeasure.COLLECTED, PlanMeasure.PAY}


COUNTED_FIELD: dict[PlanMeasure, str] = {
    PlanMeasure.UNITS: "units",
    PlanMeasure.HOURS: "minutes",
    PlanMeasure.CHARGE: "charge_cents",
    PlanMeasure.COLLECTED: "collected_cents",
}
"""The column of an appointment that tiers of a measure count. Visits and pay are no columns."""


@dataclass(frozen=True, slots=True)
class PayPlan:
    """One row of the Pay plans sheet, in force from its day until a later row of the same provider and service (of a tier) or
    of the same provider and plan (of any other) (rule: pay-runs#pay-plans).

    ``service`` is ``ANY``, a service code, or "" if the plan is no tier. ``lower`` and ``upper`` are the bounds of a tier, the
    upper one excluded and ``None`` for no end: thousandths of visits, units or hours, or cents. ``amount`` is cents, or parts
    per million where ``basis`` is a share; ``None`` ends the rows before it.
    """

    provider: str
    service: str
    kind: PlanKind
    measure: PlanMeasure | None
    lower: int | None
    upper: int | None
    basis: PayBasis | None
    amount: int | None
    effective_from: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """The content of the Setup workbook of one clinic."""

    clinic: Clinic
    providers: tuple[Provider, ...] = ()
    services: tuple[Service, ...] = ()
    rates: tuple[Rate, ...] = ()
    statuses: tuple[StatusWord, ...] = ()
    missed_visits: tuple[MissedVisitRule, ...] = ()
    prices: tuple[Price, ...] = ()
    exam_types: tuple[ExamCode, ...] = ()
    pay_items: tuple[PayItem, ...] = ()
    group_sessions: tuple[GroupSession, ...] = ()
    shares: tuple[ShareRule, ...] = ()
    supervision: tuple[Supervision, ...] = ()
    pay_plans: tuple[PayPlan, ...] = ()
    payer_contacts: tuple[PayerContact, ...] = ()
    reminder_levels: tuple[ReminderLevel, ...] = ()
    mail_texts: tuple[MailText, ...] = ()

    @property
    def measures(self) -> frozenset[str]:
        """Return the columns of an appointment that a rate is multiplied by, or that tiers count or are multiplied by."""
        paid = {MEASURE[rate.basis][0] for rate in self.rates if rate.amount}
        paid |= {MEASURE[rule.basis][0] for rule in self.supervision}
        paid |= {MEASURE[plan.basis][0] for plan in self.pay_plans if plan.basis and plan.amount}
        paid |= {COUNTED_FIELD.get(plan.measure) for plan in self.pay_plans if plan.measure}
        return frozenset(filter(None, paid))

    @property
    def version(self) -> str:
        """Return a short digest of the whole setup. The order of rows does not matter.

        If two people work on the same setup sheets, the version of the second one is stale when it is saved
        (rule: edge-cases#stale-rows).
        """
        lists = (
            *self.providers,
            *self.services,
            *self.rates,
            *self.statuses,
            *self.missed_visits,
            *self.prices,
        )
        lists = (*lists, *self.exam_types, *self.pay_items, *self.group_sessions, *self.shares)
        lists = (*lists, *self.supervision, *self.pay_plans, *self.payer_contacts)
        return _digest_of([self.clinic, *lists, *self.reminder_levels, *self.mail_texts])

    @property
    def pay_version(self) -> str:
        """Return a short digest of what decides pay: no prices, no exam types, no addresses or phone numbers."""
        paid = (replace(provider, npi="", email="", phone="") for provider in self.providers)
        rules = (*self.services, *self.rates, *self.statuses, *self.missed_visits, *self.pay_items)
        rules = (*rules, *self.group_sessions, *self.shares, *self.supervision, *self.pay_plans)
        return _digest_of([*paid, *rules])


def _digest_of(parts: Iterable[object]) -> str:
    return sha256("\n".join(sorted(map(repr, parts))).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ImportProfile:
    """What a clinic answered about its logs. Each question is asked only once.

    ``columns`` maps a folded heading to the field it holds (a name of
    ``server.sheets.appointment_log.heading_synonyms.LOG_FIELDS``, "filled" where any filled cell says yes, or "" for a column to leave alone);
    ``polarity`` maps a folded yes/no heading to what "yes" counts as;
    ``date_order`` is "mdy", "dmy", or "" if it was never asked; ``all_attended``: logs without a status list attended
    visits only; ``one_service`` is the service code of all visits of a log without a service, "" if never asked.
    """

    columns: tuple[tuple[str, str], ...] = ()
    polarity: tuple[tuple[str, CountsAs], ...] = ()
    date_order: str = ""
    all_attended: bool = False
    one_service: str = ""
