"""Nothing is approved or voided unasked: the total is shown, what was flagged is ticked, and paper says what it is."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from server.billing.payroll.review_flags import ReviewFlag
from server.ledger.store import Ledger
from server.ribbon.payroll.run_questions import LISTED, group_flags
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.ribbon.clicks import a_click, confirmed, pressed, summary_sheet, visits, with_agreement

OCTOBER, SEPTEMBER = "lakeside-2026-10-r1", "lakeside-2026-09-r1"
UNITS = "seen_units-look-like-minutes"
Reply = dict[str, Any]
Rows = Sequence[Sequence[Cell]]


def visits_with_ids(count: int, units: int = 60) -> Rows:
    """Return visits whose units look like minutes."""
    return [
        a_row(date=f"2026-10-{1 + place % 28:02}", id=f"F-{place}", units=units) for place in range(count)
    ]


def drafted(ledger: Ledger, rows: Rows) -> Reply:
    return pressed(ledger, "payroll.generate", a_click(rows))


def asked(ledger: Ledger, **inputs: str) -> Reply:
    return pressed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER, **inputs}))


def state(ledger: Ledger, run: str = OCTOBER) -> str:
    with ledger.clinic("lakeside").reading() as books:
        return books.run(run).state.value


def seen(ledger: Ledger) -> list[tuple[object, ...]]:
    with ledger.clinic("lakeside").reading() as books:
        return [(one.code, one.row_numbers, one.cells, one.seen_by) for one in books.findings_seen(OCTOBER)]


def fields(reply: Reply) -> dict[str, Any]:
    return {field["name"]: field for field in reply["asks"]["fields"]}


def values(field: dict[str, Any]) -> list[str]:
    return [choice["value"] for choice in field["choices"]]


# -- Ticks


def test_a_run_without_flags_is_asked_about_all_the_same(ledger: Ledger) -> None:
    drafted(ledger, visits(5, 6))

    reply = asked(ledger)

    assert (
        reply["asks"]["title"]
        == "Approve Oct 1–31, 2026, 1 provider, $100.00? Nothing was flagged for review."
    )
    (button,) = reply["asks"]["fields"]
    assert (button["name"], button["kind"], button["default"]) == ("approve", "buttons", None)
    assert (reply["level"], state(ledger)) == ("blocked", "draft")
    approved = confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))
    assert (approved["level"], approved["next"]) == ("done", "payroll.statements")
    assert (reply["next"], state(ledger), seen(ledger)) == (None, "closed", [])


def test_each_flag_is_listed_and_what_was_ticked_is_kept_with_the_run(ledger: Ledger) -> None:
    drafted(ledger, visits_with_ids(3))

    reply = asked(ledger)
    assert "3 items were flagged for review" in reply["asks"]["title"]
    assert [finding["cell"] for finding in reply["findings"]] == ["F2", "F3", "F4"]
    assert [choice["label"] for choice in fields(reply)[UNITS]["choices"]] == [
        "Seen, all 3 of this kind", "F2", "F3", "F4",
    ]  # fmt: skip

    one_by_one = {
        UNITS: ";".join(values(fields(reply)[UNITS])[1:]),
        "approve": values(fields(reply)["approve"])[0],
    }
    assert asked(ledger, **one_by_one)["figures"]["state"] == "closed"
    assert seen(ledger) == [("units-look-like-minutes", "2-4", 3, "local")]


@pytest.mark.parametrize("given", [(), (1,), (1, 2)], ids=["none", "one", "two"])
def test_without_all_ticks_nothing_is_approved_and_those_given_stay(
    ledger: Ledger, given: tuple[int, ...]
) -> None:
    drafted(ledger, visits_with_ids(3))
    first = fields(asked(ledger))
    ticks = ";".join(values(first[UNITS])[place] for place in given)

    reply = asked(ledger, approve=values(first["approve"])[0], **({UNITS: ticks} if ticks else {}))

    assert reply["asks"]["title"].startswith(f"{3 - len(given)} of 3 items")
    assert set((fields(reply)[UNITS]["default"] or "").split(";")) == set(ticks.split(";"))
    assert (state(ledger), seen(ledger)) == ("draft", [])


def test_three_hundred_flags_of_a_kind_are_one_tick(ledger: Ledger) -> None:
    drafted(ledger, visits_with_ids(300))

    reply = asked(ledger)

    assert "300 items were flagged" in reply["asks"]["title"]
    (choice,) = fields(reply)[UNITS]["choices"]
    assert choice["label"] == "Seen, all 300 of this kind"
    assert "rows 2-301" in fields(reply)[UNITS]["label"]
    assert len(reply["findings"]) == reply["findings_total"] == 300
    confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))
    assert seen(ledger) == [("units-look-like-minutes", "2-301", 300, "local")]


def test_ticks_of_an_earlier_list_count_for_nothing(ledger: Ledger) -> None:
    """The cells are the same ones, and what they say is not."""
    drafted(ledger, visits_with_ids(3))
    before = fields(asked(ledger))
    drafted(ledger, visits_with_ids(3, units=90))
    now = fields(asked(ledger))

    reply = asked(ledger, **{UNITS: values(before[UNITS])[0], "approve": values(now["approve"])[0]})

    assert reply["asks"]["title"].startswith("3 of 3 items are not ticked yet.")
    assert fields(reply)[UNITS]["default"] is None
    assert state(ledger) == "draft"


def test_ticks_survive_if_the_form_is_asked_again_because_something_else_changed(ledger: Ledger) -> None:
    log = visits_with_ids(3)
    drafted(ledger, log)
    before = fields(asked(ledger))
    ticks, approve = values(before[UNITS])[0], values(before["approve"])[0]
    drafted(ledger, [*log, *visits(20)])  # another run with the same flags

    reply = asked(ledger, **{UNITS: ticks, "approve": approve})

    assert "changed since you were asked. Nothing was approved." in reply["asks"]["title"]
    assert fields(reply)[UNITS]["default"] == ticks
    assert state(ledger) == "draft"
    now = values(fields(reply)["approve"])[0]
    assert asked(ledger, **{UNITS: ticks, "approve": now})["figures"]["state"] == "closed"


@pytest.mark.parametrize("rows", [visits(5, 6), visits(5)], ids=["the same log", "another log"])
def test_an_answer_about_a_draft_that_was_made_again_approves_nothing(ledger: Ledger, rows: Rows) -> None:
    drafted(ledger, visits(5, 6))
    answer = values(fields(asked(ledger))["approve"])[0]
    drafted(ledger, rows)

    reply = asked(ledger, approve=answer)

    assert "changed since you were asked. Nothing was approved." in reply["asks"]["title"]
    assert state(ledger) == "draft"


def test_a_run_voided_between_question_and_answer_is_not_approved(ledger: Ledger) -> None:
    drafted(ledger, visits(5))
    agreed = with_agreement(a_click(inputs={"run": OCTOBER}), asked(ledger))
    pressed(ledger, "payroll.void", a_click(inputs={"run": OCTOBER, "reason": "a slip"}))
    with pytest.raises(Exception, match="was voided"):
        pressed(ledger, "payroll.close", agreed)


def test_a_run_approved_between_question_and_answer_is_not_voided(ledger: Ledger) -> None:
    drafted(ledger, visits(5))
    click = a_click(inputs={"run": OCTOBER})
    agreed = with_agreement(click, pressed(ledger, "payroll.void", click))
    confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))

    reply = pressed(
        ledger, "payroll.void", {**agreed, "inputs": agreed["inputs"] | {"reason": "wrong month"}}
    )

    assert "changed since you were asked. Nothing was voided." in reply["asks"]["title"]
    assert state(ledger) == "closed"


def test_approved_twice_it_is_said_when_it_was_approved(ledger: Ledger) -> None:
    drafted(ledger, visits_with_ids(2))
    agreed = with_agreement(a_click(inputs={"run": OCTOBER}), asked(ledger))

    first, again = (pressed(ledger, "payroll.close", {**agreed, "request_id": f"press-{n}"}) for n in (1, 2))

    assert first["figures"] == again["figures"]
    assert again["summary"].endswith("Nothing to do.")
    assert len(seen(ledger)) == 1


def test_a_draft_that_keeps_no_flags_is_said_to_be_of_an_earlier_version(ledger: Ledger) -> None:
    drafted(ledger, visits_with_ids(2))
    ledger.close()
    with closing(sqlite3.connect(ledger.folder / "clinics" / "lakeside.db")) as db, db:
        db.execute("DROP TRIGGER IF EXISTS journal_draft_update")
        db.execute("UPDATE draft SET flags = 'null'")
    assert asked(ledger)["asks"]["title"].startswith("This draft is from an earlier version")


def test_two_flags_about_one_cell_are_two_ticks() -> None:
    flags = [
        ReviewFlag("a-kind", "Log", (3,), 1, "B", f"It says {what}.", "Look.") for what in ("this", "that")
    ]
    (group,) = group_flags(flags, OCTOBER)
    field = group.field(frozenset())
    values = [choice.value for choice in field.choices]
    assert values == [f"{word}-{group.number}" for word in ("all", "B3.1", "B3.2")]
    assert group.count_ticked(group.ticked_in({"seen_a-kind": values[1]})) == 1


def test_flags_of_two_sheets_that_say_the_same_are_two_ticks() -> None:
    flags = [ReviewFlag("a-kind", sheet, (3,), 1, "B", "It says so.", "Look.") for sheet in ("Log", "Log 2")]
    (group,) = group_flags(flags, OCTOBER)
    _, *ticks = (choice.value for choice in group.field(frozenset()).choices)
    assert group.count_ticked(group.ticked_in({"seen_a-kind": ";".join(ticks)})) == len(ticks) == 2


@pytest.mark.parametrize("count", [1, 2, LISTED, LISTED + 1, 1_000])
def test_however_many_there_are_every_one_can_be_ticked(count: int) -> None:
    flags = [ReviewFlag("a-kind", "Log", tuple(range(2, 2 + count)), None, "", "It says so.", "Look.")]
    (group,) = group_flags(flags, OCTOBER)
    field = group.field(frozenset())
    assert group.count_ticked(group.ticked_in({"seen_a-kind": field.choices[0].value})) == count
    assert len(field.choices) <= LISTED + 1


# -- Paper


def written_by(ledger: Ledger, generated: Reply) -> tuple[Workbook, list[dict[str, Any]]]:
    """Return the sheets of a reply, and what an add-in says of them."""
    book = load_workbook(BytesIO(ledger.outputs.read(generated["output"]["id"]).data))
    told = []
    for sheet in book.worksheets:
        cells = sheet.defined_names["_ClinicLedgerState"].attr_text
        areas = [part.rpartition("!")[2].replace("$", "") for part in cells.split(",")]
        told.append({"name": sheet.title, "kind": "payroll", "state": ",".join(areas)})
    return book, told


def in_workbook(ledger: Ledger, generated: Reply, **inputs: str) -> dict[str, Any]:
    click = a_click(visits(5, 6), sheets=[summary_sheet(ledger, generated)], inputs=inputs)
    click["workbook"]["written"] = written_by(ledger, generated)[1]
    return click


def shown(reply: Reply) -> dict[str, set[object]]:
    """Return what a reply writes on each sheet."""
    told: dict[str, set[object]] = {}
    for edit in reply["edits"]:
        told.setdefault(edit["sheet"], set()).add((edit["values"][0][0], edit["fill"]))
    return told


def test_every_sheet_of_a_draft_says_so_where_every_page_prints_it(ledger: Ledger) -> None:
    book, told = written_by(ledger, drafted(ledger, visits(5, 6)))
    assert len(told) == 8
    for sheet, one in zip(book.worksheets, told, strict=True):
        texts = [str(sheet[area.split(":")[0]].value) for area in one["state"].split(",")]
        assert all(text.startswith("DRAFT – not approved yet") for text in texts), sheet.title
        first, last = (int(row) for row in str(sheet.print_title_rows).replace("$", "").split(":"))
        rows = {sheet[area.split(":")[0]].row for area in one["state"].split(",")}
        assert any(first <= row <= last for row in rows), sheet.title


def test_approving_and_voiding_rewrite_every_sheet_of_the_run(ledger: Ledger) -> None:
    generated = drafted(ledger, visits(5, 6))
    sheets = {one["name"] for one in written_by(ledger, generated)[1]}

    approved = confirmed(ledger, "payroll.close", in_workbook(ledger, generated))
    again = pressed(ledger, "payroll.close", in_workbook(ledger, generated))
    voided = confirmed(ledger, "payroll.void", in_workbook(ledger, generated, reason="wrong month"))
    after = pressed(ledger, "payroll.close", in_workbook(ledger, generated))

    good, void = "Approved 11/20/2026", "VOID – do not pay (voided 11/20/2026)"
    assert shown(approved) == shown(again) == {name: {(good, "#2E6B3E")} for name in sheets}
    assert shown(voided) == shown(after) == {name: {(void, "#B3261E")} for name in sheets}
    assert after["level"] == "blocked"


def test_the_sheets_of_another_run_are_left_alone(ledger: Ledger) -> None:
    october = drafted(ledger, visits(5, 6))
    drafted(ledger, visits(5, month=9))
    reply = confirmed(ledger, "payroll.close", in_workbook(ledger, october, run=SEPTEMBER))
    assert (reply["figures"]["run"], reply["edits"]) == (SEPTEMBER, [])


def test_a_list_of_past_runs_in_the_workbook_is_written_again(ledger: Ledger) -> None:
    drafted(ledger, visits(5))
    click = a_click(inputs={"run": OCTOBER})
    click["workbook"]["written"] = [{"name": "Pay Runs", "kind": "runs", "state": None}]
    reply = confirmed(ledger, "payroll.close", click)
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    heads, row = book["Pay Runs"].iter_rows(values_only=True)
    listed = dict(zip(heads, row, strict=True))
    assert (listed["State"], listed["Approved by"], f"{listed['Approved on']:%m/%d/%Y}") == (
        "Approved",
        None,
        "11/20/2026",
    )


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A1:XFD1", "A1:B9"])
def test_cells_that_we_did_not_write_are_not_written(ledger: Ledger, area: str) -> None:
    generated = drafted(ledger, visits(5, 6))
    click = in_workbook(ledger, generated)
    click["workbook"]["written"] = [{"name": "Lines", "kind": "payroll", "state": area}]
    assert confirmed(ledger, "payroll.close", click)["edits"] == []
