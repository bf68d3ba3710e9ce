"""Rows that a sheet hides or filters away: they are worked on like all others, and that is said."""

from collections.abc import Iterable, Sequence

from server.errors import Finding, counted, row_stretches


def hidden_rows(sheet: str, rows: Iterable[int], hidden: Sequence[int]) -> list[Finding]:
    """Return the remark on those of some rows that are hidden, none where all are in sight.

    Both are Excel's row numbers.
    """
    unseen = sorted(set(hidden).intersection(rows)) if hidden else []
    facts = {"hidden": counted(len(unseen), "row"), "rows": row_stretches(unseen)}
    return [Finding("hidden-rows", sheet, facts=facts)] if unseen else []
