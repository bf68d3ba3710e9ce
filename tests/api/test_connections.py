"""What a client costs before it has shown anything: over raw sockets, against ``clinicledger serve`` itself."""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPResponse
from pathlib import Path
from threading import Thread

import httpx
import orjson
import pytest
import uvicorn

from server.api.client_connection import LARGEST_HEAD, MOST_HEADERS
from server.app import create_app
from server.cli.service import http_config, open_listener, temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.api.wire import PATIENCE_SECONDS, Program, check_protected, serving, wait_until
from tests.behind import open_books

MEGABYTE = 1024 * 1024
READ_SECONDS = 1.0
LATE_SECONDS = 2.5 * READ_SECONDS
"""Until when a late client is cut off: the time it has, the quarter of it between two looks, and a busy computer."""

GET = b"GET /pair/status HTTP/1.1\r\nHost: localhost\r\n"
PAIR = b"POST /pair HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def ledger_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("connections") / "ledger"


@pytest.fixture(scope="module")
def token(ledger_folder: Path) -> str:
    return Ledger(ledger_folder).tokens.give("office")


@pytest.fixture(scope="module")
def program(ledger_folder: Path, token: str) -> Iterator[Program]:
    """Return a service that wants a token, and is impatient."""
    assert token
    limits = {"read_seconds": str(READ_SECONDS), "connections": "100", "requests": "50"}
    with serving(ledger_folder, workers="0", **limits) as one:
        yield one


@pytest.fixture
def line(program: Program) -> Iterator[socket.socket]:
    with connect(program) as wire:
        yield wire


def connect(program: Program) -> socket.socket:
    url = httpx.URL(program.url)
    wire = socket.create_connection((url.host, url.port or 0), timeout=PATIENCE_SECONDS)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def answer_of(wire: socket.socket, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    answer = HTTPResponse(wire, method=method)
    try:
        answer.begin()
        return answer, answer.read()
    finally:
        answer.close()


def code_of(wire: socket.socket) -> tuple[int, str]:
    answer, body = answer_of(wire)
    check_protected(httpx.Headers(answer.getheaders()), str(answer.status))
    return answer.status, orjson.loads(body)["code"]


def is_ended(wire: socket.socket) -> bool:
    """Return whether the service has closed the connection, without waiting."""
    wire.settimeout(0)
    try:
        while wire.recv(MEGABYTE):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def seconds_until_ended(wire: socket.socket) -> float:
    started = time.monotonic()
    wait_until(lambda: is_ended(wire))
    return time.monotonic() - started


def send_all_that_is_taken(wire: socket.socket, piece: bytes, times: int) -> int:
    """Send a piece many times, until the service closes; return how many times it was taken."""
    for sent in range(times):
        try:
            wire.sendall(piece)
        except OSError:
            return sent
    return times


def resident_bytes(program: Program) -> int:
    pages = Path(f"/proc/{program.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def is_answering(program: Program) -> bool:
    with connect(program) as wire:
        wire.sendall(GET + b"Connection: close\r\n\r\n")
        return answer_of(wire)[0].status == 200


def test_headers_of_up_to_the_limit_are_read(line: socket.socket) -> None:
    head = GET + b"X-Long: " + b"a" * (LARGEST_HEAD - len(GET) - 20) + b"\r\n\r\n"
    line.sendall(head)
    assert answer_of(line)[0].status == 200


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X-Long: " + b"a" * LARGEST_HEAD + b"\r\n\r\n",
        b"GET /" + b"a" * LARGEST_HEAD + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        GET + b"".join(b"X-%d: a\r\n" % number for number in range(MOST_HEADERS)) + b"\r\n",
        GET + b"X: a\r\n" * 100_000 + b"\r\n",
    ],
    ids=["one line", "the address", "too many", "far too many"],
)
def test_headers_beyond_the_limit_are_refused(line: socket.socket, head: bytes) -> None:
    with suppress(OSError):
        line.sendall(head)
    assert code_of(line) == (431, "headers-too-large")


@pytest.mark.parametrize("kilobytes", range(2, 34, 6))
def test_headers_beyond_the_limit_are_refused_however_they_arrive(
    line: socket.socket, kilobytes: int
) -> None:
    head = GET + b"X-Long: " + b"a" * LARGEST_HEAD + b"\r\n\r\n"
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(head[: kilobytes * 1024])
    time.sleep(0.1)  # so that the service reads this piece by itself
    line.sendall(head[kilobytes * 1024 :])
    assert code_of(line) == (431, "headers-too-large")


