"""What is to happen to 300 invoices, week by week, in the words a biller would tell it in.

A life is read from left to right, one act a week. Percentages are of what was billed, for cheques of what
is still owed. An act in [brackets] is one that the rules do not allow: the biller types it all the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from random import Random
from typing import Any

from tests.end_to_end.clerk import Key, Paper
from tests.end_to_end.exam_room import Exam

FIRST_WEEK = date(2025, 7, 7)

LIVES: tuple[tuple[int, str], ...] = (
    (46, "send, offer 35, counter 80, offer 55, agree 60, cheque, clear"),
    (30, "send offering 90, agree 100, cheque, clear"),
    (20, "send, agree 72.5, partial 40, partial 33, remark, cheque, clear"),
    (20, "send, offer 50, agree 66.6, short 85, clear"),
    (16, "send, agree 90, overpaid, clear"),
    (30, "send, counter 95, agree 80, shared, clear"),
    (10, "send, agree 70, shared and more, clear"),
    (18, "send, agree 61, cheque, bounce, cheque, clear"),
    (10, "send, agree 88, cheque, bounce, same cheque, clear"),
    (10, "send, agree 75, partial 50, partial 20, bounce the first, cheque, clear"),
    (10, "send, agree 77, short 60, bounce, cheque, clear"),
    (14, "send, agree 58, cheque, clear, reopen, clear"),
    (10, "send, agree 50, cheque, clear, reopen, reopen, reopen, offer 62, agree 64, cheque, clear"),
    (12, "send, deny, counter 85, deny, agree 83, deny, cheque, clear"),
    (8, "send, agree 92, post-dated, [clear], clear late"),
    (6, "[cheque], send, [clear], agree 40, cheque, [cheque], clear, [void]"),
    (4, "send, [agree 101], agree 55, [cheque without a number], cheque, [write off], clear"),
    (4, "send, [agree without a note], agree 45, [too much], partial 30, [the same part], cheque, clear"),
    (4, "send, agree 45, [too little], [partial 100], [bounce], cheque, [bounce early], clear"),
    (3, "send, agree 81, [half a cheque], half a cheque, clear"),
    (1, "send, agree 81, [half a cheque too many], half a cheque, clear"),
    (4, "void, [send]"),
    (4, "send, agree 80, cheque, void, [reopen]"),
    (4, "send, offer 10, write off, [agree 50]"),
    (4, "send, agree 70, write off"),
    (4, "send, agree 70, partial 25, write off, clear"),
    (3, "-, remark"),
    (3, "-, -, send, offer 20"),
    (2, "send, -, agree 33.3, partial 60, [clear]"),
)
"""How many invoices live each life: 314 of them, of which 300 are the year's."""

WEEKS = max(life.count(",") + 1 for _, life in LIVES)

NOTHING = "-"
"""The act of a week in which nothing happens."""

Typed = dict[str, Any]
"""What is typed into a row: heading -> value."""

Rows = dict[Key, Typed]
"""What is typed into a sheet, by invoice."""


def lives(how_many: int) -> list[list[str]]:
    """Return as many lives, each as its acts. Like ones do not stand together."""
    every = [life.split(", ") for copies, life in LIVES for _ in range(copies)]
    return [every[place * 113 % len(every)] for place in range(how_many)]


@dataclass
class Typist:
    """Somebody who knows the lives, looks at an invoice, and types the next act into its row."""

    week: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(10_001))
    cheques: dict[int, Typed] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """Return the day it is."""
        return FIRST_WEEK + timedelta(weeks=self.week)

    def rows(self, exams: Sequence[Exam], acts: Sequence[list[str]], papers: Mapping[Key, Paper]) -> Rows:
        """Return what is typed this week, by invoice. ``acts`` are the lives of the exams, in their order."""
        found = {}
        for place, (exam, life) in enumerate(zip(exams, acts, strict=True)):
            act = life[self.week] if self.week < len(life) else NOTHING
            if act != NOTHING:
                found[exam.key] = self._typed(place, act, papers[exam.key])
        return found

    def _typed(self, place: int, act: str, paper: Paper) -> Typed:
        """Return what goes into the row of the invoice in this place."""
        found = re.fullmatch(r"\[?(.*?)(?: ([\d.]+))?\]?", act)
        assert found
        row = ACTS[found[1]](Turn(self, place, paper, Decimal(found[2] or 100)))
        if row["Action"] == "record cheque":
            self.cheques[place] = row
        return {"Note": f"week {self.week}: {found[1]}", "Date": self.day, **row}


