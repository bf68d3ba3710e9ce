"""Names that a newcomer understands: no bare participle for a function, no metaphor for a module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.repository import modules, tree

FOLDERS = ("server", "addin", "manifest", "simulator", "tools", "bench")

IRREGULAR = [
    "begun",
    "bound",
    "broken",
    "chosen",
    "drawn",
    "found",
    "given",
    "gone",
    "grown",
    "held",
    "hidden",
    "kept",
    "known",
    "laid",
    "left",
    "lent",
    "lost",
    "made",
    "meant",
    "paid",
    "said",
    "seen",
    "sent",
    "shown",
    "spoken",
    "sought",
    "sworn",
    "taken",
    "taught",
    "told",
    "torn",
    "understood",
    "unfound",
    "written",
]
PAST_PARTICIPLE = re.compile(rf"_*(?:\w*[a-z]ed|(?:un|re|over|mis)?(?:{'|'.join(IRREGULAR)}))")
NO_PARTICIPLES = {
    "aging", "embed", "ending", "exceed", "feed", "finding", "heading", "missing", "need", "proceed", "reading", "rounding",
    "seed", "speed",
}  # fmt: skip
"""Words that end like a participle and are none: verbs, and nouns of this trade. A *reading* is one of the books."""

METAPHORS = {
    "alone", "anew", "aside", "beside", "besides", "consider", "desk", "given", "meant", "once", "show", "sorting",
    "stamp", "turns", "verdict", "verdicts",
}  # fmt: skip


def functions(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def is_past_participle(name: str) -> bool:
    word = name.strip("_")
    return "_" not in word and word not in NO_PARTICIPLES and bool(PAST_PARTICIPLE.fullmatch(name))


def is_bare_participle(name: str) -> bool:
    """Return whether a name is a participle alone. For a module, ``pairing`` is the name of a technique; for a function, it is none."""
    word = name.strip("_")
    is_present = re.fullmatch(r"[a-z]+ing", word) is not None and word not in NO_PARTICIPLES
    return is_present or is_past_participle(name)


@pytest.mark.parametrize("path", modules(*FOLDERS), ids=str)
def test_a_participle_has_its_noun(path: Path) -> None:
    """``_told`` says nothing; ``row_messages`` does. A function is named by what it returns or by what it does."""
    assert not [name for name in functions(path) if is_bare_participle(name)]


@pytest.mark.parametrize("path", modules(*FOLDERS), ids=str)
def test_a_module_is_named_for_the_trade_or_the_technique(path: Path) -> None:
    assert path.stem not in METAPHORS
    assert not is_past_participle(path.stem)
    assert not {name.strip("_") for name in functions(path)} & METAPHORS


def test_what_is_refused_is_a_participle_and_nothing_else() -> None:
    refused = ["_told", "listed", "unpaid", "_rewritten", "said", "asking"]
    assert all(map(is_bare_participle, refused))
    assert not any(
        map(
            is_bare_participle,
            ["feed", "reading", "row_messages", "is_settled", "paid_visits", "_read", "divide"],
        )
    )
