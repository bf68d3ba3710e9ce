"""The findings about rows of a log that are page furniture and not appointments."""

from collections.abc import Sequence

from server.errors import Finding, count_of, row_stretches
from server.errors.log_column_findings import RepeatedHeaders
from server.errors.log_row_findings import GroupRows, MixedGroupRows, PageFurniture
from server.sheets.appointment_log.row_kinds import GROUPS, Rows
from server.sheets.sheet import Sheet

GROUPS_SAID = (GroupRows, MixedGroupRows)
"""Findings that name the rows a provider was read from."""


def about_furniture(sheet: Sheet, rows: Rows, said: Sequence[Finding]) -> list[Finding]:
    """Return findings about the rows that are left out, one for each kind. ``said`` are findings that name some of
    them.
    """
    findings = []
    if rows.repeated:
        said_of = RepeatedHeaders(
            headers=count_of(len(rows.repeated), "row"), rows=_in_excel(sheet, rows.repeated)
        )
        findings.append(Finding(said_of, sheet.name))
    named = {row for finding in said for row in finding.rows}
    are_groups_said = any(isinstance(finding.what, GROUPS_SAID) for finding in said)
    for kind, places in rows.furniture.items():
        unsaid = [place for place in places if place + sheet.top not in named]
        if kind == GROUPS and are_groups_said:
            continue
        if unsaid:
            what = PageFurniture(what=count_of(len(unsaid), kind), rows=_in_excel(sheet, unsaid))
            findings.append(Finding(what, sheet.name))
    return findings


def _in_excel(sheet: Sheet, places: Sequence[int]) -> str:
    return row_stretches([place + sheet.top for place in places])
