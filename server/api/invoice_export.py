"""The route of exports. The file is sent while its rows are read."""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoices import CLINIC
from server.api.list_filters import ExportOfInvoices
from server.api.media_types import CSV, MEDIA_TYPES, TEXT, XLSX
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.api.streamed_files import StreamedFile
from server.operations.accounting_journal import export_journal
from server.operations.invoice_export import export_invoices
from server.operations.session import Session
from server.papers.accounting_journal import journal_pieces
from server.papers.export_files import ENDINGS, export_name, export_pieces

router = APIRouter(prefix="/clinics/{clinic}/invoices")

ALIASES = {"made_as": "format", "since": "from", "until": "to"}
OF_JOURNALS = {"format", "from", "to"}
"""What a journal can be asked for by."""

_BYTES = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {"content": dict.fromkeys((CSV, XLSX, TEXT), _BYTES)},
        **refusals(errors.MissingInput, errors.TooLarge, *CLINIC),
    },
)
def export_file(clinic: str, sessions: OfClinic, asked: Annotated[ExportOfInvoices, Query()]) -> StreamedFile:
    """Return all invoices that match as one file, by number, or all movements of money as a journal, by day."""
    with ExitStack() as reading:
        with sessions.view_session() as session:
            pieces = _pieces_of(asked, session, reading)
            day = session.today
        ending = ENDINGS[asked.made_as]
        name = f"{export_name(clinic, asked.made_as, day)}.{ending}"
        return StreamedFile(pieces, reading.pop_all(), MEDIA_TYPES[ending], name)


def _pieces_of(asked: ExportOfInvoices, session: Session, reading: ExitStack) -> Generator[bytes, None, None]:
    """Return the pieces of the file, which are read until ``reading`` is closed."""
    if asked.made_as.is_journal:
        narrowed_by = {ALIASES.get(name, name) for name in asked.model_fields_set} - OF_JOURNALS
        journal = reading.enter_context(
            export_journal(session, (asked.since, asked.until), asked.made_as, narrowed_by)
        )
        return journal_pieces(asked.made_as, journal.clinic, journal.transactions)
    export = reading.enter_context(export_invoices(session, asked.invoice_filter(session), asked.made_as))
    return export_pieces(asked.made_as, export.clinic, export.totals.invoices, export.chunks)
