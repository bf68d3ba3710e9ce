"""Lists over HTTP: every filter, order and page against a plain loop over all invoices."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.api.billed import CHEQUE, DAY, INVOICES, agreed, an_exam, created, post, refused, serving, step
from tests.api.wire import problem
from tests.behind import copy_ledger

CASES = "/clinics/lakeside/cases"
CHEQUES = "/clinics/lakeside/cheques"
DOCUMENTS = "/clinics/lakeside/documents"
SETTLED = {"paid", "written_off", "voided"}
ORDERS = ("number", "created", "exam_date", "billed_cents", "balance_cents")
PEOPLE = ("Ann Invented", "Bob Invented", "Cid Invented")

Shown = dict[str, Any]


@pytest.fixture(scope="module")
def listed(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service with 24 invoices of all kinds."""
    random = Random(3)  # noqa: S311 - the same invoices every time
    folder = copy_ledger(priced_folder, tmp_path_factory.mktemp("listed") / "ledger")
    with serving(Path(folder)) as client:
        exams = [
            an_exam(
                PEOPLE[place % 3],
                f"C-{place % 2}",
                exam_date=f"2026-09-{1 + random.randrange(28):02}",
                units=1 + random.randrange(3),
                facility=random.choice(["North", "South", ""]),
                physician=random.choice(["Dr. Example", "Dr. Sample"]),
                attorney=random.choice(["Fern Law", ""]),
            )
            | {"case": f"C-{place}"}
            for place in range(24)
        ]
        for number in created(client, *exams):
            for action in random.choice([(), ("send",), ("send", "agree"), ("void",)]):
                assert (
                    step(client, number, action, day=DAY, amount_cents=80_00, note="by phone").status_code
                    == 200
                )
        yield client


def every_invoice(client: httpx.Client) -> list[Shown]:
    found: list[Shown] = client.get(INVOICES, params={"limit": 1_000}).json()["invoices"]
    return found


Matches = Callable[[Shown], bool]

FILTERS: dict[str, tuple[dict[str, Any], Matches]] = {
    "nothing said": ({}, lambda _: True),
    "open": ({"state": "open"}, lambda one: one["state"] not in SETTLED),
    "two states": (
        {"state": ["voided", "pending_cheque"]},
        lambda one: one["state"] in {"voided", "pending_cheque"},
    ),
    "open and one more": ({"state": ["open", "voided"]}, lambda _: True),
    "facility": ({"facility": "north"}, lambda one: one["facility"] == "North"),
    "physician": ({"physician": "DR EXAMPLE"}, lambda one: one["physician"] == "Dr. Example"),
    "attorney": ({"attorney": "Fern Law"}, lambda one: one["attorney"] == "Fern Law"),
    "payer": ({"payer": "nobody"}, lambda _: False),
    "all states": ({"state": ["all", "paid"]}, lambda _: True),
    "exam day": (
        {"dates": "exam", "from": "2026-09-10", "to": "2026-09-20"},
        lambda one: "2026-09-10" <= one["exam_date"] <= "2026-09-20",
    ),
    "paid day": ({"dates": "paid", "from": "2026-01-01"}, lambda one: one["paid_on"] is not None),
    "bucket": ({"bucket": "0-30"}, lambda _: True),
    "bucket and exam day": (
        {"bucket": "Low", "dates": "exam", "to": "2026-09-15"},
        lambda one: one["exam_date"] <= "2026-09-15",
    ),
}


@pytest.mark.parametrize(("asked", "matches"), FILTERS.values(), ids=FILTERS)
def test_a_list_and_its_total_are_what_the_filter_says(
    listed: httpx.Client, asked: Mapping[str, Any], matches: Matches
) -> None:
    wanted = [one["number"] for one in every_invoice(listed) if matches(one)]
    page = listed.get(INVOICES, params={"limit": 1_000, **asked}).json()
    assert [one["number"] for one in page["invoices"]] == wanted
    assert (page["total"], page["next"]) == (len(wanted), None)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_in_any_order_put_together_are_the_sorted_list(
    listed: httpx.Client, order: str, sign: str
) -> None:
    wanted = sorted(every_invoice(listed), key=lambda one: (one[order], one["number"]), reverse=bool(sign))
    asked: dict[str, Any] = {"sort": f"{sign}{order}", "limit": 5}
    found: list[Shown] = []
    while True:
        page = listed.get(INVOICES, params=asked).json()
        assert page["total"] == len(wanted)
        found += page["invoices"]
        if page["next"] is None:
            break
        asked["after"] = page["next"]
    assert found == wanted


