"""Payroll: the pay of a log, without what closed runs have paid, recorded as a draft run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from server.billing.clinics import ImportProfile, Setup
from server.billing.days import date_of
from server.billing.payroll.adjustments import Adjustment
from server.billing.payroll.appointment_log import AppointmentLog, Mask
from server.billing.payroll.blocked_rows import holds_of
from server.billing.payroll.calculate import PricedLog, finish_run, price_rows, with_adjustments
from server.billing.payroll.carry_forward import Balance, carried_by
from server.billing.payroll.classify import ClassifiedLog, classify_rows, visit_days
from server.billing.payroll.equal_visits import number_by_amount
from server.billing.payroll.further_pay import further_pay, lines_of_visits
from server.billing.payroll.group_sessions import pay_sessions_once, session_names
from server.billing.payroll.held_rows import (
    find_held,
    findings_about_held,
    held_identities,
    outcomes_of_held,
    rows_let_in,
)
from server.billing.payroll.held_visits import DraftHolds, HeldVisit
from server.billing.payroll.other_clinic import refuse_foreign
from server.billing.payroll.overtime import overtime_findings
from server.billing.payroll.paid_on_collection import classify_by_payments
from server.billing.payroll.paid_visits import ClickAnswer, PaidBefore
from server.billing.payroll.pay_history import PayHistory, pay_date_of
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem, items_of_run
from server.billing.payroll.pay_periods import (
    VisitDays,
    merge_periods,
    period_findings,
    period_of_log,
    stretches_of,
)
from server.billing.payroll.pay_run import PayRun, Period
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.payment_sheet import PaymentsSheet
from server.billing.payroll.plan_lines import PlanBasis, PlanLine
from server.billing.payroll.rate_changes import (
    Accepted,
    RateDifference,
    RateOffer,
    accepted_differences,
    at_rates_of_then,
    rate_adjustment,
    rate_differences,
    rows_with_other_pay,
)
from server.billing.payroll.recorded_runs import DraftReplaced, RunHeader
from server.billing.payroll.services_on_record import named_as_paid, names_on_record
from server.billing.payroll.shared_days import RowsOfClosedRuns, rows_of_closed_runs
from server.billing.payroll.typed_hours import NO_SHEET_OF_HOURS, SheetHours
from server.billing.payroll.vanished_answers import VanishedAnswer, VanishedClickAnswer
from server.billing.payroll.visit_adjustments import adjustments_of
from server.billing.payroll.visit_recognition import Recognition, identities_of, recognize
from server.errors import (
    AnotherClinicsLog,
    EmptySetup,
    Finding,
    ImplausiblePeriod,
    RunIsClosed,
    UnknownClinic,
    count_of,
)
from server.errors.log_column_findings import InAnotherDraft
from server.ledger.clinic_books import ClinicBooks
from server.ledger.payroll.drafts import DraftBasis, KnownBy
from server.operations.operation import operation
from server.operations.pay_history import history_of_run
from server.operations.payments import ComparedLog, days_without_visits, follows_payments, with_payments
from server.operations.run_plans import PlannedPay, plans_on_record
from server.operations.session import Session

PAYS_NOTHING_NOW = "Generated again: the log of this period pays nothing now."
"""The reason for voiding a draft when its period is generated again without any paid row."""


@operation(UnknownClinic, EmptySetup)
def setup_for_logs(session: Session) -> tuple[Setup, ImportProfile]:
    """Return the clinic's setup and its answers about its logs; raises EmptySetup without providers."""
    with session.reading() as books:
        setup, profile = books.setup(), books.profile()
    if not setup.providers:
        raise EmptySetup(setup.clinic.name)
    return setup, profile


@operation()
def remember_answers(session: Session, profile: ImportProfile) -> None:
    """Record the answers about the clinic's logs."""
    if profile != session.books.profile():
        session.books.save_profile(profile, session.person.name)


