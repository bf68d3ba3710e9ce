"""What providers did in a pay period, added up as pay plans count it (rule: pay-runs#pay-plans)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from server.billing.clinics import CountsAs
from server.billing.days import date_of
from server.billing.payroll.adjustments import FURTHER_PAY, Adjustment, PaidBy
from server.billing.payroll.pay_run import Period
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.run_columns import PaidLines


class Work(NamedTuple):
    """Sums of visits. ``units`` and ``minutes`` are thousandths; ``cents`` is what the Rates list pays.

    The last four count the visits of which the log says that quantity.
    """

    visits: int = 0
    units: int = 0
    minutes: int = 0
    charge_cents: int = 0
    collected_cents: int = 0
    cents: int = 0
    with_units: int = 0
    with_minutes: int = 0
    with_charge_cents: int = 0
    with_collected_cents: int = 0


NO_WORK = Work()


def sum_of_work(parts: Iterable[Work]) -> Work:
    """Return the sum of some work."""
    return Work(*map(sum, zip(NO_WORK, *parts, strict=True)))


class WorkRow(NamedTuple):
    """What one provider did for one service on one day, as lines recorded it. Missed visits are rows of their own.

    ``period_of`` are the first and the last day of the run that paid it.
    """

    provider_key: str
    provider: str
    service: str
    day: date
    is_attended: bool
    work: Work
    period_of: tuple[date, date]

    def less(self) -> "WorkRow":
        """Return the row with every sum below 0, to take it off."""
        return self._replace(work=Work(*(-number for number in self.work)))


_SUMS = ("units", "minutes", "charge_cents", "collected_cents")


def work_of_lines(lines: PaidLines, period_of: tuple[date, date]) -> list[WorkRow]:
    """Return the work of the lines of a run, added up by provider, service and day."""
    if not len(lines):
        return []
    frame = pd.DataFrame(
        {
            "key": lines.provider_key.astype(object),
            "provider": lines.provider.astype(object),
            "service": lines.service.astype(object),
            "day": lines.day,
            "is_attended": lines.counts_as.astype(object) == CountsAs.ATTENDED.value,
            "visits": 1,
            **{name: getattr(lines, name).fillna(0).astype("int64") for name in _SUMS},
            "cents": lines.amount_cents,
            **{f"with_{name}": getattr(lines, name).notna().astype("int64") for name in _SUMS},
        }
    )
    sums = frame.groupby(["key", "provider", "service", "day", "is_attended"], sort=True).sum()
    return [
        WorkRow(key, provider, service, date_of(int(day)), bool(is_attended), Work(*map(int, row)), period_of)
        for (key, provider, service, day, is_attended), row in zip(
            sums.index.tolist(), sums[list(Work._fields)].itertuples(index=False), strict=True
        )
    ]


def work_of_visit(
    paid_by: PaidBy | None, cents: int, *, is_attended: bool, is_taken_back: bool
) -> tuple[bool, Work]:
    """Return whether a visit took place, and its work. A visit whose pay was taken back altogether is no work."""
    if is_taken_back:
        return False, NO_WORK
    given: list[int | None] = [getattr(paid_by, name) if paid_by else None for name in _SUMS]
    sums = [number or 0 for number in given]
    counted = (1, *sums, cents, *(int(number is not None) for number in given))
    return is_attended, Work(*counted)


def work_of_adjustments(
    adjustments: Iterable[Adjustment], period_of_run: dict[str, tuple[date, date]]
) -> Iterator[WorkRow]:
    """Yield the work of the visits that a run adjusts, as they are from then on. Late visits are lines of the run.

    ``period_of_run`` are the first and the last day of the runs that paid them. What others have of a visit is pay of theirs, and
    no visit: it counts for their minimum and cap, like what a missed visit pays.
    """
    for one in adjustments:
        if one.kind in FURTHER_PAY:
            yield pay_without_visit(
                one.provider_key,
                one.provider,
                one.service,
                one.day,
                one.amount_cents,
                period_of_run[one.of_run],
            )
            continue
        if one.of_place is None or one.is_taken_back:
            continue
        is_attended, work = work_of_visit(
            one.paid_by,
            one.now_cents,
            is_attended=one.counts_as == CountsAs.ATTENDED,
            is_taken_back=one.takes_all_back,
        )
        yield WorkRow(
            one.provider_key, one.provider, one.service, one.day, is_attended, work, period_of_run[one.of_run]
        )


def pay_without_visit(  # noqa: PLR0913, PLR0917 - the columns of a line
    provider_key: str, provider: str, service: str, day: date, cents: int, period_of: tuple[date, date]
) -> WorkRow:
    """Return what shares, supervision or payments add to the pay of a provider: it counts for minimum and cap, and for no tier."""
    return WorkRow(provider_key, provider, service, day, False, Work(cents=cents), period_of)  # noqa: FBT003 - no visit


def work_of_payments(lines: Iterable[PaymentLine], period: Period) -> list[WorkRow]:
    """Return what the payments of a run add to pay, each on its day; one that came before the period counts on its first day."""
    return [
        pay_without_visit(
            one.provider_key, one.provider, one.service,
            max(one.payment_day, period.first), one.amount_cents, (period.first, period.last),
        )
        for one in lines
    ]  # fmt: skip


def lines_adjusted(adjustments: Sequence[Adjustment]) -> list[tuple[str, int]]:
    """Return the run and the place of each line whose visit some adjustments change."""
    found = {
        (one.of_run, one.of_place)
        for one in adjustments
        if one.of_place is not None and one.kind not in FURTHER_PAY
    }
    return sorted(found)
