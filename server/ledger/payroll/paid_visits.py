"""What closed runs have paid, as far as a log or a draft may be about it, and what staff said of it."""

from collections.abc import Collection, Sequence

import orjson
from sqlite_utils import Database

from server.billing.payroll.paid_visits import PaidBefore, PaidVisit, RecordedAnswer, SameVisits, VisitAnswer
from server.billing.payroll.pay_run import Period
from server.ledger.clock import Stamp, civil_day
from server.ledger.statements import insert

_VISIT = (
    "line.run, line.place, line.identity, line.day, line.provider, line.provider_key, line.service,"
    " line.patient_key, line.counts_as, line.amount_cents"
)
_OF_CLOSED_RUNS = "JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'"

_BY_DAY = f"SELECT {_VISIT} FROM pay_line AS line {_OF_CLOSED_RUNS} WHERE line.day BETWEEN ? AND ?"  # noqa: S608
_BY_IDENTITY = f"""
SELECT {_VISIT} FROM json_each(?) AS wanted
CROSS JOIN pay_line AS line ON line.identity = wanted.value CROSS {_OF_CLOSED_RUNS}
"""  # noqa: S608
_ANSWERS = f"""
SELECT pay_run.state = 'closed' AND drafted.state IS NOT 'voided', given.visit, given.answer, given.answered_at,
    {_VISIT} FROM json_each(?) AS wanted
CROSS JOIN visit_answer AS given ON given.visit = wanted.value
CROSS JOIN pay_line AS line ON line.run = given.run AND line.place = given.place
CROSS JOIN pay_run ON pay_run.id = line.run
LEFT JOIN pay_run AS drafted ON drafted.id = given.draft
ORDER BY given.id
"""  # noqa: S608


def closed_runs(db: Database) -> dict[str, str]:
    """Return every closed run and when it was closed."""
    return dict(db.execute("SELECT id, closed_at FROM pay_run WHERE state = 'closed'").fetchall())


def paid_before(db: Database, identities: Collection[str], days: Period | None) -> PaidBefore:
    """Return what closed runs paid on these days and under these identities, and what staff said of the latter."""
    runs = closed_runs(db)
    if not runs:
        return PaidBefore()
    visits = on_days(db, days) if days else []
    elsewhere = {*identities}.difference(visit.identity for visit in visits)
    visits += by_identity(db, elsewhere)
    return PaidBefore(tuple(visits), tuple(_answers(db, identities)), runs)


def on_days(db: Database, days: Period) -> list[PaidVisit]:
    """Return what closed runs paid on these days."""
    first, last = days.first.isoformat(), days.last.isoformat()
    return [PaidVisit(*row) for row in db.execute(_BY_DAY, [first, last])]


def by_identity(db: Database, identities: Collection[str]) -> list[PaidVisit]:
    """Return what closed runs paid under these identities.

    Sorted, so that the index is walked from end to end instead of jumped about in: twice as fast
    at a hundred thousand.
    """
    wanted = orjson.dumps(sorted(identities)).decode()
    return [PaidVisit(*row) for row in db.execute(_BY_IDENTITY, [wanted])]


def record_answers(db: Database, draft: str, answers: Sequence[VisitAnswer], stamp: Stamp) -> None:
    """Write down what staff said about rows that look like paid visits."""
    columns = ("visit", "run", "place", "answer", "draft", "answered_at", "answered_by")
    db.conn.executemany(
        insert("visit_answer", columns),
        (
            (
                given.identity,
                given.visit.run_id,
                given.visit.place,
                given.answer,
                draft or None,
                stamp.at,
                stamp.actor,
            )
            for given in answers
        ),
    )


def _answers(db: Database, identities: Collection[str]) -> list[RecordedAnswer]:
    """Return the latest answer about each identity.

    It does not count if the run it was given for, or the one that paid the visit, is voided; nor does an earlier one.
    """
    if not db.execute("SELECT 1 FROM visit_answer LIMIT 1").fetchone():
        return []
    wanted = orjson.dumps(sorted(identities)).decode()
    latest = {row[1]: row for row in db.execute(_ANSWERS, [wanted])}
    return [
        RecordedAnswer(identity, PaidVisit(*line), SameVisits(answer), at, day)
        for counts, identity, answer, at, *line in latest.values()
        if counts and (day := civil_day(at))
    ]
