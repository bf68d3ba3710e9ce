"""An invented practice over three months in which everything happens that makes payrolls wrong (docs/three-months.md).

What each provider must be handed over is worked out by hand, month by month, in ``HANDED_OVER``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook

CLINIC, CLINIC_NAME = "willow-bend", "Willow Bend Counseling"
ADA, BEN, CORA, DINA = "Ada Fernley", "Ben Hollow", "Cora Vale", "Dina Moss"
TALK, INTAKE, CIRCLE = "EX-101", "EX-102", "EX-110"

Cell = str | int | float | date | None
NEW_YEAR = date(2026, 1, 1)

HEADINGS = (
    "Appt ID",
    "Appt Date",
    "Start Time",
    "Clinician",
    "Billing Code",
    "Appt Status",
    "Minutes",
    "Fee",
    "Client",
    "Note Signed",
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A row of the log as the practice exports it."""

    id: str
    day: date
    provider: str
    service: str = TALK
    status: str = "Attended"
    fee: int = 150
    client: str = "Client A"
    start: str = "09:00"
    signed: str = "Yes"

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Return the row as it is typed."""
        return (
            self.id,
            self.day,
            self.start,
            self.provider,
            self.service,
            self.status,
            50,
            self.fee,
            self.client,
            self.signed,
        )


def setup_sheets(
    *, raise_of_ada: bool = False, cora_is_active: bool = True, items: Sequence[Sequence[Cell]] = ()
) -> dict[str, list[list[Cell]]]:
    """Return the setup sheets as the office types them. ``raise_of_ada`` is the raise that was forgotten in August."""
    rates: list[list[Cell]] = [
        [ADA, TALK, "per session", 80, NEW_YEAR, None],
        [ADA, INTAKE, "per session", 120, NEW_YEAR, None],
        [BEN, "*", "% of charge", "60%", NEW_YEAR, None],
        [BEN, CIRCLE, "per session", 150, NEW_YEAR, "one amount for the whole circle"],
        [CORA, "*", "per session", 70, NEW_YEAR, None],
        [DINA, "*", "per session", 75, NEW_YEAR, None],
    ]
    if raise_of_ada:
        rates.append([ADA, TALK, "per session", 85, date(2026, 8, 1), "raise, entered late"])
    return {
        "Clinic": [
            ["Field", "Value"],
            ["Clinic ID", CLINIC],
            ["Clinic name", CLINIC_NAME],
            ["Pay period", "monthly"],
        ],
        "Providers": [
            ["Provider", "Provider ID", "Works as", "Active"],
            [ADA, "P-1", "W-2", "yes"],
            [BEN, "P-2", "1099", "yes"],
            [CORA, "P-3", "1099", "yes" if cora_is_active else "no"],
            [DINA, "P-4", "1099", "yes"],
        ],
        "Services": [
            ["Service code", "Service name"],
            [TALK, "Talking hour"],
            [INTAKE, "First interview"],
            [CIRCLE, "Evening circle"],
        ],
        "Rates": [["Provider", "Service", "Pay basis", "Rate", "Effective from", "Note"], *rates],
        "Group sessions": [["Service", "Paid per", "Effective from"], [CIRCLE, "session", NEW_YEAR]],
        "Pay items": [
            ["Provider", "Kind", "Amount", "From", "To", "Every", "Note"],
            *map(list, items),
        ],
    }


JULY = (
    Visit("W-01", date(2026, 7, 2), ADA),
    Visit("W-02", date(2026, 7, 9), ADA),
    Visit("W-03", date(2026, 7, 23), ADA),
    Visit("W-04", date(2026, 7, 6), BEN, fee=120),
    Visit("W-05", date(2026, 7, 20), BEN, INTAKE, fee=150),
    Visit("W-06", date(2026, 7, 15), BEN, CIRCLE, fee=40, client="Client B", start="18:00"),
    Visit("W-07", date(2026, 7, 15), BEN, CIRCLE, fee=40, client="Client C", start="18:00"),
    Visit("W-08", date(2026, 7, 15), BEN, CIRCLE, "No Show", fee=40, client="Client D", start="18:00"),
    Visit("W-09", date(2026, 7, 8), CORA),
    Visit("W-10", date(2026, 7, 29), CORA, signed="No"),
)
"""The export of July. Cora has not signed the note of W-10."""


def _changed(visits: Sequence[Visit], **changes: Visit) -> tuple[Visit, ...]:
    return tuple(changes.get(visit.id.replace("-", "_"), visit) for visit in visits)


AUGUST = (
    *_changed(
        JULY,
        # Ada's client had cancelled, which the front desk entered in August. Cora signed her note.
        W_03=Visit("W-03", date(2026, 7, 23), ADA, status="Late Cancel"),
        W_10=Visit("W-10", date(2026, 7, 29), CORA),
    ),
    Visit("W-11", date(2026, 7, 30), BEN, fee=100),
    Visit("W-12", date(2026, 8, 4), ADA),
    Visit("W-13", date(2026, 8, 11), ADA),
    Visit("W-14", date(2026, 8, 18), ADA),
    Visit("W-15", date(2026, 8, 25), ADA, INTAKE),
    Visit("W-16", date(2026, 8, 12), BEN, fee=200),
    Visit("W-17", date(2026, 8, 19), BEN, CIRCLE, fee=40, client="Client B", start="18:00"),
    Visit("W-18", date(2026, 8, 19), BEN, CIRCLE, fee=40, client="Client C", start="18:00"),
    Visit("W-19", date(2026, 8, 5), CORA),
)
"""The export of August, which has July, too. W-11 was forgotten in July."""

SEPTEMBER = (
    # The practice corrected the fee of W-16 from $200 to $180.
    *(
        Visit("W-16", date(2026, 8, 12), BEN, fee=180) if visit.id == "W-16" else visit
        for visit in AUGUST
        if visit.day >= date(2026, 8, 1)
    ),
    Visit("W-20", date(2026, 9, 3), ADA),
    Visit("W-21", date(2026, 9, 10), ADA),
    Visit("W-22", date(2026, 9, 9), BEN, CIRCLE, fee=40, client="Client B", start="18:00"),
    Visit("W-23", date(2026, 9, 14), DINA),
    Visit("W-24", date(2026, 9, 21), DINA),
    Visit("W-25", date(2026, 9, 16), ADA),
)
"""The export of September, which begins on August 1. Ada and Dina did W-25 together."""

TOGETHER: Sequence[Sequence[Cell]] = (
    ("Appointment ID", "Provider", "Share"),
    ("W-25", ADA, "60%"),
    ("W-25", DINA, "40%"),
)
"""The sheet Shares beside the export of September."""

CLAWBACK: Sequence[Cell] = (
    CORA,
    "deduction",
    250,
    date(2026, 8, 1),
    date(2026, 8, 31),
    "once",
    "Advance of a training that she did not take",
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its days, its export, and what the office changed in the setup before its payroll."""

    name: str
    first: date
    last: date
    visits: tuple[Visit, ...]
    setup: dict[str, list[list[Cell]]]
    shares: Sequence[Sequence[Cell]] = ()


