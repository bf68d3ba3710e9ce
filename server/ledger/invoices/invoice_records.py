"""The invoices of a clinic, inside one read or one transaction.

Nothing is decided here. The rules decided every step, including the first step of a new invoice, on the
invoices of this same transaction. Steps are written as they come, all of them or none.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from server.billing.invoices.cases import Injury
from server.billing.invoices.cheques import KnownCheques
from server.billing.invoices.credits import credits_of, refuse_unpaired
from server.billing.invoices.exams import Exam
from server.billing.invoices.invoice import Cheque, Invoice, InvoiceFacts, Step
from server.billing.invoices.new_invoices import NewInvoice
from server.billing.invoices.projection import apply_step
from server.errors import StaleInvoice, UnknownInvoice
from server.ledger.clock import Stamp, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices import (
    cheques,
    credit_totals,
    injuries,
    invoice_rows,
    parties,
    steps,
)
from server.ledger.invoices.invoice_filter import EVERY, InvoiceFilter, filter_conditions
from server.ledger.invoices.invoice_rows import InvoiceRow
from server.ledger.invoices.parties import CaseWanted
from server.ledger.invoices.steps import StepEntry, StepRecord
from server.ledger.list_places import ListOrder, ListPlace


class InvoiceOrder(ListOrder):
    """The orders in which invoices can be listed. Of equal ones, the lower number comes first, or last if descending."""

    NUMBER = "number"
    CREATED = "created"
    EXAM_DATE = "exam_date"
    BILLED_CENTS = "billed_cents"
    BALANCE_CENTS = "balance_cents"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the list is sorted by. Numbers are given in the order of ids."""
        return ("id",) if self is InvoiceOrder.NUMBER else super().columns


FROM_THE_FIRST = ListPlace(InvoiceOrder.NUMBER)

