"""A statement of account as a PDF file (rule: receivables#statements)."""

from collections.abc import Mapping

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.money import dollars
from server.billing.receivables.statement_of_account import AccountStatement, Holder
from server.papers.letterhead import letterhead
from server.papers.letters import has_unprintable
from server.papers.typesetting import set_paper

LABELS: Mapping[Holder, str] = {Holder.PAYER: "Payer", Holder.ATTORNEY: "Attorney", Holder.CASE: "Case"}


def set_account(clinic: Clinic, statement: AccountStatement) -> bytes:
    """Return the PDF file of a statement."""
    data = {"title": "Statement of account", "clinic": letterhead(clinic), "account": account_data(statement)}
    return set_paper("statement_of_account.typ", data, statement.last)


def account_data(statement: AccountStatement, claims: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return a statement as the templates show it.

    With the claim number of each invoice, a column of these is in place of the one with the patients.
    """
    kept = "" if statement.holder is Holder.CASE else "Patient" if claims is None else "Claim"
    return {
        "label": LABELS[statement.holder],
        "name": statement.name,
        "about": kept,
        "period": period_in_words(statement),
        "date": us(statement.last),
        "summary": summary_of(statement),
        "closing": dollars(statement.closing_cents),
        "opening": dollars(statement.opening_cents),
        "lines": [_about_whom(statement, cells, claims) for cells in _line_cells(statement)],
        "invoices": [_about_whom(statement, cells, claims) for cells in _invoice_cells(statement)],
        "buckets": [
            [f"{bucket.name.replace('-', '–')} days", dollars(cents)]
            for bucket, _, cents in statement.buckets
        ],
        "unapplied": dollars(-statement.unapplied_cents) if statement.unapplied_cents else "",
    }


def account_file_name(statement: AccountStatement) -> str:
    """Return the name of the file, without its ending. It names no person, because file names end up in logs and mails."""
    return f"Statement of account {statement.holder} {statement.last.isoformat()}"


def period_in_words(statement: AccountStatement) -> str:
    """Return the period: ``10/01/2026 to 10/31/2026``, or ``Up to 10/31/2026``."""
    if statement.first is None:
        return f"Up to {us(statement.last)}"
    return f"{us(statement.first)} to {us(statement.last)}"


def summary_of(statement: AccountStatement) -> list[tuple[str, str]]:
    """Return the labels and amounts from the opening balance down; with the closing balance they add up."""
    opening = [("Opening balance", dollars(statement.opening_cents))]
    return opening + [(kind.value, dollars(cents)) for kind, cents in statement.totals]


def unprintable_parts(statement: AccountStatement) -> list[str]:
    """Return the holder and the numbers of the invoices whose names have a letter that the fonts may not have."""
    named = [(statement.name, statement.name)]
    named += [(invoice.number, invoice.patient) for invoice in statement.open_invoices]
    named += [(line.number, line.patient) for line in statement.lines]
    return list(dict.fromkeys(shown for shown, name in named if has_unprintable(name)))


def _line_cells(statement: AccountStatement) -> list[list[str]]:
    return [
        [
            us(line.day),
            line.number,
            line.patient,
            line.words,
            dollars(line.cents),
            dollars(line.balance_cents),
        ]
        for line in statement.lines
    ]


def _invoice_cells(statement: AccountStatement) -> list[list[str]]:
    return [
        [
            us(invoice.exam_date),
            invoice.number,
            invoice.patient,
            invoice.state,
            str(invoice.age),
            dollars(invoice.billed_cents),
            dollars(invoice.balance_cents),
        ]
        for invoice in statement.open_invoices
    ]


def _about_whom(statement: AccountStatement, cells: list[str], claims: Mapping[str, str] | None) -> list[str]:
    """Return the cells of a row; on the statement of a case, all of whose rows are one patient's, without the patient.

    With claim numbers, that of the invoice is in place of the patient.
    """
    if statement.holder is Holder.CASE:
        return cells[:2] + cells[3:]
    return cells if claims is None else [*cells[:2], claims.get(cells[1], ""), *cells[3:]]
