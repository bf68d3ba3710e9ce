"""One printable sheet per provider: what is paid, at which rates, visit by visit.

A statement goes to its provider, so it holds that provider's lines and nobody else's, and no patients.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from server.billing.clinic import CountsAs
from server.billing.days import serial_of
from server.billing.payroll import PayRun
from server.billing.periods import in_words
from server.sheets.binder import Binder, Page
from server.sheets.grid import Grid
from server.sheets.long_rows import CellWriter, Column, render
from server.sheets.payroll_summary import put_title
from server.sheets.payroll_tally import Sums, Tally
from server.sheets.style import (
    COUNT,
    DAY,
    DRAFT,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_FIGURE,
    NOTE,
    SECTION,
    TEXT,
    Look,
    total,
)
from server.sheets.tables import STATEMENT_RATES, STATEMENT_VISITS, Heading, Kind
from server.sheets.wording import MEASURES, ROUNDING, Measure, counted, quantity_look, rate_words

WIDTH = len(STATEMENT_VISITS)
KINDS = len(Measure)
NOT_FINAL = "DRAFT – not final: some visits of this period are still being checked."


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """All paid lines, sorted by provider, day and row, as the columns of the visits table.

    ``order`` are positions in PayRun.lines; ``bounds[p]:bounds[p + 1]`` are provider p's in it.
    ``labels`` name each service as a statement shows it, ``label`` and ``quantity`` are per line.
    """

    columns: Sequence[Column]
    order: npt.NDArray[np.intp]
    bounds: list[int]
    labels: Sequence[str]
    label: npt.NDArray[np.intp]
    quantity: Sums
    rate: Sums
    amount: Sums


def add_statements(binder: Binder, run: PayRun, sums: Tally, lines: Mapping[str, Column]) -> None:
    """Add a statement for every provider with a line; ``lines`` are the cells of Lines."""
    visits = _visits(binder.writer, run, sums, lines)
    for place, name in enumerate(sums.providers):
        part = slice(visits.bounds[place], visits.bounds[place + 1])
        _add_statement(binder, run, sums, place, visits, part, binder.free_name(name))


def _visits(write: CellWriter, run: PayRun, sums: Tally, lines: Mapping[str, Column]) -> Visits:
    order = np.lexsort((run.lines["row"].to_numpy(), run.lines["day"].to_numpy(), sums.line_provider))
    label, labels = _labels(run, sums)
    rate = run.lines["rate"].to_numpy(dtype=np.int64)
    kind, quantity = _quantities(run, rate)
    spelled = [rate_words(used) for used in run.rates_used]
    columns = (
        lines["Date of service"],
        lines["Appointment ID"],
        write.texts(np.array(labels, dtype=object), TEXT).take(label),
        _quantity_column(write, kind, quantity),
        write.texts(np.array(spelled, dtype=object), TEXT).take(rate),
        lines["Amount"],
    )
    bounds = np.searchsorted(sums.line_provider[order], np.arange(len(sums.providers) + 1)).tolist()
    return Visits(columns, order, bounds, labels, label, quantity, rate, run.lines["amount_cents"].to_numpy())


def _labels(run: PayRun, sums: Tally) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return each line's service as shown, saying so where the visit did not take place."""
    counts_as = run.lines["counts_as"].astype("category").cat
    words = [str(word) for word in counts_as.categories]
    label = sums.line_service * len(words) + counts_as.codes.to_numpy(dtype=np.intp)
    labels = [
        service if word == CountsAs.ATTENDED.value else f"{service} – {word}"
        for service in sums.services
        for word in words
    ]
    return label, labels


def _quantities(run: PayRun, rate: Sums) -> tuple[Sums, Sums]:
    """Return for each line what is counted (a Measure) and how many or how much of it."""
    measures = [MEASURES[used.basis][0] for used in run.rates_used]
    kind = np.array([*measures, 0], dtype=np.int64)[rate]
    quantity = np.ones(len(rate), dtype=np.int64)
    for measure, field in set(MEASURES.values()):
        if field:
            counted_so = kind == measure
            quantity[counted_so] = run.lines[field][counted_so].to_numpy(dtype=np.int64)
    return kind, quantity


def _quantity_column(write: CellWriter, kind: Sums, quantity: Sums) -> Column:
    def cell(both: int) -> str:
        value, measure = divmod(both, KINDS)
        return write.number(value, quantity_look(Measure(measure), value))

    return write.cells(quantity * KINDS + kind, cell, MONEY)


