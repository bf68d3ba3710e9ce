"""A log with page furniture pays what it pays without, and no row of any sheet is lost: seen on random logs."""

from collections.abc import Callable, Sequence
from random import Random

import pytest

from server.billing.clinics import PayBasis, Setup
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.pay_run import Outcome, PayRun
from server.errors import EmptySheet
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import a_log, a_rate, a_sheet, paying, run_of_log

Row = dict[str, Cell]

NAMES = ("ID", "Date", "Provider", "Service", "Status", "Charge", "Balance", "Note")
PAYING = paying(a_rate(500_000, PayBasis.OF_CHARGE), a_rate(4_000, service="EX-102"))
PROVIDERS, SERVICES = ("Jane Roe", "Max Doe"), ("EX-101", "EX-102", "EX-103")


def rows_below(log: AppointmentLog) -> int:
    """Return how many rows a reading accounts for."""
    facts = log.facts
    furniture = facts.repeated_headers + facts.totals_rows + facts.blank_rows + sum(facts.furniture.values())
    return len(log) + furniture


def run_of(log: AppointmentLog, setup: Setup = PAYING) -> PayRun:
    return run_of_log(log, setup)


class Export:
    """A practice's export, made at random: its visits in groups by provider, and what is printed around them."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311
        self.headings = self.chance.sample(NAMES, len(NAMES))
        self.is_grouped = self.chance.random() < 0.3
        self.as_text = self.chance.random() < 0.5
        self.visits: list[Row] = []
        self.rows: list[Row] = []
        self.doubtful = 0
        for provider in self.chance.sample(PROVIDERS, 2):
            self._add_group(provider)
        self._add_end()

    def table(self, rows: Sequence[Row]) -> list[list[Cell]]:
        return [[row.get(name) for name in self.headings] for row in rows]

    def _add_group(self, provider: str) -> None:
        chance = self.chance
        named: Row = {chance.choice(NAMES[:3]): chance.choice(("Provider: {}", "{}")).format(provider)}
        self.rows += [named] if self.is_grouped else []
        since = len(self.rows)
        for _ in range(chance.randint(1, 5)):
            visit = self._visit(provider)
            self.visits.append(visit)
            self.rows.append(visit | {"Provider": None} if self.is_grouped else visit)
            if chance.random() < 0.4:
                self.rows.append(chance.choice(self._between())(visit))
        if chance.random() < 0.4:
            group = self.rows[since:]
            label: Row = {"Provider": f"{provider} Total"}
            self.rows.append(label | self._sums(group))
            self.rows += [{"Provider": f"{provider} Count", "Charge": 3}] if chance.random() < 0.5 else []

    def _visit(self, provider: str) -> Row:
        chance, number = self.chance, len(self.visits) + 1
        return {
            "ID": f"A-{number}",
            "Date": f"10/{chance.randint(13, 28)}/2026" if self.as_text else 46_296 + chance.randint(1, 25),
            "Provider": provider,
            "Service": chance.choice(SERVICES),
            "Status": chance.choice(("Show", "Show", "No Show")),
            "Charge": chance.choice((100, 80.5, 120.25)),
            "Balance": chance.choice((0, 5, None)),
            "Note": chance.choice((None, "Total of 3 visits", "page 2")),
        }

    def _sums(self, rows: Sequence[Row]) -> Row:
        """Return what a totals row says: of visits alone, and of numbers alone."""
        visits = [row for row in rows if self._is_visit(row)]
        return {
            name: sum(int(float(cell) * 100) for row in visits if isinstance(cell := row[name], int | float))
            / 100
            for name in ("Charge", "Balance")
        }

    def _between(self) -> list[Callable[[Row], Row]]:
        return [
            lambda _: {},
            lambda _: {name: name for name in NAMES},
            lambda _: {name: name for name in ("Provider", "Service", "Status")},
            lambda _: {self.chance.choice(NAMES): "Page 1 of 3"},
            lambda _: {"Date": "Printed on", "Note": "10/31/2026"},
            self._without_date,
            self._without_date,
        ]

    def _without_date(self, visit: Row) -> Row:
        """Return a visit that nobody can pay, however much it looks like a total."""
        chance = self.chance
        self.doubtful += 1
        changes: list[Row] = [
            {"Service": "Total Care", "Note": None},
            {"Note": "Total of 3 visits this week"},
            {"Note": "Grand total", "Service": "Totals group"},
            {"Provider": "Zoe New", "Status": "Sort of"},
        ]
        undated: Row = {"Date": chance.choice((None, "TBD", "10/35/2026")), "ID": f"B-{self.doubtful}"}
        return visit | undated | chance.choice(changes)

    def _add_end(self) -> None:
        chance = self.chance
        label: Row = {chance.choice(("ID", "Provider", "Note")): chance.choice(("Total", "Grand Total:"))}
        total = chance.choice((label, {}, label | {"Balance": 1})) | self._sums(self.rows)
        total |= {"Date": sum(map(self._is_visit, self.rows))} if chance.random() < 0.3 else {}
        self.rows += [total] if chance.random() < 0.7 else []
        if chance.random() < 0.4:
            counted = chance.choice(("Provider", "Service"))
            table: list[Row] = [{"Date": "Clinician", counted: "Visits"}]
            table += [{"Date": provider, counted: 4} for provider in PROVIDERS]
            self.rows += [{}, *table]

    @staticmethod
    def _is_visit(row: Row) -> bool:
        return "Charge" in row and "Status" in row and row["Charge"] != "Charge"


@pytest.mark.parametrize("seed", range(150))
def test_a_log_with_furniture_pays_what_it_pays_without(seed: int) -> None:
    export = Export(seed)
    truth = run_of(a_log(a_sheet(export.table(export.visits), export.headings), PAYING))

    log = a_log(a_sheet(export.table(export.rows), export.headings), PAYING)
    run = run_of(log)

    for column in ("appointment", "provider", "amount_cents"):
        assert getattr(run.lines, column).tolist() == getattr(truth.lines, column).tolist()
    assert run.count(Outcome.EXCLUDED) + run.count(Outcome.BLOCKED) == run.rows_in - len(run.lines)
    assert run.rows_in == len(export.visits) + export.doubtful
    assert rows_below(log) == len(export.rows)


CELLS: tuple[Cell, ...] = (
    None, None, None, "", " ", 0, 1, 2, -5, 100, 46_300, 46_300.5, 1e12, True, "Total", "Jane Roe Total", "Total Care",
    "EX-101 Count", "Page 1 of 2", "Page", "of", "Date", "Provider", "Status", "Provider: Jane Roe", "Jane Roe",
    "Zoe New", "EX-101", "Show", "No Show", "10/25/2026", "10/05/2026", "not a day", "$1,234.50", "(5.00)", "#N/A",
    "Printed on 10/31/2026", "Average", "x:y", "Max", ":", "12:30",
)  # fmt: skip
READABLE: dict[str, set[Cell]] = {
    "Date": {46_300, 46_300.5, "10/25/2026"},
    "Provider": {"Jane Roe"},
    "Service": {"EX-101"},
}


@pytest.mark.parametrize("seed", range(150))
def test_no_row_of_any_sheet_is_lost(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    headings = chance.sample(NAMES, len(NAMES) - 1 * (seed % 2))
    if not {"Date", "Provider", "Service", "Status"} <= {*headings}:
        headings = [*NAMES]
    filled = chance.random()
    rows = [
        [chance.choice(CELLS) if chance.random() < filled else None for _ in headings]
        for _ in range(chance.randint(1, 25))
    ]
    spans = [f"{letter}{row}:{letter}{row + 2}" for letter in "BCE" for row in chance.sample(range(2, 20), 1)]

    try:
        log = a_log(
            a_sheet(rows, headings, merged=spans if chance.random() < 0.3 else []), PAYING, date_order="mdy"
        )
    except (
        EmptySheet,
        Unanswered,
    ):  # a sheet of nothing but furniture, or a status column of nothing but 1 and 0
        return

    assert rows_below(log) == len(rows)
    readable = [
        number
        for number, row in enumerate(rows, 2)
        if all(row[headings.index(name)] in cells for name, cells in READABLE.items())
    ]
    assert {*readable} <= {*log.rows.tolist()}
    run = run_of(log)
    assert run.rows_in == len(log) == sum(run.count(outcome) for outcome in Outcome)
