import numpy as np

from server.billing.payroll.appointment_log import CodedText, alike, repeats

EVERY = np.ones(6, dtype=np.bool_)
CODES = np.array([1, 0, -1, 1, 0, 1])


def test_rows_that_agree_come_together_in_the_order_of_the_sheet() -> None:
    assert [rows.tolist() for rows in alike(EVERY, CODES)] == [[2], [1, 4], [0, 3, 5]]


def test_rows_agree_only_where_every_key_does() -> None:
    days = np.array([7, 7, 7, 7, 8, 8])
    assert [rows.tolist() for rows in alike(EVERY, CODES, days)] == [[2], [1], [4], [0, 3], [5]]


def test_of_rows_that_stand_once_none_is_repeated() -> None:
    assert [(first, later.tolist()) for first, later in repeats(EVERY, CODES)] == [(1, [4]), (0, [3, 5])]
    assert not list(repeats(EVERY, np.arange(6)))


def test_no_rows_make_no_groups() -> None:
    nothing = np.zeros(6, dtype=np.bool_)
    assert not list(alike(nothing, CODES))
    assert not list(repeats(nothing, CODES))


def test_a_blank_cell_is_no_spelling() -> None:
    words = CodedText(CODES, ("Jane Roe", "Max Doe"))
    assert [(value, rows.tolist()) for value, rows in words.among(EVERY)] == [
        ("Jane Roe", [1, 4]),
        ("Max Doe", [0, 3, 5]),
    ]
