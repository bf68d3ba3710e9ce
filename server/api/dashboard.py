"""The route of the key figures of a clinic."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from server import errors
from server.api.invoice_bodies import Day
from server.api.invoices import CLINIC
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.receivables.key_figure_sums import MonthSums
from server.billing.receivables.key_figures import (
    BucketOwed,
    KeyFigures,
    PayerFigures,
    PhysicianFigures,
    ReductionFigures,
)
from server.billing.receivables.measures import Measure, Unit, rounded_parts
from server.operations.dashboard import show_key_figures

router = APIRouter(prefix="/clinics/{clinic}/kpis")

Thousandths = Annotated[int | None, Field(description="A share of 1 in thousandths; null if the whole is 0.")]
Tenths = Annotated[int | None, Field(description="Days in tenths; null if there is nothing to measure.")]
Invoices = Annotated[int, Field(description="How many invoices.")]


class KeyFigureDays(BaseModel):
    """The days of the figures: of the last 365 days up to today where an end is not given."""

    model_config = ConfigDict(extra="forbid")

    since: Day | None = Field(
        None,
        alias="from",
        description="The first day, included; 364 days before the last one if it is not given.",
    )
    until: Day | None = Field(
        None, alias="to", description="The last day, included; today if it is not given."
    )


class MeasureOut(BaseModel):
    """A measure with its definition."""

    name: str = Field(description="The name of the measure.")
    label: str = Field(description="What staff call it.")
    value: int | None = Field(
        description="The value in whole units, rounded once; null if there is nothing to measure."
    )
    unit: Unit = Field(description="cents, thousandths of 1, or tenths of a day.")
    definition: str = Field(description="What is measured, in one sentence.")
    target: int | None = Field(
        description="The most that it should be, in whole days; null if there is no target."
    )

    @classmethod
    def of(cls, measure: Measure) -> Self:
        """Return a measure as shown."""
        return cls(
            name=measure.name,
            label=measure.label,
            value=measure.rounded_value,
            unit=measure.unit,
            definition=measure.definition,
            target=measure.target,
        )


class BucketOut(BaseModel):
    """What is outstanding in an aging bucket today."""

    name: str = Field(description="The ages in days, such as 31-60.")
    risk: str = Field(description="How much the age puts the money at risk.")
    invoices: Invoices
    balance_cents: int
    share_thousandths: Thousandths

    @classmethod
    def of(cls, owed: BucketOwed) -> Self:
        """Return a bucket as shown."""
        return cls(
            name=owed.bucket.name,
            risk=owed.bucket.risk,
            invoices=owed.invoices,
            balance_cents=owed.balance_cents,
            share_thousandths=parts_or_none(owed.share, 1_000),
        )


class PayerOut(BaseModel):
    """What a payer owes today, and how soon it pays. The name is empty for invoices without a payer."""

    payer: str
    invoices: Invoices
    balance_cents: int
    bucket_cents: list[int] = Field(
        description="The balance in each aging bucket, the newest first, in cents."
    )
    paid: int = Field(description="How many invoices were paid on the days of the figures.")
    median_days_tenths: Tenths

    @classmethod
    def of(cls, payer: PayerFigures) -> Self:
        """Return a payer as shown."""
        return cls(
            payer=payer.name,
            invoices=payer.invoices,
            balance_cents=payer.balance_cents,
            bucket_cents=list(payer.bucket_cents),
            paid=payer.paid,
            median_days_tenths=parts_or_none(payer.median_days, 10),
        )


class PhysicianOut(BaseModel):
    """What a physician's exams brought in. The name is empty for invoices without a physician."""

    physician: str
    exams: int = Field(description="How many exams the invoices are about.")
    invoices: Invoices
    average_cents: int = Field(description="What an invoice bills on average, in cents.")
    billed_cents: int
    collected_cents: int

    @classmethod
    def of(cls, physician: PhysicianFigures) -> Self:
        """Return a physician as shown."""
        return cls(
            physician=physician.name,
            exams=physician.exams,
            invoices=physician.invoices,
            average_cents=rounded_parts(physician.average_cents, 1),
            billed_cents=physician.billed_cents,
            collected_cents=physician.collected_cents,
        )


