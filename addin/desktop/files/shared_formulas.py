"""Measures the formulas that cells of a sheet share: one is written once, and made anew for each of its cells."""

from typing import IO
from xml.parsers import expat

from addin.desktop.files.budget import Budget, Limit

FREE_LENGTH = 200
"""Characters of a formula that are not counted: filling down an ordinary formula costs little for each cell."""

BLOCK = 1 << 18


class _FormulaMeter:
    """Takes the events of one sheet and adds up how long the formulas are that are made for its cells."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lengths: dict[str, int] = {}
        self._number: str | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start_element
        self.parser.EndElementHandler = self._end_element

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "f" or attributes.get("t") != "shared":
            return
        self._number = attributes.get("si", "")
        length = self._lengths.setdefault(self._number, 0)
        self._budget.spend(Limit.LONG_FORMULAS, max(length - FREE_LENGTH, 0))
        if not length:
            self.parser.CharacterDataHandler = self._add_text

    def _add_text(self, text: str) -> None:
        if self._number is not None:
            self._lengths[self._number] += len(text)

    def _end_element(self, name: str) -> None:
        if self._number is not None and name.rpartition(":")[2] == "f":
            self._number = None
            self.parser.CharacterDataHandler = None


def measure_shared_formulas(sheet: IO[bytes], budget: Budget) -> None:
    """Spend the length of each long formula of a sheet once for each cell that shares it. Raises TooLarge."""
    meter = _FormulaMeter(budget)
    try:
        while block := sheet.read(BLOCK):
            meter.parser.Parse(block, False)  # noqa: FBT003 - it takes no keywords
    except expat.ExpatError:
        return  # no reader gets beyond this place
