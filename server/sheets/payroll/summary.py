"""The first sheet of a payroll workbook: what is paid, to whom, and whether it is final, on one page."""

from collections.abc import Mapping, Sequence

from server.billing.clinics import Clinic, Provider, WorksAs
from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.adjustments import CarriedForward
from server.billing.payroll.held_on_paper import (
    HELD_NOTE,
    HeldOnPaper,
    held_title,
    visits_by_provider,
)
from server.billing.payroll.pay_history import PayHistory, year_basis
from server.billing.payroll.pay_item_lines import items_in_words
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.pay_statements import ROUNDING
from server.billing.payroll.payment_lines import payments_in_words
from server.billing.payroll.plan_lines import plans_in_words
from server.billing.payroll.review_flags import count_flagged, flags_of
from server.billing.payroll.state_lines import draft_line
from server.sheets import cell_addresses
from server.sheets.payroll.content import PayrollContent
from server.sheets.payroll.provider_table import put_providers, table_widths
from server.sheets.payroll.run_id import fingerprint_line, run_label
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    EXCLUDED,
    FINDINGS,
    ITEMS_PAID,
    PAYMENTS_RECEIVED,
    PLANS_PAID,
    SUMMARY_NAME,
)
from server.sheets.payroll.tally import Tally
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    ACCENT,
    ALARM_FIGURE,
    FIGURE,
    LABEL,
    MONEY_FIGURE,
    NOTE,
    READY,
    STATE,
    SUBTITLE,
    SUBTITLE_RIGHT,
    TITLE,
    Look,
)
from server.sheets.xlsx.wording import count_phrase
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

STATE_ROW = "3:3"
"""The row with the state of the run is printed on every page."""

ONE_PAGE = 30
"""Up to this many rows of providers, with headings and totals, the summary is printed on one page."""


def add_summary(builder: WorkbookBuilder, content: PayrollContent) -> None:
    """Add the summary of a run."""
    run = content.run
    widths = table_widths(content)
    columns = len(widths)
    grid = Grid(builder.writer, widths)
    paid_on = f" · Pay date {us(run.pay_date)}" if run.pay_date else ""
    put_title(grid, run, columns, run.clinic.name, f"Payroll · {in_words(run.period)}{paid_on}")
    state = put_state(grid, run, columns)
    put_contact(grid, run.clinic)
    _put_figures(grid, run, content.sums, columns)
    row = put_providers(grid, 9, content)
    listed = row - 9
    for line in _foot_lines(content):
        row += 1
        grid.put(row, 1, line, NOTE)
    grid.put(row + 1, 1, fingerprint_line(run.fingerprint), NOTE)
    grid.hide_row(row + 1)
    page = Page(
        widths,
        content.head,
        landscape=True,
        pages_tall=1 if listed <= ONE_PAGE else 0,
        freeze="B4",
        repeat_rows=STATE_ROW,
        state=state,
        tab=ACCENT,
    )
    builder.add(SUMMARY_NAME, page, [grid.xml()])


def put_title(grid: Grid, run: PayRun, columns: int, title: str, subtitle: str) -> None:
    """Put the title, the subtitle and the run into rows 1 and 2."""
    grid.band(1, columns, title, TITLE, height=34)
    grid.band(2, columns, subtitle, SUBTITLE, height=22)
    grid.put(2, columns, run_label(run.id), SUBTITLE_RIGHT)


def put_state(grid: Grid, run: PayRun, columns: int) -> tuple[str, ...]:
    """Put the state of a draft into row 3, or that nothing is paid; return the cells that a reply may rewrite later."""
    if run.is_draft_with_blockers:
        need = count_phrase(run.count(Outcome.BLOCKED), "row needs attention", "rows need attention")
        grid.band(3, columns, f"DRAFT – {need}. See the sheet {FINDINGS.name}.", STATE, height=28)
    elif run.id:
        flagged = count_flagged(flags_of(run.findings))
        review = f"{count_phrase(flagged, 'item', 'items')} to review on {FINDINGS.name}." if flagged else ""
        grid.band(3, columns, draft_line(review), STATE, height=28)
    else:
        grid.band(3, columns, "Complete: every row of the log is accounted for.", READY, height=24)
    return state_cells(run, columns)


def state_cells(run: PayRun, columns: int) -> tuple[str, ...]:
    """Return the cells of row 3 that show the state of a run; none if no run is recorded."""
    return (f"A3:{cell_addresses.cell(columns - 1, 3)}",) if run.id else ()


def put_contact(grid: Grid, clinic: Clinic) -> None:
    """Put the clinic's address, phone and email into row 4, as far as the setup has them."""
    address = ", ".join(" ".join(line.split()) for line in clinic.address.replace(";", "\n").split("\n"))
    parts = (address, clinic.phone, clinic.email)
    grid.put(4, 1, " · ".join(" ".join(text.split()) for text in parts if text), NOTE)


def put_boxes(
    grid: Grid, row: int, columns: int, figures: Sequence[tuple[int, str, str | int | None, Look, str]]
) -> None:
    """Put figures into a box of three rows: column, label, value, look and note of each."""
    for place, look in ((row, LABEL), (row + 1, FIGURE), (row + 2, LABEL)):
        grid.band(place, columns, "", look)
    for column, label, value, look, note in figures:
        grid.put(row, column, label, LABEL)
        grid.put(row + 1, column, value, look)
        grid.put(row + 2, column, note, LABEL)
    grid.set_height(row + 1, 28)


