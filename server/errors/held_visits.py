"""Refusals about held visits."""

from server.errors.findings import count_of
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import GENERATE, SHOW_RUNS

NO_PROVIDER = "no provider"
"""What stands for the provider of a visit whose row names none."""

_IN_WORDS = {
    "waiting": "still waits",
    "paid": "is paid",
    "excluded": "is not to be paid",
    "already_paid": "was already paid",
    "held_again": "is held again",
    "written_off": "is written off",
    "ended": "is no longer held, because the run that held it is void",
}


class UnknownHeldVisit(BillingError):
    """The clinic's books have no held visit with this id."""

    code = "unknown-held-visit"
    kind = RefusalKind.UNKNOWN
    title = "That held visit is not in the books"
    remedies = (SHOW_RUNS,)
    for_programs = "GET the list of held visits for the ids."

    def __init__(self, held_id: int) -> None:
        super().__init__(f"There is no held visit {held_id} in these books.", "Look it up under Past runs.")


class HeldVisitNotOpen(BillingError):
    """The state of the held visit does not allow the decision."""

    code = "held-visit-not-open"
    kind = RefusalKind.CONFLICT
    title = "That cannot be done with this held visit"
    remedies = (SHOW_RUNS,)

    def __init__(self, held_id: int, state: str, run_id: str) -> None:
        by = f" by run {run_id}" if run_id else ""
        super().__init__(
            f"Held visit {held_id} {_IN_WORDS[state]}{by}. Nothing was recorded.",
            "Only a visit that waits can be written off, and only a visit that is written off can be restored.",
        )


class WrittenOffMeanwhile(BillingError):
    """The draft pays held visits that were written off after it was generated."""

    code = "written-off-meanwhile"
    kind = RefusalKind.CONFLICT
    title = "Visits of that pay run were written off"
    remedies = (GENERATE,)

    def __init__(self, run_id: str, visits: int) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, {count_of(visits, 'visit')} of it "
            f"{'was' if visits == 1 else 'were'} written off.",
            "Generate the payroll again: what is written off is then left out.",
        )
