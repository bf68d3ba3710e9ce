"""The first sheet of a payroll workbook: what is paid, to whom, for what, and whether it is final."""

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.worksheet.pagebreak import Break

from server.billing.clinics import WorksAs
from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.review_flags import count_flagged, flags_of
from server.billing.payroll.state_lines import DRAFT_LINE
from server.sheets import cell_addresses
from server.sheets.payroll.run_id import fingerprint_line, run_label
from server.sheets.payroll.tables import FINDINGS, SUMMARY_NAME
from server.sheets.payroll.tally import Sums, Tally
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.row_heights import height_of, lines_of
from server.sheets.xlsx.style import (
    ACCENT,
    ALARM_FIGURE,
    COUNT_OR_DASH,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_FIGURE,
    MONEY_OR_DASH,
    NOTE,
    QUANTITY_OR_DASH,
    READY,
    SECTION,
    STATE,
    SUBTITLE,
    SUBTITLE_RIGHT,
    TEXT,
    TITLE,
    Look,
    strong_look,
    total_look,
)
from server.sheets.xlsx.wording import ROUNDING, count_phrase
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

NAME_WIDTHS = range(28, 48)
WIDTH = 14
LEAST_COLUMNS = 7
"""Room for the key figures, even if there are few services."""

SERVICES_A_PAGE = 10

STATE_ROW = "3:3"
"""The row with the state of the run is printed on every page."""

PAGE_ROWS = 32
MATRIX_ROWS = 4
"""The rows of a landscape page below its state, and the rows of a matrix in addition to its providers. A matrix stays on
one page."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Sums with providers down and services across, to be shown in a look."""

    title: str
    cells: Sums
    look: Look


