"""What makes a big click quicker: work done beside other work, and memory handled later.

Each was measured on a click of 100,000 rows, which takes half a second (docs/benchmarks.md). Nothing else in the program
starts a thread or touches the garbage collector, but for the write queue of the ledger and the worker processes.
"""

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

RELEASE_SECONDS = 0.1


def in_background(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    """Start some work in a thread of its own and return its future.

    It pays for work that is done without the interpreter: hashing the request while its JSON is read saves 7 ms, keeping the
    finished workbook while the run is recorded saves 45 ms.
    """
    thread = ThreadPoolExecutor(1)
    future = thread.submit(work, *args, **kwargs)
    thread.shutdown(wait=False)
    return future


def background_threads(count: int) -> ThreadPoolExecutor:
    """Return threads for work on many pieces; leaving the ``with`` waits for them.

    Deflating the sheets of a workbook while the next is rendered saves 50 ms of 280.
    """
    return ThreadPoolExecutor(count)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Work without the collector of reference cycles.

    A big sheet is a million cells, all of them alive until the reply is made. The collector would walk through them again
    and again: a tenth of the click, and three quarters of reading its JSON. Cycles are collected afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def release_later(*objects: object) -> None:
    """Keep objects alive until the reply is on its way: freeing a million cells takes 18 ms."""
    timer = Timer(RELEASE_SECONDS, lambda: objects)
    timer.daemon = True
    timer.start()


HAS_MEMORY_FILES = hasattr(os, "memfd_create")
"""Whether this system has files in memory: Linux does."""


@contextmanager
def memory_file(data: bytes) -> Iterator[Path]:
    """Offer bytes to other processes of this user as a file in memory, never on a disk.

    Sending the 9 MB of 100,000 rows through the pipe to a worker process takes 25 ms more.
    """
    with os.fdopen(os.memfd_create("click"), "wb") as memory:
        memory.write(data)
        memory.flush()
        yield Path(f"/proc/{os.getpid()}/fd/{memory.fileno()}")
