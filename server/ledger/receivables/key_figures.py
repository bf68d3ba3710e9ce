"""The sums behind the key figures, added up by the database (rule: receivables#dashboard). No invoice is read one by one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from server.billing.invoices.invoice import Account, Action
from server.billing.receivables.aging_buckets import BUCKETS
from server.billing.receivables.figure_days import FigureDays
from server.billing.receivables.key_figure_sums import (
    DenialNote,
    InvoiceSums,
    KeyFigureSums,
    MonthSums,
    OwedInBucket,
    PaidAfter,
    PhysicianSums,
    ReducedBy,
)
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.day_columns import days_between
from server.ledger.engine.statement_texts import fill_in

_CREATED = "invoice.state <> 'voided' AND invoice.created BETWEEN ? AND ?"

_PHYSICIANS = fill_in(
    """
WITH made AS (
    SELECT physician, COUNT(*) AS invoices, SUM(billed_cents) AS billed_cents, SUM(agreed_cents) AS agreed_cents,
        SUM(in_hand_cents + banked_cents - unapplied_cents) AS collected_cents, COUNT(sent_on) AS sent,
        SUM(CASE WHEN denied_on <> '[]' THEN 1 ELSE 0 END) AS denied, MIN(created) AS earliest
    FROM invoice WHERE {created} GROUP BY physician
), exam AS (
    SELECT DISTINCT physician, patient_case, exam_date, facility FROM invoice WHERE {created}
), examined AS (
    SELECT physician, COUNT(*) AS exams FROM exam GROUP BY physician
)
SELECT COALESCE(physician.name, ''), examined.exams, made.invoices, made.billed_cents, COALESCE(made.agreed_cents, 0),
    made.collected_cents, made.sent, made.denied, made.earliest
FROM made JOIN examined ON examined.physician IS NOT DISTINCT FROM made.physician LEFT JOIN physician ON physician.id = made.physician
""",
    created=_CREATED,
)

_SUMS = ("invoices", "billed_cents", "agreed_cents", "collected_cents", "sent", "denied")

_OWED = """
WITH owed AS (
    SELECT payer, CASE {bounds} ELSE ? END AS bucket, COUNT(*) AS invoices, SUM(balance_cents) AS balance_cents
    FROM invoice WHERE balance_cents > 0 GROUP BY payer, bucket
)
SELECT COALESCE(payer.name, ''), owed.bucket, owed.invoices, owed.balance_cents
FROM owed LEFT JOIN payer ON payer.id = owed.payer
"""
_OWED = fill_in(_OWED, bounds="WHEN created >= ? THEN ? " * (len(BUCKETS) - 1))

_PAID = fill_in(
    """
WITH paid AS (
    SELECT payer, {days} AS days, COUNT(*) AS invoices FROM invoice WHERE paid_on BETWEEN ? AND ? GROUP BY payer, days
)
SELECT COALESCE(payer.name, ''), paid.days, paid.invoices FROM paid LEFT JOIN payer ON payer.id = paid.payer
""",
    days=days_between("created", "paid_on"),
)

_REDUCED = """
WITH reduced AS (
    SELECT {party}, (2000 * (billed_cents - agreed_cents) + billed_cents) / (2 * billed_cents) AS thousandths,
        COUNT(*) AS invoices, SUM(billed_cents) AS billed_cents, SUM(agreed_cents) AS agreed_cents
    FROM invoice WHERE {created} AND agreed_cents > 0 GROUP BY {party}, thousandths
)
SELECT COALESCE({party}.name, ''), reduced.thousandths, reduced.invoices, reduced.billed_cents, reduced.agreed_cents
FROM reduced LEFT JOIN {party} ON {party}.id = reduced.{party}
"""
"""Each share is rounded to whole thousandths, halves up: it is never below 0."""

_MOVE_NO_CHARGE = frozenset(
    {
        Action.ATTACH,
        Action.REMIND,
        Action.SEND,
        Action.RECORD_OFFER,
        Action.COUNTER_OFFER,
        Action.AGREE,
        Action.CLEAR,
        Action.REFUND_CREDIT,
        Action.TRANSFER_CREDIT,
        Action.RETURN_CREDIT,
        Action.DENY,
        Action.NOTE,
    }
)
"""The actions that neither bill nor collect nor write off anything: the steps of these need not be read."""

_MOVED = sorted(set(Action) - _MOVE_NO_CHARGE)
_MONTH = "SUBSTR(step.day, 1, 7)"
_RECEIVABLE = Account.RECEIVABLE.value

_FLOWS = fill_in(
    """
SELECT {month}, transfer.debit, transfer.credit, SUM(transfer.amount_cents)
FROM step JOIN transfer ON transfer.step = step.id
WHERE step.action IN ({actions}) AND step.day BETWEEN ? AND ? GROUP BY {month}, transfer.debit, transfer.credit
""",
    month=_MONTH,
    actions=", ".join("?" * len(_MOVED)),
)
_COUNTS = fill_in(
    """
