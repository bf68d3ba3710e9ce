"""A log while it is being read: its rows are sorted by kind, its cells are not read yet."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.payroll.appointment_log import MergedAmount, UnreadableCells
from server.errors import Finding
from server.errors.finding_facts import ValueFinding
from server.errors.log_row_findings import GroupConflict
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.group_rows import (
    TITLE,
    GroupedProviders,
    GroupRow,
    read_groups,
    title_provider,
)
from server.sheets.appointment_log.merged_cells import MergedCells, merged_amounts, unclear_merged_rows
from server.sheets.appointment_log.row_kinds import Rows
from server.sheets.appointment_log.surplus_cells import read_cut_amounts, read_surplus
from server.sheets.appointment_log.undated_rows import KnownWords
from server.sheets.cells import text_of
from server.sheets.sheet import Cell, Sheet


@dataclass(slots=True)
class Reading:
    """A log being read: its layout, its appointment rows, and the findings so far."""

    sheet: Sheet
    layout: Layout
    columns: Sequence[Sequence[Cell]]
    rows: Rows
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[UnreadableCells] = field(default_factory=list)
    merged_amounts: list[MergedAmount] = field(default_factory=list)
    providers: GroupedProviders | None = None

    def read_doubtful_rows(self, merged: MergedCells) -> None:
        """Note the rows that cannot be trusted: those with cells without a heading, or amounts merged over rows."""
        unreadable, findings = read_surplus(self.sheet, self.layout, self.cells)
        self.unreadable.extend(unreadable)
        self.findings.extend(findings)
        self.unreadable.extend(read_cut_amounts(self.sheet, self.layout, self.cells))
        if merged.blocks:
            places = {row: place for place, row in enumerate(self.rows.appointments)}
            self.merged_amounts = merged_amounts(self.sheet, self.layout, merged, places)
            self.unreadable.extend(unclear_merged_rows(self.sheet, self.layout, merged, places))

    def name_providers(self, known: KnownWords) -> None:
        """Read the providers that rows above the visits name for them."""
        position = next(iter(self.layout.columns.get("provider", ())), None)
        title = title_provider(self.sheet, self.layout.header, known) if position is None else None
        if self.rows.named or title:
            cells = None if position is None else self.cells(position)
            groups = [*([GroupRow(TITLE, title)] if title else []), *self.rows.groups]
            self.providers = read_groups(self.sheet, self.rows.appointments, groups, cells, known)
            self.findings.extend(self.providers.findings)
            self.unreadable.extend(self._named_otherwise(self.providers, position))

    def _named_otherwise(
        self, providers: GroupedProviders, position: int | None
    ) -> Iterator[UnreadableCells]:
        """Yield a note for each provider that differs from the one named above its rows."""
        if position is not None:
            column = column_of(self.sheet, self.layout, position)
            for (own, above), places in providers.against.items():
                yield UnreadableCells(GroupConflict(own, above), "provider", column, places)

    def cells(self, position: int) -> Sequence[Cell]:
        """Return a column's cells in the appointment rows."""
        column = self.columns[position]
        rows = self.rows.appointments
        if rows and len(rows) == rows[-1] - rows[0] + 1:
            return column[rows[0] : rows[-1] + 1]
        return [column[row] for row in rows]

    def doubt(
        self,
        name: str,
        position: int,
        cells: Sequence[Cell],
        wrong: Mapping[type[ValueFinding], Sequence[int]],
    ) -> None:
        """Note unreadable cells, with one note for each distinct value."""
        column = column_of(self.sheet, self.layout, position)
        for kind, places in wrong.items():
            by_value: dict[str, list[int]] = defaultdict(list)
            for place in places:
                by_value[text_of(cells[place])].append(place)
            for value, found in by_value.items():
                self.unreadable.append(UnreadableCells(kind(value), name, column, tuple(found)))
