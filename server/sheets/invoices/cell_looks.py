"""How the cells of a sheet look that staff type into: gray what the program shows, white what is typed."""

from dataclasses import replace

from server.sheets.sheet_table import Kind
from server.sheets.xlsx.style import COUNT, DAY, MONEY, MONEY_OR_DASH, TEXT, TINT, TYPED_TEXT, WHITE

SHOWN_LOOKS = {
    Kind.TEXT: replace(TEXT, fill=TINT),
    Kind.DATE: replace(DAY, fill=TINT),
    Kind.NUMBER: replace(COUNT, fill=TINT),
    Kind.MONEY: replace(MONEY_OR_DASH, fill=TINT),
}
TYPED_LOOKS = {
    Kind.TEXT: replace(TYPED_TEXT, fill=WHITE, rule="box"),
    Kind.DATE: replace(DAY, fill=WHITE, rule="box"),
    Kind.MONEY: replace(MONEY, fill=WHITE, rule="box"),
}
RESULT_LOOK = replace(TEXT, fill=WHITE)
"""The text is not wrapped: a row of fixed height, as in LibreOffice, would show the middle of two lines."""
