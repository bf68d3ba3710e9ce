"""Hidden defined names: whose workbook this is, and which sheets are ours."""

import re

import xlwings as xw

from addin.desktop import native

CLINIC = "_ClinicLedger"
GROUP = "_ClinicLedgerSheet"
CONSTANT = re.compile(r'="((?:[^"]|"")*)"')


def clinic_of(book: xw.Book) -> str | None:
    """Return the clinic the workbook belongs to, ``None`` while it belongs to none."""
    return _constant(book.names, CLINIC)


def group_of(sheet: xw.Sheet) -> str | None:
    """Return the group a sheet written by us belongs to, ``None`` for a sheet of the user's own."""
    return _constant(sheet.names, GROUP)


def bind(book: xw.Book, clinic: str) -> None:
    """Write down whose workbook this is."""
    quoted = clinic.replace('"', '""')
    refers_to = f'="{quoted}"'
    if CLINIC in book.names:
        book.names[CLINIC].refers_to = refers_to
    else:
        native.hide_name(book.names.add(CLINIC, refers_to))


def _constant(names: xw.main.Names, name: str) -> str | None:
    if name not in names:
        return None
    told = CONSTANT.fullmatch(names[name].refers_to or "")
    return told[1].replace('""', '"') if told else None
