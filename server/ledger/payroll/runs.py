"""Pay runs: draft, then closed or voided.

A draft may be made again as often as staff like. Closing it turns its lines into rows that never
change, and from then on those appointments are paid. SQLite's triggers refuse what this module
must not do; it decides first, so that staff read a sentence and not an SQL error.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from server.billing.payroll.pay_run import Outcome, PayRun, Period
from server.errors import ReasonNeeded, RunHasBlockers, RunIsClosed, RunIsVoided, UnknownRun
from server.ledger.clock import Stamp, civil_day
from server.ledger.payroll import drafts, pay_lines
from server.ledger.payroll.close_checks import refuse_paid
from server.ledger.payroll.drafts import LINE, Draft, DraftBasis, KnownBy


class RunState(StrEnum):
    """Where in its life a pay run is."""

    DRAFT = "draft"
    CLOSED = "closed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class RunHeader:
    """One pay run without its lines. Instants are UTC text, empty while they have not happened.

    ``rows_in`` = ``paid`` + ``excluded`` + ``held`` + ``blocked`` + ``already_paid``; ``revision``
    says how often the draft was made; ``figures`` are the bytes recorded with the last of them.
    """

    id: str
    period: Period
    state: RunState
    revision: int
    rows_in: int
    paid: int
    excluded: int
    held: int
    blocked: int
    already_paid: int
    paid_cents: int
    fingerprint: str
    figures: bytes
    made_at: str
    made_by: str
    closed_at: str
    closed_by: str
    voided_at: str
    voided_by: str
    void_reason: str

    @property
    def closed_on(self) -> date | None:
        """Return the civil day it was closed on, where the service runs."""
        return civil_day(self.closed_at)


@dataclass(frozen=True, slots=True)
class DraftReplaced:
    """What the earlier draft paid and this one does not.

    ``appointments`` has an entry for each line lost: its appointment ID, or day, provider and
    service where the log gives no ID.
    """

    run_id: str
    revision: int
    appointments: tuple[str, ...]
    lost_cents: int


def id_for(db: Database, clinic_id: str, period: Period) -> str:
    """Return the id of the period's open draft, else the next one of that period."""
    first, last = period.first.isoformat(), period.last.isoformat()
    latest = db.execute(
        "SELECT number, state FROM pay_run WHERE first_day = ? AND last_day = ? ORDER BY number DESC LIMIT 1",
        [first, last],
    ).fetchone()
    number, state = latest or (0, None)
    return f"{clinic_id}-{_label(period)}-r{number if state == RunState.DRAFT else number + 1}"


def header(db: Database, run_id: str) -> RunHeader:
    """Return one pay run; refuses an unknown id."""
    for row in db.query("SELECT * FROM pay_run WHERE id = ?", [run_id]):
        return _header(row)
    raise UnknownRun(run_id)


def headers(db: Database) -> list[RunHeader]:
    """Return every pay run, the latest period first."""
    latest_first = "SELECT * FROM pay_run ORDER BY last_day DESC, first_day DESC, number DESC"
    return [_header(row) for row in db.query(latest_first)]


def open_draft(db: Database, period: Period) -> RunHeader | None:
    """Return the open draft of exactly this period, if there is one."""
    found = "SELECT * FROM pay_run WHERE state = 'draft' AND first_day = ? AND last_day = ?"
    rows = db.query(found, [period.first.isoformat(), period.last.isoformat()])
    return next(map(_header, rows), None)


def record_draft(  # noqa: PLR0913 - each is a part of what is written down
    db: Database, run: PayRun, known_by: KnownBy, figures: bytes, *, basis: DraftBasis, stamp: Stamp
) -> DraftReplaced | None:
    """Write the draft down, over the one of the same period if there is one."""
    identities = known_by.identities
    if not len(set(identities)) == len(identities) == len(run.lines):
        message = "each line needs an identity of its own"
        raise ValueError(message)
    earlier = drafts.load(db, run.id)
    _write_header(db, run, figures, stamp)
    draft = drafts.save(db, run, known_by, basis)
    return _lost(header(db, run.id), earlier, draft)


