"""Pay plans: tiers, minimum, cap and salary over a pay period (rule: pay-runs#pay-plans).

A plan line is what a plan comes to over the whole pay period, with all approved runs and this one, less what approved runs have
paid of it. So after any number of runs and corrections, the lines of a period add up to what one run of the final facts would pay.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from server.billing.clinics import ANY, PayPlan, PlanKind, PlanMeasure, Provider, Setup
from server.billing.days import us
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import HOURS, PaidPlan, PlanLine
from server.billing.payroll.plan_work import Work, WorkRow, sum_of_work
from server.billing.payroll.tiers import TypedHours, lacking_visits, pay_of_tiers, sorted_tiers
from server.errors import count_of
from server.errors.finding_facts import FindingFacts
from server.errors.pay_plan_findings import (
    PlanBeginsWithinPeriod,
    PlanChangedSincePaid,
    PlanLacksMeasure,
    PlanOfAnotherPeriod,
    PlanRecomputed,
)

LACKING_WORDS = {
    "units": "units",
    "minutes": "minutes",
    "charge_cents": "charge",
    "collected_cents": "collected amount",
}


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    """A pay period with everything that its plans depend on, this run included.

    ``plans`` are those that count for it: of a period that approved runs have paid, the plans as they were when the first one was
    generated; ``plans_now`` are those of the setup. ``rows`` is the work of approved runs, as it was adjusted since, and of this
    run. ``paid`` are the plan lines of approved runs for days of the period, ``hours`` the lines of this run that pay typed hours.
    ``is_own`` says whether the run is for these days.
    """

    period: Period
    plans: Sequence[PayPlan]
    plans_now: Sequence[PayPlan]
    rows: Sequence[WorkRow]
    paid: Sequence[PaidPlan] = ()
    hours: Sequence[PlanLine] = ()
    is_own: bool = True


class PlansOfRun(NamedTuple):
    """The plan lines of a run, and what is to be reviewed about them."""

    lines: tuple[PlanLine, ...] = ()
    findings: tuple[FindingFacts, ...] = ()


def plans_of_run(setup: Setup, periods: Iterable[PlannedPeriod]) -> PlansOfRun:
    """Return the plan lines of a run, by pay period and provider."""
    lines: list[PlanLine] = []
    findings: list[FindingFacts] = []
    for one in periods:
        decided = _Period(setup, one, one.plans)
        found = decided.lines()
        lines += found
        findings += decided.findings
        findings += _about_changed_plans(setup, one, found)
        if not one.is_own:
            findings += map(_finding_of_change, found)
    return PlansOfRun(tuple(lines), tuple(dict.fromkeys(findings)))


def _finding_of_change(line: PlanLine) -> FindingFacts:
    return PlanRecomputed(
        provider=line.provider,
        plan=line.title,
        period=in_words(Period(line.first, line.last)),
        was=dollars(line.was_cents),
        now=dollars(line.now_cents),
        words=line.words.partition(" That is ")[0],
    )


def _about_changed_plans(
    setup: Setup, one: PlannedPeriod, lines: Sequence[PlanLine]
) -> Iterator[FindingFacts]:
    """Yield a finding for each provider to whom the plans of now would pay another amount for a period that was paid before."""
    if set(one.plans) == set(one.plans_now):
        return
    then, now = (_sums(found) for found in (lines, _Period(setup, one, one.plans_now).lines()))
    for name in sorted({*then, *now}):
        if then[name] != now[name]:
            yield PlanChangedSincePaid(
                provider=name, period=in_words(one.period), difference=_more_or_less(now[name] - then[name])
            )


def _more_or_less(cents: int) -> str:
    return f"{dollars(abs(cents))} {'more' if cents > 0 else 'less'}"


def _sums(lines: Iterable[PlanLine]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        found[line.provider] += line.amount_cents
    return found


@dataclass(slots=True)
class _Person:
    """What one provider did in the period. ``work`` is that of attended visits by service, ``other_cents`` what missed visits pay."""

    name: str
    key: str
    work: dict[str, list[Work]] = field(default_factory=lambda: defaultdict(list))
    other_cents: int = 0
    hours: dict[str, TypedHours] = field(default_factory=lambda: defaultdict(TypedHours))
    """The typed hours by kind."""
    before: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    """What approved runs have paid by plan, service and measure, in cents."""
    is_paid_otherwise: bool = False
    """Whether approved runs have plan lines for other days that overlap the period."""

    @property
    def earned_cents(self) -> int:
        """Return what the visits and the typed hours pay."""
        hours = sum(one.cents for one in self.hours.values())
        return self.other_cents + hours + sum(part.cents for parts in self.work.values() for part in parts)


class _Period:
    """One pay period while its plan lines are decided."""

    def __init__(self, setup: Setup, of: PlannedPeriod, plans: Sequence[PayPlan]) -> None:
        self._of, self._plans = of, plans
        self._providers = {one.name: one for one in setup.providers}
        recorded = [(row.provider_key, row.provider) for row in of.rows]
        recorded += [(one.line.provider_key, one.line.provider) for one in of.paid]
        self._names = ProviderNames(setup.providers, recorded)
        self._codes = {fold(text): one.code for one in setup.services for text in one.spellings}
        self._tables = _tables_in_force(plans, of.period.first)
        self._others = _others_in_force(plans, of.period.first)
        self.findings: list[FindingFacts] = []

    def lines(self) -> list[PlanLine]:
        """Return the plan lines of the period, by provider."""
        if self._of.is_own:
            self._remark_on_first_days()
        people = self._people()
        found = []
        for name in sorted(people, key=lambda name: (name.casefold(), name)):
            person = people[name]
            if person.is_paid_otherwise:
                self.findings.append(PlanOfAnotherPeriod(provider=name, period=in_words(self._of.period)))
            else:
                found += [line for line in self._lines_of(person) if line.amount_cents]
        return found

    def _remark_on_first_days(self) -> None:
        period = self._of.period
        for day in sorted({plan.effective_from for plan in self._plans}):
            if period.first < day <= period.last:
                self.findings.append(PlanBeginsWithinPeriod(first=us(day), period=in_words(period)))

    def _people(self) -> dict[str, _Person]:
        """Return everybody whom the plans of the period may concern, by name."""
        found: dict[str, _Person] = {}
        for row in self._of.rows:
            person = self._person(found, row.provider, row.provider_key)
            if row.is_attended:
                person.work[self._codes.get(fold(row.service), row.service)].append(row.work)
            else:
                person.other_cents += row.work.cents
        period = self._of.period
        for line in (*(line for _, line in self._of.paid), *self._of.hours):
            person = self._person(found, line.provider, line.provider_key)
            if line.kind == HOURS:
                kind = self._codes.get(fold(line.service), line.service)
                person.hours[kind] = person.hours[kind].plus(line.minutes, line.amount_cents)
            elif (line.first, line.last) == (period.first, period.last):
                service = self._codes.get(fold(line.service), line.service)
                person.before[line.kind, service, line.measure] += line.amount_cents
            else:
                person.is_paid_otherwise = True
        if self._of.is_own:
            for provider in self._providers.values():
                if provider.active:
                    self._person(found, provider.name, _key_of(provider))
        return found

    def _person(self, found: dict[str, _Person], recorded: str, key: str) -> _Person:
        name = self._names.name_of(recorded, key)
        listed = self._providers.get(name)
        return found.setdefault(name, _Person(name, _key_of(listed) if listed else key))

    def _lines_of(self, person: _Person) -> Iterator[PlanLine]:
        """Yield the lines of one provider; some of them may come to nothing."""
        before = dict(person.before)
        earned = person.earned_cents

        def line(
            kind: PlanKind, now_cents: int, words: str, service: str = "", measure: str = ""
        ) -> PlanLine:
            was = before.pop((kind.value, service, measure), 0)
            return PlanLine(
                person.name, person.key, kind.value, service, measure,
                self._of.period.first, self._of.period.last, was, now_cents, words,
            )  # fmt: skip

        for (service, kind, measure), cents, words in self._tiers_of(person):
            earned += cents
            yield line(kind, cents, words, service, measure)
        if salary := self._amount_of(PlanKind.SALARY, person.name):
            earned += salary
            yield line(PlanKind.SALARY, salary, f"Salary of {dollars(salary)} for the pay period.")
        lowest = self._amount_of(PlanKind.MINIMUM, person.name)
        if lowest is not None and earned < lowest:
            words = (
                f"At least {dollars(lowest)} for the pay period; without the minimum it is {dollars(earned)}."
            )
            yield line(PlanKind.MINIMUM, lowest - earned, words)
            earned = lowest
        highest = self._amount_of(PlanKind.CAP, person.name)
        if highest is not None and earned > highest:
            words = f"At most {dollars(highest)} for the pay period; without the cap it is {dollars(earned)}."
            yield line(PlanKind.CAP, highest - earned, words)
        for plan, service, measure in [*before]:
            yield line(PlanKind(plan), 0, "The plan comes to nothing now.", service, measure)

    def _tiers_of(self, person: _Person) -> Iterator[tuple[tuple[str, PlanKind, str], int, str]]:
        """Yield what each table of tiers adds to a provider's pay: its service, plan and measure, cents, and words."""
        covered: dict[tuple[str, str], list[Work]] = defaultdict(list)
        for service, parts in person.work.items():
            key = self._table_for(person.name, service)
            if key:
                covered[key] += parts
        hours: dict[tuple[str, str], TypedHours] = defaultdict(TypedHours)
        for kind, one in person.hours.items():
            key = self._table_for(person.name, kind)
            if key and self._tables[key][0].measure is PlanMeasure.HOURS:
                hours[key] = hours[key].plus(one.minutes, one.cents)
        for key in sorted({*covered, *hours}):
            tiers, work = self._tables[key], sum_of_work(covered[key])
            for column, visits in lacking_visits(tiers, work).items():
                self.findings.append(
                    PlanLacksMeasure(
                        provider=person.name,
                        visits=count_of(visits, "visit"),
                        what=LACKING_WORDS[column],
                        period=in_words(self._of.period),
                    )
                )
            pay = pay_of_tiers(tiers, work, hours[key])
            if pay:
                measure = tiers[0].measure or PlanMeasure.VISITS
                yield (key[1], tiers[0].kind, measure.value), pay.added_cents, pay.words

    def _table_for(self, provider: str, service: str) -> tuple[str, str] | None:
        """Return the key of the most specific table of tiers, ``None`` if there is none."""
        keys = ((provider, service), (provider, ANY), (ANY, service), (ANY, ANY))
        return next((key for key in keys if key in self._tables), None)

    def _amount_of(self, kind: PlanKind, provider: str) -> int | None:
        """Return the amount of a plan that is no tier, in cents, ``None`` if there is none."""
        return next(
            (self._others[kind, name] for name in (provider, ANY) if (kind, name) in self._others), None
        )


