"""What visits pay beside the line of their own provider: shares of other providers, and supervision.

A line of further pay is about one visit and one provider. It says what this provider was paid beside the visit's own line by
closed runs, and what the provider has now; the difference is paid. For a visit of this run nothing was paid before. So a visit
that is changed, moved, given to another provider or taken back later changes or takes back this pay, too
(rule: pay-runs#shares, pay-runs#supervision).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.days import date_of
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, FurtherPaid, PaidBy
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.further_rules import (
    SHARE_OF_APPOINTMENT,
    SHARE_OF_VISIT,
    FurtherRules,
    FurtherTerm,
    split_cents,
)
from server.billing.payroll.measures import measures_of, pay_of
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.row_outcomes import OPEN, RowOutcomes
from server.billing.payroll.unsigned_notes import unsigned_visits
from server.billing.payroll.visit_identity import fold_id
from server.billing.payroll.visit_recognition import Recognition
from server.billing.rate_words import amount_on_basis, percent_in_words

Line = tuple[str, int]
"""The run and the place of the line that pays a visit."""

OnRecord = Mapping[Line, Sequence[FurtherPaid]]
"""What closed runs paid beside their lines."""

_SHARES = {SHARE_OF_VISIT, SHARE_OF_APPOINTMENT}
_NEW_TERMS = {
    AdjustmentKind.PROVIDER,
    AdjustmentKind.SERVICE,
    AdjustmentKind.DAY,
    AdjustmentKind.STATUS,
    AdjustmentKind.RETURNED,
}
"""Changes of a visit after which the rules of now hold for it. After others, it is paid by what it was paid by."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit as it is after this run. ``place`` is the position of its row in the log, ``None`` without one."""

    line: Line
    place: int | None
    source_row: int | None
    appointment: str
    day: date
    provider: str
    service: str
    counts_as: str
    cents: int
    change: AdjustmentKind | None
    is_new: bool = False

    @property
    def is_gone(self) -> bool:
        """Return whether it did not take place after all, or is gone from the log."""
        taken_back = {AdjustmentKind.VANISHED, AdjustmentKind.STATUS}
        return not self.cents and self.place is None and self.change in taken_back


def lines_of_visits(known: Recognition, adjustments: Iterable[Adjustment]) -> Iterator[Line]:
    """Yield the lines of closed runs that a log or an adjustment is about; some of them twice."""
    yield from (visit[:2] for visit in known.paid_before.values())
    yield from ((one.of_run, one.of_place) for one in adjustments if one.of_place is not None)


def further_pay(  # noqa: PLR0913, PLR0917 - what a run knows of its visits
    priced: PricedLog,
    known: Recognition,
    outcomes: RowOutcomes,
    run: PayRun,
    adjustments: Sequence[Adjustment],
    on_record: OnRecord,
) -> tuple[Adjustment, ...]:
    """Return the lines of further pay of a run, by provider, day and service.

    ``outcomes`` are the decisions before the paid visits were set aside, ``adjustments`` the changes of visits of closed
    runs.
    """
    rules, shares = FurtherRules(priced.classified.setup), priced.classified.log.shares
    if not rules and not on_record and not shares:
        return ()
    payer = _Payer(priced, rules, on_record)
    new = _visits_of_run(priced, run) if rules or shares else ()
    earlier = _visits_of_closed_runs(priced, known, outcomes, adjustments)
    found = [*new, *(visit for visit in earlier if payer.may_pay(visit))]
    return tuple(sorted((one for visit in found for one in payer.lines(visit)), key=_order))


def _order(one: Adjustment) -> tuple[str, date, str, str, int, str]:
    return one.provider.casefold(), one.day, one.service, one.of_run, one.of_place or 0, one.kind


def _visits_of_run(priced: PricedLog, run: PayRun) -> Iterator[_Visit]:
    """Yield the visits that a run pays with lines of its own, late visits included."""
    place_of = {row: place for place, row in enumerate(priced.classified.log.rows.tolist())}
    lines = run.every_line
    columns = (lines.row, lines.appointment, lines.day, lines.provider, lines.service, lines.counts_as)
    facts = zip(*(column.tolist() for column in (*columns, lines.amount_cents)), strict=True)
    for number, (row, appointment, day, provider, service, counts_as, cents) in enumerate(facts):
        yield _Visit(
            (run.id, number), place_of[row], row, appointment, date_of(day), provider, service, counts_as, cents, None, is_new=True
        )  # fmt: skip


