"""Statement of account: of a payer, an attorney or a case, as a PDF file to send and as a sheet."""

from server.billing.money import dollars
from server.billing.receivables.statement_of_account import AccountStatement, Holder
from server.errors import Finding, count_of, list_names
from server.errors.invoice_findings import LettersNotPrintable, MissingLetterhead
from server.operations.cases import find_cases, offer_cases
from server.operations.statement_of_account import (
    AskedAccount,
    PrintedAccount,
    parties_of_invoices,
    print_account,
)
from server.papers.letterhead import missing_on_invoices
from server.papers.statement_of_account import account_file_name, set_account, unprintable_parts
from server.ribbon.case_selection import CASE, MOST_OFFERED, ask_for_case, case_label, cases_meant
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.invoice_selection import invoices_sheet, selected_invoices
from server.ribbon.protocol import AskedChoice, AskedField, Reply
from server.sheets.receivables.statement_of_account import STATEMENT_OF_ACCOUNT, write_account
from server.sheets.tables import CLINIC

WHO, NAME, FORMAT = "who", "name", "format"
PDF, SHEET, BOTH = "pdf", "sheet", "both"


def state_account(context: ClickContext) -> Reply:
    """Hand over the statement of the account that the click names, or of that of the selected rows. Asks which if it is open."""
    holder = Holder(context.chosen_word(WHO, [*Holder]) or Holder.PAYER)
    made_as = context.chosen_word(FORMAT, [PDF, SHEET, BOTH]) or PDF
    first, last = context.day("from"), context.day("to")
    asked = _asked_case(context) if holder is Holder.CASE else _asked_party(context, holder)
    if isinstance(asked, Reply):
        return asked
    printed = print_account(context.session, asked, first, last)
    statement = printed.statement
    reply = Reply(summary=_summary_of(statement), figures=_figures_of(statement))
    if made_as != SHEET:
        content = set_account(printed.clinic, statement)
        reply.file = context.hand_over(content, account_file_name(statement), "pdf")
    if made_as != PDF:
        workbook = write_account(printed.clinic, statement, context.click.workbook.date_system)
        reply.output, reply.activate = context.keep(workbook, [STATEMENT_OF_ACCOUNT]), STATEMENT_OF_ACCOUNT
    return with_findings(reply, _remarks_on(printed))


def _asked_party(context: ClickContext, holder: Holder) -> AskedAccount | Reply:
    """Return the payer or attorney that the click names, or that of the selected rows; a question if it is open."""
    if name := context.click.answers().get(NAME):
        return AskedAccount(holder, name)
    selected = selected_invoices(context, invoices_sheet(context))
    found = parties_of_invoices(context.session, selected, holder)
    if len(found) == 1:
        return AskedAccount(holder, found[0])
    title = f"The statement of which {holder}?"
    label = holder.value.capitalize()
    if not found:
        return question(title, AskedField(name=NAME, label=label))
    choices = [AskedChoice(value=name, label=name) for name in found[:MOST_OFFERED]]
    return question(title, AskedField(name=NAME, label=label, kind="choice", choices=choices))


def _asked_case(context: ClickContext) -> AskedAccount | Reply:
    """Return the case that the click names, or that of the selected rows; a question if it is open."""
    every, of_rows = find_cases(context.session, selected_invoices(context, invoices_sheet(context)))
    answers = context.click.answers()
    named = answers | ({CASE: answers[NAME]} if NAME in answers and CASE not in answers else {})
    candidates = cases_meant(named, every, of_rows, every)
    if not candidates:
        return Reply(summary="There is no case yet: create invoices first.", level="review")
    if len(candidates) > 1:
        offered = offer_cases(context.session, candidates, MOST_OFFERED)
        choices = [AskedChoice(value=case_label(case), label=case_label(case)) for case in offered]
        return ask_for_case("The statement of which case?", len(candidates), choices)
    (case,) = candidates
    return AskedAccount(Holder.CASE, case.name, case.patient)


def _summary_of(statement: AccountStatement) -> str:
    invoices = count_of(statement.invoices, "invoice")
    credit = (
        f" {dollars(statement.unapplied_cents)} of credit is not applied yet."
        if statement.unapplied_cents
        else ""
    )
    return f"Statement of {statement.name}: {invoices}, {dollars(statement.closing_cents)} due.{credit}"


def _figures_of(statement: AccountStatement) -> dict[str, object]:
    """Return the counts and the amounts in cents. The opening balance and the totals make the closing balance."""
    return {
        "who": statement.holder.value,
        "from": statement.first.isoformat() if statement.first else None,
        "to": statement.last.isoformat(),
        "invoices": statement.invoices,
        "lines": len(statement.lines),
        "opening_cents": statement.opening_cents,
        "moved_cents": {kind.name.casefold(): cents for kind, cents in statement.totals},
        "closing_cents": statement.closing_cents,
        "unapplied_cents": statement.unapplied_cents,
        "buckets": [
            {"bucket": bucket.name, "invoices": invoices, "balance_cents": cents}
            for bucket, invoices, cents in statement.buckets
        ],
    }


def _remarks_on(printed: PrintedAccount) -> list[Finding]:
    """Return what the person should know before the paper is sent."""
    remarks = []
    if missing := missing_on_invoices(printed.clinic):
        remarks.append(Finding(MissingLetterhead(fields=", ".join(missing)), CLINIC.name))
    if parts := unprintable_parts(printed.statement):
        remarks.append(Finding(LettersNotPrintable(invoices=list_names(parts)), "Invoices"))
    return remarks
