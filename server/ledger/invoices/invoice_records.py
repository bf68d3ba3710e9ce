"""The invoices of a clinic, inside one reading or one transaction.

Nothing is decided here. Steps come decided, the first ones of new invoices too, from rules that were shown
the invoices of this same transaction; they are written as they come, all of them or none.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from server.billing.invoices.cheques import KnownCheques
from server.billing.invoices.exams import Exam
from server.billing.invoices.invoice import Cheque, Invoice, InvoiceFacts, State, Step
from server.billing.invoices.new_invoices import NewInvoice
from server.billing.invoices.projection import apply_step
from server.errors import StaleInvoice, UnknownInvoice
from server.ledger.clock import Stamp, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices import aging, cheques, invoice_rows, parties, steps
from server.ledger.invoices.aging import Owed
from server.ledger.invoices.invoice_rows import Kept
from server.ledger.invoices.parties import CaseWanted
from server.ledger.invoices.steps import Entry, Recorded

Days = tuple[date | None, date | None]
"""The first and the last day of a stretch, either of them open."""

ANY_DAY: Days = (None, None)


def in_both(one: Days, other: Days) -> Days:
    """Return the days two stretches have in common, an end that is open in both left open."""
    firsts = [day for day in (one[0], other[0]) if day]
    lasts = [day for day in (one[1], other[1]) if day]
    return max(firsts, default=None), min(lasts, default=None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices to find: those that all of it is true of. Nothing said of something means any.

    Names match however they are spelled. An aging bucket is a stretch of ``created``.
    """

    states: Collection[State] = ()
    payer: str = ""
    attorney: str = ""
    facility: str = ""
    physician: str = ""
    patient: str = ""
    case: str = ""
    created: Days = ANY_DAY
    exam_date: Days = ANY_DAY
    paid_on: Days = ANY_DAY


EVERY = Wanted()

_STATES = ValueTable("wanted", "state")
_NUMBERS = ValueTable("wanted", "number")
_EXAMS = ValueTable("exam", "patient", "patient_case", "exam_date")

_IN_STATES = fill_in("invoice.state IN (SELECT wanted.state FROM {states})", states=_STATES.sql)
_NAMED = {
    **{name: f"{name}.folded = ?" for name in ("payer", "attorney", "facility", "physician", "patient")},
    "case": "patient_case.folded = ?",
}
_BETWEEN = {
    name: (f"invoice.{name} >= ?", f"invoice.{name} <= ?") for name in ("created", "exam_date", "paid_on")
}
_NUMBERED = fill_in("invoice.number IN (SELECT wanted.number FROM {numbers})", numbers=_NUMBERS.sql)
_AFTER = "invoice.id > (SELECT id FROM invoice WHERE number = ?)"
_OF_EXAMS = fill_in(
    """
invoice.state <> 'voided' AND invoice.id IN (
    SELECT kept.id FROM {exams}
    CROSS JOIN patient ON patient.folded = exam.patient
    CROSS JOIN patient_case ON patient_case.patient = patient.id AND patient_case.folded = exam.patient_case
    CROSS JOIN invoice AS kept ON kept.patient_case = patient_case.id AND kept.exam_date = exam.exam_date
)
""",
    exams=_EXAMS.sql,
)


