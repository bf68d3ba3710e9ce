"""The files of the gallery that nobody can open, and those that lie about what they are."""

import csv
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO

from tests.gallery.clinic import HEADINGS, MAPLE, Cell, a_log, a_visit
from tests.gallery.package import content_of

UNPACKED = 30_000_000


def _text(*visits: dict[str, Cell], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    stream = StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(HEADINGS.values())
    writer.writerows(visit.values() for visit in visits)
    return stream.getvalue().encode(encoding)


def _workbook(clinic: str | None = MAPLE) -> bytes:
    return content_of(a_log(a_visit(), clinic=clinic))


def _with_part(name: str, part: bytes) -> bytes:
    stream = BytesIO(_workbook())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()


def _encrypted() -> bytes:
    """The smallest container that says it is encrypted, in the layout of MS-CFB: its streams are empty."""

    def entry(name: str, kind: int, child: int, right: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        told = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, NONE, right, child)
        return told + b"\0" * 36 + struct.pack("<IQ", END, 0)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<II", 0xFFFFFFFD, END) + b"\xff" * 504
    streams = entry("EncryptedPackage", 2, NONE, 2) + entry("EncryptionInfo", 2, NONE, NONE)
    return header + table + (entry("Root Entry", 5, 1, NONE) + streams).ljust(512, b"\0")


NONE, END = 0xFFFFFFFF, 0xFFFFFFFE
"""Of MS-CFB: no such entry, end of the chain."""


def _visit(**cells: Cell) -> dict[str, Cell]:
    return a_visit(day="10/25/2025", **cells)


def _ending_in_a_euro_sign() -> bytes:
    """Windows-1252 that ends with the amount, and with no line break after it."""
    row = _visit(service="EX-102")
    headings = [HEADINGS[name] for name in row if name not in {"collected", "patient"}]
    values = [str(cell or "") for name, cell in row.items() if name not in {"collected", "patient"}]
    return f"{','.join(headings)},Collected\r\n{','.join(values)},150€".encode("cp1252")


FILES: dict[str, Callable[[], bytes]] = {
    "not-money.last-byte.csv": _ending_in_a_euro_sign,
    # European exports: semicolons, and letters of Windows-1252.
    "unknown-provider.windows-1252.csv": lambda: _text(
        _visit(provider="Zoë Exämple"), delimiter=";", encoding="cp1252"
    ),
    # A thousands comma without quotes cuts the amount, and moves what follows into the next column.
    "surplus-cell.thousands.csv": lambda: (
        _text(_visit(service="EX-102", collected=80)).rstrip()
        + b"\r\nA-2,10/24/2025,Ada Example,EX-102,Attended,,,,1,234.50,PT-1\r\n"
        + b"A-3,10/24/2025,Ada Example,EX-102,Attended,,,1,234.50,900,\r\n"
    ),
    "amount-cut-in-two.csv": lambda: (
        b"Appointment ID,Date of service,Provider,Service,Status,Collected,Note\r\n"
        b"A-1,10/24/2025,Ada Example,EX-102,Attended,80,paid by card\r\n"
        b"A-2,10/24/2025,Ada Example,EX-102,Attended,1,234.50\r\n"
    ),
    # Practice software that calls its text files .xls, here in UTF-16 with tabs.
    "unknown-status.mislabelled.xls": lambda: _text(
        _visit(status="Perhaps"), delimiter="\t", encoding="utf-16"
    ),
}
"""File name -> content, of files that open although they are not what they seem, and earn a finding."""

REFUSED_FILES: dict[str, Callable[[], bytes]] = {
    "file-empty.csv": lambda: b"\r\n\r\n",
    "file-corrupt.xlsx": lambda: _workbook()[:-200],
    "file-corrupt.open-quote.csv": lambda: _text(_visit()) + b'A-2,"left open\r\n' + _text(_visit()),
    "file-password.xlsx": _encrypted,
    "file-not-a-workbook.xls": lambda: b"%PDF-1.7\n1 0 obj\n",
    "file-too-large.csv": lambda: b"," * 16_384 + b"x\r\n",
    "file-hostile.xlsx": lambda: _with_part("xl/worksheets/sheet2.xml", b"<x>" + b" " * UNPACKED),
    "file-exists.csv": lambda: _text(_visit()),
    "file-exists.xlsx": lambda: _workbook(None),
    "file-would-lose.xlsx": lambda: _with_part("xl/media/image1.png", b"a picture of nothing"),
}
"""File name -> content, of files that are refused."""
