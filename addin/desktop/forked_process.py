"""Processes that a fork server of this program forks, one for each task (ADR 29). Linux only.

``fork_server.py`` is the other side, and says what the two tell each other.
"""

import atexit
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

UMASK = re.compile(r"^Umask:\s*([0-7]+)$", re.MULTILINE)
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Without it, numpy starts a thread for each further core when the server imports it."""

STATUS_BYTES = 32
BLOCK_BYTES = 65_536


class ForkServer:
    """The fork server of this program. Several threads may ask for children at the same time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the server, unless it runs. It imports everything meanwhile."""
        with self._lock:
            self._running_process()

    def fork_child(self, timeout: float) -> tuple[int, socket.socket, socket.socket]:
        """Return the number of a new child, its stream and its status socket. Raises OSError.

        If the server has died and nobody has noticed it yet, another one is started, once.
        """
        for _attempt in range(2):
            process, stream, status = self._request_child()
            with ExitStack() as unused:
                unused.enter_context(stream)
                unused.enter_context(status)
                status.settimeout(timeout)
                if number := int(status.recv(STATUS_BYTES) or 0):
                    unused.pop_all()
                    return number, stream, status
            process.kill()
            process.wait()
        raise ChildProcessError("The process that reads files does not start.")

    def _request_child(self) -> tuple[subprocess.Popen[bytes], socket.socket, socket.socket]:
        stream, child_end = socket.socketpair()
        status, server_end = socket.socketpair()
        with child_end, server_end, self._lock:
            process = self._running_process()
            folder = os.open(".", os.O_PATH)  # also works in a folder that one may not list
            try:
                with suppress(ConnectionError):
                    ends = [child_end.fileno(), server_end.fileno(), folder]
                    socket.send_fds(self._control, [b"+"], ends)
            finally:
                os.close(folder)
        return process, stream, status

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            os.register_at_fork(after_in_child=self._forget_server)
            atexit.register(self.end)
        elif self._process.poll() is None:
            return self._process
        else:
            self._control.close()
        self._control, server_end = socket.socketpair()
        with server_end:
            self._process = subprocess.Popen(  # noqa: S603 - this program itself
                self._command,
                stdin=server_end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for this program, which then ends the task
                env={**os.environ, **ONE_THREAD},
            )
        return self._process

    def end(self) -> None:
        """End the server, and with it every child."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._control.close()

    def _forget_server(self) -> None:
        """Leave the server to the program that started it. A process forked from that program calls this."""
        self._lock = threading.Lock()
        if self._process:
            self._control.close()
            self._process.poll()  # finds that it is no child of this process


class ForkedProcess:
    """A process for one task, used like ``subprocess.Popen``. It is forked when the task is known."""

    def __init__(self, server: ForkServer) -> None:
        self.pid = 0
        self.returncode: int | None = None
        self._server = server
        self._sockets: tuple[socket.socket, socket.socket] | None = None
        server.start()

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        for connection in self._sockets or ():
            connection.close()

    def communicate(self, request: bytes, timeout: float) -> tuple[bytes, None]:
        """Fork the process, send it a task and return its answer. Raises TimeoutError after so many seconds, OSError."""
        end = time.monotonic() + timeout
        self.pid, stream, status = self._server.fork_child(timeout)
        self._sockets = stream, status
        answer = bytearray()
        stream.settimeout(max(end - time.monotonic(), 0.001))
        with suppress(ConnectionError):  # it ended before it had read everything
            stream.sendall(json.dumps(_surroundings()).encode() + b"\n" + request)
            stream.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while block := stream.recv(BLOCK_BYTES):
                answer += block
                stream.settimeout(max(end - time.monotonic(), 0.001))
        self.kill()
        self.wait()
        return bytes(answer), None

    def kill(self) -> None:
        """Have the process killed, if it runs."""
        if self._sockets:
            with suppress(OSError):
                self._sockets[1].shutdown(socket.SHUT_WR)

    def wait(self) -> None:
        """Wait until the process has ended, and note its exit code, if the server still lives to tell it."""
        if not self._sockets:
            return
        for connection in self._sockets:
            connection.settimeout(None)
        stream, status = self._sockets
        if code := status.recv(STATUS_BYTES):
            self.returncode = int(code)
        with suppress(ConnectionError):
            while stream.recv(BLOCK_BYTES):  # it closes when the process ends, whoever ended it
                pass


def _surroundings() -> dict[str, Any]:
    """Return what a child of this program would inherit from it and a child of the server does not."""
    return {"environment": dict(os.environ), "umask": _umask()}


def _umask() -> int:
    """Return the umask. To ask the system for it is to set it, for every thread, so we read what Linux shows."""
    with suppress(OSError):
        if shown := UMASK.search(Path("/proc/self/status").read_text("utf-8", "replace")):
            return int(shown[1], 8)
    return 0o077
