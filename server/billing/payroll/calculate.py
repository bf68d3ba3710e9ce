"""The second half of a pay run: what each payable row earns, and the finished run.

This is the only place where a rate is multiplied by a quantity. All numbers are whole numbers. Each line is rounded
once, halves away from zero, and the total is the sum of the lines (rule: payroll#rounding).
"""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import orjson
import pandas as pd

from server.billing.clinics import MEASURE, MissedPay, PayBasis, Setup
from server.billing.effective_dates import NO_ROW
from server.billing.money import MILLION, divide, dollars
from server.billing.payroll.adjustments import Adjustment, CarriedForward, PaidBy
from server.billing.payroll.appointment_log import CodedText, Ints, Mask, alike
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.further_blocks import block_unclear_further_pay
from server.billing.payroll.measures import MEASURE_WORDS
from server.billing.payroll.paid_earlier import sums_paid_earlier
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_run import Outcome, PayRun, RateUsed
from server.billing.payroll.plan_lines import PlanLine
from server.billing.payroll.plausibility import remark_on_pay
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions, RowOutcomes
from server.billing.payroll.run_columns import Columns, PaidLines, UnpaidRows
from server.billing.payroll.setup_matching import STATUSES
from server.billing.payroll.shared_days import RowsOfClosedRuns
from server.billing.payroll.status_mentions import remark_on_mentions
from server.billing.payroll.unsigned_notes import hold_unsigned, unsigned_visits
from server.billing.payroll.visit_identity import provider_keys
from server.errors import Finding
from server.errors.finding_facts import FindingFacts
from server.errors.log_row_findings import AmountOfMergedCells
from server.errors.paid_visit_findings import ChangedSincePaid, LateVisits, ReturnedSincePaid
from server.errors.pay_findings import MissingMeasure

KNOWN_BY = ("provider_key", "patient_key")
"""Columns of the lines that identify a visit and do not depend on any decision."""

BASES = tuple(PayBasis)


@dataclass(frozen=True, slots=True, eq=False)
class PricedLog:
    """A classified log with the pay of each payable row, in cents, and the decisions about each row so far.

    ``paid_by_then`` has the positions of paid visits whose pay is that of the rates they were paid by, with these rates and
    without what they are multiplied by.
    """

    classified: ClassifiedLog
    amounts: Ints
    outcomes: RowOutcomes
    paid_by_then: Mapping[int, PaidBy] = dataclasses.field(default_factory=dict)


def price_rows(classified: ClassifiedLog) -> PricedLog:
    """Calculate the pay of each payable row; block the rows that lack what their rate is multiplied by."""
    decisions = RowDecisions(classified.outcomes)
    _block_missing_measures(decisions, classified)
    block_unclear_further_pay(decisions, classified)
    amounts = _amounts_earned(decisions, classified)
    return PricedLog(classified, amounts, decisions.finish())


def finish_run(
    priced: PricedLog,
    outcomes: RowOutcomes,
    paid_before: Mapping[str, PaidVisit],
    run_id: str,
    late: RowsOfClosedRuns | None = None,
) -> PayRun:
    """Pay the rows that can be paid and finish the run, but for its adjustments.

    ``outcomes`` are the decisions after the visits that closed runs paid were recognized; ``paid_before`` maps
    identities of the log to those visits. ``late`` are the rows that are late for a closed run if they are paid.
    """
    classified, amounts = priced.classified, priced.amounts
    decisions = RowDecisions(outcomes)
    _set_aside_paid(decisions, classified, paid_before, amounts)
    hold_unsigned(decisions, classified)
    bases = _pay_bases(classified)
    of_basis = {basis: (bases == code) & ~classified.paid_by_payments for code, basis in enumerate(BASES)}
    remark_on_pay(decisions, classified, amounts, of_basis, _flat_visits(classified))
    remark_on_mentions(decisions, classified)
    decisions.close_blocked()
    paid = decisions.open
    lines, rates_used = _lines(classified, paid, amounts)
    late_lines = None
    if late is not None and (paid & late.rows).any():
        for place, closed_run in enumerate(late.run_ids):
            decisions.remark(LateVisits(run=closed_run), paid & (late.codes == place), "date")
        lines, late_lines = lines.split(late.rows[paid])
    unpaid = _unpaid_rows(decisions, classified, ~paid)
    return PayRun(
        run_id,
        classified.setup.clinic,
        classified.period,
        classified.log.facts,
        lines,
        unpaid,
        rates_used,
        tuple(decisions.findings),
        _fingerprint(classified, lines, unpaid, rates_used),
        sums_paid_earlier(decisions, classified, paid_before),
        late=late_lines,
    )


