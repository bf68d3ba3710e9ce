"""The table of the summary: one row for each provider, beside the last period and the year to date."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.clinics import Provider, WorksAs
from server.billing.payroll.pay_comparison import PayChange
from server.billing.payroll.pay_history import PayHistory
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.provider_totals import TOTAL_TO_PAY
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

OTHERS = "Others paid this year"
"""The row of several people whom neither this nor the last period paid."""

NOT_IN_SETUP = "No longer in the setup"
"""The totals row of people whom the setup no longer has, so that nobody knows how they work."""

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
    """The rows of the table: the providers whom the run pays, those whom only this or the last period paid, and the others
    of the year, who are one row for each way of working (rule: payroll#year-to-date).

    ``ids`` are Provider IDs, "" where there is none or where a row is several people.
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
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
    listed = _list_providers(content)
    columns = 3 + len(listed.figures)
    grid.band(row, columns, "Providers", SECTION, height=22)
    groups = [figures.group for figures in listed.figures]
    firsts = [group if place == groups.index(group) else "" for place, group in enumerate(groups)]
    grid.fill(row + 1, ("", "", "", *firsts), HEADING_GROUP)
    titles = ("Provider", "Provider ID", "Works as", *(figures.title for figures in listed.figures))
    grid.fill(row + 2, titles, (HEADING, HEADING, HEADING, *[HEADING_RIGHT] * len(listed.figures)))
    row += 3
    for place, name in enumerate(listed.names):
        form = listed.works_as[place]
        grid.fill(row, (name, listed.ids[place], form.value if form else ""), TEXT)
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
    """Yield the totals rows: one for each way of working if there are several, then all, which is their sum."""
    everybody = list(range(len(listed.names)))
    found = set(listed.works_as)
    if len(found) > 1:
        for form in (*WorksAs, None):
            if form in found:
                label, form_name = (f"All {form.value}", form.value) if form else (NOT_IN_SETUP, "")
                yield label, form_name, [place for place in everybody if listed.works_as[place] is form]
    yield "Clinic total", "", everybody


def _list_providers(content: PayrollContent) -> ListedProviders:
    sums, providers, history = content.sums, content.providers, content.history
    beside = history.providers if history else {}
    unpaid = sorted(set(beside) - set(sums.providers), key=lambda name: (name.casefold(), name))
    gone = [name for name in unpaid if beside[name].change]
    named = (*sums.providers, *gone)
    others = _others_by_form([name for name in unpaid if not beside[name].change], providers)
    rows: list[Sequence[str]] = [*([name] for name in named), *others.values()]
    figures = _figures_of_run(content.run, sums, len(gone) + len(others))
    if history:
        figures = (*figures, *_figures_beside(rows, history))
    return ListedProviders(
        tuple(names[0] if len(names) == 1 else f"{OTHERS} ({len(names):,})" for names in rows),
        tuple(_id_of(names[0], providers) if len(names) == 1 else "" for names in rows),
        (*sums.works_as, *(_form_of(name, providers) for name in gone), *others),
        figures,
    )


def _id_of(name: str, providers: Mapping[str, Provider]) -> str:
    return providers[name].provider_id if name in providers else ""


def _form_of(name: str, providers: Mapping[str, Provider]) -> WorksAs | None:
    return providers[name].works_as if name in providers else None


def _others_by_form(
    names: Iterable[str], providers: Mapping[str, Provider]
) -> dict[WorksAs | None, list[str]]:
    """Return these people by how they work, so that each row of them belongs to one totals row."""
    found: dict[WorksAs | None, list[str]] = {}
    for name in names:
        found.setdefault(_form_of(name, providers), []).append(name)
    return {form: found[form] for form in (*WorksAs, None) if form in found}


def _figures_of_run(run: PayRun, sums: Tally, others: int) -> tuple[Figures, ...]:
    """Return the columns about this run. What is handed over is its own column where it is not the pay of the visits alone."""
    nothing = [None] * others
    visits, attended, pay = (cells.sum(axis=1).tolist() for cells in (sums.visits, sums.attended, sums.pay))
    missed = [whole - took_place for whole, took_place in zip(visits, attended, strict=True)]
    group = "This run"
    return (
        Figures(group, "Visits", 12, COUNT, (*attended, *nothing)),
        Figures(group, "Missed visits paid", 10, COUNT, (*missed, *nothing)),
        Figures(group, "Pay", 15, MONEY, (*pay, *nothing)),
        *_figures_of_adjustments(run, sums, nothing),
    )


def _figures_of_adjustments(run: PayRun, sums: Tally, nothing: Values) -> Iterator[Figures]:
    """Yield the columns of what is added to the pay of the visits, as far as the run has any, and of what is handed over."""
    totals, group = sums.totals, "Handed over"
    parts = {
        "Adjustments": [total.adjustment_cents if total.adjustments else None for total in totals],
        "Pay plans": [total.plans_cents if total.plans else None for total in totals],
        "Pay items": [total.items_cents if total.items else None for total in totals],
        "Payments": [total.collections_cents if total.payments else None for total in totals],
        "Carried in": [total.carried_in_cents or None for total in totals],
        "Carried forward": [-total.carried_out_cents or None for total in totals],
    }
    for title, values in parts.items():
        if any(value is not None for value in values):
            yield Figures(group, title, 13, SIGNED_MONEY, (*values, *nothing))
    if run.is_adjusted:
        yield Figures(group, TOTAL_TO_PAY, 15, MONEY, (*(total.total_cents for total in totals), *nothing))


def _figures_beside(rows: Sequence[Sequence[str]], history: PayHistory) -> Iterator[Figures]:
    """Yield the columns about the last period and the year. ``rows`` are the people of each row: several if neither
    period paid them.
    """
    if history.last_period:
        changes = [history.of(names[0]).change for names in rows]

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
    year_to_date = [sum(history.of(name).year_to_date_cents for name in names) for names in rows]
    yield Figures("Year to date", str(history.year), 16, MONEY, year_to_date)


def _last_visits(change: PayChange) -> int | None:
    return change.last_visits if change.was_paid else None


def _last_pay(change: PayChange) -> int | None:
    return change.last_cents if change.was_paid else None
