"""Where a page of a list begins, and how the list is sorted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from server.ledger.engine.statement_texts import after_row, in_order


class ListOrder(StrEnum):
    """The orders in which a list can be sorted; each list has its own. Of equal rows, the one recorded first comes first,
    or last if descending.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the list is sorted by, of which the last tells all rows apart."""
        return ("id",) if self.value == "recorded" else (self.value, "id")


Order = TypeVar("Order", bound=ListOrder)


@dataclass(frozen=True, slots=True)
class ListPlace(Generic[Order]):
    """Where a page of a list begins: after the row with the key ``after``, 0 or "" for the first page."""

    order: Order
    after: int | str = 0
    is_descending: bool = False

    def sort_columns(self, table: str) -> str:
        """Return what follows ORDER BY for a list of a table's rows."""
        return in_order(table, self.order.columns, is_descending=self.is_descending)

    def later_rows(self, table: str, key: str) -> tuple[list[str], list[object]]:
        """Return the condition that a row comes after this place, and its parameter. The first page has neither."""
        if not self.after:
            return [], []
        return [after_row(table, self.order.columns, key, is_descending=self.is_descending)], [self.after]
