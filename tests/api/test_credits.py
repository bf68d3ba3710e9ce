"""Unapplied credit over HTTP: listed, applied to another invoice, paid back, and taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.billed import CHEQUE, DAY, INVOICES, agreed, an_exam, refused, serving, step
from tests.behind import copy_ledger

CREDITS = "/clinics/lakeside/credits"


@pytest.fixture
def service(priced_folder: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    copy_ledger(priced_folder, tmp_path / "ledger")
    with serving(tmp_path / "ledger") as client:
        yield client


def test_credit_is_listed_used_and_taken_back(service: httpx.Client) -> None:
    one, two = agreed(service, an_exam(), an_exam(patient="P-2"))
    over: dict[str, Any] = CHEQUE | {"amount_cents": 95_00, "cheque_number": "77-1", "exception": "overpaid"}
    step(service, one, "record cheque", **over)
    (waiting,) = service.get(CREDITS).json()["credits"]
    assert (waiting["cents"], waiting["usable_from"]) == (15_00, None)
    assert refused(step(service, two, "apply credit", amount_cents=1, day=DAY)) == (409, "credit-not-usable")

    step(service, one, "clear", day=DAY)
    applied = step(service, two, "apply credit", amount_cents=10_00, day=DAY, credit_invoice=one)
    assert applied.json()["step"]["credit_invoice"] == one
    assert applied.json()["invoice"]["balance_cents"] == 70_00
    step(service, one, "refund credit", amount_cents=2_00, day=DAY, note="by transfer")

    holder = service.get(f"{INVOICES}/{one}").json()
    names = ("collected_cents", "unapplied_cents", "transferred_cents", "refunded_cents")
    assert [holder[name] for name in names] == [80_00, 3_00, 10_00, 2_00]
    listed = service.get(CREDITS, params={"limit": 1}).json()
    assert listed == {
        "credits": [
            {
                "invoice": one,
                "paying_party": "Oak (invented)",
                "cheque_number": "77-1",
                "cents": 3_00,
                "usable_from": DAY,
            }
        ],
        "total_cents": 3_00,
        "next": None,
        "total": 1,
    }
    assert refused(step(service, one, "transfer credit", amount_cents=1, day=DAY)) == (409, "action-not-open")

    step(service, two, "void", note="billed to the wrong case")
    assert service.get(f"{INVOICES}/{one}").json()["unapplied_cents"] == 13_00
    last = service.get(f"{INVOICES}/{one}/steps").json()[-1]
    assert (last["action"], last["credit_invoice"]) == ("return credit", two)


def test_credits_are_listed_a_page_at_a_time(service: httpx.Client) -> None:
    numbers = agreed(service, *[an_exam(patient=f"P-{place}") for place in range(3)])
    for number in numbers:
        over: dict[str, Any] = CHEQUE | {
            "amount_cents": 81_00,
            "cheque_number": number,
            "exception": "overpaid",
        }
        step(service, number, "record cheque", **over)
    first = service.get(CREDITS, params={"limit": 2}).json()
    second = service.get(CREDITS, params={"limit": 2, "after": first["next"]}).json()
    assert [one["invoice"] for page in (first, second) for one in page["credits"]] == numbers
    assert (first["total_cents"], first["next"], second["next"]) == (3_00, numbers[1], None)
    assert (first["total"], second["total"]) == (3, 3)
    assert refused(service.get(CREDITS, params={"after": "INV-000404"})) == (404, "unknown-invoice")
