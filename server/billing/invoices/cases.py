"""A case: one injury of one patient, and all its invoices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.invoice import SETTLED, Action, Invoice, State
from server.billing.invoices.state_machine import RULES, open_actions

_TO_CLEAR = frozenset(rule.state for rule in RULES if rule.action is Action.CLEAR)


@dataclass(frozen=True, slots=True)
class Injury:
    """What a payer knows a case by: the day of the injury and the number of the claim, ``None`` and "" if unknown."""

    injured_on: date | None = None
    claim_number: str = ""

    def __bool__(self) -> bool:
        """Return whether anything is known."""
        return bool(self.injured_on or self.claim_number)


@dataclass(frozen=True, slots=True)
class Case:
    """A case in the clinic's list. ``states`` counts its invoices by state; ``id`` only identifies it.

    ``name`` is "" if the clinic gave none. Two patients may have cases with the same name.
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
        """Return whether all its invoices are settled."""
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
    """Return the settlement of a case's invoices. A case is settled when each is paid, written off or voided
    (rule: invoices#settled).
    """
    every = tuple(invoices)
    unsettled = [invoice for invoice in every if invoice.state not in SETTLED]
    clearable = [invoice.number for invoice in unsettled if Action.CLEAR in open_actions(invoice)]
    waiting = [invoice.number for invoice in unsettled if invoice.number not in clearable]
    return Settlement(tuple(clearable), tuple(waiting), bool(every) and not unsettled)
