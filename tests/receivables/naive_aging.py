"""The aging of a day as a clerk makes it: reads every step that was recorded by then, one invoice at a time.

It shares no code with the rules and no statement with the ledger.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.behind import OpenedBooks, open_books


@dataclass(frozen=True)
class Page:
    """What the clerk finds on an invoice."""

    number: str
    payer: str
    attorney: str
    facility: str
    physician: str
    state: str
    created: date
    exam: date
    sent: date | None
    agreed: date | None
    billed: int
    agreed_cents: int | None
    collected: int
    balance: int
    credit: int

    def day(self, basis: str) -> date:
        day: date | None = getattr(self, basis)
        return day or self.created


class Paper:
    """All rows of a clinic's books that say what is owed, read once. Nobody records anything afterwards."""

    def __init__(self, folder: Path) -> None:
        with open_books(folder) as execute:
            columns = execute.columns()
            self._names = {
                table: {row["id"]: row["name"] for row in _rows(execute, table, columns)}
                for table in ("payer", "attorney", "facility", "physician")
            }
            self._moves: dict[int, list[Any]] = defaultdict(list)
            for row in _rows(execute, "transfer", columns):
                self._moves[row["step"]].append(row)
            self._steps = [
                (datetime.fromisoformat(row["recorded_at"]).astimezone().date(), row)
                for row in _rows(execute, "step", columns, "ORDER BY invoice, place")
            ]

    def pages(self, as_of: date) -> list[Page]:
        """Return every invoice that somebody knew of at the end of a day."""
        known = defaultdict(list)
        for recorded, row in self._steps:
            if recorded <= as_of:
                known[row["invoice"]].append(row)
        return [_page(steps, self._names, self._moves) for steps in known.values()]


def _rows(
    execute: OpenedBooks, table: str, columns: dict[str, list[str]], order: str = ""
) -> list[dict[str, Any]]:
    listed = ", ".join(columns[table])
    found = execute(f"SELECT {listed} FROM {table} {order}")  # noqa: S608
    return [dict(zip(columns[table], row, strict=True)) for row in found]


def _page(steps: list[Any], names: dict[str, dict[int, str]], moves: dict[int, list[Any]]) -> Page:
    facts = json.loads(steps[0]["facts"])
    accounts: dict[str, int] = defaultdict(int)
    payer = names["payer"].get(facts["payer"], "")
    sent, taken_back, agreements = None, set(), []
    for step in steps:
        for move in moves[step["id"]]:
            accounts[move["debit"]] += move["amount_cents"]
            accounts[move["credit"]] -= move["amount_cents"]
        taken_back |= set(json.loads(step["reverses"]))
        inputs = json.loads(step["inputs"])
        if step["action"] == "send":
            sent = date.fromisoformat(step["day"])
            payer = payer or inputs["paying_party"]
        if step["action"] == "agree":
            agreements.append((step["place"], date.fromisoformat(step["day"]), inputs["amount_cents"]))
    standing = [one for one in agreements if one[0] not in taken_back]
    return Page(
        number=facts["number"],
        payer=payer,
        attorney=names["attorney"].get(facts["attorney"], ""),
        facility=names["facility"].get(facts["facility"], ""),
        physician=names["physician"].get(facts["physician"], ""),
        state=steps[-1]["to_state"],
        created=date.fromisoformat(facts["created"]),
        exam=date.fromisoformat(facts["exam_date"]),
        sent=sent,
        agreed=standing[-1][1] if standing else None,
        billed=-accounts["billed"],
        agreed_cents=standing[-1][2] if standing else None,
        collected=accounts["cheques in hand"] + accounts["bank"] + accounts["unapplied credit"],
        balance=accounts["receivable"],
        credit=-accounts["unapplied credit"],
    )


def place_of(age: int, bounds: tuple[int, ...]) -> int:
    """Return which bucket an age falls into; ``bounds`` are the oldest age of each but the last."""
    place = 0
    while place < len(bounds) and age > bounds[place]:
        place += 1
    return place


def aged(
    found: list[Page], as_of: date, basis: str, bounds: tuple[int, ...], name: Callable[[Page], str]
) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Return the count, the cents and how many lack the day, of each bucket and name."""
    sums: dict[tuple[int, str], tuple[int, int, int]] = {}
    for page in found:
        if page.balance:
            key = place_of((as_of - page.day(basis)) // timedelta(days=1), bounds), name(page)
            count, cents, lacking = sums.get(key, (0, 0, 0))
            lacks = getattr(page, basis) is None
            sums[key] = (count + 1, cents + page.balance, lacking + lacks)
    return sums
