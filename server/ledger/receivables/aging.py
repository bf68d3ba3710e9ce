"""What is owed by age: now, from the rows of the invoices, or as of a past day, from the steps that were recorded by then.

For a past day the same statements read a table of the same columns, which the steps are added up to: the balance, the
state, the payer, the sent day and the agreed day as they were known at the end of that day (rule: receivables#aging).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from server.billing.invoices.invoice import Account, Action
from server.billing.receivables.aging import AgingBasis, AgingGroup, BucketTotal, OpenInvoices, Owed
from server.ledger.clock import instant
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.invoices.invoice_filter import EVERY, InvoiceFilter, filter_conditions

_MOMENT = "WITH moment (midnight) AS (VALUES (?)) "
_MIDNIGHT = "(SELECT moment.midnight FROM moment)"

_STATE_THEN = """
(SELECT latest.to_state FROM step AS latest WHERE latest.invoice = filed.id AND latest.recorded_at < {midnight}
    ORDER BY latest.place DESC LIMIT 1)
"""
_SENT_THEN = """
(SELECT sending.{column} FROM step AS sending
    WHERE sending.action = '{send}' AND sending.invoice = filed.id AND sending.recorded_at < {midnight}
    ORDER BY sending.place DESC LIMIT 1)
"""
_AGREED_THEN = """
(SELECT {value} FROM step AS agreeing
    WHERE agreeing.action = '{agree}' AND agreeing.invoice = filed.id AND agreeing.recorded_at < {midnight}
    AND NOT EXISTS (SELECT 1 FROM step AS later WHERE later.invoice = filed.id AND later.place > agreeing.place
        AND later.recorded_at < {midnight} AND {is_reversed})
    ORDER BY agreeing.place DESC LIMIT 1)
"""
# A payer who is not known when an invoice is created is named when it is sent, and never changes then.
_PAYER_THEN = """
CASE WHEN {sent} IS NOT NULL THEN filed.payer
    ELSE (SELECT CAST({named} AS INTEGER) FROM step AS opening WHERE opening.invoice = filed.id AND opening.place = 1)
END
"""
_THEN = """
(SELECT filed.id, filed.number, filed.patient_case, filed.created, filed.exam_date, filed.attorney, filed.facility,
    filed.physician, {state} AS state, {payer} AS payer, {sent_on} AS sent_on, {agreed_on} AS agreed_on,
    {agreed_cents} AS agreed_cents, known.*
FROM ({known}) AS known JOIN invoice AS filed ON filed.id = known.invoice) AS invoice
"""
_KNOWN = """
SELECT * FROM (SELECT step.invoice AS invoice, {amounts} FROM {moves}
WHERE step.recorded_at < {midnight} GROUP BY step.invoice) AS moved WHERE {wanted} > 0
"""
_STEPS = "step JOIN transfer ON transfer.step = step.id"
_STEPS_OF_CREDIT = """
transfer CROSS JOIN step ON step.id = transfer.step
    AND (transfer.debit = 'unapplied credit' OR transfer.credit = 'unapplied credit')
"""
_BALANCE_OF = """
SUM(CASE WHEN transfer.debit IN ({accounts}) AND transfer.credit IN ({accounts}) THEN 0
    WHEN transfer.debit IN ({accounts}) THEN transfer.amount_cents
    WHEN transfer.credit IN ({accounts}) THEN -transfer.amount_cents ELSE 0 END)
"""

_TOTALS = """
{moment}
SELECT totalled.bucket, COALESCE(party.name, ''), totalled.invoices, totalled.balance_cents, totalled.lacking FROM (
    SELECT daily.party AS party, {bucket} AS bucket, SUM(daily.invoices) AS invoices,
        SUM(daily.balance_cents) AS balance_cents, SUM(daily.lacking) AS lacking
    FROM (
        SELECT {party} AS party, {day} AS day, COUNT(*) AS invoices, SUM(invoice.balance_cents) AS balance_cents,
            {lacking} AS lacking
        FROM {invoices} WHERE invoice.balance_cents > 0 AND {conditions} GROUP BY {party}, {day}
    ) AS daily GROUP BY 1, 2
) AS totalled LEFT JOIN {table} AS party ON party.id = totalled.party
"""
_CREDIT = """
{moment}
SELECT COUNT(*), COALESCE(SUM(invoice.unapplied_cents), 0) FROM {invoices} WHERE invoice.unapplied_cents > 0 AND {conditions}
"""
_DETAIL = """
{moment}
SELECT invoice.number, patient.name, patient_case.name, COALESCE(payer.name, ''), COALESCE(attorney.name, ''),
    COALESCE(facility.name, ''), COALESCE(physician.name, ''), invoice.exam_date, invoice.created, {day} AS basis_day,
    {own_day} IS NULL, invoice.state, invoice.billed_cents, invoice.agreed_cents,
    {collected}, invoice.balance_cents