def _pay_bases(classified: ClassifiedLog) -> Ints:
    """Return the pay basis of each row's rate, as a position in BASES; -1 without a rate."""
    bases = [BASES.index(rate.basis) for rate in classified.setup.rates]
    return np.array([*bases, -1], dtype=np.int64)[classified.rates]


def _block_missing_measures(decisions: RowDecisions, classified: ClassifiedLog) -> None:
    """Block rows that lack what their rate is multiplied by."""
    bases = _pay_bases(classified)
    for basis, (field, _) in MEASURE.items():
        if field is None:
            continue
        given = decisions.log.amount_column(field).given
        lacking = (
            decisions.payable_so_far() & (bases == BASES.index(basis)) & ~given & ~_flat_visits(classified)
        ) & ~classified.paid_by_payments
        _merged_amounts(decisions, field, lacking)
        for rows in alike(lacking, classified.matched.providers, classified.matched.services):
            provider, service = classified.matched.names_of(rows[0])
            what = MissingMeasure(provider, basis.in_words, service, MEASURE_WORDS[field], basis)
            decisions.block(what, rows, field)


def _merged_amounts(decisions: RowDecisions, field: str, lacking: Mask) -> None:
    """Block the lacking rows whose amount is merged with the row above, and remove them from ``lacking``."""
    for merged in decisions.log.merged_amounts:
        rows = np.asarray(merged.positions)
        rows = rows[lacking[rows]] if merged.field == field else rows[:0]
        decisions.block(AmountOfMergedCells(range=merged.area, value=merged.value), rows, merged.column)
        lacking[rows] = False


def lacking_measures(findings: Iterable[Finding]) -> list[str]:
    """Return the fields that no column was read as and for which rows are blocked."""
    blocked = {
        finding.what.basis
        for finding in findings
        if isinstance(finding.what, MissingMeasure) and finding.column is None
    }
    return [field for basis, (field, _) in MEASURE.items() if field and basis in blocked]


def _flat_visits(classified: ClassifiedLog) -> Mask:
    """Return the missed visits that earn a flat amount, which depends on no rate."""
    flat = [rule.basis is MissedPay.FLAT for rule in classified.setup.missed_visits]
    return np.array([*flat, False], dtype=np.bool_)[classified.rules]


def _amounts_earned(decisions: RowDecisions, classified: ClassifiedLog) -> Ints:
    """Return the pay of every unblocked row in cents, 0 elsewhere."""
    setup, log = classified.setup, classified.log
    rows = decisions.payable_so_far()
    rate_amounts = np.array([*(rate.amount or 0 for rate in setup.rates), 0], dtype=np.int64)[
        classified.rates
    ]
    bases = _pay_bases(classified)
    numerators = np.where(rows, rate_amounts, 0)
    for basis, (field, _) in MEASURE.items():
        if field:
            paid_so = np.flatnonzero(rows & (bases == BASES.index(basis)))
            numerators[paid_so] *= log.amount_column(field).values[paid_so]
    divisors = np.array([*(MEASURE[basis][1] for basis in BASES), 1], dtype=np.int64)[bases]
    _missed_visits(classified, rows, numerators, divisors)
    amounts = np.zeros(len(log), dtype=np.int64)
    amounts[rows] = divide(numerators[rows], divisors[rows])
    return amounts


def _missed_visits(classified: ClassifiedLog, rows: Mask, numerators: Ints, divisors: Ints) -> None:
    """Set what missed visits earn: the flat amount, or a share of what the visit would have earned."""
    for position, rule in enumerate(classified.setup.missed_visits):
        missed = rows & (classified.rules == position)
        if rule.basis is MissedPay.FLAT:
            numerators[missed], divisors[missed] = rule.amount or 0, 1
        elif rule.basis is MissedPay.OF_RATE:
            whole = numerators[missed].astype(object) * (rule.amount or 0)
            shares = divide(whole, divisors[missed].astype(object) * MILLION)
            numerators[missed], divisors[missed] = shares.astype(np.int64), 1