def add_summary(builder: WorkbookBuilder, run: PayRun, sums: Tally, head: str) -> None:
    """Add the summary of a run."""
    columns = max(LEAST_COLUMNS, len(sums.services) + 2)
    grid = Grid(builder.writer)
    put_title(grid, run, columns, run.clinic.name, f"Payroll · {in_words(run.period)}")
    state = put_state(grid, run, columns)
    _put_figures(grid, run, sums, columns)
    row, top, breaks = _put_providers(grid, sums, 9), 1, []
    for matrix in (
        Matrix("Pay by provider and service", sums.pay, MONEY_OR_DASH),
        Matrix("Visits by provider and service", sums.visits, COUNT_OR_DASH),
        Matrix("Units by provider and service", sums.units, QUANTITY_OR_DASH),
    ):
        if not matrix.cells.any():
            continue
        if row + MATRIX_ROWS + len(sums.providers) - top > PAGE_ROWS:
            breaks.append(row)
            top = row + 1
        row = _put_matrix(grid, sums, row + 1, matrix)
    for line in _foot_lines(run):
        row += 1
        grid.put(row, 1, line, NOTE)
    page = Page(
        [_name_width(sums), *[WIDTH] * (columns - 1)],
        head,
        landscape=True,
        pages_wide=-(-len(sums.services) // SERVICES_A_PAGE) or 1,
        freeze="B4",
        repeat_rows=STATE_ROW,
        repeat_columns="A:A",
        state=state,
        tab=ACCENT,
    )
    sheet = builder.add(SUMMARY_NAME, page, [grid.xml()])
    for row in breaks:
        sheet.row_breaks.append(Break(row))


def put_title(grid: Grid, run: PayRun, columns: int, title: str, subtitle: str) -> None:
    """Put the title, the subtitle and the run into rows 1 and 2."""
    grid.band(1, columns, title, TITLE, height=34)
    grid.band(2, columns, subtitle, SUBTITLE, height=22)
    grid.put(2, columns, run_label(run.id), SUBTITLE_RIGHT)


def put_state(grid: Grid, run: PayRun, columns: int) -> tuple[str, ...]:
    """Put the state of a draft into row 3, or that nothing is paid; return the cells that a reply may rewrite later."""
    if run.is_draft_with_blockers:
        need = count_phrase(run.count(Outcome.BLOCKED), "row needs you", "rows need you")
        grid.band(3, columns, f"DRAFT – {need}. See the sheet {FINDINGS.name}.", STATE, height=28)
    elif run.id:
        flagged = count_flagged(flags_of(run.findings))
        review = f" {count_phrase(flagged, 'item', 'items')} to review on {FINDINGS.name}." if flagged else ""
        grid.band(3, columns, f"{DRAFT_LINE}.{review}", STATE, height=28)
    else:
        grid.band(3, columns, "Complete: every row of the log is accounted for.", READY, height=24)
    return state_cells(run, columns)


def state_cells(run: PayRun, columns: int) -> tuple[str, ...]:
    """Return the cells of row 3 that show the state of a run; none if no run is recorded."""
    return (f"A3:{cell_addresses.cell(columns - 1, 3)}",) if run.id else ()


def _name_width(sums: Tally) -> int:
    longest = max((len(name) for name in sums.providers), default=0)
    return min(max(longest + 3, NAME_WIDTHS.start), NAME_WIDTHS.stop)


def _put_figures(grid: Grid, run: PayRun, sums: Tally, columns: int) -> None:
    """Put the four key figures into a box in rows 5 to 7."""
    blocked = run.count(Outcome.BLOCKED)
    reviews = count_flagged(flags_of(run.findings))
    figures: tuple[tuple[int, str, int, Look, str], ...] = (
        (1, "Total pay", run.paid_cents, MONEY_FIGURE, _pay_by_form(sums)),
        (2, "Providers", len(sums.providers), FIGURE, ""),
        (
            4,
            "Visits paid",
            len(run.lines),
            FIGURE,
            f"of {count_phrase(run.rows_in, 'row', 'rows')} in the log",
        ),
        (
            6,
            "Rows that need you",
            blocked,
            ALARM_FIGURE if blocked else FIGURE,
            f"{reviews:,} more to review",
        ),
    )
    for row, look in ((5, LABEL), (6, FIGURE), (7, LABEL)):
        grid.band(row, columns, "", look)
    for column, label, value, look, note in figures:
        grid.put(5, column, label, LABEL)
        grid.put(6, column, value, look)
        grid.put(7, column, note, LABEL)
    grid.set_height(6, 28)


def _pay_by_form(sums: Tally) -> str:
    """Return the pay of employees and of contractors, who are paid through different books."""
    parts = [f"{form.value} {dollars(sums.paid_as(form))}" for form in WorksAs if form in sums.works_as]
    return " · ".join(parts)


def _put_providers(grid: Grid, sums: Tally, row: int) -> int:
    """Put one row for each provider, and the totals of employees and contractors. Returns the next row."""
    grid.band(row, 5, "Providers", SECTION, height=22)
    titles = ("Provider", "Works as", "Visits", "Units", "Pay")
    grid.fill(row + 1, titles, (HEADING, HEADING, HEADING_RIGHT, HEADING_RIGHT, HEADING_RIGHT))
    looks = (TEXT, TEXT, COUNT_OR_DASH, QUANTITY_OR_DASH, MONEY)
    row += 2
    for place, name in enumerate(sums.providers):
        form = sums.works_as[place]
        grid.fill(row, (name, form.value if form else "", *_sums_of(sums, [place])), looks)
        row += 1
    for label, form_name, places in _total_rows(sums):
        grid.fill(row, (label, form_name, *_sums_of(sums, places)), [total_look(look) for look in looks])
        row += 1
    return row


def _total_rows(sums: Tally) -> Iterator[tuple[str, str, list[int]]]:
    """Yield the totals rows: employees and contractors if there are both, then all."""
    everybody = list(range(len(sums.providers)))
    if len(set(sums.works_as)) > 1:
        for form in WorksAs:
            yield (
                f"All {form.value}",
                form.value,
                [place for place in everybody if sums.works_as[place] is form],
            )
    yield "Clinic total", "", everybody


def _sums_of(sums: Tally, places: list[int]) -> tuple[int, int, int]:
    return (
        int(sums.visits[places].sum()),
        int(sums.units[places].sum()),
        int(sums.pay[places].sum()),
    )


def _put_matrix(grid: Grid, sums: Tally, row: int, matrix: Matrix) -> int:
    """Put a matrix: providers down, services across, totals at the ends. Returns the next row."""
    across = len(sums.services) + 1
    grid.band(row, across + 1, matrix.title, SECTION, height=22)
    grid.fill(row + 1, ("Provider", *sums.services, "Total"), (HEADING, *[HEADING_RIGHT] * across))
    grid.set_height(row + 1, height_of(max(1, *(lines_of(service, WIDTH) for service in sums.services))))
    row += 2
    looks = (TEXT, *[matrix.look] * len(sums.services), strong_look(matrix.look))
    for name, cells in zip(sums.providers, matrix.cells.tolist(), strict=True):
        grid.fill(row, (name, *cells, sum(cells)), looks)
        row += 1
    down = matrix.cells.sum(axis=0).tolist()
    grid.fill(
        row, ("Clinic total", *down, sum(down)), (total_look(TEXT), *[total_look(matrix.look)] * across)
    )
    return row + 1


def _foot_lines(run: PayRun) -> tuple[str, ...]:
    return (
        ROUNDING,
        *(
            f"Already paid in run {paid.run_id}: {count_phrase(paid.visits, 'visit', 'visits')}, {dollars(paid.paid_cents)}."
            for paid in run.paid_earlier
        ),
        f"Read from sheet “{run.log.sheet}” of {run.log.workbook}.",
        fingerprint_line(run.fingerprint),
    )
