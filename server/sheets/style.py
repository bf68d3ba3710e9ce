"""How our sheets look: one accent colour, one typeface, and the looks made of them.

A look says everything about a cell but its value, including how many decimal places the whole
number behind it carries, so cents go in as cents and come out as dollars.
"""

from dataclasses import dataclass, replace
from typing import Literal

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

TYPEFACE = "Calibri"
ACCENT = "1F4E5F"
TINT = "E8F0F2"
BAND = "F5F8F9"
INK = "22303A"
QUIET = "6B7B86"
RULE = "C9D3D8"
WHITE = "FFFFFF"
ALARM = "B3261E"
ALARM_TINT = "FBE9E7"
CAUTION_TINT = "FFF4D6"
CALM = "2E6B3E"
CALM_TINT = "E6F2E8"

DATE_FORMAT = "mm/dd/yyyy"
MONEY_FORMAT = '"$"#,##0.00;[Red]\\-"$"#,##0.00'


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell. A number put into it is whole, and is shown divided by 10 ** ``places``."""

    form: str = "General"
    places: int = 0
    align: Literal["left", "right", "center", "general"] = "general"
    indent: int = 0
    wrap: bool = False
    bold: bool = False
    italic: bool = False
    size: int = 10
    ink: str = INK
    fill: str = ""
    rule: Literal["", "hair", "over", "under"] = ""


PLAIN = Look()
NOTE = Look(ink=QUIET, size=9)
WRAPPED_NOTE = Look(ink=QUIET, size=9, wrap=True)
TITLE = Look(size=18, bold=True, ink=WHITE, fill=ACCENT, indent=1, align="left")
SUBTITLE = Look(size=11, ink=WHITE, fill=ACCENT, indent=1, align="left")
SUBTITLE_RIGHT = replace(SUBTITLE, align="right")
DRAFT = Look(size=12, bold=True, ink=WHITE, fill=ALARM, indent=1, align="left")
READY = Look(size=11, bold=True, ink=CALM, fill=CALM_TINT, indent=1, align="left")
SECTION = Look(size=12, bold=True, ink=ACCENT, rule="under")
LABEL = Look(size=9, ink=QUIET, fill=TINT, indent=1, align="left")
FIGURE = Look(size=18, bold=True, ink=ACCENT, fill=TINT, indent=1, align="left")
ALARM_FIGURE = replace(FIGURE, ink=ALARM)
MONEY_FIGURE = replace(FIGURE, form=MONEY_FORMAT, places=2)

HEADING = Look(bold=True, ink=WHITE, fill=ACCENT, align="left", wrap=True)
HEADING_RIGHT = replace(HEADING, align="right")

CELL = Look(rule="hair")
TEXT = replace(CELL, align="left")
WRAPPED = replace(TEXT, wrap=True)
COUNT = replace(CELL, form="#,##0", align="right")
COUNT_LEFT = replace(COUNT, align="left")
COUNT_OR_DASH = replace(COUNT, form='#,##0;\\-#,##0;"–"')
DAY = replace(CELL, form=DATE_FORMAT, align="left")
MONEY = replace(CELL, form=MONEY_FORMAT, places=2, align="right")
MONEY_OR_DASH = replace(MONEY, form=f'{MONEY_FORMAT};"–"')
SHARE = replace(CELL, form="0%", places=6, align="right")
FINE_SHARE = replace(CELL, form="0.00##%", places=6, align="right")
QUANTITY = replace(CELL, places=3, align="right")
QUANTITY_OR_DASH = replace(QUANTITY, form='General;\\-General;"–"')
NUMBER = replace(CELL, align="right")
TICK = replace(TEXT, ink=CALM, bold=True)


def total(look: Look) -> Look:
    """Return the look of the same cell in a totals row."""
    return replace(look, bold=True, fill=TINT, rule="over")


_SIDES = {
    "hair": {"bottom": Side("thin", color="E3E9EC")},
    "over": {"top": Side("thin", color=ACCENT), "bottom": Side("thin", color=ACCENT)},
    "under": {"bottom": Side("medium", color=ACCENT)},
}


class StyleIds(dict[Look, int]):
    """The number each look has in a workbook's list of styles, entered on first use."""

    def __init__(self, sheet: Worksheet) -> None:
        super().__init__()
        self._sheet = sheet

    def __missing__(self, look: Look) -> int:
        cell = Cell(self._sheet, row=1, column=1)
        apply(look, cell)
        self[look] = number = int(cell.style_id)
        return number


def apply(look: Look, cell: Cell) -> None:
    """Give an openpyxl cell a look."""
    cell.font = Font(name=TYPEFACE, size=look.size, bold=look.bold, italic=look.italic, color=look.ink)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.rule:
        cell.border = Border(**_SIDES[look.rule])
    cell.alignment = Alignment(
        horizontal=look.align,
        vertical="top" if look.wrap else "center",
        indent=look.indent,
        wrap_text=look.wrap,
    )
    cell.number_format = look.form
