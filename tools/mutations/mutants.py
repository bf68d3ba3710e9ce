"""The ways in which a module can be made wrong: one small change each, in its syntax tree.

Words are left out: strings, docstrings, annotations, decorators and imports decide what a person or a type checker
reads, not what the rules decide.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
"""Each operator and the one that it is mistaken for most easily."""

SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or", ast.Add: "+",
    ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.Not: "not",
    ast.Invert: "~", ast.USub: "-", ast.UAdd: "+", ast.Break: "break", ast.Continue: "continue",
}  # fmt: skip

WORDS = (ast.Import, ast.ImportFrom, ast.JoinedStr)
"""Statements and expressions in which nothing is changed."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module. ``code`` is the line that is changed; ``number`` counts the changes of the module."""

    module: str
    number: int
    line: int
    change: str
    code: str


@dataclass(frozen=True, slots=True)
class _Site:
    """A place in a tree: the node, and the field of its parent that holds it."""

    node: ast.AST
    parent: ast.AST
    field: str
    place: int | None

    def put(self, node: ast.AST) -> None:
        """Put another node in this place."""
        if self.place is None:
            setattr(self.parent, self.field, ast.copy_location(node, self.node))
        else:
            getattr(self.parent, self.field)[self.place] = ast.copy_location(node, self.node)


def mutants_of(path: Path, module: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its tree."""
    text = path.read_text("utf-8")
    lines = text.splitlines()
    return [
        Mutant(module, number, line, change, lines[line - 1].strip())
        for number, (line, change, _) in enumerate(_changes(ast.parse(text)))
    ]


def mutated_tree(text: str, number: int) -> ast.Module:
    """Return the tree of a module with the change of this number made."""
    tree = ast.parse(text)
    for place, (_, _, (site, node)) in enumerate(_changes(tree)):
        if place == number:
            site.put(node)
            return ast.fix_missing_locations(tree)
    raise IndexError(number)


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, tuple[_Site, ast.AST]]]:
    """Yield line, description and replacement of every possible change; nothing is changed yet."""
    line = 1
    for site in _sites(tree):
        line = getattr(site.node, "lineno", line)
        for change, node in _replacements(site):
            yield line, change, (site, node)


def _sites(parent: ast.AST) -> Iterator[_Site]:
    for field, value in ast.iter_fields(parent):
        if field in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        nodes: Sequence[object] = value if isinstance(value, list) else [value]
        for place, node in enumerate(nodes):
            if isinstance(node, ast.AST) and not isinstance(node, WORDS) and not _is_type_alias(node):
                yield _Site(node, parent, field, place if isinstance(value, list) else None)
                yield from _sites(node)


def _is_type_alias(node: ast.AST) -> bool:
    """Return whether a statement names a type: ``Key = tuple[str, int]``, ``Pairing = Callable[...]``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Subscript | ast.BinOp):
        return False
    return all(
        isinstance(
            part, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple | ast.List | ast.BinOp | ast.Constant
        )
        and not (isinstance(part, ast.Constant) and isinstance(part.value, int))
        for part in ast.walk(node.value)
        if isinstance(part, ast.expr)
    )


def _replacements(site: _Site) -> Iterator[tuple[str, ast.AST]]:
    node = site.node
    if type(node) in SWAPS:
        other = SWAPS[type(node)]
        yield f"{SIGNS[type(node)]} becomes {SIGNS[other]}", other()
    if isinstance(node, ast.stmt):
        yield from _other_statements(node)
    elif isinstance(node, ast.expr):
        yield from _other_expressions(node)
        if site.field in {"test", "ifs"}:
            yield "condition reversed", ast.UnaryOp(ast.Not(), node)


def _other_statements(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Expr(value=ast.Call()):
            yield "call removed", ast.Pass()
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "returns None", ast.Return(ast.Constant(None))
        case ast.AugAssign() | ast.Raise():
            yield "statement removed", ast.Pass()


def _other_expressions(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Constant(value=bool() as value):
            yield f"{value} becomes {not value}", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield f"{value} becomes {value + 1}", ast.Constant(value + 1)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub() as sign, operand=operand):
            yield f"{SIGNS[type(sign)]} removed", operand
        case ast.Set(elts=elements) if len(elements) > 1:
            for place, element in enumerate(elements):
                rest = [*elements[:place], *elements[place + 1 :]]
                yield f"{ast.unparse(element)} removed from the set", ast.Set(rest)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
