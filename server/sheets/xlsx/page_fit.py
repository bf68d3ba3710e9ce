"""On how many pages a sheet is printed, so that no last page is nearly empty.

Readers break pages by themselves. We tell them the number of pages: what would spill a few rows is set a little smaller.
"""

from collections.abc import Sequence
from math import ceil

POINTS = 72
PAPER = (8.5, 11.0)
"""Letter, in inches."""

MARGIN_SIDES, MARGIN_ENDS = 0.5, 0.75
"""The margins of every sheet, in inches."""

SPILL = 0.08
"""The share of the pages before it that a last page may hold and still be spread over them."""


def page_points(widths: Sequence[float], *, landscape: bool) -> float:
    """Return how many points of rows fit on a page, if columns of these widths are fitted to its width."""
    across, down = reversed(PAPER) if landscape else PAPER
    sheet = sum(int(width * 7 + 5) * 0.75 for width in widths)
    scale = min(1.0, (across - 2 * MARGIN_SIDES) * POINTS / sheet)
    return (down - 2 * MARGIN_ENDS) * POINTS / scale


def pages_for(height: float, repeated: float, page: float) -> int:
    """Return on how many pages rows are printed.

    ``height`` is that of all rows in points, ``repeated`` of those that each later page begins with, ``page`` of a page.
    """
    if height <= page:
        return 1
    later = page - repeated
    pages = 1 + ceil((height - page) / later)
    spilled = height - page - (pages - 2) * later
    return pages - 1 if spilled <= SPILL * (pages - 1) * later else pages
