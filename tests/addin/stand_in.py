"""A stand-in for the service, across real HTTP, and workbooks to press buttons on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

TABLE: dict[str, Any] = {
    "tab": "Clinic Ledger",
    "button": [
        {"id": "clinic.choose", "reads": "none"},
        {"id": "clinic.save", "reads": ["Clinic", "Providers"]},
        {"id": "payroll.check", "reads": "active"},
        {"id": "payroll.generate", "reads": "active"},
    ],
}
DONE = {"summary": "Done.", "level": "done", "figures": {}, "findings": [], "findings_total": 0}


def as_bytes(workbook: Workbook) -> bytes:
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def finished(*names: str, group: str = "payroll") -> Workbook:
    """Finished sheets as the service sends them: each knows its group."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name in names:
        sheet = workbook.create_sheet(name)
        sheet["A1"] = name
        sheet.defined_names["_ClinicLedgerSheet"] = DefinedName(
            "_ClinicLedgerSheet", attr_text=f'"{group}"', hidden=True
        )
    return workbook


def sending(output: bytes, *names: str, **more: object) -> dict[str, Any]:
    """A reply that carries finished sheets."""
    told = {
        "id": "out-1",
        "url": "/outputs/out-1",
        "sha256": sha256(output).hexdigest(),
        "sheets": [{"name": name} for name in names],
    }
    return {**DONE, "output": told, **more}


@dataclass
class StandIn:
    """What the other program will say, and what it was sent."""

    url: str = ""
    reply: dict[str, Any] = field(default_factory=lambda: dict(DONE))
    first_replies: list[dict[str, Any]] = field(default_factory=list)
    """What is answered before ``reply``, each once."""
    status: int = 200
    kind: str = "application/json"
    output: bytes = b""
    raw: bytes | None = None
    protocol: int | str | None = None
    """The version of the protocol that it says."""
    break_connections: int = 0
    first_raw: list[tuple[int, str, bytes]] = field(default_factory=list)
    """The status, type and body of what is answered before anything else, each once."""
    pauses: list[float] = field(default_factory=list)
    """How long the client of the tests would have waited, in seconds."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    """The button of each request."""
    kept: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Where each file was sent, under which name, and its bytes."""

    @property
    def sent(self) -> dict[str, Any]:
        return self.requests[-1]


class Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def do_GET(self) -> None:
        if self.path == "/ribbon":
            self._answer(200, "application/json", orjson.dumps(TABLE))
        else:
            self._answer(200, "application/octet-stream", self.stand_in.output)

    def do_POST(self) -> None:
        told = self.stand_in
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/documents"):
            told.kept.append((self.path, self.headers["x-document-name"], body))
            self._answer(200, "application/json", orjson.dumps({"digest": sha256(body).hexdigest()}))
            return
        told.requests.append(orjson.loads(body))
        told.pressed.append(self.path.rpartition("/")[2])
        if told.break_connections:
            told.break_connections -= 1
            self.connection.close()
            return
        if told.first_raw:
            self._answer(*told.first_raw.pop(0))
            return
        reply = told.first_replies.pop(0) if told.first_replies else told.reply
        status, kind = (
            (reply["status"], "application/problem+json") if "status" in reply else (told.status, told.kind)
        )
        self._answer(status, kind, orjson.dumps(reply) if told.raw is None else told.raw)

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        if self.stand_in.protocol is not None:
            self.send_header("x-protocol", str(self.stand_in.protocol))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def finish(self) -> None:
        # A connection broken on purpose has nothing left to flush.
        if not self.wfile.closed and self.connection.fileno() != -1:
            super().finish()


@contextmanager
def running_stand_in() -> Iterator[StandIn]:
    """Yield a stand-in that answers at its address."""
    told = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"stand_in": told}))
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def a_log(path: Path, *rows: list[Any], clinic: str | None = None, title: str = "Appointments") -> Path:
    """A small appointment log of invented people."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    for row in rows or (["Date", "Provider", "Status"], [46300, "Ada Example", "Show"]):
        sheet.append(row)
    if clinic:
        workbook.defined_names["_ClinicLedger"] = DefinedName(
            "_ClinicLedger", attr_text=f'"{clinic}"', hidden=True
        )
    workbook.save(path)
    return path
