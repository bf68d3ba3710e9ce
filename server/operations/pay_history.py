"""What a run is read beside, from the books: the last period and the year to date (rule: payroll#year-to-date)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from server.billing.clinics import Provider
from server.billing.payroll.pay_history import (
    PayHistory,
    ProviderNames,
    RunInTime,
    WorkRow,
    YearPay,
    earlier_runs,
    lines_as_frame,
    pay_history,
    work_rows,
)
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.pay_statements import RunChanges
from server.billing.payroll.recorded_runs import RunHeader
from server.ledger.clinic_books import ClinicBooks


def history_of_run(books: ClinicBooks, run: PayRun, providers: Iterable[Provider]) -> PayHistory:
    """Return what a calculated run is read beside."""
    now = _RunPay(work_rows(run.lines.frame(), run.rates_used), RunChanges.of_run(run))
    return _history(books, RunInTime(run.id, run.period, run.pay_date), now, providers)


def history_on_record(books: ClinicBooks, run: RunHeader, providers: Iterable[Provider]) -> PayHistory:
    """Return what a recorded run is read beside."""
    lines, rates = books.lines_of_run(run.id)
    changes = changes_on_record(books, run.id)
    now = _RunPay(work_rows(lines_as_frame(lines), rates), changes)
    return _history(books, RunInTime(run.id, run.period, run.pay_date), now, providers)


def changes_on_record(books: ClinicBooks, run_id: str) -> RunChanges:
    """Return what a recorded run has beside the lines of its period."""
    adjustments, carried = books.adjustments_of_run(run_id)
    return RunChanges(
        adjustments,
        carried,
        books.items_of_run(run_id),
        books.plan_records.lines_of_run(run_id),
        books.payments.of_run(run_id),
    )


class _RunPay(NamedTuple):
    """What a run pays for the visits of its period, and what it has beside them."""

    rows: Sequence[WorkRow]
    changes: RunChanges

    def beside_lines(self) -> Iterator[tuple[str, str, int]]:
        """Yield the key and the name of a provider, and what the run hands over or takes beside the lines, in cents."""
        for one in self.changes.adjustments:
            yield one.provider_key, one.provider, one.amount_cents
        for item in self.changes.items:
            yield item.provider_key, item.provider, item.amount_cents
        for plan in self.changes.plans:
            yield plan.provider_key, plan.provider, plan.amount_cents
        for payment in self.changes.payments:
            yield payment.provider_key, payment.provider, payment.amount_cents
        for balance in self.changes.carried:
            yield balance.provider_key, balance.provider, balance.in_cents - balance.out_cents


def _history(books: ClinicBooks, run: RunInTime, now: _RunPay, providers: Iterable[Provider]) -> PayHistory:
    runs, rows, beside = books.runs(), now.rows, [*now.beside_lines()]
    earlier = earlier_runs(runs, run)
    before = books.work_of_runs({*earlier.of_last_period, *earlier.of_same_period})
    paid_in_year = [*books.pay_by_provider(earlier.of_year)]
    works_read = (row for found in (rows, *before.values()) for row in found)
    recorded = {
        *((row.provider_key, row.provider) for row in works_read),
        *((key, name) for key, name, _ in (*paid_in_year, *beside)),
    }
    names = ProviderNames(providers, recorded)
    of_year = [one for one in runs if one.id in earlier.of_year]
    in_year = YearPay(
        _sums_by_person(names, paid_in_year),
        _sums_by_person(names, beside),
        has_adjustments=bool(beside) or any(one.is_adjusted for one in of_year),
    )
    works = {run_id: names.works_of(found) for run_id, found in before.items()}
    history = pay_history(run, earlier, names.works_of(rows), works, in_year)
    return replace(history, names=names)


def _sums_by_person(names: ProviderNames, amounts: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Return the sum of each person in cents, by the name that the person has now."""
    sums: dict[str, int] = {}
    for key, name, cents in amounts:
        person = names.name_of(name, key)
        sums[person] = sums.get(person, 0) + cents
    return sums
