"""A clerk with paper and pencil, who has read the business rules and keeps the same invoices by hand.

Dollars, words, and for every invoice a list of what holds of it; every amount is added up from that list
when somebody asks. Nothing of the product is used, so what the two agree on is not one mistake made twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
"""What is typed into the row of an invoice: heading -> value, days as ``date``, dollars as ``Decimal``."""

Key = tuple[str, date]
"""A patient and the day of the exam: what the clerk tells invoices apart by."""

NOTHING = Decimal(0)

NEEDED = {
    "send": ("Date",),
    "record offer": ("Amount", "Date"),
    "counter offer": ("Amount", "Date"),
    "agree": ("Amount", "Date", "Note"),
    "record cheque": ("Amount", "Cheque number", "Cheque date", "Received date", "Paying party", "Note"),
    "bounce": ("Date",),
    "clear": ("Date",),
    "deny": ("Date", "Note"),
    "write off": ("Note",),
    "void": ("Note",),
    "reopen": ("Note",),
    "note": ("Note",),
}
OPEN = {
    "pending_invoice": ("send", "void", "note"),
    "pending_reduction": ("record offer", "counter offer", "agree", "deny", "write off", "void", "note"),
    "pending_cheque": ("record cheque", "bounce", "deny", "write off", "void", "reopen", "note"),
    "cheque_received": ("clear", "bounce", "void", "reopen", "note"),
    "paid": ("reopen", "note"),
    "written_off": ("note",),
    "voided": ("note",),
}


class Refused(Exception):
    """The clerk would not write that down."""


@dataclass
class Paper:
    """One invoice on the clerk's context. ``holds`` are the agreement, cheques, write-offs, clearing that stand."""

    billed: Decimal
    payer: str
    state: str = "pending_invoice"
    steps: int = 1
    holds: list[dict[str, Any]] = field(default_factory=list)

    def total(self, what: str) -> Decimal:
        """Add up one kind of amount over all that holds."""
        return sum((each.get(what, NOTHING) for each in self.holds), NOTHING)

    @property
    def collected(self) -> Decimal:
        """Return what cheques have paid of it."""
        return self.total("paid")

    @property
    def balance(self) -> Decimal:
        """Return what is still owed."""
        return self.billed - self.total("reduced") - self.collected - self.total("given up")

    @property
    def agreed(self) -> Decimal | None:
        """Return the agreed payable, ``None`` while there is none."""
        return next((each["agreed"] for each in self.holds if "agreed" in each), None)

    @property
    def in_hand(self) -> list[dict[str, Any]]:
        """Return the cheques that have not cleared."""
        cleared = any(each["kind"] == "clear" for each in self.holds)
        return [] if cleared else [each for each in self.holds if each["kind"] == "cheque"]

    def take(self, row: Row) -> None:
        """Take the step a row asks for; raise ``Refused`` where the rules say no."""
        action = row["Action"]
        if action not in OPEN[self.state] or any(not row.get(name) for name in NEEDED[action]):
            raise Refused
        _TAKEN[action](self, row)
        self.steps += 1


def _send(paper: Paper, row: Row) -> None:
    paper.payer = paper.payer or row.get("Paying party", "")
    if not paper.payer or not paper.billed:
        raise Refused
    _offer(paper, row) if row.get("Amount") else None
    paper.state = "pending_reduction"


def _offer(paper: Paper, row: Row) -> None:
    if not NOTHING < row["Amount"] <= paper.billed:
        raise Refused


def _agree(paper: Paper, row: Row) -> None:
    _offer(paper, row)
    agreed = row["Amount"]
    paper.holds.append({"kind": "agree", "agreed": agreed, "reduced": paper.billed - agreed})
    paper.state = "pending_cheque"


def _cheque(paper: Paper, row: Row) -> None:
    amount, owed = row["Amount"], paper.balance
    fitting = (
        {"partial", "write off the rest"} if amount < owed else {"overpaid"} if amount > owed else {None}
    )
    chosen = row.get("Exception")
    if chosen not in fitting or amount <= NOTHING:
        raise Refused
    cheque = {
        "kind": "cheque",
        "number": row["Cheque number"],
        "party": _same(row["Paying party"]),
        "whole": row["whole"],
        "part": amount,
        "good from": max(row["Cheque date"], row["Received date"]),
        "received": row["Received date"],
        "paid": min(amount, owed),
    }
    if chosen == "write off the rest":
        cheque["given up"] = owed - amount
    paper.holds.append(cheque)
    paper.state = "pending_cheque" if chosen == "partial" else "cheque_received"


