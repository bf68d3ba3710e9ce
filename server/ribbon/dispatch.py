"""A button pressed: from the raw body of the request to the answer, recorded once.

The same request id with the same body gets the recorded answer again, whatever happened in
between; with another body it is refused (docs/contracts.md#request-id). Questions are not recorded: nothing was
done yet.
"""

import gc
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from threading import Timer

from server.errors import BillingError, NoClinic, UnknownClinic
from server.ledger.clinic_books import Answer, ClinicBooks
from server.ledger.finished_workbooks import Outputs
from server.ledger.store import Ledger
from server.ribbon import cases, clinics
from server.ribbon.context import ACTOR, ClickContext, Prepared
from server.ribbon.invoices import attach, create, history, open_invoices, update
from server.ribbon.payroll import approve, generate, pay_runs
from server.ribbon.protocol import Click, Reply, read_click
from server.ribbon.ribbon_table import Button, ribbon

Command = Callable[[ClickContext], Prepared | Reply]
"""Prepares a click; a Reply at once where there is nothing to record."""

COMMANDS: dict[str, Command] = {
    "clinic.choose": clinics.choose,
    "clinic.open": clinics.open_setup,
    "clinic.save": clinics.save,
    "payroll.check": generate.check,
    "payroll.generate": generate.generate,
    "payroll.close": approve.close,
    "payroll.void": pay_runs.void,
    "payroll.history": pay_runs.history,
    "invoices.create": create.create,
    "invoices.open": open_invoices.open_invoices,
    "invoices.update": update.update,
    "invoices.history": history.history,
    "invoices.attach": attach.attach,
    "cases.settle": cases.settle,
}


BIG_BODY = 1_000_000
"""Bytes from which on it takes a while to let go of what was in them."""

LET_GO_SECONDS = 0.1


def press(button_id: str, body: bytes, ledger: Ledger) -> bytes:
    """Carry out a click and return the reply as JSON. Raises BillingError where it is refused."""
    with _no_garbage_collection():
        return _pressed(button_id, body, ledger)


def _pressed(button_id: str, body: bytes, ledger: Ledger) -> bytes:
    button = ribbon().find(button_id)
    # A big body is hashed while its JSON is read: 7 ms of 100,000 rows.
    with ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(_digest, button_id, body)
        click = read_click(body)
    digest = hashing.result()
    if done := _done_before(ledger, button, click, digest):
        return done
    try:
        result = COMMANDS[button_id](ClickContext(ledger, Outputs(ledger.folder), click))
    except BillingError:
        if done := _done_before(ledger, button, click, digest):
            return done  # sent twice at once: the other was finished while this one was prepared
        raise
    if isinstance(result, Reply):
        # A question, or a remark on what is there already. Its twin may have been carried out meanwhile.
        return _done_before(ledger, button, click, digest) or _json(result)
    with ledger.clinic(result.clinic).transaction() as books:
        reply = _recorded(books, button, click, digest, result)
    if len(body) > BIG_BODY:
        _let_go_later(click, result)
    return reply


def _digest(button_id: str, body: bytes) -> str:
    digest = hashlib.sha256(f"{button_id}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def _done_before(ledger: Ledger, button: Button, click: Click, digest: str) -> bytes | None:
    """Return the recorded answer of a click sent again."""
    if not click.workbook.clinic:
        if button.clinic:
            raise NoClinic
        return None
    try:
        books_of_clinic = ledger.clinic(click.workbook.clinic)
    except UnknownClinic:
        if button.clinic:
            raise
        return None
    with books_of_clinic.reading() as books:
        answer = books.replay(click.request_id, digest)
    return answer.body if answer else None


def _recorded(books: ClinicBooks, button: Button, click: Click, digest: str, prepared: Prepared) -> bytes:
    if answer := books.replay(click.request_id, digest):
        return answer.body
    reply = prepared.finish(books)
    body = _json(reply)
    output = reply.output.id if reply.output else None
    books.remember(click.request_id, digest, Answer(HTTPStatus.OK, body, output), button.id, ACTOR)
    return body


def _json(reply: Reply) -> bytes:
    return reply.model_dump_json().encode()


def _let_go_later(*done: object) -> None:
    """Hold on to what a click worked with until its answer is on the way.

    Letting go of a million cells takes 18 ms of 100,000 rows, for which nobody has to wait.
    """
    later = Timer(LET_GO_SECONDS, lambda: done)
    later.daemon = True
    later.start()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Work a click without the collector of reference cycles.

    A big sheet is a million cells, all of them alive until the reply is made, and the collector
    would walk through them again and again looking for cycles: a tenth of the click, and three
    quarters of reading its body. What cycles a click does leave are collected after it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