def _set_aside_paid(
    decisions: RowDecisions, classified: ClassifiedLog, paid_before: Mapping[str, PaidVisit], amounts: Ints
) -> None:
    """Set aside the rows that a closed run has paid (rule: edge-cases#paid-before), with a remark where it paid
    another amount.
    """
    if not paid_before:
        return
    unblocked = decisions.payable_so_far()
    unsigned = unsigned_visits(classified)
    paid_in: dict[str, list[int]] = defaultdict(list)
    positions = np.flatnonzero(classified.payable).tolist()
    for position, identity in zip(positions, classified.identities, strict=True):
        before = paid_before.get(identity)
        if before is None:
            continue
        paid_in[before.run_id].append(position)
        if before.is_taken_back and unsigned[position]:
            continue  # it is paid again once its note is signed
        if unblocked[position] and before.amount_cents != amounts[position]:
            decisions.remark(_changed_amount(before, int(amounts[position])), np.array([position]), "date")
    for run_id, rows in paid_in.items():
        decisions.set_aside(np.array(rows), Outcome.ALREADY_PAID, f"Already paid in run {run_id}")


def _changed_amount(before: PaidVisit, now_cents: int) -> FindingFacts:
    if before.is_taken_back:
        return ReturnedSincePaid(run=before.run_id, now=dollars(now_cents))
    return ChangedSincePaid(run=before.run_id, paid=dollars(before.amount_cents), now=dollars(now_cents))


def _lines(classified: ClassifiedLog, paid: Mask, amounts: Ints) -> tuple[PaidLines, tuple[RateUsed, ...]]:
    """Return the paid rows as PayRun.lines, and the rates they cite."""
    setup, log = classified.setup, classified.log
    # A flat missed visit cites only its rule, whatever rate the visit would have had.
    rates = np.where(_flat_visits(classified), NO_ROW, classified.rates)[paid]
    pairs = (classified.rules[paid] + 1) * (len(setup.rates) + 1) + rates + 1
    rate_codes, rates_used = _rates_used(setup, pairs, amounts[paid])
    identities = np.array(classified.identities, dtype=object)[paid[classified.payable]]
    frame: dict[str, object] = {
        "row": log.rows[paid],
        "appointment": _text_column(log.word_column("appointment"), paid),
        "day": log.days.values[paid],
        "provider": _category_column([p.name for p in setup.providers], classified.matched.providers[paid]),
        "service": _category_column([s.code for s in setup.services], classified.matched.services[paid]),
        "counts_as": _category_column(
            [status.value for status in STATUSES], classified.matched.statuses[paid]
        ),
    }
    for field in MEASURE_WORDS:
        column = log.amount_column(field)
        frame[field] = pd.arrays.IntegerArray(column.values[paid], ~column.given[paid])
    frame |= {"rate": rate_codes, "amount_cents": amounts[paid]}
    frame["identity"] = pd.Series(identities, dtype=object)
    frame["provider_key"] = _key_column(provider_keys(classified.matched), classified.matched.providers[paid])
    frame["patient_key"] = _key_column(classified.patients, log.word_column("patient").codes[paid])
    return PaidLines.of_frame(pd.DataFrame(frame, copy=False)), rates_used


def _key_column(texts: Sequence[str], codes: Ints) -> "pd.Categorical[str]":
    """Return the text of each code; equal texts share a code."""
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    places = np.array([distinct[text] for text in texts], dtype=np.int64)
    return _category_column(list(distinct), places[codes])


def _text_column(words: CodedText, rows: Mask) -> "pd.Series[str]":
    """Return the spelling of some rows, as objects: a column of pandas' own strings is three times slower to make."""
    return pd.Series(words.texts(rows), dtype=object)


def _category_column(names: list[str], codes: Ints) -> "pd.Categorical[str]":
    """Return the name of each code; unused names are not among the categories.

    Done by hand: pandas' ``remove_unused_categories`` takes 3 ms for each of five columns, this takes 0.3 ms.
    """
    used = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    places = np.zeros(len(names), dtype=np.int64)
    places[used] = np.arange(len(used))
    found = pd.Index([names[place] for place in used], dtype=object)
    every: pd.Categorical[str] = pd.Categorical.from_codes(places[codes], found)
    return every


def _rates_used(setup: Setup, pairs: Ints, amounts: Ints) -> tuple[Ints, tuple[RateUsed, ...]]:
    """Return each line's position among the rates used, and those rates in order of provider, service, day."""
    found, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    cents = np.zeros(len(found), dtype=np.int64)
    np.add.at(cents, inverse, amounts)
    used = [
        _rate_used(setup, int(pair), int(count), int(paid))
        for pair, count, paid in zip(found, counts, cents, strict=True)
    ]
    order = sorted(
        range(len(used)), key=lambda i: (used[i].provider, used[i].service, used[i].effective_from, i)
    )
    places = np.empty(len(used), dtype=np.int64)
    places[order] = np.arange(len(used))
    return places[inverse], tuple(used[position] for position in order)