FROM {invoices} WHERE invoice.balance_cents > 0 AND {conditions} ORDER BY basis_day, invoice.id
"""
_DETAIL_JOINS = " ".join(
    (
        "JOIN patient_case ON patient_case.id = invoice.patient_case JOIN patient ON patient.id = patient_case.patient",
        *(f"LEFT JOIN {group} ON {group}.id = invoice.{group}" for group in AgingGroup),
    )
)

_BASIS_DAYS = {
    AgingBasis.CREATED: "invoice.created",
    AgingBasis.EXAM: "invoice.exam_date",
    AgingBasis.SENT: "invoice.sent_on",
    AgingBasis.AGREED: "invoice.agreed_on",
}
_ALWAYS_KNOWN = {AgingBasis.CREATED, AgingBasis.EXAM}
_DETAIL_COLUMNS = tuple(field.name for field in fields(OpenInvoices))
_COLLECTED_NOW = "invoice.in_hand_cents + invoice.banked_cents - invoice.unapplied_cents"
_COLLECTED_THEN = "invoice.collected_cents"
_COLLECTED = (Account.CHEQUES_IN_HAND, Account.BANK, Account.UNAPPLIED_CREDIT)


def _accounts_cents(*accounts: Account, sign: str = "") -> str:
    """Return the expression for what the debits of accounts come to, less their credits."""
    listed = ", ".join(f"'{account}'" for account in accounts)
    return sign + fill_in(_BALANCE_OF, accounts=listed)


def _invoices_then(moves: str, wanted: str, **amounts: str) -> str:
    """Return the table of the invoices as they were known at ``midnight``, those with an amount ``wanted`` above 0."""
    sums = ", ".join(f"{expression} AS {name}" for name, expression in amounts.items())

    def sent_then(column: str) -> str:
        return fill_in(_SENT_THEN, column=column, send=Action.SEND.value, midnight=_MIDNIGHT)

    def agreed_then(value: str) -> str:
        is_reversed = json_columns.list_contains("later.reverses", "agreeing.place")
        return fill_in(
            _AGREED_THEN, value=value, agree=Action.AGREE.value, midnight=_MIDNIGHT, is_reversed=is_reversed
        )

    agreed_cents = f"CAST({json_columns.member_text('agreeing.inputs', 'amount_cents')} AS INTEGER)"
    return fill_in(
        _THEN,
        state=fill_in(_STATE_THEN, midnight=_MIDNIGHT),
        payer=fill_in(
            _PAYER_THEN, sent=sent_then("place"), named=json_columns.member_text("opening.facts", "payer")
        ),
        sent_on=sent_then("day"),
        agreed_on=agreed_then("agreeing.day"),
        agreed_cents=agreed_then(agreed_cents),
        known=fill_in(_KNOWN, amounts=sums, moves=moves, midnight=_MIDNIGHT, wanted=wanted),
    )


_OWED_THEN = _invoices_then(_STEPS, "balance_cents", balance_cents=_accounts_cents(Account.RECEIVABLE))
_DETAIL_THEN = _invoices_then(
    _STEPS,
    "balance_cents",
    balance_cents=_accounts_cents(Account.RECEIVABLE),
    billed_cents=_accounts_cents(Account.BILLED, sign="-"),
    collected_cents=_accounts_cents(*_COLLECTED),
)
_CREDIT_THEN = _invoices_then(
    _STEPS_OF_CREDIT, "unapplied_cents", unapplied_cents=_accounts_cents(Account.UNAPPLIED_CREDIT, sign="-")
)


@dataclass(frozen=True, slots=True)
class AgingQuestion:
    """What is asked: which invoices, counted from which day, on which day.

    ``is_past`` is whether ``as_of`` is before the day of the request. ``first_days`` are the earliest day of each bucket but
    the last, the newest bucket first.
    """

    as_of: date
    first_days: Sequence[date] = ()
    basis: AgingBasis = AgingBasis.CREATED
    invoice_filter: InvoiceFilter = EVERY
    is_past: bool = False


class AgingRecords:
    """What is owed in a clinic's books, by age."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def totals(self, question: AgingQuestion, group: AgingGroup = AgingGroup.PAYER) -> list[BucketTotal]:
        """Return what the invoices of each party of a group come to in each bucket.

        Both ends of a bucket belong to it. The newest also has what is dated ahead of ``as_of``.
        """
        own_day, is_known = _BASIS_DAYS[question.basis], question.basis in _ALWAYS_KNOWN
        days = [day.isoformat() for day in question.first_days]
        parts, moment, narrowed = _narrowed_by(question, _OWED_THEN)
        query = fill_in(
            _TOTALS,
            **parts,
            party=f"invoice.{group}",
            table=group,
            day=_basis_day(question.basis),
            lacking="0" if is_known else f"SUM(CASE WHEN {own_day} IS NULL THEN 1 ELSE 0 END)",
            bucket=_bucket_of_day(len(days)),
        )
        return [BucketTotal(*row) for row in self._session.all(query, [*moment, *days, *narrowed])]

    def credit(self, question: AgingQuestion) -> Owed:
        """Return how many of the invoices hold unapplied credit, settled ones too, and how much it is in all, in cents."""
        parts, moment, narrowed = _narrowed_by(question, _CREDIT_THEN)
        ((holders, cents),) = self._session.all(fill_in(_CREDIT, **parts), [*moment, *narrowed])
        return Owed(holders, cents)

    def open_invoices(self, question: AgingQuestion) -> OpenInvoices:
        """Return the invoices that the totals count, those of the earliest basis day first."""
        parts, moment, narrowed = _narrowed_by(question, _DETAIL_THEN, _DETAIL_JOINS)
        query = fill_in(
            _DETAIL,
            **parts,
            day=_basis_day(question.basis),
            own_day=_BASIS_DAYS[question.basis],
            collected=_COLLECTED_THEN if question.is_past else _COLLECTED_NOW,
        )
        rows = self._session.all(query, [*moment, *narrowed])
        columns = (
            [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * len(_DETAIL_COLUMNS)
        )
        return OpenInvoices(*map(_in_values, _DETAIL_COLUMNS, columns))


def _in_values(name: str, column: list[Any]) -> list[Any]:
    """Return the values of a column of ``OpenInvoices``. Days repeat, so that each is read once."""
    if name.endswith("_days"):
        read = {text: date.fromisoformat(text) for text in set(column)}
        return [read[text] for text in column]
    return list(map(bool, column)) if name == "lacks_basis" else column


def _narrowed_by(
    question: AgingQuestion, then: str, joins: str = ""
) -> tuple[dict[str, str], list[object], list[object]]:
    """Return the parts of a statement that say which invoices it reads, the parameters that come first, and those of the conditions.

    ``then`` is the table of the invoices as they were known at a moment.
    """
    conditions, parameters = filter_conditions(question.invoice_filter)
    joined = joins or " ".join(
        f"JOIN {group} ON {group}.id = invoice.{group}"
        for group in AgingGroup
        if getattr(question.invoice_filter, group)
    )
    parts = {
        "moment": _MOMENT if question.is_past else "",
        "invoices": f"{then if question.is_past else 'invoice'} {joined}",
        "conditions": " AND ".join(conditions) or "true",
    }
    midnight = datetime.combine(question.as_of + timedelta(days=1), time.min).astimezone()
    return parts, [instant(midnight)] if question.is_past else [], parameters


def _basis_day(basis: AgingBasis) -> str:
    """Return the expression for the day from which an age is counted: an invoice that lacks it counts from its creation."""
    day = _BASIS_DAYS[basis]
    return day if basis in _ALWAYS_KNOWN else f"COALESCE({day}, invoice.created)"


def _bucket_of_day(count: int) -> str:
    """Return the expression for the place of the bucket of a day; it takes the earliest day of each bucket but the last."""
    if not count:
        return "0"
    places = " ".join(f"WHEN daily.day >= ? THEN {place}" for place in range(count))
    return f"CASE {places} ELSE {count} END"
