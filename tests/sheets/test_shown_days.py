"""A number shown as a day is no amount, and an amount cut at its comma is no small amount."""

import pytest

from server.billing.clinics import PayBasis
from server.sheets.cells import is_day_format
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_log, a_rate, a_row, a_sheet, paying, run_of_log

SHARE = paying(a_rate(500_000, PayBasis.OF_CHARGE))


@pytest.mark.parametrize("shown", ["mm/dd/yyyy", "d-mmm", "yyyy", "m/d/yyyy h:mm", '"on" d.m.yy'])
def test_a_day_is_known_by_its_format(shown: str) -> None:
    assert is_day_format(shown)


@pytest.mark.parametrize(
    "shown", [None, "General", "0.00", "$#,##0.00_);[Red]($#,##0.00)", 'h:mm "day"', "[h]:mm"]
)
def test_a_color_a_text_and_a_time_show_no_day(shown: str | None) -> None:
    assert not is_day_format(shown)


@pytest.mark.parametrize("field", ["Charge", "Units"])
@pytest.mark.parametrize("shown", ["mm/dd/yyyy", "h:mm"])
def test_a_number_shown_as_a_day_or_a_time_blocks_alone(field: str, shown: str) -> None:
    position = HEADINGS.index(field)
    formats: list[str | list[str | None] | None] = [None] * len(HEADINGS)
    formats[position] = [None, "0.00", shown]
    rows = [a_row(charge=80, units=1, id="A-1"), a_row(charge=45_901, units=45_901, id="A-2")]

    run = run_of_log(a_log(a_sheet(rows, formats=formats), SHARE), SHARE)

    assert [finding.code for finding in run.findings] == ["shown-as-day"]
    assert run.lines.amount_cents.tolist() == [4_000]


def cut(note: Cell, *others: Cell) -> list[str]:
    headings = [*HEADINGS, "Note"]
    place = headings.index("Charge")
    order = [*headings[:place], *headings[place + 1 : -1], "Charge", "Note"]
    rows: list[tuple[Cell, ...]] = []
    for number, (charge, text) in enumerate([(1, note), *((80, other) for other in others)]):
        cells = dict(zip(headings, (*a_row(charge=charge, id=f"A-{number}"), text), strict=True))
        rows.append(tuple(cells[heading] for heading in order))
    run = run_of_log(a_log(a_sheet(rows, order), SHARE), SHARE)
    return [finding.code for finding in run.findings if finding.code != "columns-not-read"]


def test_an_amount_whose_cents_are_in_the_note_blocks() -> None:
    assert cut("234.50", "paid by card") == ["amount-cut-in-two"]
    assert cut(234.5) == ["amount-cut-in-two"]


def test_a_number_in_a_note_is_no_rest_of_an_amount() -> None:
    assert cut("101", "paid by card") == []
    assert cut("1234.50") == []
    assert cut(2.5, *[float(number) for number in range(3, 20)]) == []
