"""One form with every question about a log that can be known in advance, so that staff fill in only one form."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from server.billing.clinics import ANY, MEASURE, Setup
from server.billing.names import fold
from server.billing.payroll.setup_matching import spellings
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.appointment_log.measure_columns import measure_questions
from server.sheets.appointment_log.visit_minutes import measures_read
from server.sheets.cells import text_of
from server.sheets.questions import Unanswered, merge_forms
from server.sheets.sheet import Sheet


def everything_asked(
    sheet: Sheet, setup: Setup, layout: Layout, asked_by_cells: Callable[[Sheet, Layout], list[Unanswered]]
) -> Unanswered:
    """Return a layout's questions, and those about numbers that pay depends on and about how cells are read.

    ``asked_by_cells`` reads the cells of the columns that the layout knows. Its questions depend on which column is
    the date of service. While that is open, the form has only the questions that every candidate would raise.
    """
    lacking = sorted(_measures(sheet, setup, layout) - measures_read(layout.columns) - set(layout.asked))
    in_question = {position for positions in layout.asked.values() for position in positions}
    questions, findings = measure_questions(sheet, layout.header, layout.learned, lacking, in_question)
    forms = [Unanswered([*layout.questions, *questions], [*layout.findings, *findings])]
    dates = layout.asked.get("date") or layout.columns.get("date", ())[:1]
    by_date = [
        asked_by_cells(sheet, replace(layout, columns={**layout.columns, "date": (position,)}))
        for position in dates
    ]
    if by_date and all(by_date):
        forms.extend(by_date[0])
    return merge_forms(forms)


def _measures(sheet: Sheet, setup: Setup, layout: Layout) -> frozenset[str]:
    """Return the measures that the rates of a log's providers and services are multiplied by."""
    people = _present(sheet, layout, "provider", spellings(setup.providers))
    services = _present(sheet, layout, "service", spellings(setup.services))
    names = {
        ANY,
        *(one.name for place, one in enumerate(setup.providers) if people is None or place in people),
    }
    codes = {
        ANY,
        *(one.code for place, one in enumerate(setup.services) if services is None or place in services),
    }
    rates = [rate for rate in setup.rates if rate.amount and rate.provider in names and rate.service in codes]
    return frozenset(field for rate in rates if (field := MEASURE[rate.basis][0]))


def _present(sheet: Sheet, layout: Layout, field: str, known: Mapping[str, int]) -> set[int] | None:
    """Return the providers or services in a log, ``None`` if it is not known yet which column names them."""
    positions = layout.columns.get(field, ())
    if len(positions) != 1 or field in layout.asked:
        return None
    return {known[key] for cell in set(sheet.columns[positions[0]]) if (key := fold(text_of(cell))) in known}
