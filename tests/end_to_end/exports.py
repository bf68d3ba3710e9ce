"""The same October as three practice systems would export it, none of them in our words."""

import csv
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.end_to_end.practice import (
    GROUP,
    LATE,
    MISSED,
    OFF,
    REPORT,
    SEEN,
    TALK,
    Cell,
    Visit,
    spelled,
)

WHITE_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone


def calm_harbor(visits: Sequence[Visit], path: Path, *, since_1904: bool = False) -> Path:
    """An .xlsx with a title, merged names, times of day, two Paid columns, formulas, a total."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    sheet = book.worksheets[0]
    sheet.title = "Visits by clinician"
    heads = (
        "Clinician", "Appt Date", "Billing Code", "Appt Status", "Qty", "Duration (min)",
        "Fee", "Paid", "Unpaid", "Paid", "Unpaid", "Encounter #", "Session note",
    )  # fmt: skip
    for row in (["Calm Harbor report"], ["October 2025, all clinicians"], [], heads):
        sheet.append(row)
    words = {SEEN: "Was here", MISSED: "No-Show", LATE: "LATE CANCEL", OFF: "zapped"}
    for place, visit in enumerate(visits):
        first_of_block = not place or visits[place - 1].provider != visit.provider
        sheet.append(
            [
                spelled(visit.provider, "last first") if first_of_block else None,
                datetime.combine(visit.day, time(9 + place % 9, 59, 59)),
                visit.service.lower().replace("-", " "),
                words[visit.fate],
                float(visit.units),
                visit.minutes,
                f"={float(visit.charge)}+0",
                float(visit.client_paid),
                0,
                float(visit.insurer_paid),
                0,
                visit.id,
                "=2+2 is what they said, never read",
            ]
        )
        if first_of_block:
            block = sum(other.provider == visit.provider for other in visits)
            sheet.merge_cells(start_row=place + 5, end_row=place + 4 + block, start_column=1, end_column=1)
    sheet.append(["Total", *[None] * 5, float(sum(visit.charge for visit in visits))])
    book.save(path)
    _calculate(path)
    return path


def _calculate(path: Path) -> None:
    """Give the formulas the values Excel would have left behind them, which openpyxl does not write."""
    whole = BytesIO(path.read_bytes())
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = re.sub(rb"<f>([\d.]+)\+0</f><v ?/?>(</v>)?", rb"<f>\1+0</f><v>\1</v>", content)
                content = re.sub(rb"<f>2\+2[^<]*</f><v ?/?>(</v>)?", rb"<f>2+2</f><v>4</v>", content)
            target.writestr(part, content)


def blue_door(
    visits: Sequence[Visit], path: Path, *, encoding: str = "cp1252", delimiter: str = ";", order: str = "dmy"
) -> Path:
    """A text file with day-first dates, dollars as text, and yes/no columns instead of a status."""
    stream = StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(
        [
            "DOS", "Therapist", "Appointment Type", "No-show?", "Late cancel", "Cancelled", "Units",
            "Minutes", "Charge Amount", "Client Payment", "Insurance Payment", "Visit ID", "Café",
        ]
    )  # fmt: skip
    names = {TALK: "Talking hour", GROUP: "CIRCLE", REPORT: "letter"}
    form = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "iso": "%Y-%m-%dT00:00:00"}[order]
    for visit in visits:
        writer.writerow(
            [
                f"{visit.day:{form}}",
                spelled(visit.provider, "short").upper(),
                names[visit.service],
                *("Yes" if visit.fate == fate else "No" for fate in (MISSED, LATE, OFF)),
                visit.units,
                visit.minutes,
                f"${visit.charge:,.2f}",
                f"{visit.client_paid:.2f}",
                f"${visit.insurer_paid}",
                visit.id,
                "crème",
            ]
        )
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def old_oak(visits: Sequence[Visit], path: Path) -> Path:
    """An .xls as programs of 1990 write it and some still do, with its header again on every page."""
    heads: list[Cell] = [
        "Session Date", "Rendering Provider", "Procedure Code", "Show/No Show", "# of Units",
        "Session Length", "Billed Amount", "Amount Collected", "Booking ID",
    ]  # fmt: skip
    words = {SEEN: "Checked Out", MISSED: "DNKA", LATE: "LC", OFF: "CXL"}
    rows: list[list[Cell]] = []
    for place, visit in enumerate(visits):
        if place % 40 == 0:
            rows.append(heads)
        rows.append(
            [
                visit.day,
                visit.provider,
                {TALK: "t1", GROUP: GROUP, REPORT: "R-9"}[visit.service],
                words[visit.fate],
                float(visit.units),
                visit.minutes,
                float(visit.charge),
                float(visit.client_paid + visit.insurer_paid),
                visit.id,
            ]
        )
    path.write_bytes(_biff(rows))
    return path


def _biff(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a worksheet in the records of Excel 2.1: the smallest real .xls there is."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HH", row, column) + b"\0\0\0"
            if isinstance(value, str):
                text = value.encode("cp1252")
                cells += record(0x0004, place + struct.pack("<B", len(text)) + text)
            elif isinstance(value, date):
                serial = (datetime.combine(value, time()) - WHITE_DAY).days
                cells += record(0x0003, place + struct.pack("<d", serial))
            elif value is not None:
                cells += record(0x0003, place + struct.pack("<d", value))
    size = struct.pack("<HHHH", 0, len(rows), 0, max(map(len, rows)))
    return record(0x0009, struct.pack("<HH", 2, 0x0010)) + record(0x0000, size) + cells + record(0x000A, b"")


EXPORTS: dict[str, tuple[str, Callable[[Sequence[Visit], Path], Path]]] = {
    "xlsx": ("visits.xlsx", calm_harbor),
    "xlsx of 1904": ("visits.xlsx", lambda visits, path: calm_harbor(visits, path, since_1904=True)),
    "csv, semicolons, Windows-1252, day first": ("visits.csv", blue_door),
    "csv, UTF-8 with mark, month first": (
        "visits.csv",
        lambda visits, path: blue_door(visits, path, encoding="utf-8-sig", delimiter=",", order="mdy"),
    ),
    "tabs, UTF-16, called .xls": (
        "visits.xls",
        lambda visits, path: blue_door(visits, path, encoding="utf-16", delimiter="\t", order="iso"),
    ),
    "xls": ("visits.xls", old_oak),
}
"""What kind of file -> its name and who writes it."""
