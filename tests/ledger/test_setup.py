from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.clinics import (
    ANY,
    Cadence,
    Clinic,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
    StatusWord,
    WorksAs,
)
from server.billing.invoices.prices import ExamCode, Price
from server.billing.names import fold
from server.errors import ClinicMismatch, SetupDoesNotFit
from server.ledger.clinic_store import ClinicStore
from server.ledger.clinics.changes import Changes
from server.ledger.clinics.setup import SetupChanges
from server.ledger.store import Ledger
from tests.ledger.invented import HILLSIDE, LAKESIDE

Raw = Callable[[str], list[tuple[object, ...]]]

JANUARY = date(2026, 1, 1)
ADA = Provider(
    "Ada Invented", ("Invented, Ada",), "P-1", "0000000000", "ada@example.com", "", WorksAs.EMPLOYEE
)
BO = Provider("Bo Madeup", active=False)
EXAM = Service("EX-101", "Exam", ("exam 101",), 30)
TALK = Service("EX-202")
FULL = Setup(
    clinic=replace(LAKESIDE, contact="Cy Fictional", cadence=Cadence.BIWEEKLY, anchor=date(2026, 1, 5)),
    providers=(BO, ADA),
    services=(TALK, EXAM),
    rates=(
        Rate("Ada Invented", "EX-101", PayBasis.PER_SESSION, 6_000, JANUARY, "agreed in January"),
        Rate("Ada Invented", "EX-101", PayBasis.PER_SESSION, None, date(2026, 6, 1)),
        Rate("Ada Invented", ANY, PayBasis.OF_COLLECTED, 625_000, JANUARY),
        Rate(ANY, ANY, PayBasis.PER_UNIT, 0, JANUARY, "unpaid"),
    ),
    statuses=(StatusWord("Came", CountsAs.ATTENDED), StatusWord("Did not", CountsAs.NO_SHOW)),
    missed_visits=(MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY),),
    prices=(Price("EX-101", "Invented exam", 100_00, JANUARY),),
    exam_types=(ExamCode("Invented", "EX-101"),),
)
NOT_A_SERVICE = MissedVisitRule(ANY, "EX-9", CountsAs.NO_SHOW, MissedPay.NONE, None, JANUARY)


def save(books_of: ClinicStore, setup: Setup) -> SetupChanges:
    with books_of.transaction() as books:
        return books.save_setup(setup, "ana")


def read(books_of: ClinicStore) -> Setup:
    with books_of.reading() as books:
        return books.setup()


def a_setup(*providers: Provider, rates: tuple[Rate, ...] = ()) -> Setup:
    return Setup(LAKESIDE, providers=providers, services=(EXAM,), rates=rates)


def a_rate(provider: str, cents: int = 6_000) -> Rate:
    return Rate(provider, "EX-101", PayBasis.PER_SESSION, cents, JANUARY)


def test_a_clinic_just_opened_has_a_name_and_nothing_else(lakeside: ClinicStore) -> None:
    assert read(lakeside) == Setup(LAKESIDE)


def test_what_is_saved_is_what_is_read_back(lakeside: ClinicStore) -> None:
    save(lakeside, FULL)

    assert read(lakeside) == FULL


def test_saving_says_what_it_did_to_each_sheet(lakeside: ClinicStore) -> None:
    assert save(lakeside, FULL) == SetupChanges(
        clinic=Changes(changed=1),
        providers=Changes(added=2),
        services=Changes(added=2),
        rates=Changes(added=4),
        statuses=Changes(added=2),
        missed_visits=Changes(added=1),
        prices=Changes(added=1),
        pay_items=Changes(),
        group_sessions=Changes(),
        shares=Changes(),
        supervision=Changes(),
        pay_plans=Changes(),
        payers=Changes(),
        reminder_mail=Changes(),
        mail_texts=Changes(),
        exam_types=Changes(added=1),
    )


def test_saving_the_same_setup_again_changes_nothing(lakeside: ClinicStore) -> None:
    save(lakeside, FULL)
    before = lakeside.journal_head()

    assert not save(lakeside, FULL)
    assert lakeside.journal_head() == before


def test_rows_in_another_order_are_not_a_change_and_keep_that_order(lakeside: ClinicStore) -> None:
    save(lakeside, a_setup(ADA, BO))

    assert not save(lakeside, a_setup(BO, ADA))
    assert read(lakeside).providers == (BO, ADA)