def _put_figures(grid: Grid, run: PayRun, sums: Tally, columns: int) -> None:
    """Put the four key figures into a box in rows 5 to 7."""
    blocked, held, reviews = (
        run.count(Outcome.BLOCKED),
        run.count(Outcome.HELD),
        count_flagged(flags_of(run.findings)),
    )
    attended = int(sums.attended.sum())
    missed = len(run.lines) - attended
    figures: tuple[tuple[int, str, int, Look, str], ...] = (
        (1, "Total pay", run.total_cents, MONEY_FIGURE, _pay_by_form(sums)),
        (2, "Providers", len(sums.providers), FIGURE, ""),
        (
            4,
            "Visits paid",
            run.count(Outcome.PAID),
            FIGURE,
            f"{attended:,} attended"
            + (f", {missed:,} missed" if missed else "")
            + (f", {run.late_visits:,} late" if run.late_visits else ""),
        ),
        (
            max(columns - 1, 6),
            "Rows that need attention" if blocked or not held else "Held for a later run",
            blocked or held,
            ALARM_FIGURE if blocked else FIGURE,
            f"listed on {EXCLUDED.name}" if held and not blocked else f"{reviews:,} more to review",
        ),
    )
    put_boxes(grid, 5, columns, figures)


def _pay_by_form(sums: Tally) -> str:
    """Return what employees and contractors are handed over, who are paid through different books."""
    parts = [
        f"{form.value} {dollars(sums.handed_over_as(form))}" for form in WorksAs if form in sums.works_as
    ]
    return " · ".join(parts)


def _foot_lines(content: PayrollContent) -> tuple[str, ...]:
    run = content.run
    return (
        *_held_notes(content.held),
        *_adjustment_notes(run),
        *_plan_notes(run),
        *_item_notes(run),
        *_payment_notes(run),
        *_carried_notes(content),
        *_history_notes(content.history),
        ROUNDING,
        *(
            f"Already paid in run {paid.run_id}: {count_phrase(paid.visits, 'visit', 'visits')}, {dollars(paid.paid_cents)}."
            for paid in run.paid_earlier
        ),
        f"Read from sheet “{run.log.sheet}” of {run.log.workbook}.",
    )


def _held_notes(held: Sequence[HeldOnPaper]) -> tuple[str, ...]:
    """Return whose visits are held, which are not part of the total."""
    if not held:
        return ()
    whose = visits_by_provider([visit.provider for visit in held])
    return f"{held_title(held)}: {whose}. They are listed on the sheet {EXCLUDED.name}.", HELD_NOTE


def _adjustment_notes(run: PayRun) -> tuple[str, ...]:
    """Return where the adjustments are listed."""
    if not run.adjustments:
        return ()
    late = count_phrase(run.late_visits, "late visit", "late visits")
    shared = ", shares and supervision" if run.further_pay else ""
    count = count_phrase(len(run.adjustments), "adjustment", "adjustments")
    included = f", {late} among them" if run.late_visits else ""
    return (
        f"{count} of earlier pay{shared} ({dollars(run.adjustment_cents)}){included}: see the sheet {ADJUSTMENTS.name}.",
    )


def _plan_notes(run: PayRun) -> tuple[str, ...]:
    """Return where the plan lines are listed."""
    if not run.plans:
        return ()
    return (f"{plans_in_words(len(run.plans), run.plans_cents)}: see the sheet {PLANS_PAID.name}.",)


def _item_notes(run: PayRun) -> tuple[str, ...]:
    """Return where the pay items are listed."""
    if not run.items:
        return ()
    return (f"{items_in_words(len(run.items), run.items_cents)}: see the sheet {ITEMS_PAID.name}.",)


def _payment_notes(run: PayRun) -> tuple[str, ...]:
    """Return where the payments are listed, and how many of them pay nobody."""
    payments = run.payments
    if not payments.rows and not payments.lines:
        return ()
    paid = payments_in_words(len(payments), payments.cents)
    nobody = len(payments.unallocated_rows)
    waiting = (
        f" {count_phrase(nobody, 'payment', 'payments')} ({dollars(payments.unallocated_cents)}) unallocated."
        if nobody
        else ""
    )
    return (f"Pay on collection, by {paid}: see the sheet {PAYMENTS_RECEIVED.name}.{waiting}",)


def _carried_notes(content: PayrollContent) -> tuple[str, ...]:
    """Return a line for each provider with a carried-forward total."""
    return tuple(
        f"{one.provider}{_who_owes(one, content.providers)}: {one.in_words}" for one in content.run.carried
    )


def _who_owes(one: CarriedForward, providers: Mapping[str, Provider]) -> str:
    """Return that a provider who may never be paid again owes what is left; "" for the others."""
    known = providers.get(one.provider)
    if not one.out_cents or (known and known.active):
        return ""
    why = "is inactive" if known else "is no longer in the setup"
    return f", who {why}, owes {dollars(-one.out_cents)}"


def _history_notes(history: PayHistory | None) -> tuple[str, ...]:
    """Return what the columns about the last period and the year mean."""
    if history is None:
        return ()
    year = f"{history.year_words}: {year_basis(history)}."
    if history.last_period is None:
        return (year,)
    runs = ", ".join(history.of_same_period)
    together = f" This period includes the approved {runs}." if runs else ""
    last = f"Compared with the approved runs of {in_words(history.last_period)}.{together}"
    parts = "Rate: the same work at other rates. New services: not paid in the last period. Volume: the rest."
    return f"{last} {parts}", year