def test_a_patient_is_searched_for_in_a_body_and_never_in_an_address(listed: httpx.Client) -> None:
    wanted = [one["number"] for one in every_invoice(listed) if one["patient"] == "Ann Invented"]
    page = listed.post(f"{INVOICES}/search", json={"patient": "ann invented"}).json()
    assert [one["number"] for one in page["invoices"]] == wanted
    assert page["total"] == len(wanted) == 8
    for address in (INVOICES, CASES):
        assert (
            problem(listed.get(address, params={"patient": "x"}))["detail"]
            == "patient: there is no such part."
        )


def test_a_case_is_searched_for_with_the_other_filters(listed: httpx.Client) -> None:
    (one,) = listed.post(f"{INVOICES}/search", json={"case": "c-7"}).json()["invoices"]
    assert one["case"] == "C-7"
    asked = {"case": "C-7", "state": ["paid"], "sort": "-created"}
    assert listed.post(f"{INVOICES}/search", json=asked).json() == {"invoices": [], "next": None, "total": 0}


def test_days_without_a_day_between_them_are_refused(listed: httpx.Client) -> None:
    asked = {"from": "2026-09-02", "to": "2026-09-01"}
    for answer in (listed.get(INVOICES, params=asked), listed.post(f"{INVOICES}/search", json=asked)):
        assert refused(answer) == (422, "missing-input")
        assert problem(answer)["detail"] == "From 09/02/2026 to 09/01/2026 there is no day."


def test_cases_are_filtered_by_patient_attorney_and_whether_they_are_settled(listed: httpx.Client) -> None:
    every = listed.get(CASES, params={"limit": 1_000}).json()
    assert every["total"] == len(every["cases"]) == 24
    for state in ("open", "settled"):
        page = listed.get(CASES, params={"state": state, "limit": 1_000}).json()
        wanted = [one for one in every["cases"] if one["settled"] == (state == "settled")]
        assert (page["cases"], page["total"]) == (wanted, len(wanted))
    of_ann = listed.post(f"{CASES}/search", json={"patient": "ANN INVENTED", "attorney": "fern law"}).json()
    assert of_ann["cases"] == [
        one for one in every["cases"] if (one["patient"], one["attorney"]) == ("Ann Invented", "Fern Law")
    ]


def test_pages_of_cases_put_together_are_all_cases(listed: httpx.Client) -> None:
    assert paged(listed, CASES, "cases", 7) == listed.get(CASES, params={"limit": 1_000}).json()["cases"]


def paged(client: httpx.Client, address: str, key: str, limit: int, **asked: Any) -> list[Shown]:  # noqa: ANN401
    """Return the rows of all pages of a list, put together. ``key`` is the name of the list in its pages."""
    found: list[Shown] = []
    after: Any = 0
    while after is not None:
        page = client.get(address, params={**asked, "limit": limit, "after": after}).json()
        found += page[key]
        after = page["next"]
    return found


def compared(value: Any) -> Any:  # noqa: ANN401
    return value.casefold() if isinstance(value, str) else value


