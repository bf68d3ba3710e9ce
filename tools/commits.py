"""How commits are written: ``area: what changed``, a body that says why, and a changelog line for what users notice.

``python -m tools.commits`` lists what is wrong with the commits since this rule began.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULE = "tools/commits.py"
"""The rule begins with the commit that brought this file."""

CHANGELOG = "CHANGELOG.md"
NONE = "Changelog: none"
"""The line of a message that says that users notice nothing."""

SUBJECT = re.compile(r"[a-z0-9][\w ,&/+-]*: \S.*")
LONGEST_SUBJECT = 72

USERS_NOTICE = (
    "addin/",
    "manifest/",
    "server/api/",
    "server/billing/",
    "server/cli/",
    "server/errors/",
    "server/operations/",
    "server/ribbon/",
    "server/sheets/",
    "workbook_templates/",
)
"""Where a change is one that users may notice."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is no merge: its short hash, its message, and the files it changes."""

    hash: str
    message: str
    files: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Return the first line of the message."""
        return self.message.partition("\n")[0]


def complaints_about(commit: Commit) -> list[str]:
    """Return what is wrong with a commit, in sentences."""
    found = []
    if not SUBJECT.fullmatch(commit.subject) or len(commit.subject) > LONGEST_SUBJECT:
        found.append(f"the subject is not `area: what changed` in {LONGEST_SUBJECT} characters")
    body = commit.message.partition("\n")[2]
    if not body.replace(NONE, "").strip():
        found.append("no body says why")
    noticed = [name for name in commit.files if name.startswith(USERS_NOTICE)]
    if noticed and CHANGELOG not in commit.files and NONE not in body.splitlines():
        found.append(
            f"{noticed[0]} changes without a line in {CHANGELOG}, and without “{NONE}” in the message"
        )
    return [f"{commit.hash} {commit.subject}: {what}" for what in found]


def commits_since_rule(root: Path) -> list[Commit]:
    """Return the commits since the rule began, as far as the history at hand reaches."""
    began = _git(root, "log", "--diff-filter=A", "--format=%H", "--", RULE).split()
    if not began:
        return []
    listed = _git(
        root, "log", "--no-merges", "--name-only", "--format=%x1e%h%x1f%B%x1f", f"{began[-1]}..HEAD"
    )
    return [_commit(record) for record in listed.split("\x1e")[1:]]


def _commit(record: str) -> Commit:
    name, message, files = record.split("\x1f")
    return Commit(name, message.strip(), tuple(filter(None, files.split("\n"))))


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - arguments of our own
        ["git", "-c", "core.quotepath=off", *arguments],  # noqa: S607 - wherever git is
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    ).stdout


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong with the commits; return 1 if anything is."""
    root = Path(arguments[0]) if arguments else ROOT
    found = [line for commit in commits_since_rule(root) for line in complaints_about(commit)]
    print("\n".join(found) or "All commits are as CONTRIBUTING.md says.")  # noqa: T201 - for the terminal
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
