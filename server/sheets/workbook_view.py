"""What a workbook shows of the sheets that were sent, for the links and the words of lists that lead to their cells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class WorkbookView:
    """Which sheets a cell can link to, which the workbook hides, and which rows of a sheet it hides or filters out.

    A link to a hidden row selects a cell that nobody sees, and Excel does not show the row for it, so the list says so.
    """

    shown: Collection[str] = ()
    hidden: Collection[str] = ()
    hidden_rows: Mapping[str, Collection[int]] = field(default_factory=dict)

    def hidden_words(
        self, sheet: str, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> list[str]:
        """Return for each stretch of rows what of it is hidden: ``(hidden row)``, ``(2 hidden rows)``, "" for nothing.

        A stretch is from Excel's row ``starts[i]`` to ``ends[i]``, or 0 to 0 if the whole sheet is meant.
        """
        if sheet in self.hidden:
            return ["(hidden sheet)" if start else "" for start in starts.tolist()]
        rows = np.unique(np.fromiter(self.hidden_rows.get(sheet, ()), dtype=np.int64))
        counts = np.searchsorted(rows, ends, "right") - np.searchsorted(rows, starts, "left")
        lengths = ends - starts + 1
        return [
            _in_words(count, length) if start else ""
            for start, count, length in zip(starts.tolist(), counts.tolist(), lengths.tolist(), strict=True)
        ]


NOTHING_SHOWN = WorkbookView()
"""The view of a workbook without the sheets that the cells are on: no cell is a link."""


def _in_words(count: int, length: int) -> str:
    """Return how many rows of a stretch are hidden. The number is left out if it is all of them."""
    if not count:
        return ""
    noun = "row" if count == 1 else "rows"
    return f"(hidden {noun})" if count == length else f"({count:,} hidden {noun})"
