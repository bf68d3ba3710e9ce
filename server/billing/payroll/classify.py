"""The first half of a pay run: what every row is, who did it, and which rate is in force.

Pure: the log, the clinic's setup, the period and the day go in; classified rows come out, with identities to look up
in the ledger. ``server.billing.payroll.calculate`` calculates the money.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from server.billing.clinics import ANY, CountsAs, MissedPay, MissedVisitRule, Provider, Service, Setup
from server.billing.days import date_of, serial_of, us
from server.billing.effective_dates import NO_ROW
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog, Ints, Mask, alike
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, Period
from server.billing.payroll.repeated_ids import repeated_ids
from server.billing.payroll.row_outcomes import RowDecisions, RowOutcomes
from server.billing.payroll.session_rows import attended_rows, paid_once, sessions_of
from server.billing.payroll.setup_matching import (
    STATUSES,
    UNKNOWN,
    Matched,
    flag_codes,
    match_log,
    status_codes,
    suggestions,
)
from server.billing.payroll.several_services import with_services
from server.billing.payroll.statuses import WHY_NOT_PAID
from server.billing.payroll.visit_identity import AppointmentIds, appointment_ids, identities, patient_keys
from server.errors.finding_facts import ValueFinding
from server.errors.group_session_findings import NoStartTime
from server.errors.log_row_findings import (
    AnotherClinic,
    BlankDate,
    BlankProvider,
    BlankService,
    BlankStatus,
    NeitherYesNorNo,
    ProviderConflict,
    StatusConflict,
    UnknownProvider,
    UnknownService,
    UnknownStatus,
)
from server.errors.pay_findings import NoRate, RateOfZero

ATTENDED = STATUSES.index(CountsAs.ATTENDED)


@dataclass(frozen=True, slots=True, eq=False)
class ClassifiedLog:
    """A log classified as far as possible without amounts and without the ledger.

    ``outcomes`` are the decisions about each row. ``rates`` and ``rules`` are positions in the setup's rates and
    missed-visit rules, NO_ROW if none is in force. ``payable`` are the rows that can be paid; ``identities`` are the
    identities of these rows, in order. ``ids`` are the appointment IDs of all rows. ``patients`` are the ledger's keys
    of the distinct patients; the last one is for a blank. ``by_payments`` are the rows that are paid by payments, ``None`` if none are.
    """

    matched: Matched
    outcomes: RowOutcomes
    period: Period
    rates: Ints
    rules: Ints
    payable: Mask
    identities: list[str]
    ids: AppointmentIds
    patients: list[str]
    by_payments: Mask | None = None

    @property
    def paid_by_payments(self) -> Mask:
        """Return the rows that are paid by payments, and not by the collected amounts of the log."""
        return np.zeros(len(self.log), dtype=np.bool_) if self.by_payments is None else self.by_payments

    @property
    def log(self) -> AppointmentLog:
        """Return the log as it was read."""
        return self.matched.log

    @property
    def setup(self) -> Setup:
        """Return the clinic's setup."""
        return self.matched.setup


def classify_rows(
    log: AppointmentLog, setup: Setup, period: Period, today: date, let_in: Mask | None = None
) -> ClassifiedLog:
    """Classify every row of a log: set aside the rows that are not to be paid, block those that cannot be decided.

    ``let_in`` are rows of visits held by earlier runs, which are not set aside for being outside the period. The order
    matters: each check sees only the rows that the checks before it left open.
    """
    decisions = RowDecisions.of_log(log)
    _other_clinics(decisions, setup)
    _days_outside(decisions, period, today, let_in)
    matched = match_log(log, setup)
    rules = _missed_visit_rules(decisions, matched)
    _statuses(decisions, matched, rules)
    _unreadable_cells(decisions)
    _people_and_services(decisions, matched)
    ids = with_services(appointment_ids(log.word_column("appointment")), matched)
    repeated_ids(decisions, matched, ids, sessions_of(matched).rows & attended_rows(matched))
    rates = _rates(decisions, matched)
    _no_rates(decisions, matched, rates, _needs_rate(setup, rules))
    _no_start_times(decisions, matched)
    payable = decisions.payable_so_far()
    known_as = identities(decisions, matched, payable, ids)
    people = patient_keys(log.word_column("patient"))
    return ClassifiedLog(matched, decisions.finish(), period, rates, rules, payable, known_as, ids, people)


def visit_days(log: AppointmentLog, setup: Setup, today: date, without: Mask | None = None) -> Ints:
    """Return the days, as serials, that decide which pay period a log is about; not those of the rows ``without``.

    They are the days, up to today, of the visits that took place, and of those with an unknown status, which may have
    taken place. A log without such visits gives all days up to today, since missed visits may also be paid.
    """
    statuses = status_codes(log, setup)
    past = log.days.given & (log.days.values <= serial_of(today))
    if without is not None:
        past &= ~without
    visits = past & ((statuses == ATTENDED) | (statuses == UNKNOWN))
    days: Ints = log.days.values[visits if visits.any() else past]
    return days


