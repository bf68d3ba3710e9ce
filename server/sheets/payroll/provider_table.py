"""The table of the summary: one row for each provider, beside the last period and the year to date."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from server.billing.clinics import WorksAs
from server.billing.payroll.pay_comparison import PayChange
from server.billing.payroll.pay_history import PayHistory
from server.billing.payroll.pay_periods import in_words
from server.sheets.payroll.content import PayrollContent
from server.sheets.payroll.tally import Tally
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    COUNT,
    HEADING,
    HEADING_GROUP,
    HEADING_RIGHT,
    MONEY,
    SECTION,
    SIGNED_MONEY,
    TEXT,
    Look,
    none_look,
    total_look,
)

NAME_WIDTHS = range(26, 44)
NO_FIGURE = "–"
"""Where there is nothing to count. It is not the same as 0."""

Values = Sequence[int | None]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """A column of figures: ``values`` has one for each provider, ``None`` where there is none. ``group`` is above several."""

    group: str
    title: str
    width: int
    look: Look
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class ListedProviders:
    """The providers of the table: those whom the run pays, then those whom only the last period paid."""

    names: tuple[str, ...]
    works_as: tuple[WorksAs | None, ...]
    figures: tuple[Figures, ...]


def table_widths(content: PayrollContent) -> list[float]:
    """Return the widths of the columns."""
    listed = _list_providers(content)
    longest = max(map(len, listed.names), default=0)
    name = min(max(longest + 3, NAME_WIDTHS.start), NAME_WIDTHS.stop)
    return [name, 12, 10, *(figures.width for figures in listed.figures)]


def put_providers(grid: Grid, row: int, content: PayrollContent) -> int:
    """Put the table: headings, a row for each provider, and the totals of employees and contractors. Returns the next row."""
    listed, providers = _list_providers(content), content.providers
    columns = 3 + len(listed.figures)
    grid.band(row, columns, "Providers", SECTION, height=22)
    groups = [figures.group for figures in listed.figures]
    firsts = [group if place == groups.index(group) else "" for place, group in enumerate(groups)]
    grid.fill(row + 1, ("", "", "", *firsts), HEADING_GROUP)
    titles = ("Provider", "Provider ID", "Works as", *(figures.title for figures in listed.figures))
    grid.fill(row + 2, titles, (HEADING, HEADING, HEADING, *[HEADING_RIGHT] * len(listed.figures)))
    row += 3
    for place, name in enumerate(listed.names):
        form, known = listed.works_as[place], providers.get(name)
        grid.fill(row, (name, known.provider_id if known else "", form.value if form else ""), TEXT)
        for column, figures in enumerate(listed.figures, 4):
            _put_figure(grid, row, column, figures.values[place], figures.look)
        row += 1
    for label, form_name, places in _total_rows(listed):
        grid.fill(row, (label, "", form_name), total_look(TEXT))
        for column, figures in enumerate(listed.figures, 4):
            found = [value for place in places if (value := figures.values[place]) is not None]
            _put_figure(grid, row, column, sum(found) if found else None, total_look(figures.look))
        row += 1
    return row


def _put_figure(grid: Grid, row: int, column: int, value: int | None, look: Look) -> None:
    if value is None:
        grid.put(row, column, NO_FIGURE, none_look(look))
    else:
        grid.put(row, column, value, look)


def _total_rows(listed: ListedProviders) -> Iterator[tuple[str, str, list[int]]]:
    """Yield the totals rows: employees and contractors if there are both, then all."""
    everybody = list(range(len(listed.names)))
    if len(set(listed.works_as)) > 1:
        for form in WorksAs:
            yield (
                f"All {form.value}",
                form.value,
                [place for place in everybody if listed.works_as[place] is form],
            )
    yield "Clinic total", "", everybody


def _list_providers(content: PayrollContent) -> ListedProviders:
    sums, providers, history = content.sums, content.providers, content.history
    gone = sorted(set(history.providers) - set(sums.providers), key=str.casefold) if history else []
    forms = [providers[name].works_as if name in providers else None for name in gone]
    names = (*sums.providers, *gone)
    figures = _figures_of_run(sums, len(gone))
    if history:
        figures = (*figures, *_figures_beside(names, history))
    return ListedProviders(names, (*sums.works_as, *forms), figures)


def _figures_of_run(sums: Tally, others: int) -> tuple[Figures, ...]:
    nothing = [None] * others
    visits, attended, pay = (cells.sum(axis=1).tolist() for cells in (sums.visits, sums.attended, sums.pay))
    missed = [whole - took_place for whole, took_place in zip(visits, attended, strict=True)]
    group = "This run"
    return (
        Figures(group, "Visits", 12, COUNT, (*attended, *nothing)),
        Figures(group, "Missed visits paid", 10, COUNT, (*missed, *nothing)),
        Figures(group, "Pay", 15, MONEY, (*pay, *nothing)),
    )


def _figures_beside(names: Sequence[str], history: PayHistory) -> Iterator[Figures]:
    """Yield the columns about the last period and the year."""
    if history.last_period:
        changes = [history.of(name).change for name in names]

        def values(figure: Callable[[PayChange], int | None]) -> Values:
            return [figure(change) if change else None for change in changes]

        last, why = in_words(history.last_period), "Why the pay differs"
        yield Figures(last, "Visits", 10, COUNT, values(_last_visits))
        yield Figures(last, "Pay", 15, MONEY, values(_last_pay))
        yield Figures(why, "Difference", 14, SIGNED_MONEY, values(lambda change: change.difference_cents))
        yield Figures(why, "Rate", 13, SIGNED_MONEY, values(lambda change: change.rate_cents or None))
        yield Figures(why, "Volume", 13, SIGNED_MONEY, values(lambda change: change.volume_cents or None))
        yield Figures(
            why, "New services", 13, SIGNED_MONEY, values(lambda change: change.new_service_cents or None)
        )
    year_to_date = [history.of(name).year_to_date_cents for name in names]
    yield Figures("Year to date", str(history.year), 16, MONEY, year_to_date)


def _last_visits(change: PayChange) -> int | None:
    return change.last_visits if change.was_paid else None


def _last_pay(change: PayChange) -> int | None:
    return change.last_cents if change.was_paid else None
