"""Services as processes of their own, ours and the floor's: started, asked, watched, stopped. Linux only (/proc)."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any, Self

START_SECONDS = 30.0
CLICK_SECONDS = 600.0
SAMPLE_SECONDS = 0.02
OK = 200

USER_TICKS = 11
"""Where /proc/<pid>/stat says utime, counted from behind the name; stime follows."""


class Service:
    """A running service on a loopback port."""

    def __init__(self, port: int, pid: int, headers: Mapping[str, str] | None = None) -> None:
        self.pid = pid
        self.headers = {"Content-Type": "application/json", **(headers or {})}
        self.port = port

    def press(self, button: str, body: bytes) -> dict[str, Any]:
        """Press a ribbon button and return the reply."""
        reply: dict[str, Any] = json.loads(self.post(f"/ribbon/{button}", body))
        return reply

    def post(self, path: str, body: bytes) -> bytes:
        """Return the answer to a body."""
        return self._ask("POST", path, body)

    def get(self, path: str) -> bytes:
        """Return what stands under a path."""
        return self._ask("GET", path)

    def _ask(self, verb: str, path: str, body: bytes | None = None) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CLICK_SECONDS)
        try:
            line.request(verb, path, body, self.headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        if answer.status != OK:
            raise RuntimeError(f"{verb} {path}: {answer.status} {content[:500]!r}")
        return content


@contextmanager
def running_service(
    ledger: Path, *options: str, headers: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Start the service on a ledger, wait until it answers, and stop it afterwards.

    ``headers`` are sent with each request.
    """
    port = _free_port()
    words = ("serve", "--port", str(port), "--ledger", str(ledger), *options)
    with _process("server.cli", *words, port=port, headers=headers) as service:
        yield service


@contextmanager
def running_floor() -> Iterator[Service]:
    """Do the same with the floor's one route."""
    port = _free_port()
    with _process("bench.floor_service", str(port), port=port) as service:
        yield service


@contextmanager
def _process(
    module: str, *arguments: str, port: int, headers: Mapping[str, str] | None = None
) -> Iterator[Service]:
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            service = Service(port, process.pid, headers)
            _wait_until_healthy(service, process)
            yield service
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(service: Service, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            service.get("/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The service did not start; run the command by hand to see why.")


class MemoryWatch:
    """Samples the memory of a process and everything it started, in a thread, while in ``with``.

    ``peak_mb`` is the largest sum of resident sizes seen at one moment (pages shared between the
    processes count in each). ``high_water_mb`` is the sum of each process's own peak as the kernel
    remembers it (VmHWM), which no sampling can miss but which need not have coincided.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self.peak_mb = 0.0
        self.high_water_mb = 0.0

    def __enter__(self) -> Self:
        """Start looking."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking, after one last look."""
        self._over.set()
        self._thread.join()
        self._look()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._look()

    def _look(self) -> None:
        sizes = [memory_kb(pid) for pid in _family(self._pid)]
        self.peak_mb = max(self.peak_mb, sum(now for now, _ in sizes) / 1024)
        self.high_water_mb = max(self.high_water_mb, sum(high for _, high in sizes) / 1024)


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:  # it ended between the listing and the reading
                continue
    return found


def memory_kb(pid: int) -> tuple[int, int]:
    """Return (VmRSS, VmHWM) of a process, zero when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    facts = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
    now, high = (int(facts.get(name, "0 kB").split()[0]) for name in ("VmRSS", "VmHWM"))
    return now, high


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process and everything it started have used so far."""
    ticks = 0
    for one in _family(pid):
        try:
            after_name = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(after_name[USER_TICKS]) + int(after_name[USER_TICKS + 1])
    return ticks / os.sysconf("SC_CLK_TCK")
