"""Text that Excel takes for a formula once somebody edits its cell.

Such a cell is text in the file. But F2 and Enter enter it again, and then ``=HYPERLINK(..)`` is a formula. Excel leaves
it text if the cell's style has ``quotePrefix``, which is what a typed apostrophe sets.
"""

import re
from collections.abc import Sequence

from openpyxl.cell import Cell

FORMULA_SIGNS = "=+-@＝＋－＠"
"""Signs that begin a formula, also in the full-width forms that East Asian Excel takes for them."""

_FIRST = frozenset(FORMULA_SIGNS + "\t\r\n \N{NO-BREAK SPACE}")
_ANY_FIRST = re.compile(rf"\0[{re.escape(''.join(sorted(_FIRST)))}]")
_FORMULA = re.compile(rf"[\t\r\n]|\s*[{FORMULA_SIGNS}]")


def needs_quote_prefix(text: str) -> bool:
    """Return whether the text begins with a tab, a line break or, after any spaces, a sign that begins a formula."""
    return text[:1] in _FIRST and bool(_FORMULA.match(text))


def places_of_formula_like(texts: Sequence[str]) -> list[int]:
    """Return the positions of the texts that need quotePrefix.

    All texts are searched as one before each is looked at, because hardly any column has such a text. The first character
    is compared here too, because a call for each text takes half as long again.
    """
    if not _ANY_FIRST.search("\0".join(["", *texts])):
        return []
    return [place for place, text in enumerate(texts) if text[:1] in _FIRST and needs_quote_prefix(text)]


def put_text(cell: Cell, text: str) -> None:
    """Put a text into an openpyxl cell, which never makes a formula of it."""
    cell.value = text
    if text:
        cell.data_type = "s"
        cell.quotePrefix = needs_quote_prefix(text)
