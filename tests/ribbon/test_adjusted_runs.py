"""Runs with adjustments, late visits and carried-forward totals: what buttons say, what statements and lists have."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from server.billing.people import LOCAL_PERSON
from server.errors import OwnSheet
from server.ledger.store import Ledger
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.ribbon.payroll.run_summary import paid_words, run_figures
from server.sheets.payroll.payroll_workbook import write_payroll
from server.sheets.payroll.tables import ADJUSTMENTS
from tests.invented import LAKESIDE
from tests.papers.reading import text_of
from tests.ribbon.adjusted_runs import JANE, MAX, OCTOBER_RUN, adjusted_draft, adjusted_run
from tests.ribbon.clicks import a_click, confirmed, pressed, visits
from tests.sheets.workbooks import rows_of, sheets_of

TOTAL = "$140.00, with 3 adjustments (-$10.00); $50.00 is carried to the next run"


def stated(ledger: Ledger, run_id: str) -> dict[str, tuple[int, int]]:
    """Return what each statement of a run hands over and its year to date, in cents."""
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        statements = export_statements(session, run_id).statements
    return {one.provider: (one.total.total_cents, one.history.year_to_date_cents) for one in statements}


def test_the_figures_of_a_run_add_up_to_what_is_handed_over(ledger: Ledger) -> None:
    figures = run_figures(adjusted_draft(ledger), {MAX: "1099"})
    sums = (
        "paid_cents",
        "adjustments",
        "adjustment_cents",
        "carried_in_cents",
        "carried_out_cents",
        "total_cents",
    )
    assert [figures[name] for name in sums] == [100_00, 3, -10_00, 0, -50_00, 140_00]
    assert figures["paid"] == 3
    providers = figures["providers"]
    assert isinstance(providers, list)
    assert [one["provider"] for one in providers] == [JANE, MAX]
    assert [[one[name] for name in ("visits", *sums)] for one in providers] == [
        [2, 100_00, 2, 40_00, 0, 0, 140_00],
        [0, 0, 1, -50_00, 0, -50_00, 0],
    ]
    assert providers[1]["works_as"] == "1099"


def test_the_summary_names_what_is_handed_over_and_the_adjustments(ledger: Ledger) -> None:
    run = adjusted_draft(ledger)
    assert paid_words(run).startswith(f"Payroll for Lakeside, Oct 1–31, 2026: 2 providers, {TOTAL}. ")
    alone = replace(run, adjustments=(), carried=(), late=None)
    assert paid_words(alone).startswith("Payroll for Lakeside, Oct 1–31, 2026: 1 provider, $100.00. ")


def test_a_run_of_adjustments_alone_is_not_said_to_pay_nothing(ledger: Ledger) -> None:
    run = adjusted_draft(ledger)
    only = replace(run, lines=type(run.lines).of_frame(run.lines.frame().iloc[:0]))
    assert "2 providers, $40.00, with 3 adjustments" in paid_words(only)
    assert "No run is recorded" not in paid_words(only)


@pytest.mark.parametrize("button", ["payroll.close", "payroll.void"])
def test_the_question_before_a_step_names_the_adjustments(ledger: Ledger, button: str) -> None:
    adjusted_draft(ledger)
    title = pressed(ledger, button, a_click(inputs={"run": OCTOBER_RUN}))["asks"]["title"]
    assert f"Oct 1–31, 2026, 2 providers, {TOTAL}?" in title


def test_a_draft_and_its_approved_run_state_the_same(ledger: Ledger) -> None:
    adjusted_draft(ledger)
    draft = stated(ledger, OCTOBER_RUN)
    reply = confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER_RUN}))
    assert reply["figures"]["state"] == "closed"
    assert (reply["figures"]["paid_cents"], reply["figures"]["total_cents"]) == (100_00, 140_00)
    assert stated(ledger, OCTOBER_RUN) == draft == {JANE: (140_00, 240_00), MAX: (0, 50_00)}


def test_the_year_to_date_of_a_later_run_adds_up_what_was_handed_over(ledger: Ledger) -> None:
    adjusted_run(ledger)
    run = pressed(ledger, "payroll.generate", a_click(visits(5, month=11)))["figures"]["run"]
    assert stated(ledger, run)[JANE] == (50_00, 290_00)
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        history = export_statements(session, run).history
    assert history is not None
    assert history.has_adjustments
    assert history.of(MAX).year_to_date_cents == 50_00


def test_the_last_period_has_no_late_visits(ledger: Ledger) -> None:
    adjusted_run(ledger)
    reply = pressed(ledger, "payroll.generate", a_click(visits(5, month=11)))
    summary = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))["Payroll Summary"]
    rows = rows_of(summary)
    titles = next(row for row in rows if row[0] == "Provider")
    (jane,) = [row for row in rows if row[0] == JANE]
    now, last = (place for place, title in enumerate(titles) if title == "Visits")
    assert (jane[now], *jane[last : last + 2]) == (1, 2, 100)


def test_the_files_of_statements_have_the_adjustments_of_their_provider(ledger: Ledger) -> None:
    adjusted_run(ledger)
    reply = pressed(ledger, "payroll.statements", a_click(inputs={"run": OCTOBER_RUN}))
    assert reply["summary"] == "Statements for Oct 1–31, 2026: 2 providers, $140.00, one file each."
    with ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data)) as archive:
        paper = text_of(archive.read(f"2026-10 {MAX}.pdf"))
        (sheet,) = load_workbook(BytesIO(archive.read(f"2026-10 {MAX}.xlsx"))).worksheets
    assert "No longer in the log, paid in run lakeside-2026-09-r1" in paper
    assert "$50.00 is carried to the next run." in paper
    assert JANE not in paper
    assert ("Total to pay", 0) in {(row[0], row[5]) for row in rows_of(sheet)}


def test_past_runs_add_up_the_pay_the_adjustments_and_what_is_carried(ledger: Ledger) -> None:
    adjusted_run(ledger)
    reply = pressed(ledger, "payroll.history", a_click())
    rows = rows_of(load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))["Pay Runs"])
    first = rows[0].index("Pay")
    assert rows[0][first : first + 7] == (
        "Pay", "Adjustments", "Pay plans", "Pay items", "Payments", "Carried", "Total",
    )  # fmt: skip
    assert [row[first : first + 7] for row in rows[1:]] == [
        (100, -10, 0, 0, 0, 50, 140),
        (150, 0, 0, 0, 0, 0, 150),
    ]
    assert reply["figures"]["runs"][0]["total_cents"] == 140_00


def test_approval_rewrites_the_state_of_the_sheet_of_adjustments(ledger: Ledger) -> None:
    run = adjusted_draft(ledger)
    workbook = write_payroll(run, LAKESIDE.providers)
    (summary,) = [sheet for sheet in sheets_of(workbook) if sheet.name == "Payroll Summary"]
    click = a_click(sheets=[{"name": summary.name, "columns": summary.columns}], inputs={"run": OCTOBER_RUN})
    click["workbook"]["written"] = [{"name": ADJUSTMENTS.name, "kind": "payroll", "state": "J3:K3"}]
    click["inputs"]["stale"] = "approve"
    reply = confirmed(ledger, "payroll.close", click)
    assert [(edit["sheet"], edit["values"][0][0]) for edit in reply["edits"]] == [
        (ADJUSTMENTS.name, "Approved 11/20/2026")
    ]


def test_the_sheet_of_adjustments_is_no_log(ledger: Ledger) -> None:
    workbook = write_payroll(adjusted_draft(ledger), LAKESIDE.providers)
    (sheet,) = [sheet for sheet in sheets_of(workbook) if sheet.name == ADJUSTMENTS.name]
    with pytest.raises(OwnSheet):
        pressed(ledger, "payroll.generate", a_click(sheets=[{"name": sheet.name, "columns": sheet.columns}]))


def test_a_log_on_a_sheet_of_the_same_name_is_read(ledger: Ledger) -> None:
    click = a_click(visits(5, 6))
    click["sheets"][0]["name"] = ADJUSTMENTS.name
    assert pressed(ledger, "payroll.generate", click)["figures"]["paid"] == 2
