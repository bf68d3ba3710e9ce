"""Invoices over HTTP: a service whose clinic has prices, and requests to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.object_bucket import ObjectBucket
from server.settings import Settings
from server.storage import Storage
from tests.api.wire import problem

INVOICES = "/clinics/lakeside/invoices"
DAY = "2026-10-05"

IDS = count(1)
"""For names and requests nobody else uses."""


@contextmanager
def serving(folder: Path, bucket: ObjectBucket | None = None) -> Iterator[httpx.Client]:
    """Run a service on a ledger whose invoices are right when it ends."""
    settings = Settings(path=folder, workers=0, objects=bucket.address if bucket else "")
    with temporary_service(settings) as url, httpx.Client(base_url=url) as client:
        yield client
    assert isinstance(Ledger(folder, storage=Storage(bucket=bucket)).clinic("lakeside").verify(), Verified)


def an_exam(patient: str = "P-1", case: str = "C-1", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return an exam of $100.00."""
    exam = {"exam_date": DAY, "patient": patient, "case": case, "code": "EX-301", "payer": "Oak (invented)"}
    return {**exam, **more}


def post(client: httpx.Client, path: str, request_id: str = "", **body: Any) -> httpx.Response:  # noqa: ANN401
    return client.post(path, json={"request_id": request_id or f"request-{next(IDS)}", **body})


def created(client: httpx.Client, *exams: dict[str, Any]) -> list[str]:
    answer = post(client, INVOICES, exams=exams or [an_exam()])
    return [invoice["number"] for invoice in answer.json()["invoices"]]


def step(
    client: httpx.Client,
    number: str,
    action: str,
    request_id: str = "",
    **inputs: Any,  # noqa: ANN401
) -> httpx.Response:
    return post(client, f"{INVOICES}/{number}/steps", request_id, action=action, **inputs)


CHEQUE = {"cheque_date": DAY, "received_date": DAY, "paying_party": "Oak (invented)", "note": "in the drawer"}


def agreed(client: httpx.Client, *exams: dict[str, Any]) -> list[str]:
    """Bring an invoice of each exam to where $80.00 are agreed."""
    numbers = created(client, *exams)
    for number in numbers:
        step(client, number, "send", day=DAY)
        step(client, number, "agree", day=DAY, amount_cents=80_00, note="by phone")
    return numbers


def received(client: httpx.Client, *exams: dict[str, Any]) -> list[str]:
    """Bring an invoice of each exam to where its cheque of $80.00 is in hand."""
    numbers = agreed(client, *exams)
    for number in numbers:
        step(client, number, "record cheque", amount_cents=80_00, cheque_number=number, **CHEQUE)
    return numbers


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem(answer)["code"]