@dataclass(frozen=True, slots=True)
class AskedRun:
    """The run that a person asks for: its first and last day, ``None`` for the period that the log covers.

    ``pay_date`` is the day on which it is paid, ``None`` for the one that the setup gives.
    ``paid_visits`` is the answer whether rows that look like paid visits are the same visits; ``asks_again`` ignores
    the answers on record. ``vanished`` is the answer about paid visits that the log does not have, and
    ``asks_about_vanished`` ignores the answers on record about those. ``rate_changes`` are the numbers of the offers about
    changed rates that are accepted. ``draft_period`` is the period that an earlier click found in the log, and that stays.
    ``hours`` are the typed hours in the workbook of the log.
    """

    first: date | None = None
    last: date | None = None
    pay_date: date | None = None
    paid_visits: ClickAnswer | None = None
    asks_again: bool = False
    vanished: VanishedClickAnswer | None = None
    asks_about_vanished: bool = False
    rate_changes: frozenset[str] = frozenset()
    draft_period: Period | None = None
    hours: SheetHours = NO_SHEET_OF_HOURS

    @property
    def is_period_given(self) -> bool:
        """Return whether a person named the days of the period."""
        return self.first is not None

    @property
    def period_ends(self) -> tuple[date | None, date | None]:
        """Return the first and last day that the run must have, ``None`` where the log decides."""
        kept = None if self.is_period_given or self.last else self.draft_period
        return (kept.first, kept.last) if kept else (self.first, self.last)


@dataclass(frozen=True, slots=True)
class CalculatedRun:
    """A run, the closed runs its log was compared with, and how many of its visits other open drafts hold.

    ``reused_ids`` has the rows of the sheet whose ID was paid for a clearly different visit. ``holds`` is what its
    approval does about held visits. ``history`` is what the run is read beside. ``vanished`` are the answers of this click
    about visits that the log does not have, by run and place; ``balances`` are the negative totals of earlier runs.
    ``accepted_rates`` are the amounts that were accepted for lines whose rate changed, by run and place. ``items_based_on``
    are the pay items of closed runs that decided those of this run, ``plans_based_on`` is what its plan lines are based on.
    """

    run: PayRun
    recognition: Recognition
    compared: Sequence[str]
    elsewhere: Mapping[str, int]
    reused_ids: Sequence[int]
    holds: DraftHolds
    history: PayHistory
    vanished: Mapping[tuple[str, int], VanishedAnswer] = field(default_factory=dict)
    balances: Sequence[Balance] = ()
    accepted_rates: Mapping[tuple[str, int], int] = field(default_factory=dict)
    items_based_on: Sequence[PaidItem] = ()
    plans_based_on: Sequence[PlanBasis] = ()


@operation(AnotherClinicsLog, ImplausiblePeriod)
def calculate_run(
    session: Session,
    log: AppointmentLog,
    setup: Setup,
    asked: AskedRun,
    payments: PaymentsSheet | None = None,
) -> CalculatedRun:
    """Decide every row of a log and calculate its pay, also by ``payments``, without what closed runs have paid. Nothing is written."""
    refuse_foreign(log, setup, lambda names: session.ledger.knows_elsewhere(names, setup.clinic.id))
    days = visit_days(log, setup, session.today) if len(log) else days_without_visits(payments, asked.hours)
    period = period_of_log(setup.clinic, asked.period_ends, days, session.today)
    with session.reading() as books:
        held = books.held_visits.unsettled_visits()
        closed = books.closed_runs()
        shared = rows_of_closed_runs(log, closed, period)
        let_in = _either(rows_let_in(log, setup, held, period), shared.rows)
        classify = classify_by_payments if follows_payments(payments, closed) else classify_rows
        priced = price_rows(classify(log, setup, period, session.today, let_in))
        paid = _paid_before(books, priced, let_in, held, shared)
        priced = number_by_amount(pay_sessions_once(named_as_paid(priced, paid.visits), paid), paid.visits)
        known, vanished = _recognition_of(books, priced, paid, asked)
        in_log = find_held(priced, known, held, session.today)
        differences = rate_differences(books.lines_of_changed_rates(setup), setup)
        other_pay = rows_with_other_pay(priced, known, in_log.outcomes, differences)
        priced = at_rates_of_then(priced, other_pay, books.paid_lines_now(other_pay.values()))
        late = shared.without(in_log.rows.values())
        run = finish_run(priced, in_log.outcomes, known.paid_before, books.run_id_for(period), late)
        adjustments = adjustments_of(priced, known, in_log.outcomes, run, late)
        accepted, offers = _changed_rates(books, differences, adjustments, asked, session.person.name)
        adjustments += tuple(rate_adjustment(one, person) for one, person, _ in accepted)
        further_paid = books.further_paid(lines_of_visits(known, adjustments))
        adjustments += further_pay(priced, known, in_log.outcomes, run, adjustments, further_paid)
        compared = ComparedLog(priced.classified, adjustments, known.paid_before, closed, session.today)
        run, balances = with_payments(books, run, compared, payments), books.balances()
        planned = plans_on_record(books, setup, run, adjustments, asked.hours)
        run, items_based_on = _with_items(books, setup, run, _Beside(adjustments, balances, planned))
        run = replace(run, pay_date=pay_date_of(setup.clinic, period, asked.pay_date))
        history = history_of_run(books, run, setup.providers)
        elsewhere = books.in_other_drafts(run.every_line.identity.tolist(), run.id)
    found = outcomes_of_held(run, log, in_log)
    days = days if let_in is None else visit_days(log, setup, session.today, let_in)
    notes = [*_about_drafts(log, elsewhere), *_about_period(run, setup, days, asked)]
    notes += [offer.finding(log.facts.sheet) for offer in offers]
    notes += findings_about_held(run, held, found, in_log.waiting)
    run = replace(run, findings=(*run.findings, *notes))
    holds = holds_of(run, priced.classified, known.paid_before, found)
    return CalculatedRun(
        run, known, tuple(paid.runs), elsewhere, _rows_reused(priced.classified, known.reused), holds, history, vanished,
        balances, _newly_accepted(accepted), items_based_on, planned.based_on,
    )  # fmt: skip


