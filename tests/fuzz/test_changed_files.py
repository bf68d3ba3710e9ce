"""Files changed at random: each is opened or refused in a sentence, within its limits, and nothing is left half written."""

import os
from pathlib import Path

import pytest

from tests.fuzz.campaign import HEADING, Counts, counts_of, section
from tests.fuzz.case_program import outcome_of, work_on
from tests.fuzz.mutators import mutated_file
from tests.fuzz.seed_files import seed_files
from tools.reliability_page import with_section

POSIX = pytest.mark.skipif(os.name != "posix", reason="only POSIX limits a process")
CASES = 2_000


@POSIX
def test_two_thousand_changed_files_end_in_a_result_or_in_a_sentence() -> None:
    counts = counts_of(0, CASES, 1)
    assert counts.cases == CASES
    assert not any(counts.failed.values()), counts.failed
    # Most changes leave something to read: a fuzzer whose files are all refused at the door tries nothing.
    assert sum(number for (_, outcome), number in counts.outcomes.items() if outcome == "opened") > CASES / 3


@pytest.mark.parametrize("name", seed_files())
def test_a_seed_is_opened_and_saved(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(seed_files()[name])
    assert work_on(tmp_path / name) == "opened"


def test_the_same_number_gives_the_same_file() -> None:
    seeds = seed_files()
    assert [mutated_file(number, seeds) for number in range(50)] == [
        mutated_file(number, seeds) for number in range(50)
    ]


def test_an_error_and_a_file_left_behind_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> str:
        path.with_name("half.xlsx").touch()
        raise ValueError("a text of the file")

    monkeypatch.setattr("tests.fuzz.case_program.work_on", fail)
    told = outcome_of("log.csv", b"a,b\n", tmp_path)
    assert (told["outcome"], told["error"], told["partial"]) == ("uncaught", "ValueError", True)
    assert "a text of the file" not in str(told)
    counts = Counts()
    counts.add(told)
    assert [len(cases) for cases in counts.failed.values()] == [1, 0, 1]


def test_a_section_of_the_page_is_replaced_and_the_others_stay() -> None:
    page = f"# Reliability\n\n{HEADING}\n\nold\n\n## Other\n\nstays\n"
    counts = Counts()
    counts.add({"outcome": "opened", "seconds": 0.1, "partial": False, "kind": "log.csv"})
    text = section(counts, 0, "today")
    once = with_section(page, HEADING, text)
    assert "old" not in once
    assert once.endswith("\n## Other\n\nstays\n")
    assert with_section(once, HEADING, text) == once
    assert with_section("# Reliability\n", HEADING, text).count(HEADING) == 1