@pytest.mark.parametrize(
    ("piece", "times"),
    [(b"a" * MEGABYTE, 100), (b"X-Many: aaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 32768, 202)],
    ids=["one header line of 100 MB", "202 MB of many headers"],
)
def test_headers_without_end_cost_no_memory_and_delay_nobody(
    program: Program, line: socket.socket, piece: bytes, times: int
) -> None:
    before = resident_bytes(program)
    line.sendall(GET + b"X-Long: ")
    send_all_that_is_taken(line, piece, times)
    started = time.monotonic()
    assert is_answering(program)
    assert time.monotonic() - started < 1
    assert resident_bytes(program) - before < 16 * MEGABYTE


def test_four_bodies_of_250_megabytes_to_pair_cost_no_memory(program: Program) -> None:
    before = resident_bytes(program)
    with ExitStack() as wires:
        every = [wires.enter_context(connect(program)) for _ in range(4)]
        for wire in every:
            wire.sendall(PAIR + b"Content-Length: %d\r\n\r\n" % (250 * MEGABYTE))
        for wire in every:
            send_all_that_is_taken(wire, b" " * MEGABYTE, 250)
            assert code_of(wire) == (413, "too-large")
    assert resident_bytes(program) - before < 16 * MEGABYTE


@pytest.mark.parametrize("path", ["/pair", "/pair/code"])
def test_pairing_takes_a_kilobyte_and_no_more(program: Program, token: str, path: str) -> None:
    own = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with httpx.Client(base_url=program.url, headers=own) as client:
        for size in (1024, 1025):
            body = b'{"code": "AAAA-AAAA"' + b" " * (size - 21) + b"}"
            answer = client.post(path, content=body)
            assert (answer.status_code == 413) == (size > 1024), answer.text


HEAD = {
    "Host": "localhost",
    "Authorization": "Bearer {token}",
    "Content-Type": "application/json",
    "Content-Length": "2",
    "Expect": "100-continue",
}


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evil.example", 403),
        ("Origin", "null", 403),
        ("Authorization", "Bearer wrong", 401),
        ("Content-Type", "text/plain", 400),
        ("Content-Length", "two", 400),
        ("Content-Length", "999999999", 413),
        ("Transfer-Encoding", "chunked", 400),
        ("Expect", "100-continue", 100),
    ],
)
def test_a_body_is_asked_for_only_after_everything_else_is_right(
    line: socket.socket, token: str, header: str, value: str, status: int
) -> None:
    head = {name: told.format(token=token) for name, told in HEAD.items()} | {header: value}
    lines = ["POST /ribbon/payroll.check HTTP/1.1", *(f"{name}: {told}" for name, told in head.items())]
    line.sendall("\r\n".join([*lines, "", ""]).encode())
    assert line.recv(4096).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"\r\n",
        b"G",
        GET[:30],
        GET,
        GET + b"X-Half: ",
        PAIR + b"Content-Length: 40\r\n\r\n",
        PAIR + b"Content-Length: 40\r\n\r\n" + b" " * 20,
        PAIR + b"Content-Length: 99999999\r\n\r\n" + b" " * 20,
        GET + b"Content-Length: 99999999\r\n\r\n",
    ],
)
def test_a_request_that_stops_halfway_ends(line: socket.socket, beginning: bytes) -> None:
    line.sendall(beginning)
    assert seconds_until_ended(line) < LATE_SECONDS


def test_headers_that_stop_halfway_are_told_why(line: socket.socket) -> None:
    line.sendall(GET)
    assert code_of(line) == (408, "request-too-slow")


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"", b"\r\n"),
        (GET + b"X-Slow: ", b"a"),
        (PAIR + b"Content-Length: 900\r\n\r\n", b" "),
        (GET + b"Content-Length: 900000\r\n\r\n", b" "),
    ],
    ids=["blank lines", "headers", "body", "body of a refused request"],
)
def test_a_request_that_comes_in_drops_ends(line: socket.socket, beginning: bytes, drop: bytes) -> None:
    line.sendall(beginning)
    started = time.monotonic()
    while not is_ended(line):
        assert time.monotonic() - started < LATE_SECONDS + 0.5
        line.settimeout(PATIENCE_SECONDS)
        with suppress(OSError):
            line.sendall(drop)
        time.sleep(0.05)


def test_a_body_that_pauses_but_comes_is_read(line: socket.socket) -> None:
    line.sendall(PAIR + b"Content-Length: 20\r\n\r\n")
    for piece in (b'{"code":', b' "AAAA-AA', b'A"}'):
        time.sleep(READ_SECONDS / 5)
        line.sendall(piece)
    assert answer_of(line)[0].status in {400, 403}


