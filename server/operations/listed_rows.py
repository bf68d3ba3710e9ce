"""A page of a list, whatever its rows are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListedRows(Generic[Row]):
    """The rows of a page, whether more follow, and how many rows there are on all pages."""

    rows: Sequence[Row]
    has_more: bool
    total: int

    @classmethod
    def of_found(cls, found: Sequence[Row], most: int, total: int) -> Self:
        """Return a page of at most ``most`` of the rows found. One row more was asked for, to see whether more follow."""
        return cls(found[:most], has_more=len(found) > most, total=total)
