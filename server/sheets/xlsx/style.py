"""How our sheets look: one accent color, one typeface, and the looks made of them.

A look says everything about a cell except its value, including how many decimal places the whole
number behind it carries, so cents go in as cents and come out as dollars.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.payroll.state_lines import StateTone

TYPEFACE = "Calibri"
ACCENT = "1F4E5F"
TINT = "E8F0F2"
BAND = "F4F8F9"
INK = "22303A"
QUIET = "55646E"
RULE = "E3E9EC"
DASHES = "B9C6CC"
WHITE = "FFFFFF"
ALARM = "B3261E"
ALARM_TINT = "FBE9E7"
CAUTION_TINT = "FFF4D6"
CALM = "2E6B3E"
LINK_INK = "0B5CAD"
CALM_TINT = "E6F2E8"
WAITING = "7A5200"
TONE_FILLS = {StateTone.WAITING: WAITING, StateTone.GOOD: CALM, StateTone.WARNING: ALARM}
"""The fill behind a state line in each tone; white on it has a contrast of at least 4.5 to 1."""

DATE_FORMAT = "mm/dd/yyyy"
PAD = "_)"
"""Space as wide as a bracket at the right, as accountants do; a right indent prints unevenly."""

MONEY_FORMAT = f'"$"#,##0.00{PAD};\\-"$"#,##0.00{PAD}'
DASH = f'"–"{PAD}'


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The look of a cell. A number put into it is whole, and is shown divided by 10 ** ``places``.

    Looks are few and compared by identity, because each cell looks one up.
    """

    form: str = "General"
    places: int = 0
    align: Literal["left", "right", "center", "general"] = "general"
    indent: int = 0
    wrap: bool = False
    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: int = 10
    ink: str = INK
    fill: str = ""
    rule: Literal["", "hair", "over", "under", "box"] = ""


NOTE = Look(ink=QUIET, size=9, align="left", indent=1)
TITLE = Look(size=18, bold=True, ink=WHITE, fill=ACCENT, indent=1, align="left")
SUBTITLE = Look(size=11, ink=WHITE, fill=ACCENT, indent=1, align="left")
SUBTITLE_RIGHT = replace(SUBTITLE, align="right")
STATE = Look(size=12, bold=True, ink=WHITE, fill=WAITING, indent=1, align="left")
"""The state of a run. Its ink goes with each of ``TONE_FILLS``."""
SMALL_STATE = replace(STATE, size=10)
READY = Look(size=11, bold=True, ink=CALM, fill=CALM_TINT, indent=1, align="left")
SECTION = Look(size=12, bold=True, ink=ACCENT, rule="under", align="left", indent=1)
LABEL = Look(size=9, ink=QUIET, fill=TINT, indent=1, align="left")
STANDFIRST = replace(LABEL, ink=INK, size=10)
FIGURE = Look(form="#,##0", size=18, bold=True, ink=ACCENT, fill=TINT, indent=1, align="left")
ALARM_FIGURE = replace(FIGURE, ink=ALARM)
MONEY_FIGURE = replace(FIGURE, form=MONEY_FORMAT, places=2)
FACT = replace(FIGURE, form="General", size=12)
DAY_FACT = replace(FACT, form=DATE_FORMAT)

HEADING = Look(bold=True, ink=WHITE, fill=ACCENT, align="left", indent=1, wrap=True)
HEADING_RIGHT = replace(HEADING, align="right")
HEADING_GROUP = replace(HEADING, wrap=False)
FILTERED_RIGHT = replace(HEADING_RIGHT, indent=2)
"""Leaves room for the filter arrow, which Excel draws over the right end of a heading."""

CELL = Look(rule="hair")
TEXT = replace(CELL, align="left", indent=1)
WRAPPED = replace(TEXT, wrap=True)
DAY = replace(TEXT, form=DATE_FORMAT)
MOMENT = replace(TEXT, form=f"{DATE_FORMAT} h:mm AM/PM", places=6)
NUMBER = replace(CELL, form=f"General{PAD}", align="right")
LEFT_COUNT = replace(TEXT, form="#,##0")
THOUSANDTHS = replace(NUMBER, places=3)
LEFT_MONEY = replace(TEXT, form=MONEY_FORMAT, places=2)
COUNT = replace(NUMBER, form=f"#,##0{PAD}")
COUNT_OR_DASH = replace(NUMBER, form=f"#,##0{PAD};\\-#,##0{PAD};{DASH}")
HOURS = replace(NUMBER, form=f"#,##0.00{PAD}", places=2)
MONEY = replace(NUMBER, form=MONEY_FORMAT, places=2)
MONEY_OR_DASH = replace(MONEY, form=f"{MONEY_FORMAT};{DASH}")
SIGNED_MONEY = replace(MONEY, form=f'+"$"#,##0.00{PAD};\\-"$"#,##0.00{PAD};"$"0.00{PAD}')
SIGNED_COUNT = replace(NUMBER, form=f"+#,##0{PAD};\\-#,##0{PAD};0{PAD}")
TYPED_TEXT = replace(TEXT, form="@")
FREE_NUMBER = replace(CELL, align="left", indent=1)
HELP = Look(ink=QUIET, size=9, italic=True, align="left", indent=1, wrap=True)
QUESTION = replace(TEXT, bold=True, fill=TINT)
TICK = replace(TEXT, ink=CALM, bold=True)
LINK = replace(TEXT, ink=LINK_INK, underline=True)
ALARMED = replace(TEXT, ink=ALARM, fill=ALARM_TINT)
CAUTIOUS = replace(TEXT, fill=CAUTION_TINT)