def _bounce(paper: Paper, row: Row) -> None:
    named = row.get("Cheque number")
    candidates = [cheque for cheque in paper.in_hand if named in {None, cheque["number"]}]
    if not candidates or row["Date"] < candidates[-1]["received"]:
        raise Refused
    place = next(place for place, each in enumerate(paper.holds) if each is candidates[-1])
    later = [each for each in paper.holds[place + 1 :] if each["kind"] != "write off"]
    paper.holds = paper.holds[:place] + [{**each, "given up": NOTHING} for each in later]
    paper.state = "pending_cheque"


def _clear(paper: Paper, row: Row) -> None:
    if any(row["Date"] < cheque["good from"] for cheque in paper.in_hand):
        raise Refused
    paper.holds.append({"kind": "clear"})
    paper.state = "paid"


def _write_off(paper: Paper, _: Row) -> None:
    in_hand = bool(paper.in_hand)
    paper.holds.append({"kind": "write off", "given up": paper.balance})
    paper.state = "cheque_received" if in_hand else "written_off"


def _void(paper: Paper, _: Row) -> None:
    paper.billed, paper.holds, paper.state = NOTHING, [], "voided"


def _reopen(paper: Paper, _: Row) -> None:
    last = paper.holds.pop()
    paper.state = {"agree": "pending_reduction", "clear": "cheque_received"}.get(
        last["kind"], "pending_cheque"
    )


def _remark(_: Paper, __: Row) -> None:
    """Write it down; nothing moves."""


_TAKEN: dict[str, Callable[[Paper, Row], None]] = {
    "send": _send,
    "record offer": _offer,
    "counter offer": _offer,
    "agree": _agree,
    "record cheque": _cheque,
    "bounce": _bounce,
    "clear": _clear,
    "deny": _remark,
    "write off": _write_off,
    "void": _void,
    "reopen": _reopen,
    "note": _remark,
}


class Clerk:
    """All papers of the house, and who decides what is written on them."""

    def __init__(self, papers: Mapping[Key, Paper]) -> None:
        self.papers = dict(papers)

    def work(self, rows: Mapping[Key, Row], *, good_rows: bool = False) -> set[Key]:
        """Take all rows of a sheet, or none; with ``good_rows`` those that can be. Return those that cannot."""
        after = deepcopy(self.papers)
        refused: set[Key] = set()
        for key, row in self._with_whole_cheques(rows).items():
            trial = deepcopy(after[key])
            try:
                self._refuse_presented(key, row)
                trial.take(row)
            except Refused:
                refused.add(key)
            else:
                after[key] = trial
        for key in (held := self._held_with(refused, rows)):
            after[key] = self.papers[key]
        refused |= held
        if good_rows or not refused:
            self.papers = after
        return refused

    @staticmethod
    def _with_whole_cheques(rows: Mapping[Key, Row]) -> dict[Key, Row]:
        """Say on each row what its cheque is worth as a whole: rows of one party and number are one cheque."""
        whole: dict[tuple[str, str] | None, Decimal] = defaultdict(Decimal)
        for row in rows.values():
            if cheque := _cheque_of(row):
                whole[cheque] += row["Amount"]
        return {key: {**row, "whole": whole.get(_cheque_of(row))} for key, row in rows.items()}

    @staticmethod
    def _held_with(refused: Collection[Key], rows: Mapping[Key, Row]) -> set[Key]:
        """Return the rows whose cheque stands in a refused row, too: half a cheque is not written down."""
        broken = {_cheque_of(rows[key]) for key in refused} - {None}
        return {key for key, row in rows.items() if _cheque_of(row) in broken} - set(refused)

    def _refuse_presented(self, key: Key, row: Row) -> None:
        """Refuse a cheque that stands already: as a whole anywhere, or in part on this very paper."""
        cheque = _cheque_of(row)
        for other, paper in self.papers.items():
            for known in paper.holds:
                if known["kind"] == "cheque" and (known["party"], known["number"]) == cheque:
                    mine = other == key and row["Amount"] in {known["whole"], known["part"]}
                    if mine or known["whole"] == row["whole"]:
                        raise Refused

    @property
    def owed(self) -> Decimal:
        """Return what is owed on all papers together."""
        return sum((paper.balance for paper in self.papers.values()), NOTHING)


def _cheque_of(row: Row) -> tuple[str, str] | None:
    """Return by whom and under which number the cheque of a row is known, ``None`` where it has none."""
    if row["Action"] != "record cheque" or not row["Cheque number"]:
        return None
    return _same(row["Paying party"]), row["Cheque number"]


def _same(name: str) -> str:
    """Return a name without what staff spell differently from one day to the next."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
