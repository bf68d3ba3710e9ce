"""Opens workbooks and text files as Excel would, and saves them completely.

``open_workbook`` is the only entry: it detects the kind from the content (rule: edge-cases#hostile-files), refuses
unusable files with a plain sentence, and never runs a macro, follows a link or evaluates a formula.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import unescape

from openpyxl import Workbook

from addin.desktop.files.delimited_text import read_delimited
from addin.desktop.files.html import read_html
from addin.desktop.files.package import find_losses
from addin.desktop.files.refusals import EmptyFile, MissingFile, NotAllowed, TooLarge
from addin.desktop.files.saving import Stamp, check_place
from addin.desktop.files.sniff import Kind, kind_of
from addin.desktop.files.xls import CONVERTED, read_xls
from addin.desktop.files.xlsx import NOT_CALCULATED, Cached, read_xlsx

MAX_BYTES = 100_000_000
MAX_WORKBOOK_PART = 10_000_000
BOUND = re.compile(rb'<definedName [^>]*name="_ClinicLedger"[^>]*>(?:"|&quot;)([^"<]*?)(?:"|&quot;)<')


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A file read as a workbook.

    ``cached`` holds the remembered values of formulas by worksheet and ``(row, column)``;
    ``warnings`` are sentences for the person; ``losses`` names what saving would drop; ``stamp``
    shows whether the file has changed since then.
    """

    workbook: Workbook
    path: Path
    kind: Kind
    stamp: Stamp
    cached: Cached
    warnings: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    @property
    def saves_in_place(self) -> bool:
        """Return whether the workbook can be saved to the same file."""
        has_macros = self.workbook.vba_archive is not None
        return self.kind is Kind.XLSX and self.path.suffix.lower() == (".xlsm" if has_macros else ".xlsx")


def open_workbook(path: Path) -> Opened:
    """Open a workbook or text file. Raises ``UnreadableWorkbook``."""
    content, stamp = _read_file(path)
    kind = kind_of(content, path)
    if kind is Kind.XLSX:
        workbook, cached = read_xlsx(content, path)
        lost = find_losses(content)
        return Opened(workbook, path, kind, stamp, cached, _file_warnings(cached, lost), lost)
    if kind is Kind.XLS:
        return Opened(read_xls(content, path), path, kind, stamp, {}, (CONVERTED,))
    read = read_html if kind is Kind.HTML else read_delimited
    return Opened(read(content, path), path, kind, stamp, {})


def bound_to(path: Path) -> str | None:
    """Return the clinic that an .xlsx file is bound to, or ``None``. Reads no sheet."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            found = BOUND.search(part.read(MAX_WORKBOOK_PART))
    except (zipfile.BadZipFile, KeyError, OSError):
        return None
    return unescape(found[1].decode(), {"&quot;": '"'}) if found else None


def _read_file(path: Path) -> tuple[bytes, Stamp]:
    try:
        stamp = Stamp.of(path)
        if stamp.size > MAX_BYTES:
            raise TooLarge(
                path, f"it has {stamp.size / 1e6:,.0f} MB, and {MAX_BYTES / 1e6:,.0f} MB is the most"
            )
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise MissingFile(path) from None
    except OSError:
        raise NotAllowed(path) from None
    if not content.strip(b"\0\r\n\t "):
        raise EmptyFile(path)
    return content, stamp


def _file_warnings(cached: Cached, lost: tuple[str, ...]) -> tuple[str, ...]:
    remarks = [
        f"Sheet {sheet.title} has formulas that were never calculated; they are read as {NOT_CALCULATED}. "
        "Open and save the file once in Excel."
        for sheet, values in cached.items()
        if NOT_CALCULATED in values.values()
    ]
    if lost:
        remarks.append(f"The workbook holds {', '.join(lost)}, which saving without Excel would lose.")
    return tuple(remarks)


__all__ = ["Kind", "Opened", "bound_to", "check_place", "open_workbook"]
