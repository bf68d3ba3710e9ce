"""A failure is shown as small as it can be, with all that one needs to see it again."""

from dataclasses import replace
from functools import partial
from random import Random

import pytest

from tests.differential.dialects import written
from tests.differential.judge import DONE, WRONG, Verdict
from tests.differential.office import Pressed
from tests.differential.page import Page
from tests.differential.shrinking import described, naming_the_log, smallest
from tests.differential.truth import TALK, invented_visits


def disliking_totals(page: Page) -> Verdict:
    """Find fault with a totals row below a talk."""
    has_talk = any(visit.service == TALK for visit in page.visits)
    has_total = any(row.kind == "total" for row in page.rows)
    wrongs = ("a total",) if has_talk and has_total else ()
    return Verdict(WRONG if wrongs else DONE, wrongs, Pressed({}, {}))


def test_what_does_not_matter_is_left_out() -> None:
    visits = invented_visits(Random(3), 9)  # noqa: S311 - invented data, no secret
    names = ("dates as ISO text", "a totals row", "hidden rows", "columns in another order")
    found = smallest(partial(written, "small"), disliking_totals, visits, names)
    assert found.names == ("a totals row",)
    assert len(found.visits) == 2
    assert any(visit.service == TALK for visit in found.visits)


def test_a_failure_shows_its_switches_its_sheet_and_what_is_wrong() -> None:
    visits = [replace(visit, service=TALK) for visit in invented_visits(Random(3), 2)]  # noqa: S311
    found = smallest(partial(written, "small"), disliking_totals, visits, ("a totals row",))
    text = described(found)
    assert "switches: a totals row" in text
    assert visits[0].provider in text
    assert "WRONG: a total" in text
    assert text.count("\n") < 20


def test_a_crash_names_the_log_that_was_read() -> None:
    page = written("crash", invented_visits(Random(3), 2), ["a totals row"])  # noqa: S311
    with pytest.raises(ZeroDivisionError) as caught, naming_the_log("crash", ["a totals row"], page):
        raise ZeroDivisionError
    assert page.visits[0].provider in caught.value.__notes__[0]
    assert caught.value.__notes__[0].startswith("crash: a totals row")
