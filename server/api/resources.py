"""What the REST routes return: allow-lists of fields, never a whole row of the books."""

from datetime import date
from importlib.metadata import version
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from server.billing.clinics import PayBasis, WorksAs
from server.billing.invoices.prices import Bilateral
from server.billing.payroll.recorded_runs import RunHeader, RunState


class Health(BaseModel):
    """The service is up."""

    status: Literal["ok"] = "ok"
    product: Literal["clinic-ledger"] = "clinic-ledger"
    version: str = version("clinic-ledger")
    clinics: int


class ClinicOut(BaseModel):
    """A clinic on the firm's list."""

    id: str
    name: str


class ProviderOut(BaseModel):
    """A provider of a clinic."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    aliases: tuple[str, ...]
    provider_id: str
    works_as: WorksAs
    active: bool


class RateOut(BaseModel):
    """A rate. ``amount`` is cents, or parts per million if the basis is a share."""

    model_config = ConfigDict(from_attributes=True)

    provider: str
    service: str
    basis: PayBasis
    amount: int | None
    effective_from: date
    note: str


class PriceOut(BaseModel):
    """A price of one unit in cents. An empty ``payer`` means any payer."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    description: str
    unit_price_cents: int
    bilateral: Bilateral
    payer: str
    effective_from: date


class PayRunOut(BaseModel):
    """A pay run without its lines."""

    id: str
    first: date
    last: date
    pay_date: date | None
    state: RunState
    rows_in: int
    paid: int
    excluded: int
    held: int
    blocked: int
    already_paid: int
    paid_cents: int
    adjustments: int
    adjustment_cents: int
    plans: int
    plans_cents: int
    items: int
    items_cents: int
    collections: int
    collections_cents: int
    unallocated: int
    unallocated_cents: int
    carried_in_cents: int
    carried_out_cents: int
    total_cents: int
    fingerprint: str

    @classmethod
    def of(cls, run: RunHeader) -> Self:
        """Return a run as shown."""
        return cls(
            id=run.id,
            first=run.period.first,
            last=run.period.last,
            pay_date=run.pay_date,
            state=run.state,
            rows_in=run.rows_in,
            paid=run.paid,
            excluded=run.excluded,
            held=run.held,
            blocked=run.blocked,
            already_paid=run.already_paid,
            paid_cents=run.paid_cents,
            adjustments=run.adjustments,
            adjustment_cents=run.adjustment_cents,
            plans=run.plans,
            plans_cents=run.plans_cents,
            items=run.items,
            items_cents=run.items_cents,
            collections=run.collections,
            collections_cents=run.collections_cents,
            unallocated=run.unallocated,
            unallocated_cents=run.unallocated_cents,
            carried_in_cents=run.carried_in_cents,
            carried_out_cents=run.carried_out_cents,
            total_cents=run.total_cents,
            fingerprint=run.fingerprint,
        )


class _Page(BaseModel):
    """A page of a list. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    next: int | None
    total: int


class ProviderPage(_Page):
    """A page of a clinic's providers."""

    providers: list[ProviderOut]


class RatePage(_Page):
    """A page of a clinic's rates."""

    rates: list[RateOut]


class PricePage(_Page):
    """A page of a clinic's prices."""

    prices: list[PriceOut]


class PayRunPage(_Page):
    """A page of a clinic's pay runs."""

    pay_runs: list[PayRunOut]
