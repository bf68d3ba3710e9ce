"""Builds the gallery: ``uv run python -m tests.gallery.build``.

Writes the workbooks of ``tests/data/findings``; the texts beside them are written by hand, their
first lines, or taken over from what is said today with ``--accept``: then read the difference.
"""

import sys
from functools import cache
from pathlib import Path

from tests.gallery.cases import CASES
from tests.gallery.cells import CELLS
from tests.gallery.clinic import NEIGHBOUR, a_setup, a_workbook, the_setup
from tests.gallery.exams import EXAMS, REFUSED_EXAMS
from tests.gallery.files import FILES, REFUSED_FILES
from tests.gallery.invoices import INVOICES, REFUSED_INVOICES
from tests.gallery.logs import LOGS, REFUSED_LOGS
from tests.gallery.misreadings import MISREAD_FILES, MISREAD_LOGS, REPLIES, REPLY_FILES
from tests.gallery.package import content_of
from tests.gallery.payments import PAYMENTS
from tests.gallery.setups import REFUSED_SETUPS, SETUPS

FOLDER = Path(__file__).parents[1] / "data" / "findings"
REFUSALS = FOLDER / "refusals"
REPLIES_FOLDER = FOLDER / "replies"
CLINICS = FOLDER / "clinics"
"""The setup workbooks of the two clinics of the gallery's ledger."""


@cache
def workbooks() -> dict[Path, bytes]:
    """Return every file of the gallery that is not a text."""
    found = {
        CLINICS / "maple.xlsx": content_of(a_setup(bound=False)),
        CLINICS / "neighbour.xlsx": content_of(a_workbook(the_setup(NEIGHBOUR), None)),
    }
    for folder, built in (
        (FOLDER, LOGS | MISREAD_LOGS | CELLS | SETUPS | EXAMS | INVOICES | CASES | PAYMENTS),
        (REFUSALS, REFUSED_LOGS | REFUSED_SETUPS | REFUSED_EXAMS | REFUSED_INVOICES),
        (REPLIES_FOLDER, REPLIES),
    ):
        found |= {folder / f"{name}.xlsx": content_of(build()) for name, build in built.items()}
    for folder, files in (
        (FOLDER, FILES | MISREAD_FILES),
        (REFUSALS, REFUSED_FILES),
        (REPLIES_FOLDER, REPLY_FILES),
    ):
        found |= {folder / name: write() for name, write in files.items()}
    return found


if __name__ == "__main__":
    for path, content in workbooks().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if sys.argv[1:] == ["--accept"]:
        from tests.gallery.transcript import accept

        accept(FOLDER)
