"""The records of cases: whole rows that are only added, of which the latest counts, and who has had each case when.

The attorney, the first payer and the injury are columns of the case, too, because invoices and lists read them there.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from server.billing.invoices.case_attorneys import (
    NO_ATTORNEY,
    AttorneyChange,
    CaseAttorney,
    WishedAttorney,
    attorney_on,
)
from server.billing.invoices.case_records import CaseRecord, CaseSettlement, LetterOfProtection, Stage
from server.billing.invoices.cases import Injury
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices.parties import matching_text, party_ids

_CASES = ValueTable("wanted", "id", numbers=["id"])
_NUMBERS = ValueTable("wanted", "number")
_PAYERS = ValueTable("wanted", "id", numbers=["id"])

_OF_CASES = fill_in(
    """
SELECT patient_case.id, patient_case.injured_on, patient_case.claim_number, attorney.name, payer.name,
    record.stage, record.statute_on, record.further_payers, record.letter_signed_on, record.letter_signed_by,
    record.letter_cap_cents, record.letter_document, record.letter_released_on, record.gross_cents, record.fee_cents,
    record.cost_cents, record.lien_pool_cents, record.all_liens_cents
FROM {cases}
JOIN patient_case ON patient_case.id = wanted.id
LEFT JOIN attorney ON attorney.id = patient_case.attorney
LEFT JOIN payer ON payer.id = patient_case.payer
LEFT JOIN case_record AS record ON record.id = (
    SELECT MAX(latest.id) FROM case_record AS latest WHERE latest.patient_case = patient_case.id
)
""",
    cases=_CASES.sql,
)
_CHANGES = fill_in(
    """
SELECT changed.patient_case, changed.id, attorney.name, changed.firm, changed.from_on, changed.until_on, changed.replaces
FROM {cases}
JOIN case_attorney AS changed ON changed.patient_case = wanted.id
JOIN attorney ON attorney.id = changed.attorney
ORDER BY changed.id
""",
    cases=_CASES.sql,
)
_PAYER_NAMES = fill_in(
    "SELECT payer.id, payer.name FROM payer WHERE payer.id IN (SELECT wanted.id FROM {payers})",
    payers=_PAYERS.sql,
)
_OF_INVOICES = fill_in(
    """
SELECT invoice.number, invoice.patient_case FROM invoice
WHERE invoice.patient_case IN (
    SELECT asked.patient_case FROM {numbers} JOIN invoice AS asked ON asked.number = wanted.number
)
ORDER BY invoice.id
""",
    numbers=_NUMBERS.sql,
)
_INVOICES_OF_CASES = fill_in(
    """
SELECT invoice.patient_case, invoice.number FROM {cases} JOIN invoice ON invoice.patient_case = wanted.id
ORDER BY invoice.id
""",
    cases=_CASES.sql,
)
_BILLED = fill_in(
    """
