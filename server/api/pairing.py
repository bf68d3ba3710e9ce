"""How the Office add-in gets its token: the service shows a one-time code, which is typed into the task pane.

A page in Excel cannot read a file, so it cannot get its token like the desktop add-in. A person who can read
the code on this computer may use the service on it.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from hmac import compare_digest
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from server.api.guard import THIS_COMPUTER, bearer_token, client_address
from server.api.problems import refusals
from server.api.proxied_requests import is_this_computer
from server.api.sessions import OpenLedger
from server.errors import BadRequest, BillingError, CodeUnusable, RefusalKind, TooLarge, TooManyCodes
from server.ledger.pairing_codes import MINUTES, SERVICE_LETTERS, code_letters, new_code
from server.ledger.store import Ledger

A_MINUTE = 60.0
WRONG_A_MINUTE = 10
"""How many wrong codes of one address are answered in a minute. This computer's own wrong codes are delayed instead:
otherwise another program on it could keep its owner from seeing why a code is refused."""

WRONG_SECONDS = 0.5
"""How long the answer to a wrong code from this computer takes."""

MOST_ADDRESSES = 1000
"""The most addresses whose wrong codes are remembered. The one heard of longest ago is forgotten first."""

router = APIRouter()


class Pairing:
    """The unused codes of the service. A code lives ten minutes at most, and no longer than the service."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._clock = clock
        self._codes: dict[str, float] = {}
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def show_code(self) -> str:
        """Return a new code, such as ``ABCD-EFGH-JKMN``, valid for one exchange."""
        code = new_code(SERVICE_LETTERS)
        with self._lock:
            self._drop_old()
            self._codes[code_letters(code)] = self._clock() + MINUTES * A_MINUTE
        return code

    def exchange(self, typed: str, address: str = THIS_COMPUTER) -> str:
        """Return a token for a code, and use the code up. Raises CodeUnusable, and TooManyCodes for another computer.

        The right code is accepted at any time: wrong ones, whoever sends them, cannot keep anybody out.
        """
        if self._use_code(code_letters(typed)):
            return self._ledger.tokens.give("office")
        if token := self._ledger.pairing_codes.exchange(typed):
            return token
        self._ledger.access.record_refusal(CodeUnusable.code, address)
        if not is_this_computer(address):
            self._count_wrong(address)
        raise CodeUnusable(MINUTES)

    def _use_code(self, typed: str) -> bool:
        """Return whether a code of the service was typed, and use it up."""
        with self._lock:
            self._drop_old()
            # All codes are compared, each in constant time, so the delay reveals nothing about any code.
            found = [code for code in self._codes if compare_digest(code.encode(), typed.encode())]
            for code in found:
                del self._codes[code]
            return bool(found)

    def _count_wrong(self, address: str) -> None:
        """Count a wrong code of an address. Raises TooManyCodes after too many in a minute, which are not counted."""
        with self._lock:
            now = self._clock()
            wrong = self._wrong.setdefault(address, deque(maxlen=WRONG_A_MINUTE))
            self._wrong.move_to_end(address)
            if len(self._wrong) > MOST_ADDRESSES:
                self._wrong.popitem(last=False)
            if len(wrong) == WRONG_A_MINUTE and now < wrong[0] + A_MINUTE:
                raise TooManyCodes(wrong[0] + A_MINUTE - now)
            wrong.append(now)

    def _drop_old(self) -> None:
        now = self._clock()
        self._codes = {code: ends for code, ends in self._codes.items() if ends > now}


def pairing_of(app: FastAPI) -> Pairing:
    """Return the pairing of a running service."""
    found: Pairing = app.state.pairing
    return found


def find_pairing(request: Request) -> Pairing:
    """Return the pairing of this service."""
    return pairing_of(request.app)


OpenPairing = Annotated[Pairing, Depends(find_pairing)]


class CodeIn(BaseModel):
    """A typed code. Case, hyphens and spaces do not matter."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=64)


class EmptyBody(BaseModel):
    """A body without any part: ``{}``."""

    model_config = ConfigDict(extra="forbid")


class TokenOut(BaseModel):
    """The token that an add-in sends from now on, as ``Authorization: Bearer``."""

    token: str


class CodeOut(BaseModel):
    """A code to type into the task pane, and how long it is valid."""

    code: str
    minutes: int = MINUTES


class PairingStatus(BaseModel):
    """Whether this client has to be paired, or its person has to sign in, before anything else works."""

    needed: bool
    signs_in: bool


@router.post("/pair", responses=refusals(BadRequest, TooLarge, CodeUnusable, TooManyCodes))
async def pair(body: CodeIn, request: Request, pairing: OpenPairing) -> TokenOut:
    """Exchange a one-time code for a token."""
    address = client_address(request.scope)
    try:
        return TokenOut(token=await run_in_threadpool(pairing.exchange, body.code, address))
    except CodeUnusable:
        if is_this_computer(address):
            await asyncio.sleep(WRONG_SECONDS)
        raise


@router.post("/pair/code", responses=refusals(BadRequest, TooLarge))
def show_code(body: EmptyBody, pairing: OpenPairing) -> CodeOut:  # noqa: ARG001 - only its form counts
    """Return a new one-time code. Only a paired client may ask for it."""
    return CodeOut(code=pairing.show_code())


@router.get("/pair/status", responses=refusals())
def pairing_status(request: Request, ledger: OpenLedger) -> PairingStatus:
    """Return whether this client needs a code first, or its person a session."""
    try:
        ledger.identity.person_of(bearer_token(request.headers))
        needed = False
    except BillingError as refusal:
        if refusal.kind is not RefusalKind.NOT_SIGNED_IN:
            raise
        needed = True
    signs_in = ledger.people.users.has_users()
    return PairingStatus(needed=needed and not signs_in, signs_in=needed and signs_in)
