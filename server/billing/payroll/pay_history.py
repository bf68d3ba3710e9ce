"""What a run is read beside: the last period, and what the year has paid so far (rule: payroll#year-to-date)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from server.billing.clinics import MOST_DAYS_TO_PAY, Clinic, Provider
from server.billing.days import us
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.pay_comparison import COUNTED, PaidWork, PayChange, explain_change, sum_of_pay
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Period, RateUsed
from server.billing.payroll.recorded_runs import RunHeader, RunState, run_number
from server.errors import ImplausiblePeriod

Works = Mapping[str, Sequence[PaidWork]]
"""Name of a provider -> what was paid to that provider."""


class WorkRow(NamedTuple):
    """What a run paid one provider for one service at one rate, as rows of lines add up to. Quantities may be empty."""

    provider_key: str
    provider: str
    service: str
    counts_as: str
    basis: str
    rate: int
    visits: int
    units: int | None
    minutes: int | None
    charge_cents: int | None
    collected_cents: int | None
    paid_cents: int

    def work(self) -> PaidWork:
        """Return it as the rules compare it."""
        column = COUNTED.get(self.basis)
        quantity = (getattr(self, column) or 0) if column else self.visits
        return PaidWork(
            fold(self.service), self.counts_as, self.basis, self.rate, self.visits, quantity, self.paid_cents
        )


class ProviderNames:
    """The people whom runs paid, by the name and the key that a line recorded (rule: payroll#same-provider).

    A person of the setup is found by the spellings. The Provider ID never makes one of two names, but it tells two people of one
    name apart. ``recorded`` are the keys and names of the lines that are read; a name that the setup no longer has is two people
    if it was recorded with two IDs.
    """

    def __init__(self, providers: Iterable[Provider], recorded: Iterable[tuple[str, str]] = ()) -> None:
        self._by_spelling = {fold(text): one for one in providers for text in one.spellings}
        ids: dict[str, set[str]] = {}
        for key, name in recorded:
            if _is_id(key, name):
                ids.setdefault(fold(name), set()).add(key)
        self._of_two_people = {name for name, keys in ids.items() if len(keys) > 1}

    def name_of(self, name: str, key: str = "") -> str:
        """Return the name that a person has now, or the recorded one if the setup no longer has the person.

        ``key`` is the recorded key: the ID, or the name if there was no ID, "" if it is not known. Of two people of one name,
        the one whom the setup does not have is called by name and ID.
        """
        listed = self._by_spelling.get(fold(name))
        if listed is None:
            is_one = fold(name) not in self._of_two_people or not _is_id(key, name)
            return name if is_one else f"{name} ({key})"
        is_another = bool(listed.provider_id) and _is_id(key, name)
        own_keys = {fold(listed.provider_id), *map(fold, listed.spellings)}
        return f"{name} ({key})" if is_another and key not in own_keys else listed.name

    def works_of(self, rows: Iterable[WorkRow]) -> dict[str, list[PaidWork]]:
        """Return what each person was paid, by name."""
        found: dict[str, list[PaidWork]] = {}
        for row in rows:
            found.setdefault(self.name_of(row.provider, row.provider_key), []).append(row.work())
        return found


def _is_id(key: str, name: str) -> bool:
    """Return whether the key of a recorded line is an ID; without an ID it is the name."""
    return key not in {"", fold(name)}


def lines_as_frame(lines: PayLines) -> pd.DataFrame:
    """Return the recorded lines of a run as columns that can be added up."""
    columns: dict[str, object] = {name: getattr(lines, name) for name in (*_KEYS, "rate")}
    return pd.DataFrame(columns | {name: pd.array(getattr(lines, name), dtype="Int64") for name in _SUMMED})


def work_rows(lines: pd.DataFrame, rates: Sequence[RateUsed]) -> list[WorkRow]:
    """Return the lines of a run added up; ``rate`` of a line is a position in ``rates``."""
    if not len(lines):
        return []
    groups = lines.groupby([*_KEYS, "rate"], observed=True, sort=False)
    sums, sizes = groups[[*_SUMMED]].sum(), groups.size()
    rows = []
    for (key, provider, service, counts_as, place), visits, values in zip(
        sums.index.tolist(), sizes.tolist(), sums.to_numpy(dtype=object).tolist(), strict=True
    ):
        used = rates[place]
        rows.append(
            WorkRow(key, provider, service, counts_as, used.basis, used.amount, visits, *map(int, values))
        )
    return rows


_KEYS = ("provider_key", "provider", "service", "counts_as")
_SUMMED = ("units", "minutes", "charge_cents", "collected_cents", "amount_cents")


def pay_date_of(clinic: Clinic, period: Period, asked: date | None = None) -> date | None:
    """Return the pay date of a period: the day asked for, else that of the clinic, or ``None`` (rule: pay-runs#pay-date).

    It may be a Saturday, a Sunday or a holiday: only the office knows whether it pays earlier or later then. Refuses a day
    before the period or long after it, which comes from a mistyped date and would count in another year.
    """
    if asked:
        if not period.first <= asked <= period.last + timedelta(days=MOST_DAYS_TO_PAY):
            sentence = f"The pay date {us(asked)} does not belong to the pay period {in_words(period)}."
            remedy = (
                f"Give a day from the first of the period to {MOST_DAYS_TO_PAY} days after it (pay_date)."
            )
            raise ImplausiblePeriod(sentence, remedy)
        return asked
    if clinic.days_to_pay_date is None:
        return None
    return period.last + timedelta(days=clinic.days_to_pay_date)


@dataclass(frozen=True, slots=True)
class RunInTime:
    """When a run is, among the runs of its clinic."""

    id: str
    period: Period
    pay_date: date | None

    @property
    def counting_day(self) -> date:
        """Return the day that decides which year a run counts in: its pay date, or the last day of its period."""
        return self.pay_date or self.period.last

    @property
    def place(self) -> tuple[date, date, date, int]:
        """Return what runs are put in order by."""
        return self.counting_day, self.period.last, self.period.first, run_number(self.id)


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """The approved runs that a run is read beside: of the last period, of its own period, and of its year.

    Those of the year are before the run, or count in its period: no period has more pay than the year that it is in.
    """

    last_period: Period | None
    of_last_period: tuple[str, ...]
    of_same_period: tuple[str, ...]
    of_year: tuple[str, ...]


def earlier_runs(runs: Sequence[RunHeader], run: RunInTime) -> EarlierRuns:
    """Return the approved runs that a run is read beside. Drafts and voided runs are none of them.

    Periods go by their days alone, whatever their pay dates are; only the year goes by the pay date.
    """
    others = [
        RunInTime(header.id, header.period, header.pay_date)
        for header in runs
        if _is_approved(header) and header.id != run.id
    ]
    last = _last_period([one.period for one in others if one.period.last < run.period.first])
    return EarlierRuns(
        last_period=last,
        of_last_period=tuple(one.id for one in others if last and _is_inside(one.period, last)),
        of_same_period=tuple(one.id for one in others if _counts_with(one, run)),
        of_year=tuple(
            one.id
            for one in others
            if one.counting_day.year == run.counting_day.year
            and (one.place < run.place or _counts_with(one, run))
        ),
    )


def _last_period(periods: Iterable[Period]) -> Period | None:
    """Return the latest of these periods. Of those that end on one day it is the longest: a shorter one corrects it."""
    return min(periods, key=lambda period: (-period.last.toordinal(), period.first), default=None)


def _is_inside(inner: Period, outer: Period) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _counts_with(other: RunInTime, run: RunInTime) -> bool:
    """Return whether another run counts as part of a run's period: one of fewer days in it, or an earlier one of it."""
    if other.period == run.period:
        return run_number(other.id) < run_number(run.id)
    return _is_inside(other.period, run.period)


def _is_approved(run: RunHeader) -> bool:
    return run.state is RunState.CLOSED


@dataclass(frozen=True, slots=True)
class ProviderHistory:
    """One provider's pay beside the last period, and in the year so far, in cents.

    ``change`` is ``None`` without a last period, and for a provider whom neither period paid.
    """

    change: PayChange | None
    year_to_date_cents: int


NOTHING_BEFORE = ProviderHistory(None, 0)


@dataclass(frozen=True, slots=True)
class PayHistory:
    """What a run is read beside. ``providers`` are those whom it, the last period or this year so far paid.

    ``of_same_period`` are the other runs of days of this period, which count as part of it. ``names`` finds the providers.
    ``has_adjustments`` says whether the year has adjustments or carried-forward totals, in this run or an earlier one.
    """

    year: int
    is_by_pay_date: bool
    last_period: Period | None = None
    of_same_period: tuple[str, ...] = ()
    providers: Mapping[str, ProviderHistory] = field(default_factory=dict)
    names: ProviderNames = field(default_factory=lambda: ProviderNames(()))
    has_adjustments: bool = False

    def of_recorded(self, name: str, key: str) -> ProviderHistory:
        """Return the history of the person whom a recorded line has, by its name and key."""
        return self.of(self.names.name_of(name, key))

    def of(self, provider: str) -> ProviderHistory:
        """Return the history of a provider by name."""
        return self.providers.get(provider, NOTHING_BEFORE)

    @property
    def year_words(self) -> str:
        """Return what the year to date is: ``Year to date 2026``."""
        return f"Year to date {self.year}"


@dataclass(frozen=True, slots=True)
class YearPay:
    """What each provider is handed over in the year, in cents by name: by its earlier runs, and by this one beside its lines.

    The second are the adjustments and what is carried in and out. ``has_adjustments`` says whether the year has any of these.
    """

    earlier: Mapping[str, int] = field(default_factory=dict)
    beside_lines: Mapping[str, int] = field(default_factory=dict)
    has_adjustments: bool = False


def pay_history(
    run: RunInTime, earlier: EarlierRuns, now: Works, before: Mapping[str, Works], in_year: YearPay
) -> PayHistory:
    """Return the history of a run.

    ``now`` is what it pays for the visits of its period, ``before`` what the runs of the last and of the same period paid for
    theirs, by run, and ``in_year`` what each provider is handed over in the year.
    """
    last = _added_up([before[run_id] for run_id in earlier.of_last_period])
    current = _added_up([now, *(before[run_id] for run_id in earlier.of_same_period)])
    compared = {*current, *last} if earlier.last_period else set()
    paid_in_year = {
        name for part in (in_year.earlier, in_year.beside_lines) for name, cents in part.items() if cents
    }
    providers = {
        name: ProviderHistory(
            change=explain_change(current.get(name, ()), last.get(name, ())) if name in compared else None,
            year_to_date_cents=in_year.earlier.get(name, 0)
            + in_year.beside_lines.get(name, 0)
            + sum_of_pay(now.get(name, ())),
        )
        for name in {*current, *last, *paid_in_year}
    }
    return PayHistory(
        year=run.counting_day.year,
        is_by_pay_date=run.pay_date is not None,
        last_period=earlier.last_period,
        of_same_period=earlier.of_same_period,
        providers=providers,
        has_adjustments=in_year.has_adjustments,
    )


def _added_up(runs: Sequence[Works]) -> dict[str, list[PaidWork]]:
    together: dict[str, list[PaidWork]] = {}
    for works in runs:
        for name, paid in works.items():
            together.setdefault(name, []).extend(paid)
    return together


class HistoryLine(NamedTuple):
    """A line of what a statement says about the last period and the year. ``visits`` is ``None`` where none are counted."""

    label: str
    visits: int | None
    note: str
    amount_cents: int
    is_difference: bool = False


def history_headings(history: PayHistory) -> tuple[str, str, str, str]:
    """Return the headings of ``history_lines``: what a line is, its visits, its note, its pay."""
    if history.last_period is None:
        return "Year", "", "What it adds up", "Pay"
    return "Period", "Visits", "Why the pay differs", "Pay"


def history_title(history: PayHistory) -> str:
    """Return the title above ``history_lines``."""
    return "This period and the last" if history.last_period else history.year_words


def history_lines(history: PayHistory, mine: ProviderHistory, period: Period) -> list[HistoryLine]:
    """Return what a provider's statement says about the last period and the year to date."""
    year = HistoryLine(history.year_words, None, year_basis(history), mine.year_to_date_cents)
    change, last = mine.change, history.last_period
    if change is None or last is None:
        return [year]
    return [
        HistoryLine(in_words(period), change.visits, "", change.paid_cents),
        HistoryLine(in_words(last), change.last_visits, "", change.last_cents),
        HistoryLine(
            "Difference",
            change.visits - change.last_visits,
            parts_in_words(change),
            change.difference_cents,
            is_difference=True,
        ),
        year,
    ]


def visits_in_words(line: HistoryLine) -> str:
    """Return the visits of a line, "" if it counts none; a difference has its sign."""
    return (
        "" if line.visits is None else f"{line.visits:{'+' if line.is_difference and line.visits else ''},}"
    )


def pay_in_words(line: HistoryLine) -> str:
    """Return the pay of a line; a difference has its sign."""
    return signed_dollars(line.amount_cents) if line.is_difference else dollars(line.amount_cents)


def signed_dollars(cents: int) -> str:
    """Return an amount with its sign: ``+$5.00``, ``-$5.00``, ``$0.00``."""
    return f"{'+' if cents > 0 else ''}{dollars(cents)}"


def year_basis(history: PayHistory) -> str:
    """Return what the year to date adds up, in words: what runs hand over, so with adjustments their totals to pay."""
    by = "pay date" if history.is_by_pay_date else "last day of the period"
    what = "totals to pay of " if history.has_adjustments else ""
    return f"{what}approved runs and this one, by {by}"


def parts_in_words(change: PayChange) -> str:
    """Return why pay changed: ``rate +$50.00, volume -$180.00``."""
    parts = {
        "rate": change.rate_cents,
        "volume": change.volume_cents,
        "new services": change.new_service_cents,
    }
    return ", ".join(f"{name} {signed_dollars(cents)}" for name, cents in parts.items() if cents)
