"""Papers over REST: downloads, recorded in the access log, of one clinic only, and without a name in an address."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook

from server.ledger.store import Ledger
from tests.api.wire import press
from tests.ledger.invoiced import a_draft, created
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, a_clock, views, visits

LAKESIDE = "/clinics/lakeside"
RUN = "lakeside-2026-10-r1"


@pytest.fixture
def folder(folder: Path) -> Path:
    """Return a ledger with an invoice of each of two patients, and one of another clinic."""
    ledger = Ledger(folder, a_clock)
    created(
        ledger.clinic("lakeside"),
        a_draft("Patient One", case="Case A"),
        a_draft("Patient Two", case="Case B"),
    )
    created(ledger.clinic("harbor"), *(a_draft(f"Canary {place}", case="Case A") for place in range(3)))
    return folder


@pytest.fixture
def service(service: httpx.Client) -> httpx.Client:
    """Return the client with the patience that typesetting needs on a busy machine."""
    service.timeout = httpx.Timeout(60)
    return service


def attached(answer: httpx.Response, media_type: str) -> str:
    """Return the name of a download."""
    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "no-store"
    kind, _, name = answer.headers["content-disposition"].partition("; filename=")
    assert kind == "attachment"
    return str(name.strip('"'))


def test_an_invoice_is_a_download_and_stands_in_the_access_log(service: httpx.Client, folder: Path) -> None:
    answer = service.get(f"{LAKESIDE}/invoices/INV-000002/paper")
    assert attached(answer, "application/pdf") == "INV-000002.pdf"
    assert "Patient Two" in text_of(answer.content)
    assert views(folder) == [("local", "print invoices", "INV-000002")]


def test_several_invoices_are_one_file(service: httpx.Client) -> None:
    answer = service.post(
        f"{LAKESIDE}/invoices/papers", json={"invoices": ["INV-000002", "INV-000001", "INV-000002"]}
    )
    assert attached(answer, "application/pdf") == "Invoices INV-000002 and 1 more.pdf"
    text = text_of(answer.content)
    assert 0 < text.index("Patient Two") < text.index("Patient One")
    assert "Canary" not in text


def test_a_case_is_named_in_the_body(service: httpx.Client, folder: Path) -> None:
    answer = service.post(f"{LAKESIDE}/cases/statement", json={"patient": "patient one", "case": "Case A"})
    assert attached(answer, "application/pdf") == "Case statement INV-000001.pdf"
    text = text_of(answer.content)
    assert ("Patient One" in text, "Canary" in text, "Patient Two" in text) == (True, False, False)
    assert views(folder) == [("local", "print case", "INV-000001")]


@pytest.mark.parametrize(
    ("made_as", "media_type"),
    [
        ("pdf", "application/pdf"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_the_holder_of_an_account_is_named_in_the_body(
    service: httpx.Client, folder: Path, made_as: str, media_type: str
) -> None:
    asked = {"who": "case", "name": "case a", "patient": "Patient One", "format": made_as}
    answer = service.post(f"{LAKESIDE}/statements-of-account", json=asked)
    name = attached(answer, media_type)
    assert (name.startswith("Statement of account case 20"), name.endswith(made_as)) == (True, True)
    if made_as == "pdf":
        text = text_of(answer.content)
        assert ("Patient One" in text, "Canary" in text, "Patient Two" in text) == (True, False, False)
    else:
        (sheet,) = load_workbook(BytesIO(answer.content)).worksheets
        assert (sheet["A1"].value, sheet.defined_names) == ("Patient One, Case A", {})
    assert views(folder) == [("local", "print statement of account", "one case: 1 invoice")]


def test_the_statements_of_a_run_are_a_zip(service: httpx.Client, folder: Path) -> None:
    press(service, "payroll.generate", a_click(visits(5, 6)))
    answer = service.get(f"{LAKESIDE}/pay-runs/{RUN}/statements", params={"format": "pdf"})
    assert attached(answer, "application/zip") == f"{RUN} statements.zip"
    archive = ZipFile(BytesIO(answer.content))
    assert archive.namelist() == ["2026-10 Jane Roe.pdf"]
    assert "Jane Roe" in text_of(archive.read("2026-10 Jane Roe.pdf"))
    assert ("local", "export statements", f"{RUN}: 1 provider") in views(folder)


def test_the_register_of_a_run_is_a_zip(service: httpx.Client, folder: Path) -> None:
    press(service, "payroll.generate", a_click(visits(5, 6)))
    answer = service.get(f"{LAKESIDE}/pay-runs/{RUN}/register")
    assert attached(answer, "application/zip") == f"{RUN} register.zip"
    assert "2026-10 payroll register 1099.csv" in ZipFile(BytesIO(answer.content)).namelist()
    assert ("local", "export payroll register", f"{RUN}: 1 provider") in views(folder)
    refused = service.get(f"{LAKESIDE}/pay-runs/{RUN}/register", params={"format": "adp"})
    assert (refused.status_code, refused.json()["code"]) == (422, "register-unusable")


@pytest.mark.parametrize(
    ("asked", "body", "status"),
    [
        ("GET /clinics/lakeside/invoices/INV-000003/paper", None, 404),
        ("POST /clinics/lakeside/invoices/papers", {"invoices": ["INV-000001", "INV-000003"]}, 404),
        ("POST /clinics/lakeside/invoices/papers", {"invoices": []}, 400),
        ("POST /clinics/lakeside/cases/statement", {"patient": "Canary 0", "case": "Case A"}, 404),
        ("POST /clinics/lakeside/statements-of-account", {"who": "payer", "name": "Nobody"}, 422),
        ("POST /clinics/lakeside/statements-of-account", {"who": "payer", "name": ""}, 422),
        ("POST /clinics/lakeside/statements-of-account", {"who": "patient", "name": "Canary 0"}, 400),
        (
            "POST /clinics/lakeside/statements-of-account",
            {"who": "case", "name": "Case A", "patient": "Canary 0"},
            404,
        ),
        ("GET /clinics/harbor/pay-runs/lakeside-2026-10-r1/statements", None, 404),
        ("GET /clinics/lakeside/pay-runs/lakeside-2026-10-r1/statements?format=docx", None, 400),
        ("GET /clinics/harbor/pay-runs/lakeside-2026-10-r1/register", None, 404),
        ("GET /clinics/nowhere/invoices/INV-000001/paper", None, 404),
    ],
)
def test_what_is_not_there_is_refused_and_was_not_seen(
    service: httpx.Client, folder: Path, asked: str, body: object, status: int
) -> None:
    answer = service.request(*asked.split(" "), json=body)
    assert answer.status_code == status
    assert views(folder) == []
