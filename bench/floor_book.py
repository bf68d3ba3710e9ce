"""The workbook half of the floor: a summary, every line, and a sheet of visits for each provider.

A row is a record of fixed width. Each field is copied from a small table of ready-made XML; where
values differ in length the spaces stand between tags or attributes, where they mean nothing. Rows
whose numbers have equally many digits share one record, so that a reference (``r="B107"``, which the
format leaves optional and ExcelJS insists on) is five bytes copied, and what is constant stays in place.
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

from server.billing.clinics import Rate
from server.billing.money import MILLION, dollars

Ints = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

EXCEL_DAY_ZERO = date(1899, 12, 30)

_TITLE = Font(size=14, bold=True)
_HEADER, _HEADER_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F3B4D")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

BLOCK = 4_096
"""Rows put together at a time, so that they stay in the processor's cache."""

FIRST_ROW = 4
"""Of a long sheet, below its title and its headings."""

_CENTS = [f".{n:02d}</v></c>" for n in range(100)]


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """The attended appointments with their pay, row by row, in the order of the log.

    Text is codes into ``providers`` and ``services``; amounts are cents; ``rate`` is a position in
    ``rates``; ``row`` is the Excel row; ``quantity`` is what the rate counts, cents where ``in_cents``.
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
    quantity: Ints
    in_cents: npt.NDArray[np.bool_]
    amount: Ints


LINES = (
    "Source row", "Appointment ID", "Date of service", "Provider", "Service", "Counts as", "Units", "Minutes",
    "Charge", "Collected", "Pay basis", "Rate", "Rate effective from", "Amount",
)  # fmt: skip
VISITS = ("Date", "Appointment", "Service", "Quantity", "Rate", "Amount")
SUMMARY = ("Provider", "Visits", "Share", "Amount", "First day", "Last day")

_COUNT, _SHARE, _MONEY, _DATE, _TEXT = "#,##0", "0.0000%", "#,##0.00", "mm/dd/yyyy", "@"


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

    def cell(self, text: str, style: int) -> str:
        """Return the cell that shows a text, after its reference."""
        return f' s="{style}" t="s"><v>{self._numbers.setdefault(text, len(self._numbers))}</v></c>'

    def xml(self) -> bytes:
        """Return ``xl/sharedStrings.xml``."""
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in self._numbers)
        return f'<sst xmlns="{_MAIN}">{items}</sst>'.encode()


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A stretch of XML in each row: ``table[codes[i]]``, or ``xml`` in every row."""

    xml: bytes = b""
    table: Records | None = None
    codes: Ints | None = None


ROW = Field()
"""The number of the row being written."""


def long_rows(
    paid: Paid, strings: Strings, styles: Mapping[str, int]
) -> tuple[Sequence[Field], Sequence[Field]]:
    """Return the fields of a row of Lines, and those of a row on its provider's sheet."""
    first = int(paid.day.min())
    days = range(first, int(paid.day.max()) + 1)
    day = [_choice([_number(day, styles[_DATE]) for day in days], paid.day - first)]
    appointment = _appointment(paid.appointment, styles[_TEXT])
    amount = _money(paid.amount, styles[_MONEY])
    text = styles[_TEXT]
    service = [_choice([strings.cell(service, text) for service in paid.services], paid.service)]
    line = (
        _row_number(paid.row, styles[_COUNT]),
        appointment,
        day,
        [_choice([strings.cell(provider, text) for provider in paid.providers], paid.provider)],
        service,
        [Field(strings.cell("attended", text).encode())],
        [_counts(paid.units, styles[_COUNT])],
        [_counts(paid.minutes, styles[_COUNT])],
        _money(paid.charge, styles[_MONEY]),
        _money(paid.collected, styles[_MONEY]),
        *_rate_cells(paid, strings, styles),
        amount,
    )
    in_words = [_choice([strings.cell(_in_words(rate), text) for rate in paid.rates], paid.rate)]
    visit = (day, appointment, service, _quantity(paid, styles), in_words, amount)
    return _row_of(line), _row_of(visit)


def _row_of(cells: Sequence[Sequence[Field]]) -> list[Field]:
    """Return the fields of a row from those of its cells, which come without their references."""
    fields = [Field(b'<row r="'), ROW, Field(b'">')]
    for place, cell in enumerate(cells, start=1):
        fields += [Field(f'<c r="{get_column_letter(place)}'.encode()), ROW, Field(b'"'), *cell]
    return [*fields, Field(b"</row>")]


def render(fields: Sequence[Field], positions: Ints, first_row: int = FIRST_ROW) -> Iterator[bytes]:
    """Yield the XML of the rows at these positions, some thousands at a time."""
    start, end = first_row, first_row + len(positions)
    while start < end:
        digits = len(str(start))
        stop = min(end, 10**digits)
        yield from _same_width(fields, positions[start - first_row : stop - first_row], start, digits)
        start = stop


