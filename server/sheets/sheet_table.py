"""A sheet with one table: what its columns are called, how wide they are, and what their cells hold."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    AMOUNT = "amount"
    """Money or a percentage, depending on the row's pay basis."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet. ``width`` is in characters, ``help`` is one line for the person who fills it in."""

    title: str
    width: int
    kind: Kind = Kind.TEXT
    help: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet with one table: its name, and its columns in the order that we write them."""

    name: str
    headings: tuple[Heading, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the exact headings."""
        return tuple(heading.title for heading in self.headings)

    def position(self, title: str) -> int:
        """Return the 0-based position of a heading."""
        return self.titles.index(title)
