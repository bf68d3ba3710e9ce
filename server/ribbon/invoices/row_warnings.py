"""What deserves a second look in the rows of an Invoices sheet. It keeps none of them from being recorded."""

from collections.abc import Collection, Mapping, Sequence

from server.billing.invoices.invoice import Field
from server.billing.invoices.step_batches import Batch
from server.billing.money import dollars
from server.errors import Finding
from server.ribbon.invoices.invoice_selection import describe_invoices
from server.sheets.invoices.sheet_rows import InvoiceRows
from server.sheets.invoices.tables import ACTION, RESULT

NOT_SENT = f"Not sent: choose an {ACTION}."
"""What a row is told in which something is typed and no Action chosen."""


def without_action(sheet: InvoiceRows, begun: Sequence[int]) -> list[Finding]:
    """Return the remark on these rows, in which something is typed and no Action chosen."""
    return [Finding("no-action-chosen", sheet.name, begun, sheet.places.get(ACTION), ACTION)] if begun else []


def warnings_for(sheet: InvoiceRows, batch: Batch, rows: Collection[int]) -> list[Finding]:
    """Return the remarks on rows that can be recorded, by Excel's numbers."""
    bounced = [
        sheet.remark("bounced-elsewhere", row, RESULT, invoices=", ".join(others))
        for row, others in batch.also_pays.items()
        if row in rows
    ]
    return bounced + [
        sheet.remark("cheque-number-again", row, Field.CHEQUE_NUMBER, **_other_cheques(batch, row))
        for row in batch.other_amounts
        if row in rows
    ]


def _other_cheques(batch: Batch, row: int) -> dict[str, str]:
    request = batch.decided[row].request
    standing = batch.other_amounts[row].items()
    others = "; ".join(f"{dollars(cents)}, on {describe_invoices(invoices)}" for cents, invoices in standing)
    return {"cheque": request.cheque_number, "payer": request.paying_party, "others": others}


def append_warnings(said: Mapping[int, str], remarks: Sequence[Finding]) -> dict[int, str]:
    """Return what rows are told, followed by the remarks on them."""
    told = dict(said)
    for remark in remarks:
        told |= {row: f"{told[row]} {remark.message}" for row in remark.rows}
    return told
