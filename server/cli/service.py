"""A service started for a while, in this process, on a free port of this computer."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from server.app import create_app
from server.settings import Settings

PATIENCE_SECONDS = 30.0


@contextmanager
def passing_service(settings: Settings) -> Iterator[str]:
    """Run the service while the context lasts; yield its address. Real HTTP, on loopback only."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(quiet(create_app(settings)))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def quiet(app: object, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return uvicorn's settings: no access log, whose lines would name who looked at what."""
    return uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)  # type: ignore[arg-type]


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the service did not start")
        time.sleep(0.01)
