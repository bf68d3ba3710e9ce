"""The button Aging: its sheets, its figures, and the bars in the task pane."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.invoices.invoice import Action
from server.errors import FutureAsOf, MissingInput
from server.ledger.store import Ledger
from server.sheets.receivables.aging_detail import AGING_DETAIL
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.ribbon.clicks import a_click, a_clock, pressed, views
from tests.ribbon.invoice_clicks import lakeside
from tests.ribbon.invoice_sheets import output_of

BUTTON = "receivables.aging"
AGES = (0, 30, 31, 61, 91, 121, 200, 400)


@pytest.fixture
def aged(ledger: Ledger) -> Ledger:
    """Return a ledger with an invoice of each age, $100.00 each."""
    for place, age in enumerate(AGES):
        earlier = Ledger(ledger.folder, lambda age=age: a_clock() - timedelta(days=age))  # type: ignore[misc]
        draft = a_draft(
            case=f"Case {age}",
            payer="=Acme & Sons" if place % 2 else "Borealis",
            attorney="" if place == 3 else "Attorney One",
        )
        created(earlier.clinic("lakeside"), draft)
    return ledger


def sheets(ledger: Ledger, reply: dict[str, Any]) -> tuple[Worksheet, Worksheet]:
    book = load_workbook(BytesIO(output_of(ledger, reply)))
    assert book.sheetnames == ["Aging", "Aging Detail"]
    return book["Aging"], book["Aging Detail"]


def press(ledger: Ledger, **inputs: Any) -> dict[str, Any]:  # noqa: ANN401 - any input
    return pressed(ledger, BUTTON, a_click(inputs=inputs))


def test_the_sheet_has_the_buckets_the_credit_and_the_net(aged: Ledger) -> None:
    reply = press(aged)
    sheet, _ = sheets(aged, reply)
    rows = [[cell.value for cell in row[:6]] for row in sheet["A5:F13"]]
    assert rows[0] == ["Days", "Risk", "What to do", "Invoices", "Balance", "Share"]
    assert [(row[0], row[1], row[3], row[4], row[5]) for row in rows[1:6]] == [
        ("0-30", "Low", 2, 200, 0.25),
        ("31-60", "Moderate", 1, 100, 0.125),
        ("61-90", "High", 1, 100, 0.125),
        ("91-120", "Very High", 1, 100, 0.125),
        ("121+", "Critical", 3, 300, 0.375),
    ]
    assert all(row[2] for row in rows[1:6])
    assert rows[6][0::3] == ["Outstanding", 8]
    assert rows[6][4:] == [800, 1]
    assert (rows[7][0], rows[7][4]) == ("Unapplied credit", 0)
    assert (rows[8][0], rows[8][4]) == ("Net outstanding", 800)


def test_the_figures_are_as_the_contract_says(aged: Ledger) -> None:
    figures = press(aged)["figures"]
    assert figures["as_of"] == "2026-11-20"
    assert figures["basis"] == "created"
    assert (figures["invoices"], figures["balance_cents"], figures["unapplied_cents"]) == (8, 800_00, 0)
    assert figures["buckets"][4] == {
        "from": 121,
        "to": None,
        "risk": "Critical",
        "invoices": 3,
        "balance_cents": 300_00,
    }
    assert [(one["name"], one["balance_cents"], one["buckets"]) for one in figures["groups"]] == [
        ("=Acme & Sons", 400_00, [100_00, 0, 100_00, 0, 200_00]),
        ("Borealis", 400_00, [100_00, 100_00, 0, 100_00, 100_00]),
    ]


def test_each_kind_of_party_has_a_table_that_adds_up(aged: Ledger) -> None:
    reply = press(aged)
    sheet, _ = sheets(aged, reply)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=14)]
    totals = [row for row in rows if row[0] == "Outstanding"]
    assert totals == [["Outstanding", 200, 100, 100, 100, 300, 800, 2, 1, 1, 1, 3, 8]] * 4
    names = [row[0] for row in rows if row[0]]
    assert [name for name in names if str(name).startswith("By ")] == [
        "By payer",
        "By attorney",
        "By facility",
        "By physician",
    ]
    assert {"No attorney", "No facility", "No physician"} & {*names}
    assert "=Acme & Sons" in names


@pytest.mark.parametrize("group", ["payer", "attorney", "facility", "physician"])
def test_a_chosen_group_is_the_only_table_and_the_figures_are_of_it(aged: Ledger, group: str) -> None:
    reply = press(aged, group=group)
    sheet, _ = sheets(aged, reply)
    tables = [
        row[0]
        for row in sheet.iter_rows(min_row=14, max_col=1, values_only=True)
        if str(row[0]).startswith("By ")
    ]
    assert tables == [f"By {group}"]
    assert {one["by"] for one in reply["figures"]["groups"]} == {group}


def test_every_invoice_is_in_the_detail_the_oldest_first_and_linked_with_its_bucket(aged: Ledger) -> None:
    reply = press(aged, sub_buckets="yes")
    sheet, detail = sheets(aged, reply)
    headings, *rows = detail.iter_rows(values_only=True)
    assert headings == AGING_DETAIL.titles
    found = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [row["Age"] for row in found] == sorted(AGES, reverse=True)
    assert [row["Bucket"] for row in found] == [
        "366+",
        "181-365",
        "121-180",
        "91-120",
        "61-90",
        "31-60",
        "0-30",
        "0-30",
    ]
    assert [row["Balance"] for row in found] == [100] * len(AGES)
    bucket = AGING_DETAIL.position("Bucket") + 1
    for row in range(2, 2 + len(found)):
        link = detail.cell(row, bucket).hyperlink
        assert link is not None
        assert link.location is not None
        place = link.location.rsplit("!", 1)[1]
        assert sheet[place].value == detail.cell(row, bucket).value
        back = sheet[place].hyperlink
        assert back is not None
        assert back.location is not None
        assert back.location.startswith("'Aging Detail'!A")
        first = int(back.location.rsplit("A", 1)[1])
        assert detail.cell(first, bucket).value == sheet[place].value


def test_the_bars_open_the_invoices_that_they_count(aged: Ledger) -> None:
    reply = press(aged, payer="borealis")
    (panel,) = reply["panels"]
    bars = panel["rows"][:5]
    assert [bar["label"] for bar in bars] == [
        "0-30 days · Low", "31-60 days · Moderate", "61-90 days · High", "91-120 days · Very High", "121+ days · Critical",
    ]  # fmt: skip
    assert len({bar["color"] for bar in bars}) == 5
    for bar, bucket in zip(bars, reply["figures"]["buckets"], strict=True):
        if not bucket["invoices"]:
            assert bar["opens"] is None
            continue
        opened = pressed(aged, bar["opens"]["button"], a_click(inputs=bar["opens"]["inputs"]))
        assert opened["figures"]["invoices"] == bucket["invoices"]
        assert opened["figures"]["balance_cents"] == bucket["balance_cents"]


@pytest.mark.parametrize("inputs", [{"basis": "exam"}, {"as_of": "2026-11-19"}])
def test_a_bar_opens_nothing_where_the_list_would_show_other_invoices(
    aged: Ledger, inputs: dict[str, str]
) -> None:
    (panel,) = press(aged, **inputs)["panels"]
    assert [bar["opens"] for bar in panel["rows"]] == [None] * len(panel["rows"])


def test_the_title_names_the_basis_the_day_and_the_filters(aged: Ledger) -> None:
    sheet, detail = sheets(
        aged, press(aged, basis="sent", as_of="2026-10-31", facility="north", state="pending invoice")
    )
    assert sheet["A2"].value == "Aging by the day the invoice was sent · as of 10/31/2026"
    assert sheet["A3"].value == (
        "Only those in the state Pending invoice, facility north. As it was known at the end of that day: what was recorded later does"
        " not show. 7 invoices have not been sent. They are counted from the day of creation."
    )
    assert detail.max_row == 1 + 7
    notes = {row[0] for row in detail.iter_rows(min_row=2, min_col=19, values_only=True)}
    assert notes == {"No day “sent”: counted from creation"}


def test_credit_is_a_row_of_its_own_and_is_taken_off(ledger: Ledger) -> None:
    numbers = await_cheque(lakeside(ledger), a_draft(), a_draft(case="Case B"))
    take(lakeside(ledger), Action.RECORD_CHEQUE, numbers[:1], exception="overpaid", **a_cheque(200_00))
    take(lakeside(ledger), Action.CLEAR, numbers[:1], day=TODAY)
    reply = press(ledger)
    assert (reply["figures"]["balance_cents"], reply["figures"]["unapplied_cents"], reply["figures"]["net_cents"]) == (
        80_00, 120_00, -40_00,
    )  # fmt: skip
    sheet, _ = sheets(ledger, reply)
    assert [cell.value for cell in sheet["A12:F12"][0]] == [
        "Unapplied credit", None, "Apply or refund it.", 1, -120, None,
    ]  # fmt: skip
    assert sheet["E13"].value == -40
    assert reply["summary"].endswith("$120.00 of unapplied credit is to be taken off: -$40.00 net.")
    assert press(ledger, state="open")["figures"] == reply["figures"]


def test_books_without_an_open_invoice_say_so(ledger: Ledger) -> None:
    reply = press(ledger)
    assert reply["summary"] == "Nothing was outstanding at Lakeside as of 11/20/2026."
    sheet, detail = sheets(ledger, reply)
    assert sheet["E11"].value == 0
    assert detail.max_row <= 2


def test_a_day_that_has_not_come_is_refused_in_words(aged: Ledger) -> None:
    with pytest.raises(FutureAsOf, match=r"11/21/2026.*11/20/2026"):
        press(aged, as_of="2026-11-21")


@pytest.mark.parametrize(
    "inputs",
    [{"basis": "paid"}, {"group": "patient"}, {"state": "late"}, {"as_of": "soon"}, {"sub_buckets": "maybe"}],
)
def test_what_is_no_answer_is_refused(aged: Ledger, inputs: dict[str, str]) -> None:
    with pytest.raises(MissingInput):
        press(aged, **inputs)


def test_the_log_of_access_says_how_many_and_names_nobody(aged: Ledger) -> None:
    press(aged, payer="Borealis", as_of="2026-11-19")
    assert views(aged.folder)[-1][1:] == ("list aging", "3 invoices as of 2026-11-19")
