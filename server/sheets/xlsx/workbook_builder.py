"""Collects the sheets of one workbook: for each, an openpyxl sheet with its print setup, and its rows as XML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from server.sheets.dates import SINCE_1904
from server.sheets.tables import MARK, STATE
from server.sheets.xlsx.column_xml import CellWriter
from server.sheets.xlsx.page_fit import MARGIN_ENDS, MARGIN_SIDES
from server.sheets.xlsx.row_heights import height_of
from server.sheets.xlsx.shared_strings import SharedStrings, legal_text
from server.sheets.xlsx.style import StyleIds
from server.sheets.xlsx.zip_package import Words, assemble_workbook, plain_parts

LETTER = 1
"""The paper American offices print on."""

TAB_LENGTH = 31
HEADER_LENGTH = 60
"""Excel calls a file damaged whose page header, codes included, is longer than 255."""

_FORBIDDEN = str.maketrans("", "", "[]:*?/\\")
_HEAD, _AREA, _TALL = "\ue000", "XFD1048576", 32_717
"""Markers in the model of similar sheets: a character, a cell and a number of pages that are not used otherwise."""

_RESERVED = "history"
"""Excel keeps this sheet name to itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """How a sheet is laid out on screen and paper. ``widths`` are in characters."""

    widths: Sequence[float]
    head: str
    landscape: bool = False
    pages_tall: int = 0
    """The most pages that the sheet is printed on, each one page wide; 0 means as many as it needs."""
    freeze: str | None = None
    repeat_rows: str | None = None
    repeat_columns: str | None = None
    state: tuple[str, ...] = ()
    """The areas that show the state of what the sheet is about, such as ``A3:F3``. A reply may rewrite them later."""
    tab: str | None = None
    print_area: str | None = None
    """The cells that are printed; all of them if there is none."""


