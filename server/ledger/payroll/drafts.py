"""What a draft would pay, stored as one block until the run is closed.

A draft is overwritten on every click. A block of 100,000 lines is packed and written in a few
hundredths of a second; rows would take more than a second. Only closing a run, once, writes rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import orjson
import pandas as pd

from server.billing.days import date_of
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment, CarriedForward
from server.billing.payroll.carry_forward import Balance
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem
from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.plan_lines import PlanBasis, PlanLine
from server.billing.payroll.review_flags import ReviewFlag
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import payments
from server.ledger.payroll.adjustments import adjustment_of_fields, carried_of_fields
from server.ledger.payroll.pay_items import fields_of_item, item_of_fields
from server.ledger.payroll.payments import DraftPayments
from server.ledger.payroll.plan_lines import fields_of_plan, plan_of_fields

WORDS = ("provider", "service", "counts_as", "provider_key", "patient_key")
"""Columns with few distinct values: stored as the values, and for each line the position of its value."""

PACKED = tuple(name for name in COLUMNS if name != "identity")
"""The columns of the block; the identities are kept beside it."""


@dataclass(frozen=True, slots=True)
class DraftBasis:
    """What a draft was made from. All fields are empty for a draft older than this record.

    ``setup_version`` is ``Setup.pay_version``, ``log_sheet`` the name of the sheet that held the log, ``answers``
    the inputs of the click. ``flags`` are the review findings of the log, ``None`` if an older version did not keep them.
    The log itself is not kept: it names patients.
    """

    setup_version: str = ""
    log_sheet: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[ReviewFlag, ...] | None = None


NO_BASIS = DraftBasis()
"""The basis of a draft that is older than this record."""

_SAVE = """
INSERT INTO draft (run, identities, lines, compared, setup_version, log_sheet, answers, flags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run) DO UPDATE SET
    identities = excluded.identities, lines = excluded.lines, compared = excluded.compared,
    setup_version = excluded.setup_version, log_sheet = excluded.log_sheet, answers = excluded.answers,
    flags = excluded.flags
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as stored: a JSON list with an identity for each line, and the lines as a JSON block.

    ``compared`` is a JSON list of the closed runs that its log was compared with.
    """

    identities_json: str
    block: bytes
    compared: str

    def identities(self) -> list[str]:
        """Return the identity of each line's appointment."""
        identities: list[str] = orjson.loads(self.identities_json)
        return identities

    def rates_used(self) -> list[dict[str, Any]]:
        """Return the rates that the lines are paid by, with the fields of ``RateUsed`` and days as ISO text."""
        rates: list[dict[str, Any]] = orjson.loads(self.block)["rates"]
        return rates

    def adjustments(self) -> tuple[list[Adjustment], list[CarriedForward]]:
        """Return the adjustments, and the carried-forward totals."""
        if not self.block:
            return [], []
        block = orjson.loads(self.block)
        return (
            [adjustment_of_fields(fields) for fields in block.get("adjustments", ())],
            [carried_of_fields(fields) for fields in block.get("carried", ())],
        )

    def items(self) -> list[PayItemLine]:
        """Return the pay items."""
        block = orjson.loads(self.block) if self.block else {}
        return [item_of_fields(fields) for fields in block.get("items", ())]

    def items_based_on(self) -> list[PaidItem]:
        """Return the pay item lines of closed runs that decided those of the draft when it was made."""
        block = orjson.loads(self.block) if self.block else {}
        return [PaidItem(run, item_of_fields(fields)) for run, fields in block.get("items_based_on", ())]

    def plans(self) -> list[PlanLine]:
        """Return the plan lines."""
        block = orjson.loads(self.block) if self.block else {}
        return [plan_of_fields(fields) for fields in block.get("plans", ())]

    def plans_based_on(self) -> list[PlanBasis]:
        """Return what closed runs had in the pay periods of the plan lines when the draft was made."""
        block = orjson.loads(self.block) if self.block else {}
        return [
            PlanBasis(date.fromisoformat(first), date.fromisoformat(last), by_run, digest)
            for first, last, by_run, digest in block.get("plans_based_on", ())
        ]

    def payments(self) -> DraftPayments:
        """Return the payments."""
        return payments.draft_of_block(orjson.loads(self.block)) if self.block else DraftPayments()

    def balances(self) -> list[Balance]:
        """Return the negative totals that were carried forward when the draft was made."""
        block = orjson.loads(self.block) if self.block else {}
        return [(key, name, cents) for key, name, cents in block.get("balances", ())]

    def runs_compared(self) -> set[str]:
        """Return the ids of the closed runs that the log of the draft was compared with."""
        return set(orjson.loads(self.compared))

    def lines(self) -> PayLines:
        """Return the lines, unpacked."""
        columns = orjson.loads(self.block)["lines"]
        _keys_of_earlier_drafts(columns)
        for name in WORDS:
            words = columns[name]["words"]
            columns[name] = [words[place] for place in columns[name]["places"]]
        iso = {serial: date_of(serial).isoformat() for serial in set(columns["day"])}
        columns["day"] = [iso[serial] for serial in columns["day"]]
        return PayLines(self.identities(), **{name: columns[name] for name in PACKED})


