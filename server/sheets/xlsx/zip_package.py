"""Assembles a workbook: openpyxl's parts, our rows inserted into its sheets, as one zip.

The same workbook always becomes the same bytes: no clock, no random names. We write the zip ourselves
because Python's zipfile cannot deflate with isal, which takes a quarter of zlib's time.
"""

import re
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

from isal import isal_zlib
from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHEET_MAIN_NS

from server.concurrency import background_threads
from server.sheets.xlsx.shared_strings import SharedStrings, legal_text

LEVEL = 1

THREADS, AHEAD, BLOCK = 2, 8, 1 << 20
"""Threads that deflate, and how many blocks of how many bytes may wait for them."""

STRINGS = "xl/sharedStrings.xml"
_STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_STRINGS_LINK = (
    '<Relationship Id="sharedStrings" Target="/xl/sharedStrings.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)
_OF_PROPERTIES = re.compile(rb'<(?:Override|Relationship)\b[^>]*"/?docProps/[^>]*/>')
"""What names the document properties in the lists of a workbook's parts."""
_EXTENT = re.compile(rb"<dimension [^>]*/>")
"""What says where a sheet ends, which openpyxl does not know of rows that it does not write. Some programs would read no more."""
_NO_CELLS = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_AFTER_LINKS = re.compile(rb"<(?:printOptions|pageMargins)\b")
"""What follows the links in a sheet; every sheet of ours has margins."""
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>Clinic Ledger</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
)
"""Document properties without a date, a computer or a person."""


Words = Mapping[str, str]
"""Marker in the model -> its replacement in a sheet, as XML."""


class _WriterInMemory(ExcelWriter):
    """Writes sheets in memory. openpyxl's own temporary files would stay on the disk, readable, if the program is killed."""

    def __init__(self, book: Workbook, archive: ZipFile) -> None:
        super().__init__(book, archive)
        self._shell = archive

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write a sheet."""
        out = BytesIO()
        writer = WorksheetWriter(ws, out)
        writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined] # noqa: SLF001 - as openpyxl does; its types lack them
        self._shell.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)


class _Printer(_WriterInMemory):
    """Writes sheets through openpyxl. Sheets that differ only in a few words are written once.

    A sheet takes openpyxl a millisecond, so fifty statements would take half of a small click.
    """

    def __init__(self, book: Workbook, archive: ZipFile, alike: Mapping[str, Words]) -> None:
        super().__init__(book, archive)
        self._alike = alike
        self._model = ""

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write a sheet, or insert its words into the XML of the first similar one."""
        words = self._alike.get(ws.title)
        if words is None:
            super().write_worksheet(ws)
            return
        if not self._model:
            out = BytesIO()
            WorksheetWriter(ws, out).write()
            self._model = out.getvalue().decode()
        marker = re.compile("|".join(map(re.escape, words)))
        self._shell.writestr(ws.path[1:], marker.sub(lambda found: words[found[0]], self._model))
        self.manifest.append(ws)


def assemble_workbook(
    book: Workbook,
    rows: Mapping[str, Iterable[bytes]],
    strings: SharedStrings,
    alike: Mapping[str, Words],
    links: Mapping[str, Mapping[str, str]],
) -> bytes:
    """Return the workbook with ``rows`` (sheet name -> pieces of row XML) as its sheets' cells.

    ``links`` are cells that are links to places in the workbook: sheet name -> cell -> target.

    Sheets named in ``alike`` are written like the first of them, with their own words. Texts are
    collected while rows are rendered, so ``strings`` is written after the sheets.
    """
    shell = BytesIO()
    with ZipFile(shell, "w") as archive:
        _Printer(book, archive, alike).write_data()
    bodies = {
        sheet.path.lstrip("/"): (rows[sheet.title], links.get(sheet.title, {})) for sheet in book.worksheets
    }
    return zip_parts(_with_strings(_package_parts(ZipFile(shell), bodies), strings))


