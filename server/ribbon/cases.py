"""The Cases group: settle a case, which clears all its received cheques at once (rule: invoices#settled)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from server.billing.days import us
from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import Action, Invoice
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.statuses import NO
from server.billing.question_numbers import split_answer
from server.operations.cases import (
    CaseInvoices,
    find_cases,
    look_up_case,
    offer_cases,
    settle_case,
    show_case,
    unusual_clearings,
)
from server.ribbon.case_selection import MOST_OFFERED, ask_for_case, case_label, cases_meant
from server.ribbon.cases_preview import CONFIRM, DATE, ShownCase, ask_to_settle, waiting_sentence
from server.ribbon.context import ClickContext
from server.ribbon.invoices.invoice_selection import (
    describe_invoices,
    invoices_sheet,
    selected_invoices,
)
from server.ribbon.invoices.results import RECORDED, result_edits
from server.ribbon.protocol import AskedChoice, Edit, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows


def settle(context: ClickContext) -> Reply:
    """Clear every received cheque of a case. The first click shows them; the second records all of them or none.

    The answer to the first click brings back the number of what it showed. Any other yes is shown what there is now.
    """
    sheet = invoices_sheet(context)
    every, of_rows = find_cases(context.session, selected_invoices(context, sheet))
    waiting = [case for case in every if not case.is_settled]
    waiting.sort(key=lambda case: (not case.clearable, fold(case_label(case))))
    candidates = cases_meant(context.click.answers(), every, of_rows, waiting)
    if len(candidates) != 1:
        return _ask_which(len(candidates), offer_cases(context.session, candidates, MOST_OFFERED))
    (case,) = candidates
    found = look_up_case(context.session, case.patient, case.name)
    answer = context.click.answers().get(CONFIRM, "")
    if fold(answer) in NO:
        return Reply(summary=f"{case_label(case)}: nothing was cleared, as you chose.", level="review")
    cleared_on = context.day(DATE) or context.today
    shown = ShownCase(case, found, cleared_on, unusual_clearings(context.session, found, cleared_on))
    if found.clearable and (agreed := shown.agreed_in(answer)):
        done = settle_case(context.session, case.patient, case.name, cleared_on, agreed)
        return _settled_reply(case, done, cleared_on, sheet)
    if not found.clearable:
        return _nothing_to_clear(case, show_case(context.session, found))
    show_case(context.session, found)
    return ask_to_settle(shown, is_outdated=bool(split_answer(answer)[1]))


# -- which case


def _ask_which(count: int, cases: Sequence[Case]) -> Reply:
    if not cases:
        return Reply(summary="Every case is settled.")
    choices = [
        AskedChoice(
            value=case_label(case),
            label=f"{case_label(case)}: {case.clearable} of {case.invoices} can be cleared",
        )
        for case in cases
    ]
    return ask_for_case("Settle which case?", count, choices)


# -- the replies


def _nothing_to_clear(case: Case, found: CaseInvoices) -> Reply:
    level: Literal["done", "review"] = "done" if found.is_settled else "review"
    return Reply(summary=f"{case_label(case)}: no cheque to clear. {_state_sentence(found)}", level=level)


def _settled_reply(case: Case, done: CaseInvoices, cleared_on: date, sheet: InvoiceRows | None) -> Reply:
    cleared = {invoice.number: invoice for invoice in done.clearable}
    cents = sum(invoice.banked_cents for invoice in cleared.values())
    sentence = f"{describe_invoices(list(cleared))} cleared on {us(cleared_on)}, {dollars(cents)} in all."
    return Reply(
        summary=f"{case_label(case)}: {sentence if cleared else 'no cheque to clear.'} {_state_sentence(done)}",
        figures={
            "case": case.name,
            "cleared": list(cleared),
            "cleared_cents": cents,
            "waiting": {invoice.number: invoice.state for invoice in done.waiting},
            "settled": done.is_settled,
        },
        edits=_row_edits(sheet, cleared, cleared_on) if sheet else [],
    )


def _state_sentence(settling: CaseInvoices) -> str:
    return "The case is settled." if settling.is_settled else waiting_sentence(settling.waiting)


def _row_edits(sheet: InvoiceRows, cleared: Mapping[str, Invoice], cleared_on: date) -> list[Edit]:
    """Return the edits that show the new state of the case's rows. Rows that had the action clear get a result."""
    rows = [row for row in sheet.rows if row.invoice in cleared]
    asked = [row.number for row in rows if row.request and row.request.action is Action.CLEAR]
    messages = {row.number: f"{RECORDED}cleared {us(cleared_on)}" for row in rows}
    return result_edits(sheet, messages, [], asked, cleared)
