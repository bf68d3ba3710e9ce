"""Visits that cannot be paid because what others have of them is unclear (rule: pay-runs#shares, pay-runs#supervision)."""

import numpy as np

from server.billing.clinics import MEASURE, PayBasis
from server.billing.days import date_of
from server.billing.money import MILLION
from server.billing.payroll.adjustments import AdjustmentKind
from server.billing.payroll.appointment_log import Ints, Mask, alike
from server.billing.payroll.classify import ATTENDED, ClassifiedLog
from server.billing.payroll.further_rules import FurtherRules, FurtherTerm
from server.billing.payroll.measures import MEASURE_WORDS
from server.billing.payroll.row_outcomes import RowDecisions
from server.billing.payroll.visit_identity import fold_id
from server.billing.rate_words import percent_in_words
from server.errors.further_pay_findings import ShareOnCollection, SharesAboveWhole, SharesNotWhole
from server.errors.pay_findings import MissingMeasure


def block_unclear_further_pay(decisions: RowDecisions, classified: ClassifiedLog) -> None:
    """Block the rows of which others have more than all, those that lack what a supervisor's rate is multiplied by, and those
    that others share and payments pay: the money that comes would go to one provider alone.
    """
    listed = _block_listed_appointments(decisions, classified)
    _block_on_collection(decisions, classified, np.flatnonzero(listed))
    rules = FurtherRules(classified.setup)
    if not rules:
        return
    matched, days = classified.matched, classified.log.days.values
    for rows in alike(decisions.payable_so_far(), matched.providers, matched.services, days):
        provider, service = matched.names_of(rows[0])
        terms = rules.terms(provider, service, date_of(int(days[rows[0]])))
        total = sum(term.paid_by.rate for term in terms if term.kind is AdjustmentKind.SHARE)
        if total:
            _block_on_collection(decisions, classified, rows[~listed[rows]])
        if total > MILLION:
            what = SharesAboveWhole(f"{percent_in_words(total)}%", provider, service)
            decisions.block(what, rows[~listed[rows]], "provider")
        attended = rows[matched.statuses[rows] == ATTENDED]
        for term in terms:
            if term.kind is AdjustmentKind.SUPERVISION:
                _block_without_measure(decisions, term, service, attended)


def _block_listed_appointments(decisions: RowDecisions, classified: ClassifiedLog) -> Mask:
    """Block the appointments whose shares in the log's workbook do not come to 100%; return the rows of those that do."""
    log = classified.log
    words = log.word_column("appointment")
    listed = np.zeros(len(log), dtype=np.bool_)
    if not log.shares:
        return listed
    for value, rows in words.among(decisions.payable_so_far()):
        shares = log.shares.get(fold_id(value))
        if shares is None:
            continue
        listed[rows] = True
        if not shares.is_usable or shares.total != MILLION:
            what = SharesNotWhole(value, f"{percent_in_words(shares.total)}%")
            decisions.block(what, rows, "appointment")
    return listed


def _block_on_collection(decisions: RowDecisions, classified: ClassifiedLog, rows: Ints) -> None:
    """Block those of some shared rows that payments pay."""
    shared = np.zeros(len(classified.log), dtype=np.bool_)
    shared[rows] = True
    shared &= classified.paid_by_payments & decisions.payable_so_far()
    for same in alike(shared, classified.matched.providers):
        provider, _ = classified.matched.names_of(same[0])
        decisions.block(ShareOnCollection(provider), same, "provider")


def _block_without_measure(decisions: RowDecisions, term: FurtherTerm, service: str, rows: Ints) -> None:
    basis = PayBasis(term.paid_by.basis)
    field, _ = MEASURE[basis]
    if field is None:
        return
    lacking = rows[~decisions.log.amount_column(field).given[rows]]
    what = MissingMeasure(term.provider, basis.in_words, service, MEASURE_WORDS[field], basis)
    decisions.block(what, lacking, field)
