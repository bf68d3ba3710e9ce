"""Visits that earlier runs held, in a later log: let in, recognized, left out if written off, or said to be waiting.

What a row earns does not depend on this: a held visit was never paid, so its row is paid like any other
(rule: pay-runs#held-rows).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from server.billing.clinics import Setup
from server.billing.days import serial_of, us
from server.billing.payroll.appointment_log import AppointmentLog, Mask
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.held_matching import FACTS_IF_UNPAID, LEAST_FACTS, HeldSearch, RowFacts
from server.billing.payroll.held_visits import HeldRowFound, HeldState, HeldVisit, waiting_of
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PayRun, Period
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions, RowOutcomes
from server.billing.payroll.session_rows import named_by_session
from server.billing.payroll.setup_matching import match_log
from server.billing.payroll.several_services import with_services
from server.billing.payroll.visit_identity import appointment_ids, patient_keys
from server.billing.payroll.visit_recognition import Recognition
from server.errors import Finding, Severity, count_of
from server.errors.held_visit_findings import (
    HeldVisitExcluded,
    HeldVisitPaid,
    HeldVisitsWait,
    HeldVisitWrittenOff,
    LooksWrittenOff,
)
from server.errors.held_visits import NO_PROVIDER

_Kind = type[HeldVisitPaid] | type[HeldVisitExcluded]

LISTED = 8
"""A sentence lists at most this many held visits."""


def rows_let_in(log: AppointmentLog, setup: Setup, held: Sequence[HeldVisit], period: Period) -> Mask | None:
    """Return the rows outside the period that are visits held by earlier runs, ``None`` if there are none.

    Rows without an ID that agree in all facts are let in together, because only their number tells them apart.
    """
    first, last = serial_of(period.first), serial_of(period.last)
    outside = log.days.given & ((log.days.values < first) | (log.days.values > last))
    waiting = waiting_of(held)
    if not waiting or not outside.any():
        return None
    patients = patient_keys(log.word_column("patient"))
    matched = match_log(log, setup)
    ids = with_services(appointment_ids(log.word_column("appointment")), matched)
    ids = named_by_session(ids, matched)
    search = HeldSearch(RowFacts.of_log(matched, ids, patients), period)
    let_in: Mask = np.zeros(len(log), dtype=np.bool_)
    for visit in waiting:
        let_in[search.certain_rows(visit)] = True
    let_in &= outside
    return let_in if let_in.any() else None


def held_identities(classified: ClassifiedLog, held: Sequence[HeldVisit]) -> dict[str, frozenset[str]]:
    """Return identity -> the runs that held this visit, for rows that certainly are visits held before.

    Such a row is none of the visits which that run has paid, however much they look alike.
    """
    runs: dict[str, set[str]] = defaultdict(set)
    waiting = waiting_of(held)
    if not waiting:
        return {}
    search, of_row = _search_in(classified), _identities_by_row(classified)
    for visit in waiting:
        for row in search.certain_rows(visit).tolist():
            if row in of_row:
                runs[of_row[row]].add(visit.run_id)
    return {identity: frozenset(held_by) for identity, held_by in runs.items()}


@dataclass(frozen=True, slots=True, eq=False)
class HeldInLog:
    """The decisions about the rows after held visits were looked for.

    ``rows`` maps ids of held visits to positions of rows; ``waiting`` are those without a row.
    """

    outcomes: RowOutcomes
    rows: Mapping[int, int]
    waiting: tuple[HeldVisit, ...]


def find_held(priced: PricedLog, known: Recognition, held: Sequence[HeldVisit], today: date) -> HeldInLog:
    """Find the rows of held visits, and leave out the rows of those that were written off.

    ``held`` are the visits that wait or are written off. What is certain goes before what is likely.
    """
    if not held:
        return HeldInLog(known.outcomes, {}, ())
    decisions = RowDecisions(known.outcomes)
    found = _Finder(priced.classified, decisions, known, today)
    waiting = waiting_of(held)
    found.find_by_id(waiting)
    doubtful = _leave_out(decisions, found, [one for one in held if one.state is HeldState.WRITTEN_OFF])
    found.find_by_facts(waiting)
    _remark_on_lookalikes(decisions, found, doubtful)
    left = tuple(visit for visit in waiting if visit.id not in found.rows)
    return HeldInLog(decisions.finish(), found.rows, left)


def outcomes_of_held(run: PayRun, log: AppointmentLog, held: HeldInLog) -> tuple[HeldRowFound, ...]:
    """Return the outcome that the row of each held visit has in a finished run."""
    if not held.rows:
        return ()
    outcomes = dict(zip(run.unpaid.row.tolist(), run.unpaid.outcome.tolist(), strict=True))
    excel_rows = {visit: int(log.rows[place]) for visit, place in held.rows.items()}
    return tuple(
        HeldRowFound(visit, row, Outcome(outcomes.get(row, Outcome.PAID)))
        for visit, row in excel_rows.items()
    )


def findings_about_held(
    run: PayRun, held: Sequence[HeldVisit], found: Sequence[HeldRowFound], waiting: Sequence[HeldVisit]
) -> list[Finding]:
    """Return the findings about visits that are paid or excluded now, and about those that still wait."""
    run_of = {visit.id: visit.run_id for visit in held}
    groups: dict[tuple[_Kind, str], list[int]] = defaultdict(list)
    kinds: Mapping[Outcome, _Kind] = {Outcome.PAID: HeldVisitPaid, Outcome.EXCLUDED: HeldVisitExcluded}
    for one in found:
        if kind := kinds.get(one.outcome):
            groups[kind, run_of[one.held_id]].append(one.source_row)
    findings = [
        Finding(kind(run=run_id), run.log.sheet, sorted(rows)) for (kind, run_id), rows in groups.items()
    ]
    by_run: dict[tuple[str, Period], list[HeldVisit]] = defaultdict(list)
    for visit in waiting:
        by_run[visit.run_id, visit.period].append(visit)
    for (run_id, period), visits in by_run.items():
        still = HeldVisitsWait(
            visits=count_of(len(visits), "visit"),
            wait="waits" if len(visits) == 1 else "wait",
            period=in_words(period),
            run=run_id,
            list=_days_and_providers(visits),
        )
        findings.append(Finding(still, run.log.sheet))
    return findings


def _days_and_providers(visits: Sequence[HeldVisit]) -> str:
    """Return days and providers in order, without patients; a long list is cut."""
    named = sorted(
        {
            (
                visit.row.day,
                " ".join(
                    filter(
                        None, (us(visit.day) if visit.day else "no date", visit.row.provider or NO_PROVIDER)
                    )
                ),
            )
            for visit in visits
        }
    )
    shown = [words for _, words in named[:LISTED]]
    return "; ".join(shown) + (" and more" if len(named) > LISTED else "")


def _search_in(classified: ClassifiedLog) -> HeldSearch:
    rows = RowFacts.of_log(classified.matched, classified.ids, classified.patients)
    return HeldSearch(rows, classified.period)


def _identities_by_row(classified: ClassifiedLog) -> dict[int, str]:
    """Return the position of each payable row with its identity."""
    rows = np.flatnonzero(classified.payable).tolist()
    return dict(zip(rows, classified.identities, strict=True))


class _Finder:
    """Finds the rows of held visits. ``rows`` are those found so far; a row is at most one visit."""

    def __init__(
        self, classified: ClassifiedLog, decisions: RowDecisions, known: Recognition, today: date
    ) -> None:
        self.rows: dict[int, int] = {}
        self._search = _search_in(classified)
        self._payable = decisions.payable_so_far()
        self._open = decisions.open
        self._excluded: Mask = decisions.outcomes == OUTCOMES.index(Outcome.EXCLUDED)
        self._free = ~(self._excluded & _out_of_time(classified, today))
        self._unpaid = self._free.copy()
        paid = [row for row, name in _identities_by_row(classified).items() if name in known.paid_before]
        self._unpaid[paid] = False

    def find_by_id(self, visits: Sequence[HeldVisit]) -> None:
        """Find the rows that have the ID of a visit."""
        for visit in visits:
            if visit.row.identity:
                rows = [row for row in self._search.rows_with_id(visit).tolist() if self._may_be(visit, row)]
                self._take_first(visit, sorted(rows, key=lambda row: (not self._payable[row], row)))

    def _may_be(self, visit: HeldVisit, row: int) -> bool:
        """Return whether a row may be a visit: a paid row of another service is another service of the appointment."""
        return bool(self._unpaid[row]) or not self._search.is_another_service(visit, row)

    def find_by_facts(self, visits: Sequence[HeldVisit]) -> None:
        """Find rows for the other visits, beginning with the visits of which most is known."""
        for visit in sorted(visits, key=self._search.known_facts, reverse=True):
            if visit.id not in self.rows:
                self._take_first(visit, self.likely_rows(visit))

    def likely_rows(self, visit: HeldVisit) -> list[int]:
        """Return the rows that a visit may be by its facts: those to be paid first, then blocked, then excluded ones."""
        among = (
            (self._payable, LEAST_FACTS),
            (self._open & ~self._payable, LEAST_FACTS),
            (self._excluded, FACTS_IF_UNPAID),
        )
        found = [self._search.rows_like(visit, mask & self._unpaid, least) for mask, least in among]
        return [row for rows in found for row in rows.tolist()]

    def take_certain(self, visit: HeldVisit) -> int | None:
        """Take the open row that certainly is a visit, and return it, ``None`` if there is none."""
        rows = self._search.certain_rows(visit)
        row = next((row for row in rows.tolist() if self._unpaid[row] and self._open[row]), None)
        if row is not None:
            self._take(row)
        return row

    def _take_first(self, visit: HeldVisit, candidates: Sequence[int]) -> None:
        row = next((row for row in candidates if self._free[row]), None)
        if row is not None:
            self.rows[visit.id] = row
            self._take(row)

    def _take(self, row: int) -> None:
        self._free[row] = self._unpaid[row] = False


def _out_of_time(classified: ClassifiedLog, today: date) -> Mask:
    """Return the rows in the future or outside the period, about which a run says nothing."""
    days, period = classified.log.days, classified.period
    inside = (days.values >= serial_of(period.first)) & (days.values <= serial_of(min(period.last, today)))
    out_of_time: Mask = days.given & ~inside
    return out_of_time


def _leave_out(decisions: RowDecisions, found: _Finder, written_off: Sequence[HeldVisit]) -> list[HeldVisit]:
    """Set aside the rows that certainly were written off; return the visits without such a row."""
    left_out: list[int] = []
    others: list[HeldVisit] = []
    for visit in written_off:
        row = found.take_certain(visit)
        if row is None:
            others.append(visit)
            continue
        left_out.append(row)
        decisions.set_aside(np.array([row]), Outcome.EXCLUDED, f"Written off: {visit.reason}")
        decisions.remark(HeldVisitWrittenOff(*_about_decision(visit)), np.array([row]), "date")
    if left_out:
        gone = frozenset(decisions.log.rows[left_out].tolist())
        decisions.findings = [one for each in decisions.findings for one in _without_rows(each, gone)]
    return others


def _remark_on_lookalikes(decisions: RowDecisions, found: _Finder, written_off: Sequence[HeldVisit]) -> None:
    """Remark on rows that are paid although they look like visits that were written off."""
    payable = decisions.payable_so_far()
    for visit in written_off:
        rows = [row for row in found.likely_rows(visit) if payable[row]]
        decisions.remark(LooksWrittenOff(*_about_decision(visit)), np.array(rows[:1], dtype=np.int64), "date")


def _about_decision(visit: HeldVisit) -> tuple[str, str, str]:
    return visit.run_id, us(visit.decided_on) if visit.decided_on else "", visit.reason


def _without_rows(finding: Finding, rows: frozenset[int]) -> list[Finding]:
    """Return a blocker without some rows, nothing if it was about them alone; other findings as they are."""
    if finding.severity is not Severity.BLOCKER or rows.isdisjoint(finding.rows):
        return [finding]
    left = [row for row in finding.rows if row not in rows]
    return [replace(finding, rows=left)] if left else []
