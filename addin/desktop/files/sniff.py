"""Detects the kind of a file from its content, never from its name (rule: edge-cases#hostile-files).

Practice software often names an HTML page or a CSV ``report.xls``, and people rename files.
"""

import zipfile
from enum import Enum
from io import BytesIO
from pathlib import Path

import olefile

from addin.desktop.files.refusals import CorruptFile, NotAWorkbook, PasswordProtected
from addin.desktop.files.text import decode_text


class Kind(Enum):
    """The four forms of workbook we open."""

    XLSX = "Excel workbook"
    XLS = "Excel 97-2003 workbook"
    HTML = "web page"
    DELIMITED = "delimited text"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
LOOKED_AT = 65_536
"""Bytes of a text file that we check to find its kind."""

BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""Worksheets of Excel 2 to 5, written without a container around them."""

FOREIGN = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a Rich Text document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"SQLite format 3": "a database",
    b"MIME-Version:": "a saved web archive",
}
ZIP_CONTENT = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
}
OLE_CONTENT = {
    "WordDocument": "a Word document",
    "PowerPoint Document": "a PowerPoint presentation",
    "__properties_version1.0": "an Outlook message",
}


def kind_of(content: bytes, path: Path) -> Kind:
    """Return the kind of workbook that ``content`` is. Refuses other files and encrypted ones."""
    for signature, name in FOREIGN.items():
        if content.startswith(signature):
            raise NotAWorkbook(path, name)
    if content.startswith(ZIP):
        return _kind_of_zip(content, path)
    if content.startswith(OLE):
        return _kind_of_ole(content, path)
    if content.startswith(BARE_BIFF):
        return Kind.XLS
    return _kind_of_text(content, path)


def _kind_of_zip(content: bytes, path: Path) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:  # noqa: BLE001 - a damaged directory makes zipfile raise any kind of error
        raise CorruptFile(path, "the end of the file is missing or damaged") from None
    for name, described in ZIP_CONTENT.items():
        if name in names:
            raise NotAWorkbook(path, described)
    if "[Content_Types].xml" not in names:
        raise NotAWorkbook(path, "a compressed archive")
    return Kind.XLSX


def _kind_of_ole(content: bytes, path: Path) -> Kind:
    try:
        with olefile.OleFileIO(content) as container:
            streams = {stream[0] for stream in container.listdir()}
    except Exception:  # noqa: BLE001 - olefile raises whatever a damaged directory leads it to
        raise CorruptFile(path) from None
    if "EncryptedPackage" in streams:
        raise PasswordProtected(path)
    for name, described in OLE_CONTENT.items():
        if name in streams:
            raise NotAWorkbook(path, described)
    if streams & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return Kind.XLS
    raise NotAWorkbook(path, "an unknown kind of document")


def _kind_of_text(content: bytes, path: Path) -> Kind:
    start = decode_text(content[:LOOKED_AT], path, cut=len(content) > LOOKED_AT).lstrip().lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise NotAWorkbook(path, "an XML spreadsheet of 2003")
    if start.startswith("<") and "<table" in start:
        return Kind.HTML
    if start.startswith(("<!doctype html", "<html")):
        # A page may have more style before its first table than we check.
        return Kind.HTML
    if start.startswith("<?xml"):
        raise NotAWorkbook(path, "an XML document")
    return Kind.DELIMITED
