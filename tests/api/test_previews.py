"""Previews over real HTTP: whatever is on a sheet and whatever is chosen, exactly that is recorded, to the cent."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.days import serial_of
from server.billing.question_numbers import split_answer
from server.sheets.invoices.tables import INVOICES as SHEET
from server.sheets.sheet import Cell
from tests.api.billed import INVOICES, an_exam, created, post, serving, step
from tests.api.test_unseen import press
from tests.behind import copy_ledger
from tests.invented_exams import exam_columns, typed
from tests.ribbon.clicks import a_click, offered
from tests.ribbon.invoice_sheets import NOV_19

PLACES = count(1)
"""For sheets whose patients nobody else has."""

WORDS = st.sampled_from(["good-rows", "leave-flagged", "leave-listed", "no"])

Click = dict[str, Any]
Reply = dict[str, Any]


@pytest.fixture(scope="module")
def client(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(copy_ledger(priced_folder, tmp_path_factory.mktemp("shown") / "ledger")) as service:
        service.timeout = httpx.Timeout(60)
        yield service


def chosen(reply: Reply, word: str, ticks: Sequence[bool]) -> tuple[dict[str, str], str, set[int]]:
    """Return the inputs of somebody who chooses a word, the word that was really offered, and the ticked rows."""
    fields = {field["name"]: field for field in reply["asks"]["fields"]}
    values = [choice["value"] for choice in fields["apply"]["choices"]]
    value = "no" if word == "no" else next((one for one in values if one.startswith(word)), values[0])
    offered_ticks = [choice["value"] for choice in fields.get("leave", {"choices": []})["choices"]]
    ticked = [one for one, tick in zip(offered_ticks, ticks, strict=False) if tick]
    if value.startswith("leave-listed") and not ticked:
        value = values[0]
    is_listed = value.startswith("leave-listed")
    leave = {"leave": ";".join(ticked)} if is_listed else {}
    rows = {int(split_answer(tick)[0]) for tick in ticked} if is_listed else set()
    return {"apply": value} | leave, split_answer(value)[0], rows


# -- exams


class Kind(NamedTuple):
    """An exam of one row or two: what is typed, in cents what it bills, and what is to be said about it."""

    cells: dict[str, Cell]
    cents: int
    is_flagged: bool = False
    is_blocked: bool = False


KINDS = (
    Kind({}, 150_00),
    Kind({"Exam type": None, "Code": "EX-301", "Units": 3}, 300_00),
    Kind({"Exam type": None, "Code": "EX-303", "Bilateral": "yes"}, 105_08),
    Kind({"Exam type": None, "Code": "EX-303", "Units": 2, "Bilateral": "yes"}, 210_15, is_flagged=True),
    Kind({"Exam type": None, "Code": "EX-301", "Units": 4, "Bilateral": "yes"}, 800_00, is_flagged=True),
    Kind({"Units": "two"}, 0, is_blocked=True),
)


@pytest.mark.many_rounds
@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=7), WORDS, st.lists(st.booleans(), min_size=7))
def test_the_invoices_that_were_chosen_are_created(
    client: httpx.Client, kinds: list[Kind], word: str, ticks: list[bool]
) -> None:
    case = f"sheet-{next(PLACES)}"
    rows = dict(enumerate(kinds, 2))
    click = creating([typed(Patient=f"P-{row}", Case=case) | kind.cells for row, kind in rows.items()])
    good = {row for row, kind in rows.items() if not kind.is_blocked}
    flagged = {row for row in good if rows[row].is_flagged}

    reply = press(client, "invoices.create", click)

    expected = good
    if len(good) < len(rows) or flagged:
        assert (reply["level"], reply["figures"]["invoices"], bool(reply["asks"])) == (
            "blocked", 0, bool(good),
        )  # fmt: skip
        assert billed_of(client, case) == {}
        if not good:
            return
        inputs, word, ticked = chosen(reply, word, ticks)
        expected = {"good-rows": good, "leave-flagged": good - flagged, "no": set()}.get(word, good - ticked)
        reply = press(client, "invoices.create", answered(click, inputs))

    assert billed_of(client, case) == {f"P-{row}": rows[row].cents for row in expected}
    assert reply["figures"]["billed_cents"] == sum(rows[row].cents for row in expected)
    assert reply["figures"].get("left_cents", 0) == sum(rows[row].cents for row in good - expected)


def creating(rows: Sequence[dict[str, Cell]]) -> Click:
    return a_click(sheets=[{"name": "Exams", "columns": exam_columns(rows)}])


def answered(click: Click, inputs: dict[str, str]) -> Click:
    """Return the next click on the same sheet, with these answers."""
    return {**click, "request_id": f"answer-{next(PLACES)}", "inputs": click["inputs"] | inputs}


def billed_of(client: httpx.Client, case: str) -> dict[str, int]:
    """Return what each patient of a case is billed, by patient."""
    found = client.post(f"{INVOICES}/search", json={"case": case, "limit": 1_000}).json()["invoices"]
    return {one["patient"]: one["billed_cents"] for one in found}


# -- rows of the Invoices sheet


class Act(NamedTuple):
    """What is typed beside an invoice of $100.00, its amounts in cents if it is recorded, and what is to be said."""

    cells: dict[str, Cell]
    amounts: tuple[int, int]
    is_flagged: bool = False
    is_blocked: bool = False


EARLY = serial_of(NOV_19) - 60
DAY = serial_of(NOV_19)
ACTS = (
    Act({"Action": "send", "Date": DAY}, (100_00, 0)),
    Act({"Action": "send", "Date": DAY, "Amount": 77.35}, (100_00, 77_35)),
    Act({"Action": "send", "Date": EARLY, "Amount": 12.01}, (100_00, 12_01), is_flagged=True),
    Act({"Action": "void", "Note": "the wrong case"}, (0, 0), is_flagged=True),
    Act({"Action": "note", "Note": "called"}, (100_00, 0)),
    Act({"Action": "clear", "Date": DAY}, (100_00, 0), is_blocked=True),
)


@pytest.mark.many_rounds
@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=7), WORDS, st.lists(st.booleans(), min_size=7))
def test_the_rows_that_were_chosen_are_recorded(
    client: httpx.Client, acts: list[Act], word: str, ticks: list[bool]
) -> None:
    numbers = created(client, *(an_exam(case=f"sheet-{next(PLACES)}") for _ in acts))
    rows = dict(enumerate(acts, 2))
    click = updating([{"Invoice": number, **act.cells} for number, act in zip(numbers, acts, strict=True)])
    good = {row for row, act in rows.items() if not act.is_blocked}
    flagged = {row for row in good if rows[row].is_flagged}

    reply = press(client, "invoices.update", click)

    expected = good
    if len(good) < len(rows) or flagged:
        assert (reply["level"], reply["figures"]["recorded"], bool(reply["asks"])) == (
            "blocked", 0, bool(good),
        )  # fmt: skip
        if not good:
            return
        assert reply["figures"]["shown"]["offered_cents"] == sum(rows[row].amounts[1] for row in good)
        inputs, word, ticked = chosen(reply, word, ticks)
        expected = {"good-rows": good, "leave-flagged": good - flagged, "no": set()}.get(word, good - ticked)
        reply = press(client, "invoices.update", answered(click, inputs))

    assert reply["figures"]["recorded"] == len(expected)
    for row, number in zip(rows, numbers, strict=True):
        shown = client.get(f"{INVOICES}/{number}").json()
        offers = sum(offer["amount_cents"] for offer in shown["offers"])
        before = (1, 100_00, 0)
        after = (2, *rows[row].amounts)
        assert (shown["version"], shown["billed_cents"], offers) == (after if row in expected else before)


def updating(rows: Sequence[dict[str, Cell]]) -> Click:
    columns = [[title, *(row.get(title) for row in rows)] for title in SHEET.titles]
    return a_click(sheets=[{"name": SHEET.name, "columns": columns}])


# -- stale answers, and two people


FLAGGED, CLEAN = KINDS[3].cells, KINDS[0].cells


def a_flagged_sheet(**more: Cell) -> tuple[str, Click]:
    """Return a case, and a click on a sheet of two of its exams, one of them flagged."""
    case = f"sheet-{next(PLACES)}"
    rows = [typed(Patient="P-2", Case=case) | FLAGGED, typed(Patient="P-3", Case=case) | CLEAN | more]
    return case, creating(rows)


def test_an_answer_to_another_sheet_is_shown_that_sheet(client: httpx.Client) -> None:
    case, click = a_flagged_sheet()
    answer = {"apply": offered(press(client, "invoices.create", click))}
    other, changed = a_flagged_sheet(Units=2)

    reply = press(client, "invoices.create", answered(changed, answer))

    assert reply["summary"].startswith("Something has changed since you were asked, so nothing was recorded.")
    assert reply["asks"]
    assert (billed_of(client, case), billed_of(client, other)) == ({}, {})


def test_an_exam_that_was_billed_in_between_is_shown_again(client: httpx.Client) -> None:
    case, click = a_flagged_sheet()
    answer = {"apply": offered(press(client, "invoices.create", click))}
    colleague = press(client, "invoices.create", creating([typed(Patient="P-3", Case=case)]))
    assert colleague["figures"]["invoices"] == 1

    reply = press(client, "invoices.create", answered(click, answer))

    assert (reply["figures"]["invoices"], bool(reply["asks"])) == (0, True)
    assert billed_of(client, case) == {"P-3": 150_00}


def test_two_people_who_agree_at_once_bill_it_once(client: httpx.Client) -> None:
    case, click = a_flagged_sheet()
    answers = [{"apply": offered(press(client, "invoices.create", answered(click, {})))} for _ in range(2)]
    assert answers[0] == answers[1]

    with ThreadPoolExecutor(2) as people:
        replies = list(
            people.map(lambda one: press(client, "invoices.create", answered(click, one)), answers)
        )

    assert sorted(reply["figures"]["invoices"] for reply in replies) == [0, 2]
    assert billed_of(client, case) == {"P-2": 210_15, "P-3": 150_00}


def test_two_people_who_agree_at_once_record_it_once(client: httpx.Client) -> None:
    (number,) = created(client, an_exam(case=f"sheet-{next(PLACES)}"))
    click = updating([{"Invoice": number, **ACTS[3].cells}])
    answer = {"apply": offered(press(client, "invoices.update", click))}

    def agree(_: int) -> int:
        sent = answered(click, answer)
        reply = client.post("/ribbon/invoices.update", json=sent)
        recorded: int = reply.json()["figures"]["recorded"] if reply.status_code == httpx.codes.OK else 0
        return recorded

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(agree, range(2))) == [0, 1]
    assert client.get(f"{INVOICES}/{number}").json()["version"] == 2


def test_the_same_answer_sent_twice_is_answered_twice_and_done_once(client: httpx.Client) -> None:
    case, click = a_flagged_sheet()
    sent = answered(click, {"apply": offered(press(client, "invoices.create", click))})
    assert press(client, "invoices.create", sent) == press(client, "invoices.create", sent)
    assert len(billed_of(client, case)) == 2


def test_an_invoice_whose_lines_changed_is_shown_again(client: httpx.Client) -> None:
    (number,) = created(client, an_exam(case=f"sheet-{next(PLACES)}"))
    click = updating([{"Invoice": number, **ACTS[3].cells}])
    answer = {"apply": offered(press(client, "invoices.update", click))}
    lines = [{"code": "EX-301", "units": 2}]
    assert step(client, number, "edit lines", lines=lines).status_code == httpx.codes.OK

    reply = press(client, "invoices.update", answered(click, answer))

    assert (reply["figures"]["recorded"], bool(reply["asks"])) == (0, True)
    assert reply["figures"]["shown"]["billed_cents"] == -200_00


def test_a_request_of_a_program_stays_direct(client: httpx.Client) -> None:
    exam = an_exam(case=f"sheet-{next(PLACES)}", units=2, bilateral=True)
    assert post(client, INVOICES, exams=[exam]).status_code == httpx.codes.OK
