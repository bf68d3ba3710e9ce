"""What the routes of cases return: allow-lists of fields, never a whole row of the books. Amounts are cents."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from server.api.invoice_resources import InvoiceOut
from server.billing.invoices.case_records import Stage
from server.operations.case_records import CaseOnRecord


class _Shown(BaseModel):
    """A model whose fields are read from attributes with the same names."""

    model_config = ConfigDict(from_attributes=True)


class LetterOut(_Shown):
    """A letter of protection. Without one, everything is empty."""

    signed_on: date | None
    signed_by: str
    cap_cents: int | None
    document: str
    released_on: date | None


class SettlementOut(_Shown):
    """How a settlement is divided. The pool is for all liens together."""

    gross_cents: int | None
    fee_cents: int | None
    cost_cents: int | None
    lien_pool_cents: int | None
    all_liens_cents: int | None


class CaseRecordOut(BaseModel):
    """The record of a case as of today. ``pro_rata_cents`` is our share of the lien pool, ``None`` while it is not known."""

    version: str
    stage: Stage | None
    injured_on: date | None
    claim_number: str
    statute_on: date | None
    firm: str
    attorney_from: date | None
    further_payers: tuple[str, ...]
    letter: LetterOut
    settlement: SettlementOut
    billed_cents: int
    pro_rata_cents: int | None

    @classmethod
    def of(cls, found: CaseOnRecord) -> Self:
        """Return a record as shown."""
        record = found.record
        return cls(
            version=record.version,
            stage=record.stage,
            injured_on=record.injury.injured_on,
            claim_number=record.injury.claim_number,
            statute_on=record.statute_on,
            firm=record.attorney.firm,
            attorney_from=record.attorney.from_on,
            further_payers=record.further_payers,
            letter=LetterOut.model_validate(record.letter),
            settlement=SettlementOut.model_validate(record.settlement),
            billed_cents=found.billed_cents,
            pro_rata_cents=found.share_cents,
        )


class StatusRequestOut(_Shown):
    """An attorney's request for the status of a case that is not answered."""

    id: int
    asked_on: date
    asked_by: str
    message: str


class StatusAnswered(BaseModel):
    """How many of the requests were open and are answered now."""

    answered: int


class CaseOut(BaseModel):
    """A case: one injury of one patient. ``clearable`` counts the invoices whose cheques can be cleared now."""

    id: int
    patient: str
    name: str
    attorney: str
    payer: str
    invoices: int
    clearable: int
    settled: bool
    balance_cents: int
    record: CaseRecordOut
    status_requests: list[StatusRequestOut]

    @classmethod
    def of(cls, found: CaseOnRecord) -> Self:
        """Return a case as shown."""
        case = found.case
        return cls(
            id=case.id,
            patient=case.patient,
            name=case.name,
            attorney=case.attorney,
            payer=case.payer,
            invoices=case.invoices,
            clearable=case.clearable,
            settled=case.is_settled,
            balance_cents=case.balance_cents,
            record=CaseRecordOut.of(found),
            status_requests=[StatusRequestOut.model_validate(one) for one in found.status_requests],
        )


class CasePage(BaseModel):
    """A page of a list of cases. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    cases: list[CaseOut]
    next: int | None
    total: int

    @classmethod
    def of(cls, found: Sequence[CaseOnRecord], total: int, *, has_more: bool) -> Self:
        """Return a page as shown."""
        return cls(
            cases=[CaseOut.of(one) for one in found],
            next=found[-1].case.id if has_more else None,
            total=total,
        )


class CaseSettled(BaseModel):
    """The invoices cleared by settling a case, the invoices that wait for something else, and whether it is settled now."""

    cleared: list[InvoiceOut]
    waiting: list[InvoiceOut]
    settled: bool
