"""Rates that were changed for days that closed runs have paid: the difference is offered, and paid only if accepted.

A changed rate never moves money by itself. Rows of the log that are paid visits are compared at the rate of then, so that
only what the log says otherwise is adjusted at once (rule: pay-runs#backdated-rates).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from server.billing.clinics import MEASURE, CountsAs, MissedPay, PayBasis, Rate, Setup
from server.billing.days import serial_of, us
from server.billing.effective_dates import NO_ROW, in_force
from server.billing.money import divide, dollars
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, PaidBy
from server.billing.payroll.appointment_log import AppointmentLog, Ints
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.measures import measures_of, pay_of
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.row_outcomes import OPEN, RowOutcomes
from server.billing.payroll.setup_matching import UNKNOWN, spellings
from server.billing.payroll.visit_recognition import Recognition
from server.billing.question_numbers import number_of_question
from server.billing.rate_words import amount_on_basis
from server.errors import Finding, count_of, list_names
from server.errors.paid_visit_findings import RateChangedSincePaid


class PaidLineNow(NamedTuple):
    """A paid line as it is after all adjustments. ``day`` is ISO text."""

    run_id: str
    place: int
    appointment: str
    day: str
    provider: str
    provider_key: str
    service: str
    counts_as: str
    amount_cents: int
    paid_by: PaidBy


class ChangedRate(NamedTuple):
    """A rate that was added or removed: its first day as ISO text, and its provider and service, ``None`` for any."""

    since: str
    provider: str | None
    service: str | None


class RecordedProvider(NamedTuple):
    """A provider as lines recorded it."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ConcernedLines:
    """The lines of a run that changed rates may concern: since a day (ISO text), of one provider or of all (``None``), and
    of any service but ``other_services``.
    """

    since: str
    provider: RecordedProvider | None
    other_services: Sequence[str]


def concerned_lines(
    changed: Sequence[ChangedRate], setup: Setup, paid: Iterable[RecordedProvider]
) -> list[ConcernedLines]:
    """Return which lines of a run the changed rates may concern. ``paid`` are the providers whom the run paid.

    A service that a line recorded may have another code by now, so only the services of now that are not meant are left out.
    """
    by_provider: dict[str | None, list[ChangedRate]] = defaultdict(list)
    for one in changed:
        by_provider[one.provider].append(one)
    people = [*paid]
    names = ProviderNames(setup.providers, people)
    concerned = [(None, by_provider[None])] if by_provider[None] else []
    return [
        ConcernedLines(min(one.since for one in rates), who, _services_not_meant(rates, setup))
        for who, rates in (
            *concerned,
            *((one, by_provider.get(names.name_of(one.name, one.key), [])) for one in people),
        )
        if rates
    ]


def _services_not_meant(rates: Iterable[ChangedRate], setup: Setup) -> list[str]:
    meant = {one.service for one in rates}
    return [] if None in meant else [one.code for one in setup.services if one.code not in meant]


def rows_with_other_pay(
    priced: PricedLog, known: Recognition, outcomes: RowOutcomes, differences: Iterable["RateDifference"]
) -> dict[int, tuple[str, int]]:
    """Return the positions of rows that only earn another amount than was paid, each with the run and the place of the line.

    A row of a visit whose rate changed may earn what was paid by chance only, such as half the units at twice the rate.
    """
    if not known.paid_before:
        return {}
    classified, amounts = priced.classified, priced.amounts
    undecided = (outcomes.outcomes == OPEN) & (outcomes.reasons == OPEN)
    positions = np.flatnonzero(classified.payable).tolist()
    found = {}
    measured = {one.line[:2] for one in differences if one.line.paid_by.basis != PayBasis.PER_SESSION}
    for position, identity in zip(positions, classified.identities, strict=True):
        visit = known.paid_before.get(identity)
        if (
            visit is not None
            and (visit.amount_cents != amounts[position] or visit[:2] in measured)
            and undecided[position]
            and position not in known.changed
            and not visit.is_taken_back
        ):
            found[position] = visit[:2]
    return found


