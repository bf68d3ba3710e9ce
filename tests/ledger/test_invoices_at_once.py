"""Many programs at the same invoices, and programs that die in the middle of a batch."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.ledger.clinic_store import ClinicStore
from server.ledger.verify import Verified
from tests.ledger.invoiced import a_draft, created

WORKER = str(Path(__file__).with_name("invoicing_worker.py"))
INVOICES, TIMES, PROGRAMS, KILLS = 20, 4, 8, 60


def told(folder: Path, *task: object) -> list[int]:
    """Run the worker to its end, which has to be a good one, and return the numbers it tells."""
    command = [sys.executable, WORKER, str(folder), *map(str, task)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return [int(number) for number in done.stdout.split()]


@pytest.fixture
def numbers(lakeside: ClinicStore) -> list[str]:
    return created(lakeside, *[a_draft(f"Patient {place}") for place in range(INVOICES)])


def test_eight_programs_at_the_same_invoices_lose_no_step_and_overwrite_none(
    lakeside: ClinicStore, folder: Path, numbers: list[str]
) -> None:
    refused = told(folder, "work", TIMES, PROGRAMS)

    assert len(refused) == PROGRAMS
    assert sum(refused) > 0
    verified = lakeside.verify()
    assert isinstance(verified, Verified)
    assert verified.steps == INVOICES * (1 + TIMES * PROGRAMS)
    with lakeside.reading() as books:
        assert {one.version for one in books.invoices.find()} == {1 + TIMES * PROGRAMS}
        notes = [one.step.request.note for one in books.invoices.history(numbers[0])]
    assert len(set(notes[1:])) == TIMES * PROGRAMS


@pytest.mark.many_rounds
@pytest.mark.skipif(not hasattr(os, "fork"), reason="starting sixty programs takes Windows minutes")
@pytest.mark.usefixtures("numbers")
def test_a_batch_killed_at_any_moment_is_recorded_whole_or_not_at_all(
    folder: Path, record_property: Callable[[str, object], None]
) -> None:
    steps = told(folder, "kill", KILLS)

    assert len(steps) >= KILLS
    assert all(count % INVOICES == 0 for count in steps)
    assert steps == sorted(steps)
    assert steps[-1] > INVOICES
    record_property("Programs killed in the middle of a batch, each recorded whole or not at all", len(steps))
