"""What the sheets of a payroll workbook are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.clinics import Provider
from server.billing.payroll.held_on_paper import HeldOnPaper
from server.billing.payroll.pay_history import PayHistory
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.provider_totals import ProviderTotal
from server.sheets.payroll.tally import Tally


@dataclass(frozen=True, slots=True, eq=False)
class PayrollContent:
    """A run, its sums, and what the setup and the books say about it.

    ``providers`` are those of the setup, by name; ``services`` are the words for the services of ``sums``; ``history`` is what
    the run is read beside, ``None`` if nothing. ``totals`` is what each provider of ``sums`` is handed over, its adjustments by
    day with the words for their services. ``held`` are the visits that it holds for a later run. ``head`` is printed at the top of each page.
    """

    run: PayRun
    sums: Tally
    head: str
    providers: Mapping[str, Provider]
    services: Sequence[str]
    totals: Sequence[ProviderTotal]
    history: PayHistory | None
    held: Sequence[HeldOnPaper] = ()
