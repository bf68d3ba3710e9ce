"""The lines of a text that staff typed into one cell: an address, or terms of payment."""

import re

_LINE_ENDS = re.compile(r"\s*[;\r\n]+\s*")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, which are separated by line breaks or semicolons."""
    return [line for line in _LINE_ENDS.split(text.strip()) if line]
