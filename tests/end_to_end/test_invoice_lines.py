"""Lines typed on the Invoice Lines sheet are the lines in the books, whatever a biller does to the sheet.

Random changes are typed into a saved workbook and sent with ``clinicledger press`` over real HTTP. A model that works
with plain Decimals and knows nothing of the product says which lines an invoice has afterwards, to the cent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.cli.service import temporary_service
from server.settings import Settings
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import (
    BOTH_SIDES,
    LICENSE,
    PRICES,
    QUINCE,
    Exam,
    exams,
    exams_book,
    price_of,
    priced_setup,
)

SHEET = "Invoice Lines"
EXAMS, ROUNDS, CHANGED = 30, 6, 14
CODES = sorted({price.code for price in PRICES} - {"EX-510"})

Cells = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line on paper: the price is for one unit of one side, ``times`` is for both."""

    code: str
    units: int
    price: Decimal
    times: Decimal = Decimal(1)

    @property
    def total(self) -> Decimal:
        return (self.price * self.units * self.times).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def cells(self) -> Cells:
        return {"Code": self.code, "Units": self.units, "Bilateral": "no" if self.times == 1 else "yes"}


Paper = dict[str, list[Line]]
"""The lines of each invoice that is a draft, in their order."""


class LinesBook:
    """The workbook of a biller, with both sheets of invoices."""

    def __init__(self, biller: Biller) -> None:
        self.biller = biller
        self.path = biller.folder / "invoices.xlsx"

    def open_again(self, **inputs: str) -> None:
        options = [option for name, value in inputs.items() for option in ("--set", f"{name}={value}")]
        self.biller.press("invoices.open", self.path, *options)

    def rows(self) -> list[Cells]:
        return [row for row in self.biller.sheet(self.path, SHEET) if row["Invoice"] != ""]

    def lines(self) -> Paper:
        """Return what the sheet says."""
        found: Paper = {}
        for row in sorted(self.rows(), key=lambda row: int(row["Row key"].rpartition("/")[2])):
            price, units = Decimal(str(row["Unit price"])), int(row["Units"])
            total = Decimal(str(row["Total"])).quantize(Decimal("0.01"))
            times = {Line("", units, price, times).total: times for times in BOTH_SIDES.values()}[total]
            assert (row["Bilateral"] == "yes") == (times != 1)
            found.setdefault(row["Invoice"], []).append(Line(row["Code"], units, price, times))
        return found

    def send(self, *options: str) -> dict[str, Any]:
        return self.biller.press("invoices.update", self.path, *options)


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Biller]:
    folder = tmp_path_factory.mktemp("lines")
    priced_setup().save(folder / "setup.xlsx")
    with temporary_service(Settings(path=folder / "ledger", workers=0)) as url:
        biller = Biller(url, folder / "ledger", folder)
        biller.press("clinic.save", folder / "setup.xlsx", *LICENSE)
        biller.confirm("invoices.create", exams_book(exams(EXAMS), folder / "exams.xlsx"))
        yield biller


@pytest.fixture
def book(biller: Biller) -> LinesBook:
    book = LinesBook(biller)
    Workbook().save(book.path)
    biller.press("clinic.choose", book.path, *QUINCE)
    book.open_again()
    return book


def exam_of(number: str) -> Exam:
    return exams(EXAMS)[int(number.removeprefix("INV-")) - 1]


def priced(number: str, code: str, units: int, *, both_sides: bool) -> Line:
    price = price_of(exam_of(number), code)
    return Line(code, units, price.dollars, BOTH_SIDES[price.both_sides] if both_sides else Decimal(1))


def in_books(biller: Biller, number: str) -> list[Line]:
    """Return the lines of an invoice in the books."""
    return all_in_books(biller, [number])[number]


def all_in_books(biller: Biller, numbers: Iterable[str]) -> Paper:
    """Return the lines of these invoices in the books."""
    with biller.http() as http:
        return {
            number: _lines_in(http.get(f"/clinics/quince/invoices/{number}").json()) for number in numbers
        }


