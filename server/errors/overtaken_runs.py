"""Refusals about pay runs that other runs overtook, and about what a run hands over."""

from collections.abc import Sequence

from server.errors.findings import list_names
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import GENERATE, SHOW_RUNS


class AdjustmentsOvertaken(BillingError):
    """A run that was approved after the draft was generated changed what the draft adjusts or carries forward."""

    code = "adjustments-overtaken"
    kind = RefusalKind.CONFLICT
    title = "What that pay run adjusts has changed"
    remedies = (GENERATE,)

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, another run was approved or voided that changes what"
            " its adjustments or its carried-forward amounts are based on.",
            "Generate the payroll again.",
        )


class RegisterUnusable(BillingError):
    """A payroll register cannot be made for a program, because something that the program needs is missing."""

    code = "register-unusable"
    kind = RefusalKind.UNUSABLE
    title = "That register cannot be made yet"


class PayItemsOvertaken(BillingError):
    """A run that was approved or voided after the draft was generated changes which pay items are due."""

    code = "pay-items-overtaken"
    kind = RefusalKind.CONFLICT
    title = "The pay items of that pay run have changed"
    remedies = (GENERATE,)

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, another run was approved or voided that has pay items"
            " of the same providers.",
            "Generate the payroll again.",
        )


class PayPlansOvertaken(BillingError):
    """A run that was approved or voided after the draft was generated changes what its pay plans come to."""

    code = "pay-plans-overtaken"
    kind = RefusalKind.CONFLICT
    title = "What the pay plans of that pay run count has changed"
    remedies = (GENERATE,)

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, another run was approved or voided that has visits or"
            " plan lines of the same pay period.",
            "Generate the payroll again.",
        )


class PaymentsOvertaken(BillingError):
    """A run that was approved or voided after the draft was generated changes what is paid for its payments."""

    code = "payments-overtaken"
    kind = RefusalKind.CONFLICT
    title = "The payments of that pay run have changed"
    remedies = (GENERATE,)

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, another run was approved or voided that has payments of"
            " the same visits.",
            "Generate the payroll again.",
        )


class RunIsBuiltOn(BillingError):
    """Later approved runs adjust the run that is to be voided, repay its advances, count its visits in a pay plan, pay for payments of
    its visits, or bring in what it carried forward.
    """

    code = "run-is-built-on"
    kind = RefusalKind.CONFLICT
    title = "Later pay runs are based on that one"
    remedies = (SHOW_RUNS,)

    def __init__(self, run_id: str, later: Sequence[str]) -> None:
        runs = list_names([f"run {run}" for run in later])
        super().__init__(
            f"Pay run {run_id} cannot be voided: {runs} {'adjusts' if len(later) == 1 else 'adjust'} its visits,"
            f" {'repays' if len(later) == 1 else 'repay'} an advance that it paid out,"
            f" {'counts' if len(later) == 1 else 'count'} its visits in a pay plan,"
            f" {'pays' if len(later) == 1 else 'pay'} for payments of them, or"
            f" {'brings' if len(later) == 1 else 'bring'} in what it carried forward.",
            f"Void {runs} first, then this run, and generate again.",
        )
