"""A case: one injury of one patient, and all its invoices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.billing.invoices.invoice import SETTLED, Action, Invoice, State
from server.billing.invoices.state_machine import RULES, open_actions

_TO_CLEAR = frozenset(rule.state for rule in RULES if rule.action is Action.CLEAR)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the clinic's list shows it: ``states`` counts its invoices, ``id`` only tells it from others.

    ``name`` is "" where the clinic gave none; two patients may have cases of one name.
    """

    id: int
    patient: str
    name: str
    attorney: str
    payer: str
    states: Mapping[State, int]
    balance_cents: int

    @property
    def invoices(self) -> int:
        """Return how many invoices it has."""
        return sum(self.states.values())

    @property
    def clearable(self) -> int:
        """Return how many of them have cheques to clear."""
        return sum(count for state, count in self.states.items() if state in _TO_CLEAR)

    @property
    def is_settled(self) -> bool:
        """Return whether nothing of it waits any more."""
        return self.states.keys() <= SETTLED


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which invoices of a case can be cleared at once, which still wait, and whether all is settled.

    The numbers are in the order the invoices came. A case without invoices is not settled.
    """

    clearable: tuple[str, ...]
    waiting: tuple[str, ...]
    is_settled: bool


def settlement_of(invoices: Iterable[Invoice]) -> Settlement:
    """Sort a case's invoices: it is settled when each is paid, written off or voided
    (rule: invoices#settled).
    """
    every = tuple(invoices)
    unsettled = [invoice for invoice in every if invoice.state not in SETTLED]
    clearable = [invoice.number for invoice in unsettled if Action.CLEAR in open_actions(invoice)]
    waiting = [invoice.number for invoice in unsettled if invoice.number not in clearable]
    return Settlement(tuple(clearable), tuple(waiting), bool(every) and not unsettled)
