"""Letters about the cases of invoices, and statements of payers on paper (rule: receivables#case-letters)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

from server.billing.clinics import Clinic
from server.billing.question_numbers import number_of_question
from server.billing.receivables.case_letters import (
    CaseLetter,
    NoCaseLetter,
    OfferTerms,
    case_letter,
    lien_letter,
)
from server.billing.receivables.letters import envelope_lines
from server.billing.receivables.mail_log import Channel, LetterKind
from server.billing.receivables.statement_of_account import AccountStatement, Holder
from server.errors import MissingInput, TooLarge, UnknownInvoice, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.operations.operation import operation
from server.operations.session import Session
from server.operations.statement_of_account import AskedAccount, parties_of_invoices, print_account

MOST_CASES = 100
"""Cases whose letters are in one file."""

MOST_STATEMENTS = 50
"""Statements in one file."""


@dataclass(frozen=True, slots=True)
class AskedLetters:
    """Which letters are asked for: lien letters or reduction offers about the cases of invoices. ``terms`` are those of an offer."""

    kind: LetterKind
    numbers: Sequence[str]
    terms: OfferTerms | None = None


@dataclass(frozen=True, slots=True)
class CaseLetterPreview:
    """The letters about the cases of some invoices, and the cases without one.

    ``number`` is the number of the question whether to print them.
    """

    clinic: Clinic
    letters: tuple[CaseLetter, ...]
    without: tuple[NoCaseLetter, ...]
    number: str


@dataclass(frozen=True, slots=True)
class StatementLetter:
    """The statement of a payer with the lines of the envelope, and the claim number of each of its invoices that has one."""

    envelope: tuple[str, ...]
    statement: AccountStatement
    claims: dict[str, str]


@dataclass(frozen=True, slots=True)
class StatementLetters:
    """The statements of some payers with the clinic whose letterhead they have, and the payers without an address."""

    clinic: Clinic
    letters: tuple[StatementLetter, ...]
    without_address: tuple[str, ...]


@operation(UnknownInvoice, TooLarge)
def plan_case_letters(session: Session, asked: AskedLetters) -> CaseLetterPreview:
    """Return the letters about the cases of invoices, as they would be printed now, for a decision and not to be shown.

    Raises UnknownInvoice, and TooLarge for more than ``MOST_CASES`` cases.
    """
    with session.reading() as books:
        return _preview(session, books, asked)


@operation(UnknownInvoice, TooLarge)
def preview_case_letters(session: Session, asked: AskedLetters) -> CaseLetterPreview:
    """Return what ``plan_case_letters`` returns, to be shown. The access log gets how many letters were shown."""
    preview = plan_case_letters(session, asked)
    session.record_view(f"preview {asked.kind.value} letters", count_of(len(preview.letters), "letter"))
    return preview


@operation(UnknownInvoice, TooLarge)
def record_case_letters(session: Session, asked: AskedLetters, shown: str, digest: str) -> bool:
    """Record that letters were made, and return whether that was done: only if they are still as they were shown.

    ``shown`` is the number of the preview, ``digest`` that of the file with the letters. No step of an invoice is recorded.
    """
    books = session.books
    preview = _preview(session, books, asked)
    if preview.number != shown:
        return False
    for letter in preview.letters:
        books.payer_mail.add(_message_of(letter, asked.kind, digest), session.person.name)
    session.record_view(f"print {asked.kind.value} letters", count_of(len(preview.letters), "letter"))
    return True


@operation(UnknownInvoice, TooLarge, MissingInput)
def print_statement_letters(session: Session, numbers: Collection[str]) -> StatementLetters:
    """Return the statements of account of the payers of invoices, up to today. The access log gets each of them.

    Raises UnknownInvoice, and TooLarge for more than ``MOST_STATEMENTS`` payers, and for a statement that is too long.
    """
    with session.reading() as books:
        _require_known(books, numbers)
        setup = books.setup()
    payers = parties_of_invoices(session, numbers, Holder.PAYER)
    if len(payers) > MOST_STATEMENTS:
        raise TooLarge(
            f"A file of {len(payers):,} statements",
            f"{MOST_STATEMENTS} statements",
            "Select fewer rows and press the button again.",
        )
    letters = []
    without_address = []
    for payer in payers:
        envelope = tuple(envelope_lines(setup, payer))
        if not envelope:
            without_address.append(payer)
            continue
        statement = print_account(session, AskedAccount(Holder.PAYER, payer), None, session.today).statement
        letters.append(StatementLetter(envelope, statement, _claims_of(session, statement)))
    return StatementLetters(setup.clinic, tuple(letters), tuple(without_address))


def _claims_of(session: Session, statement: AccountStatement) -> dict[str, str]:
    numbers = {one.number for one in statement.open_invoices} | {one.number for one in statement.lines}
    with session.reading() as books:
        return {number: found.claim_number for number, found in books.invoices.injuries_of(numbers).items()}


def _preview(session: Session, books: ClinicBooks, asked: AskedLetters) -> CaseLetterPreview:
    _require_known(books, asked.numbers)
    setup, cases = books.setup(), books.case_records.cases_of_invoices(asked.numbers)
    if len(cases) > MOST_CASES:
        raise TooLarge(
            f"A file about {len(cases):,} cases",
            f"{MOST_CASES} cases",
            "Select fewer rows and press the button again.",
        )
    records = books.case_records.of_cases(list(cases), session.today)
    invoices = books.invoices.with_numbers([number for found in cases.values() for number in found])
    letter_of = lien_letter if asked.kind is LetterKind.LIEN else case_letter
    wanted, letters, without = set(asked.numbers), [], []
    for case, numbers in cases.items():
        of_case = [invoices[number] for number in numbers]
        selected = next(number for number in numbers if number in wanted)
        made = letter_of(setup, records[case], of_case, selected, session.today)
        if isinstance(made, CaseLetter):
            letters.append(made)
        else:
            without.append(made)
    number = number_of_question(session.clinic_id, session.today, asked.kind.value, asked.terms, letters)
    return CaseLetterPreview(setup.clinic, tuple(letters), tuple(without), number)


def _require_known(books: ClinicBooks, numbers: Collection[str]) -> None:
    known = books.invoices.with_numbers(numbers)
    for number in numbers:
        if number not in known:
            raise UnknownInvoice(number)


def _message_of(letter: CaseLetter, kind: LetterKind, digest: str) -> NewMessage:
    return NewMessage(
        Channel.LETTER,
        kind,
        [
            WrittenInvoice(one.number, one.state, one.balance_cents)
            for one in letter.invoices
            if one.balance_cents > 0
        ],
        digest,
        f"letter-{uuid4()}",
        attorney=letter.attorney,
        address="\n".join(letter.envelope),
    )
