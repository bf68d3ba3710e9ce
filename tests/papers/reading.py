"""Reads PDF files as a reader would: their text by page, and their tags."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

MONEY = r"(-?\$[\d,]+\.\d\d)"


def reader_of(content: bytes) -> PdfReader:
    """Return a reader of a PDF file."""
    return PdfReader(BytesIO(content))


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in reader_of(content).pages]


def text_of(content: bytes) -> str:
    """Return the whole text, with single spaces."""
    return " ".join(" ".join(pages_of(content)).split())


def cents_after(label: str, text: str) -> int:
    """Return the amount behind a label."""
    found = re.search(rf"{re.escape(label)}\s*{MONEY}", text)
    assert found, label
    return int(re.sub(r"[$,.]", "", found[1]))


def tags_of(content: bytes) -> Iterator[str]:
    """Yield the kind of every element of the structure tree: H1, Table, TH and so on."""
    waiting: list[Any] = [reader_of(content).root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if "/S" in node:
                yield str(node["/S"]).removeprefix("/")
            if "/K" in node:
                waiting.append(node["/K"])