def _lines_in(invoice: dict[str, Any]) -> list[Line]:
    """Return the lines that REST shows, and check that they are what is billed."""
    lines = [
        Line(
            line["code"],
            line["units"],
            Decimal(line["unit_price_cents"]) / 100,
            Decimal(line["multiplier_thousandths"]) / 1000,
        )
        for line in invoice["lines"]
    ]
    totals = [Decimal(line["total_cents"]) / 100 for line in invoice["lines"]]
    assert totals == [line.total for line in lines]
    assert Decimal(invoice["billed_cents"]) / 100 == sum(totals) == Decimal(invoice["balance_cents"]) / 100
    return lines


class Hand:
    """Types into the sheet and notes on paper what the invoices bill from now on."""

    def __init__(self, sheet: Worksheet, paper: Paper, random: Random) -> None:
        self.sheet, self.paper, self.random = sheet, paper, random
        self.heads = {str(cell.value): place for place, cell in enumerate(sheet[1], 1)}

    def row_of(self, number: str, code: str) -> int:
        rows = range(2, self.sheet.max_row + 1)
        return next(
            row for row in rows if (self.cell(row, "Invoice"), self.cell(row, "Code")) == (number, code)
        )

    def cell(self, row: int, head: str) -> object:
        return self.sheet.cell(row, self.heads[head]).value

    def write(self, row: int, cells: Cells) -> None:
        for head, value in cells.items():
            self.sheet.cell(row, self.heads[head]).value = value

    def change(self, number: str) -> None:
        """Change the lines of an invoice in one random way."""
        lines = self.paper[number]
        at = self.random.randrange(len(lines))
        line, acts = lines[at], [self.units, self.sides, self.other_code, self.add, self.copy_row]
        if len(lines) > 1:
            acts += [self.no_units, self.clear, self.delete, self.wipe]
        self.random.choice(acts)(number, at, line)

    def units(self, number: str, at: int, line: Line) -> None:
        units = self.random.choice([one for one in range(1, 9) if one != line.units])
        self.write(self.row_of(number, line.code), {"Units": units})
        self.paper[number][at] = replace(line, units=units)

    def sides(self, number: str, at: int, line: Line) -> None:
        if line.code == "EX-510":
            return
        both = line.times == 1
        self.write(self.row_of(number, line.code), {"Bilateral": "yes" if both else "no"})
        self.paper[number][at] = priced(number, line.code, line.units, both_sides=both)

    def other_code(self, number: str, at: int, line: Line) -> None:
        code = self.unused(number)
        self.write(self.row_of(number, line.code), {"Code": code})
        self.paper[number][at] = priced(number, code, line.units, both_sides=line.times != 1)

    def add(self, number: str, at: int, line: Line) -> None:
        del at, line
        code, units, both = (
            self.unused(number),
            self.random.choice([None, 1, 2, 5]),
            self.random.random() < 0.3,
        )
        self.append({"Invoice": number, "Code": code, "Units": units, "Bilateral": "yes" if both else None})
        self.paper[number].append(priced(number, code, units or 1, both_sides=both))

    def copy_row(self, number: str, at: int, line: Line) -> None:
        """Add a line as people do: copy a row with all its hidden cells, and type another code."""
        del at
        row = self.row_of(number, line.code)
        code = self.unused(number)
        self.append({head: self.cell(row, head) for head in self.heads} | {"Code": code})
        self.paper[number].append(priced(number, code, line.units, both_sides=line.times != 1))

    def no_units(self, number: str, at: int, line: Line) -> None:
        self.write(self.row_of(number, line.code), {"Units": 0})
        del self.paper[number][at]

    def clear(self, number: str, at: int, line: Line) -> None:
        """Clear what is shown of a row; its hidden cells stay."""
        heads = ("Invoice", "Code", "Description", "Units", "Bilateral", "Unit price", "Total")
        self.write(self.row_of(number, line.code), dict.fromkeys(heads))
        del self.paper[number][at]

    def wipe(self, number: str, at: int, line: Line) -> None:
        self.write(self.row_of(number, line.code), dict.fromkeys(self.heads))
        del self.paper[number][at]

    def delete(self, number: str, at: int, line: Line) -> None:
        self.sheet.delete_rows(self.row_of(number, line.code))
        del self.paper[number][at]

    def append(self, cells: Cells) -> None:
        self.write(self.sheet.max_row + 1, cells)

    def unused(self, number: str) -> str:
        return self.random.choice(
            [code for code in CODES if code not in {one.code for one in self.paper[number]}]
        )

    def shuffle(self) -> None:
        """Sort the sheet in an order of somebody's own."""
        rows = [[cell.value for cell in row] for row in self.sheet.iter_rows(min_row=2)]
        self.random.shuffle(rows)
        for number, row in enumerate(rows, 2):
            self.write(number, dict(zip(self.heads, row, strict=True)))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_lines_typed_are_lines_recorded_to_the_cent(book: LinesBook, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same whims every time
    paper = book.lines()
    workbook = load_workbook(book.path)
    hand = Hand(workbook[SHEET], paper, random)
    # Other tests of this workbook send invoices, whose lines are fixed then.
    drafts = {
        row["Invoice"]
        for row in book.biller.sheet(book.path, "Invoices")
        if row["State"] == "Pending invoice"
    }
    for number in random.sample(sorted(paper.keys() & drafts), CHANGED):
        hand.change(number)
    if seed % 2:
        hand.shuffle()
    workbook.save(book.path)
    before = all_in_books(book.biller, paper)
    changed = {number for number in paper if before[number] != paper[number]}

    reply = book.send()

    assert reply["level"] in {"done", "review"}, reply
    assert reply["figures"]["actions"]["edit lines"] >= len(changed)
    assert all_in_books(book.biller, paper) == paper
    assert book.lines() == paper
    assert book.send()["figures"]["recorded"] == 0, "a second press finds nothing to send"


WRONG: dict[str, tuple[Cells, str, str]] = {
    "a price of one's own": ({"Unit price": 1.23}, "line-is-computed", "Unit price"),
    "a total of one's own": ({"Total": 1.23}, "line-is-computed", "Total"),
    "a description of one's own": ({"Description": "something else"}, "line-is-computed", "Description"),
    "half a unit": ({"Units": 1.5}, "units-not-whole", "Units"),
    "no units": ({"Units": None}, "blank-cell", "Units"),
    "no number": ({"Units": "many"}, "not-a-number", "Units"),
    "an unknown code": ({"Code": "EX-999"}, "unknown-code", "Code"),
    "no code": ({"Code": None}, "blank-cell", "Code"),
    "neither yes nor no": ({"Bilateral": "left"}, "not-a-choice", "Bilateral"),
    "another invoice": ({"Invoice": "INV-000404"}, "row-mixed-up", "Invoice"),
}


@pytest.mark.parametrize(("cells", "code", "heading"), WRONG.values(), ids=WRONG)
def test_one_wrong_row_keeps_every_line_out_of_the_books_and_is_named(
    book: LinesBook, cells: Cells, code: str, heading: str
) -> None:
    paper = book.lines()
    workbook = load_workbook(book.path)
    hand = Hand(workbook[SHEET], paper, Random(1))  # noqa: S311
    good, bad = sorted(paper)[:2]
    row = hand.row_of(bad, paper[bad][0].code)
    hand.write(row, cells)
    hand.units(good, 0, paper[good][0])
    workbook.save(book.path)
    before = all_in_books(book.biller, paper)

    refused = book.send()

    (finding,) = [one for one in refused["findings"] if one["code"] == code]
    assert (finding["sheet"], finding["row"], finding["column"]) == (SHEET, row, heading)
    assert refused["figures"]["recorded"] == 0
    assert all_in_books(book.biller, paper) == before
    assert book.rows()[row - 2]["Result"].startswith("Not recorded: ")

    agreed = book.send("--set", "apply=yes")

    assert agreed["figures"]["recorded"] == 1
    assert in_books(book.biller, good) == paper[good]
    assert in_books(book.biller, bad) == before[bad]


def test_lines_are_changed_before_the_invoice_is_sent_in_the_same_click(book: LinesBook) -> None:
    paper = book.lines()
    number = max(paper)
    workbook = load_workbook(book.path)
    hand = Hand(workbook[SHEET], paper, Random(2))  # noqa: S311
    hand.units(number, 0, paper[number][0])
    _type_send(workbook["Invoices"], number)
    workbook.save(book.path)

    reply = book.send()

    assert reply["figures"]["actions"] == {"edit lines": 1, "send": 1}
    assert in_books(book.biller, number) == paper[number]
    (shown,) = [row for row in book.biller.sheet(book.path, "Invoices") if row["Invoice"] == number]
    assert shown["State"] == "Pending reduction"
    assert Decimal(str(shown["Billed"])) == sum(line.total for line in paper[number])
    assert {row["Row version"] for row in book.rows() if row["Invoice"] == number} == {shown["Row version"]}


def _type_send(sheet: Worksheet, number: str) -> None:
    heads = {str(cell.value): place for place, cell in enumerate(sheet[1], 1)}
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == number)
    for head, value in {"Action": "send", "Date": "11/02/2025", "Paying party": "Thistle Casualty"}.items():
        sheet.cell(row, heads[head]).value = value


