"""A setup as sheets in memory, as if it were typed: to check it like Save setup, and to add entries to sheets that are open.

Sheets of a workbook that were opened before an entry was added get it, too, so that saving them does not take it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.setup_additions import (
    Addition,
    NewProvider,
    NewRate,
    NewService,
    NewStatus,
    ProviderSpelling,
    ServiceSpelling,
    setup_with,
)
from server.errors import Finding
from server.sheets import cell_addresses
from server.sheets.clinics.setup_reader import clinic_id_of, read_setup, version_row
from server.sheets.clinics.setup_workbook import HEADER_ROW, Cells, Value, clinic_answers, setup_rows
from server.sheets.dates import OFFSET_1904, SINCE_1904
from server.sheets.sheet import Cell, Sheet
from server.sheets.sheet_table import SheetTable
from server.sheets.tables import CLINIC, CLINIC_FIELDS, PROVIDERS, RATES, SERVICES, SETUP_VERSION, STATUSES
from server.sheets.typed_rows import Row, header_of, places_of, rows_of
from server.sheets.xlsx.style import DATE_FORMAT, Look

ALIASES = "Also known as"
SEPARATOR = "; "


def read_with(saved: Setup, additions: Iterable[Addition]) -> tuple[Setup, list[Finding], bool]:
    """Return a setup with additions, as Save setup reads it from its sheets, and its findings.

    Also returns whether the sheets say exactly what was added: a spelling with a semicolon would be two.
    """
    added = list(additions)
    before, _ = read_setup(typed_sheets(saved))
    setup, findings = read_setup(typed_sheets(setup_with(saved, added)), before)
    return setup, findings, setup.version == setup_with(before, added).version


def typed_sheets(setup: Setup) -> list[Sheet]:
    """Return the sheets of a setup, with every cell as somebody would type it, in the rows in which Open setup writes it."""
    answers = [_typed_cell(*cell) for cell in clinic_answers(setup.clinic)]
    fields = [field.title for field in CLINIC_FIELDS]
    clinic = Sheet(CLINIC.name, HEADER_ROW, 0, [[CLINIC.titles[0], *fields], [CLINIC.titles[1], *answers]])
    return [clinic, *(_typed_table(table, rows) for table, rows in setup_rows(setup).items())]


def _typed_table(table: SheetTable, rows: Iterable[Cells]) -> Sheet:
    typed = [[_typed_cell(*cell) for cell in row] for row in rows]
    columns: list[list[Cell]] = [[title] for title in table.titles]
    for place, column in enumerate(columns):
        column.extend(row[place] for row in typed)
    return Sheet(table.name, HEADER_ROW, 0, columns)


def _typed_cell(value: Value, look: Look) -> Cell:
    """Return a cell as text, amounts exactly: ``62.5%``. Days are serials."""
    if not isinstance(value, int) or not look.places:
        return value
    if "%" in look.form:
        return f"{Decimal(value).scaleb(2 - look.places):f}%"
    return f"{Decimal(value).scaleb(-look.places):f}"


class CellChange(NamedTuple):
    """Cells of a sheet to write: rows of values, or a number format if there are none."""

    sheet: str
    range: str
    values: list[list[str | int | float | None]] | None
    form: str | None = None


def changes_of_sheets(
    sheets: Sequence[Sheet], before: Setup, additions: Sequence[Addition], version: str
) -> list[CellChange] | None:
    """Return what adds entries to the setup sheets of a workbook, and the new version; ``None`` if they cannot be added.

    They cannot if the sheets show another setup than ``before``: saving these sheets is refused as stale anyway.
    Returns no changes if there are no setup sheets of the clinic.
    """
    found = version_row(sheets)
    if found is None or clinic_id_of(sheets) != before.clinic.id:
        return []
    place, opened_at = found
    if opened_at not in {"", before.version}:
        return None
    open_sheets = _OpenSheets(sheets)
    for addition in additions:
        if not open_sheets.add_entry(addition, before):
            return None
    changes = open_sheets.changes()
    # Sheets without a version were typed anew and never refused as stale, so they keep none.
    if opened_at:
        changes.append(CellChange(CLINIC.name, place, [[SETUP_VERSION, version]]))
    return changes


@dataclass(slots=True)
class _NewRow:
    sheet: Sheet
    places: Mapping[str, int]
    table: SheetTable
    cells: Cells


class _OpenSheets:
    """The setup sheets of a workbook, and what is to be written to them."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = {fold(sheet.name): sheet for sheet in reversed(sheets)}
        self._aliases: dict[tuple[str, str], str] = {}
        self._new: dict[str, list[_NewRow]] = {}

    def add_entry(self, addition: Addition, before: Setup) -> bool:
        """Add one entry; return whether the sheets have a place for it."""
        clinic = before.clinic
        match addition:
            case ProviderSpelling(provider, spelling):
                return self._add_alias(PROVIDERS, "Provider", provider, spelling)
            case ServiceSpelling(service, spelling):
                return self._add_alias(SERVICES, "Service code", service, spelling)
            case NewProvider(provider):
                return self._add_row(PROVIDERS, Setup(clinic, providers=(provider,)))
            case NewService(service):
                return self._add_row(SERVICES, Setup(clinic, services=(service,)))
            case NewStatus(word):
                return self._add_row(STATUSES, Setup(clinic, statuses=(word,)))
            case NewRate(rate):
                is_in_place = any(addition.replaces(row) for row in before.rates)
                return not is_in_place and self._add_row(RATES, Setup(clinic, rates=(rate,)))

    def changes(self) -> list[CellChange]:
        """Return the cells to write."""
        aliases = [CellChange(name, cell, [[text]]) for (name, cell), text in self._aliases.items()]
        rows = [
            change
            for new in self._new.values()
            for number, row in enumerate(new)
            for change in _changes_of_row(row, row.sheet.top + row.sheet.height + number)
        ]
        return aliases + rows

    def _rows(self, table: SheetTable) -> list[Row]:
        sheet = self._sheets.get(fold(table.name))
        return rows_of(table, sheet, []) if sheet else []

    def _add_alias(self, table: SheetTable, title: str, owner: str, spelling: str) -> bool:
        for row in self._rows(table):
            if fold(row.text(title)) == fold(owner) and ALIASES in row.places:
                address = cell_addresses.cell(row.sheet.left + row.places[ALIASES], row.number)
                key = (row.sheet.name, address)
                written = self._aliases.get(key, row.text(ALIASES))
                self._aliases[key] = SEPARATOR.join(filter(None, (written.strip().rstrip(";"), spelling)))
                return True
        return False

    def _add_row(self, table: SheetTable, setup: Setup) -> bool:
        sheet = self._sheets.get(fold(table.name))
        if sheet is None:
            return False
        findings: list[Finding] = []
        places = places_of(table, sheet, header_of(table, sheet), findings)
        if findings or any(heading.needed and heading.title not in places for heading in table.headings):
            return False
        (cells,) = setup_rows(setup)[table]
        self._new.setdefault(table.name, []).append(_NewRow(sheet, places, table, cells))
        return True


def _changes_of_row(row: _NewRow, number: int) -> list[CellChange]:
    """Return the cells of a new row, and the formats of its numbers and days."""
    values: dict[int, str | int | float | None] = {}
    forms: dict[int, str] = {}
    for title, (value, look) in zip(row.table.titles, row.cells, strict=True):
        if title in row.places and value not in {None, ""}:
            place = row.places[title]
            values[place] = _cell_value(value, look, row.sheet.date_system)
            if isinstance(value, int) and look.form != "General":
                forms[place] = look.form
    first, last, left = min(values), max(values), row.sheet.left
    area = f"{cell_addresses.cell(left + first, number)}:{cell_addresses.cell(left + last, number)}"
    cells = [values.get(place) for place in range(first, last + 1)]
    return [
        *(
            CellChange(row.sheet.name, cell_addresses.cell(left + place, number), None, form)
            for place, form in forms.items()
        ),
        CellChange(row.sheet.name, area, [cells]),
    ]


def _cell_value(value: Value, look: Look, date_system: int) -> str | int | float | None:
    if not isinstance(value, int):
        return value
    if look.form == DATE_FORMAT:
        return value - OFFSET_1904 if date_system == SINCE_1904 else value
    return value / 10**look.places if look.places else value
