"""The sums of a payroll workbook: by provider and service, and by the outcome of each row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import CountsAs, WorksAs
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.run_columns import whole_numbers

Sums = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Sums of the paid lines, providers down and services across, both in order of the alphabet.

    ``visits`` counts lines, ``attended`` those of visits that took place, ``pay`` is cents; ``line_provider`` and
    ``line_service`` hold, for every line, its place in ``providers`` and ``services``.
    """

    providers: tuple[str, ...]
    services: tuple[str, ...]
    works_as: tuple[WorksAs | None, ...]
    visits: Sums
    attended: Sums
    pay: Sums
    line_provider: npt.NDArray[np.intp]
    line_service: npt.NDArray[np.intp]

    def paid_as(self, works_as: WorksAs | None) -> int:
        """Return the pay, in cents, of all providers who work as this."""
        chosen = [place for place, form in enumerate(self.works_as) if form is works_as]
        return int(self.pay[chosen].sum())


def tally_run(run: PayRun, works_as: Mapping[str, WorksAs]) -> Tally:
    """Add up the lines of a run; ``works_as`` says how each provider is paid, by name."""
    lines = run.lines
    provider, providers = _alphabetical_places(lines.provider)
    service, services = _alphabetical_places(lines.service)
    places = provider * len(services) + service

    def sum_by_cell(values: Sums | int) -> Sums:
        sums = np.zeros(len(providers) * len(services), dtype=np.int64)
        np.add.at(sums, places, values)
        return sums.reshape(len(providers), len(services))

    return Tally(
        providers,
        services,
        tuple(works_as.get(name) for name in providers),
        visits=sum_by_cell(1),
        attended=sum_by_cell(np.asarray(lines.counts_as == CountsAs.ATTENDED.value, dtype=np.int64)),
        pay=sum_by_cell(whole_numbers(lines.amount_cents)),
        line_provider=provider,
        line_service=service,
    )


def _alphabetical_places(values: pd.Series) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
    """Return each value's place among the distinct values in alphabetical order, and these values."""
    codes, distinct = pd.factorize(values)
    names = [str(name) for name in distinct.tolist()]
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
    late = 0 if run.late is None else int(run.late.amount_cents.sum())
    if not (run.paid_cents == int(sums.pay.sum()) and run.paid_cents + late == cited):
        raise ArithmeticError(f"lines {run.paid_cents}, providers {sums.pay.sum()}, rates {cited} cents")
