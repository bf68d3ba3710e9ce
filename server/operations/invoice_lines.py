"""Lines of invoices, edited on a sheet (rule: prices#editing-lines)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from server.billing.invoices.invoice import Action, ActionRequest, Invoice, InvoiceLine, State, Step
from server.billing.invoices.line_edits import INVOICE, LineEdit, TypedLine, edit_lines
from server.billing.invoices.prices import PriceList
from server.billing.invoices.step_batches import Asked
from server.errors import ChangedSinceShown, ExamsUnusable
from server.errors.invoice_line_findings import LinesAreFixed
from server.ledger.clinic_books import ClinicBooks
from server.operations.invoices import refuse_blocked
from server.operations.operation import operation
from server.operations.session import Session
from server.operations.steps import STEP_REFUSALS, RecordedSteps, record_shown_steps


@dataclass(frozen=True, slots=True)
class TypedLines:
    """The rows of one invoice on an Invoice Lines sheet. ``version`` is the invoice's version when they were written,
    ``None`` if somebody typed them all.
    """

    number: str
    version: int | None
    rows: Sequence[TypedLine]


@dataclass(frozen=True, slots=True)
class EditedLines:
    """What was changed on the lines of one invoice. ``invoice`` is ``None`` if the books do not have it."""

    typed: TypedLines
    edit: LineEdit
    invoice: Invoice | None

    def step_asked(self, row: int, session: Session) -> Asked:
        """Return the step that records the lines. ``row`` is the caller's number for it."""
        version = self.invoice.version if self.invoice and self.typed.version is None else self.typed.version
        request = ActionRequest(
            self.typed.number, Action.EDIT_LINES, session.person.role, lines=self.edit.lines
        )
        return Asked(row, request, version)


@operation()
def find_edited_lines(session: Session, typed: Sequence[TypedLines]) -> list[EditedLines]:
    """Return the invoices whose rows say something else than was written into them, priced. Nothing is written."""
    with session.reading() as books:
        return _edited_lines(books, typed)


@operation(*STEP_REFUSALS, ExamsUnusable, ChangedSinceShown)
def record_lines_and_steps(
    session: Session,
    edited: Sequence[TypedLines],
    steps: Sequence[Asked],
    shown: Mapping[int, Step],
    rows: Collection[int],
) -> RecordedSteps:
    """Record the edits and steps of some ``rows``, exactly as they were ``shown``.

    ``steps`` and ``edited`` have everything that was shown. The lines are priced again inside the write transaction, and
    all steps are decided again. ``steps`` has the edits, too: their lines are replaced. Raises ChangedSinceShown if
    anything differs from what was shown.
    """
    priced = {one.typed.number: one for one in _edited_lines(session.books, edited)}
    refuse_blocked([finding for one in priced.values() for finding in one.edit.findings])
    if priced.keys() != {one.number for one in edited}:
        raise ChangedSinceShown
    asked = [
        priced[one.request.number].step_asked(one.row, session)
        if one.request.action is Action.EDIT_LINES
        else one
        for one in steps
    ]
    return record_shown_steps(session, asked, shown, rows)


def _edited_lines(books: ClinicBooks, typed: Sequence[TypedLines]) -> list[EditedLines]:
    invoices = books.invoices.with_numbers([one.number for one in typed])
    setup = books.setup()
    prices = PriceList(setup.prices, setup.exam_types)
    found = [_edit_of_invoice(books, one, invoices.get(one.number), prices) for one in typed]
    return [one for one in found if not one.edit.is_empty]


def _edit_of_invoice(
    books: ClinicBooks, typed: TypedLines, invoice: Invoice | None, prices: PriceList
) -> EditedLines:
    """Return what was changed. Rows of an unknown invoice, and of one that has moved on, are not priced: their step is
    refused.
    """
    if invoice is None:
        rows = {row.row: INVOICE for row in typed.rows}
        return EditedLines(typed, LineEdit((), (), rows, (), ()), None)
    is_stale = typed.version not in {None, invoice.version}
    shown = _lines_at(books, invoice, typed.version or 0) if is_stale else invoice.lines
    edit = edit_lines(invoice.facts, shown, typed.rows, prices)
    if is_stale:
        edit = replace(edit, findings=())
    elif invoice.state is not State.PENDING_INVOICE and not edit.is_empty:
        edit = _refused_edit(invoice, typed, edit)
    return EditedLines(typed, edit, invoice)


def _refused_edit(invoice: Invoice, typed: TypedLines, edit: LineEdit) -> LineEdit:
    """Return the edit with nothing but the finding that the lines of this invoice cannot change."""
    what = LinesAreFixed(invoice=invoice.number, state=invoice.state.label)
    rows = [row for row in typed.rows if row.row in edit.changed] or typed.rows[:1]
    flaws = tuple(row.finding(what, edit.changed.get(row.row, INVOICE)) for row in rows)
    return replace(edit, findings=flaws)


def _lines_at(books: ClinicBooks, invoice: Invoice, version: int) -> tuple[InvoiceLine, ...]:
    """Return the lines that an invoice had after ``version`` steps."""
    recorded = takewhile(lambda one: one.step.place <= version, books.invoices.history(invoice.number))
    lines: tuple[InvoiceLine, ...] = ()
    for one in recorded:
        lines = one.step.request.lines or lines
    return lines
