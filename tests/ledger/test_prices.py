"""Prices and exam types of a clinic: what the setup says stands, and what it said stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from server.billing.clinics import Setup
from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.ledger.clinic_store import ClinicStore
from server.ledger.clinics.changes import Changes
from server.ledger.clinics.prices import Attestation
from tests.ledger.invented import LAKESIDE

Raw = Callable[[str], list[tuple[object, ...]]]

OLD = Price("EX-101", "Invented exam", 100_00, date(2025, 1, 1))
NEW = Price("EX-101", "Invented exam", 120_00, date(2026, 1, 1), Bilateral.NOT_ALLOWED)
ACME = replace(NEW, payer="Acme Invented Insurance", unit_price_cents=90_00)
TYPES = (ExamCode("Back", "EX-101", "Upper"), ExamCode("Back", "EX-102", "Lower"), ExamCode("Knee", "EX-103"))


def test_prices_and_exam_types_come_back_as_the_setup_says(lakeside: ClinicStore) -> None:
    wished = Setup(LAKESIDE, prices=(OLD, NEW, ACME), exam_types=TYPES)
    with lakeside.transaction() as books:
        changes = books.save_setup(wished, "ana")

    assert (changes.prices, changes.exam_types) == (Changes(added=3), Changes(added=3))
    with lakeside.reading() as books:
        assert books.setup() == wished
        assert books.setup().version == wished.version != Setup(LAKESIDE).version


def test_a_changed_price_is_withdrawn_and_stays_in_the_books(lakeside: ClinicStore, raw: Raw) -> None:
    dearer = replace(NEW, unit_price_cents=130_00)
    with lakeside.transaction() as books:
        books.save_setup(Setup(LAKESIDE, prices=(OLD, NEW)), "ana")
        changes = books.save_setup(Setup(LAKESIDE, prices=(OLD, dearer)), "max")

        assert changes.prices == Changes(changed=1, unchanged=1)
        assert books.setup().prices == (OLD, dearer)
    assert raw("SELECT unit_price_cents FROM price ORDER BY id") == [(100_00,), (120_00,), (130_00,)]
    assert raw("SELECT id, withdrawn_by FROM price_withdrawal") == [(2, "max")]


def test_an_attested_license_is_remembered_with_who_said_so(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        assert books.license_attestation() is None
        books.attest_license("We hold the licenses our codes need.", "max")
        told = books.license_attestation()

    assert told == Attestation("We hold the licenses our codes need.", "2026-11-02T15:04:05.678+00:00", "max")
