"""Negative totals: what earlier runs left takes from this run, and what this run leaves (rule: pay-runs#carry-forward)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.billing.clinics import Provider
from server.billing.payroll.adjustments import Adjustment, CarriedForward
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.plan_lines import PlanLine
from server.billing.payroll.run_columns import PaidLines

Balance = tuple[str, str, int]
"""The lasting key of a provider, the name that was recorded, and what is carried forward in cents; never above 0."""


class CarriedRow(NamedTuple):
    """What one closed run carried in and out for a provider, in cents."""

    provider_key: str
    provider: str
    in_cents: int
    out_cents: int


def balances_after(rows: Iterable[CarriedRow]) -> list[Balance]:
    """Return what is carried forward after some rows, which are in the order in which their runs were closed.

    A provider may have another name by the time the balance is used up. The key then says whose it was.
    """
    left: dict[tuple[str, str], int] = {}
    for row in rows:
        own, rest = (row.provider_key, row.provider), row.in_cents
        for balance in sorted(
            (one for one in left if one[0] == row.provider_key), key=lambda one: one != own
        ):
            used = max(rest, left[balance])
            left[balance] -= used
            rest -= used
        left[own] = left.get(own, 0) - rest + row.out_cents
    return [(*balance, cents) for balance, cents in left.items() if cents]


def carried_by(
    lines: PaidLines,
    beside: Sequence[Adjustment | PayItemLine | PlanLine | PaymentLine],
    balances: Sequence[Balance],
    providers: Iterable[Provider],
) -> tuple[CarriedForward, ...]:
    """Return an entry for each provider with a balance or a negative total, by name.

    ``beside`` is what the run pays or takes off beside the lines of its period. A provider whom the log does not name keeps the balance, so that it is listed in every run until it is used up.
    """
    names = ProviderNames(providers, ((key, name) for key, name, _ in balances))
    keys: dict[str, str] = {}
    carried: dict[str, int] = defaultdict(int)
    for key, name, cents in balances:
        person = names.name_of(name, key)
        carried[person] += cents
        keys[person] = key
    earned: dict[str, int] = defaultdict(int)
    sums = lines.amount_cents.groupby(lines.provider, observed=True).sum()
    for name, cents in zip(sums.index.tolist(), sums.tolist(), strict=True):
        earned[name] += cents
    for one in beside:
        earned[one.provider] += one.amount_cents
        keys.setdefault(one.provider, one.provider_key)
    people = {name for name, cents in carried.items() if cents} | {
        name for name, cents in earned.items() if cents < 0
    }
    keys |= _keys_of(lines, people - keys.keys())
    return tuple(
        CarriedForward(name, keys.get(name, ""), carried[name], earned[name]) for name in sorted(people)
    )


def _keys_of(lines: PaidLines, names: set[str]) -> dict[str, str]:
    """Return the lasting keys of some providers of these lines."""
    if not names:
        return {}
    pairs = zip(lines.provider.tolist(), lines.provider_key.tolist(), strict=True)
    return {str(name): str(key) for name, key in pairs if name in names}
