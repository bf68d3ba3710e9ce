"""HTTP as it goes over the wire, and services as programs of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.behind import variables_of
from tests.cli.programs import ROOT, surroundings

PATIENCE_SECONDS = 30.0
PROBLEM = "application/problem+json"


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the problem a refusal left with, having seen that it is one."""
    assert answer.headers["content-type"] == PROBLEM
    told: dict[str, Any] = answer.json()
    assert told.keys() == {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "remedy",
        "remedies",
        "button",
        "findings",
    }
    assert told["status"] == answer.status_code
    assert all(told[part] for part in ("type", "title", "detail", "remedy"))
    return told


def check_protected(headers: httpx.Headers, told: str) -> None:
    """Check the headers that every answer of the service has, once each."""
    assert headers.get_list("cache-control") == ["no-store"], told
    assert headers.get_list("x-content-type-options") == ["nosniff"], told
    is_page = headers.get("content-type", "").startswith("text/html") and "form-action 'self'" in str(headers)
    assert headers.get_list("referrer-policy") == ["same-origin" if is_page else "no-referrer"], told
    (policy,) = headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'"), told
    assert "frame-ancestors" in policy, told
    assert "unsafe" not in policy, told
    assert "server" not in headers, told


def press(client: httpx.Client, button: str, click: dict[str, Any]) -> httpx.Response:
    """Send a click."""
    return client.post(
        f"/ribbon/{button}", content=orjson.dumps(click), headers={"content-type": "application/json"}
    )


def raw(url: httpx.URL, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send these very lines and bytes; return the status and the body answered."""
    with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE_SECONDS) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        answer = HTTPResponse(wire)
        answer.begin()
        return answer.status, answer.read()


def wait_until(so: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Program:
    """``clinicledger serve``, running."""

    process: subprocess.Popen[str]
    url: str

    def workers(self) -> list[int]:
        """Return the ids of its worker processes (Linux)."""
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self._is_worker(entry)
        ]

    def interrupt(self) -> str:
        """Press Ctrl-C in its terminal, wait for its end, and return what it complained of."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=PATIENCE_SECONDS)[1]

    def _is_worker(self, entry: Path) -> bool:
        with suppress(OSError):
            parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            return int(parent) == self.process.pid and b"spawn_main" in entry.joinpath("cmdline").read_bytes()
        return False


@contextmanager
def serving(folder: Path, *words: str | Path, **settings: str) -> Iterator[Program]:
    """Run ``clinicledger serve`` on a free port with further options, as a newcomer's terminal would."""
    variables = {f"CLINIC_LEDGER_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "server.cli",
            "serve",
            "--ledger",
            str(folder),
            "--port",
            "0",
            "--http",
            "--json",
            *words,
        ],
        cwd=ROOT,
        env=surroundings(**variables_of(folder) | variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        yield Program(process, orjson.loads(process.stdout.readline())["url"])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
