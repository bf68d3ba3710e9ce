"""A sign-in at the identity provider that a browser has begun."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that a browser has begun: what the provider has to send back, what proves the browser, and the page that was asked for.

    ``redirect`` is the address of this service to which the provider sends the browser.
    """

    state: str
    nonce: str
    verifier: str
    redirect: str
    next: str
