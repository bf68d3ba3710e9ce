"""The filters of a list of invoices. Buttons and addresses name them with the same words."""

from collections.abc import Collection, Mapping
from datetime import date

from server.billing.days import us
from server.billing.invoices.invoice import SETTLED, State
from server.billing.receivables.aging_buckets import Bucket
from server.errors import MissingInput
from server.ledger.invoices.invoice_filter import ANY_DAY, Days, InvoiceFilter, in_both

OPEN, ALL, CREDIT = "open", "all", "credit"
OPEN_STATES = tuple(state for state in State if state not in SETTLED)
OWING_STATES = (State.PENDING_INVOICE, State.PENDING_REDUCTION, State.PENDING_CHEQUE)
"""The states in which an invoice can have a balance. What is open also has those whose cheque has not cleared, and credit."""

NAMED = ("payer", "attorney", "facility", "physician", "patient", "case", "cheque")
"""What an invoice is found by in any spelling that folds alike; of a cheque, its number."""

DATES = {"created": "created", "exam": "exam_date", "paid": "paid_on"}
"""The dates that ``from`` and ``to`` can limit, and their names in the books."""


def states_named(words: Collection[str]) -> tuple[State, ...]:
    """Return the states that words name: ``open`` are all that are not settled. () stands for all of them."""
    if ALL in words:
        return ()
    return tuple(state for state in State if state in words or (OPEN in words and state in OPEN_STATES))


def is_credit_named(words: Collection[str]) -> bool:
    """Return whether words name invoices that hold unapplied credit. What is open includes them."""
    return ALL not in words and (OPEN in words or CREDIT in words)


def days_between(first: date | None, last: date | None) -> Days:
    """Return the range of days; raises MissingInput if it holds no day."""
    if first and last and last < first:
        sentence = f"From {us(first)} to {us(last)} there is no day."
        raise MissingInput("to", sentence, "Give “to” as a day on or after “from”.")
    return first, last


def invoice_filter(
    today: date,
    words: Collection[str],
    spellings: Mapping[str, str],
    limited: tuple[str, Days],
    bucket: Bucket | None,
) -> InvoiceFilter:
    """Return a filter for the books.

    ``words`` name states, as in ``states_named`` and ``is_credit_named``. ``spellings`` has spellings by the names in ``NAMED``. ``limited`` is a kind of date, as in ``DATES``, and the
    range it is in. The invoices of a bucket are those whose age today is in it.
    """
    about, days = limited
    ranges = {DATES[about]: days}
    if bucket:
        ranges["created"] = in_both(bucket.creation_days(today), ranges.get("created", ANY_DAY))
    return InvoiceFilter(
        states=states_named(words),
        holds_credit=is_credit_named(words),
        **{name: spellings.get(name, "") for name in NAMED},
        created=ranges.get("created", ANY_DAY),
        exam_date=ranges.get("exam_date", ANY_DAY),
        paid_on=ranges.get("paid_on", ANY_DAY),
    )


def words_without_names(invoice_filter: InvoiceFilter) -> str:
    """Return what a filter narrows to for the access log: kinds of names, but no name. ``all invoices`` if it narrows nothing."""
    words = [", ".join(sorted(state.value for state in invoice_filter.states))]
    words += ["credit" if invoice_filter.holds_credit else ""]
    words += [f"one {name}" for name in NAMED if getattr(invoice_filter, name)]
    for about, field in DATES.items():
        first, last = getattr(invoice_filter, field)
        ends = [f"{word} {day.isoformat()}" for word, day in (("from", first), ("to", last)) if day]
        words += [f"{about} {' '.join(ends)}" if ends else ""]
    return "; ".join(filter(None, words)) or "all invoices"
