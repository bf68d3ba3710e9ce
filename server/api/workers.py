"""Big sheets are worked on in a process of their own, so that small clicks never wait for them.

Measured: while 100,000 rows are being paid, the slowest of the small requests takes 7 ms
beside a process and 713 ms beside a thread of the same process (docs/architecture.md#speed). The process is
spawned, never forked: a forked one would inherit the clients' sockets.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from server.api.incidents import incident
from server.api.problems import problem_of
from server.billing.people import Person
from server.concurrency import HAS_MEMORY_FILES, memory_file
from server.errors import BillingError, WorkCutShort
from server.ledger.store import Ledger
from server.ribbon.dispatch import press
from server.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


def answer(button: str, body: bytes, person: Person, folder: Path) -> tuple[HTTPStatus, bytes]:
    """Carry out a click on the ledger in a folder; return the status and the body to send."""
    try:
        return HTTPStatus.OK, press(button, body, Ledger(folder), person)
    except BillingError as refusal:
        return problem_of(refusal)
    except Exception as bug:  # noqa: BLE001 - the one place where bugs become incidents
        return incident(bug)


def answer_sent(button: str, body: bytes | Path, person: Person, folder: Path) -> tuple[HTTPStatus, bytes]:
    """Carry out a click whose body is here, or lies within reach; an OSError says that it does not."""
    return answer(button, body if isinstance(body, bytes) else body.read_bytes(), person, folder)


ATTEMPTS = (memory_file if HAS_MEMORY_FILES else nullcontext, nullcontext)
"""How a body is sent to each process a click is given: a sheet that ends two of them would end a third."""


def wake() -> None:
    """Do nothing: a worker that has run this has imported everything."""


def _settle_in() -> None:
    """Leave Ctrl-C to the service, which ends its workers when their work is done, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_service, daemon=True).start()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C even while they still import (Windows has no such mask)."""
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
    """Decides where a click is worked on, and starts the processes when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None

    def warm_up(self) -> None:
        """Have a process ready before the first big sheet comes."""
        if self._settings.workers:
            self._submit(wake)

    async def work(self, button: str, body: bytes, person: Person) -> tuple[HTTPStatus, bytes]:
        """Carry out a click: a small one in a thread, a big one in a process.

        Where the process is ended from outside, another begins anew: what the first one recorded, if it
        got so far, is the answer to the same request id.
        """
        if not self._settings.workers or len(body) < self._settings.big_request:
            return await run_in_threadpool(answer, button, body, person, self._settings.path)
        for sent in ATTEMPTS:
            with suppress(BrokenProcessPool, OSError), sent(body) as there:
                return await asyncio.wrap_future(
                    self._submit(answer_sent, button, there, person, self._settings.path)
                )
        return problem_of(WorkCutShort())

    def stop(self) -> None:
        """End the processes once their work is done."""
        if self._pool:
            self._pool.shutdown()

    def _submit(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Hand work to a process, to a new one where the last is known to have ended."""
        try:
            return self._start(task, *args, **kwargs)
        except BrokenProcessPool:
            self._pool = None
            return self._start(task, *args, **kwargs)

    def _start(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        processes = self._processes()  # made first: multiprocessing's own helper unmasks Ctrl-C once
        with _deaf_to_ctrl_c():
            return processes.submit(task, *args, **kwargs)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._settings.workers, context, _settle_in)
        return self._pool
