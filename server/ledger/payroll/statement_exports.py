"""Which statements of a run were taken out of the books as files, by the access log."""

from dataclasses import dataclass
from datetime import date

from server.ledger.clock import civil_day
from server.ledger.engine.database_session import DatabaseSession

EXPORT_STATEMENTS = "export statements"
"""What the access log calls it. What it was about begins with the run and a colon."""


@dataclass(frozen=True, slots=True)
class StatementExport:
    """One time that somebody saved the statements of a run as files; ``day`` is the civil day."""

    day: date | None
    person: str


def exports_of_run(session: DatabaseSession, run_id: str) -> list[StatementExport]:
    """Return each time that the statements of a run were saved as files, the first one first."""
    begins = f"{run_id}:"
    found = session.all(
        "SELECT at, actor FROM access WHERE what = ? AND SUBSTR(about, 1, ?) = ? ORDER BY at, id",
        [EXPORT_STATEMENTS, len(begins), begins],
    )
    return [StatementExport(civil_day(at), actor) for at, actor in found]
