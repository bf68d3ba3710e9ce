"""Random histories of a clinic whose logs have rows that cannot be paid: held, repaired, voided, paid in later runs.

The clinic pays by the hour, so that a row paid for another row's time changes a sum. Every history ends with all rows repaired and
every period generated again.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from typing import Any

from server.billing.clinics import PayBasis, Setup
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_rate, paying
from tests.ribbon.clicks import a_click, confirmed, pressed

HOURLY: Setup = paying(a_rate(60_00, PayBasis.PER_HOUR))
"""One dollar a minute, so that the cents of a line say which minutes it is for."""

WITH_PATIENTS = (*HEADINGS, "Patient")
MONTHS = (8, 9, 10)
MINUTES = (30, 40, 50, 60)
DAMAGES = ("status", "provider", "service", "minutes", "date", "twice", "no date and provider")

Row = tuple[Cell, ...]


@dataclass
class Visit:
    """A visit as it took place, and what is wrong with its row as it is exported now ("" if nothing)."""

    number: int
    month: int
    day: int
    provider: str
    service: str
    minutes: int
    patient: str
    damage: str = ""

    @property
    def paid_as(self) -> tuple[str, str, int]:
        """Return what its pay line must say."""
        return f"2026-{self.month:02}-{self.day:02}", self.provider, self.minutes * 100


@dataclass
class History:
    """A clinic's ledger, the visits that took place, and what was done with them. ``answers`` come with each log."""

    ledger: Ledger
    random: Random
    has_ids: bool
    has_patients: bool
    answers: dict[str, str] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    held_by: dict[str, list[Visit]] = field(default_factory=dict)

    def begin(self) -> None:
        """Let visits take place, several alike on one day, and damage a part of their rows."""
        draw = self.random
        for number in range(draw.randrange(12, 22)):
            visit = Visit(
                number,
                draw.choice(MONTHS),
                draw.randrange(1, 5),
                draw.choice(("Jane Roe", "Max Doe")),
                draw.choice(("EX-101", "EX-102")),
                draw.choice(MINUTES),
                draw.choice(("PT-1", "PT-2", "PT-3")),
            )
            visit.damage = draw.choice(DAMAGES) if draw.random() < 0.4 else ""
            if visit.damage == "twice" and not self.has_ids:
                visit.damage = "status"
            if "and" in visit.damage and not (self.has_ids or self.has_patients):
                visit.damage = "date"  # else a service would be all that is known of it
            self.visits.append(visit)

    def act(self) -> None:
        """Do one thing: run a month, repair a row, or void a run."""
        kind = self.random.choices(("run", "repair", "void"), (5, 4, 1))[0]
        if kind == "run":
            self.run_month(self.random.choice(MONTHS))
        elif kind == "repair":
            self.repair(self.random.sample(self.visits, 3))
        else:
            self.void_one()

    def end(self) -> None:
        """Repair everything and run every month again, in any order, until nothing is left to pay."""
        self.repair(self.visits)
        for month in self.random.sample(MONTHS, len(MONTHS)):
            self.run_month(month, late=False)

    def run_month(self, month: int, *, late: bool = True) -> None:
        """Generate a month's log and approve it with its blocked rows held.

        With ``late``, the log at times has rows of other months, or nothing but rows that were held.
        """
        rows = [one for one in self.visits if one.month == month]
        if late and self.random.random() < 0.3:
            held = {one.number for run in self.held_by.values() for one in run}
            rows = [one for one in rows if one.number in held] or rows
        if late and self.random.random() < 0.4:
            rows += [one for one in self.random.sample(self.visits, 3) if "date" not in one.damage]
        if not rows:
            return
        log = self.log_of(dict.fromkeys(one.number for one in rows))
        inputs = {"from": f"2026-{month:02}-01", "to": f"2026-{month:02}-28"}
        reply = self._pressed("payroll.generate", log, inputs)
        run = reply["figures"].get("run", "")
        self.done.append(f"{month}: {reply['summary']}")
        if run:
            approved = self._pressed("payroll.close", None, {"run": run, "hold-rows": "yes"})
            assert approved["asks"] is None, approved["summary"]
            self.held_by[run] = [one for one in rows if one.damage and one.month == month]

    def repair(self, visits: Iterable[Visit]) -> None:
        """Correct the rows of some visits."""
        for visit in visits:
            visit.damage = ""

    def void_one(self) -> None:
        """Void a closed run."""
        with self.ledger.clinic("lakeside").reading() as books:
            closed = [run.id for run in books.runs() if run.state == "closed"]
        if closed:
            run = self.random.choice(closed)
            self._pressed("payroll.void", None, {"run": run, "reason": "a slip"})
            self.done.append(f"void {run}")
            del self.held_by[run]

    def log_of(self, numbers: Iterable[int]) -> list[Row]:
        """Return the rows of some visits as they are exported now, in the order of their numbers."""
        return [self._row(self.visits[number]) for number in sorted(numbers)]

    def paid(self) -> Counter[tuple[str, str, int]]:
        """Return what the lines of closed runs say: day, provider and cents."""
        query = "SELECT day, provider, amount_cents FROM pay_line JOIN pay_run ON pay_run.id = run WHERE state = 'closed'"
        with closing(sqlite3.connect(self.ledger.folder / "clinics" / "lakeside.db")) as db:
            return Counter(db.execute(query).fetchall())

    def least_waiting(self) -> int:
        """Return how many held visits must wait at least: those that closed runs left and none has paid.

        Of visits that cannot be told apart by their pay, as many as possible are taken for paid.
        """
        paid, took_place = self.paid(), Counter(visit.paid_as for visit in self.visits)
        left = {visit.number: visit.paid_as for rows in self.held_by.values() for visit in rows}
        held = Counter(left.values())
        return sum(max(0, held[kind] - paid[kind]) for kind in took_place)

    def held_states(self) -> list[str]:
        """Return the states of the held visits."""
        with self.ledger.clinic("lakeside").reading() as books:
            return [visit.state.value for visit in books.held_visits.find()]

    def _row(self, visit: Visit) -> Row:
        damage = visit.damage
        cells: dict[str, Cell] = {
            "Appointment ID": f"A-{visit.number}" if self.has_ids else None,
            "Date of service": None if "date" in damage else visit.paid_as[0],
            "Provider": "Nobody Known" if "provider" in damage else visit.provider,
            "Service": "EX-999" if damage == "service" else visit.service,
            "Status": "Perhaps" if damage == "status" else "Attended",
            "Minutes": None if damage == "minutes" else visit.minutes,
        }
        if damage == "twice":
            first = next(one for one in self.visits if one.month == visit.month)
            cells["Appointment ID"] = f"A-{first.number}"
        if self.has_patients:
            cells["Patient"] = visit.patient
        return tuple(cells.get(heading) for heading in self._headings)

    @property
    def _headings(self) -> Sequence[str]:
        return WITH_PATIENTS if self.has_patients else HEADINGS

    def _pressed(self, button: str, log: Sequence[Row] | None, inputs: dict[str, str]) -> dict[str, Any]:
        """Press a button. Whatever looks like a paid visit is another one: the same visits are known by themselves.

        What is gone from a log is in another export.
        """
        click = a_click(log, headings=self._headings, inputs=inputs | (self.answers if log else {}))
        reply = (confirmed if button == "payroll.close" else pressed)(self.ledger, button, click)
        asked = [one["name"] for one in (reply["asks"] or {"fields": []})["fields"]]
        if asked == ["paid_visits"]:
            self.done.append(f"asked: {reply['summary']}")
            return self._pressed(button, log, inputs | {"paid_visits": "others"})
        if asked == ["vanished_visits"]:
            return self._pressed(button, log, inputs | {"vanished_visits": "elsewhere"})
        assert not asked, (reply["summary"], self.done)
        return reply
