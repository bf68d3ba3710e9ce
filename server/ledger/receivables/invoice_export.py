"""The invoices of an export, read a chunk at a time: as many as there are, in the same memory (rule: receivables#export)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from server.billing.invoices.invoice import Action, State
from server.billing.receivables.invoice_export import BETWEEN, ExportedInvoice, ExportTotals
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices.invoice_filter import InvoiceFilter, filter_conditions
from server.ledger.invoices.invoice_rows import FROM_INVOICES

CHUNK = 2_048
"""Invoices read at a time: enough to amortize a statement, few enough that no other click waits for them."""

_COLLECTED = "invoice.in_hand_cents + invoice.banked_cents - invoice.unapplied_cents"
_TOTALS = (
    "SELECT COUNT(*), COALESCE(SUM(invoice.billed_cents), 0), COALESCE(SUM(invoice.reduction_cents), 0),"
    " COALESCE(SUM(invoice.agreed_cents), 0), COALESCE(SUM({collected}), 0), COALESCE(SUM(invoice.balance_cents), 0)"
    "{source} WHERE {condition}"
)
_EXPORT = (
    "SELECT invoice.id, invoice.number, patient.name, invoice.exam_date, COALESCE(facility.name, ''),"
    " COALESCE(physician.name, ''), COALESCE(payer.name, ''), invoice.billed_cents, invoice.reduction_cents,"
    " invoice.agreed_cents, {collected} AS collected_cents, invoice.state, invoice.standing, invoice.in_hand_cents + invoice.banked_cents,"
    " lined.inputs"
    "{source} JOIN step AS lined ON lined.invoice = invoice.id AND lined.place = invoice.lined"
    " WHERE {condition} ORDER BY invoice.id"
)
"""The query for the invoices of an export. The codes are in the inputs of the step that their lines are from."""

_WANTED = ValueTable("wanted", "invoice", "place")
_CHEQUES = fill_in(
    "SELECT step.invoice, step.inputs FROM {wanted} JOIN step ON step.invoice = wanted.invoice AND step.place = wanted.place"
    " WHERE step.action = ? ORDER BY step.invoice, step.place",
    wanted=_WANTED.sql,
)

_LABELS: Mapping[str, str] = {state.value: state.label for state in State}

_NO_CHEQUE = ("", "")

Cheques = Mapping[int, tuple[str, str]]
"""The numbers of an invoice's cheques and the latest of their dates, by its row id."""


class InvoiceExport:
    """The invoices of one reading as an export has them."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def totals(self, invoice_filter: InvoiceFilter) -> ExportTotals:
        """Return how many invoices match a filter, and their amounts."""
        query, parameters = _filled_in(_TOTALS, invoice_filter)
        return ExportTotals(*(self._session.one(query, parameters) or (0,) * 6))

    def chunks(self, invoice_filter: InvoiceFilter) -> Iterator[list[ExportedInvoice]]:
        """Yield the invoices that match a filter in chunks, by number."""
        query, parameters = export_query(invoice_filter)
        found = self._session.each(query, parameters)
        codes: dict[str, str] = {}
        while rows := list(islice(found, CHUNK)):
            cheques = _cheques_of(self._session, rows)
            yield [_exported_row(row, cheques, codes) for row in rows]


def export_query(invoice_filter: InvoiceFilter) -> tuple[str, list[object]]:
    """Return the query for the invoices that match a filter, and its parameters."""
    return _filled_in(_EXPORT, invoice_filter)


def _filled_in(query: str, invoice_filter: InvoiceFilter) -> tuple[str, list[object]]:
    conditions, parameters = filter_conditions(invoice_filter)
    condition = " AND ".join(conditions) or "true"
    return fill_in(query, collected=_COLLECTED, source=FROM_INVOICES, condition=condition), parameters


def _exported_row(row: tuple[Any, ...], cheques: Cheques, codes: dict[str, str]) -> ExportedInvoice:
    row_id, inputs, state = row[0], row[-1], row[11]
    numbers, latest = cheques.get(row_id, _NO_CHEQUE)
    read = codes.get(inputs)
    bills = _codes_of(inputs, codes) if read is None else read
    # A tuple of so many values is made in half the time in this way.
    return tuple.__new__(ExportedInvoice, (*row[1:7], bills, *row[7:11], numbers, latest, _LABELS[state]))


def _codes_of(inputs: str, known: dict[str, str]) -> str:
    """Return the codes of a step's lines, each once, in their order, and keep them in ``known`` as long as there is room."""
    lines = orjson.loads(inputs)["lines"]
    codes = BETWEEN.join(dict.fromkeys(line["code"] for line in lines))
    if len(known) < CHUNK:
        known[inputs] = codes
    return codes


def _cheques_of(session: DatabaseSession, rows: Iterable[tuple[Any, ...]]) -> Cheques:
    """Return the cheques in force of invoices that hold money."""
    wanted = [(row[0], place) for row in rows if row[-2] for place in orjson.loads(row[-3])]
    found: dict[int, tuple[str, str]] = {}
    if not wanted:
        return found
    for invoice, inputs in session.each(_CHEQUES, [_WANTED.rows(wanted), Action.RECORD_CHEQUE.value]):
        cheque = orjson.loads(inputs)
        number, day = cheque["cheque_number"], cheque["cheque_date"]
        if before := found.get(invoice):
            number, day = f"{before[0]}{BETWEEN}{number}", max(before[1], day)
        found[invoice] = number, day
    return found
