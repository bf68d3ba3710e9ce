"""The buttons that hand over papers: Print invoices, Case statement, Save statements."""

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule, PayBasis
from server.billing.invoices.invoice import Action, InvoiceLine
from server.billing.payroll.pay_statements import GROUP_HEADINGS, MISSED_HEADINGS, VISIT_HEADINGS
from server.errors import TooLarge, UnknownCase, UnknownInvoice, UnknownRun
from server.ledger.store import Ledger
from server.operations import invoice_papers
from tests.invented import LAKESIDE, a_rate, a_row
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.papers.reading import cents_after, pages_of, tags_of, text_of
from tests.ribbon.clicks import a_click, confirmed, pressed, summary_sheet, views, visits
from tests.ribbon.invoice_clicks import invoices_sheet, lakeside, selecting

RUN = "lakeside-2026-10-r1"
PAID = replace(
    LAKESIDE,
    clinic=replace(
        LAKESIDE.clinic, address="12 Invented Street; Sample Falls, OH 00000", phone="(555) 010-0100"
    ),
    rates=(a_rate(7_200, PayBasis.PER_HOUR), a_rate(6_000, provider="Max Doe")),
    missed_visits=(MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, date(2026, 1, 1)),),
)


def handed(ledger: Ledger, reply: dict[str, Any]) -> bytes:
    """Return the file of a reply, as the add-in would fetch and check it."""
    file = reply["file"]
    content = ledger.outputs.read(file["id"]).data
    assert (file["url"], file["sha256"]) == (f"/outputs/{file['id']}", sha256(content).hexdigest())
    return content


def printed(ledger: Ledger, *numbers: str) -> dict[str, Any]:
    return pressed(ledger, "invoices.print", a_click(inputs={"invoice": "; ".join(numbers)}))


AS_TEXT = {"Service", "Rate", "What happened", "Paid", "Appointment"}
"""The columns of a statement that are text in a workbook, too."""

# -- invoices


def test_the_selected_invoices_are_one_file_in_the_order_of_their_rows(ledger: Ledger) -> None:
    numbers = created(lakeside(ledger), *(a_draft(f"Patient {place}", case="C-1") for place in range(3)))
    sheet = invoices_sheet(ledger)
    seen = len(views(ledger.folder))

    reply = pressed(ledger, "invoices.print", selecting(sheet, numbers[1:]))

    pages = pages_of(handed(ledger, reply))
    assert [number in page for page, number in zip(pages, numbers[1:], strict=True)] == [True, True]
    assert "Patient 0" not in " ".join(pages)
    assert reply["file"]["name"] == "Invoices INV-000002 and 1 more.pdf"
    assert reply["summary"].startswith("INV-000002, INV-000003: printed as a PDF file. Balance due: $200.00.")
    assert (reply["figures"]["balance_cents"], reply["edits"], reply["output"]) == (200_00, [], None)
    assert views(ledger.folder)[seen:] == [("local", "print invoices", "INV-000002; INV-000003")]