class ReductionOut(BaseModel):
    """By how much a party reduces what is billed. The shares are of what is billed, in thousandths."""

    party: str = Field(description="The attorney or the payer; empty for invoices without one.")
    invoices: Invoices
    billed_cents: int
    agreed_cents: int = Field(description="What is agreed for these invoices, in cents.")
    reduction_thousandths: int = Field(description="The reduction of all these invoices together.")
    least_thousandths: int = Field(description="The smallest reduction of one invoice.")
    usual_thousandths: int = Field(description="The median reduction of one invoice.")
    most_thousandths: int = Field(description="The largest reduction of one invoice.")
    remark: str = Field(description="That the party always asks for the same share; empty if it does not.")

    @classmethod
    def of(cls, found: ReductionFigures) -> Self:
        """Return the reductions of a party as shown."""
        return cls(
            party=found.name,
            invoices=found.invoices,
            billed_cents=found.billed_cents,
            agreed_cents=found.agreed_cents,
            reduction_thousandths=rounded_parts(found.share, 1_000),
            least_thousandths=found.least,
            usual_thousandths=rounded_parts(found.usual, 1),
            most_thousandths=found.most,
            remark=found.remark,
        )


class MonthOut(BaseModel):
    """What the steps of a month add up to. What a step takes back counts against its month, so an amount can be below 0."""

    month: date = Field(description="The first day of the month.")
    invoices: Invoices
    billed_cents: int = Field(description="What was billed in the month, in cents.")
    agreed_cents: int = Field(description="What was agreed in the month, in cents.")
    collected_cents: int = Field(description="What was collected in the month, in cents.")
    written_off_cents: int = Field(description="What was written off in the month, in cents.")
    denials: int = Field(description="How many denials were recorded.")

    @classmethod
    def of(cls, month: MonthSums) -> Self:
        """Return a month as shown."""
        return cls(
            month=month.first,
            invoices=month.invoices,
            billed_cents=month.billed_cents,
            agreed_cents=month.agreed_cents,
            collected_cents=month.collected_cents,
            written_off_cents=month.written_off_cents,
            denials=month.denials,
        )


class DenialReasonOut(BaseModel):
    """A reason of denials."""

    reason: str = Field(description="What the denials say, in its most usual spelling.")
    denials: int = Field(description="How many denials were recorded.")


class KeyFiguresOut(BaseModel):
    """The key figures of a clinic, each list with the largest amounts first."""

    first: date = Field(description="The first day of the figures.")
    last: date = Field(description="The last day of the figures.")
    today: date = Field(description="The day of the request, which balances are of.")
    measures: list[MeasureOut] = Field(description="The measures with their definitions.")
    buckets: list[BucketOut] = Field(description="What is outstanding by age, the newest first.")
    payers: list[PayerOut] = Field(description="What is outstanding by payer.")
    physicians: list[PhysicianOut] = Field(description="What the exams of each physician brought in.")
    by_attorney: list[ReductionOut] = Field(description="The reductions by attorney.")
    by_payer: list[ReductionOut] = Field(description="The reductions by payer.")
    months: list[MonthOut] = Field(description="Thirteen months, the latest last.")
    denials: list[DenialReasonOut] = Field(
        description="The reasons of the denials on the days of the figures."
    )

    @classmethod
    def of(cls, figures: KeyFigures) -> Self:
        """Return the key figures as shown."""
        days = figures.days
        return cls(
            first=days.first,
            last=days.last,
            today=days.today,
            measures=[MeasureOut.of(one) for one in figures.measures],
            buckets=[BucketOut.of(one) for one in figures.buckets],
            payers=[PayerOut.of(one) for one in figures.payers],
            physicians=[PhysicianOut.of(one) for one in figures.physicians],
            by_attorney=[ReductionOut.of(one) for one in figures.by_attorney],
            by_payer=[ReductionOut.of(one) for one in figures.by_payer],
            months=[MonthOut.of(one) for one in figures.months],
            denials=[DenialReasonOut(reason=one.reason, denials=one.denials) for one in figures.denials],
        )


def parts_or_none(value: Fraction | None, parts: int) -> int | None:
    """Return a fraction as a whole number of parts of one, ``None`` if there is none."""
    return None if value is None else rounded_parts(value, parts)


@router.get("", responses=refusals(errors.MissingInput, *CLINIC))
def show_kpis(sessions: OfClinic, asked: Annotated[KeyFigureDays, Query()]) -> KeyFiguresOut:
    """Return the key figures of a clinic: collection rates, days in AR, denials, what is outstanding, and 13 months."""
    with sessions.view_session() as session:
        return KeyFiguresOut.of(show_key_figures(session, asked.since, asked.until))
