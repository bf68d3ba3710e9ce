"""Whoever looks at patients' data over HTTP stands in the access log, and no name does."""

from pathlib import Path

import httpx
import pytest

from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, created
from tests.ribbon.clicks import a_clock, views

LAKESIDE = "/clinics/lakeside"


@pytest.fixture
def folder(folder: Path) -> Path:
    """Return a ledger with an invoice of each of two patients."""
    books = Ledger(folder, a_clock).clinic("lakeside")
    created(books, a_draft("Patient One", case="Case A"), a_draft("Patient Two", case="Case B"))
    return folder


@pytest.mark.parametrize(
    ("path", "view"),
    [
        ("/invoices", ("list invoices", "2 invoices")),
        ("/invoices?limit=1", ("list invoices", "1 invoice")),
        ("/invoices/INV-000002", ("show invoice", "INV-000002")),
        ("/invoices/INV-000001/steps", ("invoice history", "INV-000001")),
        ("/cases", ("list cases", "2 cases")),
        ("/credits", ("list credits", "0 credits")),
    ],
)
def test_a_view_is_written_down(
    service: httpx.Client, folder: Path, path: str, view: tuple[str, str]
) -> None:
    assert service.get(LAKESIDE + path).status_code == httpx.codes.OK
    assert views(folder) == [("local", *view)]


def test_a_paper_handed_out_is_written_down_by_its_digest(service: httpx.Client, folder: Path) -> None:
    headers = {"Content-Type": "application/octet-stream", "X-Document-Name": "Patient%20One.pdf"}
    kept = service.post(f"{LAKESIDE}/documents", content=b"%PDF-1.4 a scanned cheque", headers=headers).json()
    assert views(folder) == []

    service.get(f"{LAKESIDE}/documents/{kept['digest']}")

    assert views(folder) == [("local", "open document", kept["digest"])]


@pytest.mark.parametrize(
    "path", ["/invoices/INV-000009", "/invoices/INV-000009/steps", "/invoices?state=lost", "/documents/abc"]
)
def test_what_was_refused_was_not_seen(service: httpx.Client, folder: Path, path: str) -> None:
    assert service.get(LAKESIDE + path).is_client_error
    assert views(folder) == []
