"""The payroll workbook: a finished pay run as sheets staff can check, print and mail
(rule: payroll#payroll-sheets).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from server.billing.clinics import Provider, Service, service_labels
from server.billing.payroll.adjustments_on_paper import named_services
from server.billing.payroll.held_on_paper import HeldOnPaper
from server.billing.payroll.pay_history import PayHistory
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.payments_on_paper import payments_on_paper
from server.billing.payroll.provider_totals import ProviderTotal
from server.sheets.payroll.adjustments_sheet import add_adjustments
from server.sheets.payroll.content import PayrollContent
from server.sheets.payroll.findings_sheet import add_findings
from server.sheets.payroll.items_sheet import add_items
from server.sheets.payroll.long_sheets import (
    add_excluded,
    add_lines,
    add_rates_used,
    line_columns,
    state_of_draft,
)
from server.sheets.payroll.pay_by_service import add_pay_by_service
from server.sheets.payroll.payments_sheet import add_payments
from server.sheets.payroll.plans_sheet import add_plans
from server.sheets.payroll.reconciliation import add_reconciliation
from server.sheets.payroll.run_id import run_label
from server.sheets.payroll.statement import Statements, add_statements
from server.sheets.payroll.summary import add_summary
from server.sheets.payroll.tables import CHECK_NAME, FINDINGS, PAYROLL_SHEETS
from server.sheets.payroll.tally import check_nothing_is_lost, tally_run
from server.sheets.payroll.visits import visits_of
from server.sheets.workbook_view import NOTHING_SHOWN, WorkbookView
from server.sheets.xlsx.workbook_builder import WorkbookBuilder
from server.sheets.xlsx.zip_package import sheet_names

PAYROLL, CHECK = "payroll", "check"
"""The marks of the sheets of each workbook: a click replaces the sheets with its own mark."""


def write_payroll(  # noqa: PLR0913 - what the sheets of a run are made of
    run: PayRun,
    providers: Sequence[Provider],
    view: WorkbookView = NOTHING_SHOWN,
    *,
    services: Sequence[Service] = (),
    history: PayHistory | None = None,
    held: Sequence[HeldOnPaper] = (),
) -> bytes:
    """Return the run as an .xlsx workbook; the same run is always the same bytes.

    ``providers`` say who is paid on a W-2 and who on a 1099, ``services`` how they are called. Findings link to the cells of
    the sheets that the workbook shows. ``history`` is what the run is read beside, ``held`` the visits that it holds for a
    later run. Raises ArithmeticError if the
    run does not add up, so that such a workbook is never sent.
    """
    by_name = {provider.name: provider for provider in providers}
    sums = tally_run(run, {name: provider.works_as for name, provider in by_name.items()})
    check_nothing_is_lost(run, sums)
    head = f"Payroll · {in_words(run.period)}"
    builder = WorkbookBuilder(PAYROLL, run.clinic.name, run_label(run.id), run.log.date_system)
    builder.reserve(PAYROLL_SHEETS)
    label_of = service_labels(services)
    content = PayrollContent(
        run,
        sums,
        head,
        by_name,
        [*map(label_of, sums.services)],
        [_in_words(one, label_of) for one in sums.totals],
        history,
        held,
    )
    add_summary(builder, content)
    add_pay_by_service(builder, content)
    lines = line_columns(builder.writer, run)
    visits = visits_of(builder.writer, run, sums, lines, content.services)
    add_statements(builder, Statements(content, visits))
    add_lines(builder, lines, head, state_of_draft(run))
    add_adjustments(builder, run, head)
    add_plans(builder, run, head)
    add_items(builder, run, head)
    add_payments(builder, run, head)
    add_excluded(builder, run, head)
    add_findings(builder, run, FINDINGS, head, view, state=state_of_draft(run))
    add_reconciliation(builder, run, sums, head)
    add_rates_used(builder, run, head)
    return builder.to_bytes()


def _in_words(total: ProviderTotal, label_of: Callable[[str], str]) -> ProviderTotal:
    """Return what a provider is handed over, with the words for the services of its adjustments and payments."""
    adjustments = named_services(total.adjustments, label_of)
    return replace(total, adjustments=adjustments, payments=payments_on_paper(total.payments, label_of))


def write_check(run: PayRun, view: WorkbookView = NOTHING_SHOWN) -> bytes:
    """Return the findings of a run alone, as an .xlsx workbook of one sheet, with links to the sheets that are shown."""
    builder = WorkbookBuilder(CHECK, run.clinic.name, run.log.workbook, run.log.date_system)
    add_findings(builder, run, replace(FINDINGS, name=CHECK_NAME), in_words(run.period), view)
    return builder.to_bytes()


__all__ = ["sheet_names", "write_check", "write_payroll"]
