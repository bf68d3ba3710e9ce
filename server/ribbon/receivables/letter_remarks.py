"""What a person should know before letters are sent, for all kinds of letters."""

from collections.abc import Iterator, Sequence

from server.billing.clinics import Clinic
from server.errors import Finding, list_names
from server.errors.invoice_findings import LettersNotPrintable, MissingLetterhead
from server.errors.letter_findings import EnvelopeTooLong
from server.papers.letterhead import missing_on_invoices
from server.sheets.tables import CLINIC, PAYERS

LINES_IN_WINDOW = 5
"""Lines of an address, the name included, that the window of a No. 10 envelope shows."""


def remarks_on_letters(
    clinic: Clinic, envelopes: Sequence[Sequence[str]], unprintable: Sequence[str]
) -> Iterator[Finding]:
    """Yield the remarks on letters to be printed: a poor letterhead, addresses that are too long, letters without a font.

    ``envelopes`` are the lines of each address, ``unprintable`` the names of letters with a character that may print as a box.
    """
    if envelopes and (missing := missing_on_invoices(clinic)):
        yield Finding(MissingLetterhead(fields=", ".join(missing)), CLINIC.name)
    if long := [lines[0] for lines in envelopes if len(lines) > LINES_IN_WINDOW]:
        yield Finding(
            EnvelopeTooLong(names=list_names(list(dict.fromkeys(long))), most=LINES_IN_WINDOW), PAYERS.name
        )
    if unprintable:
        yield Finding(LettersNotPrintable(invoices=list_names(unprintable)), PAYERS.name)
