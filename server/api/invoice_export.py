"""The route of exports. The file is sent while its rows are read."""

from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoices import CLINIC
from server.api.list_filters import ExportOfInvoices
from server.api.media_types import CSV, XLSX
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.api.streamed_files import StreamedFile
from server.billing.receivables.invoice_export import ExportFormat
from server.operations.invoice_export import export_invoices
from server.papers.export_files import export_name, export_pieces

router = APIRouter(prefix="/clinics/{clinic}/invoices")

MEDIA_TYPES = {ExportFormat.CSV: CSV, ExportFormat.XLSX: XLSX}
_BYTES = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {"content": dict.fromkeys(MEDIA_TYPES.values(), _BYTES)},
        **refusals(errors.MissingInput, errors.TooLarge, *CLINIC),
    },
)
def export_file(clinic: str, sessions: OfClinic, asked: Annotated[ExportOfInvoices, Query()]) -> StreamedFile:
    """Return all invoices that match as one file, by number."""
    with ExitStack() as reading:
        with sessions.view_session() as session:
            export = reading.enter_context(
                export_invoices(session, asked.invoice_filter(session), asked.made_as)
            )
            day = session.today
        pieces = export_pieces(asked.made_as, export.clinic, export.totals.invoices, export.chunks)
        name = export_name(clinic, asked.made_as, day)
        return StreamedFile(pieces, reading.pop_all(), MEDIA_TYPES[asked.made_as], name)
