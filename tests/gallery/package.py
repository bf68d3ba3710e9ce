"""A workbook as the same bytes on every day and computer."""

import re
import zipfile
from io import BytesIO

from openpyxl import Workbook

WRITTEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*<")


def content_of(workbook: Workbook) -> bytes:
    """Return the file openpyxl saves, without the moment it was saved at."""
    saved, still = BytesIO(), BytesIO()
    workbook.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(still, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = WRITTEN.sub(rb"\g<1>2025-01-01T00:00:00Z<", source.read(part))
            target.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED, 9)
    return still.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return what stands in a workbook; of any other file, the file.

    Two computers may pack the same parts into different bytes.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return {"": content}
