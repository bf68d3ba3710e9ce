"""Pay items: bonuses, deductions, advances and whatever else no visit earns (rule: pay-runs#pay-items).

An item is known by its provider, its kind, its first day and its note. Whether it was paid is a question about closed
runs, so voiding a run makes its items due again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from server.billing.clinics import (
    Cadence,
    Clinic,
    Provider,
    Setup,
)
from server.billing.days import us
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_item_lines import PayItemLine, item_in_words
from server.billing.payroll.pay_periods import period_of
from server.billing.payroll.pay_run import Period
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.errors.finding_facts import FindingFacts
from server.errors.pay_item_findings import (
    AdvanceOpen,
    PayItemChangedSincePaid,
    PayItemNeverPaid,
    PayItemOfInactive,
)


class PaidItem(NamedTuple):
    """A pay item line of a closed run."""

    run_id: str
    line: PayItemLine


@dataclass(frozen=True, slots=True)
class ItemsOfRun:
    """The pay item lines of a run, and what is to be reviewed about them.

    ``based_on`` are the lines of closed runs that decided them: those of the same providers and kinds.
    """

    lines: tuple[PayItemLine, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    based_on: tuple[PaidItem, ...] = ()


def items_of_run(setup: Setup, period: Period, paid: Sequence[PaidItem]) -> ItemsOfRun:
    """Return the pay items that a run of a period pays, in the order of the setup.

    ``paid`` are the lines of closed runs. Amounts are never prorated.
    """
    if not setup.pay_items and not paid:
        return ItemsOfRun()
    return _Items(setup, period, paid).decide()


def is_decided_alike(lines: Iterable[PayItemLine], then: Sequence[PaidItem], now: Sequence[PaidItem]) -> bool:
    """Return whether closed runs have paid, of the providers and kinds of some lines, what they had paid ``then``."""
    wanted = {_family_of(line) for line in lines}
    return _of_families(wanted, then) == _of_families(wanted, now)


def _of_families(wanted: set[tuple[str, str]], paid: Sequence[PaidItem]) -> set[PaidItem]:
    return {one for one in paid if _family_of(one.line) in wanted}


def _family_of(line: PayItemLine) -> tuple[str, str]:
    """Return the provider and the kind of a line; an advance and its repayments belong together."""
    return line.provider_key, PayItemKind.ADVANCE if _is_loan(line.kind) else line.kind


class _Items:
    """The pay items of a setup while it is decided what a run pays of them."""

    def __init__(self, setup: Setup, period: Period, paid: Sequence[PaidItem]) -> None:
        self._clinic, self._items, self._period = setup.clinic, setup.pay_items, period
        self._providers = {provider.name: provider for provider in setup.providers}
        recorded = ((one.line.provider_key, one.line.provider) for one in paid)
        names = ProviderNames(setup.providers, recorded)
        self._person_of: Callable[[PayItemLine], str] = lambda line: names.name_of(
            line.provider, line.provider_key
        )
        self._paid = paid
        self._by_item: dict[tuple[str, PayItemKind, date], list[PaidItem]] = defaultdict(list)
        self._open: dict[str, int] = defaultdict(int)
        """What is still open of a provider's advances that closed runs paid out, in cents."""
        for one in paid:
            person, line = self._person_of(one.line), one.line
            self._by_item[person, line.kind, line.item_first].append(one)
            if _is_loan(line.kind):
                self._open[person] += line.amount_cents
        self._notes: dict[tuple[str, PayItemKind, date], set[str]] = defaultdict(set)
        for item in self._items:
            self._notes[item.provider, item.kind, item.first].add(fold(item.note))
        self._findings: list[FindingFacts] = []

    def decide(self) -> ItemsOfRun:
        """Return the lines of the run."""
        lines = [line for item in self._items for line in self._lines_of(item)]
        for line in lines:
            provider = self._providers.get(line.provider)
            if provider and not provider.active:
                self._findings.append(PayItemOfInactive(provider=line.provider, item=line.in_words))
        self._remark_on_open_advances(lines)
        families = {_family_of(line) for line in lines}
        return ItemsOfRun(
            tuple(lines),
            tuple(dict.fromkeys(self._findings)),
            tuple(one for one in self._paid if _family_of(one.line) in families),
        )

    def _lines_of(self, item: PayItem) -> Iterator[PayItemLine]:
        """Yield the lines of an item: one, or one for each pay period of the clinic that the run touches."""
        before = self._paid_of(item)
        for days in self._stretches(item):
            again = [
                one
                for one in before
                if item.every is Every.ONCE or _overlap(Period(one.line.first, one.line.last), days)
            ]
            if again:
                self._remark_if_changed(item, again[-1])
                continue
            cents = self._amount_of(item)
            if cents:
                yield PayItemLine(
                    item.provider,
                    _key_of(self._providers.get(item.provider), item.provider),
                    item.kind,
                    item.first,
                    item.note,
                    days.first,
                    days.last,
                    cents,
                )
        if self._is_overdue(item) and not before and item.kind is not PayItemKind.REPAYMENT:
            last = us(item.last) if item.last else ""
            self._findings.append(
                PayItemNeverPaid(
                    item=item_in_words(item.kind, item.amount_cents, item.note),
                    provider=item.provider,
                    last=last,
                )
            )

    def _is_overdue(self, item: PayItem) -> bool:
        return item.every is Every.ONCE and item.last is not None and item.last < self._period.first

    def _stretches(self, item: PayItem) -> list[Period]:
        """Return the days that lines of an item are for in this run, none if it is not due."""
        of_item = Period(item.first, item.last or date.max)
        if not _overlap(of_item, self._period):
            return []
        if item.every is Every.ONCE:
            return [self._period]
        return [
            one
            for one in clinic_periods(self._clinic, self._period)
            if _overlap(of_item, Period(max(one.first, self._period.first), min(one.last, self._period.last)))
        ]

    def _paid_of(self, item: PayItem) -> list[PaidItem]:
        """Return the lines that paid an item. A line whose note no item has any more may be of each item of its kind and day."""
        key = (item.provider, item.kind, item.first)
        mine, notes = fold(item.note), self._notes[key]
        return [
            one
            for one in self._by_item.get(key, ())
            if fold(one.line.note) == mine or fold(one.line.note) not in notes
        ]

    def _amount_of(self, item: PayItem) -> int:
        """Return the signed amount of a line in cents; a repayment is at most what is open, and counts as repaid."""
        if item.kind is PayItemKind.REPAYMENT:
            part = min(item.amount_cents, max(0, self._open[item.provider]))
            self._open[item.provider] -= part
            return -part
        return -item.amount_cents if item.kind.is_taken_off else item.amount_cents

    def _remark_if_changed(self, item: PayItem, before: PaidItem) -> None:
        line = before.line
        is_same_amount = item.kind is PayItemKind.REPAYMENT or abs(line.amount_cents) == item.amount_cents
        if is_same_amount and fold(line.note) == fold(item.note):
            return
        self._findings.append(
            PayItemChangedSincePaid(
                run=before.run_id,
                provider=item.provider,
                was=line.in_words,
                item=item_in_words(item.kind, item.amount_cents, item.note),
            )
        )

    def _remark_on_open_advances(self, lines: Sequence[PayItemLine]) -> None:
        """Remark on what providers owe of advances who may never be paid again."""
        left = self._open.copy()
        for line in lines:
            if line.kind is PayItemKind.ADVANCE:
                left[line.provider] += line.amount_cents
        for person, cents in sorted(left.items()):
            provider = self._providers.get(person)
            if cents > 0 and not (provider and provider.active):
                why = "is no longer active" if provider else "is no longer in the setup"
                self._findings.append(AdvanceOpen(provider=person, why=why, amount=dollars(cents)))


def clinic_periods(clinic: Clinic, period: Period) -> list[Period]:
    """Return the pay periods of a clinic that some days touch, whole; with a custom cadence those days are one."""
    if clinic.cadence is Cadence.CUSTOM:
        return [period]
    found, day = [], period.first
    while day <= period.last:
        found.append(period_of(clinic, day))
        day = found[-1].last + timedelta(days=1)
    return found


def _overlap(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last


def _is_loan(kind: PayItemKind) -> bool:
    return kind in {PayItemKind.ADVANCE, PayItemKind.REPAYMENT}


def _key_of(provider: Provider | None, name: str) -> str:
    return fold((provider.provider_id if provider else "") or name)
