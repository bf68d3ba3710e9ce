"""Rates that were changed after closed runs had paid by them: the lines concerned, and who accepted the difference."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from server.billing.clinics import Setup
from server.billing.payroll.adjustments import PaidBy
from server.billing.payroll.rate_changes import (
    Acceptances,
    ChangedRate,
    ConcernedLines,
    PaidLineNow,
    RecordedProvider,
    concerned_lines,
)
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.payroll.adjustments import AdjustedVisit, adjusted_visits

Line = tuple[str, int]
"""The run and the place of a paid line."""

_WANTED = ValueTable("wanted", "run", "place", numbers=["place"])
_OTHERS = ValueTable("other", "code")

_LINE = """
line.run, line.place, line.appointment, line.day, line.provider, line.provider_key, line.service, line.counts_as,
    line.amount_cents, used.basis, used.amount, line.units, line.minutes, line.charge_cents, line.collected_cents
"""
_CHANGED = """
WITH changed AS (
    SELECT id, recorded_at AS at FROM rate UNION ALL SELECT id, withdrawn_at FROM rate_withdrawal
)
SELECT DISTINCT pay_run.id, rate.effective_from, provider.name, service.code
FROM pay_run
JOIN changed ON changed.at >= pay_run.made_at
JOIN rate ON rate.id = changed.id
LEFT JOIN provider ON provider.id = rate.provider
LEFT JOIN service ON service.id = rate.service
WHERE pay_run.state = 'closed' AND rate.effective_from <= pay_run.last_day
"""
_FIRST_CHANGED = """
WITH changed AS (
    SELECT id, recorded_at AS at FROM rate UNION ALL SELECT id, withdrawn_at FROM rate_withdrawal
)
SELECT pay_run.id, MIN(rate.effective_from)
FROM pay_run JOIN changed ON changed.at >= pay_run.made_at JOIN rate ON rate.id = changed.id
WHERE pay_run.state = 'closed'
GROUP BY pay_run.id
"""
_NEXT_PROVIDER = """
SELECT provider_key, provider FROM pay_line WHERE run = ? AND (provider_key, provider) > (?, ?)
ORDER BY provider_key, provider LIMIT 1
"""
_OF_ALL = fill_in(
    """
SELECT {line} FROM pay_line AS line
JOIN rate_used AS used ON used.run = line.run AND used.place = line.rate
WHERE line.run = ? AND line.day >= ? AND line.service NOT IN (SELECT other.code FROM {others})
""",
    line=_LINE,
    others=_OTHERS.sql,
)
_OF_PROVIDER = fill_in(
    """
SELECT {line}
FROM (SELECT run, place FROM pay_line WHERE run = ? AND provider_key = ? AND provider = ?) AS own
CROSS JOIN pay_line AS line ON line.run = own.run AND line.place = own.place
CROSS JOIN rate_used AS used ON used.run = line.run AND used.place = line.rate
WHERE line.day >= ? AND line.service NOT IN (SELECT other.code FROM {others})
""",
    line=_LINE,
    others=_OTHERS.sql,
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


def lines_of_changed_rates(session: DatabaseSession, setup: Setup) -> list[PaidLineNow]:
    """Return the lines that closed runs paid to providers, for services and on days for which a rate was changed after the run
    was generated.

    Only the rules know which rate is in force. Visits whose pay was taken back are none of them. A run may have hundreds of
    thousands of lines, so only those of the changed rates are read.
    """
    first_of: dict[str, str] = dict(session.each(_FIRST_CHANGED))
    if not first_of:
        return []
    changes: dict[str, list[ChangedRate]] = defaultdict(list)
    for run, *change in session.each(_CHANGED):
        changes[run].append(ChangedRate(*change))
    adjusted = adjusted_visits(session)
    found: dict[Line, PaidLineNow] = {}
    for run, rates in changes.items():
        for concerned in concerned_lines(rates, setup, [*_providers_of(session, run)]):
            rows = _rows_of(session, run, concerned)
            found |= {line[:2]: line for row in rows if (line := _line_now(adjusted, row)) is not None}
    others = [
        line
        for line, facts in adjusted.items()
        if line not in found and line[0] in first_of and facts.day >= first_of[line[0]]
    ]
    return [*found.values(), *_lines_at(session, others, adjusted)]


def _providers_of(session: DatabaseSession, run: str) -> Iterator[RecordedProvider]:
    """Yield the providers whom a run paid. The index is asked for one after the other, which is quick for any number of lines."""
    last = RecordedProvider("", "")
    while (row := session.one(_NEXT_PROVIDER, [run, *last])) is not None:
        last = RecordedProvider(*row)
        yield last


def _rows_of(session: DatabaseSession, run: str, concerned: ConcernedLines) -> Iterator[tuple[Any, ...]]:
    who: Sequence[str] = concerned.provider or ()
    values = [run, *who, concerned.since, _OTHERS.values(concerned.other_services)]
    return session.each(_OF_PROVIDER if who else _OF_ALL, values)


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
