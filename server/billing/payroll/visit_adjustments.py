"""Which adjustments a log asks for: what it says otherwise about visits that closed runs paid, and late visits.

Every row that is a paid visit stays "already paid". What its visit earns now, less what was paid for it, is an
adjustment line (rule: pay-runs#adjustments).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from server.billing.clinics import service_labels
from server.billing.days import date_of, us
from server.billing.effective_dates import NO_ROW
from server.billing.money import dollars
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, PaidBy
from server.billing.payroll.appointment_log import AppointmentLog, Ints
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.measures import measures_of
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.row_outcomes import OPEN, RowOutcomes
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN
from server.billing.payroll.shared_days import RowsOfClosedRuns
from server.billing.payroll.unsigned_notes import unsigned_visits
from server.billing.payroll.visit_identity import provider_keys
from server.billing.payroll.visit_recognition import Recognition
from server.billing.payroll.visit_resolver import Resolver
from server.billing.rate_words import amount_on_basis

NOT_IN_LOG = "The log no longer has this visit."
ANOTHER_PROVIDER_NOW = "The log now names another provider for this visit."
ANOTHER_PROVIDER_PAID = "Another provider was paid for this visit before."
"""Reasons that a provider's statement may show: they name nobody else."""


def adjustments_of(
    priced: PricedLog, known: Recognition, outcomes: RowOutcomes, run: PayRun, late: RowsOfClosedRuns
) -> tuple[Adjustment, ...]:
    """Return the adjustment lines of a run, by provider, day and service.

    ``outcomes`` are the decisions before the paid visits were set aside. ``late`` says which rows of the log are late,
    and for which closed run.
    """
    found = [*_late_lines(run, priced.classified.log, late)]
    if known.resolver is not None:
        maker = _Maker(priced, known.resolver)
        found += _of_known_rows(maker, known, outcomes)
        named = map(known.paid_before.get, priced.classified.identities)
        accounted = {visit[:2] for visit in named if visit is not None}
        found += _of_missed(maker, known, accounted)
        found += [
            maker.taken_back(visit, None, AdjustmentKind.VANISHED, NOT_IN_LOG)
            for visit in known.vanished.deleted
        ]
    return tuple(sorted(found, key=_order))


def _order(one: Adjustment) -> tuple[str, date, str, str, int]:
    return one.provider.casefold(), one.day, one.service, one.of_run, one.of_place or 0


def _of_known_rows(maker: "_Maker", known: Recognition, outcomes: RowOutcomes) -> Iterator[Adjustment]:
    """Yield the lines of rows that are paid visits with another amount, day, provider, service or status.

    A row with a blocker earns nothing that is known, so it adjusts nothing yet. Pay that was taken back is paid again only
    once the note of the visit is signed.
    """
    if not known.paid_before:
        return
    classified, amounts = maker.classified, maker.amounts
    undecided = (outcomes.outcomes == OPEN) & (outcomes.reasons == OPEN)
    unsigned = unsigned_visits(classified)
    positions = np.flatnonzero(classified.payable).tolist()
    for position, identity in zip(positions, classified.identities, strict=True):
        visit = known.paid_before.get(identity)
        if visit is None or not undecided[position]:
            continue
        if visit.is_taken_back and unsigned[position]:
            continue
        kind = known.changed.get(position)
        returns = visit.is_taken_back and classified.paid_by_payments[position]
        if kind is None and (visit.amount_cents != amounts[position] or returns):
            kind = AdjustmentKind.AMOUNT
        if kind is not None:
            yield from maker.lines_of_change(
                visit, position, AdjustmentKind.RETURNED if visit.is_taken_back else kind
            )


def _of_missed(maker: "_Maker", known: Recognition, accounted: set[tuple[str, int]]) -> Iterator[Adjustment]:
    """Yield the lines of visits that did not take place after all, unless another row is that visit."""
    done = set(accounted)
    for row, visit in known.missed:
        if visit[:2] not in done:
            done.add(visit[:2])
            now = maker.status_of(row)
            reason = f"Paid as {visit.counts_as}; the log now says {now}."
            yield replace(maker.taken_back(visit, row, AdjustmentKind.STATUS, reason), counts_as=now)


_OF_LATE = (
    "row",
    "appointment",
    "day",
    "provider",
    "provider_key",
    "service",
    "counts_as",
    "rate",
    "amount_cents",
)


