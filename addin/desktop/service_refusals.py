"""The refusals of a click that the service did not carry out, or that did not reach it."""

from collections.abc import Mapping
from typing import Any

from addin.desktop import credentials
from addin.desktop.refusals import Refusal

URL_VARIABLE = "CLINIC_LEDGER_URL"
ANSWER_SECONDS = 300.0
PASSING = frozenset({408, 500, 503, 507})
"""The statuses of what may be answered a little later: a fault, a busy service, a full disk. Nothing was recorded."""


class Refused(Refusal):
    """The service did not carry out the click and says why. ``problem`` is the body that it sent."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        detail = str(problem.get("detail") or problem.get("title") or "The service refused.")
        super().__init__(detail, str(problem.get("remedy") or ""), problem.get("findings") or ())
        self.problem = dict(problem)
        self.code = str(problem.get("code") or self.code)
        self.title = str(problem.get("title") or self.title)
        self.remedies = tuple(problem.get("remedies") or ())
        self.may_pass = problem.get("status") in PASSING


TO_START = "Start it with: clinicledger service start"
CHANGE_PORT = "clinicledger setup --port 8766"
TO_WAIT = (
    "Press the button again in a minute: nothing is recorded twice. "
    "If that does not help, ask the person who looks after Clinic Ledger."
)


class ServiceNotRunning(Refusal):
    """Nothing answers at the service's address."""

    may_pass = True

    code = "service-not-running"
    title = "Clinic Ledger is not running"

    def __init__(self, url: str) -> None:
        remedy = TO_START if credentials.is_of_this_computer(url) else TO_WAIT
        super().__init__(f"The Clinic Ledger service does not answer at {url}.", remedy)


class ServiceNotTrusted(Refusal):
    """The program at the service's address does not prove that it is the service."""

    code = "service-not-trusted"
    title = "The service did not prove who it is"

    def __init__(self, url: str) -> None:
        if credentials.is_of_this_computer(url):
            super().__init__(
                f"What answers at {url} does not show the certificate Clinic Ledger made on this computer, "
                "so nothing was sent to it.",
                "Start the service again: clinicledger service stop, then clinicledger service start. If that does not help, make a "
                "new certificate: clinicledger addin certificate --remove, then clinicledger addin certificate --trust.",
            )
        else:
            super().__init__(
                f"What answers at {url} shows no certificate for this name that this computer trusts, so nothing was sent to it.",
                "Look whether the address is right. If it is, ask the person who looks after Clinic Ledger: "
                "the certificate may have ended, or this computer does not know who issued it.",
            )


class ServiceTooSlow(Refusal):
    """The service accepted the click and did not finish in time."""

    may_pass = True

    code = "service-too-slow"
    title = "Clinic Ledger did not answer in time"

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        super().__init__(
            f"The service did not answer within {seconds:.0f} seconds.",
            "Wait a minute and press the button again.",
        )


class RequestDoesNotPass(Refusal):
    """What stands before the service takes no request of this size."""

    code = "request-does-not-pass"
    title = "The sheet or file is too large"

    def __init__(self) -> None:
        super().__init__(
            "What stands before the service takes no request of this size. Nothing was recorded.",
            "Send a shorter period or a smaller file. If you need it as it is, ask the person who looks after Clinic Ledger.",
        )


class NotOurService(Refusal):
    """Something else answers at the service's address."""

    code = "not-our-service"
    title = "Another program answers"

    def __init__(self, url: str) -> None:
        super().__init__(
            f"The program that answers at {url} is not Clinic Ledger.",
            f"Close that program, or choose another port: {CHANGE_PORT}"
            if credentials.is_of_this_computer(url)
            else "Look whether the address is right. If it is, ask the person who looks after Clinic Ledger.",
        )
