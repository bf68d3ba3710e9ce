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
MANY = {("worksheet", "sheetData"), ("sst",)}
"""Elements that hold the cells and the shared texts, with the element around them. Anywhere else they are settings like any other."""

SETTINGS = ("styles.xml", "workbook.xml")
"""Parts that openpyxl makes into objects as a whole, whatever their elements are called: they hold no cells and no texts."""

READ_AMONG_CELLS = (b"sheetData", b"sst", b"mergeCell", b"hyperlink", b"definedName", b"comment")
"""Names of which one must be read where cells are: their end, and what spans an area or is limited by itself."""

COUNTED = {
    "definedName": Limit.NAMES,
    "sheet": Limit.SHEETS,
    "hyperlink": Limit.LINKS,
    "mergeCell": Limit.MERGES,
}
SPANNING = {"mergeCell", "hyperlink", "comment"}

MANY_SHARED_FORMULAS = 1_000
"""Fewer cannot cost much, however long the formula is."""


@dataclass(frozen=True, slots=True)
class PartSize:
    """What one part asks for each time it is read."""

    unpacked: int
    amounts: dict[Limit, int]


class PartMeter:
    """Takes the blocks of one part in turn. Raises TooLarge and HostileFile as soon as a limit is exceeded."""

    def __init__(self, path: Path, name: str, packed: int, budget: Budget) -> None:
        self._path = path
        self._is_settings = name.rpartition("/")[2].lower() in SETTINGS
        self._most_tags = max(FEW_TAGS, TAGS_PER_BYTE * packed)
        self._budget = budget
        self._size = 0
        self._amounts: dict[Limit, int] = {}
        self._last = b""
        self._among_cells = False
        self._around: list[str] = []
        self._must_read = True
        self._shared_formulas = 0
        self._parser: expat.XMLParserType | None = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.XmlDeclHandler = self._check_encoding
        self._read_elements()

    def add_block(self, block: bytes) -> None:
        """Measure the next block of the part."""
        self._size += len(block)
        self._budget.spend(Limit.UNPACKED, len(block))
        if self._parser is None:
            return  # a picture, or a part that no reader gets beyond this place of
        letters = self._last + (block.replace(b"\0", b"") if b"\0" in block else block)
        self._count_bytes(letters)
        self._last = letters[-16:]
        self._must_read = not self._among_cells or any(name in letters for name in READ_AMONG_CELLS)
        if self._must_read:
            self._read_elements()
        try:
            self._parser.Parse(block, False)  # noqa: FBT003 - it takes no keywords
        except expat.ExpatError:
            self._parser = None

    def has_many_shared_formulas(self) -> bool:
        """Return whether the formulas that cells share have to be measured."""
        return self._shared_formulas > MANY_SHARED_FORMULAS

    def part_size(self) -> PartSize:
        """Return what was measured."""
        pairs = self._amounts.get(Limit.LINKS, 0) * self._amounts.get(Limit.MERGES, 0)
        self._spend(Limit.LINKS_IN_MERGES, pairs)
        return PartSize(self._size, self._amounts)

    def _read_elements(self) -> None:
        if self._parser is not None:
            self._parser.StartElementHandler = self._measure_element
            self._parser.EndElementHandler = self._end_element

    def _skip_cells(self) -> None:
        """Read no further element until a block may hold one that counts."""
        if self._parser is not None:
            self._parser.StartElementHandler = self._parser.EndElementHandler = None

    def _count_bytes(self, letters: bytes) -> None:
        """Count tags, and, as many at least as there are, cells, shared texts and shared formulas."""
        self._shared_formulas += letters.count(b"shared") - self._last.count(b"shared")
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
        if not self._among_cells:
            self._spend(Limit.ELEMENTS, 1 + attributes.get("sqref", "").count(" "))
            self._around.append(local)
        if local in COUNTED:
            self._spend(COUNTED[local], 1)
        if local in SPANNING:
            self._spend(Limit.AREA, self._area(attributes.get("ref", "A1")))
        if tuple(self._around) in MANY and not self._is_settings:
            self._among_cells = True
        if self._among_cells and not self._must_read:
            # A tag that began in an earlier block has been read by now.
            self._skip_cells()

    def _end_element(self, name: str) -> None:
        # An element inside one of its own name would end it early: then there is nothing left to take off.
        if self._around and (not self._among_cells or name.rpartition(":")[2] == self._around[-1]):
            self._around.pop()
            self._among_cells = False

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
