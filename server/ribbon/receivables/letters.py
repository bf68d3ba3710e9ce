"""Letters: reminders, reduction offers, lien letters and statements on paper, as one PDF file."""

from server.billing.receivables.letters import LetterOption
from server.billing.receivables.mail_log import LetterKind
from server.ribbon.context import ClickContext
from server.ribbon.protocol import Reply
from server.ribbon.receivables.case_letters import print_case_letters
from server.ribbon.receivables.reminder_letters import print_reminders
from server.ribbon.receivables.statement_letters import print_statements

LETTER = "letter"


def make_letters(context: ClickContext) -> Reply:
    """Hand over the letters that the option names; reminders if it names none."""
    match context.chosen_word(LETTER, [*LetterOption]):
        case LetterOption.LIEN:
            return print_case_letters(context, LetterKind.LIEN)
        case LetterOption.REDUCTION_OFFER:
            return print_case_letters(context, LetterKind.REDUCTION_OFFER)
        case LetterOption.STATEMENT:
            return print_statements(context)
        case _:
            return print_reminders(context)
