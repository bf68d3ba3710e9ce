"""Colors of the cells that need a person: red if a row cannot be paid, yellow if it needs a look."""

from collections.abc import Sequence
from itertools import groupby

from server.errors import Finding, Severity
from server.ribbon.protocol import Edit
from server.sheets import cell_addresses

FILLS = {Severity.REVIEW: "#FFEB9C", Severity.BLOCKER: "#FFC7CE"}
"""Excel's own Neutral and Bad colors; a higher severity paints over a lower one."""

MOST = 2_000
"""The most ranges colored in one click; Excel takes a moment for each."""


def marks_of(findings: Sequence[Finding]) -> tuple[list[Edit], int]:
    """Return the edits that color the cells of blockers and reviews, and how many cells were left out."""
    cells: dict[tuple[str, int, int], str] = {}
    for severity, fill in FILLS.items():
        for finding in findings:
            if finding.severity is severity and finding.column is not None:
                cells.update({(finding.sheet, finding.column, row): fill for row in finding.rows})
    runs = _runs(cells)
    edits = [
        Edit(
            sheet=sheet,
            range=f"{cell_addresses.cell(column, first)}:{cell_addresses.cell(column, last)}",
            fill=fill,
        )
        for sheet, column, first, last, fill in runs[:MOST]
    ]
    return edits, sum(last - first + 1 for _, _, first, last, _ in runs[MOST:])


def _runs(cells: dict[tuple[str, int, int], str]) -> list[tuple[str, int, int, int, str]]:
    """Return ranges of one color in a column: sheet, column, first and last row, fill."""
    ordered = sorted(cells.items())
    stretches = groupby(
        enumerate(ordered), lambda entry: (*entry[1][0][:2], entry[1][0][2] - entry[0], entry[1][1])
    )
    found = []
    for (sheet, column, _, fill), group in stretches:
        rows = [entry[1][0][2] for entry in group]
        found.append((str(sheet), int(column), rows[0], rows[-1], str(fill)))
    return found