@cache
def places_look(places: int, decimals: int, suffix: str = "") -> Look:
    """Return the look of a whole number of 10 ** -``places`` shown with ``decimals`` decimal places: ``1,172``, ``0.5``."""
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    return replace(NUMBER, form=f"{digits}{suffix}{PAD}", places=places)


def quantity_look(thousandths: int) -> Look:
    """Return the look of a quantity in thousandths, with the decimal places it needs: ``1,172``, ``1.5``."""
    return places_look(3, _decimals_of(thousandths, 3))


def share_look(share: int) -> Look:
    """Return the look of a share in parts per million, with the decimal places it needs: ``60%``, ``62.5%``."""
    return places_look(6, _decimals_of(share, 4), "%")


def _decimals_of(value: int, places: int) -> int:
    """Return how many decimal places a whole number of 10 ** -``places`` needs."""
    decimals = places
    while decimals and value % 10 == 0:
        value, decimals = value // 10, decimals - 1
    return decimals


@cache
def none_look(look: Look) -> Look:
    """Return the look of the same cell where there is nothing to count: a dash, which is not the same as 0."""
    return replace(look, form=f"@{PAD}", places=0)


@cache
def total_look(look: Look) -> Look:
    """Return the look of the same cell in a totals row."""
    return replace(look, bold=True, fill=TINT, rule="over")


@cache
def strong_look(look: Look) -> Look:
    """Return the look of the same cell in a totals column."""
    return replace(look, bold=True, fill=TINT)


_DASHED = Side("dashed", color=DASHES)
_BORDERS = {
    "hair": Border(bottom=Side("thin", color=RULE)),
    "over": Border(top=Side("thin", color=ACCENT), bottom=Side("thin", color=ACCENT)),
    "under": Border(bottom=Side("medium", color=ACCENT)),
    "box": Border(left=_DASHED, right=_DASHED, top=_DASHED, bottom=_DASHED),
}


def border_above(rule: Literal["hair", "box"]) -> Border:
    """Return the borders of a conditional format that draws a line above cells of this rule.

    They include the cells' own borders: LibreOffice drops those if a conditional format has borders.
    """
    own = _BORDERS[rule]
    return Border(left=own.left, right=own.right, top=Side("thin", color=ACCENT), bottom=own.bottom)


class StyleIds(dict[Look, int]):
    """Look -> its number in the workbook's list of styles, added on first use."""

    def __init__(self, sheet: Worksheet) -> None:
        super().__init__()
        self._sheet = sheet
        self._prefixed: dict[Look, int] = {}

    def __missing__(self, look: Look) -> int:
        self[look] = number = self._add_style(look, prefixed=False)
        return number

    def with_quote_prefix(self, look: Look) -> int:
        """Return the number of the same look for text that Excel may take for a formula."""
        if look not in self._prefixed:
            self._prefixed[look] = self._add_style(look, prefixed=True)
        return self._prefixed[look]

    def _add_style(self, look: Look, *, prefixed: bool) -> int:
        cell = Cell(self._sheet, row=1, column=1)
        apply_look(look, cell)
        if prefixed:
            cell.quotePrefix = True
        return int(cell.style_id)


def apply_look(look: Look, cell: Cell) -> None:
    """Give an openpyxl cell a look."""
    cell.font = Font(
        name=TYPEFACE,
        size=look.size,
        bold=look.bold,
        italic=look.italic,
        underline="single" if look.underline else None,
        color=look.ink,
    )
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.rule:
        cell.border = _BORDERS[look.rule]
    cell.alignment = Alignment(
        horizontal=look.align,
        vertical="center",
        indent=look.indent,
        wrap_text=look.wrap,
    )
    cell.number_format = look.form