def _add_statement(
    binder: Binder, run: PayRun, sums: Tally, place: int, visits: Visits, part: slice, sheet: str
) -> None:
    name, mine = sums.providers[place], visits.order[part]
    top = Grid(binder.writer)
    put_title(top, run, WIDTH, name, f"{run.clinic.name} · Statement of pay · {in_words(run.period)}")
    if run.is_draft_with_blockers:
        top.band(3, WIDTH, NOT_FINAL, DRAFT, height=28)
    _put_figures(top, sums, place)
    row = _put_rates(top, run, visits, mine, 9)
    _put_headings(top, row + 1, "Visits", STATEMENT_VISITS)
    first = row + 3
    bottom = Grid(binder.writer)
    after = first + len(mine)
    closing = (
        "Total",
        counted(len(mine), "visit", "visits"),
        None,
        None,
        None,
        int(visits.amount[mine].sum()),
    )
    bottom.fill(after, closing, [total(look) for look in (TEXT, TEXT, TEXT, TEXT, TEXT, MONEY)])
    bottom.put(after + 2, 1, ROUNDING, NOTE)
    page = Page(
        [heading.width for heading in STATEMENT_VISITS],
        f"{name} · {in_words(run.period)}",
        freeze="A4",
        repeat_rows=f"{first - 1}:{first - 1}",
    )
    rows = render([column.take(mine) for column in visits.columns], first)
    binder.add(sheet, page, chain([top.xml()], rows, [bottom.xml()]))


def _put_figures(grid: Grid, sums: Tally, place: int) -> None:
    form = sums.works_as[place]
    figures: tuple[tuple[int, str, int | str, Look], ...] = (
        (1, "Visits", int(sums.visits[place].sum()), FIGURE),
        (3, "Total pay", int(sums.pay[place].sum()), MONEY_FIGURE),
        (5, "Paid as", form.value if form else "", FIGURE),
    )
    for row, look in ((5, LABEL), (6, FIGURE)):
        grid.band(row, WIDTH, "", look)
    for column, label, value, look in figures:
        grid.put(5, column, label, LABEL)
        grid.put(6, column, value, look)
    grid.tall(6, 28)


def _put_rates(grid: Grid, run: PayRun, visits: Visits, mine: npt.NDArray[np.intp], row: int) -> int:
    """Put one row for each service and rate, and their total; return the next row."""
    _put_headings(grid, row, "By service and rate", STATEMENT_RATES)
    row += 2
    count = amount = 0
    for label, number, lines in _groups(visits, mine):
        used = run.rates_used[number]
        quantity, paid = int(visits.quantity[lines].sum()), int(visits.amount[lines].sum())
        shown = quantity_look(MEASURES[used.basis][0], quantity)
        cells = (
            len(lines),
            serial_of(used.effective_from),
            visits.labels[label],
            quantity,
            rate_words(used),
            paid,
        )
        grid.fill(row, cells, (COUNT, DAY, TEXT, shown, TEXT, MONEY))
        count, amount, row = count + len(lines), amount + paid, row + 1
    looks = [total(look) for look in (COUNT, TEXT, TEXT, TEXT, TEXT, MONEY)]
    grid.fill(row, (count, None, None, None, None, amount), looks)
    return row + 1


def _groups(visits: Visits, mine: npt.NDArray[np.intp]) -> Iterator[tuple[int, int, npt.NDArray[np.intp]]]:
    """Yield (label, rate, lines) of a provider, in order of service and then of the rate."""
    keys = visits.label[mine] * (int(visits.rate.max(initial=0)) + 1) + visits.rate[mine]
    inner = np.argsort(keys, kind="stable")
    for lines in np.split(mine[inner], np.flatnonzero(np.diff(keys[inner])) + 1):
        yield int(visits.label[lines[0]]), int(visits.rate[lines[0]]), lines


def _put_headings(grid: Grid, row: int, title: str, headings: Sequence[Heading]) -> None:
    grid.band(row, len(headings), title, SECTION, height=22)
    looks = [HEADING_RIGHT if heading.kind in {Kind.MONEY, Kind.NUMBER} else HEADING for heading in headings]
    grid.fill(row + 1, [heading.title for heading in headings], looks)
    grid.tall(row + 1, 20)
