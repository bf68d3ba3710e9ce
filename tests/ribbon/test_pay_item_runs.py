"""Pay items in the runs of a clinic: generated, approved, voided, stated and listed (rule: pay-runs#pay-items)."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.people import LOCAL_PERSON
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.errors import PayItemsOvertaken, RunIsBuiltOn
from server.ledger.store import Ledger
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.papers.pay_statements import set_statement
from server.sheets.payroll.statement_file import write_statement
from tests.invented import LAKESIDE, a_row
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, visits
from tests.ribbon.generated_runs import NOVEMBER, OCTOBER, approved, generated
from tests.ribbon.generated_runs import sums as sums_with
from tests.sheets.workbooks import rows_of, sheets_of

JANE, MAX = "Jane Roe", "Max Doe"
OCTOBER_FIRST = date(2026, 10, 1)
RUN = "lakeside-2026-10-r1"


def an_item(
    provider: str,
    kind: PayItemKind,
    cents: int,
    every: Every = Every.ONCE,
    *,
    first: date = OCTOBER_FIRST,
    note: str = "",
) -> PayItem:
    return PayItem(provider, kind, cents, first, None, every, note)


ITEMS = (
    an_item(JANE, PayItemKind.BONUS, 500_00, note="Holiday"),
    an_item(JANE, PayItemKind.DEDUCTION, 40_00, Every.PERIOD, note="Parking"),
    an_item(MAX, PayItemKind.MILEAGE, 12_34, Every.PERIOD),
)


def with_items(folder: Path, *items: PayItem) -> Ledger:
    return a_ledger(folder / "items", replace(LAKESIDE, pay_items=items))


def save_items(ledger: Ledger, *items: PayItem) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(LAKESIDE, pay_items=items), "tests")


def sums(figures: dict[str, Any]) -> tuple[int, ...]:
    return sums_with(figures, "items")


def test_a_run_pays_the_items_beside_the_visits(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    reply = generated(ledger, visits(5, 6))
    assert sums(reply["figures"]) == (100_00, 3, 472_34, 0, 572_34)
    assert [(one["provider"], one["visits"], *sums(one)) for one in reply["figures"]["providers"]] == [
        (JANE, 2, 100_00, 2, 460_00, 0, 560_00),
        (MAX, 0, 0, 1, 12_34, 0, 12_34),
    ]
    assert "2 providers, $572.34, with 3 pay items ($472.34)" in reply["summary"]
    asked = pressed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    assert "$572.34, with 3 pay items ($472.34)?" in asked["asks"]["title"]


def test_a_run_of_items_alone_is_recorded_and_approved(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    cancelled = [a_row(status="Cancelled")]
    figures = approved(ledger, cancelled, **OCTOBER)
    assert (figures["run"], figures["paid"], sums(figures)) == (RUN, 0, (0, 3, 472_34, 0, 472_34))
    again = generated(ledger, cancelled, **OCTOBER)
    assert again["figures"]["run"] == ""


def test_items_are_paid_once_and_are_due_again_after_a_void(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    approved(ledger, visits(5), **OCTOBER)
    second = approved(ledger, visits(5, 6), **OCTOBER)
    assert sums(second) == (50_00, 0, 0, 0, 50_00), "another run of the period pays no item again"
    november = generated(ledger, visits(3, month=11), **NOVEMBER)
    assert sums(november["figures"]) == (50_00, 2, -27_66, 0, 22_34)
    voided = pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong rates"}))
    assert voided["figures"]["state"] == "voided"
    third = generated(ledger, visits(5, 6), **OCTOBER)
    assert sums(third["figures"])[1:3] == (3, 472_34)


def test_the_draft_and_the_approved_run_have_the_same_items_and_a_closed_one_keeps_them(
    tmp_path: Path,
) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    generated(ledger, visits(5))
    with ledger.clinic("lakeside").reading() as books:
        draft = books.items_of_run(RUN)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    save_items(ledger)
    with ledger.clinic("lakeside").reading() as books:
        assert books.items_of_run(RUN) == draft
        assert [one.line for one in books.paid_items()] == draft
        header = books.run(RUN)
        assert (header.items, header.items_cents, header.total_cents) == (3, 472_34, 522_34)


def test_a_deduction_pays_nothing_less_than_zero_and_the_rest_is_carried(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, an_item(JANE, PayItemKind.DEDUCTION, 170_00))
    assert sums(approved(ledger, visits(5), **OCTOBER)) == (50_00, 1, -170_00, -120_00, 0)
    november = generated(ledger, visits(3, 4, 5, month=11), **NOVEMBER)["figures"]
    assert (november["carried_in_cents"], november["items"], november["total_cents"]) == (-120_00, 0, 30_00)


def test_an_advance_is_repaid_in_parts_over_runs(tmp_path: Path) -> None:
    advance = an_item(JANE, PayItemKind.ADVANCE, 90_00)
    part = an_item(JANE, PayItemKind.REPAYMENT, 60_00, Every.PERIOD)
    ledger = with_items(tmp_path, advance, part)
    october = approved(ledger, visits(5), **OCTOBER)
    november = approved(ledger, visits(3, 4, month=11), **NOVEMBER)
    assert [one["items_cents"] for one in (october, november)] == [90_00, -60_00]
    with pytest.raises(RunIsBuiltOn, match="repays an advance"):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))
    december = {"from": "2026-12-01", "to": "2026-12-31"}
    last = generated(ledger, [a_row(date="2026-12-01", status="Cancelled")], **december)
    assert last["figures"]["items_cents"] == -30_00


def test_two_drafts_with_the_same_item_are_not_both_approved(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, ITEMS[0])
    first = generated(ledger, visits(5), **{"from": "2026-10-01", "to": "2026-10-15"})["figures"]
    second = generated(ledger, visits(20), **{"from": "2026-10-16", "to": "2026-10-31"})["figures"]
    assert (first["items"], second["items"]) == (1, 1)
    with ledger.clinic("lakeside").transaction() as books:
        books.close_run(first["run"], "tests")
    with ledger.clinic("lakeside").transaction() as books, pytest.raises(PayItemsOvertaken):
        books.close_run(second["run"], "tests")
    assert (
        generated(ledger, visits(20), **{"from": "2026-10-16", "to": "2026-10-31"})["figures"]["items"] == 0
    )


def test_a_draft_made_before_an_item_was_typed_is_out_of_date(tmp_path: Path) -> None:
    ledger = with_items(tmp_path)
    click = a_click(visits(5), inputs=OCTOBER)
    pressed(ledger, "payroll.generate", click)
    save_items(ledger, ITEMS[0])
    asked = pressed(ledger, "payroll.close", {**a_click(visits(5)), "inputs": {"run": RUN}})
    assert "setup changed" in str(asked["asks"])


def test_statements_list_the_items_on_sheet_file_and_paper(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    approved(ledger, visits(5), **OCTOBER)
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        stated = export_statements(session, RUN)
    totals = {
        one.provider: (one.total.total_cents, one.history.year_to_date_cents) for one in stated.statements
    }
    assert totals == {JANE: (510_00, 510_00), MAX: (12_34, 12_34)}
    jane = stated.statements[0]
    paper = text_of(set_statement(stated, jane, date(2026, 11, 20)))
    for words in (
        "Pay items",
        "Bonus",
        "Holiday",
        "+$500.00",
        "-$40.00",
        "Parking",
        "Total to pay",
        "$510.00",
    ):
        assert words in paper
    assert "Mileage" not in paper
    (sheet,) = sheets_of(write_statement(stated, jane))
    cells = {str(cell) for column in sheet.columns for cell in column}
    assert {"Pay items", "Bonus", "Holiday", "Deduction", "Parking", "Total to pay"} <= cells


def test_the_workbook_lists_the_items_and_reconciles_them(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    reply = generated(ledger, visits(5))
    workbook = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    listed = [[cell.value for cell in row] for row in workbook["Items Paid"].iter_rows()]
    assert [row[:2] + row[4:] for row in listed if row[0] in {JANE, MAX, "Total"}] == [
        [JANE, "Bonus", 500, "Holiday"],
        [JANE, "Deduction", -40, "Parking"],
        [MAX, "Mileage", 12.34, None],
        ["Total", None, 472.34, None],
    ]
    assert ("Pay items (3)", 472.34, "on Items Paid") in rows_of(workbook["Reconciliation"])
    summary = rows_of(workbook["Payroll Summary"])
    assert any("Pay items" in row for row in summary)
    assert JANE in workbook.sheetnames
    assert MAX in workbook.sheetnames


def test_past_runs_list_what_the_items_add(tmp_path: Path) -> None:
    ledger = with_items(tmp_path, *ITEMS)
    approved(ledger, visits(5), **OCTOBER)
    reply = pressed(ledger, "payroll.history", a_click())
    (run,) = reply["figures"]["runs"]
    assert (run["items"], run["items_cents"], run["total_cents"]) == (3, 472_34, 522_34)


def test_the_fingerprint_covers_the_items(tmp_path: Path) -> None:
    ledger = with_items(tmp_path)
    prints = [generated(ledger, visits(5))["figures"]["fingerprint"]]
    for items in (ITEMS[:1], ITEMS[:2], (replace(ITEMS[0], note="Other"),), ()):
        save_items(ledger, *items)
        prints.append(generated(ledger, visits(5))["figures"]["fingerprint"])
    assert len({*prints}) == 4
    assert prints[0] == prints[-1]