def _other_clinics(decisions: RowDecisions, setup: Setup) -> None:
    """Block rows whose Clinic column names another clinic (rule: edge-cases#foreign-log)."""
    ours = {fold(setup.clinic.name), fold(setup.clinic.id)}
    for value, rows in decisions.log.word_column("clinic").among(decisions.open):
        if fold(value) not in ours:
            decisions.block(AnotherClinic(clinic=setup.clinic.name), rows, "clinic")


def _days_outside(decisions: RowDecisions, period: Period, today: date, let_in: Mask | None) -> None:
    """Set aside rows in the future or outside the period, unless they are let in (rule: payroll#outside-the-period)."""
    days = decisions.log.days
    decisions.set_aside(days.given & (days.values > serial_of(today)), Outcome.EXCLUDED, "In the future")
    outside = (days.values < serial_of(period.first)) | (days.values > serial_of(period.last))
    if let_in is not None:
        outside &= ~let_in
    decisions.set_aside(days.given & outside, Outcome.EXCLUDED, outside_in_words(period))


def outside_in_words(period: Period) -> str:
    """Return the reason for which rows of other days are excluded."""
    return f"Outside the pay period {in_words(period)}"


def _missed_visit_rules(decisions: RowDecisions, matched: Matched) -> Ints:
    """Return for each missed visit the rule that pays its provider anyway (rule: payroll#missed-visits)."""
    rules, statuses = matched.setup.missed_visits, matched.statuses
    found = np.full(len(statuses), NO_ROW, dtype=np.int64)
    log = matched.log
    known = (matched.providers != UNKNOWN) & (matched.services != UNKNOWN) & log.days.given
    for code, counts_as in enumerate(STATUSES):
        positions = [position for position, rule in enumerate(rules) if rule.counts_as is counts_as]
        rows = decisions.open & known & (statuses == code)
        if not positions or not rows.any():
            continue
        holding = matched.in_force([_with_zero_amount(rules[position]) for position in positions], rows)
        paying = [p if rules[p].basis is not MissedPay.NONE else NO_ROW for p in positions]
        found[rows] = np.array([*paying, NO_ROW], dtype=np.int64)[holding]
    return found


def _may_be_paid(matched: Matched, counts_as: CountsAs) -> Mask:
    """Return the rows that a missed-visit rule may pay once their provider, service or date is known.

    Such a row stays open and blocks for what it lacks. If it were set aside as missed, it would be lost silently.
    """
    setup, days = matched.setup, matched.log.days
    unclear = (matched.providers == UNKNOWN) | (matched.services == UNKNOWN) | ~days.given
    may_be_paid = np.zeros(len(unclear), dtype=np.bool_)
    if not unclear.any():
        return may_be_paid
    for rule in setup.missed_visits:
        if rule.counts_as is counts_as and rule.basis is not MissedPay.NONE and rule.amount is not None:
            begun = ~days.given | (days.values >= serial_of(rule.effective_from))
            providers = _named_by(rule.provider, [one.name for one in setup.providers])
            services = _named_by(rule.service, [one.code for one in setup.services])
            may_be_paid |= unclear & begun & providers[matched.providers] & services[matched.services]
    return may_be_paid


def _named_by(name: str, names: Sequence[str]) -> Mask:
    """Return for each name whether a rule's name covers it, and True at the end, because an unknown name may be
    covered.
    """
    return np.array([name in {ANY, one} for one in names] + [True], dtype=np.bool_)


def _with_zero_amount(rule: MissedVisitRule) -> MissedVisitRule:
    """Give a "none" rule the amount 0, because a rule without an amount means that the rule before it ended."""
    return replace(rule, amount=0) if rule.basis is MissedPay.NONE else rule


def _statuses(decisions: RowDecisions, matched: Matched, rules: Ints) -> None:
    """Set aside visits that did not take place; block rows with an unknown status (rule: payroll#status)."""
    statuses = matched.statuses
    for code, counts_as in enumerate(STATUSES):
        if code != ATTENDED:
            missed = (statuses == code) & (rules == NO_ROW) & ~_may_be_paid(matched, counts_as)
            decisions.set_aside(missed, Outcome.EXCLUDED, WHY_NOT_PAID[counts_as])
    _status_unsaid(decisions, decisions.open & (statuses == UNKNOWN))
    for flag in decisions.log.flags if "status" in decisions.log.words else ():
        against = flag_codes(flag.words, flag.meanings)
        conflict = decisions.open & (statuses == ATTENDED) & (against != ATTENDED) & (against != UNKNOWN)
        for value, rows in flag.words.among(conflict):
            decisions.block(StatusConflict(heading=flag.column.heading, other=value), rows, "status")


