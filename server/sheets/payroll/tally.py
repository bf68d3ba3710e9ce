"""The sums of a payroll workbook: by provider and service, and by the outcome of each row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import CountsAs, WorksAs
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.provider_totals import ProviderTotal, totals_of_run
from server.billing.payroll.run_columns import whole_numbers

Sums = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Sums of the paid lines of the period, providers down and services across, both in order of the alphabet.

    ``providers`` are also those with an adjustment, a pay item, a payment or a carried-forward total only. ``visits`` counts lines, ``attended``
    those of visits that took place, ``pay`` is cents; ``line_provider`` and ``line_service`` hold, for every line, its place
    in ``providers`` and ``services``. ``totals`` is what each provider is handed over.
    """

    providers: tuple[str, ...]
    services: tuple[str, ...]
    works_as: tuple[WorksAs | None, ...]
    visits: Sums
    attended: Sums
    pay: Sums
    line_provider: npt.NDArray[np.intp]
    line_service: npt.NDArray[np.intp]
    totals: tuple[ProviderTotal, ...]

    def handed_over_as(self, works_as: WorksAs | None) -> int:
        """Return what all providers who work as this are handed over, in cents."""
        return sum(
            total.total_cents
            for total, form in zip(self.totals, self.works_as, strict=True)
            if form is works_as
        )


def tally_run(run: PayRun, works_as: Mapping[str, WorksAs]) -> Tally:
    """Add up the lines of a run; ``works_as`` says how each provider is paid, by name."""
    lines = run.lines
    provider, providers = _alphabetical_places(lines.provider, _further_providers(run))
    service, services = _alphabetical_places(lines.service)
    places = provider * len(services) + service

    def sum_by_cell(values: Sums | int) -> Sums:
        sums = np.zeros(len(providers) * len(services), dtype=np.int64)
        np.add.at(sums, places, values)
        return sums.reshape(len(providers), len(services))

    pay = sum_by_cell(whole_numbers(lines.amount_cents))
    paid = dict(zip(providers, map(int, pay.sum(axis=1)), strict=True))
    return Tally(
        providers,
        services,
        tuple(works_as.get(name) for name in providers),
        visits=sum_by_cell(1),
        attended=sum_by_cell(np.asarray(lines.counts_as == CountsAs.ATTENDED.value, dtype=np.int64)),
        pay=pay,
        line_provider=provider,
        line_service=service,
        totals=tuple(totals_of_run(paid, run).values()),
    )


def _further_providers(run: PayRun) -> list[str]:
    adjusted = [one.provider for one in run.adjustments]
    beside = (run.plans, run.items, run.payments.lines, run.carried)
    return adjusted + [one.provider for part in beside for one in part]


def _alphabetical_places(
    values: pd.Series, more: Iterable[str] = ()
) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
    """Return each value's place among the distinct values and ``more`` in alphabetical order, and all of these."""
    codes, distinct = pd.factorize(values)
    names = [str(name) for name in distinct.tolist()]
    known = set(names)
    names += dict.fromkeys(name for name in more if name not in known)
    order = sorted(range(len(names)), key=lambda place: (names[place].casefold(), names[place]))
    places = np.empty(len(names), dtype=np.intp)
    places[order] = np.arange(len(names))
    return places[codes], tuple(names[place] for place in order)


def check_nothing_is_lost(run: PayRun, sums: Tally) -> None:
    """Raise ``ArithmeticError`` if rows or cents are missing: this is a bug, and such a workbook must not be sent
    (rule: payroll#nothing-is-lost).
    """
    outcomes = sum(run.count(outcome) for outcome in Outcome)
    cited = sum(rate.paid_cents for rate in run.rates_used)
    if outcomes != run.rows_in:
        raise ArithmeticError(f"{run.rows_in} rows came in and {outcomes} are accounted for")
    late_cents = late_pay(run)
    if not run.paid_cents + late_cents == int(sums.pay.sum()) + late_cents == cited:
        raise ArithmeticError(
            f"lines {run.paid_cents} and {late_cents} late, providers {sums.pay.sum()}, rates {cited} cents"
        )
    late = [one.amount_cents for one in run.adjustments if one.of_place is None]
    if (len(late), sum(late)) != (run.late_visits, late_cents):
        raise ArithmeticError(
            f"{run.late_visits} late visits of {late_cents} cents, {len(late)} adjusted by {sum(late)}"
        )
    received = sum(row.pay_cents or 0 for row in run.payments.rows)
    received += sum(line.amount_cents for line in run.payments.lines if line.source_row is None)
    if received != run.payments.cents:
        raise ArithmeticError(f"payments add {run.payments.cents} cents to pay, their rows {received}")
    handed_over = [total.total_cents for total in sums.totals]
    if run.total_cents != sum(handed_over):
        raise ArithmeticError(
            f"{run.total_cents} cents are to be handed over, to providers {sum(handed_over)}"
        )
    if min(handed_over, default=0) < 0:
        raise ArithmeticError("a provider's total is below 0 and is not carried forward")


def late_pay(run: PayRun) -> int:
    """Return the pay of the late visits in cents."""
    return int(run.late.amount_cents.sum()) if run.late is not None else 0
