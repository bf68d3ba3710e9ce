"""The visits that payments may be for: rows of the log, and lines of closed runs (rule: pay-runs#payment-visits).

A visit is known if it is in this log, or if a closed run has a line for it. Only what payments name is looked up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from server.billing.clinics import PayBasis, Setup
from server.billing.days import date_of, serial_of
from server.billing.effective_dates import NO_ROW, in_force
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind
from server.billing.payroll.appointment_log import BLANK, Ints
from server.billing.payroll.classify import ATTENDED, ClassifiedLog, outside_in_words
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.payment_sheet import Payment
from server.billing.payroll.rate_changes import PaidLineNow
from server.billing.payroll.setup_matching import UNKNOWN, spellings
from server.billing.payroll.visit_identity import BY_ID, provider_keys, visit_identity

TAKEN_BACK = "The pay of this visit was taken back."
UNSIGNED = "The note of this visit is not signed."


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit that a payment may be for.

    ``share`` is its rate in parts per million, ``None`` if it is not paid on collection. ``of_run`` and ``of_place`` are the line
    of a closed run that has it. ``problem`` says why it is paid nothing, "" if nothing is wrong; while its row of the log is blocked or held, it ``is_unclear``. Payments up to
    ``paid_through`` are part of the collected amount that the run has paid by, ``None`` if it did not.
    """

    identity: str
    patient_key: str
    day: date
    provider: str = ""
    provider_key: str = ""
    service: str = ""
    appointment: str = ""
    share: int | None = None
    of_run: str = ""
    of_place: int | None = None
    problem: str = ""
    is_unclear: bool = False
    paid_through: date | None = None


@dataclass(frozen=True, slots=True)
class VisitsNamed:
    """What the payments of a sheet name: identities of appointment IDs, and days of service of patients by their key."""

    identities: frozenset[str]
    days: Mapping[str, frozenset[date]]

    @classmethod
    def by(cls, payments: Iterable[Payment]) -> "VisitsNamed":
        """Return what some payments name."""
        days: dict[str, set[date]] = defaultdict(set)
        identities = set()
        for one in payments:
            if one.appointment:
                identities.add(one.named_visit)
            elif one.patient_key and one.visit_day:
                days[one.patient_key].add(one.visit_day)
        return cls(frozenset(identities), {key: frozenset(found) for key, found in days.items()})

    @property
    def every_day(self) -> set[date]:
        """Return the days of service that are named."""
        return {day for days in self.days.values() for day in days}


@dataclass(frozen=True, slots=True)
class ClosedVisits:
    """Visits of closed runs, as later closed runs adjusted them: their lines now, and the day on which each run was made."""

    visits: Sequence[PaidVisit] = ()
    lines: Mapping[tuple[str, int], PaidLineNow] = field(default_factory=dict)
    made_on: Mapping[str, date] = field(default_factory=dict)


def rows_named(classified: ClassifiedLog, named: VisitsNamed) -> Ints:
    """Return the positions of the rows of a log that payments name."""
    log, ids = classified.log, classified.ids
    is_named = np.array([one in named.identities for one in ids.identities] + [False], dtype=np.bool_)[
        ids.codes
    ]
    patients = log.word_column("patient")
    for code, key in enumerate(classified.patients[:-1]):
        if days := named.days.get(key):
            serials = np.array([serial_of(day) for day in days], dtype=np.int64)
            is_named |= (patients.codes == code) & log.days.given & np.isin(log.days.values, serials)
    return np.flatnonzero(is_named)


def visits_of_log(
    classified: ClassifiedLog,
    run: PayRun,
    positions: Ints,
    paid_before: Mapping[int, PaidVisit],
) -> Iterator[tuple[str, KnownVisit | PaidVisit]]:
    """Yield the visits of some rows of a log with the identity of their ID, "" without one.

    A row that a closed run has paid is that visit: ``paid_before`` has it by position.
    """
    reader = _LogVisits(classified, run, positions)
    for position in positions.tolist():
        code = int(classified.ids.codes[position])
        identity = "" if code == BLANK else classified.ids.identities[code]
        yield identity, paid_before.get(position) or reader.visit_at(position, identity)


