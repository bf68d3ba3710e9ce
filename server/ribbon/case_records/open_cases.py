"""The button Case list: the Cases sheet with the record of each case that is not settled, or of those the filters find."""

from collections.abc import Iterator

from server.errors import SheetInTheWay, count_of
from server.ledger.invoices.cases import CaseFilter
from server.operations.case_records import open_case_records
from server.operations.clinics import show_setup
from server.ribbon.case_records.case_sheet import case_sheet_sent, listed_case
from server.ribbon.context import ClickContext
from server.ribbon.list_refresh import reply_before_refresh
from server.ribbon.protocol import Reply
from server.sheets.invoices.cases_sheet import write_cases
from server.sheets.invoices.tables import CASES

CASES_SHOWN = "cases"
OPEN, ALL = "open", "all"
NAMED = ("attorney", "payer", "patient", "case")
SAVE_FIRST = "Press Save cases to save it first."


def open_cases(context: ClickContext) -> Reply:
    """Add the Cases sheet to the workbook. Asks before it replaces a sheet with something typed that is not saved."""
    case_filter = _read_filter(context)
    if reply := reply_before_refresh(context, CASES.name, _count_unsaved(context), SAVE_FIRST):
        return reply
    clinic = show_setup(context.session).clinic
    found = open_case_records(context.session, case_filter)
    workbook = write_cases(clinic, [listed_case(one) for one in found], context.click.workbook.date_system)
    words = ", ".join(_filter_words(context, case_filter))
    waiting = sum(bool(one.status_requests) for one in found)
    asked = f" An attorney waits for the status of {count_of(waiting, 'case')}." if waiting else ""
    return Reply(
        summary=f"{count_of(len(found), 'case')} of {clinic.name} ({words}).{asked}"
        if found
        else f"{clinic.name} has no cases that match: {words}.",
        figures={
            "cases": len(found),
            "billed_cents": sum(one.billed_cents for one in found),
            "balance_cents": sum(one.case.balance_cents for one in found),
            "pro_rata_cents": sum(one.share_cents or 0 for one in found),
            "status_requested": waiting,
        },
        output=context.keep(workbook, [CASES.name]),
        activate=CASES.name,
    )


def _read_filter(context: ClickContext) -> CaseFilter:
    answers = context.click.answers()
    shown = context.chosen_word(CASES_SHOWN, (OPEN, ALL))
    # Who looks for one case looks for it in any state.
    is_settled = None if shown == ALL or (not shown and "case" in answers) else False
    names = {name: answers.get(name, "") for name in NAMED}
    return CaseFilter(**names, is_settled=is_settled)


def _filter_words(context: ClickContext, case_filter: CaseFilter) -> Iterator[str]:
    yield "not settled" if case_filter.is_settled is False else "all"
    for name in NAMED:
        if spelling := context.click.answers().get(name):
            yield f"{name} {spelling}"


def _count_unsaved(context: ClickContext) -> int:
    """Return how many rows have something typed that is not saved. Refuses a sheet of this name that we did not write."""
    sheet = case_sheet_sent(context)
    if sheet and not sheet.is_ours:
        raise SheetInTheWay(sheet.name)
    return len(sheet.edited_rows) if sheet else 0
