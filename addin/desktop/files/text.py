"""Bytes to text, and text to cells, without losing a digit.

Excel itself turns ``00123`` into 123, ``2.98725E+13`` into a rounded number and ``10/05/2026``
into a date of whatever country the computer thinks it is in. We do not: what a cell cannot hold
without loss stays text, and the service decides what it means, per column, and reports it.
"""

import codecs
import re
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from addin.desktop.files.refusals import NotAWorkbook

Value = str | int | float | bool | None

LOSSLESS = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?")
"""No leading zeros, no plus, no exponent, no thousands separator."""

EXCEL_DIGITS = 15
"""A cell keeps 15 significant digits; the sixteenth of an ID would silently become 0."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters no .xlsx may hold."""

SHARE_OF_CONTROL = 0.02
COUNTED_AT_ONCE = 1_000_000
FEW = 3
"""Control characters that even a very short text may hold."""

FORMULA_SIGNS = "=+-@＝＋－＠"
"""Signs that begin a formula, also in the full-width forms that East Asian Excel takes for them."""

FORMULA_STARTS = frozenset(FORMULA_SIGNS + "\t\r\n \N{NO-BREAK SPACE}")
FORMULA_LIKE = re.compile(rf"[\t\r\n]|\s*[{FORMULA_SIGNS}]")

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decode_text(content: bytes, path: Path, *, cut: bool = False) -> str:
    """Return the text of a file: by its byte order mark, else UTF-8, else Windows-1252.

    ``cut`` says that ``content`` is the start of a longer file, so its last character may be incomplete.
    Refuses a file with too many control characters.
    """
    text = _decode_bytes(content, cut=cut)
    if _has_many_control_characters(text):
        raise NotAWorkbook(path, "neither text nor a workbook")
    return clean_text(text)


def _has_many_control_characters(text: str) -> bool:
    """Return whether there are too many. They are counted by the megabyte: a list of all could be endless."""
    allowed = max(SHARE_OF_CONTROL * len(text), FEW)
    counts = (
        len(CONTROL.findall(text, at, at + COUNTED_AT_ONCE)) for at in range(0, len(text), COUNTED_AT_ONCE)
    )
    return any(total > allowed for total in accumulate(counts))


def clean_text(text: str) -> str:
    """Return the text without the characters that no workbook may hold."""
    return CONTROL.sub("", text)


def needs_quote_prefix(text: str) -> bool:
    """Return whether Excel takes a text for a formula once somebody edits its cell.

    It begins with a tab, a line break or, after any spaces, a sign that begins a formula.
    """
    return text[:1] in FORMULA_STARTS and bool(FORMULA_LIKE.match(text))


def _decode_bytes(content: bytes, *, cut: bool) -> str:
    for bom, name in BOMS.items():
        if content.startswith(bom):
            return content.decode(name, errors="replace")
    with suppress(UnicodeDecodeError):
        return _read_to_the_end(content, _guess_encoding(content), cut=cut)
    with suppress(UnicodeDecodeError):
        return content.decode("cp1252")
    return content.decode("latin-1")


def _read_to_the_end(content: bytes, encoding: str, *, cut: bool) -> str:
    """Return the text of bytes in an encoding; raises UnicodeDecodeError if they are not in it.

    An incomplete character at the end of a whole file is never dropped: its cell would lose a character. If the
    rest is ASCII, the file is Windows-1252 and ends with, for example, a euro sign; in other text the character
    is damaged, and is shown as a replacement character.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    text = decoder.decode(content)
    left, _ = decoder.getstate()
    if cut or not left:
        return text
    return content.decode(encoding) if text.isascii() else f"{text}\N{REPLACEMENT CHARACTER}"


def _guess_encoding(content: bytes) -> str:
    sample = content[:4096]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return "utf-8"


def cell_of(text: str) -> Value:
    """Return what a cell holds for a field of a text file: number, boolean, nothing, or the text."""
    if not text:
        return None
    if LOSSLESS.fullmatch(text):
        if len(text.lstrip("-0.").replace(".", "")) > EXCEL_DIGITS:
            return text
        return float(text) if "." in text else int(text)
    folded = text.upper()
    if folded in {"TRUE", "FALSE"}:
        return folded == "TRUE"
    return text


def format_of(text: str, value: Value) -> str:
    """Return the number format that shows a number as the text file wrote it: 1.10 and 1.1 stay different."""
    return "0." + "0" * len(text.partition(".")[2]) if isinstance(value, float) else "General"
