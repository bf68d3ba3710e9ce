"""Held visits: listed, written off, and restored (rule: pay-runs#held-rows)."""

from collections.abc import Sequence

from server.billing.payroll.held_visits import (
    DraftHolds,
    HeldDecision,
    HeldState,
    HeldVisit,
    decide_held_visit,
)
from server.errors import HeldVisitNotOpen, MissingInput, UnknownHeldVisit, UnknownRun, count_of
from server.ledger.list_places import ListPlace
from server.ledger.payroll.held_visits import HeldVisitFilter, HeldVisitOrder
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_held_visits(
    session: Session, wanted: HeldVisitFilter, place: ListPlace[HeldVisitOrder], most: int
) -> ListedRows[HeldVisit]:
    """Return at most ``most`` held visits from a place of the list on."""
    with session.reading() as books:
        found = books.held_visits.find(wanted, place, most + 1)
        page = ListedRows.of_found(found, most, books.held_visits.count(wanted))
    session.record_view("list held visits", count_of(len(page.rows), "held visit"))
    return page


@operation()
def waiting_visits(session: Session) -> Sequence[HeldVisit]:
    """Return every held visit that waits for a later run."""
    with session.reading() as books:
        return books.held_visits.find(HeldVisitFilter((HeldState.WAITING,)))


@operation(UnknownRun)
def rows_to_hold(session: Session, run_id: str) -> DraftHolds:
    """Return the rows of a draft that its approval holds, and those that it can hold."""
    with session.reading() as books:
        books.run(run_id)
        return books.held_visits.of_draft(run_id)


@operation(UnknownHeldVisit, HeldVisitNotOpen, MissingInput)
def decide_visit(session: Session, held_id: int, decision: HeldDecision, reason: str) -> HeldVisit:
    """Write off a visit that waits, or restore one that was written off, with a reason; return it as it is now."""
    books = session.books
    given = decide_held_visit(books.held_visits.with_id(held_id), decision, reason)
    books.decide_held_visit(held_id, decision, given, session.person.name)
    return books.held_visits.with_id(held_id)