def _visits_of_closed_runs(
    priced: PricedLog, known: Recognition, outcomes: RowOutcomes, adjustments: Sequence[Adjustment]
) -> Iterator[_Visit]:
    """Yield the visits that closed runs paid and that the log has or that this run adjusts.

    A row with a blocker says nothing yet, and neither does a visit whose pay was taken back and that is not adjusted.
    """
    place_of = _places_of_known_rows(priced, known, outcomes)
    adjusted: dict[Line, Adjustment] = {}
    for one in adjustments:
        if one.of_place is not None and not one.is_taken_back:
            adjusted[one.of_run, one.of_place] = one
    for line, one in adjusted.items():
        yield _Visit(
            line, place_of.get(line), one.source_row, one.appointment, one.day, one.provider, one.service, one.counts_as,
            one.now_cents, one.kind,
        )  # fmt: skip
    words = priced.classified.log.word_column("appointment")
    matched, setup = priced.classified.matched, priced.classified.setup
    still_paid = {visit[:2]: visit for visit in known.paid_before.values() if not visit.is_taken_back}
    for line, place in place_of.items():
        if line in adjusted or line not in still_paid:
            continue
        visit = still_paid[line]
        yield _Visit(
            line, place, int(priced.classified.log.rows[place]), str(words.texts(np.array([place]))[0]),
            date.fromisoformat(visit.day), setup.providers[matched.providers[place]].name, visit.service, visit.counts_as,
            visit.amount_cents, None,
        )  # fmt: skip


def _places_of_known_rows(priced: PricedLog, known: Recognition, outcomes: RowOutcomes) -> dict[Line, int]:
    """Return the position of the row of each paid visit that is clear."""
    if not known.paid_before:
        return {}
    classified = priced.classified
    undecided = (outcomes.outcomes == OPEN) & (outcomes.reasons == OPEN)
    unsigned = unsigned_visits(classified)
    found: dict[Line, int] = {}
    positions = np.flatnonzero(classified.payable).tolist()
    for place, identity in zip(positions, classified.identities, strict=True):
        visit = known.paid_before.get(identity)
        if visit is not None and undecided[place] and not (visit.is_taken_back and unsigned[place]):
            found[visit[:2]] = place
    return found


