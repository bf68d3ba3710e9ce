"""Case statement: every invoice of a case with its amounts, as a PDF file for the attorney."""

from server.billing.names import fold
from server.errors import count_of
from server.operations.cases import find_cases, offer_cases
from server.operations.invoice_papers import print_case
from server.papers.case_statement import case_file_name, set_case_statement
from server.ribbon.case_selection import MOST_OFFERED, ask_for_case, case_label, cases_meant
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.invoice_selection import invoices_sheet, selected_invoices
from server.ribbon.invoices.print_invoices import balance_sentence, figures_of, remarks_on_paper
from server.ribbon.protocol import AskedChoice, Reply


def state_case(context: ClickContext) -> Reply:
    """Hand over a PDF file with all invoices of one case: the one named, or that of the selected rows."""
    every, of_rows = find_cases(context.session, selected_invoices(context, invoices_sheet(context)))
    in_order = sorted(every, key=lambda case: (case.is_settled, fold(case_label(case))))
    candidates = cases_meant(context.click.answers(), every, of_rows, in_order)
    if not candidates:
        return Reply(summary="There is no case yet: create invoices first.", level="review")
    if len(candidates) > 1:
        offered = offer_cases(context.session, candidates, MOST_OFFERED)
        labels = [(case_label(case), count_of(case.invoices, "invoice")) for case in offered]
        choices = [AskedChoice(value=label, label=f"{label}: {invoices}") for label, invoices in labels]
        return ask_for_case("State which case?", len(candidates), choices)
    (case,) = candidates
    printed = print_case(context.session, case.patient, case.name)
    content = set_case_statement(printed.clinic, printed.invoices, printed.injuries, context.today)
    invoices = count_of(len(printed.invoices), "invoice")
    reply = Reply(
        summary=f"{case_label(case)}: {invoices} printed as a PDF file. {balance_sentence(printed.invoices)}",
        figures=figures_of(printed),
        file=context.hand_over(content, case_file_name(printed.invoices), "pdf"),
    )
    return with_findings(reply, list(remarks_on_paper(printed.clinic, printed.invoices)))
