"""Cheques: listed with the invoices that they pay."""

from server.errors import count_of
from server.ledger.invoices.cheque_list import ChequeFilter, ChequeOrder, RecordedCheque
from server.ledger.list_places import ListPlace
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_cheques(
    session: Session, cheque_filter: ChequeFilter, place: ListPlace[ChequeOrder], most: int
) -> ListedRows[RecordedCheque]:
    """Return at most ``most`` cheques from a place of the list on."""
    with session.reading() as books:
        found = books.cheques(cheque_filter, place, most + 1)
        page = ListedRows.of_found(found, most, books.count_cheques(cheque_filter))
    session.record_view("list cheques", count_of(len(page.rows), "cheque"))
    return page
