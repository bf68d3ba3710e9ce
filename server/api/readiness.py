"""Whether the service can do its work now, for load balancers."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime
from math import inf
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from server import errors
from server.api.problems import refusals
from server.backups.backup_state import recorded_state
from server.errors import BillingError, NotReady
from server.failure_places import place_of
from server.ledger.store import Ledger

log = logging.getLogger("clinicledger")

ANSWER_SECONDS = 5.0
"""How long somebody who asks waits for the database and the store. Load balancers wait about as long."""

FRESH_SECONDS = 1.0
"""How long a result counts, so that whoever asks often costs the database and the store nothing."""

DATABASE, STORE = "the database of the books", "the store of the documents"

router = APIRouter()


class LastBackup(BaseModel):
    """When the last good backup was begun, and whether that is too long ago."""

    made_at: datetime | None
    is_late: bool


class Ready(BaseModel):
    """The service can do its work. ``backup`` is there if the service makes backups, once it has looked into their folder."""

    ready: bool = True
    backup: LastBackup | None = None


class Readiness:
    """Asks the database and the store, never twice at the same time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._questions: tuple[tuple[str, Callable[[], None]], ...] = (
            (DATABASE, ledger.check_database),
            (STORE, ledger.ask_objects),
        )
        self._running: asyncio.Task[str] | None = None
        self._begun_at = 0.0
        self._asked_at = -inf
        self._missing = ""
        self._reported = ""
        self._part = DATABASE

    def last_backup(self) -> LastBackup | None:
        """Return how the backups stand, as the service last saw it; ``None`` if it makes none, or has not looked yet."""
        ledger = self._ledger
        state = recorded_state(ledger.folder, ledger.backups) if ledger.backups else None
        return LastBackup(made_at=state.last_good, is_late=state.is_late(ledger.now())) if state else None

    async def missing_part(self) -> str:
        """Return what does not answer, "" if the service is ready. A part that takes too long does not answer."""
        if self._running is None:
            if time.monotonic() - self._asked_at < FRESH_SECONDS:
                return self._missing
            self._begun_at = time.monotonic()
            self._running = asyncio.create_task(self._ask())
        patience = max(0.0, self._begun_at + ANSWER_SECONDS - time.monotonic())
        try:
            return await asyncio.wait_for(asyncio.shield(self._running), patience)
        except TimeoutError:
            self._report(f"{self._part}: no answer in {ANSWER_SECONDS:.0f} seconds")
            return self._part

    async def _ask(self) -> str:
        try:
            self._missing = await asyncio.to_thread(self._first_missing)
            return self._missing
        finally:
            self._asked_at = time.monotonic()
            self._running = None

    def _first_missing(self) -> str:
        for part, ask in self._questions:
            self._part = part
            try:
                ask()
            except BillingError as refusal:
                self._report(f"{part}: {refusal.code}")
                return part
            except Exception as bug:  # noqa: BLE001 - a load balancer is told, and the log has the place
                self._report(f"{part}: {type(bug).__name__} at {place_of(bug)}")
                return part
        self._report("")
        return ""

    def _report(self, what: str) -> None:
        """Log a change, once."""
        if what != self._reported:
            self._reported = what
            log.warning("the service is %s", f"not ready: {what}" if what else "ready again")


def _readiness_of(request: Request) -> Readiness:
    found: Readiness = request.app.state.readiness
    return found


@router.get(
    "/ready", tags=["service"], responses=refusals(errors.NotReady), response_model_exclude_unset=True
)
async def show_readiness(readiness: Annotated[Readiness, Depends(_readiness_of)]) -> Ready:
    """Return that the database and the store of the documents answer, and when the last good backup was made.

    A backup that is late makes nobody wait: the service is ready all the same. Anybody may ask; nothing of a clinic is in
    the answer.
    """
    if part := await readiness.missing_part():
        raise NotReady(part)
    backup = readiness.last_backup()
    return Ready(ready=True, backup=backup) if backup else Ready(ready=True)
