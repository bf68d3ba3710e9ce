"""Steps over HTTP: one on an invoice, or several decided together; what is refused, and that it is done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.billed import (
    CHEQUE,
    DAY,
    IDS,
    INVOICES,
    agreed,
    an_exam,
    created,
    post,
    received,
    refused,
    serving,
    step,
)
from tests.api.wire import problem
from tests.behind import copy_ledger


@pytest.fixture
def service(priced_folder: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client of a service on a ledger of the test's own."""
    with serving(copy_ledger(priced_folder, tmp_path / "ledger")) as client:
        yield client


@pytest.fixture(scope="module")
def shared(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service for tests that are refused, or work on exams of their own."""
    with serving(copy_ledger(priced_folder, tmp_path_factory.mktemp("shared") / "ledger")) as client:
        yield client


@pytest.fixture
def draft(shared: httpx.Client) -> str:
    """Return an invoice nobody else works on."""
    return created(shared, an_exam(f"Q-{next(IDS)}"))[0]


def test_an_invoice_is_driven_from_exam_to_paid(service: httpx.Client) -> None:
    (number,) = received(service)
    paid = step(service, number, "clear", day=DAY).json()
    assert (paid["step"]["from_state"], paid["step"]["to_state"]) == ("cheque_received", "paid")
    assert paid["invoice"].items() >= {
        "state": "paid", "version": 5, "billed_cents": 100_00, "reduction_cents": 20_00,
        "agreed_cents": 80_00, "collected_cents": 80_00, "balance_cents": 0, "paid_on": DAY,
    }.items()  # fmt: skip


def test_what_is_open_is_named_with_what_it_needs(service: httpx.Client) -> None:
    (number,) = created(service)
    opened = {one["action"]: one for one in service.get(f"{INVOICES}/{number}").json()["open_actions"]}
    assert opened.keys() == {"edit lines", "send", "remind", "void", "note", "attach"}
    assert opened["send"]["needs"] == [["day"]]
    assert opened["void"]["managers_only"]


def test_every_need_that_is_named_is_an_input_a_step_takes(shared: httpx.Client) -> None:
    taken = shared.get("/openapi.json").json()["components"]["schemas"]["StepBody"]["properties"].keys()
    for number in received(shared, an_exam(f"Q-{next(IDS)}")):
        for one in shared.get(f"{INVOICES}/{number}").json()["open_actions"]:
            assert {name for names in one["needs"] for name in names} | {*one["takes"]} <= taken


def test_the_history_tells_every_step_who_took_it_and_when(service: httpx.Client) -> None:
    (number,) = received(service)
    steps = service.get(f"{INVOICES}/{number}/steps").json()
    assert [one["action"] for one in steps] == ["create", "send", "agree", "record cheque"]
    assert {one["actor"] for one in steps} == {"local"}
    assert all(one["recorded_at"] < other["recorded_at"] for one, other in pairwise(steps))
    assert steps[3]["transfers"] == [
        {"debit": "cheques in hand", "credit": "receivable", "amount_cents": 80_00}
    ]


def test_lines_are_edited_at_the_clinics_prices_of_the_exam_date(service: httpx.Client) -> None:
    (number,) = created(service)
    lines = [{"exam_type": "Joint", "sub_exams": ["Knee"], "bilateral": True}, {"code": "ex-301", "units": 2}]
    invoice = step(service, number, "edit lines", lines=lines).json()["invoice"]
    assert [line["total_cents"] for line in invoice["lines"]] == [105_08, 200_00]
    assert invoice["balance_cents"] == 305_08


def test_lines_that_cannot_be_priced_are_refused_each_by_its_place(shared: httpx.Client, draft: str) -> None:
    lines = [{"code": "EX-301"}, {"code": "EX-999"}, {"exam_type": "Fool"}]
    told = problem(step(shared, draft, "edit lines", lines=lines))
    assert [(one["row"], one["code"]) for one in told["findings"]] == [
        (2, "unknown-code"),
        (3, "unknown-exam-type"),
    ]
    assert shared.get(f"{INVOICES}/{draft}").json()["version"] == 1


STEPS_REFUSED: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"action": "agree", "day": DAY, "amount_cents": 1, "note": "so"}, (409, "action-not-open")),
    ({"action": "create"}, (409, "action-not-open")),
    ({"action": "send"}, (422, "inputs-unusable")),
    ({"action": "send", "day": "2099-12-31"}, (422, "inputs-unusable")),
    ({"action": "send", "day": DAY, "version": 7}, (409, "stale-invoice")),
    ({"action": "attach", "document": "0" * 64}, (404, "unknown-document")),
    ({"action": "edit lines", "lines": [{"code": "EX-999"}]}, (422, "exams-unusable")),
    ({"action": "edit lines"}, (422, "inputs-unusable")),
]


@pytest.mark.parametrize(("body", "told"), STEPS_REFUSED)
def test_a_step_that_is_not_open_is_refused_and_nothing_is_recorded(
    shared: httpx.Client, draft: str, body: dict[str, Any], told: tuple[int, str]
) -> None:
    assert refused(post(shared, f"{INVOICES}/{draft}/steps", **body)) == told
    assert len(shared.get(f"{INVOICES}/{draft}/steps").json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"amount_cents": "5"},
        {"amount_cents": 5.0},
        {"amount_cents": True},
        {"amount_cents": 10**30},
        {"unapplied_cents": 10**30},
        {"amount": 5},
        {"day": "10/05/2026"},
        {"day": "20261005"},
        {"day": 1_759_622_400},
        {"day": "2026-10-05T00:00:00"},
        {"day": "1999-12-31"},
        {"version": 0},
        {"action": "pay"},
        {"document": "../../firm.db"},
        {"note": "x" * 32_768},
        {"note": "so\0"},
        {"paying_party": "\x1bOak"},
        {"request_id": ""},
        {"request_id": " "},
        {"exception": "all"},
    ],
    ids=str,
)
def test_a_body_that_could_be_misread_is_not_read(
    shared: httpx.Client, draft: str, body: dict[str, Any]
) -> None:
    answer = shared.post(
        f"{INVOICES}/{draft}/steps", json={"request_id": "one", "action": "note", "note": "so", **body}
    )
    assert refused(answer) == (400, "bad-request")
    assert len(shared.get(f"{INVOICES}/{draft}/steps").json()) == 1


def test_a_cheque_recorded_twice_and_one_that_does_not_fit_are_conflicts(service: httpx.Client) -> None:
    one, two = received(service, an_exam("P-1"), an_exam("P-2"))
    step(service, two, "bounce", day=DAY)
    cheque = {**CHEQUE, "cheque_number": one}
    assert refused(step(service, two, "record cheque", amount_cents=80_00, **cheque)) == (
        409,
        "duplicate-cheque",
    )
    assert refused(step(service, two, "record cheque", amount_cents=70_00, **cheque)) == (
        409,
        "amount-does-not-fit",
    )


def test_the_same_step_sent_again_is_answered_the_same_and_taken_once(service: httpx.Client) -> None:
    (number,) = created(service)
    first, again = (step(service, number, "note", "once", note="so") for _ in range(2))
    assert first.content == again.content
    assert len(service.get(f"{INVOICES}/{number}/steps").json()) == 2


def test_eight_of_the_same_step_at_once_are_taken_once(service: httpx.Client) -> None:
    (number,) = created(service)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: step(service, number, "note", "once", note="so"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(service.get(f"{INVOICES}/{number}/steps").json()) == 2


def test_eight_who_saw_the_same_version_take_one_step(service: httpx.Client) -> None:
    (number,) = created(service)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: step(service, number, "note", note="so", version=1), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]


def test_one_request_id_for_two_steps_or_two_invoices_is_a_conflict(service: httpx.Client) -> None:
    one, two = created(service, an_exam("P-1"), an_exam("P-2"))
    step(service, one, "note", "once", note="so")
    assert refused(step(service, one, "note", "once", note="otherwise")) == (409, "request-id-reused")
    assert refused(step(service, two, "note", "once", note="so")) == (409, "request-id-reused")
    assert refused(post(service, INVOICES, "once", exams=[an_exam("P-3")])) == (409, "request-id-reused")


@pytest.mark.parametrize("clinic", ["harbor", "nowhere"])
def test_an_invoice_of_another_clinic_is_unknown(service: httpx.Client, clinic: str) -> None:
    (number,) = created(service)
    path = f"/clinics/{clinic}/invoices/{number}"
    known = "unknown-clinic" if clinic == "nowhere" else "unknown-invoice"
    for answer in (
        service.get(path),
        service.get(f"{path}/steps"),
        post(service, f"{path}/steps", action="note"),
    ):
        assert refused(answer) == (404, known)


def test_lines_of_an_action_that_takes_none_are_not_looked_at(shared: httpx.Client, draft: str) -> None:
    assert step(shared, draft, "note", note="so", lines=[{"code": "EX-999"}]).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "body",
    [
        b'{"request_id": "one", "action": "note", "note": "\xff"}',
        b'{"request_id": "one", "action": "note", "note": "so", "amount_cents": ' + b"9" * 5_000 + b"}",
        b'{"request_id": "one", "action": "note", "note": ' + b"[" * 100_000,
    ],
    ids=["no text", "no number", "no end"],
)
def test_what_is_no_json_at_all_is_a_bad_request_at_an_address_that_is_there(
    shared: httpx.Client, draft: str, body: bytes
) -> None:
    path, headers = f"{INVOICES}/{draft}/steps", {"Content-Type": "application/json"}
    assert refused(shared.post(path, content=body, headers=headers)) == (400, "bad-request")


# -- Several steps


def steps(client: httpx.Client, *sent: dict[str, Any], request_id: str = "", **how: str) -> httpx.Response:
    return post(client, f"{INVOICES}/steps", request_id, steps=sent, **how)


def sending(number: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"number": number, "action": "send", "day": DAY, **more}


def paying(number: str, cents: int = 80_00, cheque: str = "77-1", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    part = {"number": number, "action": "record cheque", "amount_cents": cents, "cheque_number": cheque}
    return {**part, **CHEQUE, **more}


def states(client: httpx.Client) -> list[str]:
    """Return where the invoices of the ledger stand, in the order of their numbers."""
    return [one["state"] for one in client.get(INVOICES).json()["invoices"]]


def test_one_cheque_pays_several_invoices(service: httpx.Client) -> None:
    numbers = agreed(service, an_exam("P-1"), an_exam("P-2"), an_exam("P-3"))

    told = steps(service, *(paying(number) for number in numbers)).json()

    assert [(one["place"], one["number"]) for one in told["recorded"]] == list(enumerate(numbers, 1))
    assert {one["step"]["cheque_cents"] for one in told["recorded"]} == {240_00}
    assert (told["left_out"], {one["balance_cents"] for one in told["invoices"]}) == ([], {0})
    assert states(service) == ["cheque_received"] * 3


def test_steps_on_one_invoice_follow_each_other(service: httpx.Client) -> None:
    (number,) = created(service)
    agreeing = {"number": number, "action": "agree", "day": DAY, "amount_cents": 80_00, "note": "by phone"}
    told = steps(service, sending(number, version=1), agreeing, paying(number)).json()
    assert [one["step"]["place"] for one in told["recorded"]] == [2, 3, 4]
    assert [(one["state"], one["version"]) for one in told["invoices"]] == [("cheque_received", 4)]


def test_lines_of_several_invoices_are_edited_at_the_clinics_prices(service: httpx.Client) -> None:
    numbers = created(service, an_exam("P-1"), an_exam("P-2"))
    edits = [
        {"number": number, "action": "edit lines", "lines": [{"code": "EX-301", "units": 2}]}
        for number in numbers
    ]
    assert [one["billed_cents"] for one in steps(service, *edits).json()["invoices"]] == [200_00, 200_00]


def test_one_bad_step_keeps_all_of_them_and_is_named_by_its_place(service: httpx.Client) -> None:
    one, two = created(service, an_exam("P-1"), an_exam("P-2"))

    answer = steps(service, sending(one), sending(two, version=7), sending("INV-000009"))

    assert refused(answer) == (409, "steps-refused")
    assert [(finding["row"], finding["severity"]) for finding in problem(answer)["findings"]] == [
        (2, "blocker"),
        (3, "blocker"),
    ]
    assert states(service) == ["pending_invoice"] * 2


NOBODYS_PAPER = {"action": "attach", "document": "0" * 64}
UNPRICED = {"action": "edit lines", "lines": [{"code": "EX-999"}]}


def test_the_good_steps_go_without_the_others_if_it_is_said_so(service: httpx.Client) -> None:
    numbers = created(service, *(an_exam(f"P-{n}") for n in range(5)))
    good, *others = numbers
    bad = [
        sending(others[0], version=7),
        {"number": others[1], **NOBODYS_PAPER},
        {"number": others[2], **UNPRICED},
        {"number": others[3], "action": "clear", "day": DAY},
    ]

    told = steps(service, *bad, sending(good), sending("INV-000099"), apply="good-rows").json()

    assert [(one["place"], one["code"]) for one in told["left_out"]] == [
        (1, "stale-invoice"),
        (2, "unknown-document"),
        (3, "exams-unusable"),
        (4, "action-not-open"),
        (6, "unknown-invoice"),
    ]
    assert all(one["detail"] and one["remedy"] for one in told["left_out"])
    assert [one["place"] for one in told["recorded"]] == [5]
    assert states(service) == ["pending_reduction", *["pending_invoice"] * 4]


def test_half_a_cheque_does_not_go_without_the_other_half(service: httpx.Client) -> None:
    one, two, three = agreed(service, an_exam("P-1"), an_exam("P-2"), an_exam("P-3"))

    told = steps(
        service, paying(one), paying(two, 90_00), paying(three, cheque="8"), apply="good-rows"
    ).json()

    assert [(left["place"], left["code"]) for left in told["left_out"]] == [
        (1, "held-with-another"),
        (2, "amount-does-not-fit"),
    ]
    assert states(service) == ["pending_cheque", "pending_cheque", "cheque_received"]


@pytest.mark.parametrize(
    "unreadable", [{"document": "0" * 64}, {"version": 1}, {"cheque_date": "2026-10-04"}]
)
def test_whatever_is_wrong_with_one_half_keeps_the_other(
    service: httpx.Client, unreadable: dict[str, Any]
) -> None:
    one, two = agreed(service, an_exam("P-1"), an_exam("P-2"))
    answer = steps(service, paying(one), paying(two, **unreadable), apply="good-rows")
    assert refused(answer) == (409, "steps-refused")
    assert states(service) == ["pending_cheque"] * 2


def test_more_than_a_cheque_is_worth_is_not_taken_of_it(service: httpx.Client) -> None:
    numbers = agreed(service, an_exam("P-1"), an_exam("P-2"))
    answer = steps(service, *(paying(number, cheque_cents=150_00) for number in numbers))
    assert "$150.00 is less than the $160.00 taken of it" in problem(answer)["findings"][0]["message"]


def test_what_no_invoice_takes_of_a_cheque_is_unapplied_credit(service: httpx.Client) -> None:
    numbers = agreed(service, an_exam("P-1"), an_exam("P-2"))
    told = steps(service, *(paying(number, cheque_cents=999_999_99) for number in numbers)).json()
    assert [one["unapplied_cents"] for one in told["invoices"]] == [0, 999_999_99 - 160_00]


def test_what_one_invoice_leaves_of_a_cheque_is_unapplied_credit(service: httpx.Client) -> None:
    one, two = agreed(service, an_exam("P-1"), an_exam("P-2"))
    taken = step(service, one, "record cheque", **without_number(paying(one, cheque_cents=250_00))).json()
    assert (taken["invoice"]["unapplied_cents"], taken["step"]["unapplied_cents"]) == (170_00, 170_00)
    again = step(service, two, "record cheque", **without_number(paying(two, cheque_cents=250_00)))
    assert refused(again) == (409, "duplicate-cheque")


def without_number(row: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a step whose invoice and action the request names elsewhere."""
    return {name: value for name, value in row.items() if name not in {"number", "action"}}


def test_a_cheque_bounces_and_comes_again_in_one_request(service: httpx.Client) -> None:
    (number,) = agreed(service)
    steps(service, paying(number))
    told = steps(service, {"number": number, "action": "bounce", "day": DAY}, paying(number)).json()
    assert [one["step"]["action"] for one in told["recorded"]] == ["bounce", "record cheque"]
    assert states(service) == ["cheque_received"]


def test_a_cheque_that_bounced_on_one_invoice_is_named_where_it_still_stands(service: httpx.Client) -> None:
    one, two = agreed(service, an_exam("P-1"), an_exam("P-2"))
    steps(service, paying(one), paying(two))
    bounced = step(service, one, "bounce", day=DAY).json()
    assert bounced["also_pays"] == [two]
    (told,) = steps(service, {"number": two, "action": "bounce", "day": DAY}).json()["recorded"]
    assert told["also_pays"] == []


def test_the_same_steps_sent_again_are_answered_the_same_and_taken_once(service: httpx.Client) -> None:
    numbers = created(service, an_exam("P-1"), an_exam("P-2"))
    sent = [sending(number) for number in numbers]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: steps(service, *sent, request_id="once"), range(8)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert [one["version"] for one in service.get(INVOICES).json()["invoices"]] == [2, 2]
    assert refused(steps(service, sent[0], request_id="once")) == (409, "request-id-reused")
    assert refused(step(service, numbers[0], "note", "once", note="so")) == (409, "request-id-reused")


def test_of_eight_who_send_the_same_rows_at_once_one_is_recorded_and_nobody_else_in_part(
    service: httpx.Client,
) -> None:
    numbers = created(service, *(an_exam(f"P-{n}") for n in range(3)))
    sent = [sending(number, version=1) for number in numbers]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: steps(service, *sent), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert [one["version"] for one in service.get(INVOICES).json()["invoices"]] == [2, 2, 2]


def test_refused_steps_may_be_sent_again_under_their_id(service: httpx.Client) -> None:
    (number,) = created(service)
    assert refused(steps(service, sending(number, version=2), request_id="once")) == (409, "steps-refused")
    assert steps(service, sending(number, version=1), request_id="once").status_code == httpx.codes.OK


def test_a_thousand_steps_are_taken_and_not_one_more(service: httpx.Client) -> None:
    (number,) = created(service)
    note = {"number": number, "action": "note", "note": "so"}
    assert refused(steps(service, *[note] * 1_001)) == (400, "bad-request")
    assert len(steps(service, *[note] * 1_000).json()["recorded"]) == 1_000


@pytest.mark.parametrize(
    "body",
    [
        {"steps": []},
        {"steps": [{"action": "note", "note": "so"}]},
        {"steps": [{"number": "-", "action": "note", "note": "so"}]},
        {"steps": [{"number": "INV-000001", "action": "note", "note": "so", "request_id": "two"}]},
        {"steps": [{"number": "INV-000001", "action": "note", "note": "so"}], "apply": "yes"},
    ],
    ids=str,
)
def test_steps_that_could_be_misread_are_not_read(shared: httpx.Client, body: dict[str, Any]) -> None:
    assert refused(post(shared, f"{INVOICES}/steps", **body)) == (400, "bad-request")


def test_of_many_parts_that_cannot_be_read_a_few_are_named(shared: httpx.Client) -> None:
    answer = post(shared, f"{INVOICES}/steps", steps=[{"number": "INV-000001", "action": "pay"}] * 1_000)
    assert problem(answer)["detail"].startswith(
        "steps[0].action, steps[1].action, steps[2].action, steps[3].action and 996 more: input should be"
    )


def test_lines_are_not_edited_where_nothing_has_a_price(shared: httpx.Client) -> None:
    edit = {"number": "INV-000001", "action": "edit lines", "lines": [{"code": "EX-301"}]}
    answer = post(shared, "/clinics/harbor/invoices/steps", steps=[edit])
    assert refused(answer) == (422, "no-prices")
