"""The text cells of a workbook and their styles, read from its XML by nothing but an XML parser."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree as ET
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What text begins with that spreadsheets take for a formula."""


class TextCell(NamedTuple):
    """A cell of text: the part and the place it is in, and whether its style says that it is text."""

    part: str
    place: str
    text: str
    has_quote_prefix: bool

    @property
    def looks_like_formula(self) -> bool:
        return self.text.startswith(FORMULA_STARTS)


def text_cells(workbook: bytes) -> Iterator[TextCell]:
    """Yield every cell of text that is no formula."""
    with ZipFile(BytesIO(workbook)) as archive:
        names = archive.namelist()
        shared = (
            _shared_texts(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        )
        styles = _tree(archive.read("xl/styles.xml"))
        formats = styles.find(f"{MAIN}cellXfs")
        assert formats is not None
        prefixed = [one.get("quotePrefix") in {"1", "true"} for one in formats]
        for name in sorted(names):
            if not name.startswith("xl/worksheets/sheet"):
                continue
            for cell in _tree(archive.read(name)).iter(f"{MAIN}c"):
                kind = cell.get("t")
                if kind not in {"s", "inlineStr", "str"} or cell.find(f"{MAIN}f") is not None:
                    continue
                value = "".join(
                    part.text or "" for part in cell.iter() if part.tag in {f"{MAIN}v", f"{MAIN}t"}
                )
                text = shared[int(value)] if kind == "s" else value
                yield TextCell(name, str(cell.get("r")), text, prefixed[int(cell.get("s", "0"))])


def formula_cells(workbook: bytes) -> list[str]:
    """Return the place of every formula."""
    with ZipFile(BytesIO(workbook)) as archive:
        sheets = [_tree(archive.read(name)) for name in archive.namelist() if "worksheets/sheet" in name]
    cells = (cell for sheet in sheets for cell in sheet.iter(f"{MAIN}c"))
    return [str(cell.get("r")) for cell in cells if cell.find(f"{MAIN}f") is not None]


def _shared_texts(part: bytes) -> list[str]:
    return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in _tree(part)]


def _tree(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - our own
