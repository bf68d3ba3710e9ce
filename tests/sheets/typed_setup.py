"""Setup sheets as somebody types them, and what is said about them."""

from collections.abc import Mapping, Sequence

from server.errors import Finding
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.sheet import Cell, Sheet

GOOD: Mapping[str, Sequence[Sequence[Cell]]] = {
    "Clinic": [["Field", "Value"], ["Clinic ID", "lakeside"], ["Clinic name", "Lakeside"]],
    "Providers": [["Provider", "Also known as"], ["Ada Sample", "Sample, Ada"], ["Bo Placeholder", None]],
    "Services": [["Service code"], ["EX-101"], ["EX-102"]],
    "Rates": [
        ["Provider", "Service", "Pay basis", "Rate", "Effective from", "Note"],
        ["Ada Sample", "EX-101", "per session", 95, "2026-01-01", None],
    ],
    "Statuses": [["Status", "Counts as"], ["Kept", "attended"]],
    "Missed visits": [
        ["Provider", "Service", "Counts as", "Pay basis", "Amount", "Effective from"],
        ["*", "*", "no show", "flat", 25, "2026-01-01"],
    ],
    "Prices": [
        ["Code", "Description", "Unit price", "Bilateral", "Payer", "Effective from"],
        ["EX-301", "Knee riddle", 120.5, "x1.5", None, "2026-01-01"],
        ["EX-302", "Back riddle", 99, None, None, "2026-01-01"],
    ],
    "Exam types": [
        ["Exam type", "Sub-exam", "Code"],
        ["Joints", "Knee", "EX-301"],
        ["Joints", "Back", "EX-302"],
    ],
}


def typed(**changes: Sequence[Sequence[Cell]] | None) -> list[Sheet]:
    """Return good setup sheets, those named (``_`` for a space) replaced, or left out where ``None``."""
    tables = {**GOOD, **{name.replace("_", " "): rows for name, rows in changes.items()}}
    return [a_sheet(name, rows) for name, rows in tables.items() if rows is not None]


def a_sheet(name: str, rows: Sequence[Sequence[Cell]], formats: Sequence[str | None] = ()) -> Sheet:
    width = max(len(row) for row in rows)
    return Sheet(
        name,
        1,
        0,
        [[row[place] if place < len(row) else None for row in rows] for place in range(width)],
        formats,
    )


def rates(*rows: Sequence[Cell]) -> list[Sheet]:
    return typed(Rates=[GOOD["Rates"][0], *rows])


def told(sheets: Sequence[Sheet]) -> list[tuple[str, str, tuple[int, ...], str]]:
    """Return code, sheet, rows and heading of each finding."""
    return [(one.code, one.sheet, tuple(one.rows), one.heading) for one in read_setup(sheets)[1]]


def only(sheets: Sequence[Sheet]) -> Finding:
    """Return the one finding, having said its sentences aloud."""
    (finding,) = read_setup(sheets)[1]
    assert finding.message
    assert finding.remedy
    return finding
