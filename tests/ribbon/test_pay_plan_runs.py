"""Pay plans in the runs of a clinic: generated, approved, voided, corrected, stated and listed (rule: pay-runs#pay-plans)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import ANY, Cadence, PayBasis, PayPlan, PlanKind, PlanMeasure, Setup
from server.billing.payroll.register import register_of
from server.billing.people import LOCAL_PERSON
from server.errors import PayPlansOvertaken, RunIsBuiltOn
from server.ledger.store import Ledger
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.papers.pay_statements import set_statement
from server.papers.register_files import RegisterFormat, register_files
from server.sheets.payroll.statement_file import write_statement
from tests.invented import LAKESIDE, a_row
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, a_ledger, confirmed, keeping, pressed, visits
from tests.ribbon.generated_runs import NOVEMBER, OCTOBER, approved, generated
from tests.ribbon.generated_runs import sums as sums_with
from tests.sheets.workbooks import rows_of, sheets_of

JANE, MAX = "Jane Roe", "Max Doe"
JANUARY = date(2026, 1, 1)
RUN = "lakeside-2026-10-r1"


def an_amount(kind: PlanKind, cents: int, provider: str = JANE) -> PayPlan:
    return PayPlan(provider, "", kind, None, None, None, None, cents, JANUARY)


def a_tier(lower: int, upper: int | None, cents: int) -> PayPlan:
    """A tier of Jane Roe's visits; the Rates list pays $50.00 for each."""
    bound = None if upper is None else upper * 1000
    return PayPlan(
        JANE,
        ANY,
        PlanKind.CLIFF,
        PlanMeasure.VISITS,
        lower * 1000,
        bound,
        PayBasis.PER_SESSION,
        cents,
        JANUARY,
    )


TIERS = (a_tier(2, 3, 60_00), a_tier(3, None, 70_00))
SALARY_OF_MAX = an_amount(PlanKind.SALARY, 400_00, MAX)


def with_plans(folder: Path, *plans: PayPlan, setup: Setup = LAKESIDE) -> Ledger:
    return a_ledger(folder / "plans", replace(setup, pay_plans=plans))


def save_plans(ledger: Ledger, *plans: PayPlan) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(LAKESIDE, pay_plans=plans), "tests")


def sums(figures: dict[str, Any]) -> tuple[int, ...]:
    return sums_with(figures, "plans")


def codes(reply: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in reply["findings"]]


def test_a_run_pays_by_the_plans_beside_the_visits(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX)
    reply = generated(ledger, visits(5, 6))
    assert sums(reply["figures"]) == (100_00, 2, 420_00, 0, 520_00)
    assert [(one["provider"], one["visits"], *sums(one)) for one in reply["figures"]["providers"]] == [
        (JANE, 2, 100_00, 1, 20_00, 0, 120_00),
        (MAX, 0, 0, 1, 400_00, 0, 400_00),
    ]
    assert "2 providers, $520.00, with 2 plan lines ($420.00)" in reply["summary"]
    asked = pressed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    assert "$520.00, with 2 plan lines ($420.00)?" in asked["asks"]["title"]


def test_a_run_of_plans_alone_is_recorded_and_approved_and_paid_once(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, SALARY_OF_MAX)
    cancelled = [a_row(status="Cancelled")]
    figures = approved(ledger, cancelled, **OCTOBER)
    assert (figures["run"], figures["paid"], sums(figures)) == (RUN, 0, (0, 1, 400_00, 0, 400_00))
    again = generated(ledger, cancelled, **OCTOBER)
    assert again["figures"]["run"] == ""
    november = generated(ledger, [a_row(date="2026-11-03", status="Cancelled")], **NOVEMBER)
    assert sums(november["figures"]) == (0, 1, 400_00, 0, 400_00)


def test_a_second_run_of_the_period_pays_what_all_visits_together_are_due(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS)
    assert sums(approved(ledger, visits(5), **OCTOBER)) == (50_00, 0, 0, 0, 50_00)
    assert sums(approved(ledger, visits(5, 6), **OCTOBER)) == (50_00, 1, 20_00, 0, 70_00)
    third = generated(ledger, visits(5, 6, 7), **OCTOBER)["figures"]
    assert sums(third) == (50_00, 1, 40_00, 0, 90_00)