class _LogVisits:
    """Reads visits from rows of a log that no closed run has paid."""

    def __init__(self, classified: ClassifiedLog, run: PayRun, positions: Ints) -> None:
        self._classified, self._log, self._setup = classified, classified.log, classified.setup
        self._keys = provider_keys(classified.matched)
        self._unsigned = self._log.unsigned_rows
        self._patients = self._log.word_column("patient")
        texts = self._log.word_column("appointment").texts(positions).tolist()
        self._appointments = dict(zip(positions.tolist(), map(str, texts), strict=True))
        unpaid = run.unpaid.frame()[["row", "outcome", "reason"]]
        wanted = unpaid[unpaid["row"].isin(self._log.rows[positions])]
        self._unpaid = {
            int(row): (Outcome(str(outcome)), str(reason))
            for row, outcome, reason in wanted.itertuples(index=False)
        }
        known = (classified.matched.providers != UNKNOWN) & (classified.matched.services != UNKNOWN)
        known &= self._log.days.given
        mask = np.zeros(len(self._log), dtype=np.bool_)
        mask[positions] = True
        self._rates = np.full(len(self._log), NO_ROW, dtype=np.int64)
        self._rates[mask & known] = classified.matched.in_force(self._setup.rates, mask & known)
        payable = np.flatnonzero(classified.payable)
        places = np.searchsorted(payable, positions)
        self._identities = {
            int(position): classified.identities[place]
            for position, place in zip(positions, places.tolist(), strict=True)
            if place < len(payable) and payable[place] == position
        }

    def visit_at(self, position: int, identity: str) -> KnownVisit:
        """Return the visit of a row; with a problem if the row is not paid and not only outside the pay period."""
        matched, log = self._classified.matched, self._log
        code = int(self._patients.codes[position])
        day = date_of(int(log.days.values[position])) if log.days.given[position] else date.min
        found = KnownVisit(
            identity, self._classified.patients[code], day, appointment=self._appointments[position]
        )
        provider, service = int(matched.providers[position]), int(matched.services[position])
        if UNKNOWN not in {provider, service}:
            found = replace(
                found,
                provider=self._setup.providers[provider].name,
                provider_key=self._keys[provider],
                service=self._setup.services[service].code,
            )
        problem, is_unclear = self._problem_at(position)
        if problem:
            return replace(found, problem=problem, is_unclear=is_unclear)
        who = (found.provider_key, fold(found.service), self._patient_at(position))
        named = identity or visit_identity(who[0], int(log.days.values[position]), who[1], who[2], 1)
        is_by_rule = self._classified.rules[position] != NO_ROW
        return replace(
            found,
            identity=self._identities.get(position, named),
            share=None if is_by_rule else _share_of(self._setup, int(self._rates[position])),
        )

    def _patient_at(self, position: int) -> str:
        code = int(self._patients.codes[position])
        return "" if code == BLANK else fold(self._patients.values[code])

    def _problem_at(self, position: int) -> tuple[str, bool]:
        """Return why a row is paid nothing and whether that is unclear yet; "" if it is paid, or if only its day is outside
        the pay period.
        """
        row = int(self._log.rows[position])
        if row not in self._unpaid:
            return "", False
        outcome, reason = self._unpaid[row]
        if reason == outside_in_words(self._classified.period):
            return self._problem_outside(position, row)
        if outcome is Outcome.BLOCKED:
            return f"Row {row} of the log is blocked.", True
        return (
            (UNSIGNED, True)
            if outcome is Outcome.HELD
            else (f"Row {row} of the log is excluded: {reason}.", False)
        )

    def _problem_outside(self, position: int, row: int) -> tuple[str, bool]:
        """Return what keeps a row from being paid beside that its day is outside the pay period."""
        if self._classified.matched.statuses[position] != ATTENDED:
            return f"Row {row} of the log is not an attended visit.", False
        if self._unsigned[position]:
            return UNSIGNED, True
        if int(self._rates[position]) == NO_ROW:
            return f"Row {row} of the log has no rate, or its provider or service is not known.", True
        return "", False


def _share_of(setup: Setup, position: int) -> int | None:
    """Return the share that a rate pays on collection, ``None`` for every other rate."""
    if position == NO_ROW:
        return None
    rate = setup.rates[position]
    return rate.amount if rate.basis is PayBasis.OF_COLLECTED else None


class KnownVisits:
    """The visits that payments may be for, by ID and by patient and day, without duplicates."""

    def __init__(self) -> None:
        self._by_identity: dict[str, list[KnownVisit]] = defaultdict(list)
        self._by_patient: dict[tuple[str, date], list[KnownVisit]] = defaultdict(list)
        self._lines: set[tuple[str, int | None]] = set()

    def add(self, visit: KnownVisit, named: Collection[str] = ()) -> None:
        """Add a visit that is known under its identity and under further ones. A line of a closed run is one visit."""
        line = (visit.of_run, visit.of_place)
        if visit.of_place is None or line not in self._lines:
            self._by_patient[visit.patient_key, visit.day].append(visit)
        self._lines.add(line)
        for identity in {visit.identity, *named} - {""}:
            known = self._by_identity[identity]
            if visit not in known:
                known.append(visit)

    def named_by(self, payment: Payment) -> list[KnownVisit]:
        """Return the visits that a payment names: those of its ID, else those of its patient and day."""
        if payment.appointment:
            return self._with_identity(payment.named_visit)
        if not payment.patient_key or payment.visit_day is None:
            return []
        return list(self._by_patient.get((payment.patient_key, payment.visit_day), ()))

    def _with_identity(self, identity: str) -> list[KnownVisit]:
        """Return the visits of an identity; a line of a closed run goes before rows of the log that are not paid."""
        found = self._by_identity.get(identity, [])
        closed = [one for one in found if one.of_place is not None]
        return closed or found


