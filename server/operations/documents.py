"""Documents: kept in the clinic's books, and opened again."""

from server.errors import DocumentTooLarge, DocumentUnusable, UnknownDocument
from server.ledger.document_files import Document
from server.operations.operation import operation
from server.operations.session import Session


@operation(DocumentTooLarge, DocumentUnusable)
def keep_document(session: Session, data: bytes, file_name: str) -> Document:
    """Keep a document. A step attaches it later. The same bytes again are the same document."""
    return session.store.keep_document(data, file_name, session.person.name)


@operation(UnknownDocument)
def open_document(session: Session, digest: str) -> tuple[Document, bytes]:
    """Return a document and its bytes."""
    document, data = session.store.read_document(digest)
    session.record_view("open document", document.digest)
    return document, data
