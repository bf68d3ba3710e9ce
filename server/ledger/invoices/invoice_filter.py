"""Which invoices to find: a filter, and its conditions in SQL. Lists, aging, exports and statements use the same one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.invoice import State
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices import parties

Days = tuple[date | None, date | None]
"""The first and the last day of a range, ``None`` for an open end."""

ANY_DAY: Days = (None, None)


def in_both(one: Days, other: Days) -> Days:
    """Return the days that two ranges have in common. An end that is open in both stays open."""
    firsts = [day for day in (one[0], other[0]) if day]
    lasts = [day for day in (one[1], other[1]) if day]
    return max(firsts, default=None), min(lasts, default=None)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to find: those that match every field. An empty field matches any invoice.

    Names and cheque numbers match in any spelling that folds alike. An invoice matches the number of any cheque that was
    recorded on it, also one that bounced. An aging bucket is a range of ``created``. With ``holds_credit``, those
    that hold unapplied credit are found beside those in one of the ``states``, or alone if it names none.
    """

    states: Collection[State] = ()
    holds_credit: bool = False
    payer: str = ""
    attorney: str = ""
    facility: str = ""
    physician: str = ""
    patient: str = ""
    case: str = ""
    cheque: str = ""
    created: Days = ANY_DAY
    exam_date: Days = ANY_DAY
    paid_on: Days = ANY_DAY


EVERY = InvoiceFilter()
HOLDING_CREDIT = InvoiceFilter(holds_credit=True)

_STATES = ValueTable("wanted", "state")

_IN_STATES = fill_in("invoice.state IN (SELECT wanted.state FROM {states})", states=_STATES.sql)
_HOLDS_CREDIT = "invoice.unapplied_cents > 0"
_NAMED = {
    **{name: f"{name}.folded = ?" for name in ("payer", "attorney", "facility", "physician", "patient")},
    "case": "patient_case.folded = ?",
    "cheque": """invoice.id IN (
    SELECT step.invoice FROM cheque
    JOIN allocation ON allocation.cheque = cheque.id
    JOIN step ON step.id = allocation.step
    WHERE cheque.number = ?
)""",
}
_BETWEEN = {
    name: (f"invoice.{name} >= ?", f"invoice.{name} <= ?") for name in ("created", "exam_date", "paid_on")
}


def filter_conditions(invoice_filter: InvoiceFilter) -> tuple[list[str], list[object]]:
    """Return a filter as conditions over the columns, and their parameters."""
    conditions: list[str] = []
    parameters: list[object] = []
    if invoice_filter.states:
        either = f"({_IN_STATES} OR {_HOLDS_CREDIT})"
        conditions.append(either if invoice_filter.holds_credit else _IN_STATES)
        parameters.append(_STATES.values(sorted(invoice_filter.states)))
    elif invoice_filter.holds_credit:
        conditions.append(_HOLDS_CREDIT)
    for name, condition in _NAMED.items():
        if spelling := getattr(invoice_filter, name):
            conditions.append(condition)
            parameters.append(parties.matching_text(spelling))
    for name, stretch in _BETWEEN.items():
        for day, condition in zip(getattr(invoice_filter, name), stretch, strict=True):
            if day is not None:
                conditions.append(condition)
                parameters.append(day.isoformat())
    return conditions, parameters
