"""The adjustments of earlier pay, as a provider's statement lists them (rule: payroll#payroll-sheets).

A statement goes to its provider, so it names no other provider and no patient.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from server.billing.payroll.adjustments import FURTHER_PAY, Adjustment
from server.billing.payroll.provider_totals import ADJUSTMENTS_PART, FURTHER_PART

ADJUSTMENT_HEADINGS = ("Service", "Date", "Appointment", "Paid before", "Earns now", "Difference")
"""The columns of the list of adjustments, on sheet and paper. Below each row is a line with ``change_in_words``."""

TOTAL_HEADINGS = ("What it adds up", "Amount")
"""The columns of the list of what the total to pay adds up."""


def named_services(
    adjustments: Iterable[Adjustment], label_of: Callable[[str], str]
) -> tuple[Adjustment, ...]:
    """Return the adjustments by day with the words for their services; ``label_of`` gives them by code."""
    by_day = sorted(adjustments, key=lambda one: one.day)
    return tuple(replace(one, service=label_of(one.service)) for one in by_day)


def adjustment_values(one: Adjustment) -> tuple[str, date, str, int, int, int]:
    """Return the values of an adjustment under its headings: service, day, appointment, and three times cents."""
    return one.service, one.day, one.appointment, one.was_cents, one.now_cents, one.amount_cents


def adjustments_title(lines: Iterable[Adjustment]) -> str:
    """Return the title of a list of adjustments, which may also have shares and supervision."""
    further = {one.kind in FURTHER_PAY for one in lines}
    if further == {True}:
        return FURTHER_PART
    return f"{ADJUSTMENTS_PART}, shares and supervision" if True in further else ADJUSTMENTS_PART


def kind_in_words(one: Adjustment) -> str:
    """Return what changed: ``Amount changed``, ``Late visit``."""
    return one.kind.value.capitalize()


def change_in_words(one: Adjustment) -> str:
    """Return what changed, in which run it was paid, and the reason."""
    if one.kind in FURTHER_PAY:
        return f"{one.reason} The visit is paid in run {one.of_run}."
    run = f"paid in run {one.of_run}" if one.of_place is not None else f"not in run {one.of_run}"
    return f"{kind_in_words(one)}, {run}: {one.reason}"
