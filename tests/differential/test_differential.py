"""One truth in many dialects: every log is read as it is meant, or asked about, or blocked, and never paid wrongly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from random import Random

import pytest

from tests.differential.dialects import SWITCHES, chosen, written
from tests.differential.judge import DONE, WRONG, Verdict, differences, judged, judgment_of
from tests.differential.office import Office, an_office
from tests.differential.page import Page
from tests.differential.shrinking import Failure, described, naming_the_log, smallest
from tests.differential.truth import ATTENDED, GROUP, JANE, LATE, MARIA, NO_SHOW, TALK, Visit, invented_visits

CHUNKS, LOGS = 20, 100
"""Two thousand logs, each chunk with books of its own."""

MILD_CHUNKS = 8
"""Chunks of logs that vary as ordinary exports do."""

MILD_FLOOR, ANY_FLOOR = 85, 35
"""How many of a hundred logs are to be paid without a blocker: blocking everything is safe and useless."""

WITH_SHEETS = 16
"""Every sixteenth log is pressed with all its sheets; of the others the run is read from which sheets are written."""

SHOWN = 3
"""How many failures of a chunk are shown."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_log_is_paid_otherwise_than_it_is_meant(chunk: int) -> None:
    kinds: Counter[str] = Counter()
    failures: list[str] = []
    is_mild = chunk < MILD_CHUNKS
    with an_office() as office:
        for number in range(chunk * LOGS, (chunk + 1) * LOGS):
            seed = f"log {number}"
            visits, names = drawn(seed, is_mild=is_mild)
            page = written(seed, visits, names)
            with naming_the_log(seed, names, page):
                verdict = _judged(office, page, with_sheets=number % WITH_SHEETS == 0)
            kinds[verdict.kind] += 1
            if verdict.kind == WRONG and len(failures) < SHOWN:
                failures.append(f"{seed}\n{described(shrunk(office, seed, visits, names))}")
    assert not failures, f"{kinds[WRONG]} of {LOGS} logs are paid wrongly\n\n" + "\n\n".join(failures)
    assert kinds[DONE] >= (MILD_FLOOR if is_mild else ANY_FLOOR), kinds


def _judged(office: Office, page: Page, *, with_sheets: bool) -> Verdict:
    """Judge a page; where its sheets are written, they must say what the run says."""
    if not with_sheets:
        return judged(office, page)
    pressed = office.pressed(page)
    assert not list(differences(pressed, office.settled(page)))
    return judgment_of(page, pressed)


def drawn(seed: str, *, is_mild: bool) -> tuple[list[Visit], list[str]]:
    """Return the visits and the switches of a log."""
    rng = Random(seed)  # noqa: S311 - invented data, no secret
    visits = invented_visits(rng, rng.randrange(4, 13))
    return visits, chosen(rng, rng.randrange(1, 6), mild=is_mild)


def shrunk(office: Office, seed: str, visits: Sequence[Visit], names: Sequence[str]) -> Failure:
    """Return the smallest log that fails as this one does."""
    return smallest(partial(written, seed), partial(judged, office), visits, names)


def test_the_dialects_are_many_and_every_one_is_spoken() -> None:
    spoken: set[str] = set()
    for number in range(MILD_CHUNKS * LOGS, CHUNKS * LOGS):
        spoken.update(drawn(f"log {number}", is_mild=False)[1])
    assert len(SWITCHES) >= 100
    assert spoken == SWITCHES.keys()


def test_a_dialect_changes_what_is_written_and_not_the_truth_of_other_rows() -> None:
    visits, _ = drawn("log 1", is_mild=False)
    plain = written("log 1", visits, [])
    assert [row.visit for row in plain.visit_rows()] == visits
    for name in ("columns in another order", "dates as ISO text", "hidden rows", "blank rows between"):
        page = written("log 1", visits, [name])
        assert [row.visit for row in page.visit_rows()] == visits
        assert (page.rows, page.numbered()) != (plain.rows, plain.numbered())


@pytest.mark.parametrize(
    ("changes", "cents"),
    [
        ({"minutes": 50}, 8_333),
        ({"minutes": 45}, 7_500),
        ({"service": GROUP}, 4_775),
        ({"provider": MARIA, "client": 2_525, "insurer": 10_000}, 7_828),
        ({"status": LATE}, 2_500),
        ({"status": NO_SHOW}, None),
        ({"status": NO_SHOW, "service": GROUP}, 2_388),
        ({"status": LATE, "service": GROUP}, None),
    ],
)
def test_the_truth_pays_what_one_works_out_by_hand(changes: dict[str, object], cents: int | None) -> None:
    assert replace(_a_visit(), **changes).pay == cents  # type: ignore[arg-type]


def _a_visit() -> Visit:
    visit = invented_visits(Random(1), 1)[0]  # noqa: S311
    return replace(
        visit,
        day=visit.day.replace(month=9, day=20),
        provider=JANE,
        service=TALK,
        status=ATTENDED,
        minutes=60,
    )


@pytest.mark.parametrize(
    "changes", [{"minutes": 61}, {"provider": MARIA}, {"status": NO_SHOW}, {"service": GROUP}], ids=str
)
def test_the_judge_sees_a_row_that_is_paid_otherwise(changes: dict[str, object]) -> None:
    page = written("log 1", [_a_visit()], [])
    row = page.visit_rows()[0]
    row.visit = replace(_a_visit(), **changes)  # type: ignore[arg-type]
    with an_office() as office:
        verdict = judged(office, page)
    assert verdict.kind == WRONG
    assert verdict.wrongs


def test_the_judge_sees_a_row_that_is_lost() -> None:
    page = written("log 1", [_a_visit()], [])
    lost = page.row_of(_a_visit())
    page.rows.append(lost)
    page.rows[-1].cells = [replace(shown, value=None) for shown in lost.cells]
    with an_office() as office:
        verdict = judged(office, page)
    assert (verdict.kind, len(verdict.wrongs)) == (WRONG, 1)
    assert "in no sheet" in verdict.wrongs[0]
