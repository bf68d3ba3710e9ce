"""Printed invoices: what a payer reads is what the ledger holds, whatever the names look like."""

import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.billing.clinics import Clinic
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Action, Invoice, InvoiceFacts, InvoiceLine, State
from server.billing.money import dollars
from server.papers.invoices import set_invoices, unprintable_invoices
from server.papers.letterhead import missing_on_invoices
from server.papers.typesetting import FOLDER
from tests.invoices.invented import HISTORIES, MONDAY, TODAY, taken
from tests.papers.reading import cents_after, pages_of, reader_of, tags_of, text_of

CLINIC = Clinic(
    "lakeside",
    "Lakeside Psychology Group",
    phone="(555) 010-0100",
    address="12 Invented Street; Sample Falls, OH 00000",
    pay_to="Lakeside Billing LLC",
    remit_to="PO Box 7; Sample Falls, OH 00000",
    tax_id="12-3456789",
    invoice_terms="Due in 30 days.",
)
HOW_MANY = 110
INJECTIONS = (
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "$ x $ *b* _i_ = H <l> @ref \\ // c",
    '"#sys.inputs"',
)
PAYERS = ("Oak Mutual (invented)", "Umbrella Fire & Hail", "Ünïted Żółw Ελλάς Щит", "W" * 130)


