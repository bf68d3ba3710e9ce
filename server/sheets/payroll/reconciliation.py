"""The sheet that proves nothing was lost: where every row went and where every cent came from.

The sums are checked before the workbook is written (``check_nothing_is_lost``), so every tick is true.
"""

from collections.abc import Iterable

from server.billing.payroll.adjustments import sum_of_adjustments
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import LogFacts, Outcome, PayRun
from server.billing.payroll.pay_statements import ROUNDING
from server.billing.payroll.payment_lines import PaymentOutcome
from server.billing.payroll.provider_totals import (
    CARRIED_IN_PART,
    CARRIED_OUT_PART,
    FURTHER_PART,
    ITEMS_PART,
    PAYMENTS_PART,
    PLANS_PART,
    TOTAL_TO_PAY,
    VISITS_PART,
)
from server.errors import count_of
from server.sheets.payroll.run_id import fingerprint_line
from server.sheets.payroll.summary import STATE_ROW, put_state, put_title
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    EXCLUDED,
    ITEMS_PAID,
    LINES,
    PAYMENTS_RECEIVED,
    PLANS_PAID,
    RATES_USED,
    RECONCILIATION_NAME,
    SUMMARY_NAME,
)
from server.sheets.payroll.tally import Tally, late_pay
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    COUNT,
    HEADING,
    HEADING_RIGHT,
    LEFT_COUNT,
    LEFT_MONEY,
    MONEY,
    NOTE,
    SECTION,
    TEXT,
    TICK,
    WRAPPED,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

WIDTHS = (38, 30, 36)
TICKED = "✓ agrees"
MOST_ROWS = 90
"""Rows that can still be read if they are printed on one page."""

_WHERE = {
    Outcome.PAID: f"on {LINES.name} and the statements",
    Outcome.EXCLUDED: f"on {EXCLUDED.name}, each with its reason",
    Outcome.HELD: f"on {EXCLUDED.name}, to be paid in a later run",
    Outcome.BLOCKED: f"on {EXCLUDED.name}, at the top: they wait for you",
    Outcome.ALREADY_PAID: f"on {EXCLUDED.name}, with the run that paid them",
}


def add_reconciliation(builder: WorkbookBuilder, run: PayRun, sums: Tally, head: str) -> None:
    """Add the reconciliation of rows, cents and the reading of the log."""
    grid = Grid(builder.writer, WIDTHS)
    put_title(grid, run, len(WIDTHS), run.clinic.name, f"Reconciliation · {in_words(run.period)}")
    state = put_state(grid, run, len(WIDTHS))
    row = _put_rows(grid, run, 5)
    row = _put_money(grid, run, sums, row + 1)
    if run.is_adjusted:
        row = _put_handed_over(grid, run, sums, row + 1)
    if run.payments.rows:
        row = _put_payments(grid, run, row + 1)
    facts, columns = _log_facts(run.log), run.log.headings.items()
    row = _put_pairs(grid, row + 1, "How the sheet was read", ("What", "As found"), facts)
    row = _put_pairs(grid, row + 1, "Which columns were read", ("Field", "From the heading"), columns)
    if run.log.unread:
        row = _put_pairs(grid, row + 1, "Columns not read", ("Heading", "Column"), run.log.unread)
    for line in (ROUNDING, fingerprint_line(run.fingerprint)):
        row += 1
        grid.put(row, 1, line, NOTE)
    tall = 1 if row <= MOST_ROWS else 0
    page = Page(WIDTHS, head, pages_tall=tall, freeze="A4", repeat_rows=STATE_ROW, state=state)
    builder.add(RECONCILIATION_NAME, page, [grid.xml()])


def _put_rows(grid: Grid, run: PayRun, row: int) -> int:
    _put_heading(grid, row, "Where every row of the log went", ("Outcome", "Rows", "Where to find them"))
    row += 2
    for outcome in Outcome:
        where, look = _WHERE[outcome], TEXT
        if outcome is Outcome.PAID and run.late_visits:
            where += f"; {count_of(run.late_visits, 'late visit')} of them also on {ADJUSTMENTS.name}"
            look = WRAPPED
        grid.fill(row, (outcome.value.capitalize(), run.count(outcome), where), (TEXT, COUNT, look))
        row += 1
    total = sum(run.count(outcome) for outcome in Outcome)
    grid.fill(row, ("Total", total, None), [total_look(look) for look in (TEXT, COUNT, TEXT)])
    grid.fill(row + 1, ("Rows in the log", run.rows_in, TICKED), (TEXT, COUNT, TICK))
    return row + 2


def _put_money(grid: Grid, run: PayRun, sums: Tally, row: int) -> int:
    _put_heading(grid, row, "Where every cent came from", ("Added up from", "Amount", ""))
    late_cents = late_pay(run)
    cents = {
        f"The lines on {LINES.name}": run.paid_cents + late_cents,
        "The visits on the providers' statements" if late_cents else "The providers' statements": int(
            sums.pay.sum()
        )
        + late_cents,
        f"The rates on {RATES_USED.name}": sum(rate.paid_cents for rate in run.rates_used),
    }
    row += 2
    for label, amount in cents.items():
        grid.fill(row, (label, amount, TICKED), (TEXT, MONEY, TICK))
        row += 1
    label = "Pay of all visits" if run.is_adjusted else "Total pay"
    closing = (label, run.paid_cents + late_cents, None)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, MONEY, TEXT)])
    return row + 1


