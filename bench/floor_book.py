"""The workbook half of the floor: a summary, every line, and a sheet of visits for each provider.

A row is a record of fixed width. Each field is copied from a small table of ready-made XML; where
values differ in length the spaces stand between tags, where they mean nothing. Neither ``<row>``
nor ``<c>`` carries a reference: without one the next row, the next column is meant.
"""

import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
from isal import isal_zlib
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from server.billing.clinic import Rate
from server.billing.money import MILLION, dollars

Ints = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

EXCEL_DAY_ZERO = date(1899, 12, 30)

_TITLE = Font(size=14, bold=True)
_HEADER, _HEADER_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F3B4D")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

BLOCK = 4_096
"""Rows put together at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """The attended appointments with their pay, row by row, in the order of the log.

    Text is codes into ``providers`` and ``services``; amounts are cents; ``rate`` is a position in
    ``rates``; ``row`` is the Excel row.
    """

    providers: Sequence[str]
    services: Sequence[str]
    rates: Sequence[Rate]
    row: Ints
    appointment: npt.NDArray[np.bytes_]
    day: Ints
    provider: Ints
    service: Ints
    units: Ints
    minutes: Ints
    charge: Ints
    collected: Ints
    rate: Ints
    amount: Ints


LINES = (
    "Source row", "Appointment ID", "Date of service", "Provider", "Service", "Counts as", "Units", "Minutes",
    "Charge", "Collected", "Pay basis", "Rate", "Rate effective from", "Amount",
)  # fmt: skip
VISITS = ("Date", "Appointment", "Service", "Quantity", "Rate", "Amount")
SUMMARY = ("Provider", "Visits", "Share", "Amount", "First day", "Last day")

_COUNT, _SHARE, _MONEY, _DATE = "#,##0", "0.0000%", "#,##0.00", "mm/dd/yyyy"


def workbook(paid: Paid) -> bytes:
    """Return the finished .xlsx: Payroll Summary, Lines, and one sheet a provider."""
    book, strings = Workbook(), Strings()
    styles = _summary(book.worksheets[0], paid)
    line, visit = long_rows(paid, strings, styles)
    _empty_table(book.create_sheet("Lines"), "Lines", LINES)
    rows = [iter(()), render(line, np.arange(len(paid.row)))]
    order = np.argsort(paid.provider.astype(np.int16), kind="stable")
    ends = np.searchsorted(paid.provider[order], np.arange(len(paid.providers)), side="right")
    for name, mine in zip(paid.providers, np.split(order, ends[:-1]), strict=True):
        _empty_table(book.create_sheet(name), name, VISITS)
        rows.append(render(visit, mine))
    return _assemble(book, rows, strings)


class Strings:
    """The workbook's shared strings, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cell(self, text: str) -> str:
        """Return the cell that shows a text."""
        return f'<c t="s"><v>{self._numbers.setdefault(text, len(self._numbers))}</v></c>'

    def xml(self) -> bytes:
        """Return ``xl/sharedStrings.xml``."""
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in self._numbers)
        return f'<sst xmlns="{_MAIN}">{items}</sst>'.encode()


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A stretch of XML in each row: ``table[codes[i]]``, or the same in every row."""

    table: Records
    codes: Ints | None = None


def long_rows(
    paid: Paid, strings: Strings, styles: Mapping[str, int]
) -> tuple[Sequence[Field], Sequence[Field]]:
    """Return the fields of a row of Lines, and those of a row on its provider's sheet."""
    first = int(paid.day.min())
    days = range(first, int(paid.day.max()) + 1)
    day = Field(_table([_number(day, styles[_DATE]) for day in days]), paid.day - first)
    appointment = _appointment(paid.appointment)
    units = _counts(paid.units, styles[_COUNT])
    minutes = _counts(paid.minutes, styles[_COUNT])
    charge = _money(paid.charge, styles[_MONEY])
    collected = _money(paid.collected, styles[_MONEY])
    amount = _money(paid.amount, styles[_MONEY])
    service = Field(_table([strings.cell(service) for service in paid.services]), paid.service)
    in_words = Field(_table([strings.cell(_in_words(rate)) for rate in paid.rates]), paid.rate)
    rate = Field(_table([_rate(rate, strings, styles) for rate in paid.rates]), paid.rate)
    opened, closed = _same("<row>"), _same("</row>")
    who = _who(paid, strings)
    line = (opened, *_row_number(paid.row), *appointment, day, who, units, minutes, *charge, *collected)
    visit = (opened, day, *appointment, service, units, in_words, *amount, closed)
    return (*line, rate, *amount, closed), visit


