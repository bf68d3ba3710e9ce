"""One accident in a good log: no row may be paid otherwise without a word about it."""

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest

from tests.differential.dialects import written
from tests.differential.judge import DONE, WRONG, Verdict, judged
from tests.differential.mutations import ACCIDENTS, happened
from tests.differential.office import Office, an_office
from tests.differential.page import Page
from tests.differential.shrinking import Failure, described, naming_the_log
from tests.differential.truth import Visit, invented_visits

TIMES = 24
"""How often each accident happens."""

SHOWN = 3
BASES: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("headings in short", "no patients"),
    ("no appointment IDs",),
    ("amounts as text with dollars", "dates as ISO text"),
    ("columns in another order", "a .csv file", "dates as ISO text"),
)
"""The dialects of the logs that accidents happen to."""


@dataclass(frozen=True, slots=True)
class Case:
    """A log and the accident that happens to it, as they are told by a seed."""

    seed: str
    accident: str
    names: tuple[str, ...]

    def visits(self) -> list[Visit]:
        """Return the visits of the log."""
        rng = Random(self.seed)  # noqa: S311 - invented data, no secret
        return invented_visits(rng, rng.randrange(3, 7))

    def page(self, visits: list[Visit]) -> Page:
        """Return the log after the accident."""
        page = written(self.seed, visits, self.names)
        happened(page, self.accident, Random(f"accident {self.seed}"))  # noqa: S311
        return page


def a_case(accident: str, number: int) -> Case:
    return Case(f"{accident} {number}", accident, BASES[number % len(BASES)])


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_an_accident_changes_no_pay_without_a_word(accident: str) -> None:
    failures: list[str] = []
    kinds: Counter[str] = Counter()
    with an_office() as office:
        for number in range(TIMES):
            case = a_case(accident, number)
            page = case.page(case.visits())
            with naming_the_log(case.seed, case.names, page):
                verdict = judged(office, page)
            kinds[verdict.kind] += 1
            if verdict.kind == WRONG and len(failures) < SHOWN:
                failures.append(_shown(office, case))
    assert not failures, f"{kinds[WRONG]} of {TIMES}: {accident}\n\n" + "\n\n".join(failures)


def _shown(office: Office, case: Case) -> str:
    """Return a failure as text, with as few visits as still fail."""
    visits = case.visits()
    page, verdict = _judged(office, case, visits)
    for visit in list(visits):
        fewer = [one for one in visits if one is not visit]
        if len(fewer) > 1:
            smaller = _judged(office, case, fewer)
            if smaller[1].kind == WRONG:
                visits, (page, verdict) = fewer, smaller
    return f"{case.seed}\n{described(Failure(tuple(visits), case.names, page, verdict))}"


def _judged(office: Office, case: Case, visits: list[Visit]) -> tuple[Page, Verdict]:
    page = case.page(visits)
    return page, judged(office, page)


@pytest.mark.parametrize("names", sorted(set(BASES)), ids=", ".join)
def test_without_an_accident_nothing_is_said_of_any_row(names: tuple[str, ...]) -> None:
    case = Case("no accident", "", names)
    with an_office() as office:
        verdict = judged(office, written(case.seed, case.visits(), names))
    assert (verdict.kind, verdict.pressed.remarks("blocker", "review")) == (DONE, set())
