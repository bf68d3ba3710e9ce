"""No last page of a statement is nearly empty."""

from hypothesis import given
from hypothesis import strategies as st

from server.sheets.xlsx.page_fit import SPILL, page_points, pages_for


@given(st.floats(1, 50_000), st.floats(0, 100), st.floats(400, 1_500))
def test_rows_are_never_shrunk_by_more_than_the_spill(height: float, repeated: float, page: float) -> None:
    pages = pages_for(height, repeated, page)
    room = page + (pages - 1) * (page - repeated)
    assert height <= room + SPILL * pages * page + 0.001
    assert pages == 1 or height > room - (page - repeated) - 0.001


def test_two_rows_more_than_a_page_are_printed_on_one_page() -> None:
    assert pages_for(700, 40, 684) == 1
    assert pages_for(900, 40, 684) == 2
    assert pages_for(684 + 644 + 20, 40, 684) == 2


def test_a_narrow_sheet_is_not_made_larger() -> None:
    assert page_points([20], landscape=False) == 9.5 * 72
    assert page_points([200, 100], landscape=True) > 7 * 72
