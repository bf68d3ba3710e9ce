"""Checks the zip of an .xlsx before it is parsed: its size, hostile content, and what saving would lose."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

from addin.desktop.files.refusals import CorruptFile, HostileFile, PasswordProtected, TooLarge

MAX_UNPACKED = 2_000_000_000
"""Bytes. A million rows of 12 columns are about half a billion."""

MAX_RATIO = 150
"""Sheet XML packs 10 to 40 times; a zip bomb a thousand times."""

SMALL = 20_000_000
"""Bytes unpacked. Below this size we ignore the ratio: an empty formatted sheet packs very well."""

MAX_PARTS = 10_000
BLOCK = 1 << 18

LOSSES = {
    "pictures or shapes": re.compile(r"xl/(media/|drawings/drawing\d+\.xml)"),
    "charts": re.compile(r"xl/(charts/|chartsheets/)"),
    "slicers or timelines": re.compile(r"xl/(slicers|timelines)/"),
    "form controls": re.compile(r"xl/(ctrlProps|activeX)/"),
    "threaded comments": re.compile(r"xl/threadedComments/"),
    "queries or connections": re.compile(r"xl/(queryTables/|connections\.xml)"),
}
"""What openpyxl does not write back, or only in part, with the zip parts that hold it."""


def check_package(content: bytes, path: Path) -> None:
    """Refuse a package that is damaged, encrypted, or unpacks to more than a workbook can be.

    Every part is unpacked once, in blocks that we discard: a hostile zip declares false sizes.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise PasswordProtected(path)
            if len(parts) > MAX_PARTS:
                raise HostileFile(path)
            _check_sizes(sum(part.file_size for part in parts), len(content), path)
            unpacked = 0
            for part in parts:
                unpacked += _unpacked_size(archive, part, path)
                _check_sizes(unpacked, len(content), path)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise CorruptFile(path) from error


def _check_sizes(unpacked: int, packed: int, path: Path) -> None:
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise HostileFile(path)
    if unpacked > MAX_UNPACKED:
        raise TooLarge(path, f"it unpacks to {unpacked / 1e9:,.1f} GB")


def _unpacked_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> int:
    size = 0
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            # No part of a genuine workbook declares entities.
            if not size and part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in block:
                raise HostileFile(path)
            size += len(block)
    return size


def find_losses(content: bytes) -> tuple[str, ...]:
    """Return, in words, what the workbook holds that saving without Excel would lose."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
    return tuple(name for name, parts in LOSSES.items() if any(parts.match(part) for part in names))
