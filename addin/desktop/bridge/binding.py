"""Hidden defined names: the clinic of the workbook, the sheets that we wrote, and the sheet each came from."""

import re

import xlwings as xw

from addin.desktop import native

CLINIC = "_ClinicLedger"
GROUP = "_ClinicLedgerSheet"
ABOUT = "_ClinicLedgerAbout"
"""On a sheet we wrote: the sheet that was in front when the button was pressed."""

STATE = "_ClinicLedgerState"
"""On a sheet we wrote: its cells that show the state of what it is about."""

_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}"
_PART = re.compile(rf"(?:'(?:[^']|'')*'|[^'!,]+)!({_CELL}(?::{_CELL})?)(?:,|$)")
"""One part of a reference to cells: the sheet, which may be quoted, and the cells."""

CONSTANT = re.compile(r'="((?:[^"]|"")*)"')


def clinic_of(book: xw.Book) -> str | None:
    """Return the clinic the workbook belongs to, ``None`` while it belongs to none."""
    return read_constant(book.names, CLINIC)


def group_of(sheet: xw.Sheet) -> str | None:
    """Return the group a sheet written by us belongs to, ``None`` for a sheet of the user's own."""
    return read_constant(sheet.names, GROUP)


def written_sheets(book: xw.Book) -> list[dict[str, str | None]]:
    """Return the sheets that we wrote, in their order: the name, the kind, and the cells that show a state."""
    groups = [(sheet, group_of(sheet)) for sheet in book.sheets]
    return [
        {"name": sheet.name, "kind": group, "state": _cells_named(sheet.names, STATE)}
        for sheet, group in groups
        if group is not None
    ]


def _cells_named(names: xw.main.Names, name: str) -> str | None:
    """Return the cells that a name of one sheet refers to, as ``A3:F3,D12:F12``; ``None`` if it has none."""
    if name not in names:
        return None
    text = (names[name].refers_to or "").removeprefix("=")
    parts = list(_PART.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text or text.endswith(","):
        return None
    return ",".join(part[1].replace("$", "") for part in parts)


def in_front(book: xw.Book) -> xw.Sheet:
    """Return the sheet a click is about: the active one, or the one an active sheet of ours came from.

    So a button that is pressed again on its own result, or after its question is answered, works on
    the same log as before.
    """
    active = book.sheets.active
    about = read_constant(active.names, ABOUT)
    return next((sheet for sheet in book.sheets if sheet.name == about), active)


def put_in_front(book: xw.Book, name: str) -> bool:
    """Activate a sheet, or, if it is hidden, a sheet of ours that came from it. Returns whether a click is about it then."""
    if all(sheet.name != name for sheet in book.sheets):
        return False
    shown = [sheet for sheet in book.sheets if sheet.visible]
    from_it = [sheet for sheet in shown if read_constant(sheet.names, ABOUT) == name]
    for sheet in [*(sheet for sheet in shown if sheet.name == name), *from_it]:
        sheet.activate()
        return True
    return False


def bind_clinic(book: xw.Book, clinic: str) -> None:
    """Record the clinic that the workbook belongs to."""
    write_constant(book.names, CLINIC, clinic)


def write_constant(names: xw.main.Names, name: str, text: str) -> None:
    """Store a text under a hidden name."""
    quoted = text.replace('"', '""')
    refers_to = f'="{quoted}"'
    if name in names:
        names[name].refers_to = refers_to
    else:
        native.hide_name(names.add(name, refers_to))


def read_constant(names: xw.main.Names, name: str) -> str | None:
    """Return the text stored under a name, or ``None`` if there is none."""
    if name not in names:
        return None
    match = CONSTANT.fullmatch(names[name].refers_to or "")
    return match[1].replace('""', '"') if match else None
