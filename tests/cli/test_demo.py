"""``clinicledger demo``: two clinics' month on one's own computer, in one command."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from server.cli.commands import app
from server.cli.demo import MARKER
from server.demo.sample_exams import DEMO_EXAMS
from server.ledger.store import Ledger
from server.sheets.invoices.tables import INVOICES
from server.sheets.payroll.tables import PAYROLL_SHEETS
from server.sheets.tables import SETUP_SHEETS
from tests.cli.programs import clinicledger, sentence

CLINICS = ("Lakeside Psychology Group", "Cedar Hill Medical Clinic")
KINDS = ("appointments", "invoices", "payroll", "setup")
WORKBOOKS = {f"{clinic} {what}.xlsx" for clinic in CLINICS for what in KINDS}


@pytest.fixture(scope="module")
def within(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(within: Path) -> dict[str, Any]:
    """Run the demo once, and return the JSON it prints."""
    run = clinicledger("demo", "--json", within=within)
    assert run.returncode == 0
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.fixture(scope="module")
def again(within: Path, told: dict[str, Any]) -> str:
    """Put something of one's own into the demo's folder, run it again, and return what it shows."""
    assert told
    (within / "demo" / "my notes.txt").write_text("mine")
    run = clinicledger("demo", within=within)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def test_the_demo_pays_both_clinics_and_loses_no_row(told: dict[str, Any]) -> None:
    assert tuple(clinic["name"] for clinic in told["clinics"]) == CLINICS
    for clinic in told["clinics"]:
        figures = clinic["figures"]
        outcomes = ("paid", "excluded", "held", "blocked", "already_paid")
        assert figures["rows_in"] == sum(figures[outcome] for outcome in outcomes) > 2_000
        assert figures["paid_cents"] == sum(provider["paid_cents"] for provider in figures["providers"]) > 0
        assert 0 < figures["blocked"] < 50


def test_the_workbooks_hold_what_was_promised(within: Path, told: dict[str, Any]) -> None:
    for clinic in told["clinics"]:
        payroll = load_workbook(within / clinic["payroll"])
        setup = load_workbook(within / clinic["setup"])
        paid = {provider["provider"] for provider in clinic["figures"]["providers"]}
        assert {*PAYROLL_SHEETS, "Check"} <= set(payroll.sheetnames)
        assert paid <= {name.strip() for name in payroll.sheetnames}
        assert payroll.active == payroll["Payroll Summary"]
        assert [table.name for table in SETUP_SHEETS] == setup.sheetnames


def test_the_exams_become_invoices_at_every_stage_of_their_life(within: Path, told: dict[str, Any]) -> None:
    stages = ("pending_invoice", "pending_reduction", "pending_cheque", "cheque_received", "paid")
    for clinic in told["clinics"]:
        figures = clinic["invoice_figures"]
        counts = [figures["by_state"][stage]["invoices"] for stage in stages]
        assert figures["invoices"] == sum(counts) == DEMO_EXAMS
        assert min(counts) > 0
        assert 0 < figures["collected_cents"] < figures["agreed_cents"] < figures["billed_cents"]
        sheet = load_workbook(within / clinic["invoices"])["Invoices"]
        shown = [row[INVOICES.position("Balance")].value for row in sheet.iter_rows(min_row=2)]
        assert round(100 * pd.to_numeric(shown).sum()) == figures["balance_cents"]


def test_the_ledger_holds_a_draft_run_of_each_clinic(within: Path, told: dict[str, Any]) -> None:
    ledger = Ledger(within / told["ledger"])
    for entry, clinic in zip(
        ledger.clinics(), sorted(told["clinics"], key=lambda one: one["name"]), strict=True
    ):
        with ledger.clinic(entry.id).reading() as books:
            (run,) = books.runs()
        assert (run.id, run.paid_cents) == (clinic["figures"]["run"], clinic["figures"]["paid_cents"])


def test_the_totals_of_invoices_add_up_as_they_are_read(again: str) -> None:
    lines = [line for line in again.splitlines() if line.count("$") > 1]
    assert len(lines) == len(CLINICS)
    for line in lines:
        amounts = re.findall(r"\$([\d.]+)", line.replace(",", ""))
        billed, reduced, collected, owed = map(Decimal, amounts)
        assert billed == reduced + collected + owed
        assert min(reduced, collected, owed) > 0


def test_what_a_newcomer_reads_fits_a_terminal(again: str) -> None:
    lines = again.splitlines()
    assert all(len(line) <= 80 for line in lines if ".xlsx" not in line)
    assert not [line for line in lines if "…" in line]
    assert all(clinic in again for clinic in CLINICS)


def test_every_workbook_shown_is_there(within: Path, again: str) -> None:
    shown = [line.split(maxsplit=1)[1] for line in again.splitlines() if line.endswith(".xlsx")]
    assert len(shown) == 6
    assert all((within / path).is_file() for path in shown)


def test_a_second_demo_makes_the_same_and_keeps_what_is_not_its_own(
    within: Path, told: dict[str, Any], again: str
) -> None:
    totals = [f"${clinic['figures']['paid_cents'] / 100:,.2f}" for clinic in told["clinics"]]
    assert all(total in again for total in totals)
    files = {path.name for path in (within / "demo").iterdir()}
    assert files == {*WORKBOOKS, "ledger", MARKER, "my notes.txt"}
    assert (within / "demo" / "my notes.txt").read_text() == "mine"
    with Ledger(within / "demo" / "ledger").clinic("cedar-hill").reading() as books:
        assert [run.revision for run in books.runs()] == [1]


def demo(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["demo", "--dir", str(folder), *words], terminal_width=80)


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "firm.db").write_text("somebody's books")

    run = demo(tmp_path)

    assert (run.exit_code, run.stdout) == (1, "")
    assert "is not empty, and the demo did not make it" in sentence(run.stderr)
    assert [path.name for path in tmp_path.rglob("*")] == ["ledger", "firm.db"]
    assert (tmp_path / "ledger" / "firm.db").read_text() == "somebody's books"


def test_a_file_is_no_folder_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    run = demo(tmp_path / "file", "--json")
    assert run.exit_code == 1
    assert json.loads(run.stdout)["code"] == "folder-unusable"
    assert (tmp_path / "file").read_text() == "mine"