def an_invoice(place: int, chance: random.Random, history: str, lines: int) -> Invoice:
    """Return an invoice with random lines, some of both sides, and one of the histories behind it."""
    billed = []
    for number in range(lines):
        price, units, times = (
            chance.randint(1, 99_999),
            chance.randint(1, 12),
            chance.choice((1_000, 1_500, 2_000)),
        )
        total = (price * units * times + 500) // 1_000
        words = "Range of motion " * chance.randint(1, 9)
        billed.append(InvoiceLine(f"EX-{number:03d}", words.strip(), units, price, times, total))
    facts = InvoiceFacts(
        f"INV-{place:06d}",
        f"C-{place}",
        chance.choice((*INJECTIONS, "Robin Sample", "Maximiliana " * 14, "=1+1")),
        MONDAY,
        TODAY,
        chance.choice(PAYERS),
        chance.choice(("", "Bumblebee & Finch")),
        "North",
        "Dr. Example",
    )
    invoice, total = Invoice(facts), sum(line.total_cents for line in billed)
    for action, inputs in HISTORIES[history]:
        told = dict(inputs)
        if action is Action.CREATE:
            told["lines"] = tuple(billed)
        if "amount_cents" in told:  # the histories are of an invoice of $1,000.00
            told["amount_cents"] = max(1, told["amount_cents"] * total // 100_000)
        invoice = taken(invoice, action, **told)
    return invoice


@pytest.fixture(scope="module")
def invoices() -> list[Invoice]:
    chance = random.Random(7)  # noqa: S311 - the same invoices in every run
    histories = [
        name
        for name in HISTORIES
        if name not in {"received", "received in two", "paid", "overpaid", "refunded"}
    ]
    made = [
        an_invoice(
            place, chance, histories[place % len(histories)], 70 if place % 20 == 3 else chance.randint(1, 8)
        )
        for place in range(1, HOW_MANY + 1)
    ]
    paid = an_invoice(HOW_MANY + 1, chance, "agreed", 3)
    cheque: dict[str, Any] = {
        "cheque_number": "1",
        "cheque_date": MONDAY,
        "received_date": MONDAY,
        "paying_party": "Oak",
        "note": "n",
    }
    received = taken(paid, Action.RECORD_CHEQUE, **cheque, amount_cents=paid.balance_cents)
    cleared = taken(received, Action.CLEAR, day=MONDAY)
    others = [(received, HOW_MANY + 1), (cleared, HOW_MANY + 2)]
    return made + [replace(one, facts=replace(one.facts, number=f"INV-{place:06d}")) for one, place in others]


@pytest.fixture(scope="module")
def printed(invoices: list[Invoice]) -> bytes:
    injuries = {invoices[0].number: Injury(date(2026, 3, 1), "CL-2026-77")}
    return set_invoices(CLINIC, invoices, injuries, TODAY)


@pytest.fixture(scope="module")
def by_invoice(printed: bytes) -> dict[str, list[str]]:
    """Return the pages of each invoice, which its footer names."""
    found: dict[str, list[str]] = defaultdict(list)
    for page in pages_of(printed):
        (number,) = set(re.findall(r"Invoice (INV-\d{6})\s*Page \d+ of \d+", page))
        found[number].append(page)
    return found


def test_every_state_is_printed_with_the_amounts_of_the_ledger(
    invoices: list[Invoice], by_invoice: dict[str, list[str]]
) -> None:
    assert {invoice.state for invoice in invoices} == set(State)
    for invoice in invoices:
        text = " ".join(" ".join(by_invoice[invoice.number]).split())
        charges = sum(line.total_cents for line in invoice.lines)
        assert cents_after("Total charges", text) == charges
        assert cents_after("Balance due", text) == invoice.balance_cents
        taken_off = {
            "Reduction agreed": invoice.reduction_cents,
            "Payments received": invoice.collected_cents,
            "Written off": invoice.written_off_cents,
        }
        for label, cents in taken_off.items():
            assert (f"{label} {dollars(-cents)}" in text) is bool(cents)
        if invoice.agreed_cents is not None and invoice.state is not State.VOIDED:
            assert cents_after("Agreed amount", text) == invoice.agreed_cents
        assert ("VOID" in text) is (invoice.state is State.VOIDED)


def test_the_total_of_all_papers_is_that_of_the_ledger(
    invoices: list[Invoice], by_invoice: dict[str, list[str]]
) -> None:
    owed = sum(cents_after("Balance due", " ".join(pages)) for pages in by_invoice.values())
    assert owed == sum(invoice.balance_cents for invoice in invoices)
    assert list(by_invoice) == [invoice.number for invoice in invoices]


def test_every_line_is_there_and_both_sides_are_said(
    invoices: list[Invoice], by_invoice: dict[str, list[str]]
) -> None:
    for invoice in invoices:
        text = " ".join(" ".join(by_invoice[invoice.number]).split())
        for line in invoice.lines:
            sides = {1_000: "", 1_500: "× 1.5 ", 2_000: "× 2 "}[line.multiplier_thousandths]
            amounts = f"{line.units} {dollars(line.unit_price_cents)} {sides}{dollars(line.total_cents)}"
            assert re.search(rf"{line.code} .*?{re.escape(amounts)}", text), (invoice.number, line)


def test_an_invoice_of_several_pages_repeats_its_headings_and_counts_its_own_pages(
    invoices: list[Invoice], by_invoice: dict[str, list[str]]
) -> None:
    long = [invoice for invoice in invoices if len(invoice.lines) == 70]
    assert long
    for invoice in long:
        pages = by_invoice[invoice.number]
        assert len(pages) > 1
        for place, page in enumerate(pages, 1):
            assert f"Page {place} of {len(pages)}" in page
            assert ("UNIT PRICE" in page) is ("EX-0" in page)
            assert (f"Invoice {invoice.number}, continued" in page) is (place > 1)


def test_names_print_as_they_are_written(invoices: list[Invoice], by_invoice: dict[str, list[str]]) -> None:
    seen = set()
    for invoice in invoices:
        text = "".join("".join(by_invoice[invoice.number]).split())
        for name in (invoice.facts.patient, invoice.facts.payer, invoice.facts.attorney):
            assert "".join(name.split()) in text
        seen.add(invoice.facts.patient)
    assert set(INJECTIONS) <= seen


def test_the_letterhead_and_the_case_are_on_the_paper(by_invoice: dict[str, list[str]]) -> None:
    text = " ".join(by_invoice["INV-000001"][0].split())
    for told in (
        "Lakeside Psychology Group",
        "12 Invented Street",
        "(555) 010-0100",
        "Tax ID 12-3456789",
        "Lakeside Billing LLC",
        "PO Box 7",
        "Due in 30 days.",
        "CL-2026-77",
        "03/01/2026",
    ):
        assert told in text


def test_the_file_is_tagged_and_says_what_it_is_and_names_nobody(
    printed: bytes, invoices: list[Invoice]
) -> None:
    root: Any = reader_of(printed).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    tags = list(tags_of(printed))
    assert tags.count("H1") == len(invoices)
    assert {"Table", "TR", "TH", "TD"} <= set(tags)
    about = reader_of(printed).metadata
    assert about is not None
    assert about.title == f"{len(invoices)} invoices"
    assert "Robin" not in str(about)
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_the_same_invoices_on_the_same_day_are_the_same_file(invoices: list[Invoice]) -> None:
    one, other = (set_invoices(CLINIC, invoices[:2], {}, TODAY) for _ in range(2))
    assert one == other


def test_letters_that_no_font_has_are_said_and_the_rest_is_printed(invoices: list[Invoice]) -> None:
    odd = replace(invoices[0], facts=replace(invoices[0].facts, patient="山田 Taro"))
    assert unprintable_invoices([odd, *invoices]) == [odd.number]
    content = set_invoices(CLINIC, [odd], {}, TODAY)
    assert "Taro" in text_of(content)
    assert "H1" in set(tags_of(content))


def test_what_the_setup_lacks_is_left_out_and_said(invoices: list[Invoice]) -> None:
    bare = Clinic("lakeside", "Lakeside")
    assert list(missing_on_invoices(bare)) == ["Address", "Phone", "Remit to", "Tax ID"]
    assert not missing_on_invoices(replace(CLINIC, remit_to="", pay_to="", invoice_terms=""))
    text = text_of(set_invoices(bare, invoices[:1], {}, TODAY))
    assert "Tax ID" not in text
    assert "REMIT PAYMENT TO Lakeside" in text


def test_templates_neither_evaluate_data_nor_load_anything_else() -> None:
    templates = sorted(FOLDER.glob("*.typ"))
    assert len(templates) > 5
    for template in templates:
        code = re.sub(r"//[^\n]*", "", template.read_text("utf-8"))
        assert not re.search(r"eval\(|read\(|plugin\(|@preview|include ", code)
        assert set(re.findall(r'import "([^"]+)"', code)) <= {"page.typ", "letter.typ", "account_body.typ"}
