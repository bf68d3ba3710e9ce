"""One form of everything that can be known to be asked about a log, so that nobody answers one form after another."""

from collections.abc import Callable
from dataclasses import replace

from server.billing.clinic import Setup
from server.sheets.log.layout import Layout
from server.sheets.log.measures import measure_questions
from server.sheets.questions import Unanswered, together
from server.sheets.sheet import Sheet


def everything_asked(
    sheet: Sheet, setup: Setup, layout: Layout, asked_by_cells: Callable[[Sheet, Layout], list[Unanswered]]
) -> Unanswered:
    """Return the questions of a layout with those about numbers pay depends on, and about how cells are read.

    ``asked_by_cells`` reads the cells as far as a layout says where they are. What it asks depends on which column is
    the date of service: while that is open, only what every one of them would ask is in the form.
    """
    lacking = sorted(setup.measures - set(layout.columns) - set(layout.asked))
    questions, findings = measure_questions(sheet, layout.header, layout.learned, lacking)
    forms = [Unanswered([*layout.questions, *questions], [*layout.findings, *findings])]
    dates = layout.asked.get("date") or layout.columns.get("date", ())[:1]
    by_date = [
        asked_by_cells(sheet, replace(layout, columns={**layout.columns, "date": (position,)}))
        for position in dates
    ]
    if by_date and all(by_date):
        forms.extend(by_date[0])
    return together(forms)