def _rate_used(setup: Setup, pair: int, lines: int, paid_cents: int) -> RateUsed:
    rule_position, rate_position = (code - 1 for code in divmod(pair, len(setup.rates) + 1))
    if rule_position != NO_ROW:
        rule = setup.missed_visits[rule_position]
        return RateUsed(
            rule.provider, rule.service, rule.basis.value, rule.amount or 0, rule.basis is MissedPay.OF_RATE,
            rule.effective_from, f"Missed visit: {rule.counts_as.value}", lines, paid_cents,
        )  # fmt: skip
    rate = setup.rates[rate_position]
    return RateUsed(
        rate.provider, rate.service, rate.basis.value, rate.amount or 0, rate.basis.is_share,
        rate.effective_from, rate.note, lines, paid_cents,
    )  # fmt: skip


def _unpaid_rows(decisions: RowDecisions, classified: ClassifiedLog, others: Mask) -> UnpaidRows:
    """Return every row that is not paid, as PayRun.unpaid."""
    log = classified.log
    status = log.flags[0].words if "status" not in log.words and log.flags else log.word_column("status")
    frame = {
        "row": log.rows[others],
        "appointment": _text_column(log.word_column("appointment"), others),
        "day": pd.arrays.IntegerArray(log.days.values[others], ~log.days.given[others]),
        "provider": _text_column(log.word_column("provider"), others),
        "service": _text_column(log.word_column("service"), others),
        "status": _text_column(status, others),
        "outcome": _category_column([outcome.value for outcome in OUTCOMES], decisions.outcomes[others]),
        "reason": _reasons(decisions.sentences, decisions.reasons[others]),
    }
    return UnpaidRows.of_frame(pd.DataFrame(frame, copy=False))


def _reasons(sentences: list[str], codes: Ints) -> "pd.Categorical[str]":
    distinct = {sentence: place for place, sentence in enumerate(dict.fromkeys(sentences))}
    places = np.array([distinct[sentence] for sentence in sentences], dtype=np.int64)
    return _category_column(list(distinct), places[codes] if len(places) else codes)


def _fingerprint(
    classified: ClassifiedLog, lines: PaidLines, unpaid: UnpaidRows, rates_used: tuple[RateUsed, ...]
) -> str:
    """Return a digest of all decisions: equal for the same log, rates and period (rule: payroll#fingerprint)."""
    digest = hashlib.sha256()
    period = classified.period
    digest.update(orjson.dumps([classified.setup.clinic.id, period.first, period.last, rates_used]))
    columns: tuple[Columns, ...] = (lines, unpaid)
    for one in columns:
        for name in one.names():
            if name in KNOWN_BY:  # the identity already covers these
                continue
            digest.update(f"\n{name}\n".encode())
            digest.update(_canonical(getattr(one, name)))
    return digest.hexdigest()


def with_adjustments(
    run: PayRun,
    adjustments: tuple[Adjustment, ...],
    carried: tuple[CarriedForward, ...],
    items: tuple[PayItemLine, ...] = (),
    plans: tuple[PlanLine, ...] = (),
) -> PayRun:
    """Return a run with its adjustments, carried-forward totals, pay items and plan lines, which are part of its fingerprint."""
    if not (adjustments or carried or items or plans):
        return run
    digest = hashlib.sha256(run.fingerprint.encode())
    # The number of the run is none of its decisions: the same log gives the same fingerprint after a void.
    own = [replace(one, of_run="") if one.of_run == run.id else one for one in adjustments]
    parts: list[object] = [own, carried, items] if items else [own, carried]
    digest.update(orjson.dumps([*parts, {"plans": plans}] if plans else parts))
    return replace(
        run,
        adjustments=adjustments,
        carried=carried,
        items=items,
        plans=plans,
        fingerprint=digest.hexdigest(),
    )


def _canonical(column: pd.Series) -> bytes:
    """Return a column as bytes that depend only on its values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy().astype("<i8")
        return orjson.dumps(list(column.cat.categories)) + codes.tobytes()
    if isinstance(column.array, pd.arrays.IntegerArray):
        given = column.notna().to_numpy()
        return column.fillna(0).to_numpy().astype("<i8").tobytes() + given.tobytes()
    if column.dtype == np.int64:
        return column.to_numpy().astype("<i8").tobytes()
    return orjson.dumps(column.tolist())
