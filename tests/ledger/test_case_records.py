"""The records of cases in the books: the latest counts, and a case is its attorney's from day to day."""

from dataclasses import replace
from datetime import date, timedelta

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseRecord, CaseSettlement, LetterOfProtection, Stage
from server.billing.invoices.cases import Injury
from server.ledger.clinic_store import ClinicStore
from server.ledger.verify import Verified
from tests.ledger.invoiced import TODAY, a_draft, created

FIRST, NEW = "Attorney Invented", "Other Attorney"
YESTERDAY = TODAY - timedelta(days=1)
LAST_WEEK = TODAY - timedelta(days=7)
RECORD = CaseRecord(
    Injury(date(2026, 5, 1), "C-1"),
    Stage.DEMAND,
    date(2028, 5, 1),
    CaseAttorney(FIRST),
    "Acme Invented Insurance",
    ("Second Insurance", "Third Insurance"),
    LetterOfProtection(date(2026, 6, 1), FIRST, 500_00, "in the folder", TODAY),
    CaseSettlement(1_000_00, 300_00, 100_00, 600_00, 900_00),
)


def record_of(lakeside: ClinicStore) -> CaseRecord:
    with lakeside.reading() as books:
        return books.case_records.of_cases([1], TODAY)[1]


def change(lakeside: ClinicStore, attorney: CaseAttorney, *, is_correction: bool = False) -> None:
    with lakeside.transaction() as books:
        books.case_records.change_attorney(1, WishedAttorney(attorney, is_correction), TODAY, "ana")


def has_case(lakeside: ClinicStore, attorney: str, day: date = TODAY) -> bool:
    with lakeside.reading() as books:
        return bool(books.case_records.with_attorney(attorney, day))


def test_a_case_without_a_record_shows_what_its_invoices_said(lakeside: ClinicStore) -> None:
    created(lakeside)
    assert record_of(lakeside) == CaseRecord(attorney=CaseAttorney(FIRST), payer="Acme Invented Insurance")


def test_a_record_is_kept_as_it_was_saved_and_the_latest_counts(lakeside: ClinicStore) -> None:
    created(lakeside)
    with lakeside.transaction() as books:
        books.case_records.record(1, RECORD, "ana")
    assert record_of(lakeside) == RECORD

    changed = replace(
        RECORD, stage=Stage.SUIT, further_payers=("Third Insurance",), letter=LetterOfProtection()
    )
    with lakeside.transaction() as books:
        books.case_records.record(1, changed, "ana")
    assert record_of(lakeside) == changed
    assert isinstance(lakeside.verify(), Verified)


def test_the_old_attorney_loses_a_case_when_the_new_one_gets_it(lakeside: ClinicStore) -> None:
    created(lakeside)
    assert has_case(lakeside, FIRST.upper())

    change(lakeside, CaseAttorney(NEW, from_on=TODAY))

    assert not has_case(lakeside, FIRST)
    assert has_case(lakeside, NEW)
    assert has_case(lakeside, FIRST, YESTERDAY)
    assert not has_case(lakeside, NEW, YESTERDAY)


def test_a_corrected_day_leaves_nothing_of_the_wrong_one(lakeside: ClinicStore) -> None:
    created(lakeside)
    change(lakeside, CaseAttorney(NEW, from_on=LAST_WEEK))
    change(lakeside, CaseAttorney(NEW, from_on=TODAY), is_correction=True)

    assert has_case(lakeside, FIRST, YESTERDAY)
    assert not has_case(lakeside, NEW, YESTERDAY)
    assert has_case(lakeside, NEW)


def test_a_case_can_be_without_an_attorney(lakeside: ClinicStore) -> None:
    created(lakeside)
    change(lakeside, CaseAttorney(FIRST, until_on=TODAY), is_correction=True)
    assert not has_case(lakeside, FIRST)
    assert has_case(lakeside, FIRST, YESTERDAY)
    assert record_of(lakeside).attorney == CaseAttorney()


def test_no_invoice_gives_a_case_back_to_an_attorney_who_lost_it(lakeside: ClinicStore) -> None:
    created(lakeside)
    change(lakeside, CaseAttorney(FIRST, until_on=TODAY), is_correction=True)

    created(lakeside, a_draft(attorney=FIRST))

    assert not has_case(lakeside, FIRST)
    with lakeside.reading() as books:
        assert [case.attorney for case in books.cases()] == [""]
