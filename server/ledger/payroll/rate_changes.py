"""Rates that were changed after closed runs had paid by them: the lines concerned, and who accepted the difference."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.billing.payroll.adjustments import PaidBy
from server.billing.payroll.rate_changes import Acceptances, PaidLineNow
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.payroll.adjustments import AdjustedVisit, adjusted_visits

_WANTED = ValueTable("wanted", "run", "place")

_LINE = """
line.run, line.place, line.appointment, line.day, line.provider, line.provider_key, line.service, line.counts_as,
    line.amount_cents, used.basis, used.amount, line.units, line.minutes, line.charge_cents, line.collected_cents
"""
_CHANGED_FROM = """
WITH changed AS (
    SELECT effective_from, recorded_at FROM rate
    UNION ALL
    SELECT rate.effective_from, gone.withdrawn_at FROM rate_withdrawal AS gone JOIN rate ON rate.id = gone.id
)
SELECT pay_run.id, pay_run.last_day, MIN(changed.effective_from)
FROM pay_run JOIN changed ON changed.recorded_at >= pay_run.made_at
WHERE pay_run.state = 'closed'
GROUP BY pay_run.id
"""
_SINCE = fill_in(
    """
SELECT {line} FROM pay_line AS line JOIN rate_used AS used ON used.run = line.run AND used.place = line.rate
WHERE line.run = ? AND line.day >= ?
""",
    line=_LINE,
)
_OF_PLACES = fill_in(
    """
SELECT {line} FROM {wanted}
CROSS JOIN pay_line AS line ON line.run = wanted.run AND line.place = wanted.place
CROSS JOIN rate_used AS used ON used.run = line.run AND used.place = line.rate
""",
    line=_LINE,
    wanted=_WANTED.sql,
)


_NEVER = "9999-12-31"

Line = tuple[str, int]
"""The run and the place of a paid line."""


def lines_of_changed_rates(session: DatabaseSession) -> list[PaidLineNow]:
    """Return the lines that closed runs paid for days for which a rate was changed after the run was generated.

    Any rate counts, of whatever provider: only the rules know which one is in force. Visits whose pay was taken back are none
    of them.
    """
    runs = session.all(_CHANGED_FROM)
    if not runs:
        return []
    adjusted = adjusted_visits(session)
    rows = (row for run, last, since in runs if since <= last for row in session.each(_SINCE, [run, since]))
    found = [line for row in rows if (line := _line_now(adjusted, row)) is not None]
    first_of = {run: since for run, _, since in runs}
    moved = {line for line, facts in adjusted.items() if facts.day >= first_of.get(line[0], _NEVER)}
    moved.difference_update(line[:2] for line in found)
    return [*found, *_lines_at(session, moved, adjusted)]


def paid_lines_now(
    session: DatabaseSession, lines: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], PaidLineNow]:
    """Return paid lines as they are after all adjustments, by run and place; none that were taken back."""
    wanted = set(lines)
    found = _lines_at(session, wanted, adjusted_visits(session)) if wanted else []
    return {line[:2]: line for line in found}


def _lines_at(
    session: DatabaseSession, wanted: Iterable[tuple[str, int]], adjusted: Mapping[Line, AdjustedVisit]
) -> list[PaidLineNow]:
    rows = session.each(_OF_PLACES, [_WANTED.rows(sorted(wanted))])
    return [line for row in rows if (line := _line_now(adjusted, row)) is not None]


def _line_now(adjusted: Mapping[tuple[str, int], AdjustedVisit], row: tuple[Any, ...]) -> PaidLineNow | None:
    run, place, appointment, day, provider, key, service, counts_as, cents, *paid = row
    facts = adjusted.get((run, place))
    if facts is None:
        paid_by = PaidBy(*paid)
        return PaidLineNow(run, place, appointment, day, provider, key, service, counts_as, cents, paid_by)
    if facts.is_taken_back or facts.paid_by is None:
        return None
    return PaidLineNow(
        run, place, appointment, facts.day, facts.provider, facts.provider_key, facts.service, facts.counts_as,
        facts.amount_cents, facts.paid_by,
    )  # fmt: skip


def acceptances(session: DatabaseSession) -> Acceptances:
    """Return the latest acceptance of each line."""
    rows = session.all("SELECT run, place, now_cents, accepted_by FROM rate_acceptance ORDER BY id")
    return {(run, place): (cents, person) for run, place, cents, person in rows}


def record_acceptances(
    session: DatabaseSession, accepted: Mapping[tuple[str, int], int], stamp: Stamp
) -> None:
    """Record that somebody accepted amounts, in cents, for paid lines."""
    session.insert_many(
        "rate_acceptance",
        ("run", "place", "now_cents", "accepted_at", "accepted_by"),
        ((run, place, cents, stamp.at, stamp.actor) for (run, place), cents in accepted.items()),
    )