class KnownBy(NamedTuple):
    """The identity of each line's visit, the closed runs that the visits were compared with, and what was on record then: the
    negative totals that were carried forward, the pay items of closed runs that decided those of the draft, and what closed runs
    had in the pay periods of its plan lines.
    """

    identities: Sequence[str]
    compared: Collection[str]
    balances: Sequence[Balance] = ()
    items: Sequence[PaidItem] = ()
    plans: Sequence[PlanBasis] = ()


NOTHING_KNOWN = KnownBy((), ())


def load(session: DatabaseSession, run_id: str) -> Draft:
    """Return the draft of a run, an empty one if it was never drafted."""
    row = session.one("SELECT identities, lines, compared FROM draft WHERE run = ?", [run_id])
    return Draft(*row) if row else Draft("[]", b"", "[]")


def save(session: DatabaseSession, run: PayRun, known_by: KnownBy, basis: DraftBasis) -> Draft:
    """Record what the run would pay and its basis, replacing the earlier draft."""
    identities_json, compared = (orjson.dumps([*texts]).decode() for texts in known_by[:2])
    draft = Draft(identities_json, pack_lines(run, known_by), compared)
    answers = orjson.dumps(dict(basis.answers)).decode()
    session.execute(
        _SAVE,
        [
            run.id,
            draft.identities_json,
            draft.block,
            draft.compared,
            basis.setup_version,
            basis.log_sheet,
            answers,
            orjson.dumps(basis.flags).decode(),
        ],
    )
    return draft


def basis_of(session: DatabaseSession, run_id: str) -> DraftBasis:
    """Return what a draft was made from."""
    row = session.one("SELECT setup_version, log_sheet, answers, flags FROM draft WHERE run = ?", [run_id])
    return DraftBasis(row[0], row[1], orjson.loads(row[2]), _unpack_flags(row[3])) if row else DraftBasis()


def _unpack_flags(text: str) -> tuple[ReviewFlag, ...] | None:
    kept: list[dict[str, Any]] | None = orjson.loads(text)
    return (
        None if kept is None else tuple(ReviewFlag(**{**flag, "rows": tuple(flag["rows"])}) for flag in kept)
    )


def empty(session: DatabaseSession, run_id: str) -> None:
    """Empty the block of a run whose lines were written as rows."""
    session.execute("UPDATE draft SET identities = '[]', lines = x'', flags = '[]' WHERE run = ?", [run_id])


def other_drafts_with(
    session: DatabaseSession, identities: Collection[str], except_run: str
) -> dict[str, int]:
    """Return how many of these appointments each open draft but ``except_run`` would pay too, by run id."""
    others = session.all(
        "SELECT run, identities FROM draft JOIN pay_run ON pay_run.id = draft.run"
        " WHERE pay_run.state = 'draft' AND run <> ? ORDER BY run",
        [except_run],
    )
    mine = set(identities) if others else set()
    shared = {run_id: len(mine.intersection(orjson.loads(text))) for run_id, text in others}
    return {run_id: count for run_id, count in shared.items() if count}


def pack_lines(run: PayRun, known_by: KnownBy = NOTHING_KNOWN) -> bytes:
    """Return the lines, the rates used, the adjustments, the pay items, the plan lines and the payments of a run as JSON, with what
    was on record when it was made; the lines have a list for each column.

    The lines of late visits are the last ones.
    """
    lines = run.every_line.frame().rename(columns={"row": "source_row"})
    columns = {
        name: _coded_column(lines[name]) if name in WORDS else _json_column(lines[name]) for name in PACKED
    }
    rates = [asdict(rate) for rate in run.rates_used]
    block = {
        "rates": rates,
        "lines": columns,
        "adjustments": [*run.adjustments],
        "carried": [asdict(one) for one in run.carried],
        "balances": known_by.balances,
        "items": [fields_of_item(one) for one in run.items],
        "items_based_on": [(one.run_id, fields_of_item(one.line)) for one in known_by.items],
        "plans": [fields_of_plan(one) for one in run.plans],
        "plans_based_on": [(*one,) for one in known_by.plans],
        "payments": payments.block_of(run.payments),
    }
    return orjson.dumps(block, option=orjson.OPT_SERIALIZE_NUMPY)


def _json_column(values: "pd.Series[Any]") -> object:
    """Return a column for JSON: a numpy array if no value is missing, else a list with ``None``."""
    if pd.api.types.is_integer_dtype(values.dtype) and not values.hasnans:
        return values.to_numpy(dtype=np.int64)
    plain = values.to_numpy(dtype=object, copy=True)
    plain[values.isna()] = None
    return plain.tolist()


def _coded_column(values: "pd.Series[Any]") -> dict[str, object]:
    places, words = pd.factorize(values)
    return {"words": list(words), "places": places}


def _keys_of_earlier_drafts(columns: dict[str, Any]) -> None:
    """Add the keys of later columns to a draft that was made before visits had more than an identity."""
    provider = columns["provider"]
    named = {"words": list(map(fold, provider["words"])), "places": provider["places"]}
    columns.setdefault("provider_key", named)
    columns.setdefault("patient_key", {"words": [""], "places": [0] * len(provider["places"])})
