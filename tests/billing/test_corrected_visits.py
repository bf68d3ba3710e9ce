"""Rows paired with paid visits of which one fact was corrected since."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.corrected_visits import Comparison, pair_corrected, rows_that_may_be
from server.billing.payroll.visit_pairing import ANYBODY, Visit
from tests.billing.test_visit_pairing import a_visit

visits = st.lists(
    st.builds(
        a_visit,
        identity=st.sampled_from(["id:a", "id:b", "visit:x"]),
        patient=st.sampled_from(["", "p", "q"]),
        amount=st.sampled_from([1, 2]),
        provider=st.sampled_from(["jane", "max"]),
        day=st.sampled_from(["2026-09-03", "2026-09-04"]),
        service=st.sampled_from(["EX-101", "EX-102"]),
    ),
    max_size=5,
)


def compared(*, alike: bool = True, renumbered: bool = False) -> Comparison:
    return Comparison(alike, lambda _: renumbered)


def may_be(row: Visit, paid: Visit, *, alike: bool, renumbered: bool) -> bool:
    """Say whether a row may be a paid visit, as the rule has it, pair by pair."""
    differing = [name for name in ("provider", "day", "service") if getattr(row, name) != getattr(paid, name)]
    two_patients = alike and row.patient and paid.patient and row.patient != paid.patient
    two_ids = row.has_id and paid.has_id and not renumbered
    if not differing:
        return not (two_patients and two_ids)
    if len(differing) > 1 or two_patients:
        return False
    return not two_ids or (differing == ["provider"] and alike and row.patient == paid.patient != "")


def most_pairs(rows: Sequence[Visit], paid: Sequence[Visit], *, alike: bool, renumbered: bool) -> int:
    """Return how many pairs can be made at most, by trying them all."""
    if not rows:
        return 0
    first, rest = rows[0], rows[1:]
    found = most_pairs(rest, paid, alike=alike, renumbered=renumbered)
    for place, visit in enumerate(paid):
        if may_be(first, visit, alike=alike, renumbered=renumbered):
            others = [*paid[:place], *paid[place + 1 :]]
            found = max(found, 1 + most_pairs(rest, others, alike=alike, renumbered=renumbered))
    return found


@given(rows=visits, paid=visits, alike=st.booleans(), renumbered=st.booleans())
def test_as_many_rows_as_possible_are_paired_and_none_that_cannot_be_the_visit(
    rows: list[Visit], paid: list[Visit], *, alike: bool, renumbered: bool
) -> None:
    pairs = pair_corrected(rows, paid, compared(alike=alike, renumbered=renumbered))

    assert len({row for row, _ in pairs}) == len({visit for _, visit in pairs}) == len(pairs)
    assert all(may_be(rows[row], paid[visit], alike=alike, renumbered=renumbered) for row, visit in pairs)
    assert len(pairs) == most_pairs(rows, paid, alike=alike, renumbered=renumbered)


@given(rows=visits, paid=visits, alike=st.booleans(), renumbered=st.booleans())
def test_every_row_that_may_be_a_paid_visit_is_named(
    rows: list[Visit], paid: list[Visit], *, alike: bool, renumbered: bool
) -> None:
    found = dict(rows_that_may_be(rows, paid, compared(alike=alike, renumbered=renumbered)))

    for place, row in enumerate(rows):
        candidates = [
            one for one, visit in enumerate(paid) if may_be(row, visit, alike=alike, renumbered=renumbered)
        ]
        assert (place in found) == bool(candidates)
        assert not candidates or found[place] in candidates


def test_the_same_patient_is_likelier_than_the_same_amount_and_both_than_neither() -> None:
    paid = [a_visit("id:1", "p", 2)]
    rows = [
        a_visit("visit:1", "", 1, day="2026-09-04"),
        a_visit("visit:2", "", 2, day="2026-09-05"),
        a_visit("visit:3", "p", 1, day="2026-09-06"),
    ]

    assert pair_corrected(rows, paid, compared()) == [(2, 0)]
    assert pair_corrected(rows[:2], paid, compared()) == [(1, 0)]


def test_another_service_on_the_same_day_is_likelier_than_another_day() -> None:
    rows = [a_visit("visit:1", day="2026-09-04"), a_visit("visit:2", service="EX-102")]

    assert pair_corrected(rows, [a_visit()], compared()) == [(1, 0)]


@pytest.mark.parametrize(("day", "pairs"), [("2026-09-03", [(0, 0)]), ("2026-09-04", [(0, 0)])])
def test_a_provider_nobody_knows_any_more_is_no_difference_for_the_same_patient(
    day: str, pairs: list[tuple[int, int]]
) -> None:
    gone = a_visit("visit:1", provider=ANYBODY, day=day)

    assert pair_corrected([a_visit("visit:2")], [gone], compared()) == pairs
    assert pair_corrected([a_visit("visit:2", "q")], [gone], compared()) == []


def test_a_row_gives_its_visit_up_for_another_that_only_it_can_be() -> None:
    """The first row may be either visit, the second row only the first of them."""
    either = a_visit("visit:x", "p", provider="max", service="EX-102")
    only_first = a_visit("id:b", "p", service="EX-102")
    first = a_visit("id:b", "", provider="max", service="EX-102")
    second = a_visit("id:a", "", provider="max", service="EX-101")

    assert pair_corrected([either, only_first], [first, second], compared(renumbered=True)) == [
        (0, 1),
        (1, 0),
    ]
