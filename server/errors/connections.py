"""What is wrong with how the service is reached: the connection, or the address where it should listen."""

from collections.abc import Sequence
from math import ceil

from server.errors.refusal import BillingError, RefusalKind


class ServiceFull(BillingError):
    """As many requests are being answered as the service answers at once."""

    code = "service-full"
    kind = RefusalKind.UNAVAILABLE
    title = "The service is busy"
    for_programs = "Wait as long as Retry-After says, and send the same request again."

    def __init__(self, requests: int) -> None:
        super().__init__(
            f"The service answers {requests} requests at once, and all of them are in use.",
            "Wait a moment and press the button again.",
        )


class TooManyRequests(BillingError):
    """One person, or one address where nobody is signed in, sent more requests than are answered in a time."""

    code = "too-many-requests"
    kind = RefusalKind.TOO_OFTEN
    title = "Too many requests"
    for_programs = "Wait as long as Retry-After says, and send the same request again."

    def __init__(self, seconds: float) -> None:
        self.retry_after_seconds = max(1, ceil(seconds))
        super().__init__(
            "More requests came than one person can make.",
            f"Wait {self.retry_after_seconds} seconds, then press the button again. If you pressed no button, "
            "a program uses your name: ask an administrator.",
        )


class AddInTooOld(BillingError):
    """The add-in was made for an earlier version of the service."""

    code = "add-in-too-old"
    kind = RefusalKind.CONFLICT
    title = "The add-in is older than the service"
    for_programs = "Ask for the protocol version that X-Protocol of each answer says, or for none."

    def __init__(self) -> None:
        super().__init__(
            "This add-in was made for an earlier version of Clinic Ledger than the service that answers. Nothing was recorded.",
            "Close the task pane and open it again. The desktop add-in is updated by clinicledger addin install, after "
            "Clinic Ledger was updated on this computer.",
        )


class AddInTooNew(BillingError):
    """The add-in was made for a later version of the service."""

    code = "add-in-too-new"
    kind = RefusalKind.CONFLICT
    title = "The service is older than the add-in"
    for_programs = "Ask for the protocol version that X-Protocol of each answer says, or for none."

    def __init__(self) -> None:
        super().__init__(
            "The service that answers is older than this add-in. Nothing was recorded.",
            "Ask the person who looks after Clinic Ledger to update the service, or to start it again if it was updated.",
        )


class ProxyUnclear(BillingError):
    """A proxy that the service is told about does not say where a request is from, or how it reached the proxy."""

    code = "proxy-unclear"
    kind = RefusalKind.NOT_ALLOWED
    title = "The proxy does not say enough"

    def __init__(self, header: str) -> None:
        super().__init__(
            f"The proxy passed this request on without {header}, or with one that cannot be read.",
            f"Have the proxy set {header}, as docs/install.md says.",
        )


class NotEncrypted(BillingError):
    """A request reached the proxy over plain HTTP."""

    code = "not-encrypted"
    kind = RefusalKind.NOT_ALLOWED
    title = "The connection is not encrypted"

    def __init__(self) -> None:
        super().__init__(
            "This request reached the proxy over plain HTTP, where others can read it.",
            "Use the address that begins with https://.",
        )


class RequestTooSlow(BillingError):
    """The beginning of a request came, and the rest did not come in time."""

    code = "request-too-slow"
    kind = RefusalKind.TOO_SLOW
    title = "The request was not complete in time"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The service waited {seconds:g} seconds for the rest of the request.",
            "Try again. If it happens again, look at the network between Excel and the service.",
        )


class HeadersTooLarge(BillingError):
    """The lines before the body of a request are more than any client of the service needs."""

    code = "headers-too-large"
    kind = RefusalKind.HEADERS_TOO_LARGE
    title = "The headers of the request are too large"

    def __init__(self, kilobytes: int, headers: int) -> None:
        super().__init__(
            f"The headers of a request may be {headers} at most, and {kilobytes} kilobytes in all.",
            "Leave out headers that the service does not need.",
        )


class NotProtected(BillingError):
    """The service should listen where other computers reach it, and something that protects it is missing."""

    code = "not-protected"
    kind = RefusalKind.CONFLICT
    title = "Other computers would reach the service unprotected"

    def __init__(self, place: str, missing: Sequence[str], remedies: Sequence[str]) -> None:
        super().__init__(
            f"Other computers could reach the service {place}, but {' and '.join(missing)}.",
            f"{' '.join(remedies)} Or leave out --host, --name and --proxy: then only this computer reaches the service.",
        )