@pytest.mark.parametrize("state", [None, "open"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("order", ["recorded", "patient", "name", "balance_cents"])
def test_pages_of_cases_in_any_order_put_together_are_the_sorted_list(
    listed: httpx.Client, order: str, sign: str, state: str | None
) -> None:
    asked = {"state": state} if state else {}
    every = listed.get(CASES, params={"limit": 1_000, **asked}).json()["cases"]
    key = "id" if order == "recorded" else order
    wanted = sorted(every, key=lambda one: (compared(one[key]), one["id"]), reverse=bool(sign))
    assert paged(listed, CASES, "cases", 5, sort=f"{sign}{order}", **asked) == wanted


SHORT_LISTS = {
    "providers": ("sheet", "name", "provider_id"),
    "rates": ("sheet", "provider", "service", "effective_from"),
    "prices": ("code", "payer", "unit_price_cents", "effective_from"),
    "pay-runs": ("last", "first", "paid_cents"),
}


@pytest.mark.parametrize(
    ("name", "order"), [(name, one) for name, orders in SHORT_LISTS.items() for one in orders]
)
def test_short_lists_are_sorted_before_they_are_cut_into_pages(
    listed: httpx.Client, name: str, order: str
) -> None:
    address, key = f"/clinics/lakeside/{name}", name.replace("-", "_")
    up = paged(listed, address, key, 2, sort=order)
    every = listed.get(address, params={"limit": 1_000}).json()[key]
    assert sorted(map(str, up)) == sorted(map(str, every))
    if order != "sheet":
        values = [compared(one[order]) for one in up]
        assert values == sorted(values)
    assert paged(listed, address, key, 2, sort=f"-{order}") == up[::-1]
    assert refused(listed.get(address, params={"sort": "fingerprint"})) == (400, "bad-request")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/invoices", "bucket"), ("/invoices", "state"), ("/cases", "state"), ("/held-visits", "state")],
)
def test_a_filter_by_a_word_that_it_does_not_know_is_refused(
    listed: httpx.Client, path: str, name: str
) -> None:
    """It would find nothing, and a program would take that for an answer."""
    answer = listed.get(f"/clinics/lakeside{path}", params={name: "someday"})
    assert refused(answer) == (400, "bad-request")
    assert name in answer.json()["detail"]


@pytest.mark.parametrize("name", ["providers", "rates", "prices", "pay-runs"])
def test_the_lists_of_a_setup_have_pages(listed: httpx.Client, name: str) -> None:
    address, key = f"/clinics/lakeside/{name}", name.replace("-", "_")
    every = listed.get(address, params={"limit": 1_000}).json()
    assert (every["total"], every["next"]) == (len(every[key]), None)
    assert paged(listed, address, key, 1) == every[key]


def test_the_lines_of_an_invoice_are_a_resource(listed: httpx.Client) -> None:
    number = every_invoice(listed)[0]["number"]
    whole = listed.get(f"{INVOICES}/{number}").json()
    lines = listed.get(f"{INVOICES}/{number}/lines").json()
    assert lines == {name: whole[name] for name in ("number", "version", "state", "lines", "billed_cents")}
    assert sum(line["total_cents"] for line in lines["lines"]) == lines["billed_cents"]
    assert refused(listed.get(f"{INVOICES}/INV-000404/lines")) == (404, "unknown-invoice")


def test_the_documents_of_an_invoice_are_a_resource(listed: httpx.Client) -> None:
    number = every_invoice(listed)[0]["number"]
    assert listed.get(f"{INVOICES}/{number}/documents").json() == {"documents": []}
    kept = listed.post(
        "/clinics/lakeside/documents",
        content=b"a scanned cheque",
        headers={"content-type": "application/octet-stream", "x-document-name": "cheque.txt"},
    ).json()
    step(listed, number, "attach", document=kept["digest"], note="the copy")
    (shown,) = listed.get(f"{INVOICES}/{number}/documents").json()["documents"]
    assert {name: shown[name] for name in kept} == kept
    assert (shown["action"], shown["note"], shown["actor"]) == ("attach", "the copy", "local")


def test_a_search_records_nothing_and_so_has_no_request_id(listed: httpx.Client) -> None:
    answer = post(listed, f"{INVOICES}/search", patient="Ann Invented")
    assert refused(answer) == (400, "bad-request")
    assert problem(answer)["detail"] == "request_id: there is no such part."


def every_cheque(client: httpx.Client) -> list[Shown]:
    found: list[Shown] = client.get(CHEQUES, params={"limit": 1_000}).json()["cheques"]
    return found


CHEQUE_FILTERS: dict[str, tuple[dict[str, Any], Matches]] = {
    "nothing said": ({}, lambda _: True),
    "in effect": ({"state": "in_effect"}, lambda one: one["is_in_effect"]),
    "taken back": ({"state": "taken_back"}, lambda one: not one["is_in_effect"]),
    "payer": ({"payer": "FERN MUTUAL"}, lambda one: one["paying_party"] == "Fern Mutual"),
    "number": ({"number": "77 1"}, lambda one: one["number"] == "77-1"),
    "days": (
        {"from": "2026-10-06", "to": "2026-10-07"},
        lambda one: any("2026-10-06" <= part["received_date"] <= "2026-10-07" for part in one["parts"]),
    ),
    "days of those in effect": (
        {"from": "2026-10-06", "state": "in_effect"},
        lambda one: (
            one["is_in_effect"] and any(part["received_date"] >= "2026-10-06" for part in one["parts"])
        ),
    ),
}


@pytest.fixture(scope="module")
def with_cheques(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service with 7 cheques, one of them for two invoices, two of them bounced."""
    folder = copy_ledger(priced_folder, tmp_path_factory.mktemp("cheques") / "ledger")
    with serving(folder) as client:
        numbers = agreed(client, *[an_exam(f"P-{place}", units=1 + place % 2) for place in range(8)])
        first, second, *rest = numbers
        parts = [
            {"number": number, "action": "record cheque", "amount_cents": 80_00, "cheque_number": "77-1"}
            | {"cheque_cents": 160_00, **CHEQUE}
            for number in (first, second)
        ]
        assert post(client, f"{INVOICES}/steps", steps=parts).status_code == 200
        for place, number in enumerate(rest):
            inputs: Shown = {**CHEQUE, "amount_cents": 80_00, "cheque_number": f"88-{place}"}
            inputs["received_date"] = f"2026-10-0{5 + place % 4}"
            if place % 2:
                inputs["paying_party"] = "Fern Mutual"
            assert step(client, number, "record cheque", **inputs).status_code == 200
            if place % 3 == 0:
                assert step(client, number, "bounce", day="2026-10-09", note="no funds").status_code == 200
        yield client


@pytest.mark.parametrize(("asked", "matches"), CHEQUE_FILTERS.values(), ids=CHEQUE_FILTERS)
def test_a_list_of_cheques_and_its_total_are_what_the_filter_says(
    with_cheques: httpx.Client, asked: Mapping[str, Any], matches: Matches
) -> None:
    every = every_cheque(with_cheques)
    wanted = [one for one in every if matches(one)]
    assert len(every) == 7
    assert wanted
    page = with_cheques.get(CHEQUES, params=asked).json()
    assert (page["cheques"], page["total"], page["next"]) == (wanted, len(wanted), None)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("order", "key"), [("recorded", "id"), ("amount_cents", "amount_cents")])
def test_pages_of_cheques_in_any_order_are_the_sorted_list(
    with_cheques: httpx.Client, order: str, key: str, sign: str
) -> None:
    wanted = sorted(every_cheque(with_cheques), key=lambda one: (one[key], one["id"]), reverse=bool(sign))
    found, after = [], 0
    while after is not None:
        page = with_cheques.get(CHEQUES, params={"sort": f"{sign}{order}", "limit": 2, "after": after}).json()
        found += page["cheques"]
        after = page["next"]
    assert found == wanted


def test_a_cheque_for_two_invoices_is_listed_once_with_both(with_cheques: httpx.Client) -> None:
    whole = every_cheque(with_cheques)[0]
    assert (whole["number"], whole["amount_cents"]) == ("77-1", 160_00)
    assert [(part["invoice"], part["amount_cents"]) for part in whole["parts"]] == [
        ("INV-000001", 80_00),
        ("INV-000002", 80_00),
    ]


def test_cheques_between_days_that_hold_no_day_are_refused(with_cheques: httpx.Client) -> None:
    answer = with_cheques.get(CHEQUES, params={"from": "2026-10-02", "to": "2026-10-01"})
    assert refused(answer) == (422, "missing-input")


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("order", "key"), [("recorded", "recorded_at"), ("size", "size")])
def test_pages_of_documents_in_any_order_are_the_sorted_list(
    with_documents: httpx.Client, order: str, key: str, sign: str
) -> None:
    every = with_documents.get(DOCUMENTS, params={"limit": 1_000}).json()
    assert (len(every["documents"]), every["total"], every["next"]) == (5, 5, None)
    wanted = sorted(every["documents"], key=lambda one: (one[key], one["digest"]), reverse=bool(sign))
    found, after = [], ""
    while after is not None:
        page = with_documents.get(
            DOCUMENTS, params={"sort": f"{sign}{order}", "limit": 2, "after": after}
        ).json()
        found += page["documents"]
        after = page["next"]
    assert found == wanted


def test_a_list_of_documents_says_which_ones_are_attached(with_documents: httpx.Client) -> None:
    digest = with_documents.get(DOCUMENTS).json()["documents"][0]["digest"]
    (number,) = created(with_documents)
    assert step(with_documents, number, "attach", document=digest, note="the copy").status_code == 200
    shown = with_documents.get(DOCUMENTS).json()["documents"]
    assert [one["digest"] for one in shown if one["is_attached"]] == [digest]


def test_a_page_after_an_unknown_document_is_refused(with_documents: httpx.Client) -> None:
    answer = with_documents.get(DOCUMENTS, params={"after": "0" * 64})
    assert refused(answer) == (404, "unknown-document")


@pytest.fixture(scope="module")
def with_documents(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service with 5 documents, two of them of the same size."""
    folder = copy_ledger(priced_folder, tmp_path_factory.mktemp("documents") / "ledger")
    with serving(folder) as client:
        for place, size in enumerate((3, 1, 4, 1, 5)):
            content = f"{place}".encode() * size
            headers = {"content-type": "application/octet-stream", "x-document-name": f"{place}.txt"}
            assert client.post(DOCUMENTS, content=content, headers=headers).status_code == 200
        yield client
