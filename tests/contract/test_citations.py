"""Every citation leads somewhere: of a rule, a page of the docs, a decision, a test."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.contract.citations import (
    ABSENT,
    ANCHOR,
    RULES,
    Citation,
    citations_in,
    leads_nowhere,
    prose,
)
from tests.contract.repository import ROOT, committed, modules, texts, tree

NOT_BUILT = "**Not built yet.**"
UNUSED_NUMBERS = {27, 43}

README = RULES / "README.md"
RULE_PAGES = sorted(
    path for path in committed() if path.parent == RULES and path.suffix == ".md" and path != README
)
DOCS = RULES.parent


def test_every_citation_leads_to_a_file_and_an_anchor() -> None:
    dangling = [
        f"{path}: {citation.words}"
        for path, text in texts()
        for citation in citations_in(path, text)
        if leads_nowhere(citation)
    ]
    assert not dangling


def test_no_file_cites_a_document_that_is_not_here() -> None:
    guilty = [
        f"{path}: {found[0]}"
        for path, text in texts()
        if ABSENT.search(text) and (found := ABSENT.search(prose(path, text)))
    ]
    assert not guilty


@pytest.mark.parametrize("page", [*RULE_PAGES, Path("docs/contracts.md")], ids=str)
def test_an_anchor_stands_for_one_rule(page: Path) -> None:
    anchors = Counter(ANCHOR.findall((ROOT / page).read_text("utf-8")))
    assert not [anchor for anchor, times in anchors.items() if times > 1]
    assert not [anchor for anchor in anchors if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", anchor)]


@pytest.mark.parametrize("page", RULE_PAGES, ids=str)
def test_every_rule_has_an_anchor_and_says_something(page: Path) -> None:
    title, *rules = re.split(r"^### ", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE)
    assert title.startswith("# ")
    assert rules
    for rule in rules:
        heading, _, body = rule.partition("\n")
        assert ANCHOR.match(heading), heading
        assert body.strip(), heading


def test_the_list_of_pages_is_complete() -> None:
    listed = (ROOT / README).read_text("utf-8")
    assert not [page.name for page in RULE_PAGES if f"({page.name})" not in listed]


# -- the modules that the docs name


ARCHITECTURE = (ROOT / DOCS / "architecture.md").read_text("utf-8")
READERS = [
    path
    for path in modules("server")
    if path.parent == Path("server/sheets/appointment_log") and path.stem != "__init__"
]


PAGES = [path for path in committed() if path.suffix == ".md" and path.parts[0] != "tests"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    known = "\n".join(f"/{path.as_posix()}" for path in committed()) + "\n"
    text = (ROOT / page).read_text("utf-8")
    named = {name.removeprefix("../") for name in re.findall(r"`([\w./-]+\.(?:py|toml|sql|typ|xlsx))`", text)}
    assert not [name for name in named if f"/{name}\n" not in known]


def test_the_architecture_names_modules() -> None:
    assert len(re.findall(r"`[\w./]+\.py`", ARCHITECTURE)) > 50


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_the_architecture_names_every_module_that_reads_a_log(path: Path) -> None:
    assert f"{path.name}`" in ARCHITECTURE


# -- the cases seen in the wild


@cache
def edge_cases() -> dict[int, str]:
    text = (ROOT / RULES / "edge-cases.md").read_text("utf-8")
    parts = re.split(r"^### .*</a>(\d+)\. ", text, flags=re.MULTILINE)[1:]
    return {int(number): body for number, body in zip(parts[::2], parts[1::2], strict=True)}


@cache
def names_of_tests() -> frozenset[str]:
    return frozenset(
        node.name
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_the_edge_cases_keep_their_numbers() -> None:
    assert list(edge_cases()) == sorted(set(range(1, 45)) - UNUSED_NUMBERS)


@pytest.mark.parametrize("number", edge_cases())
def test_an_edge_case_that_is_built_names_tests_that_exist(number: int) -> None:
    built, _, _ = edge_cases()[number].partition(NOT_BUILT)
    says_something = bool(built.partition("\n")[2].partition("\n## ")[0].strip())
    named = re.findall(r"`(test_\w+)`", built)
    assert bool(named) == says_something
    assert not set(named) - names_of_tests()


# -- whether a citation that leads nowhere is seen


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "rule: payroll{}#no-such-rule"),
        ("a.py", "rule: {}no-such-page#rounding"),
        ("a.py", "rule: payroll#rounding, payroll{}#no-such-rule"),
        ("a.py", "rules: {}payroll#rounding and\nno-such-page#rounding"),
        ("a.py", "rule: {}payroll#"),
        ("a.py", "as said before (payroll{}#no-such-rule)"),
        ("a.py", "d{}ocs/no-such-page.md"),
        ("a.py", "d{}ocs/contracts.md#no-such-anchor"),
        ("a.py", "A{}DR 999"),
        ("a.md", "[a page]{}(no-such-page.md)"),
        ("a.md", "[a page]{}(contracts.md#no-such-anchor)"),
        ("rules/a.md", "[a page]{}(contracts.md#clicks)"),
        ("rules/payroll.md", "[a rule]{}(#no-such-rule)"),
        ("a.md", "[a page]{}(../../elsewhere.md)"),
    ],
)
def test_a_citation_that_leads_nowhere_is_found(path: str, text: str) -> None:
    assert [one for one in citations_in(DOCS / path, text.format("")) if leads_nowhere(one)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "(rule: payroll#rounding)"),
        ("a.py", "(rule: payroll#rounding, edge-cases#whole-cents)"),
        ("a.js", "the click (docs/contracts.md#clicks)"),
        ("a.py", "see ADR 21"),
        ("a.md", "[the options](ribbon.md#options)"),
        ("rules/a.md", "[the click](../contracts.md#clicks)"),
        ("rules/payroll.md", "[rates](#rates)"),
        ("a.md", "[elsewhere](https://example.com/page.md#anchor)"),
    ],
)
def test_a_citation_that_leads_somewhere_is_followed(path: str, text: str) -> None:
    found = list(citations_in(DOCS / path, text))
    assert all(isinstance(one, Citation) and not leads_nowhere(one) for one in found)
    assert found or "https:" in text


@pytest.mark.parametrize("document", ["DOM{}AIN 8.16", "DES{}IGN.md section 5", "(FAC{}TS)", "the STY{}LE"])
def test_a_document_that_is_not_here_is_recognized(document: str) -> None:
    cited = f'"""Read dates, {document.format("")}."""\n'
    assert ABSENT.search(prose(Path("a.py"), cited))
    assert ABSENT.search(cited)


def test_a_constant_of_the_same_name_cites_nothing() -> None:
    assert not ABSENT.search(
        prose(Path("a.py"), 'FAC\u0054S = ("number",)\n"""Beside it its ``FAC\u0054S``."""\n')
    )
