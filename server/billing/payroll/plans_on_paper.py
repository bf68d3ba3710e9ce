"""The plan lines, as a provider's statement lists them (rule: pay-runs#pay-plans)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from server.billing.clinics import ANY
from server.billing.payroll.plan_lines import PlanLine

PLANS_TITLE = "Pay plans"
PLAN_HEADINGS = ("Plan", "From", "To", "Amount")
"""The columns of the list of plan lines, on sheet and paper. Below each row is a line with how it comes to its amount."""


def plan_values(line: PlanLine) -> tuple[str, date, date, int]:
    """Return the values of a plan line under its headings: the plan, the days of the pay period, and cents."""
    return line.title, line.first, line.last, line.amount_cents


def plans_with_named_services(
    lines: Iterable[PlanLine], label_of: Callable[[str], str]
) -> tuple[PlanLine, ...]:
    """Return plan lines with the words for their services; ``label_of`` gives them by code."""
    return tuple(
        replace(one, service=label_of(one.service)) if one.service not in {"", ANY} else one for one in lines
    )
