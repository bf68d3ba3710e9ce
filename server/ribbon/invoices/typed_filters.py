"""The filters of a click: which invoices a button works on, by the options that staff set beforehand."""

from collections.abc import Iterable

from server.billing.days import us
from server.billing.invoices.invoice import STATE_LABELS, State, state_named
from server.billing.names import fold
from server.billing.receivables.aging_buckets import EVERY_BUCKET, Bucket, bucket_named
from server.errors import MissingInput
from server.ledger.invoices.invoice_filter import Days, InvoiceFilter
from server.operations.invoice_filters import (
    ALL,
    CREDIT,
    DATES,
    NAMED,
    OPEN,
    OPEN_STATES,
    days_between,
    invoice_filter,
    is_credit_named,
    states_named,
)
from server.ribbon.context import ClickContext


def read_filters(context: ClickContext, otherwise: str = OPEN) -> tuple[InvoiceFilter, dict[str, str]]:
    """Return the filter for the invoices, and its parts in words by their kind.

    ``otherwise`` are the states if the click names none. Raises MissingInput for an answer that is no filter.
    """
    answers = context.click.answers()
    # Who looks for a cheque looks for what it paid.
    states, named_states = _state_words(answers.get("state", ALL if "cheque" in answers else otherwise))
    parties = {name: answers[name] for name in NAMED if name in answers}
    words = {"state": named_states} | {name: f"{name} {spelling}" for name, spelling in parties.items()}
    limited, days = _day_filter(context)
    if days:
        words["dates"] = days
    bucket = _bucket_filter(answers["bucket"]) if "bucket" in answers else None
    if bucket:
        words["bucket"] = f"{bucket.name} days old"
    return invoice_filter(context.today, states, parties, limited, bucket), words


def _state_words(answer: str) -> tuple[list[str], str]:
    """Return the words of an answer that name states, and what they stand for in words.

    Commas or semicolons separate several; no state means all. What is open includes unapplied credit. A state is named
    by its label or its code.
    """
    words = [state_named(word) or fold(word) for word in answer.replace(";", ",").split(",") if fold(word)]
    if ALL in words:
        return words, "all states"
    if unknown := [word for word in words if word not in {OPEN, CREDIT, *State}]:
        raise _unknown_answer("state", unknown[0], (OPEN, ALL, CREDIT, *STATE_LABELS.values()))
    states = states_named(words)
    labels = [OPEN] if states == OPEN_STATES else [state.label for state in states]
    named = [*labels, *([CREDIT] if is_credit_named(words) and OPEN not in labels else [])]
    return words, ", ".join(named)


def _bucket_filter(answer: str) -> Bucket:
    if bucket := bucket_named(answer):
        return bucket
    raise _unknown_answer("bucket", answer, [one.name for one in EVERY_BUCKET])


def _day_filter(context: ClickContext) -> tuple[tuple[str, Days], str]:
    """Return the kind of date with the range of days, and both in words ("" if no days are given)."""
    about = context.click.answers().get("dates", "created").casefold()
    if about not in DATES:
        raise _unknown_answer("dates", about, list(DATES))
    days = days_between(context.day("from"), context.day("to"))
    parts = [f"{word} {us(day)}" for word, day in zip(("from", "to"), days, strict=True) if day]
    return (about, days), f"{about} {' '.join(parts)}" if parts else ""


def _unknown_answer(name: str, answer: str, choices: Iterable[str]) -> MissingInput:
    sentence = f"“{answer}” is no {name} an invoice can have."
    return MissingInput(name, sentence, f"Give “{name}” as one of: {', '.join(choices)}.")
