"""Cells written beside rows: as few edits as their places allow, and no cell besides."""

from hypothesis import given
from hypothesis import strategies as st

from server.ribbon.invoices.cell_edits import Place, dropdown_edits, fill_edits, value_edits
from server.ribbon.protocol import Edit
from server.sheets import cell_addresses

PLACES = st.sets(st.tuples(st.integers(0, 6), st.integers(1, 12)))


def reached(edits: list[Edit]) -> list[Place]:
    """Return the cells of edits, one as often as it is named."""
    return [
        (column, row)
        for edit in edits
        for area in edit.range.split(",")
        for left, top, right, bottom in [cell_addresses.bounds(area)]
        for column in range(left, right + 1)
        for row in range(top, bottom + 1)
    ]


@given(PLACES)
def test_every_cell_is_reached_once_and_no_other(places: set[Place]) -> None:
    assert sorted(reached(fill_edits("Invoices", places, "#FFFFFF"))) == sorted(places)
    assert sorted(reached(value_edits("Invoices", dict.fromkeys(places, 1)))) == sorted(places)


@given(PLACES)
def test_a_value_lands_in_its_own_cell(places: set[Place]) -> None:
    cells = {(column, row): f"{column}/{row}" for column, row in places}
    landed: dict[Place, object] = {}
    for edit in value_edits("Invoices", cells):
        left, top, _, _ = cell_addresses.bounds(edit.range)
        for down, values in enumerate(edit.values or []):
            landed |= {(left + along, top + down): value for along, value in enumerate(values)}
    assert landed == cells


def test_a_block_of_cells_is_one_edit() -> None:
    block: dict[Place, str | None] = dict.fromkeys((column, row) for column in (2, 3) for row in (5, 6, 7))
    assert [edit.range for edit in value_edits("Invoices", block)] == ["C5:D7"]


def test_cells_that_offer_the_same_share_an_edit() -> None:
    edits = dropdown_edits("Invoices", {(0, 2): ["send"], (0, 3): ["clear"], (0, 4): ["send"]})
    assert [(edit.range, edit.choices) for edit in edits] == [("A2:A2,A4:A4", ["send"]), ("A3:A3", ["clear"])]


def test_no_cell_is_no_edit() -> None:
    assert (
        fill_edits("Invoices", [], "#FFFFFF")
        == value_edits("Invoices", {})
        == dropdown_edits("Invoices", {})
        == []
    )
