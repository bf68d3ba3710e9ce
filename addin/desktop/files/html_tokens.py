"""Cuts the text of a web page into tags and text, in time proportional to its length, whatever it holds.

It follows the tokenizer of the HTML standard as far as tables need it. What is never closed (a tag, a comment, a
script) reaches to the end of the page, so no place is looked at twice.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]*+)))?+"""
)
TAG_END = re.compile(r"[\s/]*+>")
COMMENT_END = re.compile("--!?+>")
RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content is no HTML: it ends at their own end tag."""

KEPT = {"rowspan", "colspan"}
"""The attributes that count. A page may have millions of others."""

LONG_REFERENCE = re.compile(r"&#(?:0*+[0-9]{8,}+|[xX]0*+[0-9a-fA-F]{7,}+);?")
"""A character by a number that no character has. Python refuses to read numbers of thousands of digits."""


class Tag(NamedTuple):
    """A start tag or an end tag. Names are in lower case; of an attribute given twice the first counts."""

    name: str
    is_end: bool
    attributes: dict[str, str]


def html_tokens(page: str) -> Iterator[Tag | str]:
    """Yield the tags of a page and the text between them. Comments and declarations are left out."""
    at, end = 0, len(page)
    while at < end:
        opening = page.find("<", at)
        if opening < 0:
            yield plain_text(page[at:])
            return
        if opening > at:
            yield plain_text(page[at:opening])
        at = opening + 1
        is_end = page.startswith("/", at)
        if name := NAME.match(page, at + is_end):
            attributes, at = _attributes_after(page, name.end())
            if at > end:
                return
            tag = Tag(name[0].lower(), is_end, attributes)
            yield tag
            if not is_end and tag.name in RAW:
                closing = RAW[tag.name].search(page, at)
                at = closing.start() if closing else end
        elif page.startswith("!--", at):
            at = _end_of_comment(page, at + 3)
        elif is_end or page.startswith(("!", "?"), at):
            at = _place_after(page, ">", at)
        else:
            yield "<"


def plain_text(text: str) -> str:
    """Return a text with its character references resolved."""
    return unescape(LONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text)) if "&" in text else text


def _attributes_after(page: str, at: int) -> tuple[dict[str, str], int]:
    """Return the attributes that begin at a place, and the place after the tag; past the page if it is not closed."""
    attributes: dict[str, str] = {}
    while not (closing := TAG_END.match(page, at)):
        attribute = ATTRIBUTE.match(page, at)
        if attribute is None:
            return attributes, len(page) + 1
        attribute_name = attribute["name"].lower()
        if attribute_name in KEPT:
            value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
            attributes.setdefault(attribute_name, plain_text(value))
        at = attribute.end()
    return attributes, closing.end()


def _end_of_comment(page: str, at: int) -> int:
    """Return the place after a comment whose text begins at a place; ``<!-->`` and ``<!--->`` are whole comments."""
    for short in (">", "->"):
        if page.startswith(short, at):
            return at + len(short)
    closing = COMMENT_END.search(page, at)
    return closing.end() if closing else len(page)


def _place_after(page: str, wanted: str, at: int) -> int:
    found = page.find(wanted, at)
    return len(page) if found < 0 else found + len(wanted)
