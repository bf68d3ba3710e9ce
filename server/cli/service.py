"""Where the service listens, and one started for a while in this process, on a free port."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fastapi import FastAPI

from server.app import create_app
from server.errors import AddressUnusable
from server.settings import Settings

PATIENCE_SECONDS = 30.0


@contextmanager
def passing_service(settings: Settings) -> Iterator[str]:
    """Run the service while the context lasts; yield its address. Real HTTP, on loopback only."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(quiet(create_app(settings)))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address, port 0 standing for any free one.

    Taken before anything is said or started: uvicorn would find a taken port last, and end with
    the system's own words.
    """
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as problem:
        raise AddressUnusable(
            host, port, os.strerror(problem.errno) if problem.errno else str(problem)
        ) from None
    except UnicodeError:
        raise AddressUnusable(host, port, "that is no address") from None
    # asyncio does it for sockets it made itself; without, an answer waits 40 ms for the client's "received".
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def quiet(app: FastAPI) -> uvicorn.Config:
    """Return uvicorn's settings: no access log, whose lines would name who looked at what."""
    return uvicorn.Config(app, log_level="warning", access_log=False)


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the service did not start")
        time.sleep(0.01)