def _same_width(fields: Sequence[Field], positions: Ints, row: int, digits: int) -> Iterator[bytes]:
    """Yield rows whose numbers all have so many digits."""
    names = [f"f{place}" for place in range(len(fields))]
    widths = [f"V{digits}" if field is ROW else _width(field) for field in fields]
    records = np.empty(min(BLOCK, len(positions)), np.dtype(list(zip(names, widths, strict=True))))
    named = list(zip(names, fields, strict=True))
    for name, field in named:
        if field.xml:
            records[name] = np.void(field.xml)
    varying = [(name, field) for name, field in named if not field.xml]
    for start in range(0, len(positions), BLOCK):
        here = positions[start : start + BLOCK]
        block = records[: len(here)]
        numbers = np.arange(row + start, row + start + len(here)).astype(f"S{digits}").view(f"V{digits}")
        for name, field in varying:
            if field.table is None or field.codes is None:
                block[name] = numbers
            else:
                block[name] = field.table[field.codes[here]]
        yield block.tobytes()


def _width(field: Field) -> str:
    return f"V{len(field.xml) if field.table is None else field.table.itemsize}"


def _choice(cells: Sequence[str], codes: Ints, pad: Callable[[str, int], str] = str.ljust) -> Field:
    """Return a field of one width: padded after the tag (or, with ``str.rjust``, before the style)."""
    width = max(map(len, cells))
    table = np.array([pad(cell, width).encode("ascii") for cell in cells], dtype=f"V{width}")
    return Field(table=table, codes=codes)


def _appointment(ids: npt.NDArray[np.bytes_], style: int) -> Sequence[Field]:
    """Return the cell of an ID, which hardly ever repeats: inline, and of one length in this log."""
    own = Field(table=ids.view(f"V{ids.itemsize}"), codes=np.arange(len(ids)))
    return Field(f' s="{style}" t="inlineStr"><is><t>'.encode()), own, Field(b"</t></is></c>")


def _row_number(row: Ints, style: int) -> list[Field]:
    """Return the source row in two fields, thousands and the rest; below 1,000 without zeros."""
    thousands, rest = np.divmod(row, 1_000)
    start = f' s="{style}"><v>'
    high = [start, *(f"{start}{n}" for n in range(1, int(thousands.max()) + 1))]
    low = [f"{n:03d}</v></c>" for n in range(1_000)] + [f"{n}</v></c>" for n in range(1_000)]
    return [
        _choice(high, thousands, str.rjust),
        _choice(low, np.where(thousands == 0, rest + 1_000, rest)),
    ]


def _money(cents: Ints, style: int) -> list[Field]:
    """Return an amount in two fields, dollars and cents. Nothing here is negative."""
    whole, rest = np.divmod(cents, 100)
    high = _choice([f' s="{style}"><v>{n}' for n in range(int(whole.max()) + 1)], whole, str.rjust)
    return [high, _choice(_CENTS, rest)]


def _quantity(paid: Paid, styles: Mapping[str, int]) -> list[Field]:
    """Return what a visit's pay is counted in: a count, or an amount in two fields."""
    counts = paid.quantity[~paid.in_cents]
    whole, rest = np.divmod(paid.quantity, 100)
    dollars_from = int(counts.max(initial=0)) + 1
    high = [f' s="{styles[_COUNT]}"><v>{n}' for n in range(dollars_from)]
    high += [f' s="{styles[_MONEY]}"><v>{n}' for n in range(int(whole[paid.in_cents].max(initial=0)) + 1)]
    return [
        _choice(high, np.where(paid.in_cents, dollars_from + whole, paid.quantity), str.rjust),
        _choice([*_CENTS, "</v></c>"], np.where(paid.in_cents, rest, len(_CENTS))),
    ]


def _counts(values: Ints, style: int) -> Field:
    return _choice([_number(n, style) for n in range(int(values.max()) + 1)], values)


def _rate_cells(paid: Paid, strings: Strings, styles: Mapping[str, int]) -> list[list[Field]]:
    """Return the three cells of each line's rate: for what, how much, and since when."""
    basis = [strings.cell(rate.basis, styles[_TEXT]) for rate in paid.rates]
    shares = [rate.basis.is_share for rate in paid.rates]
    amounts = [
        _number((rate.amount or 0) / (MILLION if share else 100), styles[_SHARE if share else _MONEY])
        for rate, share in zip(paid.rates, shares, strict=True)
    ]
    since = [_number((rate.effective_from - EXCEL_DAY_ZERO).days, styles[_DATE]) for rate in paid.rates]
    return [[_choice(cells, paid.rate)] for cells in (basis, amounts, since)]


def _number(value: float, style: int) -> str:
    return f' s="{style}"><v>{value:.15g}</v></c>'


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
    formats = (_TEXT, _COUNT, _SHARE, _MONEY, _DATE, _DATE)
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