def _put_handed_over(grid: Grid, run: PayRun, sums: Tally, row: int) -> int:
    """Put what is handed over, from the visits of the period on; the parts add up to the total."""
    _put_heading(grid, row, "From the visits to the total to pay", ("Part", "Amount", "Where to find it"))
    parts = (
        (VISITS_PART, run.paid_cents, f"on {LINES.name}"),
        *(_adjusted_parts(run) if run.adjustments else ()),
        *(
            [(f"{PLANS_PART} ({len(run.plans):,})", run.plans_cents, f"on {PLANS_PAID.name}")]
            if run.plans
            else []
        ),
        *(
            [(f"{ITEMS_PART} ({len(run.items):,})", run.items_cents, f"on {ITEMS_PAID.name}")]
            if run.items
            else []
        ),
        *(
            [
                (
                    f"{PAYMENTS_PART} ({len(run.payments):,})",
                    run.payments.cents,
                    f"on {PAYMENTS_RECEIVED.name}",
                )
            ]
            if run.payments.lines
            else []
        ),
        (CARRIED_IN_PART, run.carried_in_cents, f"on {SUMMARY_NAME}"),
        (CARRIED_OUT_PART, -run.carried_out_cents, f"on {SUMMARY_NAME}"),
    )
    row += 2
    for label, cents, where in parts:
        grid.fill(row, (label, cents, where), (TEXT, MONEY, TEXT))
        row += 1
    closing = (TOTAL_TO_PAY, run.total_cents, None)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, MONEY, TEXT)])
    handed_over = sum(total.total_cents for total in sums.totals)
    grid.fill(row + 1, ("The totals of the statements", handed_over, TICKED), (TEXT, MONEY, TICK))
    return row + 2


def _put_payments(grid: Grid, run: PayRun, row: int) -> int:
    """Put how many rows of the payments sheet have each outcome, and their sum."""
    titles = ("Outcome", "Rows", "Amount of the payments")
    _put_heading(grid, row, f"Where every row of the sheet {run.payments.sheet} went", titles)
    row += 2
    for outcome in PaymentOutcome:
        rows = run.payments.of_outcome(outcome)
        cents = sum(one.cents or 0 for one in rows)
        grid.fill(row, (outcome.value.capitalize(), len(rows), cents), (TEXT, COUNT, LEFT_MONEY))
        row += 1
    cents = sum(one.cents or 0 for one in run.payments.rows)
    looks = [total_look(look) for look in (TEXT, COUNT, LEFT_MONEY)]
    grid.fill(row, ("Rows of the sheet", len(run.payments.rows), cents), looks)
    return row + 1


def _adjusted_parts(run: PayRun) -> tuple[tuple[str, int, str], ...]:
    """Return the late visits, the shares and supervision, and the other adjustments: label, cents, and where to find them."""
    late_cents, further = late_pay(run), run.further_pay
    further_cents = sum_of_adjustments(further)
    shared = (f"{FURTHER_PART} ({len(further):,})", further_cents, f"on {ADJUSTMENTS.name}")
    return (
        *((shared,) if further else ()),
        (f"Late visits ({run.late_visits:,})", late_cents, f"on {ADJUSTMENTS.name} and {LINES.name}"),
        (
            f"Other adjustments ({len(run.adjustments) - run.late_visits - len(further):,})",
            run.adjustment_cents - late_cents - further_cents,
            f"on {ADJUSTMENTS.name}",
        ),
    )


def _log_facts(log: LogFacts) -> tuple[tuple[str, str | int], ...]:
    return (
        ("Workbook", log.workbook),
        ("Sheet", log.sheet),
        ("Headings in row", log.header_row),
        ("Title rows above them", log.title_rows),
        ("Headings repeated further down", log.repeated_headers),
        ("Totals rows, checked and left out", log.totals_rows),
        ("Blank rows, left out", log.blank_rows),
        *((f"{kind.capitalize()}s, left out", count) for kind, count in log.furniture.items()),
        ("Hidden or filtered rows, included", log.hidden_rows),
        ("Dates were read", log.dates_read),
    )


def _put_pairs(
    grid: Grid, row: int, title: str, titles: tuple[str, str], pairs: Iterable[tuple[str, str | int]]
) -> int:
    _put_heading(grid, row, title, (*titles, ""))
    row += 2
    for pair in pairs:
        found = WRAPPED if isinstance(pair[1], str) else LEFT_COUNT
        grid.fill(row, (*pair, None), (WRAPPED, found, TEXT))
        row += 1
    return row


def _put_heading(grid: Grid, row: int, title: str, titles: tuple[str, str, str]) -> None:
    grid.band(row, len(WIDTHS), title, SECTION, height=22)
    right = titles[1] in {"Rows", "Amount"}
    grid.fill(row + 1, titles, (HEADING, HEADING_RIGHT if right else HEADING, HEADING))
