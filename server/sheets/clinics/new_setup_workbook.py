"""The setup sheets of a clinic that does not exist yet, filled in with what its log says.

Cells to fill in are red and hold a question mark where an empty cell would mean something, so that Save setup refuses the
sheets until somebody has decided. Guesses are yellow and count unless somebody changes them (rule: payroll#new-clinic).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from server.billing.clinics import ANY, CountsAs
from server.billing.days import serial_of
from server.billing.payroll.setup_of_log import FoundProvider, FoundStatus, FoundWord, SetupOfLog
from server.errors import count_of
from server.sheets.clinics.setup_sheets import SEPARATOR
from server.sheets.clinics.setup_workbook import Cells, SetupContent, Value, write_sheets
from server.sheets.sheet_table import SheetTable
from server.sheets.tables import (
    CADENCE,
    CLINIC_FIELDS,
    CLINIC_ID,
    CLINIC_NAME,
    PROVIDERS,
    RATES,
    SERVICES,
    STATUSES,
    YesNo,
)
from server.sheets.xlsx.style import ALARM, ALARM_TINT, CAUTION_TINT, DAY, HELP, TYPED_TEXT, Look

UNDECIDED = "?"
REMARKS = "In the log"

TO_FILL = replace(TYPED_TEXT, fill=ALARM_TINT, ink=ALARM, bold=True)
GUESS = replace(TYPED_TEXT, fill=CAUTION_TINT)


def write_new_setup(found: SetupOfLog, date_system: int = 1900) -> bytes:
    """Return the setup sheets of what was found in a log, as an .xlsx workbook."""
    rows: dict[SheetTable, Iterable[Cells]] = {
        PROVIDERS: [_row(PROVIDERS, _provider(one), _provider_remark(one)) for one in found.providers],
        SERVICES: [
            _row(SERVICES, {"Service code": (one.name, TYPED_TEXT)}, _count(one)) for one in found.services
        ],
        RATES: [_row(RATES, _rate(one, found.first), _count(one.word)) for one in found.providers],
        STATUSES: [_row(STATUSES, _status(one), _status_remark(one)) for one in found.statuses],
    }
    return write_sheets(SetupContent(_answers(found), rows, REMARKS), found.clinic, "", date_system)


def _answers(found: SetupOfLog) -> Cells:
    """Return the answers on the Clinic sheet: empty cells that are needed, and a pay period that has to be chosen."""
    known: dict[str, tuple[Value, Look]] = {
        CLINIC_ID: (None, TO_FILL),
        CLINIC_NAME: (found.clinic, GUESS) if found.clinic else (None, TO_FILL),
        CADENCE: (UNDECIDED, TO_FILL),
    }
    return [known.get(field.title, (None, TYPED_TEXT)) for field in CLINIC_FIELDS]


def _row(table: SheetTable, cells: dict[str, tuple[Value, Look]], remark: str) -> Cells:
    empty: tuple[Value, Look] = (None, TYPED_TEXT)
    return [*(cells.get(heading.title, empty) for heading in table.headings), (remark, HELP)]


def _provider(one: FoundProvider) -> dict[str, tuple[Value, Look]]:
    others = [name for name in one.word.spellings[1:] if ";" not in name]
    return {
        "Provider": (one.word.name, TYPED_TEXT),
        "Also known as": (SEPARATOR.join(others) or None, GUESS if one.guessed else TYPED_TEXT),
        "Provider ID": (one.provider_id or None, TYPED_TEXT),
        "Works as": (UNDECIDED, TO_FILL),
        "Active": (YesNo.YES.value, TYPED_TEXT),
    }


def _provider_remark(one: FoundProvider) -> str:
    if not one.guessed:
        return _count(one.word)
    return f"{_count(one.word)}. Guess: one person. If not, give each name a row."


def _rate(one: FoundProvider, first: date | None) -> dict[str, tuple[Value, Look]]:
    return {
        "Provider": (one.word.name, TYPED_TEXT),
        "Service": (ANY, TYPED_TEXT),
        "Pay basis": (UNDECIDED, TO_FILL),
        "Rate": (UNDECIDED, replace(TO_FILL, align="right")),
        "Effective from": (serial_of(first), DAY) if first else (None, replace(TO_FILL, form=DAY.form)),
    }


def _status(one: FoundStatus) -> dict[str, tuple[Value, Look]]:
    meaning = one.counts_as.value if isinstance(one.counts_as, CountsAs) else UNDECIDED
    look = TYPED_TEXT if one.counts_as and not one.is_guess else GUESS if one.is_guess else TO_FILL
    return {"Status": (one.word.name, TYPED_TEXT), "Counts as": (meaning, look)}


def _status_remark(one: FoundStatus) -> str:
    return f"{_count(one.word)}. Guess: it looks like {one.counts_as}." if one.is_guess else _count(one.word)


def _count(word: FoundWord) -> str:
    return count_of(word.count, "row")