def test_1200_half_sent_requests_are_gone_after_the_timeout_and_others_answered_meanwhile(
    program: Program,
) -> None:
    beginnings = [GET, PAIR + b"Content-Length: 900\r\n\r\n", b""]
    with ExitStack() as wires:
        half: list[socket.socket] = []
        for number in range(1200):
            wire = wires.enter_context(closing(connect(program)))
            with suppress(OSError):
                wire.sendall(beginnings[number % 3])
            half.append(wire)
            if number % 100 == 0:
                assert is_answering(program)
        assert open_files(program) < 200
        started = time.monotonic()
        assert is_answering(program)
        wait_until(lambda: all(map(is_ended, half)))
        assert time.monotonic() - started < LATE_SECONDS + 1


def open_files(program: Program) -> int:
    return len(list(Path(f"/proc/{program.process.pid}/fd").iterdir()))


def test_a_connection_kept_alive_is_used_again_and_ends_when_nothing_comes(line: socket.socket) -> None:
    for _ in range(3):
        line.sendall(GET + b"\r\n")
        assert answer_of(line)[0].status == 200
    assert seconds_until_ended(line) < 5 + LATE_SECONDS


def test_requests_sent_ahead_are_answered_in_their_order(line: socket.socket) -> None:
    asked = b"GET /office/%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /office/8 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    line.sendall(b"".join(asked % one for one in range(8)) + last)
    with line.makefile("rb") as answers:
        assert re.findall(rb"GET /office/(\d) is not", answers.read()) == [b"%d" % one for one in range(9)]


def test_a_flood_of_requests_sent_ahead_is_cut_off(program: Program, line: socket.socket) -> None:
    before = resident_bytes(program)
    line.settimeout(0.2)
    send_all_that_is_taken(line, (GET + b"\r\n") * 10_000, 200)
    assert is_answering(program)
    assert resident_bytes(program) - before < 16 * MEGABYTE


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 40\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_body_with_two_lengths_is_refused_and_what_follows_is_not_read(
    line: socket.socket, framing: bytes
) -> None:
    line.sendall(PAIR + framing + b"\r\n0\r\n\r\n" + GET + b"\r\n")
    assert code_of(line) == (400, "bad-request")
    wait_until(lambda: is_ended(line))


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"anything"])
def test_another_protocol_is_not_spoken(line: socket.socket, protocol: bytes) -> None:
    """A request that offers another protocol is answered as if it did not, and what follows it is not read."""
    upgrade = (
        b"Connection: Upgrade\r\nUpgrade: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n\r\n"
    )
    line.sendall(GET + upgrade % protocol + GET + b"\r\n")
    answer, _ = answer_of(line)
    assert (answer.status, answer.getheader("connection")) == (200, "close")
    wait_until(lambda: is_ended(line))


def test_an_answer_that_nobody_takes_ends(tmp_path: Path) -> None:
    """The service waits to send the next piece: for it the request is at work, and only the client is late."""
    office = tmp_path / "office"
    office.mkdir()
    (office / "large.js").write_bytes(b"//" + 5_000_000 * b"-")
    settings = Settings(path=tmp_path / "ledger", workers=0, read_seconds=READ_SECONDS, office=office)
    with open_listener("127.0.0.1", 0) as listener, socket.socket() as wire:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # or the system takes all of it
        server = uvicorn.Server(http_config(create_app(settings), settings))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(listener.getsockname())
        wire.sendall(b"GET /office/large.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: server.server_state.connections)
        wait_until(lambda: not server.server_state.connections)
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


def test_more_requests_at_once_than_are_answered_are_told_to_come_again(folder: Path) -> None:
    """Two requests wait for another program that writes to the books; the service answers others meanwhile."""
    settings = Settings(path=folder, workers=0, requests=2, connections=20)
    with open_books(folder) as books, temporary_service(settings) as url, ExitStack() as wires:
        turn = ExitStack()
        turn.enter_context(books.writers_turn())
        address = httpx.URL(url)
        lines = [
            wires.enter_context(socket.create_connection((address.host, address.port or 0), PATIENCE_SECONDS))
            for _ in range(6)
        ]
        for wire in lines:
            wire.sendall(b"GET /clinics/lakeside/invoices HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.05)
        for wire in lines[2:]:
            answer, body = answer_of(wire)
            check_protected(httpx.Headers(answer.getheaders()), "service-full")
            assert (answer.status, answer.getheader("retry-after")) == (503, "1")
            assert orjson.loads(body)["code"] == "service-full"
        turn.close()
        assert [answer_of(wire)[0].status for wire in lines[:2]] == [200, 200]
