"""A clerk who keeps a purse for every cheque, and a list of what happened on every invoice.

The clerk shares no code and no table with the rules. Amounts are added up from the lists each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


class No(Exception):
    """The clerk would not do that."""


@dataclass
class Sheet:
    """One invoice: who is billed, what was agreed, and what happened since and still counts."""

    payer: str
    agreed: int
    state: str = "pending_cheque"
    events: list[Event] = field(default_factory=list)

    def total(self, what: str) -> int:
        return sum(event.get(what, 0) for event in self.events)

    @property
    def balance(self) -> int:
        return self.agreed - self.total("paid") - self.total("off")

    def purses(self) -> dict[tuple[str, str], int]:
        """Return what is left of each cheque, by party and number."""
        left: dict[tuple[str, str], int] = {}
        for event in self.events:
            if purse := event.get("purse"):
                left[purse] = left.get(purse, 0) + event.get("excess", 0)
                left[purse] -= event.get("given", 0) + event.get("refunded", 0)
        return {purse: cents for purse, cents in left.items() if cents}

    def require(self, *states: str) -> None:
        if self.state not in states:
            raise No


@dataclass
class Clerk:
    """Every invoice by its number."""

    sheets: dict[str, Sheet]

    def do(self, action: str, number: str, cents: int, cheque: str, party: str) -> None:
        """Do something, or raise No and leave everything as it was. ``cheque`` may be ""."""
        sheet = self.sheets[number]
        match action:
            case "record cheque":
                self._receive(sheet, cents, (party, cheque))
            case "bounce":
                self._bounce(sheet)
            case "clear":
                sheet.require("cheque_received")
                sheet.events.append({"kind": "clear"})
                sheet.state = "paid"
            case "write off":
                sheet.require("pending_cheque")
                sheet.state = "cheque_received" if sheet.total("paid") else "written_off"
                sheet.events.append({"kind": "off", "off": sheet.balance})
            case "void":
                sheet.require("pending_cheque", "cheque_received")
                while sheet.events:
                    self._undo_last(number)
                sheet.agreed, sheet.state = 0, "voided"
            case "reopen":
                self._reopen(number)
            case "apply credit":
                self._apply(number, cents, cheque)
            case "refund credit":
                sheet.require("paid")
                purse = self._only_purse([(number, one) for one in sheet.purses()], cheque, cents)[1]
                sheet.events.append({"kind": "refund", "purse": purse, "refunded": cents})

    def _receive(self, sheet: Sheet, cents: int, purse: tuple[str, str]) -> None:
        sheet.require("pending_cheque")
        paid = min(cents, sheet.balance)
        sheet.events.append({"kind": "cheque", "purse": purse, "paid": paid, "excess": cents - paid})
        sheet.state = "pending_cheque" if sheet.balance else "cheque_received"

    def _bounce(self, sheet: Sheet) -> None:
        sheet.require("pending_cheque", "cheque_received")
        places = [place for place, event in enumerate(sheet.events) if event["kind"] == "cheque"]
        if not places:
            raise No
        del sheet.events[places[-1]]
        sheet.events = [
            event for place, event in enumerate(sheet.events) if place < places[-1] or event["kind"] != "off"
        ]
        sheet.state = "pending_cheque"

    def _reopen(self, number: str) -> None:
        sheet = self.sheets[number]
        sheet.require("pending_cheque", "cheque_received", "paid")
        kind = sheet.events[-1]["kind"]
        if kind == "given":
            raise No
        self._undo_last(number)
        sheet.state = {"clear": "cheque_received", "refund": "paid"}.get(kind, "pending_cheque")

    def _undo_last(self, number: str) -> None:
        event = self.sheets[number].events.pop()
        if event["kind"] != "credit":
            return
        holder = self.sheets[event["from"]].events
        gift = {"kind": "given", "purse": event["of"], "given": event["paid"], "to": number}
        del holder[len(holder) - 1 - holder[::-1].index(gift)]

    def _apply(self, number: str, cents: int, cheque: str) -> None:
        sheet = self.sheets[number]
        sheet.require("pending_cheque")
        if cents > sheet.balance:
            raise No
        found = [(at, purse) for at, purse in self.usable() if at != number and purse[0] == sheet.payer]
        holder, purse = self._only_purse(found, cheque, cents)
        sheet.events.append({"kind": "credit", "of": purse, "paid": cents, "from": holder})
        self.sheets[holder].events.append({"kind": "given", "purse": purse, "given": cents, "to": number})
        if not sheet.balance:
            sheet.state = "cheque_received"

    def usable(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the purses of paid invoices that something is left of."""
        for number, sheet in self.sheets.items():
            if sheet.state == "paid":
                yield from ((number, purse) for purse in sheet.purses())

    def _only_purse(
        self, found: list[tuple[str, tuple[str, str]]], cheque: str, cents: int
    ) -> tuple[str, tuple[str, str]]:
        named = [(at, purse) for at, purse in found if cheque in {"", purse[1]}]
        if len(named) != 1 or cents > self.sheets[named[0][0]].purses()[named[0][1]]:
            raise No
        return named[0]

    def received(self) -> int:
        """Return what the cheques that still count come to."""
        return sum(
            event["paid"] + event["excess"]
            for sheet in self.sheets.values()
            for event in sheet.events
            if event["kind"] == "cheque"
        )


def told_amounts(sheet: Sheet) -> tuple[str, int, int, int, int, int, int]:
    """Return the state, and the cents owed, collected, written off, unapplied, given to others and refunded."""
    return (
        sheet.state,
        sheet.balance,
        sheet.total("paid"),
        sheet.total("off"),
        sum(sheet.purses().values()),
        sheet.total("given"),
        sheet.total("refunded"),
    )
