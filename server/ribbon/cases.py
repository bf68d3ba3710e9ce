"""The Cases group: settle a case, which clears all its received cheques at once (rule: invoices#settled)."""

from collections.abc import Mapping, Sequence
from datetime import date

from server.billing.days import us
from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import Action, Invoice
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.statuses import NO
from server.errors import count_of
from server.operations.cases import (
    CaseInvoices,
    find_cases,
    look_up_case,
    offer_cases,
    settle_case,
    show_case,
)
from server.ribbon.case_selection import CASE, MOST_OFFERED, ask_for_case, case_label, cases_meant
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import (
    describe_invoices,
    invoices_sheet,
    selected_invoices,
    split_numbers,
)
from server.ribbon.invoices.results import RECORDED, result_edits
from server.ribbon.protocol import AskedChoice, AskedField, Edit, Reply
from server.sheets.invoices.sheet_rows import InvoiceRows
from server.sheets.invoices.tables import KEY_SEPARATOR

DATE, CONFIRM = "date", "confirm"


def settle(context: ClickContext) -> Reply:
    """Clear every received cheque of a case. The first click shows them; the second records all of them or none.

    The answer to the first click names what it showed. Any other yes is shown what there is now.
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
        return Reply(summary=f"{case_label(case)}: nothing was cleared.", level="review")
    cleared_on = context.day(DATE) or context.today
    if found.clearable and set(split_numbers(answer)) == set(map(_shown_version, found.clearable)):
        versions = {invoice.number: invoice.version for invoice in found.clearable}
        done = settle_case(context.session, case.patient, case.name, cleared_on, versions)
        return _settled_reply(case, done, cleared_on, sheet)
    return _preview_reply(case, show_case(context.session, found), cleared_on)


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


def _preview_reply(case: Case, found: CaseInvoices, cleared_on: date) -> Reply:
    """Return the reply that shows what would be cleared and asks for consent. The answer names the invoices shown."""
    if not found.clearable:
        level = "done" if found.is_settled else "review"
        return Reply(summary=f"{case_label(case)}: no cheque to clear. {_state_sentence(found)}", level=level)
    numbers = [invoice.number for invoice in found.clearable]
    total = dollars(sum(invoice.in_hand_cents for invoice in found.clearable))
    title = f"{case_label(case)}: clear {describe_invoices(numbers)}, {total} in all?"
    rest = f" {_waiting_sentence(found.waiting)}" if found.waiting else " Then the case is settled."
    this = AskedChoice(value=case_label(case), label=case_label(case))
    yes = AskedChoice(
        value="; ".join(map(_shown_version, found.clearable)),
        label=f"Yes, clear {describe_invoices(numbers)}",
    )
    fields = [
        AskedField(name=CASE, label="Case", kind="choice", choices=[this], default=this.value),
        AskedField(name=DATE, label="Cleared on", kind="date", default=cleared_on.isoformat()),
        AskedField(name=CONFIRM, label=f"Clear {total}", kind="choice", choices=[yes]),
    ]
    return question(title + rest, *fields)


def _shown_version(invoice: Invoice) -> str:
    """Return an invoice with its version: ``INV-000001/7``. Any step makes it another one."""
    return f"{invoice.number}{KEY_SEPARATOR}{invoice.version}"


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
    return "The case is settled." if settling.is_settled else _waiting_sentence(settling.waiting)


def _waiting_sentence(invoices: Sequence[Invoice]) -> str:
    """Return a sentence with the invoices that keep the case from being settled, and their states."""
    verb = "waits" if len(invoices) == 1 else "wait"
    stand = ", ".join(f"{invoice.number} ({invoice.state})" for invoice in invoices)
    return f"{count_of(len(invoices), 'invoice')} of it still {verb}: {stand}."


def _row_edits(sheet: InvoiceRows, cleared: Mapping[str, Invoice], cleared_on: date) -> list[Edit]:
    """Return the edits that show the new state of the case's rows. Rows that had the action clear get a result."""
    rows = [row for row in sheet.rows if row.invoice in cleared]
    asked = [row.number for row in rows if row.request and row.request.action is Action.CLEAR]
    messages = {row.number: f"{RECORDED}cleared {us(cleared_on)}" for row in rows}
    return result_edits(sheet, messages, [], asked, cleared)
