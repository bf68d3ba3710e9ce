"""Documents: kept in the clinic's books, and opened again."""

from server.errors import DocumentTooLarge, DocumentUnusable, UnknownDocument, count_of
from server.ledger.document_files import Document
from server.ledger.invoices.documents import DocumentPlace, KeptDocument
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session


@operation(DocumentTooLarge, DocumentUnusable)
def keep_document(session: Session, data: bytes, file_name: str) -> Document:
    """Keep a document. A step attaches it later. The same bytes again are the same document."""
    return session.store.keep_document(data, file_name, session.person.name)


@operation(UnknownDocument)
def list_documents(session: Session, place: DocumentPlace, most: int) -> ListedRows[KeptDocument]:
    """Return at most ``most`` documents from a place of the list on."""
    with session.reading() as books:
        page = ListedRows.of_found(books.documents.list_page(place, most + 1), most, books.documents.count())
    session.record_view("list documents", count_of(len(page.rows), "document"))
    return page


@operation(UnknownDocument)
def open_document(session: Session, digest: str) -> tuple[Document, bytes]:
    """Return a document and its bytes."""
    document, data = session.store.read_document(digest)
    session.record_view("open document", document.digest)
    return document, data
