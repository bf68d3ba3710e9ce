"""The first half of a pay run: what every row is, who did it, and which rate holds.

Pure: the log, the clinic's setup, the period and the day go in; rows sorted, with
identities to ask the ledger about, come out. ``server.billing.settle`` does the money.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

import numpy as np

from server.billing.clinic import CountsAs, MissedPay, MissedVisitRule, Setup
from server.billing.days import date_of, serial_of, us
from server.billing.log import AppointmentLog, Ints, Mask
from server.billing.matching import (
    STATUSES,
    UNKNOWN,
    flag_codes,
    provider_codes,
    service_codes,
    spellings,
    status_codes,
    suggestion,
)
from server.billing.names import fold
from server.billing.payroll import Outcome, Period
from server.billing.periods import in_words
from server.billing.sorting import Sorting
from server.billing.timelines import NOTHING, in_force

ATTENDED = STATUSES.index(CountsAs.ATTENDED)
SCHEDULED = STATUSES.index(CountsAs.SCHEDULED)

MANY_UNITS = 15
"""From here up, units look like minutes typed into the wrong column (DOMAIN 8.24)."""


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """A log sorted as far as it can be without the ledger.

    Arrays are as long as the log: positions in the setup's providers, services, rates and
    missed-visit rules (negative where there is none) and in STATUSES. ``payable`` are the rows
    that can be paid; ``identities`` says which appointment each of them is, in order.
    """

    sorting: Sorting
    setup: Setup
    period: Period
    providers: Ints
    services: Ints
    statuses: Ints
    rates: Ints
    rules: Ints
    payable: Mask
    identities: list[str]


def consider(log: AppointmentLog, setup: Setup, period: Period, today: date) -> Considered:
    """Sort every row of a log: set aside what is not to be paid, block what cannot be decided."""
    sorting = Sorting(log)
    _other_clinics(sorting, setup)
    _days_outside(sorting, period, today)
    statuses = status_codes(log, setup)
    providers, by_name = provider_codes(log, setup.providers)
    services = service_codes(log, setup.services)
    rules = _missed_visit_rules(sorting, setup, statuses, providers, services)
    _statuses(sorting, statuses, rules)
    _unreadable_cells(sorting)
    _people_and_services(sorting, setup, providers, by_name, services)
    _repeated_ids(sorting)
    rates = _rates(sorting, setup, providers, services)
    _no_rates(sorting, setup, providers, services, rates, _needs_rate(setup, rules))
    payable = sorting.unblocked()
    identities = _identities(sorting, setup, payable, providers, services)
    return Considered(sorting, setup, period, providers, services, statuses, rates, rules, payable, identities)


def attended_days(log: AppointmentLog, setup: Setup, today: date) -> Ints:
    """Return the days of the visits that took place up to today, as serials."""
    took_place = status_codes(log, setup) == ATTENDED
    return log.days.values[took_place & log.days.given & (log.days.values <= serial_of(today))]


def _other_clinics(sorting: Sorting, setup: Setup) -> None:
    """Block rows whose Clinic column names somebody else (DOMAIN 8.10)."""
    ours = {fold(setup.clinic.name), fold(setup.clinic.id)}
    for value, rows in sorting.log.word_column("clinic").among(sorting.open):
        if fold(value) not in ours:
            sorting.block("another-clinic", rows, "clinic", clinic=setup.clinic.name)


def _days_outside(sorting: Sorting, period: Period, today: date) -> None:
    """Set aside what lies in the future or outside the period (DOMAIN 8.14, 8.15)."""
    days = sorting.log.days
    sorting.set_aside(days.given & (days.values > serial_of(today)), Outcome.EXCLUDED, "In the future")
    outside = (days.values < serial_of(period.first)) | (days.values > serial_of(period.last))
    sorting.set_aside(
        days.given & outside, Outcome.EXCLUDED, f"Outside the pay period {in_words(period)}"
    )


def _missed_visit_rules(
    sorting: Sorting, setup: Setup, statuses: Ints, providers: Ints, services: Ints
) -> Ints:
    """Return for each missed visit the rule that pays its provider all the same (DOMAIN 8.13)."""
    found = np.full(len(statuses), NOTHING, dtype=np.int64)
    known = sorting.open & (providers != UNKNOWN) & (services != UNKNOWN) & sorting.log.days.given
    for code, counts_as in enumerate(STATUSES):
        positions = [i for i, rule in enumerate(setup.missed_visits) if rule.counts_as is counts_as]
        rows = known & (statuses == code)
        if not positions or not rows.any():
            continue
        rules = [_standing(setup.missed_visits[position]) for position in positions]
        pairs = providers[rows] * len(setup.services) + services[rows]
        answers = in_force(rules, *_keys(setup), pairs, sorting.log.days.values[rows])
        paying = np.array([*(p if _pays(setup, p) else NOTHING for p in positions), NOTHING], dtype=np.int64)
        found[rows] = paying[answers]
    return found


def _standing(rule: MissedVisitRule) -> MissedVisitRule:
    """Return a rule as one that holds: "none" has no amount, and must not read as an end."""
    return replace(rule, amount=0) if rule.basis is MissedPay.NONE else rule


def _pays(setup: Setup, rule: int) -> bool:
    return setup.missed_visits[rule].basis is not MissedPay.NONE


def _statuses(sorting: Sorting, statuses: Ints, rules: Ints) -> None:
    """Set aside what did not take place; block what nobody can say (DOMAIN 1.3)."""
    for code, counts_as in enumerate(STATUSES):
        if code != ATTENDED:
            reason = f"{counts_as.value.capitalize()}"
            sorting.set_aside((statuses == code) & (rules == NOTHING), Outcome.EXCLUDED, reason)
    unsaid = sorting.open & (statuses == UNKNOWN)
    _status_unsaid(sorting, unsaid)
    for flag in sorting.log.flags if "status" in sorting.log.words else ():
        against = flag_codes(flag.words, flag.meanings)
        conflict = sorting.open & (statuses == ATTENDED) & (against != ATTENDED) & (against != UNKNOWN)
        for value, rows in flag.words.among(conflict):
            column = sorting.log.column("status")
            facts = {"heading": flag.column.heading, "other": value}
            sorting.block("status-conflict", rows, column, **facts)


def _status_unsaid(sorting: Sorting, unsaid: Mask) -> None:
    log = sorting.log
    if "status" in log.words:
        column, words = log.column("status"), log.words["status"]
        unsaid = unsaid & ~_unreadable(log, "status")
    else:
        column, words = log.flags[0].column, log.flags[0].words
    sorting.block("blank-status", unsaid & words.blank, column)
    for value, rows in words.among(unsaid):
        sorting.block("unknown-status", rows, column, value=value)


def _unreadable_cells(sorting: Sorting) -> None:
    """Block the open rows with a cell that says nothing usable, and those without a date."""
    log = sorting.log
    for cells in log.unreadable:
        mask = np.zeros(len(log), dtype=np.bool_)
        mask[list(cells.positions)] = True
        sorting.block(cells.code, mask & sorting.open, cells.column, value=cells.value)
    sorting.block("blank-date", sorting.open & ~log.days.given & ~_unreadable(log, "date"), "date")


def _unreadable(log: AppointmentLog, field: str) -> Mask:
    mask = np.zeros(len(log), dtype=np.bool_)
    for cells in log.unreadable:
        if cells.field == field:
            mask[list(cells.positions)] = True
    return mask


def _people_and_services(
    sorting: Sorting, setup: Setup, providers: Ints, by_name: Ints, services: Ints
) -> None:
    log = sorting.log
    for field, codes, known in (("provider", providers, setup.providers), ("service", services, setup.services)):
        words = log.word_column(field)
        unknown = sorting.open & (codes == UNKNOWN) & ~_unreadable(log, field)
        sorting.block(f"blank-{field}", unknown & words.blank, field)
        for value, rows in words.among(unknown):
            sorting.block(f"unknown-{field}", rows, field, value=value, suggestion=suggestion(value, known))
    named = {fold(value) for value in log.word_column("provider").values} & spellings(setup.providers).keys()
    if "provider_id" in log.words and named:
        conflict = sorting.open & (by_name != UNKNOWN) & (providers != by_name)
        sorting.block_each("provider-conflict", conflict, "provider_id", log.words["provider_id"])
    for position, provider in enumerate(setup.providers):
        if not provider.active:
            rows = sorting.unblocked() & (providers == position)
            sorting.remark("inactive-provider", rows, "provider", provider=provider.name)


def _repeated_ids(sorting: Sorting) -> None:
    """Block the second row of an appointment ID: an appointment is paid once (DOMAIN 2.2)."""
    words = sorting.log.word_column("appointment")
    for first, later in repeats(words.codes, sorting.open & ~words.blank):
        mask = np.zeros(len(words.codes), dtype=np.bool_)
        mask[later] = True
        facts = {"value": words.values[words.codes[first]], "first": sorting.log.rows[first]}
        sorting.block("duplicate-appointment", mask, "appointment", **facts)


def repeats(keys: Ints, mask: Mask) -> Iterator[tuple[int, Ints]]:
    """Yield, for each key that stands more than once in the masked rows, its first and its later positions."""
    positions = np.flatnonzero(mask)
    ordered = np.sort(keys[positions])
    for key in np.unique(ordered[1:][ordered[1:] == ordered[:-1]]):
        found = positions[keys[positions] == key]
        yield int(found[0]), found[1:]


def _keys(setup: Setup) -> tuple[list[str], list[str]]:
    return [provider.name for provider in setup.providers], [service.code for service in setup.services]


def _rates(sorting: Sorting, setup: Setup, providers: Ints, services: Ints) -> Ints:
    """Return the rate in force for each row that can have one."""
    found = np.full(len(providers), NOTHING, dtype=np.int64)
    rows = sorting.unblocked()
    pairs = providers[rows] * len(setup.services) + services[rows]
    found[rows] = in_force(setup.rates, *_keys(setup), pairs, sorting.log.days.values[rows])
    return found


def _needs_rate(setup: Setup, rules: Ints) -> Mask:
    """Return the rows whose pay needs a rate: all but missed visits paid a flat amount."""
    flat = np.array([rule.basis is MissedPay.FLAT for rule in setup.missed_visits] + [False])
    return ~flat[rules]


def _no_rates(
    sorting: Sorting, setup: Setup, providers: Ints, services: Ints, rates: Ints, needed: Mask
) -> None:
    """Block what has no rate, or a rate of 0 that nobody called unpaid (DOMAIN 8.7)."""
    days = sorting.log.days.values
    lacking = sorting.unblocked() & needed & (rates == NOTHING)
    for provider, service, day in sorted(
        set(zip(providers[lacking].tolist(), services[lacking].tolist(), days[lacking].tolist(), strict=True))
    ):
        rows = lacking & (providers == provider) & (services == service) & (days == day)
        facts = {"provider": setup.providers[provider].name, "service": setup.services[service].code}
        sorting.block("no-rate", rows, "service", **facts, day=us(date_of(day)))
    for position, rate in enumerate(setup.rates):
        if rate.amount == 0 and "unpaid" not in rate.note.casefold():
            rows = sorting.unblocked() & needed & (rates == position)
            for service in np.unique(services[rows]).tolist():
                facts = {"provider": rate.provider, "service": setup.services[service].code}
                sorting.block("rate-of-zero", rows & (services == service), "service", **facts)


def _identities(
    sorting: Sorting, setup: Setup, payable: Mask, providers: Ints, services: Ints
) -> list[str]:
    """Say which appointment each payable row is, across exports (DOMAIN 2.2).

    By its ID; else by provider, day, service, patient and how many-th such row it is. The
    latter is hashed, so that the books hold no patient's name.
    """
    log = sorting.log
    ids = log.word_column("appointment")
    found = np.array([*(f"id:{value}" for value in ids.values), ""], dtype=object)[ids.codes]
    unnamed = payable & ids.blank
    ordinals = _ordinals(sorting, unnamed, providers, services)
    patients = log.word_column("patient")
    people = [fold(value) for value in (*patients.values, "")]
    who = [fold(provider.provider_id or provider.name) for provider in setup.providers]
    what = [fold(service.code) for service in setup.services]
    for position in np.flatnonzero(unnamed).tolist():
        day, ordinal = str(log.days.values[position]), str(ordinals[position])
        whom = people[patients.codes[position]]
        parts = (who[providers[position]], day, what[services[position]], whom, ordinal)
        digest = blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
        found[position] = f"visit:{digest}"
    identities: list[str] = found[payable].tolist()
    return identities


def _ordinals(sorting: Sorting, rows: Mask, providers: Ints, services: Ints) -> Ints:
    """Number the rows nothing tells apart, and remark on them where a patient is named (DOMAIN 8.2)."""
    log = sorting.log
    ordinals = np.ones(len(log), dtype=np.int64)
    if not rows.any():
        return ordinals
    patients = log.word_column("patient")
    table = np.stack([providers, log.days.values, services, patients.codes], axis=1)
    _, keys = np.unique(table[rows], axis=0, return_inverse=True)
    spread = np.full(len(log), -1, dtype=np.int64)
    spread[rows] = keys.ravel()
    for first, later in repeats(spread, rows):
        ordinals[later] = np.arange(2, len(later) + 2)
        mask = np.zeros(len(log), dtype=np.bool_)
        mask[later] = True
        if not patients.blank[first]:
            sorting.remark("identical-rows", mask, "date", first=log.rows[first])
    return ordinals
