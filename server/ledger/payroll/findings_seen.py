"""The review findings that were ticked as seen when a run was approved: by whom, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.billing.payroll.review_flags import ReviewFlag
from server.errors import in_stretches
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

COLUMNS = ("run", "code", "sheet", "heading", "row_numbers", "cells", "message", "seen_at", "seen_by")


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A review finding that was ticked as seen: ``row_numbers`` as text, such as ``3-40, 52``."""

    code: str
    sheet: str
    heading: str
    row_numbers: str
    cells: int
    message: str
    seen_at: str
    seen_by: str


def record_seen(session: DatabaseSession, run_id: str, flags: Sequence[ReviewFlag], stamp: Stamp) -> None:
    """Record that a person ticked these findings of a draft as seen."""
    rows = (
        (
            run_id,
            flag.code,
            flag.sheet,
            flag.heading,
            in_stretches(flag.rows, len(flag.rows)),
            flag.cells,
            flag.message,
            stamp.at,
            stamp.actor,
        )
        for flag in flags
    )
    session.insert_many("finding_seen", COLUMNS, rows)


def seen_of_run(session: DatabaseSession, run_id: str) -> list[FindingSeen]:
    """Return the findings that were ticked when a run was approved, in their order."""
    found = session.all(
        "SELECT code, sheet, heading, row_numbers, cells, message, seen_at, seen_by FROM finding_seen"
        " WHERE run = ? ORDER BY id",
        [run_id],
    )
    return [FindingSeen(*row) for row in found]
