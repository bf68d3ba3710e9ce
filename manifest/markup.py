"""XML written by hand.

The Office manifest changes its default namespace in the middle and refers to types by bare names
(``xsi:type="Button"``). ElementTree would make up prefixes, and those names would no longer resolve.
"""

from collections.abc import Mapping
from textwrap import indent
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NOTE = "<!-- Built from ribbon.toml: python -m tools.build -->\n"


def element(name: str, attributes: Mapping[str, str] | None = None, *inside: str) -> str:
    """Return an element that contains other elements, one per line."""
    opening = name + "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
    if not inside:
        return f"<{opening} />"
    content = indent("\n".join(inside), "  ")
    return f"<{opening}>\n{content}\n</{name}>"


def text(name: str, content: str) -> str:
    """Return an element that contains only text."""
    return f"<{name}>{escape(content)}</{name}>"


def document(root: str) -> str:
    """Return a whole document around its root element."""
    return f"{DECLARATION}{NOTE}{root}\n"