def _newly_accepted(accepted: Sequence[Accepted]) -> dict[tuple[str, int], int]:
    """Return the amounts of differences that this click accepts, by run and place of the line."""
    return {one.line[:2]: one.now_cents for one, _, is_new in accepted if is_new}


def _about_period(run: PayRun, setup: Setup, days: VisitDays, asked: AskedRun) -> list[Finding]:
    """Return what is to be said about the period of a run and about the weeks in it; ``days`` decided the period."""
    found = period_findings(setup.clinic, run.period, days, run.log.sheet, is_asked_for=asked.is_period_given)
    return [*found, *overtime_findings(run, setup.providers)]


class _Beside(NamedTuple):
    """What a run has beside its lines and its pay items, and the negative totals of earlier runs."""

    adjustments: tuple[Adjustment, ...]
    balances: Sequence[Balance]
    planned: PlannedPay


def _with_items(
    books: ClinicBooks, setup: Setup, run: PayRun, beside: _Beside
) -> tuple[PayRun, Sequence[PaidItem]]:
    """Return a run with its adjustments, its plan lines, its pay items and what is carried forward, and the pay items of closed
    runs that decided those of this one.
    """
    adjustments, balances, planned = beside
    items = items_of_run(setup, run.period, books.paid_items())
    lines: list[Adjustment | PlanLine | PayItemLine | PaymentLine] = [
        *adjustments, *planned.lines, *items.lines, *run.payments.lines,
    ]  # fmt: skip
    carried = carried_by(run.lines, lines, balances, setup.providers)
    remarks = [Finding(what, run.log.sheet) for what in items.findings]
    run = replace(run, findings=(*run.findings, *planned.findings, *remarks))
    return with_adjustments(run, adjustments, carried, items.lines, planned.lines), items.based_on


def _paid_before(
    books: ClinicBooks,
    priced: PricedLog,
    let_in: Mask | None,
    held: Sequence[HeldVisit],
    shared: RowsOfClosedRuns,
) -> PaidBefore:
    """Return what closed runs paid that this log may be about: of its period, and of the days of rows let in."""
    if not books.has_closed_runs():
        return PaidBefore()
    classified = priced.classified
    days = classified.log.days.values[let_in] if let_in is not None else ()
    further = stretches_of({date_of(int(day)) for day in days})
    shared_days = [one.days for one in shared.spans]
    paid = books.paid_before(
        identities_of(classified) | names_on_record(classified) | session_names(classified),
        merge_periods([classified.period, *further, *shared_days]),
    )
    return replace(paid, held_by=held_identities(classified, held), spans=shared.spans)


