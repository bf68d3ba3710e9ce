"""Rows of a sheet or of a request, decided together against the books as they stand.

Decided and recorded inside one transaction, so that nothing moves between the two.
"""

from collections.abc import Sequence
from datetime import date

from server.billing.invoicing.batches import Asked, Batch, cheques_in_question, decide_all
from server.ledger.books import Books


def decide_rows(books: Books, asked: Sequence[Asked], today: date) -> Batch:
    """Decide rows on the invoices and cheques of the books. Nothing is written."""
    invoices = books.invoices.numbered([one.request.number for one in asked])
    known = books.invoices.cheques_known(cheques_in_question(asked, invoices))
    return decide_all(asked, invoices, today, known)
