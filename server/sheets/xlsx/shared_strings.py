"""The list of texts of a workbook. Cells refer to its texts by number.

So cells have a short, bounded width even for long texts, and a name on a hundred thousand rows is escaped
only once.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

LONGEST = 32_767
"""UTF-16 units Excel accepts in a cell."""

_ILLEGAL = re.compile("\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
TAIL = b"</sst>"
_OPEN = b'<si><t xml:space="preserve">'
_CLOSE = b"</t></si>"


def legal_text(text: str) -> str:
    """Return the text with each character XML cannot hold shown as \N{REPLACEMENT CHARACTER}."""
    return _ILLEGAL.sub(lambda match: "\n" if match[0][0] == "\r" else "\N{REPLACEMENT CHARACTER}", text)


class SharedStrings:
    """Collects texts and numbers them in order."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text."""
        number = self._numbers.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        return number

    def add_texts(self, texts: Sequence[str]) -> int:
        """Add the texts of a whole column without looking them up. Returns the number of the first.

        The list may then hold a text twice: looking up a hundred thousand texts takes longer than writing a few
        again.
        """
        first = len(self._texts)
        self._texts.extend(texts)
        return first

    def xml(self) -> bytes:
        """Return the part ``xl/sharedStrings.xml``."""
        return b"".join([HEAD, items_xml(self._texts), TAIL])


def items_xml(texts: Sequence[str]) -> bytes:
    """Return the items of the list of texts. All of them are escaped as one text, separated by NUL, which no legal text contains."""
    if not texts:
        return b""
    if max(map(len, texts)) > LONGEST // 2:
        texts = [_clip_text(text) for text in texts]
    if not "".join(texts).isprintable():
        texts = [legal_text(text) for text in texts]
    items = _escape_text("\0".join(texts)).encode().replace(b"\0", _CLOSE + _OPEN)
    return b"".join([_OPEN, items, _CLOSE])


def _escape_text(text: str) -> str:
    """Escape for XML, and for Excel, which reads ``_x0041_`` as "A" unless its underscore is spelled out."""
    return escape(_ESCAPE_LIKE.sub("_x005F_", text) if "_x" in text else text)


def _clip_text(text: str) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[: 2 * LONGEST].decode("utf-16-le", "ignore") if len(units) > 2 * LONGEST else text
