"""Checks that the books are what was written into them.

The chain of steps is hashed again. Every invoice is added up again from its steps, transfer by transfer,
and compared with its row. Cheques are compared with their allocations, and documents with the steps that
name them. Each row then holds the sum of its transfers, so the balances add up to the receivables. Every
row of every other table is compared with its journal entry, and the journal with its heads kept elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, zip_longest
from operator import itemgetter
from typing import Any

import orjson

from server.billing.invoices.invoice import Action, InvoiceFacts, Step
from server.billing.invoices.projection import replay_steps
from server.ledger.document_files import DocumentFiles
from server.ledger.engine import hash_chain, journal, json_columns
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.inspection import FileDamaged, Inspection
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.journal_check import journal_faults, step_list_faults
from server.ledger.engine.statement_texts import fill_in
from server.ledger.invoices import cheques, invoice_rows, parties, steps
from server.ledger.invoices import documents as document_rows
from server.ledger.invoices.invoice_rows import InvoiceRow
from server.ledger.receivables.reminder_rows import reminder_faults

BLOCK = 1_000
"""How many invoices are added up at a time. It limits the memory, even for a million invoices."""


NOT_COVERED = (
    "finished workbooks, which can be made again",
    "the token file of the desktop add-in and the certificates",
    "when a session was last used",
    "indexes and free pages, which SQLite checks itself",
    "what was never recorded",
)
"""What ``verify`` cannot vouch for."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Everything is as it was written.

    ``entries`` counts the journal, and ``head`` is the hash of its last entry. If it is kept elsewhere, even a rewrite
    of the whole journal is detected.
    """

    steps: int
    invoices: int
    receivable_cents: int
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class VerifiedFirm:
    """The firm's file is as it was written, with ``entries`` in its journal and ``head`` as its last hash."""

    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class FirstBadRow:
    """The first wrong row: its table, its number or id, and what is wrong with it."""

    table: str
    row: str
    why: str


_STEPS = "SELECT COUNT(*) FROM step"
_OWED = "SELECT COUNT(*), COALESCE(SUM(balance_cents), 0) FROM invoice"

_STEPS_OF_BLOCK = steps.select_steps(
    "invoice JOIN step ON step.invoice = invoice.id WHERE invoice.id BETWEEN ? AND ?"
    " ORDER BY step.invoice, step.place"
)
_BLOCK = """
SELECT invoice.*, payer.name AS payer_name FROM invoice LEFT JOIN payer ON payer.id = invoice.payer
WHERE invoice.id BETWEEN ? AND ? ORDER BY invoice.id
"""
_TAKEN_OF_CHEQUES = steps.select_steps(
    "step JOIN invoice ON invoice.id = step.invoice WHERE step.action = ? ORDER BY step.id"
)
_ALLOCATIONS = """
SELECT allocation.step, cheque.payer, cheque.number, cheque.amount_cents, allocation.amount_cents,
    allocation.unapplied_cents
FROM allocation JOIN cheque ON cheque.id = allocation.cheque ORDER BY allocation.step
"""
_MISNUMBERED = """
SELECT step FROM transfer GROUP BY step HAVING MIN(place) <> 1 OR MAX(place) <> COUNT(*) ORDER BY step
"""
_OVERDRAWN = fill_in(
    """
SELECT cheque.id FROM cheque JOIN allocation ON allocation.cheque = cheque.id
JOIN step ON step.id = allocation.step JOIN invoice ON invoice.id = step.invoice
WHERE {stands}
GROUP BY cheque.id, cheque.amount_cents
HAVING SUM(allocation.amount_cents + allocation.unapplied_cents) > cheque.amount_cents
ORDER BY cheque.id LIMIT 1
""",
    stands=json_columns.list_contains("invoice.standing", "step.place"),
)
_LOST_PAPERS = fill_in(
    """
SELECT step.id, {digest} FROM step
WHERE {digest} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document WHERE document.digest = {digest})
ORDER BY step.id LIMIT 1
""",
    digest=json_columns.member_text("step.inputs", "document"),
)