SELECT invoice.patient_case, SUM(invoice.billed_cents) FROM {cases} JOIN invoice ON invoice.patient_case = wanted.id
WHERE invoice.state <> 'voided' GROUP BY invoice.patient_case
""",
    cases=_CASES.sql,
)
_EVER_WITH = """
SELECT patient_case.id, patient.name, patient_case.name, COALESCE(own.folded, '')
FROM patient_case JOIN patient ON patient.id = patient_case.patient
LEFT JOIN attorney AS own ON own.id = patient_case.attorney
WHERE own.folded = ? OR patient_case.id IN (
    SELECT changed.patient_case FROM case_attorney AS changed
    JOIN attorney ON attorney.id = changed.attorney WHERE attorney.folded = ?
)
ORDER BY patient_case.id
"""


@dataclass(frozen=True, slots=True)
class CaseNamed:
    """A case by its names: "" if the clinic gave it none."""

    id: int
    patient: str
    name: str


class CaseRecords:
    """The records of a clinic's cases, by the ids of the cases."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def of_cases(self, case_ids: Collection[int], today: date) -> dict[int, CaseRecord]:
        """Return the records of cases as of today, by their ids, without unknown ones."""
        rows = self._session.all(_OF_CASES, [_CASES.values(case_ids)])
        changes = self.attorney_changes(case_ids)
        names = self._payer_names([payer for row in rows for payer in orjson.loads(row[7] or "[]")])
        return {
            row[0]: _record_of_row(row, _attorney_of(changes.get(row[0]), row[3], today), names)
            for row in rows
        }

    def attorney_changes(self, case_ids: Collection[int]) -> dict[int, list[AttorneyChange]]:
        """Return the recorded changes of attorneys in their order, for each case that has any."""
        found: dict[int, list[AttorneyChange]] = defaultdict(list)
        for case_id, change_id, name, firm, *days, replaces in self._session.all(
            _CHANGES, [_CASES.values(case_ids)]
        ):
            found[case_id].append(
                AttorneyChange(change_id, CaseAttorney(name, firm, *map(_day, days)), replaces)
            )
        return found

    def cases_of_invoices(self, numbers: Collection[str]) -> dict[int, list[str]]:
        """Return the cases of some invoices by their ids, each with the numbers of all its invoices in order."""
        found: dict[int, list[str]] = defaultdict(list)
        for number, case_id in self._session.all(_OF_INVOICES, [_NUMBERS.values(numbers)]):
            found[case_id].append(number)
        return found

    def invoices_of(self, case_ids: Collection[int]) -> dict[int, list[str]]:
        """Return the numbers of the invoices of cases in order, for each case."""
        found: dict[int, list[str]] = defaultdict(list)
        for case_id, number in self._session.all(_INVOICES_OF_CASES, [_CASES.values(case_ids)]):
            found[case_id].append(number)
        return found

    def billed_cents(self, case_ids: Collection[int]) -> dict[int, int]:
        """Return what the invoices of each case bill, in cents, without voided ones."""
        return dict(self._session.all(_BILLED, [_CASES.values(case_ids)]))

    def with_attorney(self, attorney: str, day: date) -> list[CaseNamed]:
        """Return the cases that an attorney has on a day, by any spelling of the name that folds alike.

        A case of which no change is recorded is its first attorney's on every day.
        """
        wanted = matching_text(attorney)
        rows = self._session.all(_EVER_WITH, [wanted, wanted])
        changes = self.attorney_changes([row[0] for row in rows])
        return [
            CaseNamed(case_id, patient, name)
            for case_id, patient, name, own in rows
            if matching_text(_attorney_of(changes.get(case_id), own, day).name) == wanted
        ]

    def firms_with_attorney(self, attorney: str, day: date) -> list[str]:
        """Return the firms of the cases that an attorney has on a day, "" for a case without one, each once."""
        cases = [case.id for case in self.with_attorney(attorney, day)]
        return list(dict.fromkeys(record.attorney.firm for record in self.of_cases(cases, day).values()))

    def record(self, case_id: int, record: CaseRecord, actor: str) -> None:
        """Record the whole record of a case, except its attorney: see ``change_attorney``."""
        payers = party_ids(self._session, "payer", (record.payer, *record.further_payers))
        letter, settlement, injury = record.letter, record.settlement, record.injury
        kept: dict[str, object] = {
            "injured_on": _text(injury.injured_on),
            "claim_number": injury.claim_number,
        }
        kept |= {"payer": payers[record.payer]}
        row: dict[str, object] = {
            "patient_case": case_id,
            **kept,
            "stage": record.stage or "",
            "statute_on": _text(record.statute_on),
            "further_payers": orjson.dumps([payers[name] for name in record.further_payers]).decode(),
            "letter_signed_on": _text(letter.signed_on),
            "letter_signed_by": letter.signed_by,
            "letter_cap_cents": letter.cap_cents,
            "letter_document": letter.document,
            "letter_released_on": _text(letter.released_on),
            "gross_cents": settlement.gross_cents,
            "fee_cents": settlement.fee_cents,
            "cost_cents": settlement.cost_cents,
            "lien_pool_cents": settlement.lien_pool_cents,
            "all_liens_cents": settlement.all_liens_cents,
        }
        self._session.insert("case_record", row | self._stamp_of(actor))
        self._session.update("patient_case", case_id, kept)

    def change_attorney(self, case_id: int, wished: WishedAttorney, today: date, actor: str) -> None:
        """Record who has a case from when on. From this moment on, nobody else has it."""
        changes = self._begin_changes(case_id, actor)
        current = attorney_on(changes, today) if wished.is_correction else None
        self._add_change(case_id, wished.attorney, current.id if current else None, actor)
        now = attorney_on(self.attorney_changes([case_id])[case_id], today)
        ids = party_ids(self._session, "attorney", [now.attorney.name] if now else [])
        self._session.update("patient_case", case_id, {"attorney": ids[now.attorney.name] if now else None})

    def _begin_changes(self, case_id: int, actor: str) -> list[AttorneyChange]:
        """Return the changes of a case so far. The first one is the attorney that its invoices named, from the beginning."""
        changes = self.attorney_changes([case_id]).get(case_id, [])
        if changes:
            return changes
        named = self.of_cases([case_id], date.max)[case_id].attorney
        if not named.name:
            return []
        self._add_change(case_id, named, None, actor)
        return self.attorney_changes([case_id])[case_id]

    def _add_change(self, case_id: int, attorney: CaseAttorney, replaces: int | None, actor: str) -> None:
        row: dict[str, object] = {
            "patient_case": case_id,
            "attorney": party_ids(self._session, "attorney", [attorney.name])[attorney.name],
            "firm": attorney.firm,
            "from_on": _text(attorney.from_on),
            "until_on": _text(attorney.until_on),
            "replaces": replaces,
        }
        self._session.insert("case_attorney", row | self._stamp_of(actor))

    def _stamp_of(self, actor: str) -> dict[str, str]:
        return {"recorded_at": instant(self._now()), "recorded_by": actor}

    def _payer_names(self, payer_ids: Collection[int]) -> dict[int, str]:
        return dict(self._session.all(_PAYER_NAMES, [_PAYERS.values(payer_ids)])) if payer_ids else {}


def _attorney_of(changes: list[AttorneyChange] | None, own: str | None, day: date) -> CaseAttorney:
    """Return the attorney of a case on a day. ``own`` is the one that its invoices name, which counts without changes."""
    if not changes:
        return CaseAttorney(own) if own else NO_ATTORNEY
    change = attorney_on(changes, day)
    return change.attorney if change else NO_ATTORNEY


def _record_of_row(row: tuple[Any, ...], attorney: CaseAttorney, payers: Mapping[int, str]) -> CaseRecord:
    _, injured_on, claim_number, _, payer, stage, statute_on, further, *rest = row
    signed_on, signed_by, cap_cents, document, released_on, *amounts = rest
    return CaseRecord(
        injury=Injury(_day(injured_on), claim_number),
        stage=Stage(stage) if stage else None,
        statute_on=_day(statute_on),
        attorney=attorney,
        payer=payer or "",
        further_payers=tuple(payers[payer_id] for payer_id in orjson.loads(further or "[]")),
        letter=LetterOfProtection(
            _day(signed_on), signed_by or "", cap_cents, document or "", _day(released_on)
        ),
        settlement=CaseSettlement(*amounts),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