def render(fields: Sequence[Field], positions: Ints) -> Iterator[bytes]:
    """Yield the XML of the rows at these positions, some thousands at a time."""
    names = [f"f{place}" for place in range(len(fields))]
    kind = np.dtype([(name, field.table.dtype) for name, field in zip(names, fields, strict=True)])
    records = np.empty(min(BLOCK, len(positions)), kind)
    for start in range(0, len(positions), BLOCK):
        here = positions[start : start + BLOCK]
        block = records[: len(here)]
        for name, field in zip(names, fields, strict=True):
            block[name] = field.table[0] if field.codes is None else field.table[field.codes[here]]
        yield block.tobytes()


def _table(cells: Sequence[str], pad: Callable[[str, int], str] = str.ljust) -> Records:
    """Return cells of one width: padded after the tag (or, with ``str.rjust``, before it)."""
    width = max(map(len, cells))
    return np.array([pad(cell, width).encode("ascii") for cell in cells], dtype=f"V{width}")


def _same(xml: str) -> Field:
    return Field(_table([xml]))


def _appointment(ids: npt.NDArray[np.bytes_]) -> Sequence[Field]:
    """Return the cell of an ID, which hardly ever repeats: inline, and of one length in this log."""
    own = Field(ids.view(f"V{ids.itemsize}"), np.arange(len(ids)))
    return _same('<c t="inlineStr"><is><t>'), own, _same("</t></is></c>")


def _who(paid: Paid, strings: Strings) -> Field:
    """Return provider, service and what the visit counts as: three cells that repeat together."""
    attended = strings.cell("attended")
    cells = [
        strings.cell(provider) + strings.cell(service) + attended
        for provider in paid.providers
        for service in paid.services
    ]
    return Field(_table(cells), paid.provider * len(paid.services) + paid.service)


def _row_number(row: Ints) -> list[Field]:
    """Return the source row in two fields, thousands and the rest; below 1,000 without zeros."""
    thousands, rest = np.divmod(row, 1_000)
    high = _table(["<c><v>", *(f"<c><v>{n}" for n in range(1, int(thousands.max()) + 1))], str.rjust)
    low = _table([f"{n:03d}</v></c>" for n in range(1_000)] + [f"{n}</v></c>" for n in range(1_000)])
    return [Field(high, thousands), Field(low, np.where(thousands == 0, rest + 1_000, rest))]


def _money(cents: Ints, style: int) -> list[Field]:
    """Return an amount in two fields, dollars and cents. Nothing here is negative."""
    whole, rest = np.divmod(cents, 100)
    high = _table([f'<c s="{style}"><v>{n}' for n in range(int(whole.max()) + 1)], str.rjust)
    low = _table([f".{n:02d}</v></c>" for n in range(100)])
    return [Field(high, whole), Field(low, rest)]


def _counts(values: Ints, style: int) -> Field:
    return Field(_table([_number(n, style) for n in range(int(values.max()) + 1)]), values)


def _rate(rate: Rate, strings: Strings, styles: Mapping[str, int]) -> str:
    """Return the cells of a rate: for what, how much, and since when."""
    amount, since = rate.amount or 0, rate.effective_from.toordinal() - EXCEL_DAY_ZERO.toordinal()
    share = rate.basis.is_share
    how_much = _number(amount / (MILLION if share else 100), styles[_SHARE if share else _MONEY])
    return strings.cell(rate.basis) + how_much + _number(since, styles[_DATE])


