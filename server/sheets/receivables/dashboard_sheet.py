"""The Dashboard sheet: the measures as tiles, room for the charts that the add-in makes, and the tables they are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from server.billing.clinics import Clinic
from server.billing.money import dollars
from server.billing.receivables.aging import AgingGroup
from server.billing.receivables.key_figures import (
    MONTH_DEFINITION,
    KeyFigures,
    ReductionFigures,
    month_name,
    month_rates,
)
from server.billing.receivables.measures import Measure, Unit, rounded_parts
from server.errors import count_of
from server.sheets import cell_addresses
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.row_heights import height_of, lines_of
from server.sheets.xlsx.style import (
    ACCENT,
    ALARM,
    COUNT,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_OR_DASH,
    NOTE,
    PAD,
    SECTION,
    SUBTITLE,
    TEXT,
    TITLE,
    Look,
    none_look,
    places_look,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

DASHBOARD_NAME = "Dashboard"
_KIND = "dashboard"

_WIDTHS = (24, *[15] * 7)
_COLUMNS = len(_WIDTHS)
_TILE_COLUMNS = 2
_TILES_IN_ROW = _COLUMNS // _TILE_COLUMNS
_FIRST_TILES = 4
_CHART_ROWS = 15
_CHART_COLUMNS = _COLUMNS // 2
MOST_ROWS = 40
"""How many payers, physicians and attorneys a table lists; a line below it says what the others come to."""
_CHARTED_PAYERS = 10

_TILE_LABEL = replace(LABEL, bold=True)
_TILE_TEXT = replace(LABEL, wrap=True)
_DAYS = places_look(1, 1)
_FIGURES = {
    Unit.CENTS: replace(FIGURE, form='"$"#,##0.00', places=2),
    Unit.SHARE: replace(FIGURE, form="0.0%", places=3),
    Unit.DAYS: replace(FIGURE, form='#,##0.0 "days"', places=1),
}
_RATE = replace(COUNT, form=f"0.0%{PAD}", places=3)

Cell = tuple[str | int | None, Look]
Kind = Literal["column", "bar", "line"]


@dataclass(frozen=True, slots=True)
class DashboardChart:
    """A chart for the sheet: the cells it is made of and the cells it covers."""

    kind: Kind
    source: str
    title: str
    place: str


def write_dashboard(
    clinic: Clinic, figures: KeyFigures, links: Mapping[str, str], date_system: int
) -> tuple[bytes, list[DashboardChart]]:
    """Return an .xlsx workbook of one sheet, and the charts that belong onto it.

    ``links`` says for each measure, by name, which button and filter show the invoices behind it.
    """
    builder = WorkbookBuilder(_KIND, clinic.name, DASHBOARD_NAME, date_system)
    grid = Grid(builder.writer, _WIDTHS)
    grid.band(1, _COLUMNS, f"Dashboard · {clinic.name}", TITLE, height=34)
    grid.band(2, _COLUMNS, f"Invoices {figures.days.words}", SUBTITLE, height=22)
    merged, row = _put_tiles(grid, figures.measures, links)
    places = _chart_places(row)
    charts = _put_tables(grid, row + 2 * (_CHART_ROWS + 1), figures, places)
    page = Page(_WIDTHS, f"{DASHBOARD_NAME} · {clinic.name}", landscape=True, freeze="A3", tab=ACCENT)
    sheet = builder.add(DASHBOARD_NAME, page, [grid.xml()])
    for cells in merged:
        sheet.merged_cells.add(cells)
    return builder.to_bytes(), charts


# -- the tiles


def _put_tiles(grid: Grid, measures: Sequence[Measure], links: Mapping[str, str]) -> tuple[list[str], int]:
    """Put the measures into tiles; return the cells to merge, and the first row below."""
    merged, top = [], _FIRST_TILES
    for start in range(0, len(measures), _TILES_IN_ROW):
        tiles = measures[start : start + _TILES_IN_ROW]
        texts = [(one.label, one.definition, links.get(one.name, "")) for one in tiles]
        for place, (one, (label, definition, link)) in enumerate(zip(tiles, texts, strict=True)):
            column = 1 + place * _TILE_COLUMNS
            rounded = one.rounded_value
            look = _FIGURES[one.unit] if rounded is not None else replace(FIGURE, form="@")
            shown: tuple[Cell, ...] = (
                (label, _TILE_LABEL),
                (
                    "–" if rounded is None else rounded,
                    replace(look, ink=ALARM) if one.misses_target else look,
                ),
                (definition, _TILE_TEXT),
                (link, _TILE_TEXT),
            )
            for line, (value, cell_look) in enumerate(shown):
                grid.put(top + line, column, value, cell_look)
                grid.put(top + line, column + 1, None, cell_look)
                merged.append(_area(column, top + line, column + 1, top + line))
        grid.set_height(top + 1, 30)
        for line, wrapped in ((2, [text[1] for text in texts]), (3, [text[2] for text in texts])):
            grid.set_height(top + line, _height_of_texts(wrapped))
        grid.set_height(top + 4, 9)
        top += 5
    return merged, top


def _height_of_texts(texts: Iterable[str]) -> float:
    """Return the height that fits texts in the two columns of a tile of the usual width."""
    width = _TILE_COLUMNS * _WIDTHS[-1] * 10 / _TILE_TEXT.size
    return height_of(max(lines_of(text, width) for text in texts), _TILE_TEXT.size)


def _chart_places(row: int) -> list[str]:
    """Return the cells of four charts, two beside each other, from a row on."""
    return [
        _area(column, top, column + _CHART_COLUMNS - 1, top + _CHART_ROWS - 1)
        for top in (row, row + _CHART_ROWS + 1)
        for column in (1, 1 + _CHART_COLUMNS)
    ]


def _area(left: int, top: int, right: int, bottom: int) -> str:
    return f"{cell_addresses.cell(left - 1, top)}:{cell_addresses.cell(right - 1, bottom)}"


# -- the tables


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: a title, headings and rows. Below it there may be a note."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


class _Tables:
    """The tables of the sheet, one below the other, and the charts that are made of them."""

    def __init__(self, grid: Grid, row: int, places: Sequence[str]) -> None:
        self._grid, self._row, self._places = grid, row, places
        self.charts: list[DashboardChart] = []

    def put(self, table: _Table, beside: _Table | None = None) -> None:
        """Put a table below the others, and perhaps a lower one beside it."""
        if beside:
            _put_table(self._grid, self._row, beside, 1 + _CHART_COLUMNS)
        row = _put_table(self._grid, self._row, table)
        if table.note:
            self._grid.band(row, _COLUMNS, table.note, NOTE)
        self._row = row + (2 if table.note else 1)

    def put_charted(
        self,
        table: _Table,
        chart: tuple[Kind, str, int],
        cells: tuple[int, int],
        beside: _Table | None = None,
    ) -> None:
        """Put a table of which some ``cells``, rows and columns, make a chart: its kind, its title and its place."""
        kind, title, place = chart
        rows, columns = cells
        source = _area(1, self._row + 1, columns, self._row + 1 + rows)
        self.charts.append(DashboardChart(kind, source, title, self._places[place]))
        self.put(table, beside)


def _put_tables(grid: Grid, row: int, figures: KeyFigures, places: Sequence[str]) -> list[DashboardChart]:
    """Put the tables from a row on; return the charts that are made of them."""
    tables = _Tables(grid, row, places)
    months = len(figures.months)
    by_month = _Table("By month", _MONTH_HEADINGS, [*_month_rows(figures)], MONTH_DEFINITION)
    tables.put_charted(by_month, ("column", "Billed and collected by month", 0), (months, 3))
    rates = _Table("Collection rate by month", ("Month", "Gross", "Net"), [*_rate_rows(figures)])
    denials = _Table("Reasons of denials", _DENIAL_HEADINGS, [*_denial_rows(figures)])
    tables.put_charted(rates, ("line", rates.title, 2), (months, 3), denials)
    buckets = _Table("Outstanding by age", _BUCKET_HEADINGS, [*_bucket_rows(figures)])
    tables.put_charted(buckets, ("bar", "Outstanding by days since creation", 1), (len(figures.buckets), 2))
    payers = _payer_table(figures)
    if charted := sum(one.balance_cents > 0 for one in figures.payers[:_CHARTED_PAYERS]):
        tables.put_charted(payers, ("bar", "Who owes most", 3), (charted, 2))
    else:
        tables.put(payers)
    tables.put(_physician_table(figures))
    tables.put(_reduction_table("attorney", figures.by_attorney))
    tables.put(_reduction_table("payer", figures.by_payer))
    return tables.charts


def _put_table(grid: Grid, row: int, table: _Table, first_column: int = 1) -> int:
    """Put a title, headings and rows; return the row below the last one."""
    for place, heading in enumerate(table.headings):
        grid.put(row, first_column + place, None if place else table.title, SECTION)
        grid.put(row + 1, first_column + place, heading, HEADING_RIGHT if place else HEADING)
    grid.set_height(row, 24)
    for below, cells in enumerate(table.rows, row + 2):
        for place, (value, look) in enumerate(cells):
            shown = look if value is not None else none_look(look)
            grid.put(below, first_column + place, "–" if value is None else value, shown)
    return row + 2 + len(table.rows)


def _others_note(count: int, noun: str, cents: int, what: str) -> str:
    """Return what the rows come to that a table does not list, "" if it lists all."""
    return f"And {count_of(count, f'further {noun}')} with {dollars(cents)} {what}." if count else ""


_MONTH_HEADINGS = ("Month", "Billed", "Collected", "Agreed", "Written off", "Invoices", "Denials")
_DENIAL_HEADINGS = ("Reason", "", "", "Denials")
_BUCKET_HEADINGS = ("Days", "Outstanding", "Share", "Invoices", "Risk")
_PHYSICIAN_HEADINGS = (
    "Physician",
    "Exams",
    "Invoices",
    "Average invoice",
    "Billed",
    "Collected",
    "Gross rate",
)
_REDUCTION_HEADINGS = ("Invoices", "Billed", "Agreed", "Reduction", "Usual", "Smallest", "Largest")


def _month_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.months:
        amounts = (one.billed_cents, one.collected_cents, one.agreed_cents, one.written_off_cents)
        counts = (one.invoices, one.denials)
        yield [
            (month_name(one.first), TEXT),
            *((cents, MONEY) for cents in amounts),
            *((count, COUNT) for count in counts),
        ]


def _rate_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.months:
        yield [(month_name(one.first), TEXT), *((_thousandths(rate), _RATE) for rate in month_rates(one))]


def _denial_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.denials[: len(figures.months)]:
        yield [(one.reason, TEXT), ("", TEXT), ("", TEXT), (one.denials, COUNT)]


def _bucket_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.buckets:
        yield [
            (one.bucket.name, TEXT),
            (one.balance_cents, MONEY),
            (_thousandths(one.share), _RATE),
            (one.invoices, COUNT),
            (one.bucket.risk, replace(TEXT, align="right")),
        ]
    total, invoices = (
        sum(getattr(one, name) for one in figures.buckets) for name in ("balance_cents", "invoices")
    )
    looks = (TEXT, MONEY, TEXT, COUNT, TEXT)
    yield list(zip(("Total", total, "", invoices, ""), map(total_look, looks), strict=True))


def _payer_table(figures: KeyFigures) -> _Table:
    headings = ("Payer", "Outstanding", *(one.bucket.name for one in figures.buckets), "Median days to pay")
    others = figures.payers[MOST_ROWS:]
    note = _others_note(len(others), "payer", sum(one.balance_cents for one in others), "outstanding")
    return _Table("Outstanding by payer", headings, [*_payer_rows(figures)], note)


def _payer_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.payers[:MOST_ROWS]:
        yield [
            (one.name or AgingGroup.PAYER.nobody, TEXT),
            (one.balance_cents, MONEY_OR_DASH),
            *((cents, MONEY_OR_DASH) for cents in one.bucket_cents),
            (_parts(one.median_days, 10), _DAYS),
        ]


def _physician_table(figures: KeyFigures) -> _Table:
    others = figures.physicians[MOST_ROWS:]
    note = _others_note(len(others), "physician", sum(one.billed_cents for one in others), "billed")
    return _Table("Physicians", _PHYSICIAN_HEADINGS, [*_physician_rows(figures)], note)


def _physician_rows(figures: KeyFigures) -> Iterable[list[Cell]]:
    for one in figures.physicians[:MOST_ROWS]:
        rate = Fraction(one.collected_cents, one.billed_cents) if one.billed_cents else None
        yield [
            (one.name or AgingGroup.PHYSICIAN.nobody, TEXT),
            (one.exams, COUNT),
            (one.invoices, COUNT),
            (rounded_parts(one.average_cents, 1), MONEY),
            (one.billed_cents, MONEY),
            (one.collected_cents, MONEY),
            (_thousandths(rate), _RATE),
        ]


def _reduction_table(noun: str, found: Sequence[ReductionFigures]) -> _Table:
    others = found[MOST_ROWS:]
    reduced = sum(one.billed_cents - one.agreed_cents for one in others)
    note = _others_note(len(others), noun, reduced, "of reductions")
    headings = (noun.capitalize(), *_REDUCTION_HEADINGS)
    return _Table(f"Reductions by {noun}", headings, [*_reduction_rows(noun, found)], note)


def _reduction_rows(noun: str, found: Sequence[ReductionFigures]) -> Iterable[list[Cell]]:
    for one in found[:MOST_ROWS]:
        always = replace(_RATE, bold=True, ink=ALARM) if one.remark else _RATE
        yield [
            (one.name or AgingGroup(noun).nobody, TEXT),
            (one.invoices, COUNT),
            (one.billed_cents, MONEY),
            (one.agreed_cents, MONEY),
            (_thousandths(one.share), _RATE),
            (rounded_parts(one.usual, 1), always),
            (one.least, always),
            (one.most, always),
        ]


def _thousandths(value: Fraction | None) -> int | None:
    return _parts(value, 1_000)


def _parts(value: Fraction | None, parts: int) -> int | None:
    return None if value is None else rounded_parts(value, parts)
