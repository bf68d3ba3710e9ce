"""One click, one answer: what is repeated, what is refused, and what a click may hold."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest

from server.errors import BadRequest, BillingError, RequestIdReused, TooLarge, UnknownButton
from server.ledger.store import Ledger
from server.ribbon.dispatch import press
from server.ribbon.protocol import read_click
from tests.ribbon.clicks import a_click, pressed, visits, with_agreement

RUN = "lakeside-2026-10-r1"
Spoiled = Callable[[dict[str, Any]], dict[str, Any]]


def runs(ledger: Ledger) -> list[tuple[str, str, int]]:
    with ledger.clinic("lakeside").reading() as books:
        return [(run.id, run.state, run.revision) for run in books.runs()]


def agreed_close(ledger: Ledger) -> dict[str, Any]:
    """Return a click that approves the run, with the answers to what was asked about it."""
    asked = pressed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    return with_agreement(a_click(inputs={"run": RUN}), asked)


def test_the_same_click_again_gets_the_very_same_answer(ledger: Ledger) -> None:
    body = orjson.dumps(a_click(visits(5, 6)))
    first = press("payroll.generate", body, ledger)
    assert press("payroll.generate", body, ledger) == first
    assert runs(ledger) == [(RUN, "draft", 1)]


def test_a_close_sent_again_is_answered_though_the_run_is_closed_by_now(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5, 6)))
    body = orjson.dumps(agreed_close(ledger))
    assert press("payroll.close", body, ledger) == press("payroll.close", body, ledger)


@pytest.mark.parametrize("button", ["payroll.generate", "payroll.check"])
def test_one_request_id_for_two_requests_is_refused(ledger: Ledger, button: str) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5), request_id="once"))
    with pytest.raises(RequestIdReused, match="once"):
        pressed(ledger, button, a_click(visits(6), request_id="once"))


def test_one_request_id_for_two_buttons_is_refused(ledger: Ledger) -> None:
    click = a_click(visits(5))
    pressed(ledger, "payroll.generate", click)
    with pytest.raises(RequestIdReused):
        pressed(ledger, "payroll.check", click)


def test_two_clinics_may_use_one_request_id(ledger: Ledger) -> None:
    for clinic in ("lakeside", "harbor"):
        assert pressed(ledger, "payroll.history", a_click(clinic=clinic, request_id="1"))["level"] == "done"


def test_a_refused_click_may_be_mended_and_sent_again(ledger: Ledger) -> None:
    with pytest.raises(BillingError):
        pressed(ledger, "payroll.close", a_click(request_id="mended", inputs={"run": RUN}))
    pressed(ledger, "payroll.generate", a_click(visits(5)))
    reply = pressed(ledger, "payroll.close", agreed_close(ledger) | {"request_id": "mended"})
    assert reply["figures"]["state"] == "closed"


@pytest.mark.parametrize("button", ["payroll.generate", "payroll.close"])
def test_eight_at_once_with_one_request_id_get_one_answer(ledger: Ledger, button: str) -> None:
    log = visits(5, 6)
    if button == "payroll.close":
        pressed(ledger, "payroll.generate", a_click(log))
    click = a_click(log) if button == "payroll.generate" else agreed_close(ledger)
    body = orjson.dumps(click)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: press(button, body, ledger), range(8)))

    assert len(answers) == 1
    assert len(runs(ledger)) == 1


def test_eight_different_clicks_at_once_all_get_their_turn(ledger: Ledger) -> None:
    bodies = [orjson.dumps(a_click(visits(5, 6))) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: press("payroll.generate", body, ledger), bodies))
    assert {orjson.loads(answer)["figures"]["paid_cents"] for answer in answers} == {10_000}
    assert runs(ledger) == [(RUN, "draft", 8)]


def test_an_unknown_button_is_refused_with_those_there_are(ledger: Ledger) -> None:
    with pytest.raises(UnknownButton) as caught:
        pressed(ledger, "payroll.pay", a_click())
    assert "payroll.generate" in caught.value.remedy


def with_sheet(**parts: object) -> Spoiled:
    return lambda click: {**click, "sheets": [{**click["sheets"][0], **parts}]}


SPOILED: dict[str, Spoiled] = {
    "no request id": lambda click: {key: value for key, value in click.items() if key != "request_id"},
    "an empty request id": lambda click: {**click, "request_id": ""},
    "a long request id": lambda click: {**click, "request_id": "x" * 201},
    "a request id that is a number": lambda click: {**click, "request_id": 7},
    "a workbook that is a list": lambda click: {**click, "workbook": []},
    "a date system of 1901": lambda click: {**click, "workbook": {"date_system": 1901}},
    "an input that is a list": lambda click: {**click, "inputs": {"from": ["2026-10-01"]}},
    "a sheet without a name": lambda click: {**click, "sheets": [{"columns": []}]},
    "columns that are text": with_sheet(columns="Date"),
    "columns that are null": with_sheet(columns=None),
    "a column that is an object": with_sheet(columns=[{"Date": 1}]),
    "columns of two lengths": with_sheet(columns=[["Date", 1], ["Status"]]),
    "a cell that is a list": with_sheet(columns=[["Date", []]]),
    "a cell that is an object": with_sheet(columns=[["Date", {}]]),
    "a top left in row 0": with_sheet(top_left="A0"),
    "a top left that is a range": with_sheet(top_left="A1:B2"),
    "a merged range that is none": with_sheet(merged=["nonsense"]),
    "a hidden row that is text": with_sheet(hidden_rows=["many"]),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=list(SPOILED))
def test_a_click_of_another_form_is_refused(ledger: Ledger, spoil: Spoiled) -> None:
    with pytest.raises(BadRequest):
        pressed(ledger, "payroll.check", spoil(a_click(visits(5))))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b"NaN", b"{}"])
def test_a_body_that_is_no_click_is_refused(ledger: Ledger, body: bytes) -> None:
    with pytest.raises(BadRequest):
        press("payroll.check", body, ledger)


def test_a_refusal_of_form_never_quotes_the_sheet(ledger: Ledger) -> None:
    spoiled = with_sheet(columns=[["Patient", ["Ann Exemplar"]]], hidden_rows=["Ann Exemplar"])
    with pytest.raises(BadRequest) as caught:
        pressed(ledger, "payroll.check", spoiled(a_click(visits(5))))
    assert "Exemplar" not in str(caught.value)


@pytest.mark.parametrize(("top_left", "limit"), [("A1048576", "1,048,576 rows"), ("XFD1", "16,384 columns")])
def test_a_sheet_larger_than_excels_is_refused(ledger: Ledger, top_left: str, limit: str) -> None:
    with pytest.raises(TooLarge, match=limit):
        pressed(ledger, "payroll.check", with_sheet(top_left=top_left)(a_click(visits(5))))


ODD: dict[str, Spoiled] = {
    "merged ranges the wrong way round": with_sheet(merged=["A1", "C9:A1", "A1:ZZZ9999999"]),
    "formats of another width": with_sheet(formats=["mm/dd/yyyy"] * 40),
    "formats of another length": with_sheet(formats=[["mm/dd/yyyy"] * 40]),
    "formats that are numbers": with_sheet(formats=[7, {}, [1]]),
    "formats that are text": with_sheet(formats="mm/dd/yyyy"),
    "hidden rows out of sight": with_sheet(hidden_rows=[-1, 0, 10**9]),
    "no columns": with_sheet(columns=[]),
    "empty columns": with_sheet(columns=[[], []]),
    "only nulls": with_sheet(columns=[[None] * 3] * 3),
    "only numbers": with_sheet(columns=[[1.5, 2, True]] * 3),
    "a huge number": with_sheet(
        columns=[["Date", 10**18], ["Provider", 1e308], ["Service", 1], ["Status", 1]]
    ),
    "a cell of a million letters": with_sheet(
        columns=[["Date", "x" * 10**6], ["Provider", "x"], ["Service", "x"], ["Status", "x"]]
    ),
    "a sheet far to the right": with_sheet(top_left="ZZZ900000"),
    "a sheet without a name": with_sheet(name=""),
    "letters Excel does not allow": with_sheet(name="a\x00b\ud7ff"),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
@pytest.mark.parametrize("button", ["payroll.check", "payroll.generate", "clinic.save"])
def test_an_odd_sheet_is_read_or_refused_and_never_breaks_the_service(
    ledger: Ledger, button: str, odd: Spoiled
) -> None:
    try:
        pressed(ledger, button, odd(a_click(visits(5))))
    except BillingError as refusal:
        assert str(refusal)  # noqa: PT017 - answered or refused, both are right


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(True, {"asked": "yes"}), (False, {"asked": "no"}), (0, {"asked": "0"}), (None, {}), ("  ", {})],
)
def test_a_no_and_a_zero_are_answers_and_a_blank_is_none(sent: object, answer: dict[str, str]) -> None:
    body = orjson.dumps({"request_id": "once", "inputs": {"asked": sent}})
    assert read_click(body).answers() == answer