def _late_lines(run: PayRun, log: AppointmentLog, late: RowsOfClosedRuns) -> Iterator[Adjustment]:
    """Yield the lines of late visits."""
    if run.late is None:
        return
    code_of = dict(zip(log.rows.tolist(), late.codes.tolist(), strict=True))
    columns = [getattr(run.late, name).tolist() for name in _OF_LATE]
    for row, appointment, day, provider, key, service, counts_as, rate, cents in zip(*columns, strict=True):
        used = amount_on_basis(run.rates_used[rate].amount, run.rates_used[rate].basis)
        run_id = late.run_ids[code_of[row]]
        yield Adjustment(
            AdjustmentKind.LATE, run_id, None, row, appointment, date_of(day), provider, key, service, counts_as,
            0, cents, f"Not paid by run {run_id}, which closed its period. Paid now: {used}.",
        )  # fmt: skip


class _Maker:
    """Makes adjustment lines with the words of the setup as it is now."""

    def __init__(self, priced: PricedLog, resolver: Resolver) -> None:
        self._priced = priced
        self.classified = priced.classified
        self.amounts: Ints = priced.amounts
        self._resolver = resolver
        self._setup = self.classified.setup
        self._keys = provider_keys(self.classified.matched)
        self._label_of = service_labels(self._setup.services)
        self._words = self.classified.log.word_column("appointment")
        self._names = ProviderNames(self._setup.providers, resolver.people_paid)

    def status_of(self, row: int) -> str:
        """Return what the status of a row counts as."""
        return STATUSES[int(self.classified.matched.statuses[row])].value

    def taken_back(self, visit: PaidVisit, row: int | None, kind: AdjustmentKind, reason: str) -> Adjustment:
        """Return the line that takes back what a visit was paid."""
        service = self._resolver.service(visit)
        return Adjustment(
            kind,
            visit.run_id,
            visit.place,
            None if row is None else int(self.classified.log.rows[row]),
            "" if row is None else self._appointment(row),
            date.fromisoformat(visit.day),
            self._names.name_of(visit.provider, visit.provider_key),
            visit.provider_key,
            visit.service if service == UNKNOWN else self._setup.services[service].code,
            visit.counts_as,
            visit.amount_cents,
            0,
            reason,
        )

    def lines_of_change(self, visit: PaidVisit, row: int, kind: AdjustmentKind) -> list[Adjustment]:
        """Return the lines of a row that is a paid visit: two if another provider did it."""
        matched = self.classified.matched
        provider, service = int(matched.providers[row]), int(matched.services[row])
        before = self.taken_back(visit, row, kind, self._reason(visit, row, kind))
        now = replace(
            before,
            day=date_of(int(self.classified.log.days.values[row])),
            provider=self._setup.providers[provider].name,
            provider_key=self._keys[provider],
            service=self._setup.services[service].code,
            counts_as=self.status_of(row),
            now_cents=int(self.amounts[row]),
            paid_by=self._paid_by(row),
        )
        if provider in self._resolver.providers(visit):
            return [now]
        taken = replace(before, reason=ANOTHER_PROVIDER_NOW, is_taken_back=True)
        given = replace(now, was_cents=0, reason=ANOTHER_PROVIDER_PAID)
        return [taken, given] if visit.amount_cents or not visit.is_taken_back else [given]

    def _paid_by(self, row: int) -> PaidBy | None:
        """Return how a row is paid, ``None`` for a missed visit."""
        if row in self._priced.paid_by_then:
            then = self._priced.paid_by_then[row]
            return measures_of(self.classified.log, row, then.basis, then.rate)
        rate = int(self.classified.rates[row])
        if rate == NO_ROW or self.classified.rules[row] != NO_ROW:
            return None
        used = self._setup.rates[rate]
        return measures_of(self.classified.log, row, used.basis.value, used.amount or 0)

    def _reason(self, visit: PaidVisit, row: int, kind: AdjustmentKind) -> str:
        matched, log = self.classified.matched, self.classified.log
        if kind is AdjustmentKind.DAY:
            now = us(date_of(int(log.days.values[row])))
            return f"Paid for {us(date.fromisoformat(visit.day))}; the log now says {now}."
        if kind is AdjustmentKind.SERVICE:
            service = self._setup.services[int(matched.services[row])].code
            return f"Paid as {self._label_of(visit.service)}; the log now says {self._label_of(service)}."
        if kind is AdjustmentKind.STATUS:
            return f"Paid as {visit.counts_as}; the log now says {self.status_of(row)}."
        if kind is AdjustmentKind.RETURNED:
            return "The pay was taken back before; the log has the visit again."
        return f"Paid {dollars(visit.amount_cents)}; it earns {dollars(int(self.amounts[row]))} now."

    def _appointment(self, row: int) -> str:
        texts = self._words.texts(np.array([row]))
        return str(texts[0])
