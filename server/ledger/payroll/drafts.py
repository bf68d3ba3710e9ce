"""What a draft would pay, kept as one block until the run is closed.

A draft is written over on every click. A block of 100,000 lines is packed and written in a few
hundredths of a second; as rows they would take a second and more. Only the close, once in a run's
life, pays for rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson
import pandas as pd

from server.billing.days import date_of
from server.billing.names import fold
from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.billing.payroll.pay_run import PayRun
from server.ledger.engine.database_session import DatabaseSession

WORDS = ("provider", "service", "counts_as", "provider_key", "patient_key")
"""Columns of few different words: kept as the words and, for each line, which one."""

PACKED = tuple(name for name in COLUMNS if name != "identity")
"""The columns of the block; the identities are kept beside it."""


@dataclass(frozen=True, slots=True)
class DraftBasis:
    """What a draft was made from; all of it is empty for a draft that is older than this record.

    ``setup_version`` is ``Setup.pay_version``, ``log_sheet`` the name of the sheet that held the log, ``answers``
    the inputs of the click. The log itself is not kept: it names patients.
    """

    setup_version: str = ""
    log_sheet: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


NO_BASIS = DraftBasis()
"""Of a draft that is older than the record of what drafts were made from."""

_SAVE = """
INSERT INTO draft (run, identities, lines, compared, setup_version, log_sheet, answers) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run) DO UPDATE SET
    identities = excluded.identities, lines = excluded.lines, compared = excluded.compared,
    setup_version = excluded.setup_version, log_sheet = excluded.log_sheet, answers = excluded.answers
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is kept: an identity for each line, listed as JSON, and the lines as a block of it.

    ``compared`` are the closed runs that its log was compared with, as JSON.
    """

    listed: str
    block: bytes
    compared: str

    def identities(self) -> list[str]:
        """Return which appointment each line is."""
        identities: list[str] = orjson.loads(self.listed)
        return identities

    def rates_used(self) -> list[dict[str, Any]]:
        """Return the rates the lines are paid by, as ``RateUsed`` has them, their days as ISO text."""
        rates: list[dict[str, Any]] = orjson.loads(self.block)["rates"]
        return rates

    def runs_compared(self) -> set[str]:
        """Return the closed runs that the log of the draft was compared with."""
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
    """What the visits of a run are known by: an identity for each line; and the closed runs they were compared with."""

    identities: Sequence[str]
    compared: Collection[str]


def load(session: DatabaseSession, run_id: str) -> Draft:
    """Return what a run would pay; one never drafted pays nobody."""
    row = session.one("SELECT identities, lines, compared FROM draft WHERE run = ?", [run_id])
    return Draft(*row) if row else Draft("[]", b"", "[]")


def save(session: DatabaseSession, run: PayRun, known_by: KnownBy, basis: DraftBasis) -> Draft:
    """Write down what the run would pay and what that rests on, over what it would have paid before."""
    listed, compared = (orjson.dumps([*texts]).decode() for texts in known_by)
    draft = Draft(listed, packed(run), compared)
    answers = orjson.dumps(dict(basis.answers)).decode()
    session.execute(
        _SAVE,
        [
            run.id,
            draft.listed,
            draft.block,
            draft.compared,
            basis.setup_version,
            basis.log_sheet,
            answers,
        ],
    )
    return draft


def basis_of(session: DatabaseSession, run_id: str) -> DraftBasis:
    """Return what a draft was made from."""
    row = session.one("SELECT setup_version, log_sheet, answers FROM draft WHERE run = ?", [run_id])
    return DraftBasis(row[0], row[1], orjson.loads(row[2])) if row else DraftBasis()


def empty(session: DatabaseSession, run_id: str) -> None:
    """Let go of the block; the lines have become rows."""
    session.execute("UPDATE draft SET identities = '[]', lines = x'' WHERE run = ?", [run_id])


def sharing(session: DatabaseSession, identities: Collection[str], besides: str) -> dict[str, int]:
    """Return the other open drafts that would pay some of these appointments too, and how many."""
    others = session.all(
        "SELECT run, identities FROM draft JOIN pay_run ON pay_run.id = draft.run"
        " WHERE pay_run.state = 'draft' AND run <> ? ORDER BY run",
        [besides],
    )
    mine = set(identities) if others else set()
    shared = {run_id: len(mine.intersection(orjson.loads(text))) for run_id, text in others}
    return {run_id: count for run_id, count in shared.items() if count}


def packed(run: PayRun) -> bytes:
    """Return the lines and the rates used of a run as JSON, a list for each column."""
    lines = run.lines.frame().rename(columns={"row": "source_row"})
    columns = {name: _words(lines[name]) if name in WORDS else _plain(lines[name]) for name in PACKED}
    rates = [asdict(rate) for rate in run.rates_used]
    return orjson.dumps({"rates": rates, "lines": columns}, option=orjson.OPT_SERIALIZE_NUMPY)


def _plain(values: "pd.Series[Any]") -> object:
    """Return a column as JSON takes it: numpy where nothing is missing, else a list with ``None``."""
    if pd.api.types.is_integer_dtype(values.dtype) and not values.hasnans:
        return values.to_numpy(dtype=np.int64)
    plain = values.to_numpy(dtype=object, copy=True)
    plain[values.isna()] = None
    return plain.tolist()


def _words(values: "pd.Series[Any]") -> dict[str, object]:
    places, words = pd.factorize(values)
    return {"words": list(words), "places": places}


def _keys_of_earlier_drafts(columns: dict[str, Any]) -> None:
    """Give a draft made before visits were known by more than an identity what can be said of them."""
    provider = columns["provider"]
    named = {"words": list(map(fold, provider["words"])), "places": provider["places"]}
    columns.setdefault("provider_key", named)
    columns.setdefault("patient_key", {"words": [""], "places": [0] * len(provider["places"])})