class WorkbookBuilder:
    """Builds one workbook.

    ``kind`` marks its sheets for replacement; sheets with ``None`` belong to staff. ``owner`` and ``foot``
    are printed on every page. ``strings`` collects the texts, in memory if there is none.
    """

    def __init__(
        self,
        kind: str | None,
        owner: str,
        foot: str,
        date_system: int = 1900,
        strings: SharedStrings | None = None,
    ) -> None:
        self._book = Workbook()
        self._book.epoch = CALENDAR_MAC_1904 if date_system == SINCE_1904 else CALENDAR_WINDOWS_1900
        first = self._book.worksheets[0]
        self._book.remove(first)
        self._kind, self._owner, self._foot = kind, owner, foot
        self._strings = strings or SharedStrings()
        self._rows: dict[str, Iterable[bytes]] = {}
        self._links: dict[str, Mapping[str, str]] = {}
        self._alike: dict[str, Words] = {}
        self._names: set[str] = {_RESERVED}
        self.writer = CellWriter(StyleIds(first), self._strings, date_system)

    def reserve(self, names: Iterable[str]) -> None:
        """Reserve these sheet names for later sheets."""
        self._names.update(name.casefold() for name in names)

    def free_name(self, wanted: str) -> str:
        """Return a free sheet name that Excel accepts, as similar to ``wanted`` as possible."""
        plain = " ".join(legal_text(wanted).translate(_FORBIDDEN).split()).strip("'") or "Sheet"
        name, copy = _cut_text(plain, TAB_LENGTH), 1
        while name.casefold() in self._names:
            copy += 1
            suffix = f" ({copy})"
            name = _cut_text(plain, TAB_LENGTH - len(suffix)) + suffix
        self.reserve([name])
        return name

    def add(self, name: str, page: Page, rows: Iterable[bytes]) -> Worksheet:
        """Add a sheet. Its name must be free or reserved."""
        sheet = self._add_bare(name, page, rows)
        for column, width in enumerate(page.widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.sheet_view.tabSelected = len(self._rows) == 1
        sheet.freeze_panes = page.freeze
        sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = height_of(1), True
        sheet.sheet_properties.tabColor = page.tab
        self._print_setup(sheet, page)
        return sheet

    def add_alike(self, name: str, page: Page, rows: Iterable[bytes], banding: Rule, area: str) -> None:
        """Add one of many sheets that differ only in name, ``page.head``, ``page.pages_tall``, rows and the ``area`` of
        their banding.
        """
        if self._alike:
            self._add_bare(name, page, rows)  # it will be printed as the first of them
        else:
            model = replace(page, head=_HEAD, pages_tall=_TALL)
            self.add(name, model, rows).conditional_formatting.add(_AREA, banding)
        words = {_HEAD: escape(_header_text(page.head)), _AREA: area, f'"{_TALL}"': f'"{page.pages_tall}"'}
        self._alike[name] = words

    def link_cells(self, sheet: Worksheet, targets: Mapping[str, str]) -> None:
        """Make cells links to places in their workbook: address of the cell -> target (``link_target``)."""
        self._links[sheet.title] = targets

    def _add_bare(self, name: str, page: Page, rows: Iterable[bytes]) -> Worksheet:
        """Add a sheet with only those settings that are stored in the workbook's own part."""
        sheet: Worksheet = self._book.create_sheet(name)
        if self._kind:
            sheet.defined_names.add(DefinedName(MARK, attr_text=f'"{self._kind}"', hidden=True))
        if page.state:
            quoted = quote_sheetname(name)
            cells = ",".join(f"{quoted}!{absolute_coordinate(area)}" for area in page.state)
            sheet.defined_names.add(DefinedName(STATE, attr_text=cells, hidden=True))
        sheet.print_title_rows = page.repeat_rows
        sheet.print_title_cols = page.repeat_columns
        if page.print_area:
            sheet.print_area = page.print_area
        self._rows[name] = rows
        return sheet

    def _print_setup(self, sheet: Worksheet, page: Page) -> None:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        setup = sheet.page_setup
        setup.paperSize, setup.orientation = LETTER, "landscape" if page.landscape else "portrait"
        setup.fitToWidth, setup.fitToHeight = 1, page.pages_tall
        sheet.page_margins = PageMargins(
            MARGIN_SIDES, MARGIN_SIDES, MARGIN_ENDS, MARGIN_ENDS, header=0.35, footer=0.35
        )
        sheet.HeaderFooter.oddHeader = HeaderFooterItem(
            left=_HeaderFooterPart(_header_text(self._owner)),
            right=_HeaderFooterPart(_header_text(page.head)),
        )
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(
            left=_HeaderFooterPart(_header_text(self._foot)), right=_HeaderFooterPart("Page &P of &N")
        )

    def to_bytes(self) -> bytes:
        """Return the finished .xlsx file."""
        return assemble_workbook(self._book, self._rows, self._strings, self._alike, self._links)

    def plain_parts(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Yield the parts of the file without document properties, except the list of its texts, rows only as they are asked for."""
        return plain_parts(self._book, self._rows)


def make_table(  # noqa: PLR0913 - what Excel's tables can have
    sheet: Worksheet, name: str, titles: Sequence[str], height: int, *, top: int = 1, striped: bool = True
) -> None:
    """Make rows a real table with filters: the headings in row ``top``, ``height`` rows below.

    A table needs a row even if it has no entries.
    """
    reference = f"A{top}:{get_column_letter(len(titles))}{max(height, 1) + top}"
    table = Table(
        displayName=name,
        ref=reference,
        tableColumns=[TableColumn(id=number, name=title) for number, title in enumerate(titles, 1)],
        autoFilter=AutoFilter(ref=reference),
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=striped),
    )
    sheet.add_table(table)


def _cut_text(text: str, units: int) -> str:
    """Shorten a text to ``units`` UTF-16 units, which is how Excel counts."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").strip(" '")


def _header_text(text: str) -> str:
    """Return a text for a page header: ``&`` is escaped, and long texts are shortened."""
    shown = " ".join(legal_text(text).split())
    shown = shown if len(shown) <= HEADER_LENGTH else f"{shown[: HEADER_LENGTH - 1]}…"
    return shown.replace("&", "&&")
