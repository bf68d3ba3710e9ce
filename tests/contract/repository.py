"""What is committed, as the house rules look at it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("server", "addin", "manifest", "tools", "bench")
VENDOR = "vendor"
"""A folder of other people's code, which keeps their taste."""


@cache
def committed() -> list[Path]:
    """Return every file of the repository, committed or about to be, from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (Path(name) for name in listed.stdout.decode().split("\0") if name)
    return sorted(path for path in paths if (ROOT / path).is_file())


def modules(*folders: str) -> list[Path]:
    """Return the Python files under some folders of the root."""
    return [path for path in committed() if path.suffix == ".py" and path.parts[0] in folders]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module as Python reads it."""
    return ast.parse((ROOT / path).read_text("utf-8"))


def called(path: Path) -> set[str]:
    """Return what a module calls, by its dotted name as written: ``print``, ``datetime.now``."""
    return {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}


def imported(path: Path) -> set[str]:
    """Return the outermost packages a module imports."""
    return {name.partition(".")[0] for name in _imports(path)}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of ours, with what it says. What other programs write is left out."""
    for path in committed():
        if VENDOR in path.parts or path.name in {"uv.lock", "package-lock.json"}:
            continue
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8_000]:
            yield path, content.decode("utf-8", "replace")
