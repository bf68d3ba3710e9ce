"""Words that people in an office had to read twice, and that no sentence to them has again."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from server.ribbon.ribbon_table import ribbon
from tests.contract.repository import ROOT, VENDOR, committed, modules, tree

READ_TWICE = {
    r"nobody has said": "it is not on the list",
    r"\bstands in\b": "is in",
    r"\banew\b": "again",
    r"\bbe it (on|with|as)\b": "whether",
    r"\bwhoever\b": "the person who, everybody who",
    r"\bmistyped\b": "typed wrong",
    r"\blies in the future\b": "is in the future",
    r"\bwants? a look\b": "to review",
    r"\bneeds? you\b": "needs attention",
    r"\bneed you\b": "need attention",
    r"\bin force\b": "in effect, or: there is no …",
    r"\bhas moved on\b": "has changed",
    r"\bwhat became of\b": "what happened to, or what was recorded",
    r"\bis open to\b": "allows",
    r"\bcarried out twice\b": "recorded twice",
    r"\bspeaks? to Clinic Ledger\b": "the connection works",
    r"\b(licence|organis\w+|colour\w*|centre|favour\w*)\b": "American spelling",
    r"Open invoices\*\*|press Open invoices|Check this sheet": "the buttons are Invoice list and Find problems",
}
"""Each pattern, and what to write instead."""

DAY_RANGE = re.compile(r"\b[A-Z][a-z]{2} \d{1,2}-(?:[A-Z][a-z]{2} )?\d{1,2}, 20\d\d")
"""A period with a hyphen: it has an en dash, as ``in_words`` writes it."""

PAGES = ("README.md", "docs/install.md", "docs/payroll.md", "docs/invoices.md", "docs/ribbon.md")

SPOKEN = ("server/errors", "server/ribbon", "server/sheets", "server/cli", "server/papers", "addin/desktop")
"""The folders whose modules hold sentences for people."""

KEPT = {"anew", "licence-needed", "licence", "organisation"}
"""Names of inputs and codes that programs rely on."""

JS_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')


def silent_texts(module: ast.Module) -> set[int]:
    """Return the ids of the nodes that are docstrings."""
    alone = (node.value for node in ast.walk(module) if isinstance(node, ast.Expr))
    return {id(value) for value in alone if isinstance(value, ast.Constant)}


def texts_of_modules() -> Iterator[tuple[str, str]]:
    for path in modules("server", "addin"):
        if path.as_posix().startswith(SPOKEN):
            silent = silent_texts(tree(path))
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                    yield f"{path}:{node.lineno}", node.value


def texts_of_the_pane() -> Iterator[tuple[str, str]]:
    for path in committed():
        if path.suffix == ".js" and path.parts[:2] == ("addin", "office") and VENDOR not in path.parts:
            for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
                if not line.lstrip().startswith(("*", "/*", "//")):
                    yield from ((f"{path}:{number}", "".join(found)) for found in JS_TEXT.findall(line))


def texts_of_the_ribbon() -> Iterator[tuple[str, str]]:
    for button in ribbon().button:
        yield button.id, f"{button.label}. {button.tip}"
        yield from ((button.id, option.label) for option in button.options)


def texts_of_pages() -> Iterator[tuple[str, str]]:
    for name in PAGES:
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1):
            yield f"{name}:{number}", line


@cache
def spoken() -> list[tuple[str, str]]:
    """Return every text that people may read, and where it is."""
    sources = (texts_of_modules(), texts_of_the_pane(), texts_of_the_ribbon(), texts_of_pages())
    return [one for source in sources for one in source]


@pytest.mark.parametrize("pattern", READ_TWICE)
def test_no_sentence_has_words_that_are_read_twice(pattern: str) -> None:
    words = re.compile(pattern, re.IGNORECASE)
    found = [(place, text) for place, text in spoken() if words.search(text) and text not in KEPT]
    assert not found, f"write instead: {READ_TWICE[pattern]}"


def test_a_range_of_days_has_an_en_dash() -> None:
    assert not [(place, text) for place, text in spoken() if DAY_RANGE.search(text)]


def test_the_words_are_found_where_they_are() -> None:
    """The patterns match what they are about; otherwise this file would hold nothing."""
    texts = dict(spoken())
    assert any("Find problems" in text for text in texts.values())
    assert any(place.startswith("server/errors/") for place in texts)
    assert any(place.startswith("addin/office/") for place in texts)
    assert DAY_RANGE.search("Oct 1-31, 2026")
    assert not DAY_RANGE.search("Oct 1–31, 2026")
