"""Letters: reminders, reduction offers, lien letters and statements on paper, as one PDF file."""

from server.billing.receivables.letters import LetterOption
from server.ribbon.context import ClickContext
from server.ribbon.protocol import Reply
from server.ribbon.receivables.reminder_letters import print_reminders

LETTER = "letter"


def make_letters(context: ClickContext) -> Reply:
    """Hand over the letters that the option names; reminders if it names none."""
    context.chosen_word(LETTER, [LetterOption.REMINDER])
    return print_reminders(context)
