"""The button Payroll register: what a run hands over, as sheets and as files."""

import csv
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from server.billing.clinics import PayBasis, Provider, WorksAs
from server.errors import RegisterUnusable, UnknownRun
from server.ledger.store import Ledger
from server.sheets.payroll.register_sheet import REGISTER, REGISTER_KIND, YEAR_TOTALS
from tests.invented import LAKESIDE, a_rate, a_row
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, sent
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of

RUN = "lakeside-2026-10-r1"
SETUP = replace(
    LAKESIDE,
    providers=(
        Provider("Max Doe", provider_id="P2", works_as=WorksAs.CONTRACTOR),
        Provider("Jane Roe", provider_id="P1", works_as=WorksAs.EMPLOYEE),
        Provider("=Ida Oak", works_as=WorksAs.CONTRACTOR),
    ),
    rates=(a_rate(6_000, PayBasis.PER_HOUR),),
)
ROWS = [
    a_row(id="A-1", minutes=50),
    a_row(id="A-2", minutes=100),
    a_row(id="M-1", provider="Max Doe", minutes=60),
    a_row(id="I-1", provider="=Ida Oak", minutes=30),
]


@pytest.fixture
def paid(tmp_path: Path) -> Ledger:
    """Return a ledger with a draft of an employee and two contractors."""
    made = a_ledger(tmp_path / "ledger", SETUP)
    pressed(made, "payroll.generate", a_click(ROWS))
    return made


def press_register(ledger: Ledger, **inputs: str) -> dict[str, Any]:
    return pressed(ledger, "payroll.register", a_click(inputs={"run": RUN} | inputs))


def rows_of(ledger: Ledger, reply: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each sheet, from the headings on."""
    found = {}
    for sheet in sheets_of(output_of(ledger, reply)):
        rows = list(zip(*sheet.columns, strict=True))
        found[sheet.name] = rows[next(place for place, row in enumerate(rows) if row[1] == "Provider ID") :]
    return found


def files_of(ledger: Ledger, reply: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of the zip that a reply hands over."""
    with ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_employees_come_first_and_every_way_of_working_has_a_total(paid: Ledger) -> None:
    reply = press_register(paid)
    assert (reply["level"], reply["activate"]) == ("review", REGISTER.name)
    assert reply["summary"].startswith("Payroll register for Oct 1–31, 2026: 3 providers, $240.00 to pay.")
    sheets = rows_of(paid, reply)
    headings, *rows = sheets[REGISTER.name]
    assert headings[: len(REGISTER.titles)] == REGISTER.titles
    named = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(row["Provider"], row["Works as"], row["Hours"], row["Total to pay"]) for row in named] == [
        ("Jane Roe", "W-2", 2.5, 150),
        ("=Ida Oak", "1099", 0.5, 30),
        ("Max Doe", "1099", 1, 60),
        ("Total W-2", None, 2.5, 150),
        ("Total 1099", None, 1.5, 90),
        ("Total", None, 4, 240),
    ]
    assert [row[:3] for row in sheets[YEAR_TOTALS.name][1:]] == [
        ("=Ida Oak", None, 30),
        ("Max Doe", "P2", 60),
    ]


def test_the_sheets_say_the_state_and_that_they_are_out_of_date_after_the_approval(paid: Ledger) -> None:
    (register, totals) = sheets_of(output_of(paid, press_register(paid)))
    assert any("DRAFT" in str(cell) for column in register.columns for cell in column)
    assert any("DRAFT" in str(cell) for column in totals.columns for cell in column)
    confirmed(paid, "payroll.close", a_click(inputs={"run": RUN}))
    reply = press_register(paid)
    assert reply["level"] == "done"
    (register, _) = sheets_of(output_of(paid, reply))
    assert any("Approved" in str(cell) for column in register.columns for cell in column)


@pytest.mark.parametrize(
    ("made_for", "names"),
    [
        (
            "csv",
            {"2026-10 payroll register W-2.csv", "2026-10 payroll register 1099.csv", "2026 totals 1099.csv"},
        ),
        ("gusto", {"2026-10 Gusto employees.csv", "2026-10 Gusto contractors.csv"}),
        ("quickbooks", {"2026-10 time QuickBooks.iif"}),
    ],
)
def test_files_for_other_programs_come_as_one_zip(paid: Ledger, made_for: str, names: set[str]) -> None:
    reply = press_register(paid, format=made_for)
    assert reply["output"] is None
    assert set(files_of(paid, reply)) == names
    assert reply["file"]["name"] == f"{RUN} register {made_for}.zip"


def test_adp_is_asked_what_it_calls_the_company(paid: Ledger) -> None:
    asked = press_register(paid, format="adp", company="AB1")["asks"]
    assert [(field["name"], field["default"]) for field in asked["fields"]] == [
        ("company", "AB1"),
        ("batch", None),
        ("earnings_code", None),
    ]
    codes = {"company": "AB1", "batch": "7", "earnings_code": "COM"}
    ((name, content),) = files_of(paid, press_register(paid, format="adp", **codes)).items()
    assert name == "PRAB1EPI.csv"
    _, row = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert row[:3] == ["AB1", "7", "P1"]
    with pytest.raises(RegisterUnusable):
        press_register(paid, format="adp", **codes | {"company": "A"})


def test_an_unknown_run_and_a_clinic_without_runs_are_refused_or_asked(paid: Ledger) -> None:
    with pytest.raises(UnknownRun):
        press_register(paid, run="lakeside-2026-09-r1")
    asked = pressed(paid, "payroll.register", a_click())["asks"]
    assert [field["name"] for field in asked["fields"]] == ["run"]


def test_a_register_in_the_workbook_is_out_of_date_once_a_run_is_approved(paid: Ledger) -> None:
    summary, *_ = sheets_of(output_of(paid, pressed(paid, "payroll.generate", a_click(ROWS))))
    written = [{"name": REGISTER.name, "kind": REGISTER_KIND, "state": "K3:L3"}]
    click = a_click(ROWS, sheets=[sent(summary)], inputs={"run": RUN, "stale": "approve"})
    click["workbook"]["written"] = written
    reply = confirmed(paid, "payroll.close", click)
    (edit,) = [edit for edit in reply["edits"] if edit["sheet"] == REGISTER.name]
    assert edit["values"] == [["OUT OF DATE: press Payroll register again", None]]
