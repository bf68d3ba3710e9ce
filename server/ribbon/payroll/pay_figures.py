"""The figures of what is handed over, which are the same for a calculated run, a recorded run and a provider of a run."""

from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.provider_totals import ProviderTotal, count_of_part
from server.billing.payroll.recorded_runs import RunHeader

HANDED_OVER = (
    "paid_cents",
    "adjustments",
    "adjustment_cents",
    "plans",
    "plans_cents",
    "items",
    "items_cents",
    "collections",
    "collections_cents",
    "carried_in_cents",
    "carried_out_cents",
    "total_cents",
)
"""The names of the figures, from the pay of the period's lines to what is handed over."""

WAITING = ("unallocated", "unallocated_cents")
"""The names of the figures of a run about payments that pay nobody yet."""


def pay_figures(of: PayRun | RunHeader | ProviderTotal) -> dict[str, object]:
    """Return the figures by name: sums in cents, and how many lines a part has."""
    figures: dict[str, object] = {name: count_of_part(getattr(of, name)) for name in HANDED_OVER}
    if isinstance(of, PayRun):
        waiting = (len(of.payments.unallocated_rows), of.payments.unallocated_cents)
        figures |= zip(WAITING, waiting, strict=True)
    elif isinstance(of, RunHeader):
        figures |= {name: getattr(of, name) for name in WAITING}
    return figures