def _tables_in_force(plans: Iterable[PayPlan], day: date) -> Mapping[tuple[str, str], list[PayPlan]]:
    """Return the tiers in force on a day by provider and service, in the order of their bounds."""
    found: dict[tuple[str, str], list[PayPlan]] = defaultdict(list)
    for plan in plans:
        if plan.kind.is_tier and plan.effective_from <= day:
            found[plan.provider, plan.service].append(plan)
    latest = {
        key: sorted_tiers(
            one for one in rows if one.effective_from == max(row.effective_from for row in rows)
        )
        for key, rows in found.items()
    }
    return {key: rows for key, rows in latest.items() if all(row.amount is not None for row in rows)}


def _others_in_force(plans: Iterable[PayPlan], day: date) -> Mapping[tuple[PlanKind, str], int]:
    """Return the amounts of the plans in force on a day that are no tiers, by plan and provider, in cents."""
    latest: dict[tuple[PlanKind, str], PayPlan] = {}
    for plan in sorted(plans, key=lambda one: one.effective_from):
        if not plan.kind.is_tier and plan.effective_from <= day:
            latest[plan.kind, plan.provider] = plan
    return {key: plan.amount for key, plan in latest.items() if plan.amount is not None}


def _key_of(provider: Provider) -> str:
    return fold(provider.provider_id or provider.name)
