"""Files that answer a button: sent ahead of the click, which then names each by its digest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from addin.desktop.files.refusals import EmptyFile
from addin.desktop.files.regular_files import LargerFile, read_regular_file
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

LARGEST = 20_000_000
"""Bytes of a file. The service has the same limit; here we check it before we send anything."""


class FileNotSent(Refusal):
    """A file cannot be handed over; nothing was sent at all."""

    code = "file-not-sent"
    title = "The file was not sent"


class FileTooLarge(FileNotSent):
    """The file is larger than the service accepts."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is larger than {LARGEST // 1_000_000} MB, which is the most that is kept.",
            "Scan it again in black and white or at a lower resolution, or split it.",
        )


class NoClinicForFile(FileNotSent):
    """A document is kept for a clinic, and the workbook belongs to none."""

    def __init__(self) -> None:
        super().__init__(
            "A file is kept for a clinic, and this workbook does not belong to one yet.",
            "Choose the clinic first, then press the button again.",
        )


def send_files(request: Mapping[str, Any], service: Service) -> dict[str, Any]:
    """Send the files among the inputs of a request; return it with the digest of each in its place.

    A file is an input that is a ``Path``. All are read before the first is sent. Raises Refusal.
    """
    inputs, clinic = request["inputs"], request["workbook"]["clinic"]
    files = {name: path for name, path in inputs.items() if isinstance(path, Path)}
    if files and not clinic:
        raise NoClinicForFile
    contents = {name: content_of(path) for name, path in files.items()}
    digests = {name: service.keep_document(clinic, contents[name], path.name) for name, path in files.items()}
    return {**request, "inputs": {**inputs, **digests}}


def content_of(path: Path) -> bytes:
    """Return the bytes of a regular file. Raises Refusal, without reading all of one that is too large."""
    try:
        content, _ = read_regular_file(path, LARGEST)
    except LargerFile:
        raise FileTooLarge(path) from None
    if not content:
        raise EmptyFile(path)
    return content
