"""The page on security: every threat and every safeguard names tests, and the tests are there."""

import re

import pytest

from tests.contract.repository import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ") and "tested in" not in row]

SAFEGUARDS = (
    "(a)(1)", "(a)(2)(i)", "(a)(2)(ii)", "(a)(2)(iii)", "(a)(2)(iv)", "(b)", "(c)(1)", "(c)(2)", "(d)", "(e)(1)", "(e)(2)(i)",
    "(e)(2)(ii)",
)  # fmt: skip
"""The standards of 45 CFR 164.312 and their implementation specifications."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row)[2:50])
def test_a_row_names_tests_that_are_there(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", row.rsplit("|", 2)[1])
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_technical_safeguard_has_a_row() -> None:
    found = re.findall(r"\([a-e]\)(?:\(\w+\))*", " ".join(row.split("|")[1] for row in ROWS))
    assert sorted(found) == sorted(SAFEGUARDS)
