"""Warnings about rows of an Invoices sheet. They do not prevent recording."""

from collections.abc import Collection, Mapping, Sequence

from server.billing.days import us
from server.billing.invoices.invoice import Field
from server.billing.invoices.line_edits import CODE
from server.billing.invoices.pro_rata import AgreementLimits
from server.billing.invoices.step_batches import Batch
from server.billing.invoices.unusual_days import unusual_days
from server.billing.money import dollars
from server.errors import Finding
from server.errors.invoice_findings import (
    BouncedElsewhere,
    ChequeNumberAgain,
    DayIsUnusual,
    NoActionChosen,
    RowAddedByHand,
    RowLeft,
)
from server.operations.agreements import limit_findings
from server.ribbon.invoices.invoice_selection import describe_invoices
from server.ribbon.invoices.line_changes import LineChanges
from server.sheets.invoices.sheet_rows import InvoiceRows
from server.sheets.invoices.tables import ACTION, RESULT

NOT_SENT = f"Not sent: choose an {ACTION}."
"""The message of a row that has typed input but no Action."""


def without_action(sheet: InvoiceRows, begun: Collection[int]) -> list[Finding]:
    """Return the findings about these rows, which have typed input but no Action, or were added to our sheet."""
    added = [row.number for row in sheet.rows if row.is_added and row.number in begun]
    typed = [row for row in begun if row not in added]
    facts = {NoActionChosen(): typed, _ADDED_WITHOUT_ACTION: added}
    return [
        Finding(what, sheet.name, rows, sheet.places.get(ACTION), ACTION)
        for what, rows in facts.items()
        if rows
    ]


_ADDED_WITHOUT_ACTION = RowAddedByHand(
    now="It has no Action, so nothing of it is recorded.",
    remedy="To record a step, type the number of its invoice and choose an Action. To bill an exam, press Create invoices "
    "on a sheet of exams.",
)


def warnings_for(sheet: InvoiceRows, batch: Batch, rows: Collection[int]) -> list[Finding]:
    """Return the warnings about ``rows`` (Excel's row numbers) that can be recorded."""
    bounced = [
        sheet.remark(BouncedElsewhere(invoices=", ".join(others)), row, RESULT)
        for row, others in batch.also_pays.items()
        if row in rows
    ]
    unusual = [
        sheet.remark(DayIsUnusual(day=us(one.day), why=one.why), row, one.field)
        for row, step in batch.decided.items()
        if row in rows and row > 0
        for one in unusual_days(step, batch.invoices[step.number])
    ]
    return [*bounced, *unusual] + [
        sheet.remark(_other_cheques(batch, row), row, Field.CHEQUE_NUMBER)
        for row in batch.other_amounts
        if row in rows
    ]


def _other_cheques(batch: Batch, row: int) -> ChequeNumberAgain:
    request = batch.decided[row].request
    standing = batch.other_amounts[row].items()
    others = "; ".join(f"{dollars(cents)}, on {describe_invoices(invoices)}" for cents, invoices in standing)
    return ChequeNumberAgain(cheque=request.cheque_number, payer=request.paying_party, others=others)


def limit_warnings(
    sheet: InvoiceRows, limits: Mapping[int, AgreementLimits], rows: Collection[int]
) -> list[Finding]:
    """Return the warnings about amounts of ``rows`` that are agreed below our share, or above a letter's cap."""
    return [
        sheet.remark(what, row, Field.AMOUNT_CENTS)
        for row, one in limits.items()
        if row in rows
        for what in limit_findings(one)
    ]


def left_rows(
    sheet: InvoiceRows, rows: Collection[int], reasons: Mapping[int, Sequence[str]]
) -> list[Finding]:
    """Return the findings about rows of the sheet that could be recorded and are left as the person chose."""
    return [sheet.remark(RowLeft(why=" ".join(reasons.get(row, ()))), row, ACTION) for row in rows if row > 0]


def left_lines(
    lines: LineChanges, rows: Collection[int], reasons: Mapping[int, Sequence[str]]
) -> list[Finding]:
    """Return the findings about changes of lines that could be recorded and are left as the person chose."""
    return [
        lines.sheet.remark(RowLeft(why=" ".join(reasons.get(row, ()))), -row, CODE) for row in rows if row < 0
    ]


def append_warnings(messages: Mapping[int, str], remarks: Sequence[Finding]) -> dict[int, str]:
    """Return the messages of rows with the warnings about them appended."""
    texts = dict(messages)
    for remark in remarks:
        texts |= {row: f"{texts[row]} {remark.message}" for row in remark.rows}
    return texts