@dataclass(frozen=True)
class Turn:
    """The moment an invoice is acted on: what an act looks at."""

    typist: Typist
    place: int
    paper: Paper
    percent: Decimal

    @property
    def billed(self) -> Decimal:
        """Return the percentage of what is billed."""
        return _share(self.paper.billed, self.percent)

    @property
    def owed(self) -> Decimal:
        """Return the percentage of what is owed; of what was billed where nothing is."""
        return _share(self.paper.balance or self.paper.billed, self.percent)

    def day(self, days: int = 0) -> date:
        """Return a day so many after today."""
        return self.typist.day + timedelta(days=days)

    def more(self, percent: int) -> Decimal:
        """Return more than is owed."""
        return self.paper.balance + _share(self.paper.balance, Decimal(percent))

    def cheque(self, amount: Decimal, exception: str | None = None, **other: Any) -> Typed:  # noqa: ANN401
        """Return a cheque that came today, with a number of its own."""
        return {
            "Action": "record cheque",
            "Amount": amount,
            "Cheque number": f"{next(self.typist.numbers)}",
            "Cheque date": self.day(-3),
            "Received date": self.day(),
            "Paying party": "Marmalade Mutual",
            "Exception": exception,
        } | _headed(other)

    def shared(self, amount: Decimal, exception: str | None = None, number: str = "") -> Typed:
        """Return this invoice's part of a cheque for several, of which three came today unless one is named."""
        number = number or f"JC-{self.typist.week:02}-{self.place % 3}"
        return self.cheque(
            amount, exception, cheque_number=number, paying_party="Juniper Claims ClickContext"
        )

    def again(self, **other: Any) -> Typed:  # noqa: ANN401
        """Return the cheque recorded last for this invoice."""
        return self.typist.cheques[self.place] | _headed(other)


def _share(amount: Decimal, percent: Decimal) -> Decimal:
    """Return a percentage in whole cents, but never nothing."""
    return max((amount * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal("0.01"))


def _headed(cells: Typed) -> Typed:
    return {name.replace("_", " ").capitalize(): cell for name, cell in cells.items()}


def _just(action: str) -> Callable[[Turn], Typed]:
    return lambda _: {"Action": action}


def _amount(action: str) -> Callable[[Turn], Typed]:
    return lambda turn: {"Action": action, "Amount": turn.billed}


ACTS: dict[str, Callable[[Turn], Typed]] = {
    **{action: _just(action) for action in ("bounce", "clear", "deny", "write off", "void", "reopen")},
    "remark": _just("note"),
    "send": lambda _: {"Action": "send", "Paying party": "Thistle Casualty"},
    "send offering": lambda turn: _amount("send")(turn) | {"Paying party": "Puddleby Indemnity"},
    "offer": _amount("record offer"),
    "counter": _amount("counter offer"),
    "agree": _amount("agree"),
    "agree without a note": lambda turn: _amount("agree")(turn) | {"Note": None},
    "cheque": lambda turn: turn.cheque(turn.owed),
    "cheque without a number": lambda turn: turn.cheque(turn.owed, cheque_number=None),
    "post-dated": lambda turn: turn.cheque(turn.owed, cheque_date=turn.day(10)),
    "same cheque": lambda turn: turn.again(received_date=turn.day()),
    "partial": lambda turn: turn.cheque(turn.owed, "partial"),
    "the same part": lambda turn: turn.again(),
    "short": lambda turn: turn.cheque(turn.owed, "write off the rest"),
    "too little": lambda turn: turn.cheque(turn.owed - Decimal("0.01")),
    "overpaid": lambda turn: turn.cheque(turn.more(12), "overpaid"),
    "too much": lambda turn: turn.cheque(turn.more(1), "partial"),
    "shared": lambda turn: turn.shared(turn.owed),
    "shared and more": lambda turn: turn.shared(turn.more(5), "overpaid"),
    "half a cheque": lambda turn: turn.shared(turn.owed, number="JC-half"),
    "half a cheque too many": lambda turn: turn.shared(turn.more(10), number="JC-half"),
    "bounce the first": lambda turn: _headed(
        {"action": "bounce", "cheque_number": turn.paper.in_hand[0]["number"]}
    ),
    "bounce early": lambda turn: {"Action": "bounce", "Date": turn.day(-8)},
    "clear late": lambda turn: {"Action": "clear", "Date": turn.day(3)},
}
"""An act in words -> what is typed for it."""

LIKELY: dict[str, tuple[str, ...]] = {
    "pending_invoice": ("send", "send offering 50"),
    "pending_reduction": ("offer 20", "counter 90", "agree 70", "agree 100", "deny"),
    "pending_cheque": ("cheque", "partial 40", "short 30", "overpaid", "shared", "shared and more", "reopen"),
    "cheque_received": ("clear", "clear late", "bounce", "bounce the first", "reopen"),
    "paid": ("reopen", "remark"),
    "written_off": ("remark",),
    "voided": ("remark",),
}
"""What somebody might well type for an invoice in a state."""


@dataclass
class WildTypist(Typist):
    """Somebody who knows no life: types what might do, and every sixth time whatever comes to mind."""

    random: Random = field(default_factory=lambda: Random(11))  # noqa: S311 - the same whims every time

    def rows(self, exams: Sequence[Exam], _: Sequence[list[str]], papers: Mapping[Key, Paper]) -> Rows:
        """Return what is typed this week, by invoice."""
        found = {}
        for place, exam in enumerate(exams):
            paper = papers[exam.key]
            acts = tuple(ACTS) if self.random.random() < 1 / 6 else LIKELY[paper.state]
            act = self.random.choice(acts)
            if _can_be_typed(act, paper, self.cheques.get(place)):
                found[exam.key] = self._typed(place, act, paper)
        return found


def _can_be_typed(act: str, paper: Paper, earlier: Typed | None) -> bool:
    """Return whether there is the earlier cheque that the act speaks of."""
    return bool(earlier) if "same" in act else bool(paper.in_hand) or act != "bounce the first"
