"""``clinicledger register``: what a run hands over, as files by name for the programs that pay people."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from server.billing.clinics import PayBasis, Provider, WorksAs
from server.cli.commands import app
from tests.invented import LAKESIDE, a_rate, a_row
from tests.ribbon.clicks import a_click, a_ledger, pressed

RUN = "lakeside-2026-10-r1"
SETUP = replace(
    LAKESIDE,
    providers=(
        Provider("Jane Roe", provider_id="P1", works_as=WorksAs.EMPLOYEE),
        Provider("Max Doe", provider_id="P2", works_as=WorksAs.CONTRACTOR),
        Provider("=Ida Oak", works_as=WorksAs.CONTRACTOR),
    ),
    rates=(a_rate(6_000, PayBasis.PER_HOUR),),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger with a draft run of an employee and two contractors."""
    made = a_ledger(tmp_path / "ledger", SETUP)
    rows = [
        a_row(id="A-1", minutes=50),
        a_row(id="A-2", minutes=100),
        a_row(id="M-1", provider="Max Doe", minutes=60),
        a_row(id="I-1", provider="=Ida Oak", minutes=30),
    ]
    pressed(made, "payroll.generate", a_click(rows))
    made.close()
    return made.folder


def register(ledger: Path, folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["register", RUN, "--dir", str(folder), *words, "--ledger", str(ledger)])


def table(path: Path) -> list[list[str]]:
    return [*csv.reader(StringIO(path.read_text("utf-8-sig")))]


def test_employees_and_contractors_are_in_files_of_their_own(ledger: Path, tmp_path: Path) -> None:
    ran = register(ledger, tmp_path / "pay", "--json")

    names = ["2026-10 payroll register W-2.csv", "2026-10 payroll register 1099.csv", "2026 totals 1099.csv"]
    assert orjson.loads(ran.stdout)["files"] == names
    headings, employee = table(tmp_path / "pay" / names[0])
    shown = dict(zip(headings, employee, strict=True))
    assert (shown["Provider"], shown["Hours"], shown["Visits"], shown["Total to pay"]) == (
        "Jane Roe",
        "2.50",
        "2",
        "150.00",
    )
    assert (shown["From"], shown["To"], shown["Run"], shown["State"]) == (
        "2026-10-01",
        "2026-10-31",
        RUN,
        "Draft",
    )
    headings, *contractors = table(tmp_path / "pay" / names[1])
    total = headings.index("Total to pay")
    assert [(row[0], row[total]) for row in contractors] == [("'=Ida Oak", "30.00"), ("Max Doe", "60.00")]
    assert table(tmp_path / "pay" / names[2])[1:] == [
        ["'=Ida Oak", "", "2026", "30.00"],
        ["Max Doe", "P2", "2026", "60.00"],
    ]


def test_gusto_gets_lower_snake_headings_and_no_zeros(ledger: Path, tmp_path: Path) -> None:
    register(ledger, tmp_path / "pay", "--format", "gusto")

    assert table(tmp_path / "pay" / "2026-10 Gusto employees.csv") == [
        ["last_name", "first_name", "regular_hours", "commission"],
        ["Roe", "Jane", "2.50", "150.00"],
    ]
    assert [row[0] for row in table(tmp_path / "pay" / "2026-10 Gusto contractors.csv")] == [
        "last_name",
        "Oak",
        "Doe",
    ]


def test_adp_gets_its_three_columns_first_and_a_file_of_its_name(ledger: Path, tmp_path: Path) -> None:
    ran = register(
        ledger,
        tmp_path / "pay",
        "--format",
        "adp",
        "--company",
        "ab",
        "--batch",
        "OCT",
        "--earnings-code",
        "VIS",
        "--json",
    )

    assert orjson.loads(ran.stdout)["files"] == ["PRAB_EPI.csv"]
    assert table(tmp_path / "pay" / "PRAB_EPI.csv") == [
        ["Co Code", "Batch ID", "File #", "Reg Hours", "Earnings 3 Code", "Earnings 3 Amount"],
        ["AB_", "OCT", "P1", "2.50", "VIS", "150.00"],
    ]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--company", "ABC", "--batch", "1"),
        ("--company", "A", "--batch", "1", "--earnings-code", "V"),
        ("--company", "../", "--batch", "1", "--earnings-code", "V"),
    ],
)
def test_adp_without_its_codes_is_refused_and_nothing_is_written(
    ledger: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = register(ledger, tmp_path / "pay", "--format", "adp", *words, "--json")

    assert (ran.exit_code, orjson.loads(ran.stdout)["code"]) == (1, "register-unusable")
    assert not (tmp_path / "pay").exists()


def test_quickbooks_gets_the_time_of_each_day_without_amounts(ledger: Path, tmp_path: Path) -> None:
    register(ledger, tmp_path / "pay", "--format", "quickbooks")

    lines = (tmp_path / "pay" / "2026-10 time QuickBooks.iif").read_text("cp1252").splitlines()
    assert [line.split("\t")[0] for line in lines[:3]] == ["!TIMERHDR", "TIMERHDR", "!TIMEACT"]
    times = [line.split("\t") for line in lines[3:]]
    assert [(one[1], one[3], one[6]) for one in times] == [
        ("10/05/26", "=Ida Oak", "0:30"),
        ("10/05/26", "Jane Roe", "2:30"),
        ("10/05/26", "Max Doe", "1:00"),
    ]


def test_a_run_that_is_not_there_is_refused(ledger: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        app,
        [
            "register",
            "lakeside-2026-10-r9",
            "--dir",
            str(tmp_path / "pay"),
            "--ledger",
            str(ledger),
            "--json",
        ],
    )
    assert (ran.exit_code, orjson.loads(ran.stdout)["code"]) == (1, "unknown-run")
