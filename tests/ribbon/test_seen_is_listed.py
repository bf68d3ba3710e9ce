"""What is ticked as seen is what the approved run lists: on the form, in the books, and on the sheet Findings."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook

from server.errors import in_stretches
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.ribbon.clicks import a_click, confirmed, pressed, summary_sheet, visits, with_agreement

OCTOBER = "lakeside-2026-10-r1"
Log = list[tuple[Cell, ...]]
Reply = dict[str, Any]
Flags = set[tuple[str, str]]
"""The kind of a flag as it is read, and its rows as text ("" for the whole sheet)."""


def a_flagged_log(random: Random) -> Log:
    """Return a log of October with rows that are blocked, outside the period, or flagged for one thing or another."""
    rows: Log = []
    for place in range(random.randrange(30, 45)):
        day = f"2026-10-{random.randrange(1, 29):02}"
        cells: dict[str, Cell] = {"id": f"A-{place}", "date": day}
        match random.randrange(12):
            case 0:
                cells["status"] = "Pending note"
            case 1:
                cells["provider"] = "Nobody Known"
            case 2:
                cells["units"] = random.choice((45, 60, 90))
            case 3:
                cells["service"] = random.choice(("EX-102", "Group"))
        rows.append(a_row(**cells))
    outside = random.randrange(3)
    rows += [a_row(id=f"O-{place}", date=f"2026-09-{20 + place}") for place in range(outside)]
    rows.append(a_row(id="B-1", status="Pending note"))
    random.shuffle(rows)
    return rows


def listed_on_form(reply: Reply) -> Flags:
    """Return the flags that a form asks to be ticked, by the findings that it lists."""
    rows: dict[str, list[int]] = {}
    for finding in reply["findings"]:
        rows.setdefault(finding["code"], []).extend([finding["row"]] if finding["row"] else [])
    return {(code, _rows_in_words(found)) for code, found in rows.items()}


def kept_in_books(ledger: Ledger, run: str) -> Flags:
    """Return the flags that were ticked when a run was approved."""
    rows: dict[str, list[int]] = {}
    with ledger.clinic("lakeside").reading() as books:
        for one in books.findings_seen(run):
            rows.setdefault(one.code, []).extend(_numbers_in(one.row_numbers))
    return {(code, _rows_in_words(found)) for code, found in rows.items()}


def shown_on_sheet(ledger: Ledger, reply: Reply) -> Flags:
    """Return the flags that the sheet Findings of a reply lists."""
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    rows: dict[str, list[int]] = {}
    for severity, problem, _, _, cell, *_ in book["Findings"].iter_rows(values_only=True):
        if severity == "review":
            code = str(problem).lower().replace(" ", "-")
            rows.setdefault(code, []).extend(_numbers_in(_without_letters(str(cell or ""))))
    return {(code, _rows_in_words(found)) for code, found in rows.items()}


def _without_letters(cell: str) -> str:
    return "".join(sign for sign in cell.replace(":", "-") if sign in "0123456789-, ").strip()


def _numbers_in(text: str) -> Iterator[int]:
    for part in filter(None, text.split(",")):
        first, _, last = part.strip().partition("-")
        yield from range(int(first), int(last or first) + 1)


def _rows_in_words(rows: Sequence[int]) -> str:
    return in_stretches(sorted(set(rows)), len(rows))


def happens_meanwhile(ledger: Ledger, random: Random, log: Log) -> str:
    """Let something happen between the draft and its approval that may change what is flagged; return what."""
    match random.randrange(4):
        case 0:
            september = [*visits(5, 6, month=9), a_row(id="S-9", date="2026-09-09", status="Pending note")]
            run = pressed(ledger, "payroll.generate", a_click(september))["figures"]["run"]
            confirmed(ledger, "payroll.close", a_click(inputs={"run": run, "hold-rows": "yes"}))
            return "another run was approved"
        case 1:
            days = {"from": "2026-10-01", "to": "2026-10-20"}
            pressed(ledger, "payroll.generate", a_click(log, inputs=days))
            return "another draft was made"
    return ""


def in_front(ledger: Ledger, shown: Reply, log: Log, inputs: dict[str, str]) -> dict[str, Any]:
    click = a_click(log, sheets=[summary_sheet(ledger, shown)], inputs=inputs)
    return click | {"asked_sheets": ["Appointments"]}


@pytest.mark.parametrize("seed", range(12))
def test_what_was_ticked_as_seen_is_what_the_approved_run_lists(ledger: Ledger, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same logs every time
    log = a_flagged_log(random)
    asked_for = {"from": "2026-10-01", "to": "2026-10-31"} if random.random() < 0.4 else {}
    draft = pressed(ledger, "payroll.generate", a_click(log, inputs=asked_for))
    story = [str(seed), happens_meanwhile(ledger, random, log)]
    inputs = {"hold-rows": "yes"}

    asked = pressed(ledger, "payroll.close", in_front(ledger, draft, log, inputs))
    if any(field["name"] == "stale" for field in asked["asks"]["fields"]):
        answer = random.choice(("generate", "approve"))
        story.append(answer)
        if answer == "generate":
            draft = pressed(ledger, "payroll.close", in_front(ledger, draft, log, inputs | {"stale": answer}))
        else:
            inputs |= {"stale": "approve"}
        asked = pressed(ledger, "payroll.close", in_front(ledger, draft, log, inputs))
    ticked = listed_on_form(asked)
    agreed = with_agreement(in_front(ledger, draft, log, inputs), asked)
    approved = pressed(ledger, "payroll.close", agreed)

    assert approved["figures"]["state"] == "closed", story
    assert ticked == kept_in_books(ledger, OCTOBER), story
    assert ticked == shown_on_sheet(ledger, approved if approved["output"] else draft), story