def test_a_provider_taken_off_the_sheet_is_deactivated_since_when_and_by_whom(
    lakeside: ClinicStore, raw: Raw
) -> None:
    save(lakeside, a_setup(ADA, BO))

    assert save(lakeside, a_setup(ADA)).providers == Changes(deactivated=1, unchanged=1)
    assert read(lakeside).providers == (ADA,)
    assert raw("SELECT name, removed_at, removed_by FROM provider WHERE removed_at IS NOT NULL") == [
        ("Bo Madeup", "2026-11-02T15:04:05.678+00:00", "ana")
    ]


def test_a_provider_back_on_the_sheet_is_the_same_one_again(lakeside: ClinicStore, raw: Raw) -> None:
    save(lakeside, a_setup(ADA))
    save(lakeside, a_setup())

    assert save(lakeside, a_setup(replace(ADA, name="ADA invented"))).providers == Changes(reactivated=1)
    assert raw("SELECT name, removed_at FROM provider") == [("ADA invented", None)]


def test_a_provider_renamed_under_the_same_id_keeps_the_rates(lakeside: ClinicStore, raw: Raw) -> None:
    save(lakeside, a_setup(ADA, rates=(a_rate("Ada Invented"),)))
    married = replace(ADA, name="Ada Married")

    changes = save(lakeside, a_setup(married, rates=(a_rate("Ada Married"),)))

    assert (changes.providers, changes.rates) == (Changes(changed=1), Changes(unchanged=1))
    assert read(lakeside).rates == (a_rate("Ada Married"),)
    assert raw("SELECT COUNT(*) FROM rate") == [(1,)]


def test_two_providers_who_swap_names_under_their_ids_keep_their_rates(lakeside: ClinicStore) -> None:
    bo = replace(BO, provider_id="P-2")
    save(lakeside, a_setup(ADA, bo, rates=(a_rate(ADA.name, 1), a_rate(bo.name, 2))))
    swapped = replace(ADA, name=bo.name), replace(bo, name=ADA.name)

    changes = save(lakeside, a_setup(*swapped, rates=(a_rate(bo.name, 1), a_rate(ADA.name, 2))))

    assert (changes.providers, changes.rates) == (Changes(changed=2), Changes(unchanged=2))


def test_a_provider_who_gets_an_id_stays_the_same_one(lakeside: ClinicStore) -> None:
    save(lakeside, a_setup(BO))

    assert save(lakeside, a_setup(replace(BO, provider_id="P-2"))).providers == Changes(changed=1)


def test_a_namesake_with_another_id_is_somebody_else(lakeside: ClinicStore, raw: Raw) -> None:
    save(lakeside, a_setup(ADA))

    changes = save(lakeside, a_setup(replace(ADA, provider_id="P-9")))

    assert changes.providers == Changes(added=1, deactivated=1)
    assert raw("SELECT provider_id FROM provider ORDER BY id") == [("P-1",), ("P-9",)]


def test_a_changed_rate_is_withdrawn_and_written_anew(lakeside: ClinicStore, raw: Raw) -> None:
    save(lakeside, a_setup(ADA, rates=(a_rate(ADA.name, 6_000),)))

    changes = save(lakeside, a_setup(ADA, rates=(a_rate(ADA.name, 6_500),)))

    assert changes.rates == Changes(changed=1)
    assert read(lakeside).rates == (a_rate(ADA.name, 6_500),)
    assert raw("SELECT amount, withdrawn_by FROM rate LEFT JOIN rate_withdrawal USING (id) ORDER BY id") == [
        (6_000, "ana"),
        (6_500, None),
    ]


def test_a_rate_taken_off_the_sheet_is_withdrawn_and_can_come_back(lakeside: ClinicStore, raw: Raw) -> None:
    with_rate = a_setup(ADA, rates=(a_rate(ADA.name),))
    save(lakeside, with_rate)

    assert save(lakeside, a_setup(ADA)).rates == Changes(deactivated=1)
    assert read(lakeside).rates == ()
    assert save(lakeside, with_rate).rates == Changes(added=1)
    assert read(lakeside) == with_rate
    assert raw("SELECT COUNT(*) FROM rate") == [(2,)]


def test_the_same_rate_twice_on_the_sheet_is_there_twice_until_one_is_taken_off(
    lakeside: ClinicStore,
) -> None:
    rate = a_rate(ADA.name)
    save(lakeside, a_setup(ADA, rates=(rate, rate)))

    assert read(lakeside).rates == (rate, rate)
    assert save(lakeside, a_setup(ADA, rates=(rate,))).rates == Changes(deactivated=1, unchanged=1)


