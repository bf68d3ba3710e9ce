"""Which rows of a sheet are appointments, and which are page furniture.

Blank rows, repeated headings, totals, provider names above their rows, page footers, summary tables and remarks are
recognized by their cells and counted. A doubtful row is an appointment, and blocks until somebody completes it: no row
below the headings is ever lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.sheets.appointment_log.column_sums import ColumnSums
from server.sheets.appointment_log.group_rows import GroupRow, provider_above
from server.sheets.appointment_log.page_footers import is_footer, repeats_headings
from server.sheets.appointment_log.summary_tables import summary_rows
from server.sheets.appointment_log.total_rows import TotalsRow, totals_row
from server.sheets.appointment_log.undated_rows import Line, LogTable

TOTALS = "totals row"
COUNTS = "count or average row"
GROUPS = "provider name row"
FOOTERS = "page footer"
SUMMARY = "summary table row"
REMARKS = "remark"
"""The kinds of page furniture, in the singular."""


@dataclass(slots=True)
class Rows:
    """Positions of rows below the header by kind, counted from the top of the used part.

    ``groups`` are the rows where the provider of the rows below changes: ``named`` are those that name a provider, the
    others end the group of another one.
    """

    appointments: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    totals: list[TotalsRow] = field(default_factory=list)
    groups: list[GroupRow] = field(default_factory=list)
    named: list[GroupRow] = field(default_factory=list)
    footers: list[int] = field(default_factory=list)
    summary: list[int] = field(default_factory=list)
    remarks: list[int] = field(default_factory=list)

    @property
    def furniture(self) -> dict[str, Sequence[int]]:
        """Return kind -> the rows that are left out, without blank rows and repeated headings."""
        sums = [total.place for total in self.totals if total.is_sum]
        return {
            TOTALS: sums,
            COUNTS: [total.place for total in self.totals if not total.is_sum],
            GROUPS: [group.place for group in self.named],
            FOOTERS: self.footers,
            SUMMARY: self.summary,
            REMARKS: self.remarks,
        }


def tell_apart(table: LogTable) -> Rows:
    """Sort the rows below the header by kind.

    A row with a date in its date column is an appointment and is not checked further. Only the other rows, few in any
    log, are read cell by cell.
    """
    every = range(table.first, table.sheet.height)
    if not table.undated:
        return Rows(list(every))
    rows, sums = Rows(), ColumnSums(table)
    summary = summary_rows(table)
    for place in table.undated:
        line = table.line(place)
        if place in summary:
            rows.summary.append(place)
        else:
            _sort_one(table, sums, rows, line)
    aside = set(table.undated) - set(sums.added)
    rows.appointments = [place for place in every if place not in aside]
    return rows


def _sort_one(table: LogTable, sums: ColumnSums, rows: Rows, line: Line) -> None:
    place = line.place
    if not line.filled:
        rows.blank.append(place)
    elif table.is_visit(line):
        sums.add(place)
    elif repeats_headings(table, line):
        rows.repeated.append(place)
    elif is_footer(table, line):
        rows.footers.append(place)
    elif total := totals_row(table, sums, line, rows.totals, rows.named):
        rows.totals.append(total)
        rows.groups.append(GroupRow(place, None))
    elif (provider := provider_above(table, line, inside=bool(rows.named))) is not None:
        rows.named.append(GroupRow(place, provider))
        rows.groups.append(rows.named[-1])
    elif _is_remark(table, line):
        rows.remarks.append(place)
    else:
        sums.add(place)
        if not table.words_at_home(line):
            rows.groups.append(GroupRow(place, None))


def _is_remark(table: LogTable, line: Line) -> bool:
    """Return whether a row is only a text, in a column where no visit has words. An appointment ID is no remark."""
    if len(line.filled) != 1 or line.is_number(line.filled[0]):
        return False
    name, text = table.fields.get(line.filled[0], ""), line.texts[line.filled[0]]
    is_id = name == "appointment" and " " not in text and any(map(str.isdigit, text))
    return name not in {"provider", "service", "status"} and not is_id
