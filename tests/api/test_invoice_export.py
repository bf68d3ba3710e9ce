"""The export of invoices over REST: every invoice that matches, in one file, however many there are."""

import csv
import socket
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook

from server.billing.invoices.invoice import Action
from server.billing.receivables.invoice_export import COLUMNS
from server.ledger.store import Ledger
from tests.api.test_papers import attached
from tests.api.wire import problem
from tests.behind import open_books
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.ledger.many_invoices import fill_books
from tests.ribbon.clicks import a_clock, views

EXPORT = "/clinics/lakeside/invoices/export"
MANY = 60_000


@pytest.fixture
def folder(folder: Path) -> Path:
    """Return a ledger with an invoice that two cheques pay, one that waits, one of another payer, and one of another clinic."""
    ledger = Ledger(folder, a_clock)
    books = ledger.clinic("lakeside")
    paid, _ = await_cheque(books, a_draft('=Patient "One"'), a_draft("Patient Two", facility="South"))
    part = a_cheque(30_00, "77-1") | {"exception": "partial"}
    take(books, Action.RECORD_CHEQUE, [paid], **part)
    take(books, Action.RECORD_CHEQUE, [paid], **a_cheque(50_00, "77-2"))
    take(books, Action.CLEAR, [paid], day=TODAY)
    created(books, a_draft("Patient Three", payer="@Other Mutual", cents=12_345_67))
    created(ledger.clinic("harbor"), a_draft("Canary"))
    ledger.close()
    return folder


def rows_of(answer: httpx.Response) -> list[list[str]]:
    """Return the rows of a CSV file, as a program reads them."""
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_every_invoice_is_a_row_of_plain_values(service: httpx.Client, folder: Path) -> None:
    answer = service.get(EXPORT)
    assert attached(answer, "text/csv; charset=utf-8").startswith("Invoices lakeside 20")
    headings, *rows = rows_of(answer)
    assert tuple(headings) == COLUMNS
    assert [row[:6] for row in rows] == [
        ["INV-000001", '\'=Patient "One"', "2026-11-02", "North", "Dr. Invented", "Acme Invented Insurance"],
        ["INV-000002", "Patient Two", "2026-11-02", "South", "Dr. Invented", "Acme Invented Insurance"],
        ["INV-000003", "Patient Three", "2026-11-02", "North", "Dr. Invented", "'@Other Mutual"],
    ]
    assert [row[6:] for row in rows] == [
        ["EX-101", "100.00", "20.00", "80.00", "80.00", "77-1; 77-2", "2026-11-02", "Paid"],
        ["EX-101", "100.00", "20.00", "80.00", "0.00", "", "", "Pending cheque"],
        ["EX-101", "12345.67", "0.00", "", "0.00", "", "", "Pending invoice"],
    ]
    assert answer.content.count(b"\r\n") == 4
    assert "Canary" not in answer.text
    assert views(folder) == [("local", "export invoices", "3 invoices as csv: all invoices")]


def test_only_cheques_in_force_are_in_the_file_and_the_latest_of_their_dates(
    service: httpx.Client, folder: Path
) -> None:
    ledger = Ledger(folder, a_clock)
    books = ledger.clinic("lakeside")
    for cents, number, day in ((10_00, "9", 2), (20_00, "8", 1), (30_00, "7", 2)):
        inputs = a_cheque(cents, number) | {"exception": "partial", "cheque_date": TODAY.replace(day=day)}
        take(books, Action.RECORD_CHEQUE, ["INV-000002"], **inputs)
    take(books, Action.BOUNCE, ["INV-000002"], day=TODAY, note="no funds")
    ledger.close()
    (row,) = [row for row in rows_of(service.get(EXPORT)) if row[0] == "INV-000002"]
    assert row[10:13] == ["30.00", "9; 8", "2026-11-02"]
    book = load_workbook(BytesIO(service.get(EXPORT, params={"format": "xlsx"}).content))
    told: list[Any] = [cell.value for cell in book.worksheets[0][3]]
    assert (told[0], told[10], told[11], told[12].date()) == ("INV-000002", 30, "9; 8", TODAY)


def test_the_access_log_has_the_kinds_of_filters_and_no_name(service: httpx.Client, folder: Path) -> None:
    asked = {"state": "open", "payer": "ACME invented insurance", "from": "2026-01-01"}
    assert len(rows_of(service.get(EXPORT, params=asked))) == 2
    ((_, what, about),) = views(folder)
    assert what == "export invoices"
    assert about.startswith("1 invoice as csv: ")
    assert about.endswith("credit; one payer; created from 2026-01-01")
    assert "acme" not in about.casefold()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"dates": "paid", "from": "2026-11-02", "to": "2026-11-02"}, ["INV-000001"]),
        ({"dates": "paid", "from": "2026-11-03"}, []),
        ({"dates": "exam", "to": "2026-11-01"}, []),
        ({"facility": "south"}, ["INV-000002"]),
        ({"physician": "dr invented", "state": "paid"}, ["INV-000001"]),
        ({"attorney": "nobody"}, []),
        ({"cheque": "77-2"}, ["INV-000001"]),
    ],
)
def test_the_filters_are_those_of_the_list(
    service: httpx.Client, asked: dict[str, str], found: list[str]
) -> None:
    exported = [row[0] for row in rows_of(service.get(EXPORT, params=asked))[1:]]
    listed = service.get("/clinics/lakeside/invoices", params=asked).json()["invoices"]
    assert exported == [invoice["number"] for invoice in listed] == found