def _number(value: float, style: int) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def _in_words(rate: Rate) -> str:
    amount = rate.amount or 0
    if rate.basis.is_share:
        return f"{amount / 10_000:.4f}{rate.basis}"
    return f"{dollars(amount)} {rate.basis}"


def _summary(sheet: Worksheet, paid: Paid) -> dict[str, int]:
    """Write what each provider earns; return the style number of each cell format it uses."""
    visits = np.bincount(paid.provider)
    amounts = np.zeros(len(paid.providers), np.int64)
    np.add.at(amounts, paid.provider, paid.amount)
    _empty_table(sheet, "Payroll Summary", SUMMARY)
    formats = ("General", _COUNT, _SHARE, _MONEY, _DATE, _DATE)
    first, last, total = int(paid.day.min()), int(paid.day.max()), int(amounts.sum())
    for name, count, cents in zip(paid.providers, visits.tolist(), amounts.tolist(), strict=True):
        sheet.append((name, count, cents / total, cents / 100, first, last))
    sheet.append(("Total", int(visits.sum()), 1, total / 100, first, last))
    for row in sheet.iter_rows(min_row=4):
        for cell, look in zip(row, formats, strict=True):
            cell.number_format = look
    return {cell.number_format: cell.style_id for cell in sheet[sheet.max_row]}


def _empty_table(sheet: Worksheet, title: str, headings: Sequence[str]) -> None:
    """Write the title and the header of a sheet: all that openpyxl has to do with a long one."""
    sheet.title = title
    sheet["A1"] = title
    sheet["A1"].font = _TITLE
    for place, heading in enumerate(headings, start=1):
        cell = sheet.cell(3, place, heading)
        cell.font, cell.fill = _HEADER, _HEADER_FILL
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(heading) + 2)
    sheet.freeze_panes = "A4"


_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_LINK = (
    b'<Relationship Id="strings" Target="/xl/sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)


def _assemble(book: Workbook, rows: Sequence[Iterator[bytes]], strings: Strings) -> bytes:
    """Return openpyxl's workbook with the rows spliced into its sheets, deflated by isal."""
    shell = BytesIO()
    with ZipFile(shell, "w") as archive:
        ExcelWriter(book, archive).write_data()
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", _TYPE)
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace(b"</Relationships>", _LINK)
    spliced: dict[str, Iterable[bytes]] = {name: [part] for name, part in parts.items()}
    for sheet, body in zip(book.worksheets, rows, strict=True):
        name = sheet.path.lstrip("/")
        spliced[name] = _splice(parts[name], body)
    spliced["xl/sharedStrings.xml"] = [strings.xml()]
    return _zip(spliced.items())


def _splice(sheet: bytes, rows: Iterator[bytes]) -> Iterator[bytes]:
    head, end, tail = sheet.partition(b"</sheetData>")
    yield head
    yield from rows
    yield end + tail


def _zip(parts: Collection[tuple[str, Iterable[bytes]]]) -> bytes:
    """Return a zip of (name, pieces of content): Python's own cannot deflate with isal."""
    out, index = BytesIO(), BytesIO()
    for name, pieces in parts:
        offset, path = out.tell(), name.encode()
        squeeze, crc, size = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15), 0, 0
        out.write(bytes(30) + path)
        for piece in pieces:
            crc, size = isal_zlib.crc32(piece, crc), size + len(piece)
            out.write(squeeze.compress(piece))
        out.write(squeeze.flush())
        facts = (20, 0x800, 8, 0, 33, crc, out.tell() - offset - 30 - len(path), size, len(path), 0)
        out.seek(offset)
        out.write(struct.pack("<4s5H3I2H", b"PK\3\4", *facts))
        out.seek(0, 2)
        index.write(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *facts, 0, 0, 0, 0, offset) + path)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(parts), len(parts), index.tell(), out.tell(), 0)
    return out.getvalue() + index.getvalue() + end
