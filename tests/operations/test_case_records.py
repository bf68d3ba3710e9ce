"""Records of cases are saved as they were shown, all or none, by those who may."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseField, CaseRecord, CaseSettlement, Stage
from server.billing.people import LOCAL_PERSON, Person, Role
from server.errors import ChangedSinceShown, RoleNotAllowed
from server.ledger.invoices.cases import EVERY_CASE
from server.ledger.store import Ledger
from server.operations.case_records import (
    CaseEdit,
    CaseOnRecord,
    change_attorney,
    check_case_records,
    find_case_records,
    open_case_records,
    save_case_records,
)
from server.operations.session import Session
from tests.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.ribbon.clicks import a_ledger, views

VIEWER, BILLER, ATTORNEY = (Person(role.value, role) for role in (Role.VIEWER, Role.BILLER, Role.ATTORNEY))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    found = a_ledger(tmp_path / "ledger", LAKESIDE)
    created(found.clinic("lakeside"), a_draft(), a_draft("Patient Two", case="Case B"))
    return found


def a_session(ledger: Ledger, person: Person = LOCAL_PERSON) -> Session:
    return Session(ledger, person, "lakeside")


def listed(ledger: Ledger) -> list[CaseOnRecord]:
    return open_case_records(a_session(ledger), EVERY_CASE)


def an_edit(shown: CaseOnRecord, wished: CaseRecord) -> CaseEdit:
    return CaseEdit(shown.case.id + 1, shown.case.id, shown.record.version, wished)


def save(ledger: Ledger, *edits: CaseEdit, person: Person = LOCAL_PERSON) -> list[CaseOnRecord]:
    shown = check_case_records(a_session(ledger), edits).changes
    session = a_session(ledger, person)
    with session.transaction():
        return save_case_records(session, edits, shown)


def test_a_saved_record_is_listed_with_our_share(ledger: Ledger) -> None:
    first, second = listed(ledger)
    settlement = CaseSettlement(1_000_00, lien_pool_cents=100_00, all_liens_cents=300_00)
    wished = replace(first.record, stage=Stage.SETTLED, settlement=settlement)

    (saved,) = save(ledger, an_edit(first, wished))

    assert (saved.record, saved.billed_cents, saved.share_cents) == (wished, 100_00, 33_33)
    assert listed(ledger) == [saved, second]


def test_a_record_that_is_as_it_was_changes_nothing(ledger: Ledger) -> None:
    edits = [an_edit(one, one.record) for one in listed(ledger)]
    checked = check_case_records(a_session(ledger), edits)
    assert (dict(checked.changes), dict(checked.flaws)) == ({}, {})


def test_what_somebody_else_changed_in_between_refuses_that_row_alone(ledger: Ledger) -> None:
    first, second = listed(ledger)
    save(ledger, an_edit(first, replace(first.record, stage=Stage.SUIT)))

    edits = [an_edit(one, replace(one.record, statute_on=date(2028, 1, 1))) for one in (first, second)]
    checked = check_case_records(a_session(ledger), edits)

    assert (list(checked.stale), list(checked.changes)) == ([first.case.id + 1], [second.case.id + 1])


def test_a_new_invoice_that_names_another_injury_makes_a_row_stale(ledger: Ledger) -> None:
    (first, _) = listed(ledger)
    with ledger.clinic("lakeside").transaction() as books:
        exam = replace(a_draft().exams[0], claim_number="C-77")
        books.invoices.record_injuries([exam])
    checked = check_case_records(a_session(ledger), [an_edit(first, replace(first.record, stage=Stage.SUIT))])
    assert list(checked.stale) == [first.case.id + 1]


def test_nothing_is_saved_that_was_not_shown(ledger: Ledger) -> None:
    first, second = listed(ledger)
    edits = [an_edit(one, replace(one.record, stage=Stage.DEMAND)) for one in (first, second)]
    shown = check_case_records(a_session(ledger), edits).changes
    save(ledger, an_edit(second, replace(second.record, stage=Stage.SUIT)))

    session = a_session(ledger)
    with pytest.raises(ChangedSinceShown), session.transaction():
        save_case_records(session, edits, shown)
    assert listed(ledger)[0] == first


def test_all_liens_include_what_we_billed(ledger: Ledger) -> None:
    (first, _) = listed(ledger)
    settlement = CaseSettlement(1_000_00, lien_pool_cents=50_00, all_liens_cents=99_99)
    checked = check_case_records(
        a_session(ledger), [an_edit(first, replace(first.record, settlement=settlement))]
    )
    assert [flaw.field for flaws in checked.flaws.values() for flaw in flaws] == [CaseField.ALL_LIENS]


def test_a_case_that_the_books_do_not_have_is_unknown(ledger: Ledger) -> None:
    checked = check_case_records(a_session(ledger), [CaseEdit(9, 404, "v0", CaseRecord())])
    assert list(checked.unknown) == [9]
    assert find_case_records(a_session(ledger), [404]) == {}


def test_whoever_loses_a_case_is_named_before_it_is_saved(ledger: Ledger) -> None:
    (first, _) = listed(ledger)
    edit = an_edit(first, replace(first.record, attorney=CaseAttorney("Other Attorney")))
    (change,) = check_case_records(a_session(ledger), [edit]).changes.values()
    assert change.takes_case_from == "Attorney Invented"

    (saved,) = save(ledger, edit)

    today = a_session(ledger).today
    assert saved.record.attorney == CaseAttorney("Other Attorney", from_on=today)
    assert saved.case.attorney == "Other Attorney"
    (first, _) = listed(ledger)
    early = replace(first.record.attorney, from_on=today - timedelta(days=3))
    (change,) = check_case_records(
        a_session(ledger), [an_edit(first, replace(first.record, attorney=early))]
    ).changes.values()
    assert change.takes_case_from == ""


def test_viewers_read_records_and_billers_save_them(ledger: Ledger) -> None:
    (first, _) = listed(ledger)
    assert open_case_records(a_session(ledger, VIEWER), EVERY_CASE)
    edit = an_edit(first, replace(first.record, stage=Stage.SUIT))
    with pytest.raises(RoleNotAllowed):
        save(ledger, edit, person=VIEWER)
    with pytest.raises(RoleNotAllowed):
        open_case_records(a_session(ledger, ATTORNEY), EVERY_CASE)
    assert save(ledger, edit, person=BILLER)
    with pytest.raises(RoleNotAllowed):
        change_attorney(
            a_session(ledger, VIEWER), 1, WishedAttorney(CaseAttorney("New"), is_correction=False)
        )


def test_a_look_at_the_records_is_written_down_by_its_count(ledger: Ledger) -> None:
    session = a_session(ledger)
    with session.transaction():
        open_case_records(session, EVERY_CASE)
    assert views(ledger.folder)[-1][1:] == ("open cases", "2 cases")
