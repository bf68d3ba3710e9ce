"""Rows that a sheet hides or filters out: they are used like all others, and a finding says so."""

from collections.abc import Iterable, Sequence

from server.errors import Finding, count_of, row_stretches
from server.errors.log_column_findings import HiddenRows


def hidden_rows(sheet: str, rows: Iterable[int], hidden: Sequence[int]) -> list[Finding]:
    """Return the finding about the rows that are hidden, none if all are visible.

    ``rows`` and ``hidden`` are Excel row numbers.
    """
    unseen = sorted(set(hidden).intersection(rows)) if hidden else []
    return (
        [Finding(HiddenRows(hidden=count_of(len(unseen), "row"), rows=row_stretches(unseen)), sheet)]
        if unseen
        else []
    )
