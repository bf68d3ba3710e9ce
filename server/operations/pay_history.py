"""What a run is read beside, from the books: the last period and the year to date (rule: payroll#year-to-date)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from server.billing.clinics import Provider
from server.billing.payroll.pay_history import (
    PayHistory,
    ProviderNames,
    RunInTime,
    WorkRow,
    earlier_runs,
    lines_as_frame,
    pay_history,
    work_rows,
)
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import PayRun, RateUsed
from server.billing.payroll.recorded_runs import RunHeader
from server.ledger.clinic_books import ClinicBooks


def history_of_run(books: ClinicBooks, run: PayRun, providers: Iterable[Provider]) -> PayHistory:
    """Return what a calculated run is read beside."""
    rows = work_rows(run.lines.frame(), run.rates_used)
    return _history(books, RunInTime(run.id, run.period, run.pay_date), rows, providers)


def history_on_record(
    books: ClinicBooks,
    run: RunHeader,
    lines: PayLines,
    rates: Sequence[RateUsed],
    providers: Iterable[Provider],
) -> PayHistory:
    """Return what a recorded run is read beside."""
    rows = work_rows(lines_as_frame(lines), rates)
    return _history(books, RunInTime(run.id, run.period, run.pay_date), rows, providers)


def _history(
    books: ClinicBooks, run: RunInTime, rows: Sequence[WorkRow], providers: Iterable[Provider]
) -> PayHistory:
    earlier = earlier_runs(books.runs(), run)
    before = books.work_of_runs({*earlier.of_last_period, *earlier.of_same_period})
    paid_in_year = [*books.pay_by_provider(earlier.of_year)]
    works_read = (row for found in (rows, *before.values()) for row in found)
    recorded = {
        *((row.provider_key, row.provider) for row in works_read),
        *((key, name) for key, name, _ in paid_in_year),
    }
    names = ProviderNames(providers, recorded)
    in_year: dict[str, int] = {}
    for key, name, cents in paid_in_year:
        person = names.name_of(name, key)
        in_year[person] = in_year.get(person, 0) + cents
    works = {run_id: names.works_of(found) for run_id, found in before.items()}
    history = pay_history(run, earlier, names.works_of(rows), works, in_year)
    return replace(history, names=names)