MONTHS = (
    Month("July", date(2026, 7, 1), date(2026, 7, 31), JULY, setup_sheets()),
    Month("August", date(2026, 8, 1), date(2026, 8, 31), AUGUST, setup_sheets(items=[CLAWBACK])),
    Month(
        "September",
        date(2026, 9, 1),
        date(2026, 9, 30),
        SEPTEMBER,
        setup_sheets(raise_of_ada=True, cora_is_active=False, items=[CLAWBACK]),
        TOGETHER,
    ),
)

HANDED_OVER = {
    "July": {
        ADA: 3 * 80_00,
        # 60 % of $120 and of $150, and one circle for the two who came
        BEN: 72_00 + 90_00 + 150_00,
        CORA: 70_00,
    },
    "August": {
        # three talks and an interview, less the visit of July that did not take place
        ADA: 3 * 80_00 + 120_00 - 80_00,
        # 60 % of $200, one circle, and 60 % of the $100 that were forgotten in July
        BEN: 120_00 + 150_00 + 60_00,
        # a visit, and the one whose note is signed now, less $250 of a clawback: she is handed over nothing, and owes the rest
        CORA: 0,
    },
    "September": {
        # two talks at the new rate, 60 % of the one with Dina, and the raise for the three talks of August
        ADA: 2 * 85_00 + 51_00 + 3 * 5_00,
        # one circle, less 60 % of the $20 by which a fee was corrected
        BEN: 150_00 - 12_00,
        CORA: 0,
        # two talks, and 40 % of what Ada's rate pays for the one that they did together
        DINA: 2 * 75_00 + 34_00,
    },
}
"""Cents by month and provider."""

OWED_BY_CORA = 250_00 - 2 * 70_00
"""What Cora, who has left, still owes after September."""


def write_book(folder: Path, name: str, sheets: dict[str, list[list[Cell]]]) -> Path:
    """Write sheets of typed cells as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / name
    book.save(path)
    return path


def write_setup(folder: Path, month: Month) -> Path:
    """Write the setup sheets of a month."""
    return write_book(folder, f"Setup {month.name}.xlsx", month.setup)


def write_log(folder: Path, month: Month) -> Path:
    """Write the export of a month as the practice sends it."""
    rows: list[list[Cell]] = [
        [f"{CLINIC_NAME}: appointments"],
        list(HEADINGS),
        *(list(visit.cells) for visit in month.visits),
    ]
    sheets = {"Appointments": rows}
    if month.shares:
        sheets["Shares"] = list(map(list, month.shares))
    return write_book(folder, f"{month.name} 2026.xlsx", sheets)
