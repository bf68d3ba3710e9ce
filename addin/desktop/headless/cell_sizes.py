"""Sizes of cells in points, as Excel computes them from widths in characters and heights in points."""

from typing import Any

from openpyxl.utils import get_column_letter

POINTS_PER_PIXEL = 0.75
USUAL_WIDTH, USUAL_HEIGHT = 8.43, 15.0


def column_points(ws: Any, column: int) -> float:  # noqa: ANN401 - openpyxl's stubs know its public side only
    """Return the width of a column, 0 if it is hidden."""
    own = ws.column_dimensions.get(get_column_letter(column))
    # A file may say the width of several columns at their first one.
    shared = (one for one in ws.column_dimensions.values() if one.min and one.min <= column <= one.max)
    dimension = own or next(shared, None)
    if dimension is not None and dimension.hidden:
        return 0.0
    width = dimension.width if dimension is not None else ws.sheet_format.defaultColWidth or USUAL_WIDTH
    return int(width * 7 + 5) * POINTS_PER_PIXEL


def row_points(ws: Any, row: int) -> float:  # noqa: ANN401
    """Return the height of a row, 0 if it is hidden."""
    dimension = ws.row_dimensions.get(row)
    if dimension is not None and dimension.hidden:
        return 0.0
    height = dimension.height if dimension is not None else None
    points: float = height or ws.sheet_format.defaultRowHeight or USUAL_HEIGHT
    return points
