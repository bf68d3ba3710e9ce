"""The sections of docs/reliability.md that programs write after they have tried something."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def write_section(heading: str, text: str) -> None:
    """Replace the section under a heading such as ``## Counts``, or add it at the end. The text begins with the heading."""
    PAGE.write_text(with_section(PAGE.read_text("utf-8"), heading, text), "utf-8")


def with_section(page: str, heading: str, text: str) -> str:
    """Return the page with its section replaced, or with the section at the end."""
    pattern = re.compile(rf"^{re.escape(heading)}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: f"{text.rstrip()}\n\n", page).rstrip("\n") + "\n"
    return f"{page.rstrip()}\n\n{text.rstrip()}\n"
