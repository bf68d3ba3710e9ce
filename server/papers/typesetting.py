"""Sets papers as PDF files with Typst, from a template of this folder and data.

Data goes into a template as JSON and never as markup, so a name prints as it is written, whatever it looks like. A template
can read this folder and nothing else, and takes its fonts from the package, never from the computer: a paper looks the
same on every machine.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from typst import Compiler

FOLDER = Path(__file__).parent
ACCESSIBLE = "ua-1"
"""PDF/UA-1: tagged, with a title and a language, for readers who do not see the page."""

_NO_PACKAGES = FOLDER / "packages"
"""A folder that does not exist: templates use no packages, and none is downloaded."""

_one_at_a_time = Lock()


def set_paper(template: str, data: Mapping[str, Any], day: date) -> bytes:
    """Return the PDF file of a template with its data. ``day`` is the day that the file says it was made on.

    The file is PDF/UA unless a character of the data is in none of the fonts (``server.papers.letters``): then it is tagged
    all the same, but no standard allows the sign that stands for the missing letter.
    """
    from typst import TypstError  # noqa: PLC0415 - a tenth of a second that no other click should wait for

    inputs = {"data": orjson.dumps(data).decode()}
    made = datetime.combine(day, time(12), UTC)
    with _one_at_a_time:
        try:
            return _compile(template, inputs, made, [ACCESSIBLE])
        except TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            return _compile(template, inputs, made, [])


def _compile(template: str, inputs: dict[str, str], made: datetime, standards: list[Any]) -> bytes:
    compiled = _compiler().compile(
        FOLDER / template, format="pdf", sys_inputs=inputs, timestamp=made, pdf_standards=standards
    )
    if not isinstance(compiled, bytes):
        message = "Typst returned no file"
        raise TypeError(message)
    return compiled


@cache
def _compiler() -> "Compiler":
    from typst import Compiler, Fonts  # noqa: PLC0415 - as above

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return Compiler(root=FOLDER, font_paths=fonts, package_path=_NO_PACKAGES, package_cache_path=_NO_PACKAGES)