def test_the_sheet_has_cells_of_dates_and_numbers_and_nothing_that_is_not_seen(service: httpx.Client) -> None:
    answer = service.get(EXPORT, params={"format": "xlsx"})
    attached(answer, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert not [name for name in archive.namelist() if "docProps" in name or "comment" in name]
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not [name for name, text in parts.items() if "docProps" in text]
    assert "<definedName " not in parts["xl/workbook.xml"]
    assert "hidden" not in parts["xl/workbook.xml"] + parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in parts["xl/worksheets/sheet1.xml"]
    book = load_workbook(BytesIO(answer.content))
    (sheet,) = book.worksheets
    headings, first, *_, last = sheet.iter_rows()
    assert tuple(cell.value for cell in headings) == COLUMNS
    told: list[Any] = [cell.value for cell in first]
    assert (told[1], first[1].data_type, first[1].quotePrefix) == ('=Patient "One"', "s", True)
    assert [told[2].date(), told[12].date()] == [TODAY, TODAY]
    assert (told[7:11], told[11]) == ([100, 20, 80, 80], "77-1; 77-2")
    assert (last[7].value, last[9].value) == (12_345.67, None)
    assert book.worksheets[0].tables["Invoices"].ref == "A1:N4"


def test_books_without_invoices_make_a_file_of_headings(service: httpx.Client) -> None:
    for made_as in ("csv", "xlsx"):
        answer = service.get(EXPORT, params={"payer": "nobody", "format": made_as})
        assert answer.status_code == httpx.codes.OK
    assert len(rows_of(service.get(EXPORT, params={"payer": "nobody"}))) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"format": "docx"},
        {"patient": "Patient Two"},
        {"state": "lost"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"dates": "sent"},
    ],
)
def test_what_is_refused_was_not_seen(service: httpx.Client, folder: Path, asked: dict[str, str]) -> None:
    assert problem(service.get(EXPORT, params=asked))["code"]
    assert views(folder) == []


@pytest.mark.parametrize(
    ("made_as", "media_type", "ending"),
    [
        ("hledger", "text/plain; charset=utf-8", "journal"),
        ("beancount", "text/plain; charset=utf-8", "beancount"),
        ("journal-csv", "text/csv; charset=utf-8", "csv"),
    ],
)
def test_a_journal_has_the_money_of_every_step_and_no_patient(
    service: httpx.Client, folder: Path, made_as: str, media_type: str, ending: str
) -> None:
    answer = service.get(EXPORT, params={"format": made_as})
    name = attached(answer, media_type)
    assert (name.startswith("Journal lakeside 20"), name.endswith(f".{ending}")) == (True, True)
    assert "12345.67" in answer.text
    for private in ("Patient", "Case A", "in the folder", "Canary"):
        assert private not in answer.text
    assert views(folder) == [("local", "export journal", f"8 steps as {made_as}")]


def test_a_journal_is_of_all_invoices(service: httpx.Client, folder: Path) -> None:
    asked = {"format": "hledger", "payer": "Acme Invented Insurance", "dates": "paid"}
    refused = problem(service.get(EXPORT, params=asked))
    assert refused["detail"].endswith("it cannot be narrowed by dates, payer.")
    assert service.get(EXPORT, params={"format": "hledger", "from": "2026-11-02"}).is_success
    assert service.get(
        EXPORT, params={"format": "hledger", "from": "2026-11-02", "to": "2026-11-01"}
    ).is_client_error
    assert len(views(folder)) == 1


class TestManyInvoices:
    """Files of more than a connection holds at once."""

    @pytest.fixture
    def folder(self, folder: Path) -> Path:
        fill_books(folder, MANY)
        return folder

    def test_every_one_of_many_is_in_the_file_once(self, service: httpx.Client) -> None:
        service.timeout = httpx.Timeout(120)
        numbers = [row[0] for row in rows_of(service.get(EXPORT))[1:]]
        assert numbers == [f"INV-{place:06d}" for place in range(1, MANY + 1)]
        book = load_workbook(BytesIO(service.get(EXPORT, params={"format": "xlsx"}).content), read_only=True)
        cells = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
        assert cells == ["Invoice", *numbers]

    def test_staff_record_while_a_slow_client_reads(self, service: httpx.Client) -> None:
        with service.stream("GET", EXPORT) as answer:
            received = answer.iter_raw()
            next(received)
            step = {"request_id": "while-reading", "action": "note", "note": "recorded meanwhile"}
            started = time.monotonic()
            noted = service.post("/clinics/lakeside/invoices/INV-000002/steps", json=step)
            assert (noted.status_code, time.monotonic() - started < 5) == (httpx.codes.OK, True)
            rest = b"".join(received)
        assert rest.count(b"\r\n") >= MANY - 1_000

    def test_a_client_that_goes_away_ends_the_reading(self, service: httpx.Client, folder: Path) -> None:
        address = urlsplit(str(service.base_url))
        with socket.create_connection((address.hostname, address.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.sendall(f"GET {EXPORT} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            assert client.recv(12) == b"HTTP/1.1 200"
            service.post(
                "/clinics/lakeside/invoices/INV-000002/steps",
                json={"request_id": "gone", "action": "note", "note": "one more"},
            )
            assert not is_unread(folder)
        deadline = time.monotonic() + 20
        while not is_unread(folder):
            assert time.monotonic() < deadline, "the books are still being read"
            time.sleep(0.1)


def is_unread(folder: Path) -> bool:
    """Return whether nobody reads an older state of the clinic's books."""
    with open_books(folder) as books:
        return books.is_unread()