class _Payer:
    """Says what each visit pays beside its own line."""

    def __init__(self, priced: PricedLog, rules: FurtherRules, on_record: OnRecord) -> None:
        self._log, self._shares = priced.classified.log, priced.classified.log.shares
        self._rules, self._on_record = rules, on_record
        setup = priced.classified.setup
        recorded = {(one.provider_key, one.provider) for lines in on_record.values() for one in lines}
        self._names = ProviderNames(setup.providers, recorded)
        self._keys = {one.name: fold(one.provider_id or one.name) for one in setup.providers}
        self._name_of_key = {key: name for name, key in self._keys.items()}

    def may_pay(self, visit: _Visit) -> bool:
        """Return whether a visit of a closed run may pay others something else than it did."""
        return (
            visit.line in self._on_record
            or visit.change in _NEW_TERMS
            or self._of_appointment(visit) is not None
        )

    def lines(self, visit: _Visit) -> Iterator[Adjustment]:
        """Yield the lines of a visit: one for each provider whose further pay is new or differs from what was paid."""
        was: dict[tuple[AdjustmentKind, str], FurtherPaid] = {}
        for one in self._on_record.get(visit.line, ()):
            was[one.kind, self._name_now(one)] = one
        now = dict(self._now(visit, was))
        for kind, provider in sorted(was.keys() | now.keys()):
            before = was.get((kind, provider))
            cents, paid_by = now.get((kind, provider), (0, None))
            was_cents = before.cents if before else 0
            if before and cents == was_cents and _terms_of(before.paid_by) == _terms_of(paid_by):
                continue
            if (
                paid_by is None
                and before
                and visit.is_gone
                and _terms_of(before.paid_by)[:1] == (SHARE_OF_APPOINTMENT,)
            ):
                paid_by = before.paid_by
            yield Adjustment(
                kind, *visit.line, visit.source_row, visit.appointment, visit.day, provider,
                before.provider_key if before else self._keys[provider], visit.service, visit.counts_as, was_cents, cents,
                _reason(visit, paid_by), paid_by=paid_by,
            )  # fmt: skip

    def _name_now(self, one: FurtherPaid) -> str:
        """Return the name that a provider has now: of the person with that name then, or else with that ID."""
        name = self._names.name_of(one.provider, one.provider_key)
        return name if name in self._keys else self._name_of_key.get(one.provider_key, name)

    def _now(
        self, visit: _Visit, was: Mapping[tuple[AdjustmentKind, str], FurtherPaid]
    ) -> Iterator[tuple[tuple[AdjustmentKind, str], tuple[int, PaidBy | None]]]:
        """Yield what each provider has of a visit now, by kind and name."""
        terms = self._terms(visit, was)
        shares = [
            term for term in terms if term.kind is AdjustmentKind.SHARE and term.provider != visit.provider
        ]
        if shares:
            left, *parts = split_cents(visit.cents, [term.paid_by.rate for term in shares])
            given = sum(term.paid_by.rate for term in shares)
            own = replace(shares[0].paid_by, rate=-given)
            yield (AdjustmentKind.SHARE, visit.provider), (left - visit.cents, own)
            for term, cents in zip(shares, parts, strict=True):
                yield (AdjustmentKind.SHARE, term.provider), (cents, term.paid_by)
        for term in terms:
            if term.kind is AdjustmentKind.SUPERVISION and visit.counts_as == CountsAs.ATTENDED:
                paid_by = term.paid_by
                if visit.place is not None:
                    paid_by = measures_of(self._log, visit.place, paid_by.basis, paid_by.rate)
                before = was.get((term.kind, term.provider))
                earned = pay_of(paid_by)
                as_before = before.cents if before else 0
                yield (term.kind, term.provider), (as_before if earned is None else earned, paid_by)

    def _terms(
        self, visit: _Visit, was: Mapping[tuple[AdjustmentKind, str], FurtherPaid]
    ) -> list[FurtherTerm]:
        """Return by what a visit pays others: by the log's own sheet, by what it was paid by, or by the rules of now."""
        if visit.is_gone:
            return []
        of_record = [
            FurtherTerm(kind, provider, one.paid_by)
            for (kind, provider), one in was.items()
            if one.paid_by is not None and not (kind is AdjustmentKind.SHARE and one.paid_by.rate < 0)
        ]
        if visit.is_new or visit.change in _NEW_TERMS:
            terms = [*self._rules.terms(visit.provider, visit.service, visit.day)]
            kept = [term for term in of_record if term.paid_by.basis == SHARE_OF_APPOINTMENT]
            if kept:
                terms = [*kept, *(term for term in terms if term.kind is AdjustmentKind.SUPERVISION)]
        else:
            terms = of_record
        own = self._of_appointment(visit)
        if own is None:
            return terms
        return [*own, *(term for term in terms if term.kind is AdjustmentKind.SUPERVISION)]

    def _of_appointment(self, visit: _Visit) -> list[FurtherTerm] | None:
        """Return the shares that the log's workbook gives others of this appointment, ``None`` if it says nothing of it."""
        if visit.place is None or not self._shares:
            return None
        (appointment,) = self._log.word_column("appointment").texts(np.array([visit.place])).tolist()
        shares = self._shares.get(fold_id(appointment))
        if shares is None:
            return None
        return [
            FurtherTerm(AdjustmentKind.SHARE, name, PaidBy(SHARE_OF_APPOINTMENT, share))
            for name, share in shares.parts
        ]


def _terms_of(paid_by: PaidBy | None) -> tuple[str | int, ...]:
    return (paid_by.basis, paid_by.rate) if paid_by else ()


def _reason(visit: _Visit, paid_by: PaidBy | None) -> str:
    """Return why a provider has this, for a statement that names nobody else."""
    if paid_by is None or visit.is_gone:
        return "The visit no longer pays it."
    if paid_by.basis not in _SHARES:
        return f"Supervision of this visit: {amount_on_basis(paid_by.rate, paid_by.basis)}."
    share = f"{percent_in_words(abs(paid_by.rate))}%"
    whole = dollars(visit.cents)
    if paid_by.rate < 0:
        return f"Others have {share} of this visit, which earns {whole}."
    return f"A share of {share} of this visit, which earns {whole}."
