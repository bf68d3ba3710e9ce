"""The list that every dialect switch is entered in, and how a page is written with some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from random import Random

from tests.differential.page import Page, plain_fields
from tests.differential.truth import Visit

Change = Callable[[Page], None]


class Stage(IntEnum):
    """When a switch does its part: before the page is drawn, or to the rows and the file after it."""

    COLUMNS = 1
    HEADINGS = 2
    ORDER = 3
    ROWS = 4
    FURNITURE = 5
    FILE = 6


@dataclass(frozen=True, slots=True)
class Switch:
    """One way in which exports differ. Switches of one ``aspect`` exclude each other.

    A ``mild`` one leaves a log that is to be read without blocking anything.
    """

    name: str
    aspect: str
    stage: Stage
    mild: bool
    change: Change


SWITCHES: dict[str, Switch] = {}


def switch(
    name: str, aspect: str, stage: Stage = Stage.COLUMNS, *, mild: bool = False
) -> Callable[[Change], Change]:
    """Enter a switch in the list."""

    def entered(change: Change) -> Change:
        assert name not in SWITCHES
        SWITCHES[name] = Switch(name, aspect, stage, mild, change)
        return change

    return entered


def chosen(rng: Random, how_many: int, *, mild: bool = False) -> list[str]:
    """Return the names of some switches of different aspects, in the order of the list."""
    offered = [one for one in SWITCHES.values() if one.mild or not mild]
    rng.shuffle(offered)
    by_aspect: dict[str, str] = {}
    for one in offered:
        if len(by_aspect) < how_many:
            by_aspect.setdefault(one.aspect, one.name)
    return [name for name in SWITCHES if name in by_aspect.values()]


def written(seed: str, visits: Sequence[Visit], names: Sequence[str]) -> Page:
    """Return the visits as a page in the dialect of some switches.

    Every switch draws from a random source of its own, so that leaving one out changes nothing of the others.
    """
    page = Page(Random(seed), list(visits), plain_fields())  # noqa: S311 - invented data, no secret
    is_drawn = False
    for one in sorted((SWITCHES[name] for name in names), key=lambda one: one.stage):
        if one.stage >= Stage.ROWS and not is_drawn:
            page.draw()
            is_drawn = True
        page.rng = Random(f"{seed} {one.name}")  # noqa: S311
        one.change(page)
    if not is_drawn:
        page.draw()
    return page