def verify(
    file: Database, documents: DocumentFiles, kept_heads: Iterable[JournalHead] = ()
) -> Verified | FirstBadRow:
    """Return the totals of a clinic's file and its documents, or the first wrong row.

    The journal must contain each of the heads that were kept elsewhere.
    """
    try:
        with file.verify() as inspection:
            for bad in chain(_step_list_faults(inspection), _find_faults(inspection, documents, kept_heads)):
                return bad
            return _verified_totals(inspection)
    except FileDamaged as problem:
        return FirstBadRow("file", "", f"cannot be read ({problem})")


def verify_firm(file: Database, kept_heads: Iterable[JournalHead] = ()) -> VerifiedFirm | FirstBadRow:
    """Return the head of the firm's journal, or the first wrong row of its file."""
    try:
        with file.verify() as inspection:
            for bad in chain(_step_list_faults(inspection), _file_faults(inspection, kept_heads)):
                return bad
            return VerifiedFirm(*_journal_totals(inspection))
    except FileDamaged as problem:
        return FirstBadRow("file", "", f"cannot be read ({problem})")


def _find_faults(
    inspection: Inspection, documents: DocumentFiles, kept_heads: Iterable[JournalHead]
) -> Iterator[FirstBadRow]:
    """Yield the wrong rows of a clinic's file, check by check. The first checks name a row most exactly."""
    checks: tuple[Callable[[Inspection], Iterator[FirstBadRow]], ...] = (
        _chain_faults,
        _transfer_faults,
        _invoice_faults,
        _cheque_faults,
        _document_faults,
        _reminder_faults,
    )
    for check in checks:
        yield from check(inspection)
    yield from _file_faults(inspection, kept_heads)
    for digest in documents.damaged_files(document_rows.document_sizes(inspection)):
        yield FirstBadRow("document", digest, "has lost its file, or the file was changed")


def _file_faults(inspection: Inspection, kept_heads: Iterable[JournalHead]) -> Iterator[FirstBadRow]:
    """Yield what is wrong with any file: its references, its journal, its tables and triggers, and its pages.

    The pages come last, because the database names no row.
    """
    yield from _reference_faults(inspection)
    for fault in journal_faults(inspection, inspection.journal):
        yield FirstBadRow(*fault)
    yield from _head_faults(inspection, kept_heads)
    for fault_of_schema in inspection.schema_faults():
        yield FirstBadRow(*fault_of_schema)
    yield from _page_faults(inspection)


def _step_list_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield the changed rows of the list of SQL steps: with another list, the tables may not be those that are checked."""
    for fault in step_list_faults(session):
        yield FirstBadRow(*fault)


def _head_faults(session: DatabaseSession, kept_heads: Iterable[JournalHead]) -> Iterator[FirstBadRow]:
    """Yield the heads kept elsewhere that the journal does not contain."""
    for kept in kept_heads:
        if not journal.has_entry(session, kept):
            yield FirstBadRow(
                "journal",
                str(kept.entries),
                f"was the last entry {f'on {kept.day}' if kept.day else 'when it was noted'}, and is now missing or"
                " different: the file was cut off, replaced by an older copy, or rewritten",
            )


def _verified_totals(session: DatabaseSession) -> Verified:
    ((invoices, receivable_cents),) = session.all(_OWED)
    return Verified(session.value(_STEPS), invoices, receivable_cents, *_journal_totals(session))


def _journal_totals(session: DatabaseSession) -> tuple[int, str]:
    head = journal.read_head(session)
    return (head.entries, head.hash) if head else (0, "")


def _chain_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield the steps whose hash is wrong or does not follow the hash of the step before."""
    last_id, previous = 0, hash_chain.NO_ROW_BEFORE
    for row in session.each_record(steps.CHAIN):
        if row["id"] != last_id + 1:
            yield FirstBadRow("step", str(last_id + 1), f"is missing; step {row['id']} comes next")
        if row["previous"] != previous:
            yield FirstBadRow("step", str(row["id"]), "does not follow the step before it")
        content = [row[column] for column in steps.COLUMNS]
        if steps.step_hash(content, orjson.loads(row["transfers"])) != row["hash"]:
            yield FirstBadRow("step", str(row["id"]), "or one of its transfers is not as it was recorded")
        last_id, previous = row["id"], row["hash"]


