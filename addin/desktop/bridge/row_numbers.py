"""Row numbers as the text of a cell: ``4-9,12``."""

from collections.abc import Iterator, Sequence
from typing import Final

LONGEST_CELL: Final = 32_767


def rows_in_words(rows: Sequence[int]) -> str:
    """Return row numbers as ``4-9,12``; "" if no cell can hold them, so that the service asks which rows are meant."""
    stretches: list[list[int]] = []
    for row in sorted(rows):
        if stretches and row == stretches[-1][1] + 1:
            stretches[-1][1] = row
        else:
            stretches.append([row, row])
    text = ",".join(f"{first}-{last}" for first, last in stretches)
    return text if len(text) <= LONGEST_CELL else ""


def row_numbers(text: str) -> Iterator[int]:
    """Yield the row numbers of such a text."""
    for stretch in filter(None, text.split(",")):
        first, last = stretch.split("-")
        yield from range(int(first), int(last) + 1)