def test_a_rate_finds_its_provider_however_it_is_spelled(lakeside: ClinicStore) -> None:
    save(lakeside, a_setup(ADA, rates=(a_rate("ADA  invented."),)))

    assert read(lakeside).rates == (a_rate("Ada Invented"),)


@pytest.mark.parametrize(
    ("setup", "sentence"),
    [
        (a_setup(ADA, replace(ADA, provider_id="P-2")), "Providers: “Ada Invented” is there twice"),
        (a_setup(ADA, replace(BO, provider_id="P-1")), "Providers: “P-1” is there twice"),
        (a_setup(replace(ADA, name=" - ")), "Providers: “ - ” has neither letters nor digits"),
        (a_setup(rates=(a_rate("Nobody"),)), "Rates: “Nobody” is not on the Providers sheet"),
        (
            Setup(LAKESIDE, missed_visits=(NOT_A_SERVICE,)),
            "Missed visits: “EX-9” is not on the Services sheet",
        ),
    ],
)
def test_rows_that_do_not_fit_together_are_refused_and_nothing_is_saved(
    lakeside: ClinicStore, setup: Setup, sentence: str
) -> None:
    with pytest.raises(SetupDoesNotFit, match=sentence):
        save(lakeside, setup)
    assert read(lakeside) == Setup(LAKESIDE)


def test_the_setup_of_another_clinic_is_refused(lakeside: ClinicStore) -> None:
    with pytest.raises(ClinicMismatch):
        save(lakeside, Setup(HILLSIDE))


def spellings(words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words.split()), unique_by=fold, max_size=3)


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    names, codes = draw(spellings("Ada ada Bo BO Cy ?Dee")), draw(spellings("EX-1 ex1 EX-2 EX-3"))
    ids = draw(st.lists(st.sampled_from(["", "P-1", "P-2", "P-3"]), min_size=3, max_size=3))
    days = st.sampled_from([JANUARY, date(2026, 6, 1)])
    who, what = st.sampled_from([ANY, *names]), st.sampled_from([ANY, *codes])
    cents = st.none() | st.integers(0, 3)
    rates = st.builds(
        Rate, who, what, st.sampled_from(PayBasis), cents, days, st.sampled_from(["", "unpaid"])
    )
    missed = st.builds(
        MissedVisitRule, who, what, st.sampled_from(CountsAs), st.sampled_from(MissedPay), cents, days
    )
    words = draw(spellings("came CAME not gone"))
    return Setup(
        clinic=draw(st.builds(Clinic, st.just("lakeside"), st.text(max_size=3), anchor=st.none() | days)),
        providers=tuple(
            Provider(name, provider_id=key if ids.count(key) == 1 else "", active=draw(st.booleans()))
            for name, key in zip(names, ids, strict=False)
        ),
        services=tuple(Service(code, unit_minutes=draw(st.none() | st.integers(1, 9))) for code in codes),
        rates=tuple(draw(st.lists(rates, max_size=4))),
        statuses=tuple(StatusWord(word, draw(st.sampled_from(CountsAs))) for word in words),
        missed_visits=tuple(draw(st.lists(missed, max_size=3))),
    )


def in_any_order(setup: Setup) -> tuple[object, ...]:
    """Return a setup without the order of its rates, which follow their providers and services."""
    return replace(setup, rates=(), missed_visits=()), Counter(setup.rates), Counter(setup.missed_visits)


def kept_rows(books_of: ClinicStore) -> set[tuple[object, ...]]:
    """Return the id of every row of the setup tables, and what rows that only grow say."""
    with books_of.reading() as books:
        session = books._session  # noqa: SLF001
        tables = ("provider", "service", "status_word", "rate_withdrawal", "missed_visit_withdrawal")
        rows = {(table, *row) for table in tables for row in session.each(f"SELECT id FROM {table}")}  # noqa: S608
        return rows | {
            (table, *row)
            for table in ("rate", "missed_visit")
            for row in session.each(f"SELECT * FROM {table}")  # noqa: S608
        }


@pytest.mark.many_rounds
@settings(max_examples=40, deadline=None)
@given(history=st.lists(setups(), min_size=1, max_size=4))
def test_whatever_is_saved_is_read_back_and_nothing_ever_disappears(history: list[Setup]) -> None:
    with TemporaryDirectory() as folder:
        lakeside = Ledger(Path(folder)).open_clinic(LAKESIDE)
        for wished in history:
            before = kept_rows(lakeside)
            save(lakeside, wished)
            assert in_any_order(read(lakeside)) == in_any_order(wished)
            assert kept_rows(lakeside) >= before
            assert not save(lakeside, wished)
