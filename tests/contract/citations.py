"""What the files of the repository cite: rules, pages, decisions, tests."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.contract.repository import ROOT, committed

RULES = Path("docs/rules")

ANCHOR = re.compile(r'<a id="([^"]*)"></a>')
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

ONE_RULE = r"[a-z][a-z-]*#[\w-]*"
RULE = re.compile(rf"\brules?: +({ONE_RULE}(?:(?:,| and)\s+{ONE_RULE})*)")
PAGE = re.compile(r"(?<![\w./-])(docs/[\w./-]*\w\.md)(?:#([\w-]*))?")
DECISION = re.compile(r"\bADRs? (\d+)")
LINK = re.compile(r"\]\((?![a-z]+:)([^()#\s]*)(?:#([\w-]*))?\)")

ABSENT = re.compile(r"(?<![\w.`])(?:DOM(?:AIN)|DES(?:IGN)|FAC(?:TS)|STY(?:LE))(?:\.md)?(?![\w`])")
"""Documents that were cited once and are not in the repository."""


@dataclass(frozen=True, slots=True)
class Citation:
    """That a file names a place: a file from the root of the repository, and an anchor in it or ""."""

    words: str
    target: Path
    anchor: str = ""


def citations_in(path: Path, text: str) -> Iterator[Citation]:
    """Yield what a file cites. Links are followed in Markdown only, from the folder of the page."""
    announced = [rule for found in RULE.finditer(text) for rule in re.findall(ONE_RULE, found[1])]
    for rule in dict.fromkeys([*announced, *bare_rule().findall(text)]):
        page, _, anchor = rule.partition("#")
        yield Citation(rule, RULES / f"{page}.md", anchor or "?")
    for found in PAGE.finditer(text):
        yield Citation(found[0], Path(found[1]), found[2] or "")
    for found in DECISION.finditer(text):
        yield Citation(found[0], decision_page(int(found[1])))
    for found in LINK.finditer(FENCE.sub("", text)) if path.suffix == ".md" else ():
        yield Citation(found[0], _linked_file(path, found[1]), found[2] or "")


@cache
def bare_rule() -> re.Pattern[str]:
    """Return what finds the rule of a page there is, with or without the word before it."""
    pages = "|".join(path.stem for path in committed() if path.parent == RULES)
    return re.compile(rf"(?<![\w./-])(?:{pages})#[\w-]+")


def decision_page(number: int) -> Path:
    """Return the page of a decision; where there is none, one that cannot be found."""
    pages = [page for page in committed() if page.as_posix().startswith(f"docs/adr/{number:04}-")]
    return pages[0] if pages else Path(f"docs/adr/{number:04}")


def leads_nowhere(citation: Citation) -> bool:
    """Return whether the cited file or anchor does not exist."""
    if not (ROOT / citation.target).exists():
        return True
    return bool(citation.anchor) and citation.anchor not in places(citation.target)


@cache
def places(page: Path) -> frozenset[str]:
    """Return the anchors of a page. In pages of rules, only those written out count: headings get reworded."""
    text = (ROOT / page).read_text("utf-8")
    headings = () if page.parent == RULES else HEADING.findall(FENCE.sub("", text))
    return frozenset([*ANCHOR.findall(text), *map(_slug, headings)])


def prose(path: Path, text: str) -> str:
    """Return what is written for people in a file: of Python, the comments and strings."""
    if path.suffix != ".py":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(token.string for token in tokens if token.type not in {tokenize.NAME, tokenize.OP})


def _linked_file(page: Path, link: str) -> Path:
    target = (ROOT / page.parent / link).resolve() if link else ROOT / page
    return target.relative_to(ROOT) if target.is_relative_to(ROOT) else Path("outside the repository")


def _slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    plain = re.sub(r"<[^>]*>|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
