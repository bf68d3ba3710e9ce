"""Documents as bytes: uploaded before a click or a step attaches them to invoices, and downloaded again."""

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from server import errors
from server.api.guard import OCTETS
from server.api.invoices import CLINIC
from server.api.list_filters import ListOfDocuments
from server.api.problems import refusals
from server.api.sessions import OfClinic, Sessions
from server.ledger.document_files import LARGEST
from server.operations import documents

router = APIRouter(prefix="/clinics/{clinic}/documents")

LONGEST_NAME = 255
"""The most characters of a file name, as on most file systems."""

BYTES = {"schema": {"type": "string", "format": "binary"}}
BODY = {"requestBody": {"required": True, "content": {OCTETS: BYTES}}}

KEEP_REFUSALS = refusals(
    errors.BadRequest,
    errors.UnknownClinic,
    errors.DocumentTooLarge,
    errors.DocumentUnusable,
    errors.TooLarge,
)


class DocumentOut(BaseModel):
    """A kept document. A click or a step names it by its ``digest`` (SHA-256)."""

    model_config = ConfigDict(from_attributes=True)

    digest: str
    size: int
    media_type: str
    file_name: str


class KeptDocumentOut(DocumentOut):
    """A kept document, with who recorded it and when (UTC)."""

    recorded_at: str
    actor: str
    is_attached: bool


class DocumentPage(BaseModel):
    """A page of the list of documents. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    documents: list[KeptDocumentOut]
    next: str | None
    total: int


@router.get("", responses=refusals(errors.UnknownDocument, *CLINIC))
def list_documents(sessions: OfClinic, asked: Annotated[ListOfDocuments, Query()]) -> DocumentPage:
    """List the kept documents, attached or not, one page at a time."""
    with sessions.view_session() as session:
        listed = documents.list_documents(session, asked.place(), asked.limit)
    return DocumentPage(
        documents=[KeptDocumentOut.model_validate(document) for document in listed.rows],
        next=listed.rows[-1].digest if listed.has_more else None,
        total=listed.total,
    )


@router.post("", responses=KEEP_REFUSALS, openapi_extra=BODY)
async def keep_document(
    sessions: OfClinic, request: Request, x_document_name: Annotated[str, Header()] = ""
) -> DocumentOut:
    """Keep a document and return its digest; ``X-Document-Name`` is its file name as percent-encoded UTF-8.

    Keeping a document does not attach it: a click or a step does that. The same bytes again are the same document.
    """
    name = _plain_file_name(x_document_name)
    data = await _read_body(request)
    return await run_in_threadpool(_keep_bytes, sessions, data, name)


@router.get(
    "/{digest}",
    response_class=Response,
    responses={
        200: {"content": {"*/*": BYTES}},
        **refusals(errors.UnknownClinic, errors.UnknownDocument),
    },
)
def fetch_document(digest: str, sessions: OfClinic) -> Response:
    """Return a document as it was uploaded, as a download. A browser must not display it: the file is not trusted."""
    with sessions.view_session() as session:
        document, data = documents.open_document(session, digest)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.file_name, safe='')}",
    }
    return Response(data, media_type=document.media_type, headers=headers)


def _keep_bytes(sessions: Sessions, data: bytes, name: str) -> DocumentOut:
    with sessions.view_session() as session:
        return DocumentOut.model_validate(documents.keep_document(session, data, name))


async def _read_body(request: Request) -> bytes:
    """Return the body. If it is too large, read and drop all of it first, so that the client receives the refusal."""
    data, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST:
            data += chunk
        else:
            data.clear()
    if size > LARGEST:
        raise errors.DocumentTooLarge(size)
    return bytes(data)


def _plain_file_name(encoded: str) -> str:
    """Return a decoded file name without control characters, because it is written into headers and cells."""
    try:
        name = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise errors.DocumentUnusable("has a name that is not percent-encoded UTF-8") from None
    return "".join(filter(str.isprintable, name)).strip()[-LONGEST_NAME:]