SELECT {month}, step.action, COUNT(*) FROM step
WHERE step.action IN (?, ?) AND step.day BETWEEN ? AND ? GROUP BY {month}, step.action
""",
    month=_MONTH,
)
_AGREED_CENTS = json_columns.member_of_valid_number("inputs", "amount_cents")
_AGREED = fill_in(
    """
SELECT SUBSTR(day, 1, 7) AS month, SUM({cents}) FROM step WHERE action = 'agree' AND day BETWEEN ? AND ? GROUP BY month
""",
    cents=_AGREED_CENTS,
)
_TAKEN_BACK = fill_in(
    """
SELECT {month}, SUM({cents}) FROM step CROSS JOIN step AS agreed ON agreed.invoice = step.invoice AND agreed.place < step.place
WHERE step.reverses <> '[]' AND step.day BETWEEN ? AND ? AND agreed.action = 'agree' AND {takes_back} GROUP BY {month}
""",
    month=_MONTH,
    cents=json_columns.member_of_valid_number("agreed.inputs", "amount_cents"),
    takes_back=json_columns.list_contains("step.reverses", "agreed.place"),
)
_DENIALS = "SELECT note, COUNT(*) FROM step WHERE action = 'deny' AND day BETWEEN ? AND ? GROUP BY note"
_UNAPPLIED = "SELECT COALESCE(SUM(unapplied_cents), 0) FROM invoice WHERE unapplied_cents > 0"


class KeyFigureBooks:
    """The sums behind the key figures of a clinic's books."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def rates_and_balances(self, days: FigureDays) -> KeyFigureSums:
        """Return what the books add up for the measures of some days, without reductions, months and reasons of denials."""
        session, within = self._session, _within(days)
        paid = session.all(_PAID, within)
        return KeyFigureSums(
            physicians=tuple(_physician_of(row) for row in session.all(_PHYSICIANS, [*within, *within])),
            owed=tuple(OwedInBucket(*row) for row in session.all(_OWED, _bucket_bounds(days.today))),
            # What was paid before it was entered counts as paid at once.
            paid=tuple(PaidAfter(name, max(0, late), invoices) for name, late, invoices in paid),
            unapplied_cents=session.value(_UNAPPLIED),
        )

    def sums(self, days: FigureDays) -> KeyFigureSums:
        """Return everything that the books add up for the key figures of some days."""
        session, within = self._session, _within(days)
        return replace(
            self.rates_and_balances(days),
            by_attorney=_reduction_sums(session, "attorney", within),
            by_payer=_reduction_sums(session, "payer", within),
            months=tuple(_months(session, days)),
            denials=tuple(DenialNote(*row) for row in session.all(_DENIALS, within)),
        )


def _within(days: FigureDays) -> list[str]:
    return [days.first.isoformat(), days.last.isoformat()]


def _physician_of(row: tuple[Any, ...]) -> PhysicianSums:
    name, exams, *counts, earliest = row
    sums: dict[str, Any] = dict(zip(_SUMS, counts, strict=True))
    return PhysicianSums(name, exams, InvoiceSums(**sums, earliest=date.fromisoformat(earliest)))


def _reduction_sums(session: DatabaseSession, party: str, within: Sequence[str]) -> tuple[ReducedBy, ...]:
    statement = fill_in(_REDUCED, party=party, created=_CREATED)
    return tuple(ReducedBy(*row) for row in session.all(statement, within))


def _bucket_bounds(today: date) -> list[object]:
    """Return the first creation day of each bucket with its place, the oldest bucket's place last."""
    bounds: list[object] = []
    for place, bucket in enumerate(BUCKETS):
        first, _ = bucket.creation_days(today)
        bounds += [place] if first is None else [first.isoformat(), place]
    return bounds


def _months(session: DatabaseSession, days: FigureDays) -> Iterable[MonthSums]:
    """Yield the sums of each month that is listed. The last one ends with the last day of the figures."""
    within = [days.months[0].isoformat(), days.last.isoformat()]
    sums: Mapping[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month, debit, credit, cents in session.all(_FLOWS, [*_MOVED, *within]):
        for account, sign in ((debit, 1), (credit, -1)):
            if account in _CENTS_OF_ACCOUNT and _RECEIVABLE in (debit, credit):
                name, direction = _CENTS_OF_ACCOUNT[account]
                sums[month][name] += sign * direction * cents
    for month, action, count in session.all(_COUNTS, [Action.CREATE.value, Action.DENY.value, *within]):
        sums[month]["invoices" if action == Action.CREATE else "denials"] += count
    for statement, sign in ((_AGREED, 1), (_TAKEN_BACK, -1)):
        for month, cents in session.all(statement, within):
            sums[month]["agreed_cents"] += sign * cents
    for first in days.months:
        yield MonthSums(first, **sums[f"{first:%Y-%m}"])


_CENTS_OF_ACCOUNT = {
    Account.BILLED.value: ("billed_cents", -1),
    Account.CHEQUES_IN_HAND.value: ("collected_cents", 1),
    Account.BANK.value: ("collected_cents", 1),
    Account.WRITE_OFF.value: ("written_off_cents", 1),
}
"""What a transfer between the receivable and an account counts as, and 1 if debits of the account raise it, -1 if credits do."""
