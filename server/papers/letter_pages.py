"""Letters to payers and attorneys as one PDF file, each on pages of its own (rule: receivables#letters)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.receivables.statement_of_account import AccountStatement
from server.billing.text_lines import lines_of
from server.papers.letterhead import letterhead
from server.papers.letters import has_unprintable
from server.papers.statement_of_account import account_data
from server.papers.typesetting import set_paper

Pairs = Sequence[tuple[str, str]]
"""Labels with their values."""


@dataclass(frozen=True, slots=True)
class TextLetter:
    """A letter of a subject and a text. ``envelope`` has the lines of the address, ``facts`` are shown beside it."""

    envelope: str
    subject: str
    text: str
    facts: Pairs = ()


def set_text_letters(
    clinic: Clinic, letters: Sequence[TextLetter], day: date, *, is_preview: bool = False
) -> bytes:
    """Return the PDF file of letters with the date ``day``. On a preview, each page says that it is one."""
    data = {
        "title": "Letters",
        "clinic": letterhead(clinic),
        "date": us(day),
        "is_preview": is_preview,
        "letters": [
            {
                "envelope": lines_of(letter.envelope),
                "subject": letter.subject,
                "facts": [("Date", us(day)), *letter.facts],
                "paragraphs": _paragraphs_of(letter.text),
            }
            for letter in letters
        ],
    }
    return set_paper("letter_pages.typ", data, day)


def set_statement_letters(
    clinic: Clinic, letters: Sequence[tuple[Sequence[str], AccountStatement, Mapping[str, str]]], day: date
) -> bytes:
    """Return the PDF file of statements, each with the lines of its envelope and the claim numbers of its invoices."""
    data = {
        "title": "Statements of account",
        "clinic": letterhead(clinic),
        "letters": [
            {"envelope": list(envelope), "account": account_data(statement, claims)}
            for envelope, statement, claims in letters
        ],
    }
    return set_paper("statement_letters.typ", data, day)


def letters_file_name(kind: str, day: date) -> str:
    """Return the name of the file, without its ending. It names no person, because file names end up in logs and mails."""
    return f"Letters {kind} {day.isoformat()}"


def unprintable_letters(letters: Sequence[TextLetter]) -> list[str]:
    """Return the first line of each envelope whose letter has a character that the fonts may not have."""
    return [
        lines_of(one.envelope)[0]
        for one in letters
        if has_unprintable(f"{one.envelope}\n{one.subject}\n{one.text}")
    ]


def _paragraphs_of(text: str) -> list[list[tuple[int, str]]]:
    """Return the paragraphs of a text, each with its lines: how many spaces a line is set in, and what it says."""
    paragraphs: list[list[tuple[int, str]]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append((len(line) - len(line.lstrip()), line.strip()))
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]