def plain_parts(book: Workbook, rows: Mapping[str, Iterable[bytes]]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the parts (name, pieces of content) of a workbook without document properties, except the list of its texts.

    ``rows`` are rendered only when a part's pieces are asked for.
    """
    shell = BytesIO()
    with ZipFile(shell, "w") as archive:
        _WriterInMemory(book, archive).write_data()
    bodies: Mapping[str, tuple[Iterable[bytes], Mapping[str, str]]] = {
        sheet.path.lstrip("/"): (rows[sheet.title], {}) for sheet in book.worksheets
    }
    for name, pieces in _package_parts(ZipFile(shell), bodies):
        if name in {"[Content_Types].xml", "_rels/.rels"}:
            yield name, [_OF_PROPERTIES.sub(b"", piece) for piece in pieces]
        elif name in bodies:
            yield (
                name,
                (
                    _EXTENT.sub(b"", piece, count=1) if place == 0 else piece
                    for place, piece in enumerate(pieces)
                ),
            )
        elif not name.startswith("docProps/"):
            yield name, pieces


def _with_strings(
    parts: Iterable[tuple[str, Iterable[bytes]]], strings: SharedStrings
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield from parts
    yield STRINGS, [strings.xml()]


def _package_parts(
    shell: ZipFile, bodies: Mapping[str, tuple[Iterable[bytes], Mapping[str, str]]]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    for name in shell.namelist():
        part = shell.read(name)
        if name in bodies:
            yield name, _splice_rows(part, *bodies[name])
        elif name == "docProps/core.xml":
            yield name, [_CORE.encode()]
        elif name == "[Content_Types].xml":
            yield name, [part.replace(b"</Types>", _STRINGS_TYPE.encode())]
        elif name == "xl/_rels/workbook.xml.rels":
            yield name, [part.replace(b"</Relationships>", _STRINGS_LINK.encode())]
        else:
            yield name, [part]


def _splice_rows(sheet: bytes, rows: Iterable[bytes], links: Mapping[str, str]) -> Iterator[bytes]:
    head, tail = _NO_CELLS.split(sheet)
    yield head + b"<sheetData>"
    yield from rows
    if links:  # openpyxl writes links of cells that it holds, and ours are written here
        written = _links_xml(links)
        tail = _AFTER_LINKS.sub(lambda follows: written + follows[0], tail, count=1)
    yield b"</sheetData>" + tail


def _links_xml(links: Mapping[str, str]) -> bytes:
    items = "".join(
        f'<hyperlink ref="{cell}" location={quoteattr(legal_text(target))}/>'
        for cell, target in links.items()
    )
    return f"<hyperlinks>{items}</hyperlinks>".encode()


def sheet_names(workbook: bytes) -> list[str]:
    """Return the names of a workbook's sheets, in order."""
    with ZipFile(BytesIO(workbook)) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - we wrote it
    return [sheet.attrib["name"] for sheet in book.iter(f"{{{SHEET_MAIN_NS}}}sheet")]


def zip_parts(parts: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """Return a zip of the parts (name, pieces of content), all dated 1980-01-01.

    Content is deflated in threads while the next part is rendered: isal releases the interpreter lock.
    """
    with background_threads(THREADS) as threads:
        deflater = _Deflater(threads)
        deflated = [(name.encode(), deflater.add_part(pieces)) for name, pieces in parts]
    out, directory = BytesIO(), []
    for name, part in deflated:
        offset, (blocks, crc) = out.tell(), part.join_blocks()
        # version 2.0, UTF-8 names, deflate, midnight of January 1, 1980
        facts = (20, 0x800, 8, 0, 0x21, crc, sum(map(len, blocks)), sum(part.lengths), len(name), 0)
        out.write(struct.pack("<4s5H3L2H", b"PK\3\4", *facts) + name)
        out.writelines(blocks)
        directory.append(struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *facts, 0, 0, 0, 0, offset) + name)
    index, start = b"".join(directory), out.tell()
    out.write(index)
    out.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(directory), len(directory), len(index), start, 0))
    return out.getvalue()


_DeflatedBlock = tuple[bytes, int]
"""A deflated block, and the checksum of its content."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part that is being deflated: its blocks, and the length of the content of each."""

    blocks: list[Future[_DeflatedBlock]]
    lengths: list[int]

    def join_blocks(self) -> tuple[list[bytes], int]:
        """Wait for all blocks. Returns them as one deflate stream, and the checksum of the part."""
        stream, crc = [], 0
        for block, length in zip(self.blocks, self.lengths, strict=True):
            squeezed, own = block.result()
            stream.append(squeezed)
            crc = isal_zlib.crc32_combine(crc, own, length)
        return [*stream, _END], crc


class _Deflater:
    """Deflates blocks in threads, and waits if too many are rendered ahead."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._ahead: deque[Future[_DeflatedBlock]] = deque()

    def add_part(self, pieces: Iterable[bytes]) -> _Part:
        part = _Part([], [])
        for block in _content_blocks(pieces):
            if len(self._ahead) == AHEAD:
                self._ahead.popleft().result()
            self._ahead.append(self._threads.submit(_deflate_block, block))
            part.blocks.append(self._ahead[-1])
            part.lengths.append(len(block))
        return part


def _content_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces joined into blocks of at least ``BLOCK`` bytes, which are worth a thread."""
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= BLOCK:
            yield b"".join(held)
            held = []
    yield b"".join(held)


def _deflate_block(block: bytes) -> _DeflatedBlock:
    """Return a block deflated by itself up to a byte boundary: such blocks joined together are one stream."""
    squeeze = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
    return squeeze.compress(block) + squeeze.flush(isal_zlib.Z_SYNC_FLUSH), isal_zlib.crc32(block)


_END = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15).flush()
"""The end of a deflate stream."""
