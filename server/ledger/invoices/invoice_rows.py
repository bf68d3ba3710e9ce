"""The current state of each invoice, as a row. The row is the sum of the invoice's steps, and nothing else.

The steps in effect and the lines are not copied into the row. It holds their places among the steps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import orjson

from server.billing.invoices.invoice import Invoice, InvoiceFacts, Offer, State, Step
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW
from server.ledger.invoices import steps

AMOUNTS = (
    "billed_cents",
    "reduction_cents",
    "written_off_cents",
    "balance_cents",
    "in_hand_cents",
    "banked_cents",
    "unapplied_cents",
)
FACTS = ("number", "patient_case", "exam_date", "created", "attorney", "facility", "physician")
"""The columns that never change. ``payer`` is not one: it may become known only when the invoice is sent."""

CHANGING_COLUMNS = (
    "state",
    "version",
    *AMOUNTS,
    "agreed_cents",
    "sent_on",
    "agreed_on",
    "paid_on",
    "lined",
    "offers",
    "denied_on",
    "standing",
    "state_place",
    "state_since",
)
_amounts_of = attrgetter(*AMOUNTS)

FROM_INVOICES = """
FROM invoice
JOIN patient_case ON patient_case.id = invoice.patient_case
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN payer ON payer.id = invoice.payer
LEFT JOIN attorney ON attorney.id = invoice.attorney
LEFT JOIN facility ON facility.id = invoice.facility
LEFT JOIN physician ON physician.id = invoice.physician
"""
_SELECT = (
    "SELECT invoice.*, patient_case.name AS case_name, patient.name AS patient_name, payer.name AS payer_name,"
    " attorney.name AS attorney_name, facility.name AS facility_name, physician.name AS physician_name"
    + FROM_INVOICES
    + "WHERE {condition} ORDER BY {order} LIMIT CAST(? AS BIGINT)"
)
_COUNT = "SELECT COUNT(*)" + FROM_INVOICES + "WHERE {condition}"
BY_NUMBER = "invoice.id"


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice with its row id, its payer's row id, and the place of the step that its lines come from."""

    id: int
    payer: int | None
    lined: int
    invoice: Invoice


def load(
    session: DatabaseSession,
    condition: str,
    parameters: Sequence[object],
    most: int = EVERY_ROW,
    order: str = BY_NUMBER,
) -> list[InvoiceRow]:
    """Return up to ``most`` invoices that meet a condition over the columns of ``invoice``, in an order of theirs."""
    query = _SELECT.format(condition=condition, order=order)
    rows = list(session.records(query, [*parameters, most]))
    wanted = {(row["id"], place) for row in rows for place in (row["lined"], *orjson.loads(row["standing"]))}
    found = steps.at_places(session, sorted(wanted))
    return [InvoiceRow(row["id"], row["payer"], row["lined"], _invoice_of_row(row, found)) for row in rows]


def count(session: DatabaseSession, condition: str, parameters: Sequence[object]) -> int:
    """Return how many invoices meet a condition over the columns of ``invoice``."""
    found: int = session.value(_COUNT.format(condition=condition), parameters)
    return found


def insert(session: DatabaseSession, rows: Iterable[tuple[InvoiceRow, Mapping[str, object]]]) -> None:
    """Insert rows of new invoices, each with its ``FACTS``, parties as row ids."""
    session.insert_many(
        "invoice",
        ("id", *FACTS, "payer", *CHANGING_COLUMNS),
        (
            (kept.id, *(facts[name] for name in FACTS), kept.payer, *changing_values(kept))
            for kept, facts in rows
        ),
    )


def update(session: DatabaseSession, rows: Iterable[InvoiceRow]) -> None:
    """Write the current state of invoices."""
    session.update_many("invoice", CHANGING_COLUMNS, ((*changing_values(kept), kept.id) for kept in rows))


def name_payer(session: DatabaseSession, row_id: int, payer: int) -> None:
    """Set the payer of an invoice that had none. This is rare, and slow because SQLite checks the foreign key."""
    session.update("invoice", row_id, {"payer": payer})


def changing_values(kept: InvoiceRow) -> tuple[object, ...]:
    """Return the values of ``CHANGING_COLUMNS``, in their order."""
    invoice = kept.invoice
    return (
        invoice.state.value,
        invoice.version,
        *_amounts_of(invoice),
        invoice.agreed_cents,
        *map(_iso_day, (invoice.sent_on, invoice.agreed_on, invoice.paid_on)),
        kept.lined,
        _json_text(invoice.offers),
        _json_text(invoice.denied_on),
        _json_text([step.place for step in invoice.standing]),
        invoice.state_place,
        _iso_day(invoice.state_since),
    )


def _invoice_of_row(row: dict[str, Any], found: Mapping[tuple[int, int], Step]) -> Invoice:
    offers = (offer | {"day": date.fromisoformat(offer["day"])} for offer in orjson.loads(row["offers"]))
    return Invoice(
        facts=_facts_of_row(row),
        state=State(row["state"]),
        version=row["version"],
        lines=found[row["id"], row["lined"]].request.lines,
        **{amount: row[amount] for amount in AMOUNTS},
        sent_on=date.fromisoformat(row["sent_on"]) if row["sent_on"] else None,
        offers=tuple(Offer(**offer) for offer in offers),
        denied_on=tuple(map(date.fromisoformat, orjson.loads(row["denied_on"]))),
        standing=tuple(found[row["id"], place] for place in orjson.loads(row["standing"])),
        state_place=row["state_place"],
        state_since=date.fromisoformat(row["state_since"]) if row["state_since"] else None,
    )


def _facts_of_row(row: dict[str, Any]) -> InvoiceFacts:
    return InvoiceFacts(
        number=row["number"],
        case=row["case_name"],
        patient=row["patient_name"],
        exam_date=date.fromisoformat(row["exam_date"]),
        created=date.fromisoformat(row["created"]),
        payer=row["payer_name"] or "",
        attorney=row["attorney_name"] or "",
        facility=row["facility_name"] or "",
        physician=row["physician_name"] or "",
    )


def _iso_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _json_text(values: Sequence[object]) -> str:
    return orjson.dumps(values).decode() if values else "[]"
