"""Pay items: each is paid exactly once for what it covers, whatever is closed and voided (rule: pay-runs#pay-items)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.clinics import Cadence, Provider, Setup
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem, clinic_periods, is_decided_alike, items_of_run
from server.billing.payroll.pay_run import Period
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from tests.invented import LAKESIDE

JANE, MAX = "Jane Roe", "Max Doe"
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))


def an_item(
    kind: PayItemKind = PayItemKind.BONUS,
    cents: int = 100_00,
    first: date = OCTOBER.first,
    last: date | None = None,
    every: Every = Every.ONCE,
    *,
    note: str = "",
    provider: str = JANE,
) -> PayItem:
    return PayItem(provider, kind, cents, first, last, every, note)


def with_items(*items: PayItem) -> Setup:
    return replace(LAKESIDE, pay_items=items)


def lines(setup: Setup, period: Period, paid: list[PaidItem]) -> list[PayItemLine]:
    return [*items_of_run(setup, period, paid).lines]


def closed(setup: Setup, period: Period, paid: list[PaidItem], run_id: str = "") -> list[int]:
    """Close a run of a period: add its items to those that are paid, and return their amounts."""
    found = lines(setup, period, paid)
    paid += [PaidItem(run_id or f"run of {period.first}", line) for line in found]
    return [line.amount_cents for line in found]


def codes(setup: Setup, period: Period, paid: list[PaidItem]) -> list[str]:
    return [what.code for what in items_of_run(setup, period, paid).findings]


def test_an_item_is_paid_once_in_the_first_run_that_has_one_of_its_days() -> None:
    setup, paid = with_items(an_item(first=date(2026, 10, 31))), list[PaidItem]()
    assert [closed(setup, one, paid) for one in (SEPTEMBER, OCTOBER, OCTOBER, NOVEMBER)] == [
        [],
        [100_00],
        [],
        [],
    ]
    assert (paid[0].line.first, paid[0].line.last) == (OCTOBER.first, OCTOBER.last)


def test_an_item_of_each_period_is_paid_from_its_first_to_its_last_day_and_whole() -> None:
    setup, paid = (
        with_items(an_item(first=date(2026, 10, 31), last=date(2026, 11, 1), every=Every.PERIOD)),
        list[PaidItem](),
    )
    months = (SEPTEMBER, OCTOBER, NOVEMBER, NOVEMBER, DECEMBER)
    assert [closed(setup, one, paid) for one in months] == [[], [100_00], [100_00], [], []]


def test_a_run_of_a_part_of_a_period_pays_for_the_whole_and_the_rest_pays_nothing() -> None:
    setup, paid = with_items(an_item(every=Every.PERIOD)), list[PaidItem]()
    first, second = (Period(date(2026, 10, day), date(2026, 10, day + 14)) for day in (1, 16))
    assert closed(setup, first, paid) == [100_00]
    assert closed(setup, second, paid) == []


def test_a_run_of_several_periods_pays_for_each_that_was_not_paid_yet() -> None:
    setup, paid = with_items(an_item(every=Every.PERIOD)), list[PaidItem]()
    closed(setup, OCTOBER, paid)
    quarter = Period(OCTOBER.first, DECEMBER.last)
    assert closed(setup, quarter, paid) == [100_00, 100_00]
    assert [(one.line.first, one.line.last) for one in paid[1:]] == [
        (NOVEMBER.first, NOVEMBER.last), (DECEMBER.first, DECEMBER.last),
    ]  # fmt: skip


def test_a_voided_run_makes_its_items_due_again() -> None:
    setup, paid = with_items(an_item(), an_item(every=Every.PERIOD, note="monthly")), list[PaidItem]()
    assert closed(setup, OCTOBER, paid) == [100_00, 100_00]
    assert closed(setup, NOVEMBER, paid) == [100_00]
    without_october = [one for one in paid if one.run_id != f"run of {OCTOBER.first}"]
    assert closed(setup, OCTOBER, without_october) == [100_00, 100_00]


@pytest.mark.parametrize("kind", PayItemKind)
def test_what_is_taken_off_is_below_zero(kind: PayItemKind) -> None:
    paid = list[PaidItem]()
    closed(with_items(an_item(PayItemKind.ADVANCE, 500_00, note="before")), SEPTEMBER, paid)
    closed(with_items(an_item(PayItemKind.ADVANCE, 500_00, first=SEPTEMBER.first)), SEPTEMBER, paid)
    (cents,) = closed(with_items(an_item(kind)), OCTOBER, paid)
    assert cents == (-100_00 if kind in {PayItemKind.DEDUCTION, PayItemKind.REPAYMENT} else 100_00)


def test_an_advance_is_repaid_from_the_next_run_on_until_it_is_used_up() -> None:
    loan = an_item(PayItemKind.ADVANCE, 500_00)
    repaid = an_item(PayItemKind.REPAYMENT, 200_00, every=Every.PERIOD)
    setup, paid = with_items(loan, repaid), list[PaidItem]()
    january, february = (
        Period(date(2027, 1, 1), date(2027, 1, 31)),
        Period(date(2027, 2, 1), date(2027, 2, 28)),
    )
    months = (OCTOBER, NOVEMBER, DECEMBER, january, february)
    assert [closed(setup, one, paid) for one in months] == [[500_00], [-200_00], [-200_00], [-100_00], []]


def test_two_repayments_never_take_more_than_is_open() -> None:
    loan = an_item(PayItemKind.ADVANCE, 250_00)
    parts = [an_item(PayItemKind.REPAYMENT, 200_00, every=Every.PERIOD, note=note) for note in "ab"]
    setup, paid = with_items(*parts, loan), list[PaidItem]()
    assert closed(setup, OCTOBER, paid) == [250_00]
    assert closed(setup, NOVEMBER, paid) == [-200_00, -50_00]
    assert closed(setup, DECEMBER, paid) == []


def test_a_repayment_takes_nothing_for_an_advance_of_somebody_else() -> None:
    loan = an_item(PayItemKind.ADVANCE, 500_00, provider=MAX)
    setup, paid = (
        with_items(loan, an_item(PayItemKind.REPAYMENT, 200_00, every=Every.PERIOD)),
        list[PaidItem](),
    )
    assert closed(setup, OCTOBER, paid) == [500_00]
    assert closed(setup, NOVEMBER, paid) == []


@pytest.mark.parametrize(
    "changed", [{"amount_cents": 120_00}, {"note": "Another note"}, {"last": date(2026, 12, 31)}]
)
def test_an_item_that_was_changed_after_it_was_paid_is_not_paid_again(changed: dict[str, object]) -> None:
    item, paid = an_item(note="Holiday"), list[PaidItem]()
    closed(with_items(item), OCTOBER, paid, "october")
    setup = with_items(replace(item, **changed))  # type: ignore[arg-type]
    assert lines(setup, NOVEMBER, paid) == []
    assert codes(setup, NOVEMBER, paid) == ([] if "last" in changed else ["pay-item-changed-since-paid"])


def test_an_item_with_another_note_beside_one_that_was_paid_is_another_item() -> None:
    paid = list[PaidItem]()
    closed(with_items(an_item(note="Holiday")), OCTOBER, paid)
    setup = with_items(an_item(note="Holiday"), an_item(cents=70_00, note="Referral"))
    assert closed(setup, OCTOBER, paid) == [70_00]
    assert codes(setup, NOVEMBER, paid) == []


def test_a_raised_item_of_each_period_pays_the_new_amount_from_the_next_period_on() -> None:
    paid = list[PaidItem]()
    closed(with_items(an_item(every=Every.PERIOD)), OCTOBER, paid)
    raised = with_items(an_item(cents=150_00, every=Every.PERIOD, note="Raised"))
    assert codes(raised, OCTOBER, paid) == ["pay-item-changed-since-paid"]
    assert closed(raised, OCTOBER, paid) == []
    assert closed(raised, NOVEMBER, paid) == [150_00]
    assert codes(raised, DECEMBER, paid) == []


def test_a_provider_with_a_new_name_and_the_same_id_is_not_paid_twice() -> None:
    paid = list[PaidItem]()
    closed(with_items(an_item()), OCTOBER, paid)
    renamed = replace(LAKESIDE.providers[0], name="Jane Poe", aliases=(JANE,))
    setup = replace(with_items(an_item(provider="Jane Poe")), providers=(renamed, LAKESIDE.providers[1]))
    assert lines(setup, NOVEMBER, paid) == []


def test_an_item_whose_last_day_went_by_unpaid_is_remarked_on_and_not_paid() -> None:
    setup = with_items(an_item(last=OCTOBER.last))
    assert (lines(setup, NOVEMBER, []), codes(setup, NOVEMBER, [])) == ([], ["pay-item-never-paid"])
    paid = list[PaidItem]()
    closed(setup, OCTOBER, paid)
    assert codes(setup, NOVEMBER, paid) == []


def test_items_and_open_advances_of_people_who_left_are_remarked_on() -> None:
    setup, paid = with_items(an_item(PayItemKind.ADVANCE, 500_00)), list[PaidItem]()
    assert codes(setup, OCTOBER, paid) == []
    closed(setup, OCTOBER, paid)
    left = replace(LAKESIDE.providers[0], active=False)
    inactive = replace(setup, providers=(left, LAKESIDE.providers[1]))
    assert codes(inactive, NOVEMBER, paid) == ["advance-open"]
    gone = replace(inactive, providers=LAKESIDE.providers[1:], pay_items=())
    assert codes(gone, NOVEMBER, paid) == ["advance-open"]
    bonus = replace(inactive, pay_items=(an_item(first=NOVEMBER.first),))
    assert codes(bonus, NOVEMBER, paid) == ["pay-item-of-inactive", "advance-open"]


def test_a_draft_is_overtaken_only_by_items_of_its_own_providers_and_kinds() -> None:
    paid = list[PaidItem]()
    closed(with_items(an_item(PayItemKind.ADVANCE, 500_00)), OCTOBER, paid)
    (repaid,) = lines(with_items(an_item(PayItemKind.REPAYMENT)), NOVEMBER, paid)
    (bonus,) = lines(with_items(an_item()), NOVEMBER, paid)
    assert is_decided_alike([repaid], paid, paid)
    assert not is_decided_alike([repaid], paid, []), "its advance was voided"
    assert is_decided_alike([bonus], [], paid)
    assert not is_decided_alike([bonus], [], [PaidItem("other", bonus)])


DAYS = st.integers(0, 150).map(lambda days: SEPTEMBER.first + timedelta(days=days))
PERIODS = st.builds(
    lambda first, length: Period(first, first + timedelta(days=length)), DAYS, st.integers(0, 70)
)
CADENCES = st.sampled_from([Cadence.WEEKLY, Cadence.BIWEEKLY, Cadence.SEMI_MONTHLY, Cadence.MONTHLY])
ITEMS = st.builds(
    lambda kind, cents, first, length, every, provider: PayItem(
        provider, kind, cents, first, None if length is None else first + timedelta(days=length), every, ""
    ),
    st.sampled_from([PayItemKind.BONUS, PayItemKind.DEDUCTION, PayItemKind.MILEAGE, PayItemKind.OTHER]),
    st.integers(1, 900_00),
    DAYS,
    st.none() | st.integers(0, 90),
    st.sampled_from(Every),
    st.sampled_from([JANE, MAX]),
)


@settings(max_examples=300)
@given(
    cadence=CADENCES,
    items=st.lists(ITEMS, max_size=5, unique_by=lambda one: (one.provider, one.kind, one.first)),
    steps=st.lists(st.tuples(PERIODS, st.none() | st.integers(0, 20)), max_size=12),
)
def test_each_item_is_paid_exactly_once_for_what_it_covers_whatever_is_closed_and_voided(
    cadence: Cadence, items: list[PayItem], steps: list[tuple[Period, int | None]]
) -> None:
    """Runs of any days are closed, and some are voided. Then every period of the clinic is closed once more, in order."""
    clinic = replace(LAKESIDE.clinic, cadence=cadence)
    setup = replace(with_items(*items), clinic=clinic)
    runs: dict[str, list[PayItemLine]] = {}

    def close(number: str, period: Period) -> None:
        paid = [PaidItem(run, line) for run, mine in runs.items() for line in mine]
        runs[number] = lines(setup, period, paid)

    for number, (period, voided) in enumerate(steps):
        close(str(number), period)
        if voided is not None:
            runs.pop(str(voided), None)
        _check_nothing_is_paid_twice(setup, runs)
    whole = Period(SEPTEMBER.first, date(2027, 6, 30))
    for period in clinic_periods(clinic, whole):
        close(f"final {period.first}", period)
    _check_nothing_is_paid_twice(setup, runs)
    for item in items:
        mine = _lines_of(item, runs)
        if item.every is Every.ONCE:
            assert len(mine) == 1
        else:
            days = Period(item.first, item.last or whole.last)
            assert {(one.first, one.last) for one in mine} == {
                (one.first, one.last) for one in clinic_periods(clinic, days)
            }
        assert {abs(one.amount_cents) for one in mine} == {item.amount_cents}


def _check_nothing_is_paid_twice(setup: Setup, runs: dict[str, list[PayItemLine]]) -> None:
    for item in setup.pay_items:
        mine = _lines_of(item, runs)
        days = [
            one.first + timedelta(days=day) for one in mine for day in range((one.last - one.first).days + 1)
        ]
        assert len(days) == len({*days})
        assert len(mine) <= 1 or item.every is Every.PERIOD


def _lines_of(item: PayItem, runs: dict[str, list[PayItemLine]]) -> list[PayItemLine]:
    key = item.provider, item.kind, item.first
    return [
        one for found in runs.values() for one in found if (one.provider, one.kind, one.item_first) == key
    ]


@given(
    advances=st.lists(st.integers(1, 500_00), min_size=1, max_size=3),
    parts=st.lists(st.integers(1, 300_00), min_size=1, max_size=3),
)
def test_what_is_repaid_is_the_advances_to_the_cent_and_never_more(
    advances: list[int], parts: list[int]
) -> None:
    loans = [an_item(PayItemKind.ADVANCE, cents, note=str(place)) for place, cents in enumerate(advances)]
    repaid = [
        an_item(PayItemKind.REPAYMENT, cents, every=Every.PERIOD, note=str(place))
        for place, cents in enumerate(parts)
    ]
    setup = replace(with_items(*loans, *repaid), clinic=replace(LAKESIDE.clinic, cadence=Cadence.WEEKLY))
    paid = list[PaidItem]()
    balance, day = 0, OCTOBER.first
    for _ in range(30):
        balance += sum(closed(setup, Period(day, day), paid))
        assert 0 <= balance <= sum(advances)
        day += timedelta(days=7)
    assert balance == max(0, sum(advances) - 29 * sum(parts))


def test_a_clinic_without_rhythm_pays_an_item_in_each_run_whose_days_no_other_paid() -> None:
    setup = with_items(an_item(every=Every.PERIOD))
    setup = replace(setup, clinic=replace(setup.clinic, cadence=Cadence.CUSTOM))
    paid = list[PaidItem]()
    first, overlapping, after = (
        Period(date(2026, 10, 1), date(2026, 10, 20)),
        Period(date(2026, 10, 20), date(2026, 11, 5)),
        Period(date(2026, 10, 21), date(2026, 11, 5)),
    )
    assert [closed(setup, one, paid) for one in (first, overlapping, after)] == [[100_00], [], [100_00]]


def test_nobody_is_paid_without_pay_items() -> None:
    assert items_of_run(replace(LAKESIDE, providers=(Provider(JANE),)), OCTOBER, []).lines == ()
