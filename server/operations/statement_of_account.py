"""Statements of account of a payer, an attorney or a case (rule: receivables#statements)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.invoices.invoice import Invoice
from server.billing.receivables.statement_of_account import (
    AccountStatement,
    Holder,
    InvoiceHistory,
    RecordedStep,
    state_account,
)
from server.errors import MissingInput, TooLarge, UnknownCase, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.operations.cases import invoices_of_case
from server.operations.invoice_filters import days_between
from server.operations.operation import operation
from server.operations.session import Session

MOST_STATED = 10_000
"""The most invoices of one statement."""

MOST_LINES = 5_000
"""The most lines of one statement: some two hundred pages."""


@dataclass(frozen=True, slots=True)
class AskedAccount:
    """Whose account is asked for. ``patient`` tells two cases of one name apart, and is "" for a payer or an attorney."""

    holder: Holder
    name: str
    patient: str = ""


@dataclass(frozen=True, slots=True)
class PrintedAccount:
    """A statement of account with the clinic whose letterhead it has."""

    clinic: Clinic
    statement: AccountStatement


@operation()
def parties_of_invoices(session: Session, numbers: Collection[str], holder: Holder) -> list[str]:
    """Return the payers of invoices, or the attorneys whom their cases have today, each once, in the order of the invoices."""
    with session.reading() as books:
        if holder is Holder.PAYER:
            found = [invoice.facts.payer for invoice in books.invoices.with_numbers(numbers).values()]
        else:
            ids = list(books.case_records.cases_of_invoices(numbers))
            records = books.case_records.of_cases(ids, session.today)
            found = [records[case].attorney.name for case in ids]
    return [name for name in dict.fromkeys(found) if name]


@operation(MissingInput, TooLarge, UnknownCase)
def print_account(
    session: Session, asked: AskedAccount, first: date | None, last: date | None
) -> PrintedAccount:
    """Return the statement of an account from a day to another, both included; today is the last day if none is given.

    A case is an attorney's if it is today's attorney who is asked for. Raises MissingInput for a name without invoices, for a
    day in the future, and for days that are no period.
    """
    until = last or session.today
    if until > session.today:
        sentence = f"{us(until)} lies in the future, and nobody knows yet what will be owed then."
        raise MissingInput("to", sentence, "Give “to” as today or an earlier day, or leave it out.")
    days_between(first, until)
    with session.reading() as books:
        invoices = _invoices_of(session, books, asked)
        if len(invoices) > MOST_STATED:
            raise TooLarge(
                f"A statement of {len(invoices):,} invoices",
                f"{MOST_STATED:,} invoices",
                "Export the invoices instead, or make statements of single cases.",
            )
        statement = state_account(
            (asked.holder, _name_of(session, books, asked, invoices)),
            _histories_of(books, invoices),
            first,
            until,
        )
        clinic = books.setup().clinic
    if len(statement.lines) > MOST_LINES:
        raise TooLarge(
            f"A statement of {len(statement.lines):,} lines", f"{MOST_LINES:,} lines", "Give a later “from”."
        )
    session.record_view(
        "print statement of account", f"one {asked.holder}: {count_of(statement.invoices, 'invoice')}"
    )
    return PrintedAccount(clinic, statement)


def _invoices_of(session: Session, books: ClinicBooks, asked: AskedAccount) -> Sequence[Invoice]:
    """Return the invoices of an account; refuses a name that no invoice has."""
    match asked.holder:
        case Holder.CASE:
            return invoices_of_case(books, asked.patient, asked.name)
        case Holder.ATTORNEY:
            cases = [case.id for case in books.case_records.with_attorney(asked.name, session.today)]
            numbers = [number for found in books.case_records.invoices_of(cases).values() for number in found]
            invoices = list(books.invoices.with_numbers(numbers).values())
        case Holder.PAYER:
            invoices = books.invoices.find(InvoiceFilter(payer=asked.name)) if asked.name else []
    if not invoices:
        what = "case has the attorney today" if asked.holder is Holder.ATTORNEY else "invoice names the payer"
        sentence = f"No {what}: “{asked.name}”."
        raise MissingInput("name", sentence, "Give “name” as it is spelled on the sheet Invoices or Cases.")
    return invoices


def _name_of(session: Session, books: ClinicBooks, asked: AskedAccount, invoices: Sequence[Invoice]) -> str:
    """Return the name on the statement, as the books spell it."""
    facts = invoices[-1].facts
    match asked.holder:
        case Holder.CASE:
            return f"{facts.patient}, {facts.case}" if facts.case else facts.patient
        case Holder.PAYER:
            return facts.payer
        case Holder.ATTORNEY:
            ids = books.case_records.cases_of_invoices([facts.number])
            (record,) = books.case_records.of_cases(ids, session.today).values()
            return record.attorney.name


def _histories_of(books: ClinicBooks, invoices: Sequence[Invoice]) -> list[InvoiceHistory]:
    facts = {invoice.number: invoice.facts for invoice in invoices}
    recorded = groupby(books.invoices.histories(facts.keys()), key=lambda one: one.step.number)
    return [
        InvoiceHistory(facts[number], [RecordedStep(one.id, one.step) for one in group])
        for number, group in recorded
    ]
