"""Cheques: which ones are in effect, and which invoices they pay.

A cheque is in effect while a step that recorded it is. One that bounced or was reversed may be recorded again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from server.billing.invoices.cheques import ChequeKey, KnownCheques, key_of
from server.billing.invoices.invoice import Cheque, Step
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

_WANTED = ValueTable("wanted", "payer", "number")
_PARTS = ValueTable(
    "part",
    *("step", "payer", "number", "whole_cents", "amount_cents", "unapplied_cents", "recording"),
    numbers=["step", "whole_cents", "amount_cents", "unapplied_cents", "recording"],
)

_STANDING = fill_in(
    """
SELECT cheque.payer, cheque.number, cheque.amount_cents, invoice.number
FROM {wanted}
JOIN cheque ON cheque.payer = wanted.payer AND cheque.number = wanted.number
JOIN allocation ON allocation.cheque = cheque.id
JOIN step ON step.id = allocation.step
JOIN invoice ON invoice.id = step.invoice
WHERE {stands}
ORDER BY step.id
""",
    wanted=_WANTED.sql,
    stands=json_columns.list_contains("invoice.standing", "step.place"),
)
_ENTER = fill_in(
    """
INSERT INTO cheque (payer, number, amount_cents)
SELECT part.payer, part.number, part.whole_cents FROM {parts} WHERE true
ON CONFLICT (payer, number, amount_cents) DO NOTHING
""",
    parts=_PARTS.sql,
)
_ALLOCATE = fill_in(
    """
INSERT INTO allocation (step, cheque, amount_cents, unapplied_cents, recording)
SELECT part.step, cheque.id, part.amount_cents, part.unapplied_cents, part.recording FROM {parts}
JOIN cheque ON cheque.payer = part.payer AND cheque.number = part.number
    AND cheque.amount_cents = part.whole_cents
""",
    parts=_PARTS.sql,
)

_INCOMPLETE = """
SELECT cheque.id FROM cheque JOIN allocation ON allocation.cheque = cheque.id
WHERE allocation.recording IS NOT NULL
GROUP BY allocation.recording, cheque.id, cheque.amount_cents
HAVING SUM(allocation.amount_cents + allocation.unapplied_cents) <> cheque.amount_cents
ORDER BY cheque.id LIMIT 1
"""


def known_cheques(session: DatabaseSession, cheques: Iterable[Cheque]) -> KnownCheques:
    """Return the cheques in effect with the same payers and numbers, over any amount, and the invoices they pay."""
    wanted = sorted({key_of(cheque)[:2] for cheque in cheques})
    found: dict[ChequeKey, list[str]] = defaultdict(list)
    for payer, number, cents, invoice in session.all(_STANDING, [_WANTED.rows(wanted)]):
        found[payer, number, cents].append(invoice)
    return dict(found)


def part_of(step: Step) -> tuple[str, str, int, int, int] | tuple[()]:
    """Return what a step takes: the cheque's key, cents for its invoice, cents not yet applied; () without a cheque."""
    request = step.request
    if request.cheque is None or request.amount_cents is None:
        return ()
    return (*key_of(request.cheque), request.amount_cents, request.unapplied_cents)


def allocate(session: DatabaseSession, recorded: Sequence[tuple[int, Step]]) -> None:
    """Record what steps (each with its id) take of cheques. Steps without a cheque are skipped.

    Raises ValueError if the parts of a cheque, with its unapplied credit, do not add up to the cheque: staff cannot
    cause this.
    """
    parts = [(step_id, *part) for step_id, step in recorded if (part := part_of(step))]
    if parts:
        listed = _PARTS.rows((*part, first) for part, first in zip(parts, _first_steps(parts), strict=True))
        session.execute(_ENTER, [listed])
        session.execute(
            _ALLOCATE,
            [listed],
        )


def _first_steps(parts: Iterable[tuple[int, str, str, int, int, int]]) -> list[int]:
    """Return for each part the step of the first part that was recorded with it.

    A cheque is complete when its parts add up to it. Another part is then one of the same cheque that came again.
    """
    first_of: list[int] = []
    incomplete: dict[ChequeKey, tuple[int, int]] = {}
    for step, payer, number, whole_cents, amount_cents, unapplied_cents in parts:
        key = (payer, number, whole_cents)
        first, rest = incomplete.pop(key, (step, whole_cents))
        first_of.append(first)
        if rest := rest - amount_cents - unapplied_cents:
            incomplete[key] = (first, rest)
    if incomplete:
        message = f"cents of {len(incomplete)} cheques are in no account"
        raise ValueError(message)
    return first_of


def first_incomplete(session: DatabaseSession) -> int | None:
    """Return the first cheque whose parts, as recorded together, do not add up to it; ``None`` if there is none."""
    found: int | None = session.value(_INCOMPLETE)
    return found
