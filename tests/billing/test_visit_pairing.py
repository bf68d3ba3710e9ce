"""Rows paired with the paid visits they may be."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.visit_pairing import ANYBODY, KnownRows, Visit, pair, pair_across_providers


def a_visit(identity: str = "id:a", patient: str = "p", amount: int = 1, **facts: Any) -> Visit:  # noqa: ANN401
    visit = Visit(identity, "jane", "2026-09-03", "EX-101", patient, amount)
    return visit._replace(**facts)


visits = st.lists(
    st.builds(
        a_visit,
        identity=st.sampled_from(["id:a", "id:b", "id:01", "id:1", "visit:x"]),
        patient=st.sampled_from(["", "p", "q"]),
        amount=st.sampled_from([1, 2]),
        provider=st.sampled_from(["jane", "max", ANYBODY]),
        day=st.sampled_from(["2026-09-03", "2026-09-04"]),
    ),
    max_size=8,
)


@given(rows=visits, paid=visits, alike=st.booleans())
def test_no_row_and_no_paid_visit_is_paired_twice(
    rows: list[Visit], paid: list[Visit], *, alike: bool
) -> None:
    pairs = pair(rows, paid, patients_spelled_alike=alike)
    assert len({row for row, _ in pairs}) == len({visit for _, visit in pairs}) == len(pairs)


@given(visits, visits)
def test_no_row_is_left_beside_a_paid_visit_it_may_be(rows: list[Visit], paid: list[Visit]) -> None:
    pairs = pair(rows, paid, patients_spelled_alike=False)
    left = [row for place, row in enumerate(rows) if place not in {row for row, _ in pairs}]
    free = [visit for place, visit in enumerate(paid) if place not in {visit for _, visit in pairs}]
    assert not [row for row in left for visit in free if row[1:4] == visit[1:4]]


def test_the_same_patient_is_likelier_than_the_same_amount() -> None:
    rows = [a_visit("visit:1", "q", 2), a_visit("visit:2", "p", 1)]
    paid = [a_visit("id:1", "p", 2)]

    assert pair(rows, paid, patients_spelled_alike=True) == [(1, 0)]


def test_two_ids_and_two_patients_are_two_visits_only_where_patients_are_spelled_alike() -> None:
    rows, paid = [a_visit("id:a", "p")], [a_visit("id:b", "q")]

    assert pair(rows, paid, patients_spelled_alike=True) == []
    assert pair(rows, paid, patients_spelled_alike=False) == [(0, 0)]


def test_a_paid_visit_of_somebody_no_longer_known_may_be_anybodys() -> None:
    assert pair([a_visit()], [a_visit("id:b", provider=ANYBODY)], patients_spelled_alike=False) == [(0, 0)]


@pytest.mark.parametrize("unknown", ["provider", "service"])
@pytest.mark.parametrize(
    ("differs", "is_paired"),
    [({"patient": "q"}, True), ({"amount": 9}, True), ({"day": "2026-09-04"}, False)],
    ids=str,
)
def test_a_name_that_is_no_longer_known_is_passed_over_and_the_day_is_not(
    unknown: str, differs: dict[str, Any], *, is_paired: bool
) -> None:
    paid = a_visit("id:b", **{unknown: ANYBODY, **differs})

    assert bool(pair([a_visit()], [paid], patients_spelled_alike=False)) == is_paired


@pytest.mark.parametrize(("unknown", "other"), [("provider", "service"), ("service", "provider")])
def test_a_name_that_is_no_longer_known_says_nothing_of_the_other(unknown: str, other: str) -> None:
    names: dict[str, Any] = {unknown: ANYBODY, other: "another"}
    paid = a_visit("id:b", **names)

    assert pair([a_visit()], [paid], patients_spelled_alike=False) == []


@pytest.mark.parametrize(
    ("facts", "is_paired"),
    [
        ({"provider": "max"}, True),
        ({"provider": "max", "patient": ""}, False),
        ({"provider": "max", "patient": "q"}, False),
        ({"provider": "max", "day": "2026-09-04"}, False),
        ({"provider": "max", "service": "EX-102"}, False),
    ],
    ids=str,
)
def test_across_providers_patient_day_and_service_are_the_same(
    facts: dict[str, Any], *, is_paired: bool
) -> None:
    assert bool(pair_across_providers([a_visit()], [a_visit("id:b", **facts)])) == is_paired
    assert pair_across_providers([a_visit(patient="")], [a_visit("id:b", patient="")]) == []


counts = st.dictionaries(st.sampled_from(["jane", "max"]), st.integers(0, 4)).map(Counter)


@given(same_id=counts, answered=counts, found=counts)
def test_whether_ids_are_new_does_not_depend_on_which_rows_are_answered_already(
    same_id: Counter[Any], answered: Counter[Any], found: Counter[Any]
) -> None:
    asked_again = KnownRows(same_id).with_new_ids(answered + found)
    answered_before = KnownRows(same_id, answered).with_new_ids(found)

    for provider in ("jane", "max"):
        other_id = answered[provider] + found[provider]
        are_new = other_id > same_id[provider] or answered.total() + found.total() > sum(same_id.values())
        assert asked_again(provider) == answered_before(provider) == are_new


def test_an_id_without_its_leading_zeros_is_likelier_than_any_other_fact() -> None:
    rows = [a_visit("id:7"), a_visit("id:1", "q", 9, day="2026-09-04")]

    assert pair(rows, [a_visit("id:01")], patients_spelled_alike=False) == [(1, 0)]


def test_without_patients_the_same_amount_is_likelier() -> None:
    rows = [a_visit("visit:1", "", 2), a_visit("visit:2", "", 1)]

    assert pair(rows, [a_visit("id:1", "", 1)], patients_spelled_alike=False) == [(1, 0)]
