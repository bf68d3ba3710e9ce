"""Many programs at one clinic's books, and programs that die."""

import subprocess
import sys
from pathlib import Path

import pytest

from server.billing.clinics import Setup
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.invented import LAKESIDE

WORKER = str(Path(__file__).with_name("worker.py"))


def start(folder: Path, *task: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, WORKER, str(folder), *task], stdout=subprocess.PIPE, text=True)


def written(books_of: ClinicStore) -> int:
    """Return how many transactions are in the books; each adds a provider."""
    with books_of.reading() as books:
        return len(books.setup().providers)


def is_whole(folder: Path) -> bool:
    """Return whether the books are as their journal and the engine's own checks say."""
    return isinstance(Ledger(folder).clinic("lakeside").verify(), Verified)


def test_eight_programs_make_and_write_the_same_books_and_none_is_turned_away(folder: Path) -> None:
    programs = start(folder, "write", "10", "8")
    programs.communicate(timeout=60)
    assert programs.returncode == 0

    with Ledger(folder).clinic("lakeside").reading() as books:
        assert len(books.setup().providers) == 80
        assert [run.revision for run in books.runs()] == [80]
    assert is_whole(folder)


def test_a_program_killed_in_the_middle_of_writing_leaves_nothing_half_written(folder: Path) -> None:
    worker = start(folder, "hang")
    assert worker.stdout
    assert worker.stdout.readline() == "written\n"
    worker.kill()
    worker.communicate()

    assert is_whole(folder)
    lakeside = Ledger(folder).clinic("lakeside")
    with lakeside.transaction() as books:
        assert books.runs() == []
        books.save_setup(Setup(LAKESIDE), "ana")


@pytest.mark.many_rounds
def test_a_program_killed_at_any_moment_leaves_whole_transactions(folder: Path) -> None:
    lakeside = Ledger(folder).open_clinic(LAKESIDE)
    worker = start(folder, "write", "1000000")
    while written(lakeside) < 20:
        assert worker.poll() is None
    worker.kill()
    worker.communicate()

    assert is_whole(folder)
    with lakeside.reading() as books:
        assert [run.revision for run in books.runs()] == [written(lakeside)]
