"""The record of a case over HTTP: shown with each case, and what is agreed compared with it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseRecord, CaseSettlement, LetterOfProtection, Stage
from server.billing.invoices.cases import Injury
from server.ledger.store import Ledger
from tests.api.billed import DAY, an_exam, created, post, serving, step
from tests.behind import copy_ledger

CASES = "/clinics/lakeside/cases"
MAY = date(2026, 5, 1)
RECORD = CaseRecord(
    Injury(MAY, "C-9"),
    Stage.NEGOTIATION,
    date(2028, 5, 1),
    payer="Oak (invented)",
    further_payers=("Second (invented)",),
    letter=LetterOfProtection(MAY, "Fern Law", 150_00, "in the folder"),
    settlement=CaseSettlement(1_000_00, 300_00, 100_00, 90_00, 300_00),
)


@pytest.fixture
def folder(priced_folder: Path, tmp_path: Path) -> Path:
    return copy_ledger(priced_folder, tmp_path / "ledger")


@pytest.fixture
def service(folder: Path) -> Iterator[httpx.Client]:
    with serving(folder) as client:
        yield client


def keep_record(folder: Path, record: CaseRecord) -> None:
    with Ledger(folder).clinic("lakeside").transaction() as books:
        books.case_records.record(1, record, "ana")
        wished = WishedAttorney(CaseAttorney("Fern", "Fern Law", MAY), is_correction=False)
        books.case_records.change_attorney(1, wished, date(2026, 11, 1), "ana")


def listed(client: httpx.Client) -> dict[str, Any]:
    (case,) = client.get(CASES).json()["cases"]
    assert client.post(f"{CASES}/search", json={"patient": "p-1"}).json()["cases"] == [case]
    return dict(case)


def test_a_case_is_listed_with_its_record(service: httpx.Client, folder: Path) -> None:
    created(service)
    blank = listed(service)["record"]
    assert (blank["stage"], blank["pro_rata_cents"], blank["letter"]["signed_on"]) == (None, None, None)

    keep_record(folder, RECORD)

    case = listed(service)
    record = case["record"]
    assert record.pop("version") != blank["version"]
    assert (case["attorney"], case["payer"]) == ("Fern", "Oak (invented)")
    assert record == {
        "stage": "negotiation", "injured_on": "2026-05-01", "claim_number": "C-9", "statute_on": "2028-05-01",
        "firm": "Fern Law", "attorney_from": "2026-05-01", "further_payers": ["Second (invented)"],
        "letter": {
            "signed_on": "2026-05-01", "signed_by": "Fern Law", "cap_cents": 150_00, "document": "in the folder",
            "released_on": None,
        },
        "settlement": {
            "gross_cents": 1_000_00, "fee_cents": 300_00, "cost_cents": 100_00, "lien_pool_cents": 90_00,
            "all_liens_cents": 300_00,
        },
        "billed_cents": 100_00, "pro_rata_cents": 30_00,
    }  # fmt: skip


def test_an_agreed_amount_is_compared_with_our_share_and_the_cap(service: httpx.Client, folder: Path) -> None:
    one, two = created(service, an_exam(), an_exam(code="EX-301", physician="Dr. Second"))
    keep_record(folder, RECORD)
    for number in (one, two):
        assert step(service, number, "send", day=DAY).json()["agreement"] is None

    below = step(service, one, "agree", amount_cents=29_99, day=DAY, note="by phone").json()["agreement"]
    assert (below["pro_rata_cents"], below["case_agreed_cents"]) == (30_00, 29_99)
    (finding,) = below["findings"]
    assert (finding["code"], finding["detail"]) == (
        "below-pro-rata",
        f"$29.99 is less than $30.00, our pro-rata share of {one}.",
    )

    capped = replace(RECORD, letter=replace(RECORD.letter, cap_cents=59_98))
    keep_record(folder, capped)
    taken = {"number": two, "action": "agree", "amount_cents": 30_00, "day": DAY, "note": "by phone"}
    (above,) = post(service, "/clinics/lakeside/invoices/steps", steps=[taken]).json()["recorded"]
    assert above["agreement"]["case_agreed_cents"] == 59_99
    (finding,) = above["agreement"]["findings"]
    assert finding["code"] == "above-letter-cap"
    assert "$59.99 is agreed for this case, more than $59.98" in finding["detail"]


def test_an_agreed_amount_of_a_case_without_a_settlement_has_no_finding(service: httpx.Client) -> None:
    (number,) = created(service)
    step(service, number, "send", day=DAY)
    agreement = step(service, number, "agree", amount_cents=1, day=DAY, note="by phone").json()["agreement"]
    assert agreement == {"pro_rata_cents": None, "cap_cents": None, "case_agreed_cents": 1, "findings": []}
