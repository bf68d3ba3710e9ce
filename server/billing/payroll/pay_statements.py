"""A statement of pay for each provider of a run: what is paid, at which rates, visit by visit.

A statement goes to its provider, so it holds that provider's lines only, and no patients.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from server.billing.clinics import Clinic, CountsAs, MissedPay, PayBasis, Setup, service_labels
from server.billing.money import THOUSAND, divide, dollars
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment, CarriedForward
from server.billing.payroll.adjustments_on_paper import named_services
from server.billing.payroll.held_on_paper import HeldOnPaper, held_of_provider
from server.billing.payroll.pay_comparison import COUNTED
from server.billing.payroll.pay_history import NOTHING_BEFORE, PayHistory, ProviderHistory
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import PayRun, RateUsed
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.payments_on_paper import payments_on_paper
from server.billing.payroll.plan_lines import PlanLine
from server.billing.payroll.plans_on_paper import plans_with_named_services
from server.billing.payroll.provider_totals import ProviderTotal
from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.state_lines import StateLine, draft_in_words
from server.billing.rate_words import amount_on_basis
from server.errors import count_of

GROUP_HEADINGS = ("Service", "Visits", "Quantity", "Rate", "Rate since", "Amount")
VISIT_HEADINGS = ("Service", "Date", "Quantity", "Rate", "Appointment", "Amount")
MISSED_HEADINGS = ("Service", "Date", "What happened", "Paid", "Appointment", "Amount")
"""The columns of a statement's tables, in their order on every sheet and paper."""

ROUNDING = "Each line is rounded to whole cents, and totals are sums of lines."
HOURS_SHOWN = "Hours are shown in hundredths of an hour; pay counts the exact minutes."

_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One paid visit. ``quantity`` is what its pay is based on: 1, thousandths of units or minutes, or cents.

    ``minutes`` are thousandths, ``None`` if the log has none.
    """

    day: date
    appointment: str
    service: str
    counts_as: str
    rate: RateUsed
    quantity: int
    amount_cents: int
    minutes: int | None = None

    @property
    def is_missed(self) -> bool:
        """Return whether the visit did not take place."""
        return self.counts_as != CountsAs.ATTENDED


@dataclass(frozen=True, slots=True)
class PaidGroup:
    """The visits of one service at one rate, and their sums."""

    service: str
    counts_as: str
    rate: RateUsed
    visits: int
    quantity: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PayStatement:
    """What one run pays one provider, in order of day. ``works_as`` and ``provider_id`` are "" if the setup has none.

    ``held`` are the provider's visits that the run holds for a later run; they are no part of its pay. ``adjustments`` are
    those of visits of earlier periods, by day, with the words for their services; ``carried`` is what a negative total does;
    ``items`` are the pay items, ``plans`` the plan lines, ``payments`` the payments received.
    """

    provider: str
    provider_id: str
    works_as: str
    lines: tuple[PaidLine, ...]
    history: ProviderHistory = NOTHING_BEFORE
    held: tuple[HeldOnPaper, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    carried: CarriedForward | None = None
    items: tuple[PayItemLine, ...] = ()
    plans: tuple[PlanLine, ...] = ()
    payments: tuple[PaymentLine, ...] = ()

    @property
    def total(self) -> ProviderTotal:
        """Return what the provider is handed over."""
        return ProviderTotal(
            self.provider,
            self.paid_cents,
            self.adjustments,
            self.carried,
            self.items,
            self.plans,
            self.payments,
        )

    @property
    def paid_cents(self) -> int:
        """Return the sum of all lines."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def attended_visits(self) -> tuple[PaidLine, ...]:
        """Return the visits that took place."""
        return tuple(line for line in self.lines if not line.is_missed)

    @property
    def missed_visits(self) -> tuple[PaidLine, ...]:
        """Return the missed visits that are paid."""
        return tuple(line for line in self.lines if line.is_missed)

    def groups(self) -> Iterator[PaidGroup]:
        """Yield the sums by service and rate, attended visits first."""
        together: dict[tuple[object, ...], list[PaidLine]] = {}
        for line in sorted(self.lines, key=_group_order):
            together.setdefault((line.service, line.counts_as, line.rate), []).append(line)
        for lines in together.values():
            first = lines[0]
            quantity, cents = (
                sum(getattr(line, name) for line in lines) for name in ("quantity", "amount_cents")
            )
            yield PaidGroup(first.service, first.counts_as, first.rate, len(lines), quantity, cents)