def _status_unsaid(decisions: RowDecisions, unsaid: Mask) -> None:
    log = decisions.log
    unclear: type[ValueFinding]
    if "status" in log.words:
        column, words, unclear = log.column("status"), log.words["status"], UnknownStatus
        unsaid = unsaid & ~_unreadable(log, "status")
    else:
        column, words, unclear = log.flags[0].column, log.flags[0].words, NeitherYesNorNo
    decisions.block(BlankStatus(), unsaid & words.blank, column)
    for value, rows in words.among(unsaid):
        decisions.block(unclear(value=value), rows, column)


def _unreadable_cells(decisions: RowDecisions) -> None:
    """Block the open rows with an unreadable cell, and those without a date."""
    log = decisions.log
    is_open = decisions.open
    for cells in log.unreadable:
        rows = np.asarray(cells.positions)
        decisions.block(cells.what, rows[is_open[rows]], cells.column)
    decisions.block(BlankDate(), decisions.open & ~log.days.given & ~_unreadable(log, "date"), "date")


def _unreadable(log: AppointmentLog, field: str) -> Mask:
    mask = np.zeros(len(log), dtype=np.bool_)
    for cells in log.unreadable:
        if cells.field == field:
            mask[np.asarray(cells.positions)] = True
    return mask


def _people_and_services(decisions: RowDecisions, matched: Matched) -> None:
    """Block rows whose provider or service is not on the clinic's lists."""
    setup = matched.setup
    _strangers(decisions, "provider", matched.providers, setup.providers)
    _strangers(decisions, "service", matched.services, setup.services)
    if "provider_id" in decisions.log.words:
        named = matched.by_name != UNKNOWN
        conflict = decisions.open & named & (matched.providers != matched.by_name)
        decisions.block_each(ProviderConflict, conflict, "provider_id", decisions.log.words["provider_id"])


_STRANGERS = {
    "provider": (BlankProvider(), UnknownProvider),
    "service": (BlankService(), UnknownService),
}


def _strangers(decisions: RowDecisions, field: str, codes: Ints, known: Sequence[Provider | Service]) -> None:
    blank, stranger = _STRANGERS[field]
    words = decisions.log.word_column(field)
    unknown = decisions.open & (codes == UNKNOWN) & ~_unreadable(decisions.log, field)
    decisions.block(blank, unknown & words.blank, field)
    suggestion = suggestions(known)
    for value, rows in words.among(unknown):
        decisions.block(stranger(value=value, suggestion=suggestion(value)), rows, field)


def _rates(decisions: RowDecisions, matched: Matched) -> Ints:
    """Return the rate in force for each row with a known provider, service and day."""
    rows = decisions.payable_so_far()
    found = np.full(len(rows), NO_ROW, dtype=np.int64)
    found[rows] = matched.in_force(matched.setup.rates, rows)
    return found


def _needs_rate(setup: Setup, rules: Ints) -> Mask:
    """Return the rows whose pay needs a rate: all but missed visits paid a flat amount."""
    flat = np.array([rule.basis is MissedPay.FLAT for rule in setup.missed_visits] + [False])
    return ~flat[rules]


def _no_rates(decisions: RowDecisions, matched: Matched, rates: Ints, needed: Mask) -> None:
    """Block rows without a rate, or with a rate of 0 that is not marked unpaid (rule: edge-cases#rate-of-zero)."""
    days = matched.log.days.values
    lacking = decisions.payable_so_far() & needed & (rates == NO_ROW)
    for rows in alike(lacking, matched.providers, matched.services, days):
        provider, service = matched.names_of(rows[0])
        decisions.block(NoRate(provider, service, us(date_of(days[rows[0]]))), rows, "service")
    unpaid = [rate.amount == 0 and "unpaid" not in rate.note.casefold() for rate in matched.setup.rates]
    doubtful = decisions.payable_so_far() & needed & np.array([*unpaid, False])[rates]
    for rows in alike(doubtful, matched.providers, matched.services):
        decisions.block(RateOfZero(*matched.names_of(rows[0])), rows, "service")


def _no_start_times(decisions: RowDecisions, matched: Matched) -> None:
    """Block visits of a service that is paid once for each session, if nothing says when they began."""
    if not matched.setup.group_sessions:
        return
    starts = matched.log.starts
    lacking = decisions.payable_so_far() & attended_rows(matched) & paid_once(matched)
    if starts is not None:
        lacking &= ~starts.given
    column = "start" if starts is not None and "start" in matched.log.columns else "date"
    for rows in alike(lacking, matched.services):
        decisions.block(NoStartTime(service=matched.names_of(rows[0])[1]), rows, column)
