"""Tests that a table of the gallery names: ``path/of/test_module.py::test_name``."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def is_test(node_id: str) -> bool:
    """Return whether there is a test of this name in this module."""
    path, _, name = node_id.partition("::")
    return name.startswith("test_") and name in _functions_of(ROOT / path)


@cache
def _functions_of(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
