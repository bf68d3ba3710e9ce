"""What is billed: prices and exam types (append-only), and the license attestation for importing them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_CURRENT_ROWS = """
SELECT kept.* FROM {table} AS kept
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY
"""
_PRICES = Table(
    "price",
    ("code", "description", "unit_price_cents", "bilateral", "payer", "effective_from"),
    key=(0, 4, 5),
    current_rows=_CURRENT_ROWS
    + "kept.code COLLATE NOCASE, kept.payer COLLATE NOCASE, kept.effective_from, kept.id",
)
_EXAM_CODES = Table(
    "exam_code",
    ("exam_type", "sub_exam", "code"),
    key=(0, 1, 2),
    current_rows=_CURRENT_ROWS + "kept.exam_type COLLATE NOCASE, kept.id",
)


@dataclass(frozen=True, slots=True)
class Attestation:
    """A statement that the organization holds the licenses its codes need. ``attested_at`` is an instant as UTC text."""

    words: str
    attested_at: str
    attested_by: str


def prices(session: DatabaseSession) -> tuple[Price, ...]:
    """Return the current prices, by code, payer and first day."""
    return tuple(
        Price(
            code=row["code"],
            description=row["description"],
            unit_price_cents=row["unit_price_cents"],
            effective_from=date.fromisoformat(row["effective_from"]),
            bilateral=Bilateral(row["bilateral"]),
            payer=row["payer"],
        )
        for row in append_only.current_rows(session, _PRICES)
    )


def exam_types(session: DatabaseSession) -> tuple[ExamCode, ...]:
    """Return the current rows of the exam types, by exam type, then in the order they were entered."""
    return tuple(
        ExamCode(row["exam_type"], row["code"], row["sub_exam"])
        for row in append_only.current_rows(session, _EXAM_CODES)
    )


def save_prices(session: DatabaseSession, wished: Iterable[Price], stamp: Stamp) -> Changes:
    """Make these the current prices, and no others."""
    contents = [
        (
            price.code,
            price.description,
            price.unit_price_cents,
            price.bilateral.value,
            price.payer,
            price.effective_from.isoformat(),
        )
        for price in wished
    ]
    return append_only.save_rows(session, _PRICES, contents, stamp)


def save_exam_types(session: DatabaseSession, wished: Iterable[ExamCode], stamp: Stamp) -> Changes:
    """Make these the current rows of the exam types, and no others."""
    contents = [(row.exam_type, row.sub_exam, row.code) for row in wished]
    return append_only.save_rows(session, _EXAM_CODES, contents, stamp)


def record_attestation(session: DatabaseSession, words: str, stamp: Stamp) -> None:
    """Record that a person attested the organization's license."""
    session.insert(
        "licence_attestation", {"words": words, "attested_at": stamp.at, "attested_by": stamp.actor}
    )


def latest_attestation(session: DatabaseSession) -> Attestation | None:
    """Return the latest attestation, ``None`` if there is none."""
    row = session.one(
        "SELECT words, attested_at, attested_by FROM licence_attestation ORDER BY id DESC LIMIT 1"
    )
    return Attestation(*row) if row else None
