"""Measures a part of an .xlsx while it is unpacked, before anything is made of it: tags, cells, and what spans areas.

A million cells are counted by searching bytes, which costs next to nothing: neither ``<`` nor the name of an element
can be written in another way in XML. Only outside of cells and shared texts is every element looked at.
"""

from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from openpyxl.worksheet.cell_range import CellRange

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.refusals import CorruptFile, HostileFile

FEW_TAGS = 500_000
TAGS_PER_BYTE = 8
"""Packed sheets have one or two tags for each byte. Above ``FEW_TAGS``, more than this is a bomb."""

ENCODINGS = {
    "utf-8",
    "utf8",
    "utf-16",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "latin1",
    "latin-1",
    "windows-1252",
}
"""In these the bytes of a tag are those of ASCII. A workbook may use only the first and the third."""

COUNTED_BY_BYTES = {Limit.CELLS: b"c", Limit.STRINGS: b"si"}
MANY = {"sheetData", "sst"}
"""Elements that hold the cells and the shared texts."""

NOT_AMONG_CELLS = (b"sheetData", b"mergeCell", b"hyperlink", b"definedName")
"""Names of which one must be read where cells are: their end, and what spans an area or is limited by itself."""

COUNTED = {"definedName": Limit.NAMES, "sheet": Limit.SHEETS, "hyperlink": Limit.LINKS}
SPANNING = {"mergeCell", "hyperlink"}


@dataclass(frozen=True, slots=True)
class PartSize:
    """What one part asks for each time it is read."""

    unpacked: int
    amounts: dict[Limit, int]


class PartMeter:
    """Takes the blocks of one part in turn. Raises TooLarge and HostileFile as soon as a limit is exceeded."""

    def __init__(self, path: Path, packed: int, budget: Budget) -> None:
        self._path = path
        self._most_tags = max(FEW_TAGS, TAGS_PER_BYTE * packed)
        self._budget = budget
        self._size = 0
        self._amounts: dict[Limit, int] = {}
        self._last = b""
        self._among_cells = False
        self._parser: expat.XMLParserType | None = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.XmlDeclHandler = self._check_encoding
        self._parser.StartElementHandler = self._measure_element

    def add_block(self, block: bytes) -> None:
        """Measure the next block of the part."""
        self._size += len(block)
        self._budget.spend(Limit.UNPACKED, len(block))
        if self._parser is None:
            return  # a picture, or a part that no reader gets beyond this place of
        letters = self._last + (block.replace(b"\0", b"") if b"\0" in block else block)
        self._count_bytes(letters)
        self._last = letters[-16:]
        if self._among_cells and any(name in letters for name in NOT_AMONG_CELLS):
            self._among_cells = False
        self._parser.StartElementHandler = None if self._among_cells else self._measure_element
        try:
            self._parser.Parse(block, False)  # noqa: FBT003 - it takes no keywords
        except expat.ExpatError:
            self._parser = None

    def part_size(self) -> PartSize:
        """Return what was measured."""
        return PartSize(self._size, self._amounts)

    def _count_bytes(self, letters: bytes) -> None:
        """Count tags, and, as many at least as there are, cells and shared texts."""
        self._spend(Limit.TAGS, letters.count(b"<") - self._last.count(b"<"))
        if self._amounts[Limit.TAGS] > self._most_tags:
            raise HostileFile(self._path)
        for limit, name in COUNTED_BY_BYTES.items():
            for before in (b"<", b":"):
                self._spend(limit, letters.count(before + name) - self._last.count(before + name))

    def _spend(self, limit: Limit, amount: int) -> None:
        self._amounts[limit] = self._amounts.get(limit, 0) + amount
        self._budget.spend(limit, amount)

    def _measure_element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._spend(Limit.ELEMENTS, 1)
        if local in MANY:
            self._among_cells = True
        if local in COUNTED:
            self._spend(COUNTED[local], 1)
        if local in SPANNING:
            self._spend(Limit.AREA, self._area(attributes.get("ref", "A1")))

    def _area(self, ref: str) -> int:
        """Return the number of cells of a reference such as ``A1:C3``."""
        try:
            area = CellRange(ref)
            return (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1)
        except (TypeError, ValueError):
            raise CorruptFile(self._path) from None

    def _refuse_doctype(self, *_declared: object) -> None:
        # No part of a genuine workbook has a document type, which is where entities are declared.
        raise HostileFile(self._path)

    def _check_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ENCODINGS:
            raise CorruptFile(self._path, "a part of it is written in an unusual encoding")
