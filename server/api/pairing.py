"""How the Office add-in gets its token: the service shows a one-time code, which is typed into the task pane.

A page in Excel cannot read a file, so it cannot get its token like the desktop add-in. A person who can read
the code on this computer may use the service on it.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable
from hmac import compare_digest
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from server.api.guard import bearer_token
from server.api.problems import refusals
from server.errors import BadRequest, CodeUnusable, TooLarge, TooManyCodes
from server.ledger.tokens import Tokens

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits without the ones that are easily confused: 0 and O, 1, I and L."""

LETTERS = 8
MINUTES = 10
A_MINUTE = 60.0
WRONG_A_MINUTE = 10
"""With 31^8 possible codes, guessing at this rate for the life of a code has a chance of one in eight billion."""

router = APIRouter()


class Pairing:
    """The unused codes. A code lives ten minutes at most, and no longer than the service."""

    def __init__(self, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._clock = clock
        self._codes: dict[str, float] = {}
        self._wrong: deque[float] = deque(maxlen=WRONG_A_MINUTE)
        self._lock = Lock()

    def show_code(self) -> str:
        """Return a new code, such as ``ABCD-EFGH``, valid for one exchange."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
        with self._lock:
            self._drop_old()
            self._codes[code] = self._clock() + MINUTES * A_MINUTE
        return f"{code[:4]}-{code[4:]}"

    def exchange(self, typed: str) -> str:
        """Return a token for a code, and use the code up. Raises CodeUnusable, TooManyCodes."""
        typed_code = "".join(letter for letter in typed.upper() if letter.isalnum()).encode()
        with self._lock:
            now = self._clock()
            if len(self._wrong) == WRONG_A_MINUTE and now < self._wrong[0] + A_MINUTE:
                raise TooManyCodes
            self._drop_old()
            # All codes are compared, each in constant time, so the delay reveals nothing about any code.
            found = [code for code in self._codes if compare_digest(code.encode(), typed_code)]
            if not found:
                self._wrong.append(now)
                raise CodeUnusable(MINUTES)
            del self._codes[found[0]]
        return self._tokens.give("office")

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


def find_tokens(request: Request) -> Tokens:
    """Return the tokens of this service's ledger."""
    found: Tokens = request.app.state.ledger.tokens
    return found


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
    """Whether this client has to be paired before anything else works."""

    needed: bool


@router.post("/pair", responses=refusals(BadRequest, TooLarge, CodeUnusable, TooManyCodes))
def pair(body: CodeIn, pairing: OpenPairing) -> TokenOut:
    """Exchange a one-time code for a token."""
    return TokenOut(token=pairing.exchange(body.code))


@router.post("/pair/code", responses=refusals(BadRequest, TooLarge))
def show_code(body: EmptyBody, pairing: OpenPairing) -> CodeOut:  # noqa: ARG001 - only its form counts
    """Return a new one-time code. Only a paired client may ask for it."""
    return CodeOut(code=pairing.show_code())


@router.get("/pair/status", responses=refusals())
def pairing_status(request: Request, tokens: Annotated[Tokens, Depends(find_tokens)]) -> PairingStatus:
    """Return whether this client needs a code first."""
    return PairingStatus(needed=not tokens.admits(bearer_token(request.headers)))
