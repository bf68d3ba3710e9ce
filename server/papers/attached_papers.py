"""Papers that were attached to invoices, as files to open: their names, and several in one zip."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from server.billing.payroll.statement_names import different_names, safe_name
from server.papers.statement_files import zip_files

_SPELLINGS = {"jpg": {".jpg", ".jpeg"}, "tif": {".tif", ".tiff"}}


def attached_paper_name(invoice: str, file_name: str, ending: str) -> str:
    """Return a name for a paper, without its ending: the invoice, and the name that the paper was attached under.

    Another ending than that of the bytes stays part of the name, so that the system opens the file as what it is.
    """
    path = PurePath(file_name)
    is_fitting = path.suffix.lower() in _SPELLINGS.get(ending, {f".{ending}"})
    return f"{invoice} {safe_name(path.stem if is_fitting else file_name)}"


def zip_papers(names: Sequence[str], endings: Sequence[str], contents: Sequence[bytes], day: date) -> bytes:
    """Return a zip of papers by their names, which are made different if several are the same."""
    files = zip(different_names(names), endings, contents, strict=True)
    return zip_files(((f"{name}.{ending}", content) for name, ending, content in files), day)