def close(db: Database, run_id: str, stamp: Stamp) -> RunHeader:
    """Approve a draft: its lines and the rates they used become rows that never change."""
    run = header(db, run_id)
    if run.state is RunState.VOIDED:
        raise RunIsVoided(run_id, run.void_reason)
    if run.state is RunState.CLOSED:
        raise RunIsClosed(run_id, run.state)
    if run.blocked:
        raise RunHasBlockers(run_id, run.blocked)
    draft = drafts.load(db, run_id)
    refuse_paid(db, run_id, run.period, draft)
    pay_lines.write(db, run_id, draft)
    drafts.empty(db, run_id)
    db.execute(
        "UPDATE pay_run SET state = 'closed', closed_at = ?, closed_by = ? WHERE id = ?",
        [stamp.at, stamp.actor, run_id],
    )
    return header(db, run_id)


def void(db: Database, run_id: str, reason: str, stamp: Stamp) -> RunHeader:
    """Take a draft or a closed run back, for a reason. Its lines stay, and no longer count as paid."""
    run = header(db, run_id)
    if run.state is RunState.VOIDED:
        raise RunIsVoided(run_id, run.void_reason)
    if not reason.strip():
        raise ReasonNeeded(run_id)
    db.execute(
        "UPDATE pay_run SET state = 'voided', voided_at = ?, voided_by = ?, void_reason = ? WHERE id = ?",
        [stamp.at, stamp.actor, reason.strip(), run_id],
    )
    return header(db, run_id)


def _label(period: Period) -> str:
    """Return ``2026-10`` for a calendar month, else ``2026-10-01-to-2026-10-15``."""
    first, last = period.first, period.last
    month_ends = date(first.year, first.month, monthrange(first.year, first.month)[1])
    if first.day == 1 and last == month_ends:
        return first.isoformat()[: len("2026-10")]
    return f"{first.isoformat()}-to-{last.isoformat()}"


def _header(row: dict[str, Any]) -> RunHeader:
    period = Period(date.fromisoformat(row.pop("first_day")), date.fromisoformat(row.pop("last_day")))
    del row["number"]
    told: dict[str, Any] = {column: "" if value is None else value for column, value in row.items()}
    told |= {"period": period, "state": RunState(row["state"])}
    return RunHeader(**told)


def _write_header(db: Database, run: PayRun, figures: bytes, stamp: Stamp) -> None:
    """Enter the run, or count one more revision of its draft."""
    row = {
        "id": run.id,
        "first_day": run.period.first.isoformat(),
        "last_day": run.period.last.isoformat(),
        "number": int(run.id.rpartition("-r")[2]),
        "rows_in": run.rows_in,
        "paid": run.count(Outcome.PAID),
        "excluded": run.count(Outcome.EXCLUDED),
        "held": run.count(Outcome.HELD),
        "blocked": run.count(Outcome.BLOCKED),
        "already_paid": run.count(Outcome.ALREADY_PAID),
        "paid_cents": run.paid_cents,
        "fingerprint": run.fingerprint,
        "figures": figures,
        "made_at": stamp.at,
        "made_by": stamp.actor,
    }
    db.execute(_ENTER_HEADER, row)


_ENTER_HEADER = """
INSERT INTO pay_run (id, first_day, last_day, number, state, revision, rows_in, paid, excluded, held, blocked,
                     already_paid, paid_cents, fingerprint, figures, made_at, made_by)
VALUES (:id, :first_day, :last_day, :number, 'draft', 1, :rows_in, :paid, :excluded, :held, :blocked,
        :already_paid, :paid_cents, :fingerprint, :figures, :made_at, :made_by)
ON CONFLICT (id) DO UPDATE SET
    revision = pay_run.revision + 1, rows_in = excluded.rows_in, paid = excluded.paid,
    excluded = excluded.excluded, held = excluded.held, blocked = excluded.blocked,
    already_paid = excluded.already_paid, paid_cents = excluded.paid_cents,
    fingerprint = excluded.fingerprint, figures = excluded.figures,
    made_at = excluded.made_at, made_by = excluded.made_by
"""


def _lost(run: RunHeader, earlier: Draft, draft: Draft) -> DraftReplaced | None:
    """Compare the earlier draft with the one that replaced it; it is unpacked only if lines are lost."""
    if earlier.listed == draft.listed:
        return None
    kept = set(draft.identities())
    if kept.issuperset(earlier.identities()):
        return None
    lost = [
        dict(zip(LINE, line, strict=True))
        for identity, line in zip(earlier.identities(), earlier.lines(), strict=True)
        if identity not in kept
    ]
    return DraftReplaced(
        run_id=run.id,
        revision=run.revision,
        appointments=tuple(
            line["appointment"] or f"{line['day']} {line['provider']} {line['service']}" for line in lost
        ),
        lost_cents=sum(line["amount_cents"] for line in lost),
    )
