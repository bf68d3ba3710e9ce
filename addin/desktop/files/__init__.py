"""Opens workbooks and text files as Excel would, and saves them completely.

``open_workbook`` is the only entry: it detects the kind from the content (rule: edge-cases#hostile-files), refuses
unusable files with a plain sentence, and never runs a macro, follows a link or evaluates a formula.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import unescape

from openpyxl import Workbook

from addin.desktop.files.budget import Budget
from addin.desktop.files.delimited_text import read_delimited
from addin.desktop.files.html import read_html
from addin.desktop.files.package import find_losses
from addin.desktop.files.refusals import CorruptFile, EmptyFile, TooLarge, UnreadableWorkbook
from addin.desktop.files.regular_files import LargerFile, read_regular_file
from addin.desktop.files.saving import Stamp, check_place
from addin.desktop.files.sniff import Kind, kind_of
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
    """Open a workbook or text file. Raises ``UnreadableWorkbook``, whatever the file makes a library do."""
    content, stamp = _read_file(path)
    try:
        return _opened_content(content, path, stamp)
    except UnreadableWorkbook:
        raise
    except MemoryError:
        raise TooLarge(path, "it needs more memory than there is for it") from None
    except Exception:  # noqa: BLE001 - a damaged file makes a library raise any error, and its text may quote the file
        raise CorruptFile(path) from None


def _opened_content(content: bytes, path: Path, stamp: Stamp) -> Opened:
    kind, budget = kind_of(content, path), Budget(path)
    if kind is Kind.XLSX:
        workbook, cached = read_xlsx(content, path, budget)
        lost = find_losses(content)
        return Opened(workbook, path, kind, stamp, cached, _file_warnings(cached, lost), lost)
    if kind is Kind.XLS:
        from addin.desktop.files.xls import CONVERTED, read_xls  # noqa: PLC0415 - brings xlrd, which few files need

        return Opened(read_xls(content, path, budget), path, kind, stamp, {}, (CONVERTED,))
    read = read_html if kind is Kind.HTML else read_delimited
    return Opened(read(content, path, budget), path, kind, stamp, {})


def bound_to(path: Path) -> str | None:
    """Return the clinic that an .xlsx file is bound to, or ``None``, also for a damaged file. Reads no sheet."""
    try:
        content, _ = read_regular_file(path, MAX_BYTES)
        with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("xl/workbook.xml") as part:
            found = BOUND.search(part.read(MAX_WORKBOOK_PART))
        return unescape(found[1].decode(), {"&quot;": '"'}) if found else None
    except Exception:  # noqa: BLE001 - whatever a damaged file makes zipfile raise, it is not ours
        return None


def _read_file(path: Path) -> tuple[bytes, Stamp]:
    try:
        content, told = read_regular_file(path, MAX_BYTES)
    except LargerFile as larger:
        why = f"it has {larger.size / 1e6:,.0f} MB, and {MAX_BYTES / 1e6:,.0f} MB is the most"
        raise TooLarge(path, why) from None
    if not content.strip(b"\0\r\n\t "):
        raise EmptyFile(path)
    return content, Stamp.of_stat(told)


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
