"""The life of an invoice told a second time, as simply as can be: dollars, words, and a list of what happened.

Nothing is kept but the list; every amount is added up from it each time. It shares no code and no
table with the rules it is held against.
"""

from decimal import Decimal
from typing import Any

OPEN = ("pending_invoice", "pending_reduction", "pending_cheque", "cheque_received")


class Refused(Exception):
    """The naive clerk would not do that."""


class NaiveInvoice:
    """One invoice. ``happened`` holds dicts with a ``kind``: agreed, cheque, off, cleared."""

    def __init__(self, billed: Decimal) -> None:
        self.state = "pending_invoice"
        self.billed = billed
        self.happened: list[dict[str, Any]] = []

    def total(self, key: str) -> Decimal:
        return sum((each.get(key, Decimal(0)) for each in self.happened), Decimal(0))

    @property
    def balance(self) -> Decimal:
        return self.billed - self.total("reduction") - self.total("applied") - self.total("off")

    @property
    def cleared(self) -> bool:
        return any(each["kind"] == "cleared" for each in self.happened)

    def do(self, action: str, cents: int, exception: str) -> None:
        """Take a step, or raise ``Refused`` and change nothing."""
        method = getattr(self, "do_" + action.replace(" ", "_"), None)
        if method is None:
            raise Refused
        method(Decimal(cents) / 100, exception)

    def need(self, *states: str) -> None:
        if self.state not in states:
            raise Refused

    def do_send(self, amount: Decimal, _: str) -> None:
        self.need("pending_invoice")
        if amount > self.billed:
            raise Refused
        self.state = "pending_reduction"

    def do_edit_lines(self, amount: Decimal, _: str) -> None:
        self.need("pending_invoice")
        self.billed = amount

    def do_record_offer(self, amount: Decimal, _: str) -> None:
        self.need("pending_reduction")
        if amount > self.billed:
            raise Refused

    do_counter_offer = do_record_offer

    def do_agree(self, amount: Decimal, exception: str) -> None:
        self.do_record_offer(amount, exception)
        self.happened.append({"kind": "agreed", "reduction": self.billed - amount})
        self.state = "pending_cheque"

    def do_record_cheque(self, amount: Decimal, exception: str) -> None:
        self.need("pending_cheque")
        balance = self.balance
        wanted = "" if amount == balance else "overpaid" if amount > balance else "partial"
        if exception == "write off the rest" and wanted == "partial":
            wanted = exception
        if exception != wanted:
            raise Refused
        cheque = {
            "kind": "cheque",
            "applied": min(amount, balance),
            "excess": max(amount - balance, Decimal(0)),
        }
        if exception == "write off the rest":
            cheque["off"] = balance - amount
        self.happened.append(cheque)
        self.state = "pending_cheque" if exception == "partial" else "cheque_received"

    def do_bounce(self, _: Decimal, __: str) -> None:
        self.need("pending_cheque", "cheque_received")
        cheques = [each for each in self.happened if each["kind"] == "cheque"]
        if not cheques:
            raise Refused
        self.bounce(cheques[-1])

    def bounce(self, cheque: dict[str, Any]) -> None:
        """Strike a cheque out, and whatever was given up after it came."""
        place = next(place for place, each in enumerate(self.happened) if each is cheque)
        after = [{**each, "off": Decimal(0)} for each in self.happened[place + 1 :] if each["kind"] != "off"]
        self.happened = self.happened[:place] + after
        self.state = "pending_cheque"

    def do_clear(self, _: Decimal, __: str) -> None:
        self.need("cheque_received")
        self.happened.append({"kind": "cleared"})
        self.state = "paid"

    def do_write_off(self, _: Decimal, __: str) -> None:
        self.need("pending_reduction", "pending_cheque")
        in_hand = any(each["kind"] == "cheque" for each in self.happened)
        self.happened.append({"kind": "off", "off": self.balance})
        self.state = "cheque_received" if in_hand else "written_off"

    def do_void(self, _: Decimal, __: str) -> None:
        self.need(*OPEN)
        self.billed, self.happened, self.state = Decimal(0), [], "voided"

    def do_reopen(self, _: Decimal, __: str) -> None:
        self.need("pending_cheque", "cheque_received", "paid")
        last = self.happened.pop()
        back = {"agreed": "pending_reduction", "cleared": "cheque_received"}
        self.state = back.get(last["kind"], "pending_cheque")

    def do_deny(self, _: Decimal, __: str) -> None:
        self.need("pending_reduction", "pending_cheque")

    def do_note(self, _: Decimal, __: str) -> None:
        """Write a remark down."""
