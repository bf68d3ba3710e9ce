"""Heights of rows. Every row of our sheets has one that fits its text, and this module alone decides it.

Excel fits a row to its text when somebody edits it, and LibreOffice and file previews do not fit it at all. So we
write the height. The number of lines is estimated for a character of average width; a row is one line too high at
times, and never too low for plain text.
"""

from collections.abc import Iterator
from functools import cache
from unicodedata import east_asian_width

TEXT_SIZE = 10
LINE = 13.5
"""The height in points of a line of text of this size."""

ROOM = 2.25
"""Points above and below the lines of a row."""

MOST = 409.0
"""The most points that Excel accepts as the height of a row."""

MARGIN = 3
"""The width, in characters, of a cell's indent and margins."""


def height_of(lines: int, size: float = TEXT_SIZE) -> float:
    """Return the height, in points, of a row with this many lines of text of a size in points."""
    return min(LINE * lines * size / TEXT_SIZE + ROOM, MOST)


@cache
def _width_of(character: str) -> int:
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of ``width`` characters, at least 1."""
    room = max(1, int(width) - MARGIN)
    if len(text) * 2 <= room or (len(text) <= room and text.isascii() and "\n" not in text):
        return 1 + text.count("\n")
    return sum(_lines_of_paragraph(paragraph, room) for paragraph in text.split("\n"))


def _lines_of_paragraph(paragraph: str, room: int) -> int:
    lines, used = 1, 0
    for word in _word_widths(paragraph):
        if used and used + 1 + word > room:
            lines, used = lines + 1, 0
        used += word + (used > 0)
        if used > room:  # a word longer than the line is broken
            lines += (used - 1) // room
            used = (used - 1) % room + 1
    return lines


def _word_widths(paragraph: str) -> Iterator[int]:
    for word in paragraph.split(" "):
        yield len(word) if word.isascii() else sum(map(_width_of, word))
