"""Two exports of the same visits, one after the other: after a close no visit is paid again, however it is written."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests.differential.dialects import SWITCHES, written
from tests.differential.office import Office, Pressed, an_office
from tests.differential.page import Page
from tests.differential.shrinking import table_of
from tests.differential.truth import ALIASES, ATTENDED, CODES, Visit, invented_visits

PAIRS, CHUNKS = 20, 6

IDS = (
    "",
    "IDs as numbers",
    "IDs with leading zeros",
    "IDs whose zeros are only a format",
    "IDs in lower case",
    "no appointment IDs",
)
PATIENTS = ("", "no patients", "patients as numbers", "patients as first and last name")
PEOPLE = ("", "providers by an alias", "providers in several spellings", "providers with hidden characters")
OTHERS = (
    "",
    "dates as ISO text",
    "services by name",
    "columns in another order",
    "a .csv file",
    "an .xlsx file",
    "headings in short",
)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_after_a_close_no_visit_is_paid_again(chunk: int) -> None:
    failures: list[str] = []
    with an_office() as office:
        for number in range(chunk * PAIRS, (chunk + 1) * PAIRS):
            failures += _pair(office, f"pair {number}")
    assert not failures, f"{len(failures)} of {PAIRS} pairs\n\n" + "\n\n".join(failures[:2])


def _pair(office: Office, seed: str) -> Iterator[str]:
    """Pay a log, close the run, and press the next export, written otherwise.

    It has the same visits, some of them gone and one new; or only those paid, some with a fact corrected since.
    """
    rng = Random(seed)  # noqa: S311 - invented data, no secret
    visits = [replace(visit, status=ATTENDED) for visit in invented_visits(rng, rng.randrange(3, 7))]
    visits = [visit for visit in visits if visit.pay]
    first = written(seed, visits[:-1], _names(rng))
    before = office.pressed(first)
    if not before.paid:
        return
    run = str(before.reply["figures"]["run"])
    office.close(run)
    next_visits = rng.sample(visits, len(visits) - rng.randrange(2))
    if rng.randrange(2):
        next_visits = _corrected(rng, visits[:-1])
    second = written(seed, next_visits, _names(rng))
    after = office.settled(second)
    wrongs = [] if after.form or after.refusal else list(_paid_again(first, before, second, after))
    office.void(run)
    if wrongs:
        answers = dict(after.answers)
        yield "\n".join([seed, table_of(first), table_of(second), f"answers: {answers}", *wrongs])


def _corrected(rng: Random, visits: list[Visit]) -> list[Visit]:
    """Return visits of which about half have another day, provider or service than before, and no two the same.

    The first one stays as it was: where all IDs are new, that shows that they are.
    """
    taken = {_facts(visit) for visit in visits}
    found = visits[:1]
    for visit in visits[1:]:
        changes: list[dict[str, object]] = [
            {"day": visit.day.replace(day=rng.randrange(1, 29))},
            {"provider": rng.choice(list(ALIASES))},
            {"service": rng.choice(CODES)},
        ]
        other = replace(visit, **rng.choice(changes))  # type: ignore[arg-type]
        is_new = _facts(other) not in taken
        found.append(other if is_new and rng.randrange(2) else visit)
        taken.add(_facts(other))
    return rng.sample(found, len(found))


def _facts(visit: Visit) -> tuple[object, ...]:
    return visit.provider, visit.day, visit.service


def _names(rng: Random) -> list[str]:
    """Return one dialect of each kind in which two exports of a practice may differ."""
    drawn = {rng.choice(kind) for kind in (IDS, PATIENTS, PEOPLE, OTHERS)}
    return [name for name in SWITCHES if name in drawn]


def _paid_again(first: Page, before: Pressed, second: Page, after: Pressed) -> Iterator[str]:
    """Say which visits the second export paid although the first did, or paid otherwise than they are worth."""
    paid_before = {visit.id for visit in _paid(first, before)}
    for visit in _paid(second, after):
        if visit.id in paid_before:
            yield f"{visit.id} ({visit.provider}, {visit.day}, {visit.service}) is paid again"
    for number, row in second.numbered().items():
        paid = after.paid.get(number)
        if paid and row.visit and paid.cents != row.visit.pay:
            yield f"row {number} is paid {paid.cents}, not {row.visit.pay}"


def _paid(page: Page, pressed: Pressed) -> list[Visit]:
    return [row.visit for number, row in page.numbered().items() if row.visit and number in pressed.paid]


def test_the_same_export_again_pays_nothing() -> None:
    visits = [replace(visit, status=ATTENDED) for visit in invented_visits(Random(7), 5)]  # noqa: S311
    page = written("again", visits, [])
    with an_office() as office:
        before = office.pressed(page)
        office.close(str(before.reply["figures"]["run"]))
        after = office.pressed(page)
    assert len(before.paid) == len(visits)
    assert not after.paid
    assert set(after.unpaid.values()) == {"already paid"}
