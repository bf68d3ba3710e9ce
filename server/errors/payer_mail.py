"""Refusals about mail to payers (rule: receivables#payer-mail)."""

from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import MAKE_LETTERS


class MailNotSetUp(BillingError):
    """Mail cannot be sent, because the service has no mail server. ``missing`` is the variable that is not set."""

    code = "mail-not-set-up"
    kind = RefusalKind.CONFLICT
    title = "No mail is sent yet"
    remedies = (MAKE_LETTERS,)

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"This service has no mail server: {missing} is not set.",
            "Ask the person who runs the service to set up the mail server. Until then, press Letters for the payers that get none.",
        )


class MailServerUnusable(BillingError):
    """The mail server cannot be reached, or does not take mail from us. ``why`` says what happened."""

    code = "mail-server-unusable"
    kind = RefusalKind.UNAVAILABLE
    title = "The mail server does not take mail"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The mail server cannot be used: {why}.",
            "Try again in a few minutes. If it stays so, ask the person who runs the service to check the mail settings.",
        )
        self.why = why


class UnknownMessage(BillingError):
    """The clinic's books have no mail or letter with this number."""

    code = "unknown-message"
    kind = RefusalKind.UNKNOWN
    title = "There is no such message"

    def __init__(self, number: int) -> None:
        super().__init__(f"These books have no message {number}.", "Look at the list of messages again.")


class OutcomeNotOpen(BillingError):
    """Nothing of that kind can be said about a message in its state. ``choices`` are what can be said."""

    code = "outcome-not-open"
    kind = RefusalKind.CONFLICT
    title = "That cannot be said of this message"

    def __init__(self, number: int, state: str, choices: str) -> None:
        super().__init__(
            f"Message {number} is {state}.",
            f"It can be marked as: {choices}." if choices else "Nothing has to be decided about it.",
        )
