"""The Pay plans sheet of the Setup workbook: typed, read, refused and written (rule: pay-runs#pay-plans)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.billing.clinics import ANY, PayBasis, PayPlan, PlanKind, PlanMeasure, Setup
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from server.sheets.tables import PAY_PLANS
from tests.invented import LAKESIDE
from tests.sheets.typed_setup import told, typed
from tests.sheets.workbooks import sheets_of

TITLES: Sequence[Cell] = PAY_PLANS.titles
JANUARY = date(2026, 1, 1)
SALARY: Sequence[Cell] = ("Ada Sample", None, "salary", None, None, None, None, 4000, "2026-01-01", None)


def a_tier(lower: Cell, upper: Cell, **cells: Cell) -> list[Cell]:
    row: Sequence[Cell] = (
        "Ada Sample",
        "*",
        "tier cliff",
        "visits",
        lower,
        upper,
        "per session",
        60,
        "2026-01-01",
        None,
    )
    return with_cells(row, **cells)


def with_cells(row: Sequence[Cell], **cells: Cell) -> list[Cell]:
    named = {name.replace("_", " "): cell for name, cell in cells.items()}
    return [named.get(str(title), cell) for title, cell in zip(TITLES, row, strict=True)]


def plans(*rows: Sequence[Cell]) -> list[Sheet]:
    return typed(Pay_plans=[TITLES, *rows])


def test_pay_plans_are_read_as_they_are_typed() -> None:
    setup, findings = read_setup(
        plans(
            a_tier("0", 30.5),
            a_tier(30.5, None, Rate="$65.00", Note="busy"),
            a_tier(0, "$1,000.00", Service="ex-101", Plan="Tier marginal", Measure="Charge", Pay_basis="% of charge", Rate="50%"),
            a_tier(1000, None, Service="EX-101", Plan="tier marginal", Measure="charge", Pay_basis="% of charge", Rate="60%"),
            SALARY,
            with_cells(SALARY, Provider="*", Plan="minimum", Measure="pay", Rate=1000.05),
            with_cells(SALARY, Provider="*", Plan="minimum", Rate=None, Effective_from="06/01/2026"),
            a_tier(None, None, Service="EX-102", Pay_basis=None, Rate=None),
        )
    )  # fmt: skip
    assert findings == []
    cliff, visits, session = PlanKind.CLIFF, PlanMeasure.VISITS, PayBasis.PER_SESSION
    sliced, charge, share = PlanKind.MARGINAL, PlanMeasure.CHARGE, PayBasis.OF_CHARGE
    assert setup.pay_plans == (
        PayPlan("Ada Sample", ANY, cliff, visits, 0, 30_500, session, 60_00, JANUARY),
        PayPlan("Ada Sample", ANY, cliff, visits, 30_500, None, session, 65_00, JANUARY, "busy"),
        PayPlan("Ada Sample", "EX-101", sliced, charge, 0, 1000_00, share, 500_000, JANUARY),
        PayPlan("Ada Sample", "EX-101", sliced, charge, 1000_00, None, share, 600_000, JANUARY),
        PayPlan("Ada Sample", "", PlanKind.SALARY, None, None, None, None, 4000_00, JANUARY),
        PayPlan(ANY, "", PlanKind.MINIMUM, None, None, None, None, 1000_05, JANUARY),
        PayPlan(ANY, "", PlanKind.MINIMUM, None, None, None, None, None, date(2026, 6, 1)),
        PayPlan("Ada Sample", "EX-102", cliff, visits, None, None, None, None, JANUARY),
    )


@pytest.mark.parametrize(
    ("cells", "code", "title"),
    [
        ({"Provider": "Nobody"}, "unknown-provider", "Provider"),
        ({"Provider": None}, "blank-cell", "Provider"),
        ({"Service": None}, "blank-cell", "Service"),
        ({"Service": "EX-999"}, "unknown-service", "Service"),
        ({"Plan": "bonus"}, "not-a-choice", "Plan"),
        ({"Plan": None}, "blank-cell", "Plan"),
        ({"Measure": None}, "blank-cell", "Measure"),
        ({"Measure": "days"}, "not-a-choice", "Measure"),
        ({"From": "few"}, "not-a-number", "From"),
        ({"From": -1}, "negative-number", "From"),
        ({"To": "many"}, "not-a-number", "To"),
        ({"From": 5, "To": 5}, "tier-ends-before", "To"),
        ({"To": 30}, "tiers-without-end", "To"),
        ({"Pay basis": None}, "blank-cell", "Pay basis"),
        ({"Pay basis": "per day"}, "not-a-choice", "Pay basis"),
        ({"Rate": None}, "blank-cell", "Rate"),
        ({"Rate": "60%"}, "percent-for-money", "Rate"),
        ({"Rate": -5}, "negative-number", "Rate"),
        ({"Effective from": None}, "blank-cell", "Effective from"),
        ({"Effective from": "soon"}, "not-a-date", "Effective from"),
        ({"Plan": "tier marginal", "Measure": "hours"}, "tier-basis-unfit", "Pay basis"),
        ({"Plan": "tier marginal", "Measure": "pay"}, "tier-basis-unfit", "Pay basis"),
        ({"Measure": "charge", "From": "0.001"}, "fraction-of-cent", "From"),
        ({"Plan": "salary"}, "plan-cell-unused", "Service"),
    ],
)
def test_each_mistake_of_a_tier_is_found_in_its_cell(cells: dict[str, Cell], code: str, title: str) -> None:
    row = a_tier(0, None)
    row = [cells.get(str(heading), cell) for heading, cell in zip(TITLES, row, strict=True)]
    assert (code, "Pay plans", (2,), title) in told(plans(row))


@pytest.mark.parametrize(
    ("cells", "code", "title"),
    [
        ({"Measure": "visits"}, "plan-cell-unused", "Measure"),
        ({"Measure": "pay"}, "plan-cell-unused", "Measure"),
        ({"From": 1}, "plan-cell-unused", "From"),
        ({"To": 1}, "plan-cell-unused", "To"),
        ({"Pay basis": "per hour"}, "plan-cell-unused", "Pay basis"),
        ({"Rate": 0}, "plan-amount-not-positive", "Rate"),
        ({"Rate": -1}, "plan-amount-not-positive", "Rate"),
        ({"Rate": "lots"}, "not-money", "Rate"),
    ],
)
def test_each_mistake_of_an_amount_is_found_in_its_cell(
    cells: dict[str, Cell], code: str, title: str
) -> None:
    row = [cells.get(str(heading), cell) for heading, cell in zip(TITLES, SALARY, strict=True)]
    assert (code, "Pay plans", (2,), title) in told(plans(row))


@pytest.mark.parametrize(
    ("rows", "code", "number"),
    [
        ([a_tier(0, 30), a_tier(29, None)], "tiers-overlap", 3),
        ([a_tier(0, 30), a_tier(30.001, None)], "tiers-leave-gap", 3),
        ([a_tier(0, None), a_tier(30, None)], "tiers-overlap", 3),
        ([a_tier(30, None), a_tier(0, 29)], "tiers-leave-gap", 2),
        ([a_tier(0, 30), a_tier(0, None)], "tiers-overlap", 3),
        ([a_tier(0, 30), a_tier(30, None, Plan="tier marginal")], "tiers-differ", 3),
        ([a_tier(0, 30), a_tier(30, None, Measure="units")], "tiers-differ", 3),
        ([a_tier(0, None), a_tier(None, None, Pay_basis=None, Rate=None)], "blank-cell", 3),
        ([SALARY, SALARY], "plan-twice", 3),
        ([with_cells(SALARY, Plan="cap"), with_cells(SALARY, Plan="minimum", Rate=4000.01)], "minimum-above-cap", 3),
    ],
)  # fmt: skip
def test_tiers_that_do_not_follow_each_other_are_refused(
    rows: Sequence[Sequence[Cell]], code: str, number: int
) -> None:
    assert [(found[0], found[2]) for found in told(plans(*rows))] == [(code, (number,))]


def test_tables_of_other_services_and_days_are_their_own() -> None:
    rows = [
        a_tier(0, 30), a_tier(30, None), a_tier(0, None, Service="EX-101", Plan="tier marginal"),
        a_tier(0, None, Effective_from="2026-06-01", Measure="units"), a_tier(0, None, Provider="Bo Placeholder"),
        with_cells(SALARY, Plan="cap", Rate=900), with_cells(SALARY, Plan="minimum", Rate=1000, Provider="Bo Placeholder"),
    ]  # fmt: skip
    assert told(plans(*rows)) == []


def test_a_sheet_that_is_left_out_leaves_what_was_saved() -> None:
    plan = PayPlan("Jane Roe", "", PlanKind.CAP, None, None, None, None, 1_00, JANUARY)
    saved = replace(LAKESIDE, pay_plans=(plan,))
    setup, findings = read_setup(typed(), saved)
    assert setup.pay_plans == saved.pay_plans
    left_out = [found.code for found in findings if found.message.startswith("There is no sheet “Pay plans”")]
    assert left_out == ["sheet-left-out"]
    assert read_setup(typed(), LAKESIDE)[1] == []


def test_what_is_written_is_read_back_and_changes_the_version() -> None:
    tier = PayPlan(
        "Jane Roe", "EX-101", PlanKind.CLIFF, PlanMeasure.HOURS, 0, 40_250, PayBasis.PER_HOUR, 60_05, JANUARY
    )
    rest = replace(tier, lower=40_250, upper=None, amount=70_00, note="busy")
    share = PayPlan(
        ANY,
        ANY,
        PlanKind.MARGINAL,
        PlanMeasure.COLLECTED,
        10_01,
        None,
        PayBasis.OF_COLLECTED,
        333_333,
        JANUARY,
    )
    cap = PayPlan(ANY, "", PlanKind.CAP, None, None, None, None, 9_000_00, JANUARY)
    ended = replace(cap, amount=None, effective_from=date(2026, 7, 1))
    setup = Setup(
        LAKESIDE.clinic,
        LAKESIDE.providers,
        LAKESIDE.services,
        LAKESIDE.rates,
        pay_plans=(tier, rest, share, cap, ended),
    )
    content = write_setup(setup)
    read, findings = read_setup(sheets_of(content))
    assert (read.pay_plans, findings) == (setup.pay_plans, [])
    assert read.version == setup.version != replace(setup, pay_plans=()).version
    assert setup.pay_version != replace(setup, pay_plans=()).pay_version
    assert setup.measures == {"minutes", "collected_cents"}
    sheet = load_workbook(BytesIO(content))["Pay plans"]
    assert [cell.value for cell in sheet[3]] == list(TITLES)
