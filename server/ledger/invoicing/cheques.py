"""Cheques: which ones stand, and which invoices they pay.

A cheque stands while a step that recorded it does: one that bounced, or was taken back, may come again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import orjson
from sqlite_utils import Database

from server.billing.invoicing.cheques import ChequeKey, KnownCheques, key_of
from server.billing.invoicing.values import Cheque, Step

_STANDING = """
SELECT cheque.payer, cheque.number, cheque.amount_cents, invoice.number
FROM json_each(?) AS wanted
JOIN cheque ON cheque.payer = wanted.value ->> 0 AND cheque.number = wanted.value ->> 1
JOIN allocation ON allocation.cheque = cheque.id
JOIN step ON step.id = allocation.step
JOIN invoice ON invoice.id = step.invoice
WHERE EXISTS (SELECT 1 FROM json_each(invoice.standing) AS standing WHERE standing.value = step.place)
ORDER BY step.id
"""
_ENTER = """
INSERT INTO cheque (payer, number, amount_cents)
SELECT value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
ON CONFLICT (payer, number, amount_cents) DO NOTHING
"""
_ALLOCATE = """
INSERT INTO allocation (step, cheque, amount_cents, unapplied_cents)
SELECT part.value ->> 0, cheque.id, part.value ->> 4, part.value ->> 5 FROM json_each(?) AS part
JOIN cheque ON cheque.payer = part.value ->> 1 AND cheque.number = part.value ->> 2
    AND cheque.amount_cents = part.value ->> 3
"""


def standing(db: Database, cheques: Iterable[Cheque]) -> KnownCheques:
    """Return which cheques of the same payers and numbers stand already, over any amount, and on which invoices."""
    wanted = sorted({key_of(cheque)[:2] for cheque in cheques})
    found: dict[ChequeKey, list[str]] = defaultdict(list)
    for payer, number, cents, invoice in db.execute(_STANDING, [orjson.dumps(wanted).decode()]):
        found[payer, number, cents].append(invoice)
    return dict(found)


def part_of(step: Step) -> tuple[str, str, int, int, int] | tuple[()]:
    """Return what a step takes: the cheque's key, cents for its invoice, cents for nobody yet."""
    request = step.request
    if request.cheque is None or request.amount_cents is None:
        return ()
    return (*key_of(request.cheque), request.amount_cents, request.unapplied_cents)


def allocate(db: Database, recorded: Sequence[tuple[int, Step]]) -> None:
    """Write down what steps (with their ids) take of cheques; those that take of none are passed over."""
    parts = [(step_id, *part) for step_id, step in recorded if (part := part_of(step))]
    if parts:
        listed = orjson.dumps(parts).decode()
        db.execute(_ENTER, [listed])
        db.execute(_ALLOCATE, [listed])