def at_rates_of_then(
    priced: PricedLog, rows: Mapping[int, tuple[str, int]], lines: Mapping[tuple[str, int], PaidLineNow]
) -> PricedLog:
    """Return a log in which paid visits earn what they would at the rate they were paid by.

    A missed visit that is paid by a rule earns what was paid for it, unless it is paid a share of a rate and the log has another
    charge, or other units, minutes or collected amounts, for it: then it earns what it does now.
    """
    found = {row: lines[key] for row, key in rows.items() if key in lines}
    if not found:
        return priced
    log, amounts = priced.classified.log, priced.amounts.copy()
    by_basis: dict[str, list[int]] = defaultdict(list)
    for row, line in found.items():
        by_basis[line.paid_by.basis].append(row)
    for basis, places in by_basis.items():
        if basis in {*PayBasis}:
            amounts[places] = _pay_then(log, PayBasis(basis), places, [found[row] for row in places])
        else:
            kept = [row for row in places if _earns_the_same(log, row, found[row].paid_by)]
            amounts[kept] = [found[row].amount_cents for row in kept]
    paid_by = {row: PaidBy(line.paid_by.basis, line.paid_by.rate) for row, line in found.items()}
    return replace(priced, amounts=amounts, paid_by_then=paid_by)


def _pay_then(
    log: AppointmentLog, basis: PayBasis, rows: Sequence[int], lines: Sequence[PaidLineNow]
) -> Ints:
    """Return what rows earn at the rates of their lines; what was paid where the log lacks what the rate is multiplied by."""
    field, divisor = MEASURE[basis]
    rates = np.array([line.paid_by.rate for line in lines], dtype=np.int64)
    divisors = np.full(len(rates), divisor, dtype=np.int64)
    if field is None:
        return divide(rates, divisors)
    measured = log.amount_column(field)
    paid = np.array([line.amount_cents for line in lines], dtype=np.int64)
    then: Ints = np.where(measured.given[rows], divide(rates * measured.values[rows], divisors), paid)
    return then


def _earns_the_same(log: AppointmentLog, row: int, paid_by: PaidBy) -> bool:
    """Return whether a missed visit earns what was paid for it: a flat amount, or its share with the same measures."""
    return paid_by.basis != MissedPay.OF_RATE or measures_of(log, row, paid_by.basis, paid_by.rate) == paid_by


class RateDifference(NamedTuple):
    """A paid line, its provider's name as it is now, and how the rates of now would pay it."""

    line: PaidLineNow
    provider: str
    rate: Rate
    paid_by: PaidBy
    now_cents: int


def rate_differences(lines: Sequence[PaidLineNow], setup: Setup) -> list[RateDifference]:
    """Return the attended visits that the rates in force now would pay otherwise.

    Visits of providers or services that the setup no longer has are left alone, and so are those without a rate: nothing
    says what they would earn.
    """
    recorded = {(line.provider_key, line.provider) for line in lines}
    people, services = ProviderNames(setup.providers, recorded), spellings(setup.services)
    place_of = {one.name: place for place, one in enumerate(setup.providers)}
    provider_of = {(key, name): place_of.get(people.name_of(name, key), UNKNOWN) for key, name in recorded}
    found: list[tuple[PaidLineNow, int, int]] = []
    for line in lines:
        provider = provider_of[line.provider_key, line.provider]
        service = services.get(fold(line.service), UNKNOWN)
        if line.counts_as == CountsAs.ATTENDED and UNKNOWN not in {provider, service}:
            found.append((line, provider, service))
    if not found:
        return []
    names, codes = [one.name for one in setup.providers], [one.code for one in setup.services]
    pairs = np.array([provider * len(codes) + service for _, provider, service in found], dtype=np.int64)
    days = np.array([serial_of(date.fromisoformat(line.day)) for line, _, _ in found], dtype=np.int64)
    rates = in_force(setup.rates, names, codes, pairs, days).tolist()
    differences = []
    for (line, provider, _), position in zip(found, rates, strict=True):
        if position == NO_ROW:
            continue
        rate = setup.rates[position]
        if rate.amount is None or (rate.basis.value, rate.amount) == (line.paid_by.basis, line.paid_by.rate):
            continue
        paid_by = replace(line.paid_by, basis=rate.basis.value, rate=rate.amount)
        now = pay_of(paid_by)
        if now is not None and now != line.amount_cents:
            differences.append(RateDifference(line, names[provider], rate, paid_by, now))
    return differences