def test_a_late_visit_puts_its_period_into_another_tier_and_a_cancelled_one_back(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS)
    approved(ledger, visits(5, 6), **OCTOBER)
    november = visits(3, month=11)
    late = generated(ledger, [*visits(5, 6, 7), *november], **NOVEMBER)
    assert codes(late) == ["late-visits", "plan-recomputed"]
    words = next(one["message"] for one in late["findings"] if one["code"] == "plan-recomputed")
    assert "Oct 1–31, 2026" in words
    assert "was $20.00 and is $60.00 now" in words
    run = approved(ledger, [*visits(5, 6, 7), *november], **NOVEMBER)
    assert (run["adjustment_cents"], *sums(run)) == (50_00, 50_00, 1, 40_00, 0, 140_00)

    cancelled = [*visits(5), *visits(5, 6, 7, status="Cancelled")[1:], *november]
    last = generated(ledger, cancelled, **{"from": "2026-12-01", "to": "2026-12-31"})["figures"]
    assert (last["adjustment_cents"], *sums(last)) == (-100_00, 0, 1, -60_00, -160_00, 0)


def test_the_draft_and_the_approved_run_have_the_same_plan_lines_and_a_closed_one_keeps_them(
    tmp_path: Path,
) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX)
    generated(ledger, visits(5, 6))
    with ledger.clinic("lakeside").reading() as books:
        draft = books.plan_records.lines_of_run(RUN)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    save_plans(ledger)
    with ledger.clinic("lakeside").reading() as books:
        assert books.plan_records.lines_of_run(RUN) == draft
        header = books.run(RUN)
        assert (header.plans, header.plans_cents, header.total_cents) == (2, 420_00, 520_00)


def test_a_void_makes_the_plans_due_again_and_waits_for_runs_that_count_the_visits(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS)
    approved(ledger, visits(5, 6), **OCTOBER)
    second = approved(ledger, visits(5, 6, 7), **OCTOBER)
    with pytest.raises(RunIsBuiltOn, match="counts its visits in a pay plan"):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))
    for run in (second["run"], RUN):
        with ledger.clinic("lakeside").transaction() as books:
            assert books.void_run(run, "wrong", "tests").state == "voided"
    assert sums(generated(ledger, visits(5, 6, 7), **OCTOBER)["figures"]) == (150_00, 1, 60_00, 0, 210_00)


def test_two_drafts_of_one_period_are_not_both_approved(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, SALARY_OF_MAX)
    halves = ({"from": "2026-10-01", "to": "2026-10-15"}, {"from": "2026-10-16", "to": "2026-10-31"})
    first, second = (
        generated(ledger, visits(day), **half)["figures"] for day, half in zip((5, 20), halves, strict=True)
    )
    assert (first["plans"], second["plans"]) == (1, 1)
    with ledger.clinic("lakeside").transaction() as books:
        books.close_run(first["run"], "tests")
    with ledger.clinic("lakeside").transaction() as books, pytest.raises(PayPlansOvertaken):
        books.close_run(second["run"], "tests")
    assert generated(ledger, visits(20), **halves[1])["figures"]["plans"] == 0


def test_a_draft_of_one_period_outlives_an_approval_of_another(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, SALARY_OF_MAX)
    november = generated(ledger, visits(3, month=11), **NOVEMBER)["figures"]["run"]
    approved(ledger, visits(5), **OCTOBER)
    with ledger.clinic("lakeside").transaction() as books:
        assert books.close_run(november, "tests").state == "closed"


def test_a_draft_made_before_a_plan_was_typed_is_out_of_date(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path)
    pressed(ledger, "payroll.generate", a_click(visits(5), inputs=OCTOBER))
    save_plans(ledger, SALARY_OF_MAX)
    asked = pressed(ledger, "payroll.close", {**a_click(visits(5)), "inputs": {"run": RUN}})
    assert "setup changed" in str(asked["asks"])


def test_a_cap_and_a_negative_tier_are_carried_forward_if_the_total_is_below_zero(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, a_tier(1, 3, 80_00), a_tier(3, None, 10_00))
    approved(ledger, visits(5, 6), **OCTOBER)
    later = approved(ledger, visits(5, 6, 7), **OCTOBER)
    # Two visits were paid $160.00; three are due $30.00: $50.00 for the visit and -$180.00 by the plan.
    assert sums(later) == (50_00, 1, -180_00, -130_00, 0)


def test_a_changed_plan_leaves_a_period_that_was_paid_and_says_so(tmp_path: Path) -> None:
    minutes = count()
    ledger = Ledger(
        tmp_path / "moving", lambda: datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(minutes=next(minutes))
    )
    with ledger.open_clinic(LAKESIDE.clinic).transaction() as books:
        books.save_setup(replace(LAKESIDE, pay_plans=TIERS), "tests")
    approved(ledger, visits(5, 6), **OCTOBER)
    save_plans(ledger, a_tier(2, None, 90_00))
    reply = generated(ledger, [*visits(5, 6, 7), *visits(3, 4, month=11)], **NOVEMBER)
    assert codes(reply) == ["late-visits", "plan-changed-since-paid", "plan-recomputed"]
    # October stays with its tiers: 3 x $20.00, of which $20.00 was paid. November has the new one: 2 x $40.00.
    assert sums(reply["figures"])[1:3] == (2, 40_00 + 80_00)


