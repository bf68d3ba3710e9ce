"""Documents: kept in the clinic's books, and opened again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.errors import (
    DocumentTooLarge,
    DocumentUnusable,
    TooLarge,
    UnknownDocument,
    UnknownInvoice,
    count_of,
)
from server.ledger.document_files import Document
from server.ledger.invoices.documents import DocumentOrder, KeptDocument
from server.ledger.list_places import ListPlace
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session

MOST_BYTES = 100_000_000
"""The most bytes of papers that are opened at once."""


@operation(DocumentTooLarge, DocumentUnusable)
def keep_document(session: Session, data: bytes, file_name: str) -> Document:
    """Keep a document. A step attaches it later. The same bytes again are the same document."""
    return session.store.keep_document(data, file_name, session.person.name)


@operation(UnknownDocument)
def list_documents(session: Session, place: ListPlace[DocumentOrder], most: int) -> ListedRows[KeptDocument]:
    """Return at most ``most`` documents from a place of the list on."""
    with session.reading() as books:
        page = ListedRows.of_found(books.documents.list_page(place, most + 1), most, books.documents.count())
    session.record_view("list documents", count_of(len(page.rows), "document"))
    return page


@operation(UnknownDocument)
def describe_document(session: Session, digest: str) -> Document:
    """Return what a document that a click has sent is: its name and its kind, without its content."""
    with session.reading() as books:
        return books.documents.get(digest)


@operation(UnknownDocument)
def open_document(session: Session, digest: str) -> tuple[Document, bytes]:
    """Return a document and its bytes."""
    document, data = session.store.read_document(digest)
    session.record_view("open document", document.digest)
    return document, data


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """A document, and the invoices of the click that it is attached to."""

    paper: Document
    invoices: Sequence[str]


@operation(UnknownInvoice)
def find_papers(session: Session, numbers: Sequence[str]) -> list[InvoicePaper]:
    """Return the documents of these invoices, each once, in the order of the invoices and of attaching."""
    with session.reading() as books:
        known = books.invoices.with_numbers(numbers)
        for number in numbers:
            if number not in known:
                raise UnknownInvoice(number)
        of_invoices = books.documents.of_invoices(numbers)
    papers: dict[str, Document] = {}
    owners: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        for paper in of_invoices.get(number, ()):
            papers.setdefault(paper.digest, paper)
            owners[paper.digest].append(number)
    session.record_view("documents of invoice", "; ".join(numbers))
    return [InvoicePaper(paper, owners[digest]) for digest, paper in papers.items()]


@operation(UnknownDocument, TooLarge)
def open_papers(session: Session, papers: Sequence[InvoicePaper]) -> list[bytes]:
    """Return the bytes of documents. Each is recorded as opened. Refuses more than ``MOST_BYTES`` in all."""
    if sum(one.paper.size for one in papers) > MOST_BYTES:
        limit = f"{MOST_BYTES // 1_000_000} MB"
        raise TooLarge(
            f"A file of {count_of(len(papers), 'paper')}", limit, "Choose fewer and press the button again."
        )
    return [open_document(session, one.paper.digest)[1] for one in papers]
