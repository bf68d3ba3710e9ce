"""Whoever looks at patients' data over HTTP stands in the access log, and no name does."""

from pathlib import Path

import httpx
import pytest

from server.ledger.store import Ledger
from server.operations.documents import open_papers
from server.operations.finished_workbooks import keep_paper
from server.operations.invoice_export import export_invoices
from server.operations.invoice_papers import print_case, print_invoices
from server.operations.letters import record_letters
from server.operations.pay_statements import export_register, export_statements
from server.operations.statement_of_account import print_account
from server.ribbon.dispatch import COMMANDS
from tests.contract.repository import ROOT
from tests.gallery.named_tests import is_test
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


HANDED_OUT = {
    "server/api/papers.py": (
        "tests/api/test_papers.py::test_an_invoice_is_a_download_and_stands_in_the_access_log",
        "tests/api/test_papers.py::test_a_case_is_named_in_the_body",
        "tests/api/test_papers.py::test_the_statements_of_a_run_are_a_zip",
    ),
    "server/api/streamed_files.py": (
        "tests/api/test_invoice_export.py::test_every_invoice_is_a_row_of_plain_values",
    ),
    "server/api/statements_of_account.py": (
        "tests/api/test_papers.py::test_the_holder_of_an_account_is_named_in_the_body",
    ),
    "server/api/documents.py": (
        "tests/api/test_access_log.py::test_a_paper_handed_out_is_written_down_by_its_digest",
    ),
    "server/api/routes.py": (
        "tests/ribbon/test_print.py::test_the_selected_invoices_are_one_file_in_the_order_of_their_rows",
        "tests/ledger/test_emergency_access.py::test_every_request_is_marked_in_the_access_log_of_the_clinic",
    ),
    "server/web/attorney_pages.py": (
        "tests/web/test_attorney_requests.py::test_each_view_print_and_export_is_written_down_as_what_it_is_with_the_invoices",
    ),
}
"""The modules that answer with a file, and the tests that each paper and export is in the access log as what it is."""


ASKED_BY_OTHERS = {"server/ledger/objects/s3_objects.py"}
"""Modules that say how a file is handed out, and do not hand it out: those that ask them do."""


def test_every_module_that_hands_out_a_file_has_a_test_of_its_entries_in_the_access_log() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "server").rglob("*.py")
        if "Content-Disposition" in path.read_text("utf-8")
    }
    assert found - ASKED_BY_OTHERS == HANDED_OUT.keys()
    for tests in HANDED_OUT.values():
        for one in tests:
            assert is_test(one), one


RECORDED = {
    export_register,
    export_statements,
    export_invoices,
    open_papers,
    print_account,
    print_invoices,
    print_case,
    record_letters,
}
"""The operations that record a print or an export."""


def test_a_button_that_hands_over_a_paper_records_a_print_or_an_export() -> None:
    handing = {name for name, command in COMMANDS.items() if keep_paper in command.operations}
    assert handing == {
        "payroll.statements",
        "payroll.register",
        "invoices.papers",
        "invoices.print",
        "cases.statement",
        "receivables.export",
        "receivables.statement",
        "reminders.letters",
    }
    for name in handing:
        done = COMMANDS[name].operations
        assert {*done} & RECORDED, name
