"""The lines of a draft or of a closed run, as the ledger stores them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class PayLines:
    """The visits that a run pays: a list for each column, with one value for each line.

    ``identity`` is the identity of the visit, ``day`` is ISO text, ``units`` and ``minutes`` are thousandths, ``rate``
    is a position in the rates used. Lists, because making 100,000 line objects would take a fifth of a second.
    """

    identity: list[str]
    source_row: list[int]
    appointment: list[str]
    day: list[str]
    provider: list[str]
    service: list[str]
    counts_as: list[str]
    provider_key: list[str]
    patient_key: list[str]
    units: list[int | None]
    minutes: list[int | None]
    charge_cents: list[int | None]
    collected_cents: list[int | None]
    rate: list[int]
    amount_cents: list[int]

    def without(self, places: AbstractSet[int]) -> "PayLines":
        """Return the lines but those at some places."""
        if not places:
            return self
        kept = [place for place in range(len(self.identity)) if place not in places]
        return PayLines(*([getattr(self, column)[place] for place in kept] for column in COLUMNS))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the lines one by one, with values in the order of ``COLUMNS``."""
        return zip(*(getattr(self, column) for column in COLUMNS), strict=True)


COLUMNS = tuple(column.name for column in fields(PayLines))
"""The columns of a line."""