@dataclass(frozen=True, slots=True)
class RateOffer:
    """What changed rates would add to one provider's pay for visits that closed runs paid. ``number`` accepts it."""

    provider: str
    differences: tuple[RateDifference, ...]

    @property
    def cents(self) -> int:
        """Return the sum of the differences, in cents."""
        return sum(one.now_cents - one.line.amount_cents for one in self.differences)

    @property
    def number(self) -> str:
        """Return the number of the offer: equal for the same visits and amounts."""
        return number_of_question(
            self.provider, sorted([*one.line[:2], one.now_cents] for one in self.differences)
        )

    def finding(self, sheet: str) -> Finding:
        """Return the finding that offers it."""
        runs = sorted({one.line.run_id for one in self.differences})
        visits = count_of(len(self.differences), "visit")
        return Finding(
            RateChangedSincePaid(
                provider=self.provider,
                visits=visits,
                runs=list_names([f"run {run}" for run in runs]),
                difference=f"{'+' if self.cents > 0 else ''}{dollars(self.cents)}",
                offer=self.number,
            ),
            sheet,
        )


def rate_offers(differences: Iterable[RateDifference]) -> list[RateOffer]:
    """Return the differences by provider."""
    by_provider: dict[str, list[RateDifference]] = defaultdict(list)
    for one in differences:
        by_provider[one.provider].append(one)
    return [RateOffer(provider, tuple(found)) for provider, found in sorted(by_provider.items())]


class Accepted(NamedTuple):
    """A difference that is accepted, who accepted it, and whether that was in this click."""

    difference: RateDifference
    person: str
    is_new: bool


Acceptances = Mapping[tuple[str, int], tuple[int, str]]
"""The run and the place of a line -> the amount that was accepted, in cents, and who accepted it."""


def accepted_differences(
    differences: Sequence[RateDifference], on_record: Acceptances, numbers: Collection[str], person: str
) -> tuple[list[Accepted], list[RateOffer]]:
    """Return the differences that are accepted, and the offers that are left.

    An acceptance on record counts for the amount that was accepted and no other. ``numbers`` are the offers that
    ``person`` accepts now.
    """
    accepted: list[Accepted] = []
    left: list[RateDifference] = []
    for one in differences:
        given = on_record.get(one.line[:2])
        if given and given[0] == one.now_cents:
            accepted.append(Accepted(one, given[1], is_new=False))
        else:
            left.append(one)
    offers = []
    for offer in rate_offers(left):
        if offer.number in numbers:
            accepted += [Accepted(one, person, is_new=True) for one in offer.differences]
        else:
            offers.append(offer)
    return accepted, offers


def rate_adjustment(one: RateDifference, accepted_by: str) -> Adjustment:
    """Return the adjustment line of an accepted difference."""
    line, rate = one.line, one.rate
    then, now = (amount_on_basis(paid.rate, paid.basis) for paid in (line.paid_by, one.paid_by))
    reason = f"Paid by {then}; the rate is now {now} from {us(rate.effective_from)}."
    return Adjustment(
        AdjustmentKind.RATE, line.run_id, line.place, None, line.appointment, date.fromisoformat(line.day),
        one.provider, line.provider_key, line.service, line.counts_as, line.amount_cents, one.now_cents, reason,
        paid_by=one.paid_by, accepted_by=accepted_by,
    )  # fmt: skip
