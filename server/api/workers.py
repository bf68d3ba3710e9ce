"""Big sheets are handled in a separate process, so that small clicks never wait for them.

Measured: while 100,000 rows are being paid, the slowest small request takes 7 ms if a separate process does
the work, and 713 ms if a thread does (docs/architecture.md#speed). The process is spawned, never forked: a
forked one would inherit the clients' sockets.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from server.api.incidents import incident_answer
from server.api.problems import problem_of
from server.concurrency import HAS_MEMORY_FILES, memory_file
from server.errors import BillingError, WorkCutShort
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from server.operations.session import Asker
from server.ribbon.dispatch import press
from server.settings import Settings
from server.statement_counts import COUNTED, StatementCounts

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ClickAnswer:
    """The answer to a click: the HTTP status, the body to send, and after how many seconds the same click may be answered."""

    status: HTTPStatus
    body: bytes
    retry_after_seconds: int | None = None


def answer_click(
    button: str, body: bytes, asker: Asker, settings: Settings, now: Callable[[], datetime] = utc_now
) -> ClickAnswer:
    """Handle a click on the ledger of the settings."""
    try:
        ledger = Ledger(settings.path, now, storage=settings.storage)
        return ClickAnswer(HTTPStatus.OK, press(button, body, ledger, asker))
    except BillingError as refusal:
        return ClickAnswer(*problem_of(refusal), refusal.retry_after_seconds)
    except Exception as bug:  # noqa: BLE001 - the one place where bugs become incidents
        return ClickAnswer(*incident_answer(bug))


def answer_sent_body(
    button: str, body: bytes | Path, asker: Asker, settings: Settings
) -> tuple[ClickAnswer, StatementCounts]:
    """Handle a click; return its answer, and how many statements were ended or slow.

    ``body`` is the bytes or the path of a file with them. Raises OSError if the file cannot be read.
    """
    before = COUNTED.read()
    content = body if isinstance(body, bytes) else body.read_bytes()
    answer = answer_click(button, content, asker, settings)
    return answer, COUNTED.read().minus(before)


ATTEMPTS = (memory_file if HAS_MEMORY_FILES else nullcontext, nullcontext)
"""How a body is sent, for each attempt. There are only two: a sheet that ends two processes would end a third."""


def import_service() -> None:
    """Do nothing. A worker that runs this has imported everything."""


def prepare_worker() -> None:
    """Make a worker ignore Ctrl-C, because the service ends it after its work, and end it if the service dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_service, daemon=True).start()


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Start processes that ignore Ctrl-C even while they import (Windows has no such signal mask)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    if service:
        service.join()
        os._exit(1)


class Workers:
    """Decides where a click is handled, and starts the processes when they are first needed."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._now = now
        """The ledger's clock, for clicks in this process. Other processes have the current time."""
        self._pool: ProcessPoolExecutor | None = None

    def warm_up(self) -> None:
        """Start a process before the first big sheet comes."""
        if self._settings.workers:
            self._submit_task(import_service)

    async def work(self, button: str, body: bytes, asker: Asker) -> ClickAnswer:
        """Handle a click: a small one in a thread, a big one in a process.

        If the process is killed, another one starts over. If the first one had recorded its answer, that is the
        answer to the same request id.
        """
        if not self._settings.workers or len(body) < self._settings.big_request:
            return await run_in_threadpool(answer_click, button, body, asker, self._settings, self._now)
        for sent in ATTEMPTS:
            with suppress(BrokenProcessPool, OSError), sent(body) as there:
                answer, counts = await asyncio.wrap_future(
                    self._submit_task(answer_sent_body, button, there, asker, self._settings)
                )
                COUNTED.add(counts)
                return answer
        return ClickAnswer(*problem_of(WorkCutShort()))

    def stop(self) -> None:
        """End the processes after their work is done."""
        if self._pool:
            self._pool.shutdown()

    def _submit_task(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Submit work to a process; start a new process if the last one has ended."""
        try:
            return self._start_task(task, *args, **kwargs)
        except BrokenProcessPool:
            self._pool = None
            return self._start_task(task, *args, **kwargs)

    def _start_task(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        processes = (
            self._process_pool()
        )  # first, because multiprocessing's helper process unblocks Ctrl-C once
        with ctrl_c_blocked():
            return processes.submit(task, *args, **kwargs)

    def _process_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._settings.workers, context, prepare_worker)
        return self._pool
