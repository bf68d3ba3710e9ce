"""The button Dashboard: measures with their definitions, tables, charts that do not overlap, and ways to the invoices."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from openpyxl.utils.cell import range_boundaries

from server.billing.invoices.invoice import Action
from server.billing.people import Person, Role
from server.cli.service import temporary_service
from server.errors import MissingInput, RoleNotAllowed
from server.ledger.store import Ledger
from server.settings import Settings
from server.sheets.receivables.dashboard_sheet import DASHBOARD_NAME
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import lakeside
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of

BUTTON = "receivables.dashboard"


@pytest.fixture
def billed(ledger: Ledger) -> Ledger:
    """Return books with two invoices that are agreed at $80.00, of which one is paid, and one that was not sent."""
    paid, _ = await_cheque(lakeside(ledger), a_draft(), a_draft("Patient Two", payer="=1+1 Mutual"))
    take(lakeside(ledger), Action.RECORD_CHEQUE, [paid], **a_cheque(80_00))
    take(lakeside(ledger), Action.CLEAR, [paid], day=TODAY)
    created(lakeside(ledger), a_draft("Patient Three", payer="", physician="Dr. Second"))
    return ledger


def cells_of(ledger: Ledger, reply: dict[str, Any]) -> list[list[Any]]:
    (sheet,) = sheets_of(output_of(ledger, reply))
    assert sheet.name == DASHBOARD_NAME
    return [list(row) for row in zip(*sheet.columns, strict=True)]


def corners(cells: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = (edge or 0 for edge in range_boundaries(cells))
    return left, top, right, bottom


def test_the_reply_has_the_measures_and_the_sheet_has_them_with_their_definitions(billed: Ledger) -> None:
    reply = pressed(billed, BUTTON, a_click())
    figures = reply["figures"]
    assert (figures["invoices"], figures["outstanding_cents"], figures["average_invoice_cents"]) == (
        3,
        180_00,
        100_00,
    )
    assert (figures["gross_collection_thousandths"], figures["net_collection_thousandths"]) == (267, 500)
    assert (figures["days_to_pay_tenths"], figures["denial_thousandths"]) == (0, 0)
    assert sum(one["balance_cents"] for one in figures["buckets"]) == figures["outstanding_cents"]
    texts = [cell for row in cells_of(billed, reply) for cell in row if isinstance(cell, str)]
    for row in reply["panels"][0]["rows"]:
        assert row["label"] in texts
        assert row["note"] in texts
    assert "=1+1 Mutual" in texts
    assert views(billed.folder)[-1][1:] == ("dashboard", "3 invoices")


def test_a_bar_opens_as_many_invoices_as_it_counts(billed: Ledger) -> None:
    (received,) = await_cheque(lakeside(billed), a_draft("Patient Four"))
    take(lakeside(billed), Action.RECORD_CHEQUE, [received], **a_cheque(80_00, "77-2"))
    _, *panels = pressed(billed, BUTTON, a_click())["panels"]
    bars = [row for panel in panels for row in panel["rows"] if row["opens"]]
    assert len(bars) == 2
    for row in bars:
        listed = pressed(billed, row["opens"]["button"], a_click(inputs=row["opens"]["inputs"]))
        assert row["note"].startswith(f"{listed['figures']['invoices']} invoice")


def test_a_voided_invoice_counts_in_no_measure_and_is_behind_none(billed: Ledger) -> None:
    (wrong,) = created(lakeside(billed), a_draft("Patient Four", cents=900_00))
    take(lakeside(billed), Action.VOID, [wrong], role=Role.MANAGER, note="entered twice")

    reply = pressed(billed, BUTTON, a_click())

    assert reply["figures"]["invoices"] == 3
    opens = {row["label"]: row["opens"] for row in reply["panels"][0]["rows"]}
    listed = pressed(billed, "invoices.open", a_click(inputs=opens["Average invoice"]["inputs"]))
    assert listed["figures"]["invoices"] == 3


def test_the_charts_are_of_filled_cells_and_cover_no_others(billed: Ledger) -> None:
    reply = pressed(billed, BUTTON, a_click())
    rows = cells_of(billed, reply)
    covered: set[tuple[int, int]] = set()
    for chart in reply["charts"]:
        left, top, right, bottom = corners(chart["source"])
        block = [row[left - 1 : right] for row in rows[top - 1 : bottom]]
        assert all(isinstance(cell, str) for cell in block[0])
        assert all(isinstance(row[0], str) and isinstance(row[1], int | float | str) for row in block[1:])
        left, top, right, bottom = corners(chart["place"])
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        assert not covered & cells
        assert not [cell for row in rows[top - 1 : bottom] for cell in row[left - 1 : right] if cell]
        covered |= cells
    assert [(chart["kind"], chart["sheet"]) for chart in reply["charts"]] == [
        ("column", DASHBOARD_NAME),
        ("line", DASHBOARD_NAME),
        ("bar", DASHBOARD_NAME),
        ("bar", DASHBOARD_NAME),
    ]


def test_each_way_to_the_invoices_leads_to_those_behind_the_measure(billed: Ledger) -> None:
    reply = pressed(billed, BUTTON, a_click())
    measures, buckets, payers = (panel["rows"] for panel in reply["panels"])
    found = {}
    for row in [*measures, *buckets, *payers]:
        if row["opens"]:
            opened = pressed(billed, row["opens"]["button"], a_click(inputs=row["opens"]["inputs"]))
            found[row["label"]] = (opened["figures"]["invoices"], opened["figures"]["balance_cents"])
    assert found == {
        "Outstanding": (2, 180_00),
        "Gross collection rate": (3, 180_00),
        "Net collection rate": (3, 180_00),
        "Days in AR: creation to paid": (1, 0),
        "Unapplied credit": (0, 0),
        "Denial rate": (3, 180_00),
        "Average invoice": (3, 180_00),
        "Days in AR: AR / daily charges": (2, 180_00),
        "0-30 days, Low": (2, 180_00),
        "=1+1 Mutual": (1, 80_00),
    }


def test_a_payer_that_always_asks_for_the_same_reduction_is_named(ledger: Ledger) -> None:
    await_cheque(lakeside(ledger), *(a_draft(f"Patient {number}") for number in range(3)))
    reply = pressed(ledger, BUTTON, a_click())
    (row,) = [row for row in cells_of(ledger, reply) if row[0] == "Attorney Invented"]
    assert row[1:] == [3, 300, 240, 0.2, 0.2, 0.2, 0.2]


def test_books_without_invoices_have_a_dashboard_too(ledger: Ledger) -> None:
    reply = pressed(ledger, BUTTON, a_click())
    assert reply["figures"]["gross_collection_thousandths"] is None
    assert [chart["title"] for chart in reply["charts"]][-1] == "Outstanding by days since creation"
    assert reply["panels"][2]["rows"] == []


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"to": "2026-11-21"}, "in the future"),
        ({"from": "2026-11-21"}, "there is no day"),
        ({"from": "2026-11-03", "to": "2026-11-02"}, "there is no day"),
        ({"from": "soon"}, "is not a date"),
    ],
)
def test_days_that_are_none_and_days_ahead_are_refused(
    billed: Ledger, inputs: dict[str, str], sentence: str
) -> None:
    with pytest.raises(MissingInput, match=sentence):
        pressed(billed, BUTTON, a_click(inputs=inputs))


def test_an_attorney_sees_no_dashboard_and_a_viewer_does(billed: Ledger) -> None:
    with pytest.raises(RoleNotAllowed):
        pressed(billed, BUTTON, a_click(), Person("Fern Invented", Role.ATTORNEY, None, "Attorney Invented"))
    viewer = Person("Vera Invented", Role.VIEWER)
    assert pressed(billed, BUTTON, a_click(), viewer)["figures"]["invoices"] == 3
    assert pressed(billed, BUTTON, a_click(clinic="harbor"))["figures"]["invoices"] == 0


def test_rest_gives_the_same_figures(billed: Ledger) -> None:
    figures = pressed(billed, BUTTON, a_click())["figures"]
    folder, today = billed.folder, billed.today()
    billed.close()
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/clinics/lakeside/kpis")
        assert answer.status_code == 200
        found = answer.json()
        measures = {f"{one['name']}_{one['unit']}": one["value"] for one in found["measures"]}
        of_the_day = "days_in_ar_tenths"  # the service is at another day than the books of the test
        assert measures | {of_the_day: 0} == {name: figures[name] for name in measures} | {of_the_day: 0}
        assert all(one["definition"].endswith(".") for one in found["measures"])
        assert len(found["months"]) == 13
        assert {one["physician"] for one in found["physicians"]} <= {"Dr. Invented", "Dr. Second"}
        ahead = (today + timedelta(days=20_000)).isoformat()
        refused = client.get("/clinics/lakeside/kpis", params={"to": ahead})
        assert (refused.status_code, refused.json()["code"]) == (422, "missing-input")
        assert client.get("/clinics/nowhere/kpis").status_code == 404
        assert client.get("/clinics/lakeside/kpis", params={"until": ahead}).status_code == 400
