"""Finds the smallest log that still fails, and shows it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tests.differential.judge import WRONG, Verdict
from tests.differential.page import Page
from tests.differential.sending import letter_of, text_of
from tests.differential.truth import Visit

T = TypeVar("T")
Judge = Callable[[Page], Verdict]
Write = Callable[[Sequence[Visit], Sequence[str]], Page]


@dataclass(frozen=True, slots=True)
class Failure:
    """A log that is read wrongly: its visits, its switches, the page and the verdict on it."""

    visits: tuple[Visit, ...]
    names: tuple[str, ...]
    page: Page
    verdict: Verdict


def smallest(write: Write, judge: Judge, visits: Sequence[Visit], names: Sequence[str]) -> Failure:
    """Leave out switches, then visits, one by one, as long as what is left is still read wrongly."""
    found = _attempt(write, judge, tuple(visits), tuple(names))
    assert found
    shrunk = True
    while shrunk:
        shrunk = False
        for fewer in _fewer(found):
            if smaller := _attempt(write, judge, *fewer):
                found, shrunk = smaller, True
                break
    return found


def _fewer(found: Failure) -> list[tuple[tuple[Visit, ...], tuple[str, ...]]]:
    names = [(found.visits, _without(found.names, at)) for at in range(len(found.names))]
    visits = [(_without(found.visits, at), found.names) for at in range(len(found.visits))]
    return [*names, *(visits if len(found.visits) > 2 else [])]


def _without(items: tuple[T, ...], at: int) -> tuple[T, ...]:
    return items[:at] + items[at + 1 :]


def _attempt(write: Write, judge: Judge, visits: tuple[Visit, ...], names: tuple[str, ...]) -> Failure | None:
    try:
        page = write(visits, names)
    except (ValueError, IndexError):  # too few visits for a switch that wants several
        return None
    verdict = judge(page)
    return Failure(visits, names, page, verdict) if verdict.kind == WRONG else None


def described(failure: Failure) -> str:
    """Return a failure as text: its switches, the sheet as a table, the answers, and what is wrong."""
    pressed = failure.verdict.pressed
    lines = [
        "switches: " + ", ".join(failure.names),
        f"sent as: {failure.page.form.kind}",
        table_of(failure.page),
        f"answers: {dict(pressed.answers)}",
        f"reply: {pressed.reply.get('level')}: {pressed.reply.get('summary')}",
        *(
            f"  {one['severity']} {one['code']} {one['cell']}: {one['message']}"
            for one in pressed.reply.get("findings", ())[:8]
        ),
        *(f"WRONG: {one}" for one in failure.verdict.wrongs),
    ]
    return "\n".join(lines)


@contextmanager
def naming_the_log(seed: str, names: Sequence[str], page: Page) -> Iterator[None]:
    """Add the log that was read to whatever is raised inside: a crash must be as easy to see again as a wrong sum."""
    try:
        yield
    except Exception as error:
        error.add_note(f"{seed}: {', '.join(names)}\n{table_of(page)}")
        raise


def table_of(page: Page) -> str:
    """Return the page as a small table, with the letters of its columns and the numbers of its rows."""
    width = max(len(row.cells) for row in page.rows)
    rows = [["", *(letter_of(page, at) for at in range(width))]]
    for number, row in page.numbered().items():
        rows.append(
            [
                str(number),
                *(repr(text_of(row.cells[at]))[1:-1] if at < len(row.cells) else "" for at in range(width)),
            ]
        )
    widths = [max(len(row[at]) for row in rows) for at in range(width + 1)]
    lines = [
        " | ".join(text.ljust(wide) for text, wide in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(lines)
