"""Statements of account as letters to the payers of the selected invoices (rule: receivables#case-letters)."""

from server.billing.money import dollars
from server.billing.receivables.letters import LetterOption
from server.errors import Finding, count_of
from server.errors.letter_findings import LetterAddressMissing
from server.operations.case_letters import StatementLetters, print_statement_letters
from server.papers.letter_pages import letters_file_name, set_statement_letters
from server.papers.letters import has_unprintable
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.invoice_selection import ask_for_invoices, chosen_invoices, invoices_sheet
from server.ribbon.protocol import Reply
from server.ribbon.receivables.letter_remarks import remarks_on_letters
from server.sheets.tables import PAYERS


def print_statements(context: ClickContext) -> Reply:
    """Hand over the statements of the payers of the named or selected invoices, each on pages of its own."""
    sheet = invoices_sheet(context)
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("Statements to the payers of which invoices?", ask_for_invoices([], sheet))
    printed = print_statement_letters(context.session, numbers)
    due = sum(one.statement.closing_cents for one in printed.letters)
    statements = count_of(len(printed.letters), "statement")
    reply = Reply(
        summary=f"{statements} printed as a PDF file, {dollars(due)} due in all."
        if printed.letters
        else "No statement was made.",
        figures={
            "letter": LetterOption.STATEMENT.value,
            "letters": len(printed.letters),
            "invoices": sum(one.statement.invoices for one in printed.letters),
            "balance_cents": due,
            "without_address": len(printed.without_address),
            "printed": len(printed.letters),
        },
    )
    if printed.letters:
        content = set_statement_letters(
            printed.clinic,
            [(one.envelope, one.statement, one.claims) for one in printed.letters],
            context.today,
        )
        name = letters_file_name(LetterOption.STATEMENT, context.today)
        reply.file = context.hand_over(content, name, "pdf")
    return with_findings(reply, _remarks_on(printed), recorded=bool(printed.letters))


def _remarks_on(printed: StatementLetters) -> list[Finding]:
    """Return what the person should know before the statements are sent."""
    missing = [Finding(LetterAddressMissing(name=payer), PAYERS.name) for payer in printed.without_address]
    envelopes = [one.envelope for one in printed.letters]
    unprintable = [
        one.statement.name
        for one in printed.letters
        if has_unprintable("\n".join((*one.envelope, one.statement.name, *one.claims.values())))
    ]
    return [*missing, *remarks_on_letters(printed.clinic, envelopes, unprintable)]
