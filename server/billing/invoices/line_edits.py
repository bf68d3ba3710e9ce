"""Works out the lines of an invoice from the rows of an Invoice Lines sheet (rule: prices#editing-lines).

A row that says what was written into it keeps its line. A changed row keeps its frozen price while code and unit price
are as they were; otherwise it is priced like a new one. Nothing is decided here about the state of the invoice.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.exams import Exam, price_lines, unit_flaws
from server.billing.invoices.invoice import InvoiceFacts, InvoiceLine
from server.billing.invoices.prices import PriceList, priced_line
from server.billing.money import THOUSAND, dollars
from server.billing.names import fold
from server.errors import Finding
from server.errors.finding_facts import FindingFacts
from server.errors.invoice_line_findings import LineCodeTwice, LineIsComputed, NoLineLeft
from server.errors.setup_findings import BlankCell

INVOICE, CODE, DESCRIPTION, UNITS = "Invoice", "Code", "Description", "Units"
BILATERAL, UNIT_PRICE, TOTAL = "Bilateral", "Unit price", "Total"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One row of an Invoice Lines sheet. Quantities are thousandths; ``None`` and "" are empty cells.

    ``place`` counts from 1: the line of the invoice that the row was written for, ``None`` if somebody added the row.
    """

    sheet: str
    row: int
    place: int | None = None
    code: str = ""
    description: str = ""
    units_thousandths: int | None = None
    bilateral: bool = False
    unit_price_cents: int | None = None
    total_cents: int | None = None

    @property
    def is_removed(self) -> bool:
        """Return whether the row removes its line: it has 0 units, or neither code nor units."""
        return self.units_thousandths == 0 or (not self.code and self.units_thousandths is None)

    def first_difference(self, line: InvoiceLine) -> str:
        """Return the heading of the first cell that differs from what we write for this line, "" if none does."""
        cells = (
            (CODE, self.code.split(), line.code.split()),
            (DESCRIPTION, self.description.split(), line.description.split()),
            (UNITS, self.units_thousandths, line.units * THOUSAND),
            (BILATERAL, self.bilateral, is_bilateral(line)),
            (UNIT_PRICE, self.unit_price_cents, line.unit_price_cents),
            (TOTAL, self.total_cents, line.total_cents),
        )
        return next((heading for heading, typed, shown in cells if typed != shown), "")

    def finding(self, what: FindingFacts, heading: str) -> Finding:
        """Return a finding about one of the row's cells. The sheet's reader adds the column."""
        return Finding(what, self.sheet, (self.row,), None, heading)


def is_bilateral(line: InvoiceLine) -> bool:
    """Return whether a line is shown as bilateral. One at x1 costs the same as one side and is shown as one."""
    return line.multiplier_thousandths != THOUSAND


