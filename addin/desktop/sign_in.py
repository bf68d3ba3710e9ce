"""Signing in the desktop add-in and the command line: with a short code on a page of the browser (RFC 8628)."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused

NEEDED = frozenset({"sign-in-needed", "session-ended"})
"""The codes of refusals after which somebody has to sign in."""

PENDING = frozenset({"authorization-pending", "slow-down"})


class SignInEnded(Refusal):
    """The time to sign in is over, or the person did not want to."""

    code = "sign-in-ended"
    title = "You are not signed in"

    def __init__(self) -> None:
        super().__init__("Nobody signed in on the page.", "Press the button again to get another code.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that has begun: the code that the person compares, and the page where it is typed."""

    device_code: str
    user_code: str
    page: str
    ends_in_seconds: int
    interval_seconds: int


def begin(service: Service, program: str) -> SignIn:
    """Ask the service for a code. ``program`` is what is signed in; the computer's name is added."""
    codes = service.begin_sign_in(f"{program} on {platform.node() or 'a computer without a name'}")
    return SignIn(**{name: codes[name] for name in SignIn.__dataclass_fields__})


def is_finished(service: Service, begun: SignIn) -> bool:
    """Return whether the person has signed in on the page. The service then knows the person in every request.

    Raises Refused if that was refused on the page, or if the time is over.
    """
    try:
        token = service.fetch_session(begun.device_code)
    except Refused as refusal:
        if refusal.code in PENDING:
            return False
        raise
    service.use_token(token)
    return True


def wait_until_finished(
    service: Service, begun: SignIn, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Ask as often as the service allows until the person has signed in. Raises SignInEnded when the time is over."""
    waited = 0.0
    while waited < begun.ends_in_seconds:
        if is_finished(service, begun):
            return
        sleep(begun.interval_seconds)
        waited += begun.interval_seconds
    raise SignInEnded