def _transfer_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield the steps whose transfers are not numbered 1, 2, 3: their hash covers the order, not the numbers."""
    for (step,) in session.each(_MISNUMBERED):
        yield FirstBadRow("transfer", str(step), "is not numbered as it was recorded")


def _invoice_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield the invoices whose row is not the sum of their steps."""
    last = session.value("SELECT COALESCE(MAX(id), 0) FROM invoice")
    for first in range(1, last + 1, BLOCK):
        block = [first, first + BLOCK - 1]
        taken = {
            invoice: list(rows)
            for invoice, rows in groupby(session.records(_STEPS_OF_BLOCK, block), itemgetter("invoice"))
        }
        for row in session.records(_BLOCK, block):
            if why := _row_flaw(row, taken.get(row["id"], [])):
                yield FirstBadRow("invoice", row["number"], why)


def _row_flaw(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Return what is wrong with an invoice's row, "" if nothing."""
    if not rows:
        return "has no steps"
    try:
        taken = [steps.step_of(step) for step in rows]
        facts = orjson.loads(rows[0]["facts"])
        expected = _expected_columns(row, facts, taken)
    except (ValueError, KeyError, TypeError) as problem:
        return f"cannot be added up from its steps ({problem})"
    wrong = [column for column, value in expected.items() if row[column] != value]
    return f"is not the sum of its steps in {', '.join(wrong)}" if wrong else ""


def _expected_columns(row: dict[str, Any], facts: dict[str, Any], taken: list[Step]) -> dict[str, object]:
    """Return the columns that an invoice's row should have, by name."""
    invoice = replay_steps(
        InvoiceFacts(
            number=row["number"],
            case="",
            patient="",
            exam_date=date.fromisoformat(facts["exam_date"]),
            created=date.fromisoformat(facts["created"]),
            payer=row["payer_name"] or "",
        ),
        taken,
    )
    lined = max(step.place for step in taken if step.request.lines)
    payer = facts["payer"] or _payer_when_sent(row, taken)
    moving = invoice_rows.changing_values(InvoiceRow(row["id"], payer, lined, invoice))
    kept = {name: facts[name] for name in invoice_rows.FACTS} | {"payer": payer}
    return kept | dict(zip(invoice_rows.CHANGING_COLUMNS, moving, strict=True))


def _payer_when_sent(row: dict[str, Any], taken: list[Step]) -> int | None:
    """Return the payer of an invoice that had none at first, if it was sent to that payer; else ``None``."""
    named = [step.request.paying_party for step in taken if step.action is Action.SEND]
    spelling = parties.matching_text(row["payer_name"] or "")
    return row["payer"] if spelling in map(parties.matching_text, named) else None


def _cheque_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield allocations that differ from their step, and cheques that pay more or less than their amount."""
    taken = (
        (row["id"], *cheques.part_of(steps.step_of(row)))
        for row in session.each_record(_TAKEN_OF_CHEQUES, [Action.RECORD_CHEQUE.value])
    )
    for part, allocated in zip_longest(taken, session.each(_ALLOCATIONS)):
        if part != allocated:
            step = min(one[0] for one in (part, allocated) if one)
            yield FirstBadRow("allocation", str(step), "is not what its step took of the cheque")
    if overdrawn := session.one(_OVERDRAWN):
        yield FirstBadRow("cheque", str(overdrawn[0]), "pays more than it is worth")
    if incomplete := cheques.first_incomplete(session):
        yield FirstBadRow("cheque", str(incomplete), "has cents in no account")


def _document_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield steps that name a document which is not in the books."""
    for step, digest in session.each(_LOST_PAPERS):
        yield FirstBadRow("step", str(step), f"speaks of document {digest}, which is not there")


def _reminder_faults(session: DatabaseSession) -> Iterator[FirstBadRow]:
    """Yield reminders that are not due when the decisions about them say, and steps that lack their reminder."""
    for row, why in reminder_faults(session):
        yield FirstBadRow("reminder", row, why)


def _reference_faults(inspection: Inspection) -> Iterator[FirstBadRow]:
    for table, row, parent in inspection.broken_references():
        yield FirstBadRow(table, row, f"speaks of a {parent} that is not there")


def _page_faults(inspection: Inspection) -> Iterator[FirstBadRow]:
    """Have the engine look at its own pages, indexes and checks."""
    if fault := inspection.file_fault():
        yield FirstBadRow(
            "file",
            "",
            fault,
        )
