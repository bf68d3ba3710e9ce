"""A case: one injury of one patient, and all its invoices."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.billing.invoicing.machine import open_actions
from server.billing.invoicing.values import SETTLED, Action, Invoice


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which invoices of a case can be cleared at once, which still wait, and whether all is settled.

    The numbers are in the order the invoices came. A case without invoices is not settled.
    """

    clearable: tuple[str, ...]
    waiting: tuple[str, ...]
    settled: bool


def settlement(invoices: Iterable[Invoice]) -> Settlement:
    """Sort a case's invoices: it is settled when each is paid, written off or voided (DOMAIN 3)."""
    every = tuple(invoices)
    unsettled = [invoice for invoice in every if invoice.state not in SETTLED]
    clearable = [invoice.number for invoice in unsettled if Action.CLEAR in open_actions(invoice)]
    waiting = [invoice.number for invoice in unsettled if invoice.number not in clearable]
    return Settlement(tuple(clearable), tuple(waiting), bool(every) and not unsettled)
