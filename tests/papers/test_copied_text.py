"""What is copied from a paper is what was written, also where a long word is broken into lines."""

import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from server.billing.clinics import Clinic, PayBasis
from server.billing.invoices.cases import Injury
from server.billing.payroll.pay_run import RateUsed
from server.billing.payroll.pay_statements import PaidLine, PayStatement, StatedRun
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.state_lines import state_line
from server.papers.case_statement import set_case_statement
from server.papers.invoices import set_invoices
from server.papers.pay_statements import set_statement
from tests.billing.recorded_runs import a_header
from tests.papers.test_printed_invoices import CLINIC, an_invoice

DAY = date(2026, 11, 2)
PDFTOTEXT = shutil.which("pdftotext")
EMAIL = "maximiliana.placeholder@lakeside-group.example"
TYPED = replace(CLINIC, email=EMAIL, contact="front_desk@lakeside.example")
FITS = 20
"""A word of so many letters fits a line of every column of these papers."""


def some_words(count: int) -> list[str]:
    """Return names, ids and addresses of 1 to 70 letters, each with an end of its own by which it can be found."""
    chance = random.Random(11)  # noqa: S311 - the same words in every run
    parts = ("ada", "Placeholder", "Featherstonehaughwintergreenmontgomery", "2026", "9fb3c2d47e6aa01b", "r")
    signs = ("-", "-", ".", "@", "_", "/", "--", "")
    return [
        "".join(chance.choice(parts) + chance.choice(signs) for _ in range(chance.randint(1, 5)))[:60]
        + f"{place:03d}z"
        for place in range(count)
    ]


def the_invoices(words: list[str]) -> bytes:
    """Return invoices to payers, of patients, cases and claims that are named by these words."""
    invoice = an_invoice(1, random.Random(3), "agreed", 1)  # noqa: S311 - the same in every run
    invoices, injuries = [], {}
    for place in range(0, len(words), 4):
        patient, payer, case, claim = words[place : place + 4]
        facts = replace(
            invoice.facts, number=f"INV-{place:06d}", patient=f"Jo {patient}", payer=payer, case=case
        )
        invoices.append(replace(invoice, facts=facts))
        injuries[facts.number] = Injury(None, claim)
    return set_invoices(TYPED, invoices, injuries, DAY)


def the_case_statement(words: list[str]) -> bytes:
    """Return the statement of a case whose invoices are to payers of these names."""
    invoice = an_invoice(1, random.Random(3), "agreed", 1)  # noqa: S311 - the same in every run
    invoices = [
        replace(invoice, facts=replace(invoice.facts, number=f"INV-{place:06d}", payer=word))
        for place, word in enumerate(words)
    ]
    return set_case_statement(TYPED, invoices, {}, DAY)


def the_statement_of_pay(words: list[str]) -> bytes:
    """Return the statement of a provider with appointments and services of these names."""
    rate = RateUsed("*", "*", PayBasis.PER_SESSION, 5_000, False, DAY, "", 3, 15_000)  # noqa: FBT003
    pairs = zip(words[::2], words[1::2], strict=True)
    lines = tuple(
        PaidLine(DAY, appointment, service, "attended", rate, 1, 5_000) for appointment, service in pairs
    )
    statement = PayStatement(words[0], words[1], "W-2", lines)
    run, line = a_header(RunState.CLOSED), state_line(RunState.CLOSED, DAY, "Olive Example")
    return set_statement(StatedRun(Clinic("lakeside", words[2]), run, [statement], line), statement, DAY)


PAPERS = [the_invoices, the_case_statement, the_statement_of_pay]
WORDS = some_words(120)


@cache
def copied(place: int) -> str:
    """Return the text of a paper as a reader of PDF files copies it."""
    if PDFTOTEXT is None:
        pytest.skip("pdftotext (poppler-utils) is not installed, so nothing is copied")
    command = [PDFTOTEXT, "-raw", "-enc", "UTF-8", "-", "-"]
    answer = subprocess.run(command, input=PAPERS[place](WORDS), check=True, capture_output=True, timeout=60)
    return answer.stdout.decode("utf-8")


@pytest.mark.parametrize("place", range(len(PAPERS)))
def test_every_word_is_copied_as_it_was_written(place: int) -> None:
    text = "".join(copied(place).split())
    assert [word for word in WORDS if word not in text] == []


@pytest.mark.parametrize("place", range(len(PAPERS)))
def test_a_word_that_fits_a_line_is_not_broken(place: int) -> None:
    short = [word for word in WORDS if len(word) <= FITS]
    assert len(short) > 20
    text = set(copied(place).split())
    assert [word for word in short if word not in text] == []


def test_the_email_address_of_the_letterhead_is_on_one_line() -> None:
    text = copied(0).split()
    assert text.count(TYPED.contact) == text.count(EMAIL) == len(WORDS) // 4
