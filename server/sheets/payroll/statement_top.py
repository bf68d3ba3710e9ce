"""The upper part of a provider's statement, the same on the sheet of a payroll workbook and in a file of its own."""

from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.payroll.pay_history import (
    PayHistory,
    ProviderHistory,
    history_headings,
    history_lines,
    history_title,
)
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Period
from server.sheets.payroll.run_id import run_label
from server.sheets.payroll.summary import put_contact
from server.sheets.payroll.tables import STATEMENT_WIDTHS
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    COUNT,
    DAY_FACT,
    FACT,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_FIGURE,
    SECTION,
    SIGNED_COUNT,
    SIGNED_MONEY,
    SUBTITLE,
    SUBTITLE_RIGHT,
    TEXT,
    TITLE,
    Look,
    strong_look,
)

COLUMNS = len(STATEMENT_WIDTHS)
RIGHT_HEADINGS = frozenset({"Visits", "Quantity", "Amount", "Pay", "Paid before", "Earns now", "Difference"})


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What the upper part says. ``history`` is ``None`` where the run is read beside nothing."""

    clinic: Clinic
    run_id: str
    period: Period
    pay_date: date | None
    provider: str
    provider_id: str
    works_as: str
    attended: int
    missed: int
    total_cents: int
    history: PayHistory | None
    mine: ProviderHistory

    @property
    def subtitle(self) -> str:
        """Return what the paper is."""
        return f"{self.clinic.name} · Statement of pay · {in_words(self.period)}"


def put_statement_top(grid: Grid, facts: StatementFacts, state: str, state_look: Look) -> int:
    """Put the title, the state, the clinic's address, the figures and the history; return the next row."""
    grid.band(1, COLUMNS, facts.provider, TITLE, height=34)
    grid.band(2, COLUMNS, facts.subtitle, SUBTITLE, height=22)
    grid.put(2, COLUMNS, run_label(facts.run_id), SUBTITLE_RIGHT)
    grid.band(3, COLUMNS, state, state_look, height=28)
    put_contact(grid, facts.clinic)
    _put_figures(grid, facts)
    return _put_history(grid, facts, 8)


def _put_figures(grid: Grid, facts: StatementFacts) -> None:
    paid_on = serial_of(facts.pay_date) if facts.pay_date else None
    figures: tuple[tuple[str, int | str | None, Look], ...] = (
        ("Total pay", facts.total_cents, MONEY_FIGURE),
        ("Visits attended", facts.attended, FIGURE),
        ("Missed visits paid", facts.missed, FIGURE),
        ("Works as", facts.works_as, FACT),
        ("Provider ID" if facts.provider_id else "", facts.provider_id, FACT),
        ("Pay date" if paid_on else "", paid_on, DAY_FACT),
    )
    for column, (label, value, look) in enumerate(figures, 1):
        grid.put(5, column, label, LABEL)
        grid.put(6, column, value, look)
    grid.set_height(6, 28)


def _put_history(grid: Grid, facts: StatementFacts, row: int) -> int:
    """Put the last period and the year to date from a row on; return the next row."""
    if facts.history is None:
        return row
    what, visits, why, pay = history_headings(facts.history)
    row = put_headings(grid, row, history_title(facts.history), (what, visits, why, "", "", pay))
    for line in history_lines(facts.history, facts.mine, facts.period):
        count, money = (SIGNED_COUNT, SIGNED_MONEY) if line.is_difference else (COUNT, MONEY)
        cells = (line.label, line.visits, line.note, None, None, line.amount_cents)
        looks = (TEXT, count, TEXT, TEXT, TEXT, money)
        grid.fill(row, cells, [strong_look(look) for look in looks] if line.is_difference else looks)
        row += 1
    return row + 1


def put_headings(grid: Grid, row: int, title: str, headings: tuple[str, ...]) -> int:
    """Put the title and the headings of a table; return the next row."""
    grid.band(row, COLUMNS, title, SECTION, height=22)
    looks = [HEADING_RIGHT if heading in RIGHT_HEADINGS else HEADING for heading in headings]
    grid.fill(row + 1, headings, looks)
    grid.set_height(row + 1, 20)
    return row + 2
