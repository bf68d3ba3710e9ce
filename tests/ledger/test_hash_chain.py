"""Hashes of rows: the chains in the field were made with these, so they never change."""

import pytest

from server.ledger.engine.hash_chain import NO_ROW_BEFORE, row_hash


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (["a", 1, None, NO_ROW_BEFORE], "2fc68863f52a78b9a26f363e6fb4828c306d837e42ce8b361aaa0d51f884d418"),
        (
            [["a", 1, None, NO_ROW_BEFORE], [("bank", "receivable", 1)]],
            "193c25fbe64eeeaf737eba2d8ad4c59d8e9469cfc0136387f43c12ba8349a989",
        ),
    ],
)
def test_a_hash_is_the_one_it_always_was(content: list[object], expected: str) -> None:
    assert row_hash(content) == expected


def test_every_part_of_a_row_is_in_its_hash() -> None:
    rows = (
        ["a", "b"],
        ["ab", ""],
        ["a", "B"],
        ["b", "a"],
        ["a", "b", ""],
        [["a", "b"]],
        ["a", None],
        ["a", "None"],
    )

    assert len({row_hash(row) for row in rows}) == len(rows)
