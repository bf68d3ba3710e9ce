"""``clinicledger demo``: two clinics' month on one's own computer, in one command."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from server.billing.invoices.invoice import State
from server.billing.payroll.recorded_runs import RunState
from server.cli import STARTING
from server.cli.commands import app
from server.cli.demo import MARKER
from server.cli.demo_invoices import AGES
from server.demo.sample_exams import DEMO_EXAMS
from server.ledger.clock import civil_day
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.store import Ledger
from server.sheets.invoices.tables import INVOICES
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    ITEMS_PAID,
    PAYMENTS_RECEIVED,
    PAYROLL_SHEETS,
    PLANS_PAID,
)
from server.sheets.tables import SETUP_SHEETS
from tests.cli.programs import PATIENCE_SECONDS, ROOT, clinicledger, sentence, surroundings

CLINICS = ("Lakeside Psychology Group", "Cedar Hill Medical Clinic")
KINDS = ("appointments", "invoices", "payroll", "setup")
APPROVED = f"{CLINICS[1]} payroll approved.xlsx"
WORKBOOKS = {APPROVED, *(f"{clinic} {what}.xlsx" for clinic in CLINICS for what in KINDS)}


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
    assert run.returncode == 0
    assert "\x1b" not in run.stderr, "no terminal, no colors"
    first, *steps = run.stderr.splitlines()
    assert first == STARTING
    assert {step.partition(":")[0] for step in steps} == set(CLINICS)
    assert len(steps) == len(set(steps)) == 17
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
        assert {*PAYROLL_SHEETS, "Check"} - {
            ADJUSTMENTS.name,
            PLANS_PAID.name,
            ITEMS_PAID.name,
            PAYMENTS_RECEIVED.name,
        } <= set(payroll.sheetnames)
        assert paid <= {name.strip() for name in payroll.sheetnames}
        assert payroll.active == payroll["Payroll Summary"]
        assert [table.name for table in SETUP_SHEETS] == setup.sheetnames


def test_the_invoices_have_every_state_and_every_age(within: Path, told: dict[str, Any]) -> None:
    for clinic in told["clinics"]:
        figures = clinic["invoice_figures"]
        states = {state: found["invoices"] for state, found in figures["by_state"].items()}
        assert set(states) == set(State)
        assert figures["invoices"] == sum(states.values()) == DEMO_EXAMS
        assert min(states.values()) > 0
        assert all(found["balance_cents"] > 0 for found in figures["by_bucket"].values())
        assert 0 < figures["collected_cents"] < figures["agreed_cents"] < figures["billed_cents"]
        sheet = load_workbook(within / clinic["invoices"])["Invoices"]
        shown = [row[INVOICES.position("Balance")].value for row in sheet.iter_rows(min_row=2)]
        assert round(100 * pd.to_numeric(shown).sum()) == figures["balance_cents"]


def test_what_happened_in_the_past_was_recorded_in_the_past_and_in_order(
    within: Path, told: dict[str, Any]
) -> None:
    ledger = Ledger(within / told["ledger"])
    today = ledger.today()
    for entry in ledger.clinics():
        with ledger.clinic(entry.id).reading() as books:
            assert not books.recorded_ahead()
            invoices = books.invoices.find(InvoiceFilter())
            histories = [books.invoices.history(invoice.facts.number) for invoice in invoices]
        ages = {(today - invoice.facts.created).days for invoice in invoices}
        assert ages == set(AGES)
        for record in (record for history in histories for record in history):
            assert record.step.day == civil_day(record.recorded_at)


def test_the_ledger_of_the_demo_is_whole(within: Path, told: dict[str, Any]) -> None:
    run = clinicledger("ledger", "verify", "--json", "--ledger", within / told["ledger"], within=within)
    assert run.returncode == 0
    found = json.loads(run.stdout)
    assert {name: one["whole"] for name, one in found.items()} == {"cedar-hill": True, "lakeside": True}


def test_the_semi_monthly_clinic_has_an_approved_run_and_a_draft(within: Path, told: dict[str, Any]) -> None:
    ledger = Ledger(within / told["ledger"])
    for entry, clinic in zip(
        ledger.clinics(), sorted(told["clinics"], key=lambda one: one["name"]), strict=True
    ):
        with ledger.clinic(entry.id).reading() as books:
            runs = {run.state: run for run in books.runs()}
        draft = runs.pop(RunState.DRAFT)
        assert (draft.id, draft.paid_cents) == (clinic["figures"]["run"], clinic["figures"]["paid_cents"])
        if entry.id == "cedar-hill":
            approved = runs.pop(RunState.CLOSED)
            assert approved.period.last + timedelta(days=1) == draft.period.first
            assert (approved.held, approved.blocked) > (0, 0)
        assert not runs
    summary = load_workbook(within / "demo" / APPROVED)["Payroll Summary"]
    assert "Approved" in " ".join(str(cell.value) for row in summary.iter_rows(max_row=5) for cell in row)


def test_the_totals_of_invoices_add_up_as_they_are_read(again: str) -> None:
    lines = [line for line in again.splitlines() if line.count("$") > 1]
    assert len(lines) == len(CLINICS)
    for line in lines:
        amounts = re.findall(r"\$([\d.]+)", line.replace(",", ""))
        billed, adjusted, collected, balance = map(Decimal, amounts)
        assert billed == adjusted + collected + balance
        assert min(adjusted, collected, balance) > 0


def test_the_tables_have_the_words_of_bookkeeping(again: str) -> None:
    assert re.search(r"Clinic +Rows +Paid +Excluded +To fix +Total pay", again)
    assert re.search(r"Clinic +Count +Billed +Adjusted +Collected +Balance", again)


def test_the_end_says_what_to_open_and_what_to_run(within: Path, again: str) -> None:
    to_open, to_run = again.splitlines()[-2:]
    (path,) = re.findall(r"“(.+\.xlsx)”", to_open)
    assert (within / path).is_file()
    (command,) = re.findall(r": (.+)$", to_run)
    assert f"`{command}`" in (ROOT / "README.md").read_text("utf-8")


def test_a_slow_command_says_that_it_starts_before_it_imports_the_program() -> None:
    """Importing takes seconds, most of them in these packages."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "server.cli", "demo", "--dir", "/dev/null"],
        cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    before, found, after = run.stderr.partition(STARTING)
    assert found
    assert not re.search(r"\b(pandas|fastapi|openpyxl|typer|rich)\b", before)
    assert re.search(r"\bpandas\b", after)


def test_what_a_newcomer_reads_fits_a_terminal(again: str) -> None:
    lines = again.splitlines()
    assert all(len(line) <= 80 for line in lines if ".xlsx" not in line)
    assert not [line for line in lines if "…" in line]
    assert all(clinic in again for clinic in CLINICS)


def test_every_workbook_shown_is_there(within: Path, again: str) -> None:
    shown = [line.split(maxsplit=1)[1] for line in again.splitlines() if line.endswith(".xlsx")]
    assert len(shown) == 7
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
        assert [run.revision for run in books.runs()] == [1, 1]


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