class Invoices:
    """What is remembered of invoices. Those already read in this transaction are not read again:
    nobody else writes meanwhile.
    """

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._known: dict[str, Kept] = {}

    def get(self, number: str) -> Invoice:
        """Return one invoice; refuses an unknown number."""
        if invoice := self.numbered([number]).get(number):
            return invoice
        raise UnknownInvoice(number)

    def numbered(self, numbers: Collection[str]) -> dict[str, Invoice]:
        """Return the invoices of these numbers; an unknown number is left out."""
        unread = [number for number in dict.fromkeys(numbers) if number not in self._known]
        if unread:
            self._load(_NUMBERED, [_NUMBERS.values(unread)])
        return {number: self._known[number].invoice for number in numbers if number in self._known}

    def find(self, wanted: Wanted = EVERY, after: str = "", most: int = EVERY_ROW) -> list[Invoice]:
        """Return the invoices of which all that is wanted is true, in the order of their numbers.

        Of many, so many of those that follow ``after``; refuses an unknown number.
        """
        conditions, parameters = _conditions(wanted)
        if after:
            self.get(after)
            conditions.append(_AFTER)
            parameters.append(after)
        return [kept.invoice for kept in self._load(" AND ".join(conditions) or "true", parameters, most)]

    def of_exams(self, exams: Iterable[Exam]) -> list[Invoice]:
        """Return the invoices of these exams' patients, cases and days, whoever examined, but voided ones."""
        wanted = {
            (parties.spelled(one.patient), parties.spelled(one.case), one.exam_date.isoformat())
            for one in exams
        }
        return [kept.invoice for kept in self._load(_OF_EXAMS, [_EXAMS.rows(sorted(wanted))])]

    def history(self, number: str) -> list[Recorded]:
        """Return every step of an invoice, the first one first; refuses an unknown number."""
        found = list(steps.history(self._session, number))
        if not found:
            raise UnknownInvoice(number)
        return found

    def aging(self, as_of: date, oldest: Sequence[int]) -> list[Owed]:
        """Return what is owed by days since creation; as of a past day, what was known by then.

        ``oldest`` are the last ages of the buckets but the last one. Nothing is owed before it is
        created, so a day to come has no aging (``ValueError``).
        """
        today = self._now().astimezone().date()
        if as_of > today:
            message = f"{as_of} lies in the future"
            raise ValueError(message)
        return (aging.now if as_of == today else aging.then)(self._session, as_of, oldest)

    def cheques_known(self, asked: Iterable[Cheque]) -> KnownCheques:
        """Return which cheques of the same payers and numbers stand in the books, and on which invoices."""
        return cheques.standing(self._session, asked)

    def count(self) -> int:
        """Return how many invoices the clinic has, voided ones among them: none is ever deleted."""
        last: int = self._session.value("SELECT COALESCE(MAX(id), 0) FROM invoice")
        return last

    def create(self, new: Sequence[NewInvoice], request_id: str, actor: str) -> list[str]:
        """Write new invoices, each with its first step; return their numbers, in their order.

        They must have been numbered on from ``count`` in this same transaction.
        """
        first_id = self.count() + 1
        facts = self._facts_of([one.unbilled.facts for one in new])
        made = [
            Kept(row_id, ids["payer"], 1, apply_step(one.unbilled, one.first_step))
            for row_id, (one, ids) in enumerate(zip(new, facts, strict=True), first_id)
        ]
        invoice_rows.insert(self._session, zip(made, facts, strict=True))
        entries = [
            Entry(kept.id, one.first_step, orjson.dumps(ids).decode())
            for kept, one, ids in zip(made, new, facts, strict=True)
        ]
        steps.append(self._session, entries, request_id, Stamp(instant(self._now()), actor))
        return [kept.invoice.number for kept in made]

    def record(self, decided: Sequence[Step], request_id: str, actor: str) -> list[Invoice]:
        """Write decided steps, in their order; return the invoices they leave, each once.

        Refuses a step whose invoice has moved on since it was decided for, and an unknown invoice.
        """
        self.numbered([step.number for step in decided])
        moved: dict[str, Kept] = {}
        entries = []
        for step in decided:
            before = moved.get(step.number) or self._at(step)
            moved[step.number] = self._after(before, step)
            entries.append(Entry(before.id, step))
        step_ids = steps.append(self._session, entries, request_id, Stamp(instant(self._now()), actor))
        cheques.allocate(self._session, list(zip(step_ids, decided, strict=True)))
        invoice_rows.update(self._session, moved.values())
        self._known |= moved
        return [kept.invoice for kept in moved.values()]

    def _at(self, step: Step) -> Kept:
        """Return the invoice a step was decided for, unless it is another one by now."""
        kept = self._known.get(step.number)
        if kept is None:
            raise UnknownInvoice(step.number)
        if step.place != kept.invoice.version + 1:
            raise StaleInvoice(step.number, kept.invoice.state)
        return kept

    def _after(self, before: Kept, step: Step) -> Kept:
        """Return an invoice as a step leaves it. A payer the step names is the one of that name, as it is spelled."""
        after, payer = apply_step(before.invoice, step), before.payer
        if after.facts.payer != before.invoice.facts.payer:
            payer, name = parties.listed(self._session, "payer", after.facts.payer)
            after = replace(after, facts=replace(after.facts, payer=name))
            invoice_rows.name_payer(self._session, before.id, payer)
        return Kept(before.id, payer, step.place if step.request.lines else before.lined, after)

    def _load(self, condition: str, parameters: Sequence[object], most: int = EVERY_ROW) -> list[Kept]:
        found = invoice_rows.load(self._session, condition, parameters, most)
        self._known |= {kept.invoice.number: kept for kept in found}
        return found

    def _facts_of(self, facts: Sequence[InvoiceFacts]) -> list[dict[str, Any]]:
        """Return the row ids and days of invoices' facts, entering the parties not yet known."""
        known = {
            table: parties.ids(self._session, table, [getattr(one, table) for one in facts])
            for table in parties.TABLES
        }
        wanted = [
            CaseWanted(
                known["patient"][one.patient],
                one.case,
                known["attorney"][one.attorney],
                known["payer"][one.payer],
            )
            for one in facts
        ]
        case_ids = parties.case_ids(self._session, wanted)
        return [
            {
                "number": one.number,
                "patient_case": case_ids[case.patient, parties.spelled(case.name)],
                "exam_date": one.exam_date.isoformat(),
                "created": one.created.isoformat(),
                "payer": case.payer,
                "attorney": case.attorney,
                "facility": known["facility"][one.facility],
                "physician": known["physician"][one.physician],
            }
            for one, case in zip(facts, wanted, strict=True)
        ]


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    """Return what is wanted as conditions over the columns, and their parameters."""
    conditions: list[str] = []
    parameters: list[object] = []
    if wanted.states:
        conditions.append(_IN_STATES)
        parameters.append(_STATES.values(sorted(wanted.states)))
    for name, condition in _NAMED.items():
        if spelling := getattr(wanted, name):
            conditions.append(condition)
            parameters.append(parties.spelled(spelling))
    for name, stretch in _BETWEEN.items():
        for day, condition in zip(getattr(wanted, name), stretch, strict=True):
            if day is not None:
                conditions.append(condition)
                parameters.append(
                    day.isoformat(),
                )
    return conditions, parameters