def test_a_draft_prints_as_it_is_and_a_corrected_one_with_its_new_lines(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    assert cents_after("Balance due", text_of(handed(ledger, printed(ledger, number)))) == 100_00

    line = InvoiceLine("EX-777", "Corrected exam", 2, 30_00, 1_500, 90_00)
    take(lakeside(ledger), Action.EDIT_LINES, [number], lines=(line,), note="units")
    text = text_of(handed(ledger, printed(ledger, number)))
    assert re.search(r"EX-777 Corrected exam 2 \$30\.00 × 1\.5 \$90\.00", text)
    assert ("EX-101" in text, cents_after("Balance due", text)) == (False, 90_00)


def test_a_voided_invoice_prints_void(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    take(lakeside(ledger), Action.VOID, [number], note="billed twice")
    text = text_of(handed(ledger, printed(ledger, number)))
    assert "VOID: this invoice was taken back." in text
    assert "billed twice" not in text, "notes are internal"
    assert cents_after("Balance due", text) == 0


def test_what_the_letterhead_lacks_is_a_remark_and_no_obstacle(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    reply = printed(ledger, number)
    assert (reply["level"], [found["code"] for found in reply["findings"]]) == (
        "review",
        ["missing-letterhead"],
    )
    assert "Open setup" in reply["findings"][0]["remedy"]
    assert handed(ledger, reply).startswith(b"%PDF-")

    whole = replace(PAID.clinic, tax_id="12-3456789")
    with lakeside(ledger).transaction() as books:
        books.save_setup(replace(PAID, clinic=whole), "tests")
    assert (printed(ledger, number)["level"], printed(ledger, number)["findings"]) == ("done", [])


def test_an_invoice_of_another_clinic_is_not_printed(ledger: Ledger) -> None:
    created(ledger.clinic("harbor"), *(a_draft(f"Canary {place}") for place in range(2)))
    created(lakeside(ledger))
    with pytest.raises(UnknownInvoice):
        printed(ledger, "INV-000001", "INV-000002")
    assert "Canary" not in text_of(handed(ledger, printed(ledger, "INV-000001")))
    assert not [view for view in views(ledger.folder) if "INV-000002" in view[2]]


def test_more_than_a_file_can_hold_is_refused(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_papers, "MOST_PRINTED", 1)
    numbers = created(lakeside(ledger), a_draft("One"), a_draft("Two"))
    with pytest.raises(TooLarge, match="A file of 2 invoices is larger than 1 invoices"):
        printed(ledger, *numbers)


def test_the_same_click_again_hands_over_the_same_file(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    click = a_click(inputs={"invoice": number}, request_id="twice")
    one, other = (pressed(ledger, "invoices.print", click) for _ in range(2))
    assert one["file"] == other["file"]


def test_without_a_selection_it_asks(ledger: Ledger) -> None:
    created(lakeside(ledger))
    reply = pressed(ledger, "invoices.print", a_click())
    assert (reply["asks"]["title"], reply["file"]) == ("Print which invoices?", None)


# -- cases


def test_a_case_statement_has_every_invoice_of_the_case_and_no_other(ledger: Ledger) -> None:
    mine, another, other_patient, voided = await_cheque(
        lakeside(ledger),
        a_draft("Pat One", case="C-1"),
        a_draft("Pat One", case="C-1"),
        a_draft("Pat Two", case="C-1"),
        a_draft("Pat One", case="C-1"),
    )
    take(lakeside(ledger), Action.RECORD_CHEQUE, [another], **a_cheque(80_00))
    take(lakeside(ledger), Action.VOID, [voided], note="billed twice")

    reply = pressed(ledger, "cases.statement", selecting(invoices_sheet(ledger), [mine]))

    text = text_of(handed(ledger, reply))
    assert other_patient not in text
    assert "Pat Two" not in text
    assert re.search(rf"{mine} .*? Agreed \$100\.00 \$80\.00 \$0\.00 \$80\.00", text)
    assert re.search(rf"{another} .*? Payment received \$100\.00 \$80\.00 \$80\.00 \$0\.00", text)
    assert re.search(rf"{voided} .*? VOID \$0\.00 \$0\.00 \$0\.00", text)
    assert re.search(r"Total \$200\.00 \$160\.00 \$80\.00 \$80\.00", text)
    assert cents_after("Balance due", text) == 80_00
    assert reply["file"]["name"] == f"Case statement {mine}.pdf"
    assert ("local", "print case", f"{mine}; {another}; {voided}") in views(ledger.folder)


def test_which_case_is_asked_and_an_unknown_one_refused(ledger: Ledger) -> None:
    assert pressed(ledger, "cases.statement", a_click())["summary"].startswith("There is no case yet")
    created(lakeside(ledger), a_draft("Pat One", case="C-1"), a_draft("Pat Two", case="C-1"))
    asked = pressed(ledger, "cases.statement", a_click())["asks"]["fields"][0]
    assert [choice["value"] for choice in asked["choices"]] == ["C-1 · Pat One", "C-1 · Pat Two"]
    reply = pressed(ledger, "cases.statement", a_click(inputs={"case": "C-1 · Pat Two"}))
    assert "Pat One" not in text_of(handed(ledger, reply))
    with pytest.raises(UnknownCase):
        pressed(ledger, "cases.statement", a_click(inputs={"case": "C-404"}))


# -- statements


def generated(ledger: Ledger, *rows: tuple[Any, ...], **inputs: str) -> dict[str, Any]:
    """Save the setup, and generate the run of these rows; return its Payroll Summary."""
    with lakeside(ledger).transaction() as books:
        books.save_setup(PAID, "tests")
    reply = pressed(ledger, "payroll.generate", a_click(rows, inputs=inputs))
    return summary_sheet(ledger, reply)


def october() -> list[tuple[Any, ...]]:
    return [
        *visits(5, 6, minutes=50),
        *visits(7, service="EX-102", minutes=90),
        a_row(id="N-1", date="2026-10-08", status="No show", minutes=50),
        *(a_row(id=f"M-{day}", date=f"2026-10-{day:02}", provider="Max Doe", minutes=0) for day in (5, 9)),
    ]


def statements(ledger: Ledger, summary: dict[str, Any] | None, **inputs: str) -> dict[str, bytes]:
    sheets = [summary] if summary else []
    reply = pressed(ledger, "payroll.statements", a_click(sheets=sheets, inputs=inputs))
    archive = ZipFile(BytesIO(handed(ledger, reply)))
    return {name: archive.read(name) for name in archive.namelist()}


def test_each_provider_gets_files_with_that_pay_only(ledger: Ledger) -> None:
    files = statements(ledger, generated(ledger, *october()))

    assert list(files) == [
        f"2026-10 {name}.{ending}" for name in ("Jane Roe", "Max Doe") for ending in ("pdf", "xlsx")
    ]
    jane, max_doe = (text_of(files[f"2026-10 {name}.pdf"]) for name in ("Jane Roe", "Max Doe"))
    assert ("Max" in jane, "Jane" in max_doe) == (False, False)
    for told in (
        "Lakeside", "12 Invented Street", "(555) 010-0100", "Oct 1–31, 2026", RUN, "DRAFT – not approved yet",
        "EX-101 Talk", "EX-102 Group", "1.67 hours", "$72.00 per hour", "0.83 hours", "$25.00 flat", "no show",
    ):  # fmt: skip
        assert told in jane, told
    assert re.search(r"PROVIDER ID.* P1 ", jane)
    assert cents_after("TOTAL PAY", jane) == 6_000 * 2 + 10_800 + 2_500
    assert cents_after("TOTAL PAY", max_doe) == 12_000
    assert {"H1", "H2", "Table", "TH"} <= set(tags_of(files["2026-10 Jane Roe.pdf"]))
    assert ("local", "export statements", f"{RUN}: 2 providers") in views(ledger.folder)


def test_the_workbook_of_a_statement_says_the_same(ledger: Ledger) -> None:
    files = statements(ledger, generated(ledger, *october()), format="xlsx")
    assert list(files) == ["2026-10 Jane Roe.xlsx", "2026-10 Max Doe.xlsx"]
    sheet = load_workbook(BytesIO(files["2026-10 Jane Roe.xlsx"])).worksheets[0]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert cells[0] == "Jane Roe"
    assert "DRAFT – not approved yet" in cells
    assert "1.67 hours" in cells
    assert cells.count(253) == 3, "the total, at the top, in the year to date, and below the services"
    assert not any("Max" in str(cell) for cell in cells)


def test_the_sheet_the_workbook_and_the_paper_of_a_statement_have_the_same_columns(ledger: Ledger) -> None:
    with lakeside(ledger).transaction() as books:
        books.save_setup(PAID, "tests")
    reply = pressed(ledger, "payroll.generate", a_click(october()))
    payroll = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    files = statements(ledger, summary_sheet(ledger, reply))
    paper = text_of(files["2026-10 Jane Roe.pdf"])
    book = load_workbook(BytesIO(files["2026-10 Jane Roe.xlsx"]))
    for headings, row in (
        (GROUP_HEADINGS, ("EX-102 Group", "1", "1.50 hours", "$72.00 per hour", "01/01/2026", "$108.00")),
        (
            VISIT_HEADINGS,
            ("EX-102 Group", "10/07/2026", "1.50 hours", "$72.00 per hour", "A-10-7-0", "$108.00"),
        ),
        (MISSED_HEADINGS, ("EX-101 Talk", "10/08/2026", "no show", "$25.00 flat", "N-1", "$25.00")),
    ):
        assert " ".join(headings).upper() in paper
        assert " ".join(row) in paper
        for sheet in (payroll["Jane Roe"], book.worksheets[0]):
            rows = list(sheet.iter_rows(values_only=True))
            below = rows[rows.index(headings) + 1 :]
            found = next(cells for cells in below if cells[0] == row[0])
            same = [place for place, heading in enumerate(headings) if heading in AS_TEXT]
            assert [found[place] for place in same] == [row[place] for place in same]


def test_a_statement_says_what_state_its_run_is_in(ledger: Ledger) -> None:
    summary = generated(ledger, *october(), a_row(id="B-1", status="?"))
    draft = text_of(statements(ledger, summary, format="pdf")["2026-10 Jane Roe.pdf"])
    assert "DRAFT – not approved yet. 1 row of this period is still being checked." in draft

    summary = generated(ledger, *october())
    confirmed(ledger, "payroll.close", a_click(october(), sheets=[summary]))
    approved = text_of(statements(ledger, summary, format="pdf")["2026-10 Jane Roe.pdf"])
    assert "Approved 11/20/2026" in approved
    assert "Approved 11/20/2026 by" not in approved, "the service knows nobody by name"
    assert "DRAFT" not in approved
    assert cents_after("TOTAL PAY", approved) == 25_300

    confirmed(ledger, "payroll.void", a_click(sheets=[summary], inputs={"reason": "wrong rate"}))
    voided = text_of(statements(ledger, summary, format="pdf")["2026-10 Jane Roe.pdf"])
    assert "VOID – do not pay" in voided
    assert cents_after("TOTAL PAY", voided) == 25_300


def test_half_a_month_has_its_days_in_the_name(ledger: Ledger) -> None:
    days = {"from": "2026-10-01", "to": "2026-10-15"}
    files = statements(ledger, generated(ledger, *october(), **days), format="pdf")
    assert next(iter(files)) == "2026-10-01 to 2026-10-15 Jane Roe.pdf"


def test_the_run_is_asked_for_and_that_of_another_clinic_refused(ledger: Ledger) -> None:
    generated(ledger, *october())
    reply = pressed(ledger, "payroll.statements", a_click())
    assert (reply["asks"]["fields"][0]["name"], reply["file"]) == ("run", None)
    assert len(statements(ledger, None, run=RUN)) == 4
    with pytest.raises(UnknownRun):
        pressed(ledger, "payroll.statements", a_click(clinic="harbor", inputs={"run": RUN}))


def test_the_day_of_a_paper_is_that_of_the_click(ledger: Ledger) -> None:
    created(lakeside(ledger), a_draft("Pat One", case="C-1"))
    reply = pressed(ledger, "cases.statement", a_click())
    assert f"{TODAY:%m/%d/%Y}" in text_of(handed(ledger, reply))
