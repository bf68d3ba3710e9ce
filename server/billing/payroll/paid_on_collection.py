"""Visits that are paid by payments, and not by the log's collected amounts (rule: pay-runs#payments).

Such a visit is a line of $0.00, so that it is known when its money comes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from server.billing.clinics import PayBasis, Provider, Setup, WorksAs
from server.billing.effective_dates import NO_ROW
from server.billing.payroll.appointment_log import Amounts, AppointmentLog, Mask
from server.billing.payroll.classify import ClassifiedLog, classify_rows
from server.billing.payroll.pay_run import PayRun, Period
from server.billing.payroll.run_columns import PaidLines
from server.billing.rate_words import amount_on_basis
from server.errors import Finding, count_of
from server.errors.payment_findings import EmployeePaidOnCollection, PaysByPayments, WaitsForPayment


def classify_by_payments(
    log: AppointmentLog, setup: Setup, period: Period, today: date, let_in: Mask | None = None
) -> ClassifiedLog:
    """Classify the rows of a log in a clinic that pays on collection by payments.

    An unreadable collected amount blocks no row, because nobody is paid by it.
    """
    read = tuple(cells for cells in log.unreadable if cells.field != "collected_cents")
    return paid_by_payments(classify_rows(replace(log, unreadable=read), setup, period, today, let_in))


def paid_by_payments(classified: ClassifiedLog) -> ClassifiedLog:
    """Return a log whose visits on % of collected are paid nothing by their collected amounts.

    A missed visit that a rule pays a share of its rate keeps its amount: the rule pays it, whatever comes.
    """
    is_collected = [rate.basis is PayBasis.OF_COLLECTED for rate in classified.setup.rates]
    rows = np.array([*is_collected, False], dtype=np.bool_)[classified.rates] & (classified.rules == NO_ROW)
    log = classified.log
    collected = log.amount_column("collected_cents")
    amounts = Amounts(np.where(rows, 0, collected.values), collected.given & ~rows)
    log = replace(log, amounts={**log.amounts, "collected_cents": amounts})
    return replace(
        classified,
        matched=replace(classified.matched, log=log),
        outcomes=replace(classified.outcomes, log=log),
        by_payments=rows,
    )


def findings_about_collection(
    run: PayRun, classified: ClassifiedLog, paid: Collection[str], providers: Sequence[Provider]
) -> list[Finding]:
    """Return what is to be said about pay on collection. ``paid`` are the identities of visits for which payments are known."""
    found = [*_employees(run, providers)]
    if run.payments.is_followed:
        found += _about_visits(run, classified, paid)
    return found


def _about_visits(run: PayRun, classified: ClassifiedLog, paid: Collection[str]) -> Iterator[Finding]:
    """Yield how many visits follow payments, and a finding for those that wait for one."""
    lines, log = run.every_line, classified.log
    followed = _on_collection(run, lines)
    rows = [int(row) for row, is_followed in zip(lines.row.tolist(), followed, strict=True) if is_followed]
    if not rows:
        return
    sheet, column = log.facts.sheet, log.column("date")
    words = {"visits": count_of(len(rows), "visit"), "payments": run.payments.sheet or "Payments"}
    yield Finding(PaysByPayments(**words), sheet)
    waiting: dict[str, list[int]] = defaultdict(list)
    for row, identity, rate, is_followed in zip(
        lines.row.tolist(), lines.identity.tolist(), lines.rate.tolist(), followed, strict=True
    ):
        if is_followed and identity not in paid:
            used = run.rates_used[rate]
            waiting[amount_on_basis(used.amount, used.basis)].append(int(row))
    for rate_words, found in sorted(waiting.items()):
        yield Finding(WaitsForPayment(rate=rate_words), sheet, sorted(found), column.position, column.heading)


def _on_collection(run: PayRun, lines: PaidLines) -> list[bool]:
    """Return which lines are paid by a share of what is collected."""
    bases = [rate.basis == PayBasis.OF_COLLECTED for rate in run.rates_used]
    return [bases[rate] for rate in lines.rate.tolist()]


def _employees(run: PayRun, providers: Sequence[Provider]) -> Iterator[Finding]:
    """Yield a finding for each employee whom the run pays only by what is collected."""
    lines = run.every_line
    on_collection: dict[str, bool] = {}
    for provider, is_share in zip(lines.provider.tolist(), _on_collection(run, lines), strict=True):
        on_collection[provider] = on_collection.get(provider, True) and is_share
    for payment in run.payments.lines:
        on_collection.setdefault(payment.provider, True)
    for listed in providers:
        if listed.works_as is WorksAs.EMPLOYEE and on_collection.get(listed.name):
            yield Finding(EmployeePaidOnCollection(provider=listed.name), run.log.sheet)
