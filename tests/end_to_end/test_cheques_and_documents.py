"""One cheque for several rows, and a paper attached and opened, through ``clinicledger press``."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, QUINCE, exams, exams_book, priced_setup

SEND = {"Action": "send", "Date": date(2025, 7, 1), "Paying party": "Thistle Casualty"}
AGREE = {"Action": "agree", "Amount": 50, "Date": date(2025, 7, 3), "Note": "By letter"}


def type_rows(book: Path, rows: range, cells: dict[str, Any]) -> None:
    workbook = load_workbook(book)
    sheet = workbook["Invoices"]
    places = {title: place for place, title in enumerate(next(sheet.values), 1)}
    for row in rows:
        for heading, value in cells.items():
            sheet.cell(row, places[heading]).value = value
    workbook.save(book)


def test_a_cheque_is_filled_in_and_a_paper_attached_and_opened(biller: Biller, tmp_path: Path) -> None:
    priced_setup().save(tmp_path / "setup.xlsx")
    biller.press("clinic.save", tmp_path / "setup.xlsx", *LICENSE)
    book = exams_book(exams(2), tmp_path / "exams.xlsx")
    biller.confirm("invoices.create", book, *QUINCE)
    biller.press("invoices.open", book)
    for cells in (SEND, AGREE):
        type_rows(book, range(2, 4), cells)
        biller.press("invoices.update", book, "--sheet", "Invoices")
    rows = ("--sheet", "Invoices", "--rows", "2-3")

    asked = biller.press("invoices.fill", book, *rows)
    assert {field["name"] for field in asked["asks"]["fields"]} >= {"cheque_number", "paying_party", "spread"}
    answers = {
        "cheque_number": "00471", "amount": "110.01", "cheque_date": "2025-07-07", "received_date": "2025-07-10",
        "paying_party": "Thistle Casualty", "spread": "balances", "note": "both sides; in the folder",
    }  # fmt: skip
    reply = biller.press(
        "invoices.fill", book, *rows, *(f"--set={name}={value}" for name, value in answers.items())
    )
    assert reply["figures"]["unapplied_cents"] == 10_01

    sheet = biller.sheet(book, "Invoices")
    assert [(row["Amount"], row["Cheque number"], row["Exception"]) for row in sheet] == [
        (50, "00471", ""), (60.01, "00471", "overpaid")
    ]  # fmt: skip
    assert {row["Cheque date"] for row in sheet} == {date(2025, 7, 7)}
    biller.press("invoices.update", book, "--sheet", "Invoices")
    with biller.http() as http:
        (cheque,) = http.get("/clinics/quince/cheques").json()["cheques"]
    assert (cheque["number"], cheque["amount_cents"]) == ("00471", 110_01)

    scan = tmp_path / "Copy of the cheque; both sides.pdf"
    scan.write_bytes(b"%PDF-1.4 a scan")
    paper = (f"--set=document=@{scan}", "--set=note=front; back of it")
    asked = biller.press("invoices.attach", book, *rows, *paper, "--set=invoice=Copy of the check")
    (sent,) = [field for field in asked["asks"]["fields"] if field["name"] == "document"]
    assert sent["choices"] == [{"value": sent["default"], "label": scan.name}]
    biller.press("invoices.attach", book, "--sheet", "Invoices", "--rows", "3", *paper)
    assert [row["Papers"] for row in biller.sheet(book, "Invoices")] == ["", 1]

    opened = Path(biller.press("invoices.papers", book, *rows)["file_saved_as"])
    assert opened.read_bytes() == b"%PDF-1.4 a scan"
    assert opened.name.endswith("Copy of the cheque; both sides.pdf")
