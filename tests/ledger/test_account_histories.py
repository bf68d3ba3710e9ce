"""Statements of account on random histories, beside a naive sum over the rows of the books."""

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from server.billing.people import LOCAL_PERSON
from server.billing.receivables.aging_buckets import BUCKETS
from server.billing.receivables.statement_of_account import AccountStatement, Holder
from server.operations.session import Session
from server.operations.statement_of_account import AskedAccount, print_account
from tests.behind import OpenedBooks, open_books
from tests.ledger.played_invoices import ATTORNEYS, PAYERS, Office

SEEDS = range(8)


class Pencil:
    """The books read by somebody who knows only their rows."""

    def __init__(self, execute: OpenedBooks) -> None:
        self.owed_now: dict[str, int] = dict(execute("SELECT number, balance_cents FROM invoice"))
        self.credit_now: dict[str, int] = dict(execute("SELECT number, unapplied_cents FROM invoice"))
        self.created: dict[str, str] = dict(execute("SELECT number, created FROM invoice"))
        rows = execute(
            "SELECT invoice.number, step.day, transfer.debit, transfer.credit, transfer.amount_cents"
            " FROM step JOIN invoice ON invoice.id = step.invoice LEFT JOIN transfer ON transfer.step = step.id"
            " ORDER BY invoice.id, step.place"
        )
        named = "SELECT invoice.number, payer.name, attorney.name FROM invoice LEFT JOIN payer ON payer.id = invoice.payer"
        cases = " JOIN patient_case ON patient_case.id = invoice.patient_case LEFT JOIN attorney ON attorney.id = patient_case.attorney"
        self.parties = execute(named + cases)
        self.moves: list[tuple[str, str, int]] = []
        for number, group in groupby(rows, key=lambda row: row[0]):
            latest = ""
            for _, day, debit, credit, cents in group:
                latest = max(latest, day)
                sign = (debit == "receivable") - (credit == "receivable")
                self.moves.append((number, latest, sign * (cents or 0)))

    def numbers_of(self, holder: Holder, name: str) -> set[str]:
        return {row[0] for row in self.parties if row[1 if holder is Holder.PAYER else 2] == name}

    def owed(self, numbers: set[str], day: date) -> dict[str, int]:
        owed = dict.fromkeys(numbers, 0)
        for number, moved_on, cents in self.moves:
            if number in numbers and moved_on <= day.isoformat():
                owed[number] += cents
        return {number: cents for number, cents in owed.items() if cents}


def stated(office: Office, asked: AskedAccount, first: date | None, last: date) -> AccountStatement:
    return print_account(Session(office.ledger, LOCAL_PERSON, "lakeside"), asked, first, last).statement


def check(statement: AccountStatement, pencil: Pencil, numbers: set[str]) -> None:
    """Compare a statement with the pencil's sums, and its parts with each other."""
    owed = pencil.owed(numbers, statement.last)
    assert {one.number: one.balance_cents for one in statement.open_invoices} == owed
    assert statement.closing_cents == sum(owed.values())
    before = statement.first - timedelta(days=1) if statement.first else date.min
    assert statement.opening_cents == sum(pencil.owed(numbers, before).values())
    moved = sum(cents for _, cents in statement.totals)
    assert moved == sum(line.cents for line in statement.lines)
    assert statement.opening_cents + moved == statement.closing_cents
    assert not statement.lines or statement.lines[-1].balance_cents == statement.closing_cents
    assert [line.day for line in statement.lines] == sorted(line.day for line in statement.lines)
    for (bucket, count, cents), known in zip(statement.buckets, BUCKETS, strict=True):
        ages = {
            number: max(0, (statement.last - date.fromisoformat(pencil.created[number])).days)
            for number in owed
        }
        mine = [number for number, age in ages.items() if known.first <= age <= (known.last or age)]
        assert (bucket, count, cents) == (known, len(mine), sum(owed[number] for number in mine))
        assert cents >= 0


@pytest.mark.many_rounds
@pytest.mark.parametrize("seed", SEEDS)
def test_a_statement_of_any_period_is_what_the_steps_add_up_to(tmp_path: Path, seed: int) -> None:
    office = Office(tmp_path / "ledger", seed)
    first_day = office.today
    office.work(days=24, clicks=8)
    with open_books(office.ledger.folder, "lakeside") as execute:
        pencil = Pencil(execute)
    days = [first_day + timedelta(days=place) for place in range((office.today - first_day).days + 1)]
    parties = [(Holder.PAYER, name) for name in PAYERS]
    parties += [(Holder.ATTORNEY, name) for name in ATTORNEYS if name]
    seen = 0
    for holder, name in parties:
        numbers = pencil.numbers_of(holder, name)
        if not numbers:
            continue
        asked = AskedAccount(holder, name)
        whole = stated(office, asked, None, office.today)
        check(whole, pencil, numbers)
        assert whole.closing_cents == sum(pencil.owed_now[number] for number in numbers)
        assert whole.unapplied_cents == sum(pencil.credit_now[number] for number in numbers)
        for day in days[seed % 4 :: 4]:
            check(stated(office, asked, None, day), pencil, numbers)
            check(stated(office, asked, day - timedelta(days=20), day), pencil, numbers)
        seen += len(whole.lines)
    assert seen > 20


@pytest.mark.many_rounds
def test_the_histories_have_whatever_moves_money(tmp_path: Path) -> None:
    taken: set[str] = set()
    for seed in SEEDS:
        office = Office(tmp_path / str(seed), seed)
        office.work(days=24, clicks=8)
        taken |= {*office.taken}
    assert {
        "send",
        "agree",
        "record cheque",
        "clear",
        "bounce",
        "reopen",
        "void",
        "write off",
        "apply credit",
        "refund credit",
    } <= taken
