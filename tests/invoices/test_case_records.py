"""The record of a case: what cannot be right, who has the case on which day, and our share of a settlement."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.invoices.case_attorneys import (
    NO_ATTORNEY,
    AttorneyChange,
    CaseAttorney,
    attorney_flaw,
    attorney_on,
    attorney_periods,
    wished_change,
)
from server.billing.invoices.case_records import (
    CaseField,
    CaseRecord,
    CaseSettlement,
    LetterOfProtection,
    Stage,
    flaws_of,
)
from server.billing.invoices.cases import Injury
from server.billing.invoices.pro_rata import agreement_limits, pro_rata_share, pro_rata_shares
from tests.invoices.invented import an_invoice

TODAY = date(2026, 11, 2)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
ANN, BEN = CaseAttorney("Ann Invented"), CaseAttorney("Ben Invented")


# -- what cannot be right


def test_a_complete_record_has_no_flaw() -> None:
    record = CaseRecord(
        Injury(MAY, "C-1"),
        Stage.SUIT,
        date(2028, 5, 1),
        ANN,
        "First Insurance",
        ("Second Insurance",),
        LetterOfProtection(JUNE, "Ann Invented", 500_00, "in the folder", TODAY),
        CaseSettlement(1_000_00, 300_00, 100_00, 600_00, 900_00),
    )
    assert flaws_of(record, TODAY) == []


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (CaseRecord(Injury(TOMORROW)), CaseField.INJURED_ON),
        (CaseRecord(Injury(MAY), statute_on=MAY), CaseField.STATUTE_ON),
        (CaseRecord(Injury(JUNE), letter=LetterOfProtection(MAY)), CaseField.LETTER_SIGNED_ON),
        (CaseRecord(letter=LetterOfProtection(JUNE, released_on=MAY)), CaseField.LETTER_RELEASED_ON),
        (CaseRecord(letter=LetterOfProtection(cap_cents=1)), CaseField.LETTER_SIGNED_ON),
        (CaseRecord(letter=LetterOfProtection(MAY, cap_cents=0)), CaseField.LETTER_CAP),
        (CaseRecord(further_payers=("Second",)), CaseField.PAYER),
        (CaseRecord(payer="One", further_payers=("ONE",)), CaseField.FURTHER_PAYERS),
        (CaseRecord(settlement=CaseSettlement(fee_cents=1)), CaseField.GROSS),
        (CaseRecord(settlement=CaseSettlement(100, 60, 20, 21)), CaseField.GROSS),
        (CaseRecord(settlement=CaseSettlement(all_liens_cents=0)), CaseField.ALL_LIENS),
        (CaseRecord(settlement=CaseSettlement(100, fee_cents=-1)), CaseField.FEE),
    ],
)
def test_what_cannot_be_right_is_named_with_its_field(record: CaseRecord, field: CaseField) -> None:
    assert [flaw.field for flaw in flaws_of(record, TODAY)] == [field]


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("before", Stage)
def test_a_case_goes_from_any_stage_to_any_other(before: Stage, stage: Stage) -> None:
    assert flaws_of(CaseRecord(stage=before), TODAY) == flaws_of(CaseRecord(stage=stage), TODAY) == []


def test_any_change_gives_a_record_another_version() -> None:
    record = CaseRecord()
    others = [
        CaseRecord(Injury(MAY)),
        CaseRecord(stage=Stage.DEMAND),
        CaseRecord(attorney=ANN),
        CaseRecord(payer="First"),
        CaseRecord(settlement=CaseSettlement(1)),
    ]
    assert len({record.version, *(other.version for other in others)}) == len(others) + 1
    assert record.version == CaseRecord().version


# -- the attorney


def test_another_name_takes_the_case_over_today() -> None:
    wished = wished_change(ANN, CaseAttorney("Ben Invented"), TODAY)
    assert wished
    assert (wished.attorney, wished.is_correction) == (CaseAttorney("Ben Invented", from_on=TODAY), False)


def test_the_day_of_the_attorney_before_is_not_taken_over() -> None:
    before = CaseAttorney("Ann Invented", "Ann & Co", MAY)
    wished = wished_change(before, CaseAttorney("Ben Invented", "Ann & Co", MAY), TODAY)
    assert wished
    assert wished.attorney == CaseAttorney("Ben Invented", "Ann & Co", TODAY)


def test_no_name_ends_the_case_for_the_attorney() -> None:
    wished = wished_change(ANN, NO_ATTORNEY, TODAY)
    assert wished
    assert (wished.attorney, wished.is_correction) == (CaseAttorney("Ann Invented", until_on=TODAY), True)


def test_the_same_attorney_is_corrected_and_another_spelling_changes_nothing() -> None:
    wished = wished_change(ANN, CaseAttorney("ANN INVENTED", "Ann & Co"), TODAY)
    assert wished
    assert (wished.attorney, wished.is_correction) == (CaseAttorney("Ann Invented", "Ann & Co"), True)
    assert wished_change(ANN, CaseAttorney("ANN INVENTED"), TODAY) is None
    assert wished_change(ANN, ANN, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "attribute"),
    [
        (CaseAttorney("Ann", from_on=TOMORROW), "from_on"),
        (CaseAttorney("Ann", until_on=TOMORROW), "until_on"),
        (CaseAttorney("Ann", from_on=TODAY, until_on=YESTERDAY), "until_on"),
        (CaseAttorney("", "Ann & Co"), "name"),
        (ANN, ""),
    ],
)
def test_days_of_an_attorney_lie_in_the_past(typed: CaseAttorney, attribute: str) -> None:
    assert attorney_flaw(typed, NO_ATTORNEY, TODAY)[0] == attribute


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))


@st.composite
def recorded_changes(draw: st.DrawFn) -> list[AttorneyChange]:
    changes: list[AttorneyChange] = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        from_on, until_on = draw(st.none() | DAYS), draw(st.none() | DAYS)
        if from_on and until_on and until_on < from_on:
            from_on, until_on = until_on, from_on
        free = [one.id for one in changes if one.id not in {other.replaces for other in changes}]
        replaces = draw(st.none() | st.sampled_from(free)) if free else None
        name = draw(st.sampled_from(["Ann", "Ben", "Cem"]))
        changes.append(AttorneyChange(number, CaseAttorney(name, "", from_on, until_on), replaces))
    return changes


@given(recorded_changes(), st.dates(date(2025, 12, 30), date(2026, 1, 15)))
def test_a_day_is_in_one_period_at_most_and_it_is_the_one_of_its_attorney(
    changes: list[AttorneyChange], day: date
) -> None:
    periods = [period for period in attorney_periods(changes) if period.has_case_on(day)]
    change = attorney_on(changes, day)
    assert [period.name for period in periods] == ([change.attorney.name] if change else [])


@given(recorded_changes())
def test_the_latest_attorney_has_the_case_from_the_first_day_and_the_one_before_loses_it(
    changes: list[AttorneyChange],
) -> None:
    new = AttorneyChange(99, CaseAttorney("New", "", date(2026, 1, 5)))
    changed = [*changes, new]
    assert attorney_on(changed, date(2026, 1, 5)) == attorney_on(changed, date(2027, 1, 1)) == new
    assert attorney_on(changed, date(2026, 1, 4)) == attorney_on(changes, date(2026, 1, 4))


# -- our share


BILLS = st.dictionaries(st.sampled_from(["A", "B", "C", "D", "E"]), st.integers(0, 10**7), min_size=1)


@given(BILLS, st.integers(0, 10**8), st.integers(1, 10**8))
def test_the_shares_of_invoices_add_up_to_the_share_of_their_case(
    billed: dict[str, int], pool: int, liens: int
) -> None:
    settlement, total = CaseSettlement(lien_pool_cents=pool, all_liens_cents=liens), sum(billed.values())
    shares = pro_rata_shares(settlement, billed)
    share = pro_rata_share(settlement, total)

    claimed = max(liens, total)
    exact = Fraction(min(pool, claimed), claimed)
    assert share is not None
    assert abs(share - total * exact) <= Fraction(1, 2)
    assert sum(shares.values()) == share <= min(pool, total)
    for number, cents in billed.items():
        assert abs(shares[number] - cents * exact) < 1
        assert 0 <= shares[number] <= cents


def test_half_a_cent_is_rounded_up() -> None:
    assert pro_rata_share(CaseSettlement(lien_pool_cents=1, all_liens_cents=200), 100) == 1
    assert pro_rata_share(CaseSettlement(lien_pool_cents=1, all_liens_cents=201), 100) == 0


def test_no_share_without_a_pool_and_all_liens() -> None:
    assert pro_rata_share(CaseSettlement(lien_pool_cents=100), 100) is None
    assert pro_rata_shares(CaseSettlement(all_liens_cents=100), {"A": 100}) == {}


def test_an_agreement_is_compared_with_the_share_and_the_cap() -> None:
    invoices = [an_invoice("created", "INV-000001"), an_invoice("created", "INV-000002")]
    billed = invoices[0].billed_cents
    record = CaseRecord(
        letter=LetterOfProtection(MAY, cap_cents=billed),
        settlement=CaseSettlement(lien_pool_cents=billed, all_liens_cents=2 * billed),
    )
    half = billed // 2
    agreed = {"INV-000001": (half - 1, TODAY), "INV-000002": (half + 2, TODAY)}

    first, second = agreement_limits(record, invoices, agreed)

    assert (first.share_cents, first.is_below_share, first.is_above_cap) == (half, True, False)
    assert (second.case_agreed_cents, second.is_below_share, second.is_above_cap) == (billed + 1, False, True)


def test_a_released_letter_caps_nothing() -> None:
    letter = LetterOfProtection(MAY, cap_cents=100, released_on=JUNE)
    assert (letter.cap_on(MAY), letter.cap_on(JUNE)) == (100, None)
