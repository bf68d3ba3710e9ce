"""Writes a workbook to disk: completely or not at all, and never over somebody else's changes."""

import errno
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils.cell import coordinate_to_tuple

from addin.desktop.files.refusals import (
    ChangedMeanwhile,
    DiskIsFull,
    NotWritable,
    OpenInExcel,
    WrongEnding,
)
from addin.desktop.files.text import Value, needs_quote_prefix
from addin.desktop.files.xlsx import NOT_CALCULATED, Cached, plain_text

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""The system's errors for a disk, or the user's share of it, without room."""

EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-z]+")?>(<f(?:>| [^>]*>)[^<]*</f>)<v ?(?:/>|></v>)</c>'
)
"""A formula cell as openpyxl writes it: without its last value."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identifies one saved version of a file."""

    modified_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """Return the stamp of the file that is on disk now."""
        return cls.of_stat(path.stat())

    @classmethod
    def of_stat(cls, told: os.stat_result) -> "Stamp":
        """Return the stamp of a file that the system has described."""
        return cls(told.st_mtime_ns, told.st_size)


def save_workbook(workbook: Workbook, path: Path, cached: Cached, opened: Stamp | None = None) -> None:
    """Write the workbook in one move: a reader of ``path`` sees the old file or the new one.

    ``cached`` are values of formulas, kept so that the file still shows numbers where no Excel
    recalculates it. ``opened`` is the stamp of the file when it was read; if the file
    has another stamp now, nothing is written. Text that Excel may take for a formula is marked as text.
    """
    path = path.resolve()
    check_place(path, workbook)
    if path.suffix.lower() == ".xlsx":
        # Excel refuses to open an .xlsx that has macros.
        workbook.vba_archive = None
    _mark_formula_like_texts(workbook)
    try:
        with _temporary_path(path) as fresh:
            fresh.write_bytes(_workbook_bytes(workbook))
            _keep_formula_values(fresh, workbook, cached)
            _check_unchanged(path, opened)
            if path.exists():
                shutil.copymode(path, fresh)
            fresh.replace(path)
    except OSError as error:
        if error.errno in FULL:
            raise DiskIsFull(path) from error
        raise NotWritable(path, error.strerror or "the disk refused it") from error


def _mark_formula_like_texts(workbook: Workbook) -> None:
    """Give the style of such cells quotePrefix, as a typed apostrophe does: F2 and Enter then leave them text."""
    for sheet in workbook.worksheets:
        cells: Any = sheet._cells  # noqa: SLF001 - the public methods create cells
        for cell in cells.values():
            text = plain_text(cell._value)  # noqa: SLF001
            if isinstance(text, str) and cell.data_type != "f" and needs_quote_prefix(text):
                cell.quotePrefix = True


def check_place(path: Path, workbook: Workbook) -> None:
    """Refuse a path that the workbook cannot be saved to, as far as we can know before we try."""
    path = path.resolve()
    has_macros = workbook.vba_archive is not None
    # Excel refuses an .xlsm without macros; an .xlsx is saved without them.
    if path.suffix.lower() not in ({".xlsx", ".xlsm"} if has_macros else {".xlsx"}):
        raise WrongEnding(path)
    if path.with_name(f"~${path.name}").exists():
        raise OpenInExcel(path)
    if not path.parent.is_dir():
        raise NotWritable(path, "there is no such folder")
    if path.is_dir():
        raise NotWritable(path, "a folder has that name")


@contextmanager
def _temporary_path(path: Path) -> Iterator[Path]:
    """Yield the path of a new file in the same folder, so that renaming it is one move. It is deleted at the end.

    It is named after this process: if the process is killed, whoever started it can delete the file.
    """
    fresh = path.with_name(f".{os.getpid()}.{uuid4().hex}{path.suffix}")
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _workbook_bytes(workbook: Workbook) -> bytes:
    """Return a workbook as bytes. Written straight to a full disk, its archive would try again whenever it is deleted."""
    package = BytesIO()
    workbook.save(package)
    return package.getvalue()


def _check_unchanged(path: Path, opened: Stamp | None) -> None:
    if opened and (not path.exists() or Stamp.of(path) != opened):
        raise ChangedMeanwhile(path)


def _keep_formula_values(path: Path, workbook: Workbook, cached: Cached) -> None:
    """Put the remembered values back into the formula cells of a workbook just written."""
    parts = {
        f"xl/worksheets/sheet{number}.xml": cached[sheet]
        for number, sheet in enumerate(workbook.worksheets, 1)
        if cached.get(sheet)
    }
    if not parts:
        return
    with _temporary_path(path) as spliced:
        package = BytesIO()
        with (
            zipfile.ZipFile(path) as source,
            zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in source.infolist():
                content = source.read(part)
                values = parts.get(part.filename)
                target.writestr(part, _with_values(content, values) if values else content)
        spliced.write_bytes(package.getvalue())
        spliced.replace(path)


def _with_values(content: bytes, values: dict[tuple[int, int], Value]) -> bytes:
    def fill_cell(match: re.Match[bytes]) -> bytes:
        value = values.get(coordinate_to_tuple(match[1].decode()), NOT_CALCULATED)
        if value in {None, NOT_CALCULATED}:
            return match[0]
        kind, text = _value_xml(value)
        return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (match[1], match[2], kind, match[3], text)

    return EMPTY_FORMULA.sub(fill_cell, content)


def _value_xml(value: Value) -> tuple[bytes, bytes]:
    if isinstance(value, bool):
        return b' t="b"', b"1" if value else b"0"
    if isinstance(value, int | float):
        return b"", repr(value).encode()
    text = escape(str(value)).encode()
    return b' t="e"' if text.startswith(b"#") else b' t="str"', text