class VisitsNow:
    """Lines of closed runs as visits, as the adjustments of this run leave them."""

    def __init__(self, closed: ClosedVisits, setup: Setup, adjustments: Iterable[Adjustment]) -> None:
        self._closed, self._setup = closed, setup
        self._adjusted: dict[tuple[str, int | None], list[Adjustment]] = defaultdict(list)
        for one in adjustments:
            if one.of_place is not None:
                self._adjusted[one.of_run, one.of_place].append(one)
        recorded = [(visit.provider_key, visit.provider) for visit in closed.visits]
        self._names = ProviderNames(setup.providers, recorded)
        self._people = {one.name: place for place, one in enumerate(setup.providers)}
        self._services = spellings(setup.services)

    @property
    def changed_lines(self) -> set[tuple[str, int | None]]:
        """Return the lines whose visits the adjustments of this run change; a rate alone changes no visit."""
        return {
            line
            for line, found in self._adjusted.items()
            if any(one.kind is not AdjustmentKind.RATE for one in found)
        }

    def visits_of(self, visits: Iterable[PaidVisit]) -> list[KnownVisit]:
        """Return the visits of some lines, in order, each with its share on its day of service."""
        found = [self._facts_of(visit) for visit in visits]
        shares = self._shares_now([visit for visit, _ in found])
        return [
            visit if recorded is None else replace(visit, share=recorded if share is None else share)
            for (visit, recorded), share in zip(found, shares, strict=True)
        ]

    def _facts_of(self, visit: PaidVisit) -> tuple[KnownVisit, int | None]:
        """Return a visit as it is now, and the share that its line recorded, ``None`` if it is not paid on collection."""
        line = self._closed.lines.get(visit[:2])
        by_id = visit.identity.removeprefix(BY_ID) if visit.identity.startswith(BY_ID) else ""
        known = KnownVisit(
            visit.identity,
            visit.patient_key,
            date.fromisoformat(visit.day),
            self._names.name_of(visit.provider, visit.provider_key),
            visit.provider_key,
            visit.service,
            (line.appointment if line else "") or by_id,
            of_run=visit.run_id,
            of_place=visit.place,
            problem=TAKEN_BACK if visit.is_taken_back or line is None else "",
        )
        paid_by = line.paid_by if line else None
        for one in self._adjusted.get((visit.run_id, visit.place), ()):
            if one.is_taken_back:
                continue
            if one.kind in {AdjustmentKind.VANISHED, AdjustmentKind.STATUS} and one.paid_by is None:
                known = replace(known, problem=TAKEN_BACK)
                continue
            paid_by = one.paid_by or paid_by
            known = replace(
                known,
                day=one.day,
                provider=one.provider,
                provider_key=one.provider_key,
                service=one.service,
                problem="",
            )
        if paid_by is None or paid_by.basis != PayBasis.OF_COLLECTED:
            return known, None
        if line and line.paid_by.collected_cents is not None and visit.amount_cents:
            known = replace(known, paid_through=self._closed.made_on.get(visit.run_id))
        return known, paid_by.rate

    def _shares_now(self, visits: Sequence[KnownVisit]) -> list[int | None]:
        """Return the share that the rates of now pay each visit, ``None`` if that is none or if nobody knows."""
        codes = [one.code for one in self._setup.services]
        places = [
            (self._people.get(one.provider, UNKNOWN), self._services.get(fold(one.service), UNKNOWN))
            for one in visits
        ]
        listed = [place for place, pair in enumerate(places) if UNKNOWN not in pair]
        found: list[int | None] = [None] * len(visits)
        if not listed:
            return found
        pairs = np.array([places[one][0] * len(codes) + places[one][1] for one in listed], dtype=np.int64)
        days = np.array([serial_of(visits[one].day) for one in listed], dtype=np.int64)
        names = [one.name for one in self._setup.providers]
        rates = in_force(self._setup.rates, names, codes, pairs, days).tolist()
        for place, rate in zip(listed, rates, strict=True):
            found[place] = _share_of(self._setup, rate)
        return found
