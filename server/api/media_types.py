"""The media types of the files that the service makes."""

from collections.abc import Mapping

from server.ledger.finished_workbooks import Ending

TEXT = "text/plain; charset=utf-8"
CSV = "text/csv; charset=utf-8"
PDF, ZIP = "application/pdf", "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MEDIA_TYPES: Mapping[Ending, str] = {
    "xlsx": XLSX,
    "pdf": PDF,
    "zip": ZIP,
    "png": "image/png",
    "jpg": "image/jpeg",
    "tif": "image/tiff",
    "txt": "text/plain",
    "csv": CSV,
    "journal": TEXT,
    "beancount": TEXT,
}