def test_the_lines_of_an_invoice_that_was_sent_are_gray_and_a_change_is_a_finding(book: LinesBook) -> None:
    sent = [row for row in book.biller.sheet(book.path, "Invoices") if row["State"] == "Pending reduction"]
    number = sent[0]["Invoice"]
    before = in_books(book.biller, number)
    workbook = load_workbook(book.path)
    hand = Hand(workbook[SHEET], {}, Random(3))  # noqa: S311
    row = hand.row_of(number, before[0].code)
    fills = {workbook[SHEET].cell(row, column).fill.fgColor.rgb for column in range(1, 8)}
    hand.write(row, {"Units": 7})
    workbook.save(book.path)

    reply = book.send()

    assert fills == {"00E8F0F2"}
    (finding,) = reply["findings"]
    assert (finding["code"], finding["cell"]) == ("lines-are-fixed", f"D{row}")
    assert in_books(book.biller, number) == before


def test_a_colleague_who_was_faster_is_named_and_nothing_is_lost(book: LinesBook) -> None:
    paper = book.lines()
    number = sorted(paper)[3]
    colleague = load_workbook(book.path)
    Hand(colleague[SHEET], {number: list(paper[number])}, Random(4)).units(number, 0, paper[number][0])  # noqa: S311
    colleague.save(book.biller.folder / "colleague.xlsx")
    mine = load_workbook(book.path)
    Hand(mine[SHEET], paper, Random(5)).units(number, 0, paper[number][0])  # noqa: S311
    mine.save(book.path)
    assert book.send()["figures"]["recorded"] == 1

    late = book.biller.press("invoices.update", book.biller.folder / "colleague.xlsx")

    assert [finding["code"] for finding in late["findings"]] == ["step-refused"]
    assert f"Somebody worked on invoice {number} " in late["findings"][0]["message"]
    assert in_books(book.biller, number) == paper[number]


def test_typed_lines_are_asked_about_before_the_sheets_are_replaced(book: LinesBook) -> None:
    paper = book.lines()
    workbook = load_workbook(book.path)
    Hand(workbook[SHEET], paper, Random(6)).units(sorted(paper)[4], 0, paper[sorted(paper)[4]][0])  # noqa: S311
    workbook.save(book.path)

    asked = book.biller.press("invoices.open", book.path)

    assert [field["name"] for field in asked["asks"]["fields"]] == ["anew"]
    assert asked["summary"].startswith("1 row has entries that are not sent yet.")


def test_the_history_shows_the_lines_of_each_step_that_billed_them(book: LinesBook) -> None:
    number = min(book.lines())
    book.biller.press("invoices.history", book.path, "--set", f"invoice={number}")
    rows = book.biller.sheet(book.path, "Invoice History")
    for row in rows:
        assert bool(row["Lines"]) == (row["Action"] in {"create", "edit lines"})
    last = [row["Lines"] for row in rows if row["Lines"]][-1].splitlines()
    lines = in_books(book.biller, number)
    assert [text.partition(":")[0] for text in last] == [line.code for line in lines]
    assert [text.rpartition("= ")[2] for text in last] == [f"${line.total:,.2f}" for line in lines]