@dataclass(frozen=True, slots=True)
class LineEdit:
    """The lines after an edit, and the row of each; ``None`` for a line that the sheet does not show.

    ``changed`` are the rows that say something else than was written into them, with the heading of the first such
    cell. ``removed`` are the codes of the lines that are gone. The lines are only complete without ``findings``.
    """

    lines: tuple[InvoiceLine, ...]
    rows: tuple[int | None, ...]
    changed: Mapping[int, str]
    removed: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was changed."""
        return not (self.changed or self.removed)


_Slot = tuple[TypedLine | None, InvoiceLine | None]
"""A row and the line that it was written for: ``None`` if the row was added, or if the sheet has no row for the line."""


def edit_lines(
    facts: InvoiceFacts, shown: Sequence[InvoiceLine], typed: Sequence[TypedLine], prices: PriceList
) -> LineEdit:
    """Return the lines that an invoice has after what was typed.

    ``shown`` are its lines when the sheet was written. If the sheet has a row for any of them, a line without a row
    is removed; if it has none, all rows are added to the lines.
    """
    slots = list(_match_rows(shown, typed))
    is_whole = any(row.place for row in typed)
    changed = {
        row.row: heading
        for row, line in slots
        if row and (heading := row.first_difference(line) if line else CODE)
    }
    kept = [(row, line) for row, line in slots if (not row.is_removed if row else not is_whole)]
    removed = [line for row, line in slots if line and (row.is_removed if row else is_whole)]
    lines: list[InvoiceLine] = []
    rows: list[int | None] = []
    findings: list[Finding] = []
    for row, line in kept:
        made, flaws = _line_of_row(facts, row, line, shown, prices)
        findings += flaws
        lines += made
        rows += [row.row if row else None] * len(made)
    findings += _codes_twice([row for row, _ in kept if row], changed)
    if not kept and changed:
        findings.append(
            next(row for row in typed if row.row in changed).finding(NoLineLeft(invoice=facts.number), UNITS)
        )
    return LineEdit(tuple(lines), tuple(rows), changed, tuple(line.code for line in removed), tuple(findings))


def _match_rows(shown: Sequence[InvoiceLine], typed: Iterable[TypedLine]) -> Iterator[_Slot]:
    """Yield the row of each line, then the rows that were added. Of copies of a row, the one with the line's code is its row.

    An added row without code and units is blank.
    """
    by_place: dict[int, list[TypedLine]] = {place: [] for place in range(1, len(shown) + 1)}
    added: list[TypedLine] = []
    for row in typed:
        by_place.get(row.place or 0, added).append(row)
    for place, line in enumerate(shown, 1):
        copies = by_place[place]
        own = next(
            (row for row in copies if fold(row.code) == fold(line.code)), copies[0] if copies else None
        )
        added += [row for row in copies if row is not own]
        yield own, line
    yield from ((row, None) for row in sorted(added, key=lambda row: row.row) if not row.is_removed)


def _line_of_row(
    facts: InvoiceFacts,
    row: TypedLine | None,
    line: InvoiceLine | None,
    shown: Sequence[InvoiceLine],
    prices: PriceList,
) -> tuple[list[InvoiceLine], list[Finding]]:
    """Return the line of a row, or the findings that prevent it."""
    if row is None or (line and not row.first_difference(line)):
        return ([line] if line else []), []
    if not row.code:
        return [], [row.finding(BlankCell(), CODE)]
    if line and row.units_thousandths is None:
        return [], [row.finding(BlankCell(), UNITS)]
    made, findings = _priced_row(facts, row, line, prices)
    written = shown[row.place - 1] if row.place and row.place <= len(shown) else None
    findings += [flaw for one in made for flaw in _computed_cells(row, written, one)]
    return ([] if findings else made), findings


def _priced_row(
    facts: InvoiceFacts, row: TypedLine, line: InvoiceLine | None, prices: PriceList
) -> tuple[list[InvoiceLine], list[Finding]]:
    """Return the line at its frozen price if code and unit price are untouched, else at the price of the exam date."""
    exam = Exam(
        row.sheet, row.row, facts.exam_date, facts.patient, facts.case,
        code=row.code, units_thousandths=row.units_thousandths, bilateral=row.bilateral,
    )  # fmt: skip
    is_frozen = line and fold(row.code) == fold(line.code) and row.unit_price_cents == line.unit_price_cents
    if not (line and is_frozen):
        made, findings = price_lines(exam, prices, facts.payer)
        return list(made), list(findings)
    if unusable := unit_flaws(exam):
        return [], unusable
    multiplier = line.multiplier_thousandths
    if row.bilateral != is_bilateral(line):
        made, flaws = price_lines(exam, prices, facts.payer)
        if flaws:
            return [], list(flaws)
        multiplier = made[0].multiplier_thousandths
    units = (row.units_thousandths or THOUSAND) // THOUSAND
    return [priced_line(line.code, line.description, units, line.unit_price_cents, multiplier)], []


def _computed_cells(row: TypedLine, line: InvoiceLine | None, made: InvoiceLine) -> Iterator[Finding]:
    """Yield a finding for each typed cell that contradicts what the price list and the units make of it.

    ``line`` is what was written into the row, or into the row that it is a copy of.
    """
    if row.description and fold(row.description) not in {
        fold(made.description),
        fold(line.description if line else ""),
    }:
        yield row.finding(LineIsComputed(value=row.description, expected=made.description), DESCRIPTION)
    for heading, typed, before, now in (
        (UNIT_PRICE, row.unit_price_cents, line and line.unit_price_cents, made.unit_price_cents),
        (TOTAL, row.total_cents, line and line.total_cents, made.total_cents),
    ):
        if typed not in {None, before, now}:
            yield row.finding(LineIsComputed(value=dollars(typed or 0), expected=dollars(now)), heading)


def _codes_twice(rows: Sequence[TypedLine], changed: Collection[int]) -> Iterator[Finding]:
    """Yield a finding for each changed row whose code another row bills already. Lines that nobody touched may share one."""
    for row in rows:
        others = [one.row for one in rows if one is not row and row.code and fold(one.code) == fold(row.code)]
        if row.row in changed and others and (others[0] < row.row or others[0] not in changed):
            yield row.finding(LineCodeTwice(billed_code=row.code, first=others[0]), CODE)
