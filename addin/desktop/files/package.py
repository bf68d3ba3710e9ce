"""Checks the zip of an .xlsx before it is parsed: its size, hostile content, and what saving would lose."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.refusals import CorruptFile, HostileFile, PasswordProtected
from addin.desktop.files.shared_formulas import measure_shared_formulas
from addin.desktop.files.xml_parts import PartMeter, PartSize

MAX_RATIO = 150
"""Sheet XML packs 10 to 40 times; a zip bomb a thousand times."""

SMALL = 20_000_000
"""Bytes unpacked. Below this size we ignore the ratio: an empty formatted sheet packs very well."""

PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""All that a workbook may use. Others can ask for gigabytes before they unpack a byte."""

MAX_PARTS = 10_000
BLOCK = 1 << 18
FREE_READINGS = 3
"""Each part is read once, a sheet once more for its formulas, and every part once more to keep macros."""

LOSSES = {
    "pictures or shapes": re.compile(r"xl/(media/|drawings/drawing\d+\.xml)"),
    "charts": re.compile(r"xl/(charts/|chartsheets/)"),
    "slicers or timelines": re.compile(r"xl/(slicers|timelines)/"),
    "form controls": re.compile(r"xl/(ctrlProps|activeX)/"),
    "threaded comments": re.compile(r"xl/threadedComments/"),
    "queries or connections": re.compile(r"xl/(queryTables/|connections\.xml)"),
}
"""What openpyxl does not write back, or only in part, with the zip parts that hold it."""


class MeasuredPackage(zipfile.ZipFile):
    """A package of measured parts. A part that is read again and again is counted each time.

    A workbook can name one part as a thousand sheets, charts or pictures.
    """

    def __init__(self, content: bytes, sizes: dict[str, PartSize], budget: Budget) -> None:
        super().__init__(BytesIO(content))
        self._sizes = sizes
        self._budget = budget
        self._readings: dict[str, int] = {}

    def open(self, name: str | zipfile.ZipInfo, *arguments: Any, **options: Any) -> zipfile.ZipExtFile:  # type: ignore[override]  # noqa: ANN401 - as in ZipFile
        """Return a part to read, as ``ZipFile.open`` does. Raises TooLarge if the file is too large by now."""
        known = name.filename if isinstance(name, zipfile.ZipInfo) else name
        self._readings[known] = self._readings.get(known, 0) + 1
        if self._readings[known] > FREE_READINGS and (size := self._sizes.get(known)):
            self._budget.spend(Limit.UNPACKED, size.unpacked)
            for limit, amount in size.amounts.items():
                self._budget.spend(limit, amount)
        return cast("zipfile.ZipExtFile", super().open(name, *arguments, **options))


def measured_package(content: bytes, path: Path, budget: Budget) -> MeasuredPackage:
    """Return the package, with every part measured. Refuses one that is damaged, encrypted or beyond the budget.

    Every part is unpacked once, in blocks that are measured and dropped: a hostile zip declares false sizes.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise PasswordProtected(path)
        # Parts that lie over each other unpack to a multiple of what is there.
        if len(parts) > MAX_PARTS or sum(part.compress_size for part in parts) > len(content):
            raise HostileFile(path)
        if any(part.compress_type not in PACKINGS for part in parts):
            raise CorruptFile(path, "a part of it is packed as no workbook is")
        _check_ratio(sum(part.file_size for part in parts), len(content), path)
        sizes: dict[str, PartSize] = {}
        unpacked = 0
        for part in parts:
            if part.filename in sizes:
                raise CorruptFile(path, "two of its parts have the same name")
            size = sizes[part.filename] = _measure_part(archive, part, path, budget)
            unpacked += size.unpacked
            _check_ratio(unpacked, len(content), path)
    return MeasuredPackage(content, sizes, budget)


def _measure_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path, budget: Budget) -> PartSize:
    meter = PartMeter(path, part.filename, part.compress_size, budget)
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            meter.add_block(block)
    if meter.has_many_shared_formulas():
        with archive.open(part) as stream:
            measure_shared_formulas(stream, budget)
    return meter.part_size()


def _check_ratio(unpacked: int, packed: int, path: Path) -> None:
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise HostileFile(path)


def find_losses(content: bytes) -> tuple[str, ...]:
    """Return, in words, what the workbook holds that saving without Excel would lose."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
    return tuple(name for name, parts in LOSSES.items() if any(parts.match(part) for part in names))
