"""Billers at work through nginx: some press buttons in Excel, some have programs that use REST."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

import orjson

from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused
from server.billing.days import serial_of
from server.errors import DatabaseUnreachable
from server.ledger.clock import utc_now
from server.sheets.invoices.tables import INVOICES
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.invented_exams import exam_columns, typed
from tests.office_service import PATIENCE_SECONDS
from tests.ribbon.clicks import a_click
from tests.several.offices import Office

CREATE, UPDATE, PAY = "invoices.create", "invoices.update", "payroll.generate"
PATH = "/clinics/lakeside/invoices"
PROGRAMS = 2
"""How many of the billers have programs, which never send a request again by themselves. Add-ins do."""

TRIES = 10
"""How often a request is sent that the service itself refuses for now, with the same id: a click takes longer than the two
seconds that the tests let it hold the books, on a slow computer."""

_NUMBERS = count(1)


@dataclass(frozen=True)
class Done:
    """A request that was answered, and may have been recorded: its path, the bytes sent, and the answer."""

    path: str
    sent: bytes
    answer: dict[str, Any]

    @property
    def request_id(self) -> str:
        return str(orjson.loads(self.sent)["request_id"])


@dataclass
class Load:
    """The billers' requests, until ``over`` is set."""

    done: list[Done] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, more: int) -> None:
        """Wait until so many more requests were answered."""
        until, end = len(self.done) + more, time.monotonic() + PATIENCE_SECONDS
        while len(self.done) < until and not self.failures:
            assert time.monotonic() < end, "the requests do not go on"
            time.sleep(0.05)

    def ids(self) -> Counter[str]:
        return Counter(one.request_id for one in self.done)

    def of(self, *kinds: str) -> list[Done]:
        return [one for one in self.done if one.request_id.split("-")[0] in kinds]


Send = Callable[[str, dict[str, Any]], dict[str, Any]]


def new_id(kind: str) -> str:
    return f"{kind}-{next(_NUMBERS)}"


def an_exam_sheet(*more: Mapping[str, Cell]) -> list[dict[str, Any]]:
    """Return a sheet with an exam of a patient whom nobody else has, and further rows."""
    patient = new_id("P")
    rows = [typed(Patient=patient, Case=f"C-{patient}"), *more]
    return [{"name": "Exams", "columns": exam_columns(rows)}]


def a_move(number: str) -> list[dict[str, Any]]:
    """Return a sheet in which somebody typed that an invoice was sent today."""
    today = serial_of(utc_now().astimezone().date())
    cells = {"Invoice": number, "Action": "send", "Date": today}
    return [{"name": INVOICES.name, "columns": [[title, cells.get(title)] for title in INVOICES.titles]}]


def a_round_in_excel(send: Send) -> None:
    """Create an invoice, move it, and generate the payroll."""
    made = send(CREATE, a_click(sheets=an_exam_sheet(), request_id=new_id("create")))
    (number,) = set(re.findall(r"INV-\d+", orjson.dumps(made["edits"]).decode()))
    assert send(UPDATE, a_click(sheets=a_move(number), request_id=new_id("move")))["figures"]["recorded"] == 1
    assert send(PAY, a_click([a_row()], request_id=new_id("pay")))["level"] == "done"


def a_round_of_a_program(send: Send) -> None:
    """Create an invoice and move it over REST."""
    patient, day = new_id("P"), utc_now().astimezone().date().isoformat()
    exam = {"exam_date": "2026-10-05", "patient": patient, "case": f"C-{patient}", "code": "EX-301", "payer": "Oak (invented)"}  # fmt: skip
    made = send(PATH, {"request_id": new_id("create"), "exams": [exam]})
    number = made["invoices"][0]["number"]
    send(f"{PATH}/{number}/steps", {"request_id": new_id("move"), "action": "send", "day": day})


@contextmanager
def under_load(office: Office) -> Iterator[Load]:
    """Let the billers work during the block. All of them have their answers after it."""
    load = Load()
    works = [
        partial(_work_with_program if place < PROGRAMS else _work_in_excel, load, office, token)
        for place, token in enumerate(office.tokens)
    ]
    threads = [threading.Thread(target=_until_over, args=(load, work)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.over.set()
        for thread in threads:
            thread.join(2 * PATIENCE_SECONDS)
    if load.failures:
        raise load.failures[0]
    assert not any(thread.is_alive() for thread in threads)


def _until_over(load: Load, work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as failure:  # noqa: BLE001 - the test shows it
        load.failures.append(failure)


def _work_in_excel(load: Load, office: Office, token: str) -> None:
    token_file = office.folder / f"{token[:8]}.token"
    token_file.write_text(token)
    with Service(office.address, token_file) as service:

        def send(button: str, click: dict[str, Any]) -> dict[str, Any]:
            answer = _press_until_answered(service, button, click)
            load.done.append(Done(f"/ribbon/{button}", orjson.dumps(click), answer))
            return answer

        while not load.over.is_set():
            a_round_in_excel(send)


def _press_until_answered(service: Service, button: str, click: dict[str, Any]) -> dict[str, Any]:
    """Press Try again where the service says that its database does not answer: it was too slow for the short limit of the tests."""
    for _ in range(TRIES - 1):
        try:
            return service.press(button, click)
        except Refused as refusal:
            if refusal.code != DatabaseUnreachable.code:
                raise
            time.sleep(1)
    return service.press(button, click)


def _work_with_program(load: Load, office: Office, token: str) -> None:
    with office.program(token) as client:

        def send(path: str, body: dict[str, Any]) -> dict[str, Any]:
            sent = orjson.dumps(body)
            for _ in range(TRIES):
                response = client.post(path, content=sent, headers={"content-type": "application/json"})
                if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                time.sleep(1)
            assert response.is_success, f"{response.status_code} {response.text}"
            answer: dict[str, Any] = response.json()
            load.done.append(Done(path, sent, answer))
            return answer

        while not load.over.is_set():
            a_round_of_a_program(send)
