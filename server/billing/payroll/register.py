"""The payroll register: one row for each provider of a run, for the program that prints the checks (rule: pay-runs#register)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Provider, WorksAs
from server.billing.money import THOUSAND
from server.billing.payroll.pay_statements import PaidLine, PayStatement, StatedRun
from server.billing.payroll.plan_lines import HOURS

MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """What a run hands over to one provider, in cents. ``works_as`` is "" for somebody whom the setup no longer has.

    ``minutes`` are thousandths, those of typed hours included, ``None`` if there are none. ``year_to_date_cents`` is ``None`` for a voided run.
    """

    provider: str
    provider_id: str
    works_as: str
    visits: int
    minutes: int | None
    paid_cents: int
    adjustment_cents: int
    plans_cents: int
    items_cents: int
    collections_cents: int
    carried_in_cents: int
    carried_out_cents: int
    total_cents: int
    year_to_date_cents: int | None


@dataclass(frozen=True, slots=True)
class WorkedTime:
    """The time of one provider on one day for one service: whole minutes."""

    provider: str
    day: date
    service: str
    minutes: int


@dataclass(frozen=True, slots=True)
class YearTotal:
    """What the approved runs of a year up to a run, and that run, handed over to a contractor, in cents."""

    provider: str
    provider_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class PayRegister:
    """A run as its register shows it. ``rows`` are in the order of the statements."""

    stated: StatedRun
    rows: tuple[RegisterRow, ...]
    times: tuple[WorkedTime, ...]
    year_totals: tuple[YearTotal, ...]

    def rows_of(self, works_as: WorksAs) -> list[RegisterRow]:
        """Return the rows of employees or of contractors."""
        return [row for row in self.rows if row.works_as == works_as]


def register_of(stated: StatedRun, providers: Sequence[Provider]) -> PayRegister:
    """Return the register of a run; ``providers`` are those of the setup."""
    has_history = stated.history is not None
    rows = tuple(_row_of(statement, has_history=has_history) for statement in stated.statements)
    return PayRegister(stated, rows, tuple(_times(stated.statements)), tuple(_year_totals(stated, providers)))


def hundredths_of_hours(minutes: int) -> int:
    """Return thousandths of minutes as hundredths of hours, rounded half up."""
    return (minutes * 100 * 2 + MINUTES_AN_HOUR * THOUSAND) // (2 * MINUTES_AN_HOUR * THOUSAND)


def hours_in_words(minutes: int) -> str:
    """Return thousandths of minutes as hours with two decimals: ``17.50``."""
    hundredths = hundredths_of_hours(minutes)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _row_of(statement: PayStatement, *, has_history: bool) -> RegisterRow:
    total = statement.total
    known = [line.minutes for line in statement.lines if line.minutes is not None]
    known += [line.minutes for line in statement.plans if line.kind == HOURS]
    return RegisterRow(
        statement.provider,
        statement.provider_id,
        statement.works_as,
        len(statement.lines),
        sum(known) if known else None,
        total.paid_cents,
        total.adjustment_cents,
        total.plans_cents,
        total.items_cents,
        total.collections_cents,
        total.carried_in_cents,
        total.carried_out_cents,
        total.total_cents,
        statement.history.year_to_date_cents if has_history else None,
    )


def _times(statements: Iterable[PayStatement]) -> Iterable[WorkedTime]:
    """Yield the time of each provider, day and service. Parts of a minute are added up before they are rounded."""
    for statement in statements:
        together: dict[tuple[date, str], int] = defaultdict(int)
        for line in statement.lines:
            together[line.day, line.service] += _worked_minutes(line)
        for hours in statement.plans:
            if hours.kind == HOURS:
                together[hours.first, hours.service] += hours.minutes
        for (day, service), thousandths in sorted(together.items()):
            minutes = (thousandths * 2 + THOUSAND) // (2 * THOUSAND)
            if minutes > 0:
                yield WorkedTime(statement.provider, day, service, minutes)


def _worked_minutes(line: PaidLine) -> int:
    """Return the minutes of a visit that took place, in thousandths."""
    return 0 if line.is_missed or line.minutes is None else line.minutes


def _year_totals(stated: StatedRun, providers: Sequence[Provider]) -> Iterable[YearTotal]:
    """Yield the totals of the contractors of the setup who were paid this year, by name."""
    if stated.history is None:
        return
    for provider in sorted(providers, key=lambda one: (one.name.casefold(), one.name)):
        cents = stated.history.of(provider.name).year_to_date_cents
        if provider.works_as is WorksAs.CONTRACTOR and cents:
            yield YearTotal(provider.name, provider.provider_id, cents)
