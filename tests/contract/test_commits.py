"""Commits say what changed and why, and what users notice is in the changelog."""

import subprocess
from pathlib import Path

import pytest

from tools.commits import NONE, ROOT, RULE, Commit, commits_since_rule, complaints_about

GOOD = "sheets: read durations\n\nThey were taken for minutes."


def test_the_commits_of_this_repository_are_as_contributing_says() -> None:
    assert [line for commit in commits_since_rule(ROOT) for line in complaints_about(commit)] == []


@pytest.mark.parametrize(
    ("message", "files", "what"),
    [
        (GOOD, ("server/sheets/cells.py", "CHANGELOG.md"), ""),
        (GOOD, ("tests/sheets/test_cells.py", "server/ledger/store.py"), ""),
        (f"{GOOD}\n\n{NONE}", ("server/sheets/cells.py",), ""),
        (GOOD, ("server/sheets/cells.py",), "without a line in CHANGELOG.md"),
        ("sheets: read durations", ("CHANGELOG.md",), "no body says why"),
        (f"sheets: read durations\n\n{NONE}", (), "no body says why"),
        ("Read durations\n\nWhy not.", (), "the subject is not"),
        (f"sheets: {'a' * 80}\n\nWhy not.", (), "the subject is not"),
    ],
)
def test_what_is_wrong_with_a_commit_is_said(message: str, files: tuple[str, ...], what: str) -> None:
    found = complaints_about(Commit("abc1234", message, files))
    assert (what in "".join(found)) if what else not found
    assert all(line.startswith("abc1234 ") for line in found)


def test_commits_are_looked_at_from_the_rule_on_and_merges_are_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=A Name", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(name: str, message: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(message)
        git("add", ".")
        git("commit", "-m", message)

    git("init", "-b", "main")
    commit("before.py", "before the rule")
    commit(RULE, "tools: begin the rule\n\nBecause.")
    git("checkout", "-b", "side")
    commit("server/api/side.py", "api: change something\n\nBecause.")
    git("checkout", "main")
    commit("server/sheets/straße.py", "no area")
    git("merge", "--no-ff", "-m", "Merge side", "side")

    found = commits_since_rule(tmp_path)

    assert sorted(one.subject for one in found) == ["api: change something", "no area"]
    assert [one.files for one in found if one.subject == "api: change something"] == [("server/api/side.py",)]
