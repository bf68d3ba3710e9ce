"""What was typed on the Invoice Lines sheet of a click: the edits that can be recorded, and why the others cannot.

The edit of an invoice is a step like those of the Invoices sheet. Its row number is negative (the negative of
Excel's row of its first change), so it is decided first and is never taken for a row of the Invoices sheet.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.invoices.line_edits import CODE
from server.billing.invoices.step_batches import Asked, Subject
from server.billing.names import fold
from server.errors import Finding, StepRefused
from server.errors.invoice_findings import HeldWithAnother, StepNotRecorded
from server.operations.invoice_lines import EditedLines, TypedLines, find_edited_lines
from server.operations.session import Session
from server.ribbon.context import ClickContext
from server.sheets.invoices.line_rows import NO_LINES, LineRow, LineRows, read_lines
from server.sheets.invoices.tables import INVOICE, INVOICE_LINES


@dataclass(frozen=True, slots=True)
class LineChanges:
    """The changed invoices of the sheet, by row number; ``bad`` have a row that cannot be recorded, with the findings."""

    sheet: LineRows = NO_LINES
    edited: Mapping[int, EditedLines] = field(default_factory=dict)
    bad: Mapping[int, Sequence[Finding]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many invoices have changed lines."""
        return len(self.edited) + len(self.bad.keys() - self.edited.keys())

    @property
    def findings(self) -> list[Finding]:
        """Return what is wrong in the rows."""
        return [finding for findings in self.bad.values() for finding in findings]

    def steps_asked(self, session: Session) -> list[Asked]:
        """Return the steps that record the good edits."""
        return [one.step_asked(row, session) for row, one in self.edited.items() if row not in self.bad]

    def typed_lines(self, rows: Collection[int]) -> list[TypedLines]:
        """Return the rows of these edits."""
        return [one.typed for row, one in self.edited.items() if row in rows]

    def left_out(self, *, every: bool = False) -> dict[int, tuple[Subject, ...]]:
        """Return the edits that cannot be recorded, or ``every`` edit, and the invoice of each."""
        rows = {*self.edited, *self.bad} if every else self.bad
        return {row: (("invoice", self.invoice_of(row)),) for row in rows}

    def invoice_of(self, row: int) -> str:
        """Return the invoice of an edit."""
        return next(one.invoice for one in self.sheet.rows if one.number == -row)

    def split_by(self, numbers: Collection[str]) -> tuple["LineChanges", "LineChanges"]:
        """Return the changes of these invoices, and those of all others."""
        inside = {row for row in (*self.edited, *self.bad) if self.invoice_of(row) in numbers}
        outside = (self.edited.keys() | self.bad.keys()) - inside
        return self._only(inside), self._only(outside)

    def _only(self, rows: Collection[int]) -> "LineChanges":
        edited = {row: one for row, one in self.edited.items() if row in rows}
        return LineChanges(self.sheet, edited, {row: one for row, one in self.bad.items() if row in rows})

    def refusal_findings(self, row: int, refusal: StepRefused) -> list[Finding]:
        """Return a refused edit as a finding about its first changed cell."""
        return [
            self.sheet.remark(
                StepNotRecorded.of(refusal), -row, self.edited[row].edit.changed.get(-row, INVOICE)
            )
        ]

    def held_finding(self, row: int, what: HeldWithAnother) -> Finding:
        """Return the finding about an edit that is held because of another row."""
        return self.sheet.remark(what, -row, CODE)

    def row_text(self, row: int) -> str:
        """Return a row as a sentence names it, with its sheet if it is not one of the Invoices sheet."""
        return str(row) if row > 0 else f"{-row} of the sheet {self.sheet.name}"

    def messages_of(self, findings: Sequence[Finding]) -> dict[int, str]:
        """Return why an edit cannot be recorded, by edit: the sentences about its cells, without duplicates."""
        texts: dict[int, dict[str, None]] = defaultdict(dict)
        for row in (*self.edited, *self.bad):
            of_invoice = {one.number for one in self.sheet.rows if one.invoice == self.invoice_of(row)}
            for finding in findings:
                if finding.sheet == self.sheet.name and of_invoice.intersection(finding.rows):
                    texts[row][finding.message] = None
        return {row: " ".join(sentences) for row, sentences in texts.items()}

    def texts_by_row(self, messages: Mapping[int, str]) -> dict[int, str]:
        """Return the Result texts of the sheet, by Excel's row: the message of an edit at each of its changed rows."""
        return {number: text for row, text in messages.items() if row < 0 for number in self.rows_of(row)}

    def rows_of(self, row: int) -> list[int]:
        """Return Excel's rows of an edit: those that were changed, else its first."""
        changed = self.edited[row].edit.changed if row in self.edited else ()
        return sorted({-row, *changed})


def lines_sheet_sent(context: ClickContext) -> LineRows | None:
    """Return the Invoice Lines sheet sent with the click, or ``None``."""
    for sheet in context.click.worksheets():
        if fold(sheet.name) == fold(INVOICE_LINES.name):
            return read_lines(sheet)
    return None


def changes_of(session: Session, sheet: LineRows | None) -> LineChanges:
    """Return what was typed on the sheet. An invoice with an unreadable row is bad as a whole."""
    if sheet is None or not sheet.usable:
        return LineChanges(sheet or NO_LINES)
    by_invoice: dict[str, list[LineRow]] = defaultdict(list)
    for row in sheet.rows:
        by_invoice[row.invoice].append(row)
    unreadable = {
        number: rows for number, rows in by_invoice.items() if not all(row.readable for row in rows)
    }
    typed = [_typed_lines(number, rows) for number, rows in by_invoice.items() if number not in unreadable]
    edited = {-_first_row(one): one for one in find_edited_lines(session, typed)}
    bad = {
        row: [sheet.with_column(finding) for finding in one.edit.findings]
        for row, one in edited.items()
        if one.edit.findings
    }
    for rows in unreadable.values():
        numbers = [row.number for row in rows if not row.readable]
        bad[-numbers[0]] = [one for one in sheet.findings if set(one.rows) <= set(numbers)]
    return LineChanges(sheet, edited, bad)


def _typed_lines(number: str, rows: Iterable[LineRow]) -> TypedLines:
    versions = [row.version for row in rows if row.version is not None]
    return TypedLines(number, min(versions, default=None), [row.line for row in rows])


def _first_row(edited: EditedLines) -> int:
    return min(edited.edit.changed, default=edited.typed.rows[0].row)
