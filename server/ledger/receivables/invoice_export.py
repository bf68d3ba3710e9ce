"""The invoices of an export, read a chunk at a time: as many as there are, in the same memory (rule: receivables#export)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import orjson

from server.billing.invoices.invoice import Action, State
from server.billing.receivables.invoice_export import BETWEEN, ExportedInvoices, ExportTotals
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.invoices.invoice_filter import EVERY, InvoiceFilter, filter_conditions
from server.ledger.invoices.invoice_rows import FROM_INVOICES

BLOCK = 256
"""Invoices read at a time: few enough that their texts stay in the cache of the processor until they are turned into columns."""

BLOCKS = 16
"""The blocks of a chunk: enough to amortize what a chunk costs, few enough that no other click waits for them."""

KNOWN = 4_096
"""How many steps' codes are kept ready, because they repeat."""

_COLLECTED = "invoice.in_hand_cents + invoice.banked_cents - invoice.unapplied_cents"
_TOTALS = (
    "SELECT COUNT(*), COALESCE(SUM(invoice.billed_cents), 0), COALESCE(SUM(invoice.reduction_cents), 0),"
    " COALESCE(SUM(invoice.agreed_cents), 0), COALESCE(SUM({collected}), 0), COALESCE(SUM(invoice.balance_cents), 0)"
    "{source} WHERE {condition}"
)
_CHEQUES_IN_FORCE = fill_in(
    "SELECT step.inputs AS inputs FROM {places} CROSS JOIN step ON step.invoice = invoice.id AND step.place = placed.value"
    " WHERE step.action = '{record}' ORDER BY step.place",
    places=json_columns.rows_of_list("invoice.standing", "placed"),
    record=Action.RECORD_CHEQUE.value,
)
_EXPORT = (
    "SELECT invoice.number, patient.name, invoice.exam_date, COALESCE(facility.name, ''),"
    " COALESCE(physician.name, ''), COALESCE(payer.name, ''), lined.inputs, invoice.billed_cents, invoice.reduction_cents,"
    " invoice.agreed_cents, {collected} AS collected_cents, invoice.state,"
    " CASE WHEN invoice.in_hand_cents + invoice.banked_cents > 0 THEN {cheques} END"
    "{source} JOIN step AS lined ON lined.invoice = invoice.id AND lined.place = invoice.lined"
    " WHERE {condition} ORDER BY invoice.id"
)
"""The query for the invoices of an export. The codes are in the inputs of the step that their lines are from, and the
cheques are the inputs of the steps in force that recorded them, as one list. Only invoices that hold money have any.
"""

_PARTS = {
    "collected": _COLLECTED,
    "cheques": json_columns.objects_as_list(_CHEQUES_IN_FORCE, "inputs"),
}

_LABELS: Mapping[str, str] = {state.value: state.label for state in State}

_NO_CHEQUE = ("", "")


class InvoiceExport:
    """The invoices of one reading as an export has them."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def totals(self, invoice_filter: InvoiceFilter) -> ExportTotals:
        """Return how many invoices match a filter, and their amounts."""
        source = " FROM invoice" if invoice_filter == EVERY else FROM_INVOICES  # joins are for conditions
        query, parameters = _filled_in(_TOTALS, source, invoice_filter)
        return ExportTotals(*(self._session.one(query, parameters) or (0,) * 6))

    def chunks(self, invoice_filter: InvoiceFilter) -> Iterator[ExportedInvoices]:
        """Yield the invoices that match a filter in chunks of at least one, by number."""
        query, parameters = export_query(invoice_filter)
        found = self._session.each(query, parameters)
        known: dict[str, str] = {}
        held: list[ExportedInvoices] = []
        while rows := list(islice(found, BLOCK)):
            held.append(_columns_of(rows, known))
            if len(held) == BLOCKS:
                yield _join_columns(held)
                held = []
        if held:
            yield _join_columns(held)


def _columns_of(rows: Sequence[tuple[Any, ...]], known: dict[str, str]) -> ExportedInvoices:
    *same, inputs, billed, reduction, agreed, collected, states, cheques = zip(*rows, strict=True)
    codes = [known.get(text) or _codes_of(text, known) for text in inputs]
    numbers, dates = zip(*map(_number_and_date, cheques), strict=True)
    labels = [_LABELS[state] for state in states]
    money = (billed, reduction, agreed, collected)
    return ExportedInvoices._make((*same, codes, *money, numbers, dates, labels))


def _join_columns(blocks: Sequence[ExportedInvoices]) -> ExportedInvoices:
    return ExportedInvoices._make(list(chain.from_iterable(column)) for column in zip(*blocks, strict=True))


def export_query(invoice_filter: InvoiceFilter) -> tuple[str, list[object]]:
    """Return the query for the invoices that match a filter, and its parameters."""
    return _filled_in(_EXPORT, FROM_INVOICES, invoice_filter)


def _filled_in(query: str, source: str, invoice_filter: InvoiceFilter) -> tuple[str, list[object]]:
    conditions, parameters = filter_conditions(invoice_filter)
    condition = " AND ".join(conditions) or "true"
    return fill_in(query, **_PARTS, source=source, condition=condition), parameters


def _codes_of(inputs: str, known: dict[str, str]) -> str:
    """Return the codes of a step's lines, each once, in their order, and keep them in ``known`` as long as there is room."""
    lines = orjson.loads(inputs)["lines"]
    codes = BETWEEN.join(dict.fromkeys(line["code"] for line in lines))
    if len(known) < KNOWN:
        known[inputs] = codes
    return codes


def _number_and_date(inputs: str | None) -> tuple[str, str]:
    """Return the numbers of the cheques in a list of inputs, and the latest of their dates."""
    if inputs is None:
        return _NO_CHEQUE
    cheque, *others = orjson.loads(inputs)
    if not others:
        return cheque["cheque_number"], cheque["cheque_date"]
    cheques = [cheque, *others]
    numbers = BETWEEN.join(one["cheque_number"] for one in cheques)
    return numbers, max(one["cheque_date"] for one in cheques)
