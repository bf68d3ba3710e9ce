"""Refusals about an attorney's request for the status of a case (rule: people#status-requests)."""

from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import OPEN_CASES


class StatusAskedAlready(BillingError):
    """The attorney asked for the status of the case before, and nobody has answered yet. ``day`` is as people of the office write it."""

    code = "status-asked-already"
    kind = RefusalKind.CONFLICT
    title = "You have asked already"

    def __init__(self, day: str) -> None:
        super().__init__(
            f"You asked for the status of this case on {day}, and the office has not answered yet.",
            "If it is urgent, call the office that bills for the clinic.",
        )


class TooManyStatusRequests(BillingError):
    """The attorney asked for the status of too many cases of a clinic today."""

    code = "too-many-status-requests"
    kind = RefusalKind.CONFLICT
    title = "That is enough for today"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You asked for the status of {most} cases of this clinic today.",
            "Ask again tomorrow, or call the office that bills for the clinic.",
        )


class StatusMessageUnusable(BillingError):
    """The message to the office is too long, or has characters that cannot be shown."""

    code = "status-message-unusable"
    kind = RefusalKind.UNUSABLE
    title = "Write a shorter message"

    def __init__(self, longest: int) -> None:
        super().__init__(
            f"A message has at most {longest} characters, without control characters.",
            "Shorten it, and send it again.",
        )


class UnknownStatusRequest(BillingError):
    """The clinic's books have no request for the status of a case with this number."""

    code = "unknown-status-request"
    kind = RefusalKind.UNKNOWN
    title = "There is no such request"
    remedies = (OPEN_CASES,)
    for_programs = "GET /clinics/{clinic}/cases shows the requests of each case."

    def __init__(self, number: int) -> None:
        super().__init__(
            f"No attorney made the request {number} in these books.", "Press Case list and look again."
        )