@pytest.mark.parametrize("cadence", [Cadence.WEEKLY, Cadence.SEMI_MONTHLY])
def test_the_pay_period_is_that_of_the_clinic(tmp_path: Path, cadence: Cadence) -> None:
    ledger = with_plans(tmp_path, SALARY_OF_MAX, setup=keeping(cadence))
    periods = {Cadence.WEEKLY: 5, Cadence.SEMI_MONTHLY: 2}[cadence]
    assert sums(generated(ledger, visits(5, 6), **OCTOBER)["figures"])[1:3] == (periods, periods * 400_00)


def test_with_a_custom_cadence_the_days_of_the_run_are_the_period(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX, setup=keeping(Cadence.CUSTOM))
    days = {"from": "2026-10-01", "to": "2026-10-20"}
    assert sums(approved(ledger, visits(5, 6), **days))[1:3] == (2, 420_00)
    assert sums(approved(ledger, visits(5, 6, 7), **days))[1:3] == (1, 40_00)
    overlapping = generated(ledger, visits(5, 6, 7, 21), **{"from": "2026-10-15", "to": "2026-10-31"})
    assert overlapping["figures"]["plans"] == 0
    assert codes(overlapping).count("plan-of-another-period") == 2


def test_statements_and_register_list_the_plan_lines(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX)
    approved(ledger, visits(5, 6), **OCTOBER)
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        stated = export_statements(session, RUN)
    totals = {
        one.provider: (one.total.total_cents, one.history.year_to_date_cents) for one in stated.statements
    }
    assert totals == {JANE: (120_00, 120_00), MAX: (400_00, 400_00)}
    jane = stated.statements[0]
    paper = " ".join(text_of(set_statement(stated, jane, date(2026, 11, 20))).split())
    for words in (
        "Pay plans",
        "Tiers of visits",
        "+$20.00",
        "2 visits, 2 to 3, $60.00 per session",
        "$120.00",
    ):
        assert words in paper
    assert "Salary" not in paper
    (sheet,) = sheets_of(write_statement(stated, jane))
    cells = {str(cell) for column in sheet.columns for cell in column}
    assert {"Pay plans", "Tiers of visits", "Total to pay"} <= cells
    ((_, content), *_) = register_files(register_of(stated, LAKESIDE.providers), RegisterFormat.CSV)
    heads, *rows = (line.split(",") for line in content.decode("utf-8-sig").splitlines())
    assert [(row[0], row[heads.index("Pay plans")], row[heads.index("Total to pay")]) for row in rows] == [
        (JANE, "20.00", "120.00"), (MAX, "400.00", "400.00"),
    ]  # fmt: skip


def test_the_workbook_lists_the_plan_lines_and_reconciles_them(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX)
    reply = generated(ledger, visits(5, 6))
    workbook = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    listed = [[cell.value for cell in row] for row in workbook["Plans Paid"].iter_rows()]
    assert [row[:2] + row[4:7] for row in listed if row[0] in {JANE, MAX, "Total"}] == [
        [JANE, "Tiers of visits", 20, 0, 20],
        [MAX, "Salary", 400, 0, 400],
        ["Total", None, None, None, 420],
    ]
    assert ("Pay plans (2)", 420, "on Plans Paid") in rows_of(workbook["Reconciliation"])
    assert any("Pay plans" in row for row in rows_of(workbook["Payroll Summary"]))
    assert {JANE, MAX} <= {*workbook.sheetnames}


def test_past_runs_list_what_the_plans_add(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path, *TIERS, SALARY_OF_MAX)
    approved(ledger, visits(5, 6), **OCTOBER)
    (run,) = pressed(ledger, "payroll.history", a_click())["figures"]["runs"]
    assert (run["plans"], run["plans_cents"], run["total_cents"]) == (2, 420_00, 520_00)


def test_the_fingerprint_covers_the_plan_lines(tmp_path: Path) -> None:
    ledger = with_plans(tmp_path)
    prints = [generated(ledger, visits(5, 6))["figures"]["fingerprint"]]
    for plans in ((a_tier(0, None, 90_00),), TIERS, (SALARY_OF_MAX,), ()):
        save_plans(ledger, *plans)
        prints.append(generated(ledger, visits(5, 6))["figures"]["fingerprint"])
    assert prints[0] == prints[-1]
    assert len({*prints}) == 4