_NUMBERS = ValueTable("wanted", "number")
_EXAMS = ValueTable("exam", "patient", "patient_case", "exam_date")
_NUMBERED = fill_in("invoice.number IN (SELECT wanted.number FROM {numbers})", numbers=_NUMBERS.sql)
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
    """The invoices on record. Each is read once per transaction, because no other transaction writes meanwhile."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._known: dict[str, InvoiceRow] = {}

    def get(self, number: str) -> Invoice:
        """Return one invoice; refuses an unknown number."""
        if invoice := self.with_numbers([number]).get(number):
            return invoice
        raise UnknownInvoice(number)

    def with_numbers(self, numbers: Collection[str]) -> dict[str, Invoice]:
        """Return the invoices with these numbers, by number, without unknown numbers."""
        unread = [number for number in dict.fromkeys(numbers) if number not in self._known]
        if unread:
            self._load_rows(_NUMBERED, [_NUMBERS.values(unread)])
        return {number: self._known[number].invoice for number in numbers if number in self._known}

    def find(
        self,
        invoice_filter: InvoiceFilter = EVERY,
        place: ListPlace[InvoiceOrder] = FROM_THE_FIRST,
        most: int = EVERY_ROW,
    ) -> list[Invoice]:
        """Return the invoices that match a filter: at most ``most``, from a place of the list on.

        Refuses a place after an unknown number.
        """
        conditions, parameters = filter_conditions(invoice_filter)
        if place.after:
            self.get(str(place.after))
        later, after = place.later_rows("invoice", "number")
        condition, order = " AND ".join([*conditions, *later]) or "true", place.sort_columns("invoice")
        found = self._load_rows(condition, [*parameters, *after], most, order)
        return [kept.invoice for kept in found]

    def count_found(self, invoice_filter: InvoiceFilter) -> int:
        """Return how many invoices match a filter."""
        conditions, parameters = filter_conditions(invoice_filter)
        return invoice_rows.count(self._session, " AND ".join(conditions) or "true", parameters)

    def of_exams(self, exams: Iterable[Exam]) -> list[Invoice]:
        """Return the invoices of these exams' patients, cases and days, of any physician, except voided ones."""
        wanted = {
            (parties.matching_text(one.patient), parties.matching_text(one.case), one.exam_date.isoformat())
            for one in exams
        }
        return [kept.invoice for kept in self._load_rows(_OF_EXAMS, [_EXAMS.rows(sorted(wanted))])]

    def record_injuries(self, exams: Iterable[Exam]) -> int:
        """Record what exams say of the injuries of their cases; return how many cases changed."""
        return injuries.record_injuries(self._session, exams)

    def injuries_of(self, numbers: Collection[str]) -> dict[str, Injury]:
        """Return the injury that each invoice is about, by its number."""
        return injuries.injuries_of(self._session, numbers)

    def history(self, number: str) -> list[StepRecord]:
        """Return every step of an invoice in order; refuses an unknown number."""
        found = list(steps.history(self._session, number))
        if not found:
            raise UnknownInvoice(number)
        return found

    def histories(self, numbers: Collection[str]) -> Iterator[StepRecord]:
        """Yield every step of the invoices with these numbers, by invoice and in order, without unknown numbers."""
        return steps.histories(self._session, numbers)

    def credit_totals(self) -> tuple[int, int]:
        """Return how many unapplied credits the invoices hold, and how much they are in all, in cents.

        Only invoices that may hold several are read.
        """
        holders, cents = credit_totals.holder_totals(self._session)
        several = self.with_numbers(credit_totals.holders_of_several(self._session))
        return holders + sum(len(credits_of(invoice)) - 1 for invoice in several.values()), cents

    def cheques_known(self, asked: Iterable[Cheque]) -> KnownCheques:
        """Return the cheques in effect with the same payers and numbers, and the invoices they pay."""
        return cheques.known_cheques(self._session, asked)

    def count(self) -> int:
        """Return how many invoices the clinic has, including voided ones: none is ever deleted."""
        last: int = self._session.value("SELECT COALESCE(MAX(id), 0) FROM invoice")
        return last

    def create(self, new: Sequence[NewInvoice], request_id: str, actor: str) -> list[str]:
        """Write new invoices, each with its first step; return their numbers in order.

        Their numbers must continue from ``count``, read in this same transaction.
        """
        first_id = self.count() + 1
        facts = self._facts_of([one.unbilled.facts for one in new])
        made = [
            InvoiceRow(row_id, ids["payer"], 1, apply_step(one.unbilled, one.first_step))
            for row_id, (one, ids) in enumerate(zip(new, facts, strict=True), first_id)
        ]
        invoice_rows.insert(self._session, zip(made, facts, strict=True))
        entries = [
            StepEntry(kept.id, one.first_step, orjson.dumps(ids).decode())
            for kept, one, ids in zip(made, new, facts, strict=True)
        ]
        steps.append(self._session, entries, request_id, Stamp(instant(self._now()), actor))
        return [kept.invoice.number for kept in made]

    def record(self, decided: Sequence[Step], request_id: str, actor: str) -> list[Invoice]:
        """Write decided steps in order; return each changed invoice once, as it is after its last step.

        Refuses a step whose invoice has changed since the step was decided, and an unknown invoice. Raises ValueError
        if cents of a cheque or of credit would be in no account: staff cannot cause this.
        """
        refuse_unpaired(decided)
        self.with_numbers([step.number for step in decided])
        moved: dict[str, InvoiceRow] = {}
        entries = []
        for step in decided:
            before = moved.get(step.number) or self._current_invoice(step)
            moved[step.number] = self._invoice_after(before, step)
            entries.append(StepEntry(before.id, step))
        step_ids = steps.append(self._session, entries, request_id, Stamp(instant(self._now()), actor))
        cheques.allocate(self._session, list(zip(step_ids, decided, strict=True)))
        invoice_rows.update(self._session, moved.values())
        self._known |= moved
        return [kept.invoice for kept in moved.values()]

    def _current_invoice(self, step: Step) -> InvoiceRow:
        """Return the invoice of a step; raises StaleInvoice if it changed since the step was decided."""
        kept = self._known.get(step.number)
        if kept is None:
            raise UnknownInvoice(step.number)
        if step.place != kept.invoice.version + 1:
            raise StaleInvoice(step.number, kept.invoice.state.label)
        return kept

    def _invoice_after(self, before: InvoiceRow, step: Step) -> InvoiceRow:
        """Return an invoice after a step. A payer named by the step becomes the payer on record, in its stored spelling."""
        after, payer = apply_step(before.invoice, step), before.payer
        if after.facts.payer != before.invoice.facts.payer:
            payer, name = parties.party_on_record(self._session, "payer", after.facts.payer)
            after = replace(after, facts=replace(after.facts, payer=name))
            invoice_rows.name_payer(self._session, before.id, payer)
        return InvoiceRow(before.id, payer, step.place if step.request.lines else before.lined, after)

    def _load_rows(
        self,
        condition: str,
        parameters: Sequence[object],
        most: int = EVERY_ROW,
        order: str = invoice_rows.BY_NUMBER,
    ) -> list[InvoiceRow]:
        found = invoice_rows.load(self._session, condition, parameters, most, order)
        self._known |= {kept.invoice.number: kept for kept in found}
        return found

    def _facts_of(self, facts: Sequence[InvoiceFacts]) -> list[dict[str, Any]]:
        """Return the fact columns of invoices (row ids and days), and record parties not yet known."""
        known = {
            table: parties.party_ids(self._session, table, [getattr(one, table) for one in facts])
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
                "patient_case": case_ids[case.patient, parties.matching_text(case.name)],
                "exam_date": one.exam_date.isoformat(),
                "created": one.created.isoformat(),
                "payer": case.payer,
                "attorney": case.attorney,
                "facility": known["facility"][one.facility],
                "physician": known["physician"][one.physician],
            }
            for one, case in zip(facts, wanted, strict=True)
        ]