Person = tuple[str, str]
"""The name and the key of a provider, as a run recorded them."""


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What a run has beside the lines of its period: its adjustments, its carried-forward totals, its pay items, its plan lines,
    and its payments.
    """

    adjustments: Sequence[Adjustment] = ()
    carried: Sequence[CarriedForward] = ()
    items: Sequence[PayItemLine] = ()
    plans: Sequence[PlanLine] = ()
    payments: Sequence[PaymentLine] = ()

    @classmethod
    def of_run(cls, run: PayRun) -> "RunChanges":
        """Return what a calculated run has."""
        return cls(run.adjustments, run.carried, run.items, run.plans, run.payments.lines)

    def by_person(self, paid: Iterable[Person]) -> "ChangesByPerson":
        """Return them by the providers whom they are about. ``paid`` are those whose visits are paid.

        Within one run a name is one person, because totals are carried forward by name: the key only tells how the run
        first recorded it.
        """
        known = {name: (name, key) for name, key in reversed([*paid])}
        found = ChangesByPerson()
        for one in self.adjustments:
            person = known.setdefault(one.provider, (one.provider, one.provider_key))
            found.adjustments.setdefault(person, []).append(one)
        for plan in self.plans:
            person = known.setdefault(plan.provider, (plan.provider, plan.provider_key))
            found.plans.setdefault(person, []).append(plan)
        for item in self.items:
            person = known.setdefault(item.provider, (item.provider, item.provider_key))
            found.items.setdefault(person, []).append(item)
        for payment in self.payments:
            person = known.setdefault(payment.provider, (payment.provider, payment.provider_key))
            found.payments.setdefault(person, []).append(payment)
        for balance in self.carried:
            person = known.setdefault(balance.provider, (balance.provider, balance.provider_key))
            found.carried[person] = balance
        return found


@dataclass(frozen=True, slots=True)
class ChangesByPerson:
    """What a run has beside the lines of its period, by provider."""

    adjustments: dict[Person, list[Adjustment]] = field(default_factory=dict)
    carried: dict[Person, CarriedForward] = field(default_factory=dict)
    items: dict[Person, list[PayItemLine]] = field(default_factory=dict)
    plans: dict[Person, list[PlanLine]] = field(default_factory=dict)
    payments: dict[Person, list[PaymentLine]] = field(default_factory=dict)

    def people(self) -> list[Person]:
        """Return the providers whom they are about."""
        return [*self.adjustments, *self.carried, *self.items, *self.plans, *self.payments]


NO_CHANGES = RunChanges()


@dataclass(frozen=True, slots=True)
class StatedRun:
    """A run with the statement of each provider that it pays. ``state`` is what every paper of the run shows.

    ``history`` is what it is read beside, ``None`` for a voided run.
    """

    clinic: Clinic
    run: RunHeader
    statements: Sequence[PayStatement]
    state: StateLine
    history: PayHistory | None = None

    @property
    def state_sentence(self) -> str:
        """Return the state; of a draft with blocked rows also that something is missing."""
        return draft_in_words(self.run.blocked) if self.run.state is RunState.DRAFT else self.state.text


def statements_of(  # noqa: PLR0913 - what statements are made of
    lines: PayLines,
    rates: Sequence[RateUsed],
    setup: Setup,
    history: PayHistory | None = None,
    *,
    held: Sequence[HeldOnPaper] = (),
    changes: RunChanges = NO_CHANGES,
) -> list[PayStatement]:
    """Return the statements of a run, by the names of the providers. ``setup`` names services and providers.

    ``lines`` are those of the period, ``held`` the visits that the run holds. A provider whom the run only has ``changes`` for
    has a statement, too.
    """
    label_of = service_labels(setup.services)
    listed = {fold(provider.name): provider for provider in setup.providers}
    paid = _lines_by_person(lines, rates, label_of)
    made = []
    found = changes.by_person(paid)
    people = {person: paid.get(person, []) for person in (*paid, *found.people())}
    for (provider, key), rows in sorted(people.items(), key=lambda item: (fold(item[0][0]), item[0])):
        known = listed.get(fold(provider))
        ordered = tuple(line for _, line in sorted(rows, key=lambda row: (row[1].day, row[0])))
        provider_id, works_as = (known.provider_id, known.works_as.value) if known else ("", "")
        before = history.of_recorded(provider, key) if history else NOTHING_BEFORE
        mine = held_of_provider(held, provider)
        person = (provider, key)
        made.append(
            PayStatement(
                provider,
                provider_id,
                works_as,
                ordered,
                before,
                mine,
                named_services(found.adjustments.get(person, ()), label_of),
                found.carried.get(person),
                tuple(found.items.get(person, ())),
                plans_with_named_services(found.plans.get(person, ()), label_of),
                payments_on_paper(found.payments.get(person, ()), label_of),
            )
        )
    return made


def _lines_by_person(
    lines: PayLines, rates: Sequence[RateUsed], label_of: Callable[[str], str]
) -> dict[Person, list[tuple[int, PaidLine]]]:
    """Return the lines of each provider, each with its row of the log."""
    counted = {place: COUNTED.get(rate.basis) for place, rate in enumerate(rates)}
    paid: dict[Person, list[tuple[int, PaidLine]]] = {}
    for place, provider in enumerate(lines.provider):
        rate = lines.rate[place]
        column = counted[rate]
        line = PaidLine(
            day=date.fromisoformat(lines.day[place]),
            appointment=lines.appointment[place],
            service=label_of(lines.service[place]),
            counts_as=lines.counts_as[place],
            rate=rates[rate],
            quantity=(getattr(lines, column)[place] or 0) if column else 1,
            amount_cents=lines.amount_cents[place],
            minutes=lines.minutes[place],
        )
        paid.setdefault((provider, lines.provider_key[place]), []).append((lines.source_row[place], line))
    return paid


def group_in_words(group: PaidGroup) -> str:
    """Return the service of a group, and what its visits count as if they did not take place."""
    missed = "" if group.counts_as == CountsAs.ATTENDED else f", {group.counts_as}"
    return group.service + missed


def rounding_words(statement: PayStatement) -> str:
    """Return how the amounts of a statement are rounded, and its hours, if it has any."""
    has_hours = any(line.rate.basis == PayBasis.PER_HOUR for line in statement.lines)
    return f"{ROUNDING} {HOURS_SHOWN}" if has_hours else ROUNDING


def line_values(line: PaidLine, headings: tuple[str, ...]) -> list[str | date | int]:
    """Return the values of a visit under the headings of its table: texts, its day, its pay in cents."""
    rate = rate_in_words(line.rate)
    values: dict[str, str | date | int] = {
        "Service": line.service,
        "Date": line.day,
        "Quantity": quantity_in_words(line.rate.basis, line.quantity),
        "Rate": rate,
        "What happened": line.counts_as,
        "Paid": rate,
        "Appointment": line.appointment,
        "Amount": line.amount_cents,
    }
    return [values[heading] for heading in headings]


def quantity_in_words(basis: str, quantity: int) -> str:
    """Return what a pay is based on: ``3 sessions``, ``1.5 units``, ``17.50 hours``, ``$120.00 charged``."""
    match basis:
        case PayBasis.PER_HOUR:
            return f"{_hundredths_of_hours(quantity)} hours"
        case PayBasis.PER_UNIT:
            return f"{_thousandths(quantity)} {'unit' if quantity == THOUSAND else 'units'}"
        case PayBasis.OF_CHARGE:
            return f"{dollars(quantity)} charged"
        case PayBasis.OF_COLLECTED:
            return f"{dollars(quantity)} collected"
        case MissedPay.FLAT | MissedPay.OF_RATE:
            return count_of(quantity, "missed visit")
    return count_of(quantity, "session")


def rate_in_words(rate: RateUsed) -> str:
    """Return a rate: ``$95.00 per session``, ``62.5% of collected``, ``$25.00 flat``."""
    return amount_on_basis(rate.amount, rate.basis)


def _hundredths_of_hours(thousandths: int) -> str:
    """Return minutes in thousandths as hours with two decimal places: ``0.83``."""
    hundredths = int(divide(np.array([thousandths]), np.array([_MINUTES_AN_HOUR * THOUSAND // 100]))[0])
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def _thousandths(number: int) -> str:
    whole, rest = divmod(number, THOUSAND)
    return f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")


def _group_order(line: PaidLine) -> tuple[bool, str, str, date, int, bool]:
    rate = line.rate
    return (line.is_missed, line.service, line.counts_as, rate.effective_from, rate.amount, rate.is_share)
