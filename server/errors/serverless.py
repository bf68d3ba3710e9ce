"""What is refused where the service runs as a function of a cloud, without a computer of its own."""

from collections.abc import Sequence

from server.errors.refusal import BillingError, RefusalKind


class FunctionNotReady(BillingError):
    """The settings of a function lack something without which it would lose books, or let strangers in."""

    code = "function-not-ready"
    kind = RefusalKind.UNAVAILABLE
    title = "The service is not set up right"

    def __init__(self, missing: Sequence[str], remedies: Sequence[str]) -> None:
        super().__init__(
            f"The service runs as a function and does not begin to work: {'; '.join(missing)}.",
            f"Tell the person who runs the service: {' '.join(remedies)}",
        )


class SentBodyUnusable(BillingError):
    """The body that a request refers to is not in the store.

    It says nothing more: whether nothing was left there, or it is too old, used, of somebody else, or not what was announced.
    """

    code = "sent-body-unusable"
    kind = RefusalKind.UNKNOWN
    title = "The large request did not arrive"
    for_programs = "Ask for a new place with POST /request-bodies, put the body there, and send the request with the new reference."

    def __init__(self) -> None:
        super().__init__(
            "What the request refers to is not in the store as it was announced, or was used already. Nothing was recorded.",
            "Press the button again.",
        )


class AnswerTooLarge(BillingError):
    """An answer does not pass through the gateway, and cannot be fetched from the store of the documents either."""

    code = "answer-too-large"
    kind = RefusalKind.TOO_LARGE
    title = "The answer is too large"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The answer has more than the {most:,} bytes that pass through the gateway of the service.",
            "Do the same for fewer rows or a shorter period.",
        )
