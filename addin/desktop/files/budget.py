"""How much a file from outside may ask for (ADR 29). What exceeds a limit is refused before its objects are made."""

from collections import Counter
from enum import Enum
from pathlib import Path

from addin.desktop.files.refusals import TooLarge


class Limit(Enum):
    """The most of one thing that all sheets of a file have together, and its name in the refusal."""

    CELLS = (16_777_216, "cells")
    """Sixteen columns of a full sheet. A cell takes half a kilobyte of memory."""

    FAR_CELLS = (1_000_000, "cells to the right of column 1,000")
    """No log has a thousand columns, and every column is looked at by itself."""

    AREA = (1_000_000, "cells in merged blocks, hyperlinks and comments")
    """Each of them becomes an object, whether it holds something or not."""

    BOX = (67_108_864, "cells between its first and its last one, empty ones included")
    """What a request has to hold if it is sent: columns times rows."""

    TEXT = (1_000_000_000, "characters")
    """Text that many cells share is sent once for each of them."""

    STRINGS = (8_000_000, "different texts")
    LINKS = (65_530, "hyperlinks")
    """As many as Excel keeps on a sheet."""

    MERGES = (100_000, "merged blocks")
    LINKS_IN_MERGES = (10_000_000, "pairs of a hyperlink and a merged block")
    """On each sheet, every link of a merged cell is looked for in every block."""

    LONG_FORMULAS = (20_000_000, "characters in long formulas that cells share")
    """Such a formula is written once and made anew for each cell."""

    NAMES = (50_000, "defined names")
    SHEETS = (1_000, "sheets")
    ELEMENTS = (500_000, "styles, rules and other settings")
    """Elements of XML outside of cells and texts, and the areas that they list. One takes thirty times as long as a cell."""

    TAGS = (120_000_000, "XML tags")
    UNPACKED = (2_000_000_000, "bytes when it is unpacked")
    """A million rows of 12 columns are about half a billion."""

    @property
    def most(self) -> int:
        """Return the largest number that is allowed."""
        return self.value[0]


class Budget:
    """What reading one file has used so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._used: Counter[Limit] = Counter()

    def spend(self, limit: Limit, amount: int = 1) -> None:
        """Add an amount. Raises TooLarge, naming the limit, if the file now has more than is allowed."""
        self._used[limit] += amount
        if self._used[limit] > limit.most:
            raise TooLarge(self._path, f"it has more than {limit.most:,} {limit.value[1]}")