def _either(some: Mask | None, others: Mask) -> Mask | None:
    """Return the rows that are in one of two masks, ``None`` if there are none."""
    together: Mask = others if some is None else some | others
    return together if together.any() else None


def _recognition_of(
    books: ClinicBooks, priced: PricedLog, paid: PaidBefore, asked: AskedRun
) -> tuple[Recognition, dict[tuple[str, int], VanishedAnswer]]:
    """Return the log compared with the paid visits, and what this click answers about those that are gone from it."""
    if paid.visits and not asked.asks_about_vanished:
        paid = replace(paid, vanished=books.vanished_answers())
    known = recognize(priced, paid, asked.paid_visits, again=asked.asks_again)
    vanished = _answered_vanished(known, asked)
    if vanished:
        paid = replace(paid, vanished={**paid.vanished, **vanished})
        known = recognize(priced, paid, asked.paid_visits, again=asked.asks_again)
    return known, vanished


def _answered_vanished(known: Recognition, asked: AskedRun) -> dict[tuple[str, int], VanishedAnswer]:
    """Return what this click answers about visits that the log does not have. An answer to another question counts for nothing."""
    given, vanished = asked.vanished, known.vanished
    if given is None or not vanished.unanswered or given.question != vanished.question_number:
        return {}
    return dict.fromkeys(vanished.lines, given.answer)


def _changed_rates(
    books: ClinicBooks,
    differences: Sequence[RateDifference],
    adjustments: Sequence[Adjustment],
    asked: AskedRun,
    person: str,
) -> tuple[list[Accepted], list[RateOffer]]:
    """Return the differences of changed rates that are accepted, and the offers of the others.

    A visit that the log adjusts anyway is left for the next run.
    """
    adjusted = {(one.of_run, one.of_place) for one in adjustments}
    left = [one for one in differences if one.line[:2] not in adjusted]
    if not left:
        return [], []
    return accepted_differences(left, books.rate_acceptances(), asked.rate_changes, person)


def _rows_reused(classified: ClassifiedLog, reused: frozenset[str]) -> list[int]:
    if not reused:
        return []
    ids, log = classified.ids, classified.log
    return [
        row
        for row, code in zip(log.rows.tolist(), ids.codes.tolist(), strict=True)
        if code >= 0 and ids.identities[code] in reused
    ]


def _about_drafts(log: AppointmentLog, elsewhere: Mapping[str, int]) -> list[Finding]:
    return [
        Finding(
            InAnotherDraft(appointments=count_of(count, "appointment"), run=run_id),
            log.facts.sheet,
        )
        for run_id, count in elsewhere.items()
    ]


@dataclass(frozen=True, slots=True)
class RecordedDraft:
    """What happened to the earlier draft of the period: replaced by this one, or voided because nothing is paid now."""

    replaced: DraftReplaced | None = None
    withdrawn: RunHeader | None = None


@operation(RunIsClosed)
def record_draft(
    session: Session, calculated: CalculatedRun, figures: bytes, basis: DraftBasis
) -> RecordedDraft:
    """Record a run that pays or holds something as the draft of its period (rule: pay-runs#states).

    Any other run is not recorded, and the earlier draft is voided, because otherwise it could be approved
    although the log no longer supports it. What staff said about paid visits is recorded either way.
    """
    books, person, run = session.books, session.person.name, calculated.run
    answered = calculated.recognition.answered
    books.record_vanished(calculated.vanished, person)
    books.record_rate_acceptances(calculated.accepted_rates, person)
    if not run.is_recorded:
        withdrawn = books.withdraw_draft(run.period, PAYS_NOTHING_NOW, person)
        books.record_answers("", answered, person)
        return RecordedDraft(withdrawn=withdrawn)
    known_by = KnownBy(
        run.every_line.identity.tolist(),
        calculated.compared,
        calculated.balances,
        calculated.items_based_on,
        calculated.plans_based_on,
    )
    replaced = books.record_draft(run, known_by, figures, person, basis)
    books.held_visits.record_draft(run.id, calculated.holds)
    books.record_answers(run.id, answered, person)
    return RecordedDraft(replaced=replaced)
