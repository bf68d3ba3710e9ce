"""The key figures of a clinic: how much of what it bills it collects, how soon, and from whom (rule: receivables#dashboard).

Each measure has its definition, which is printed wherever the measure is shown. Values are exact fractions, and are
rounded once, when they are shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from server.billing.days import us
from server.billing.names import fold
from server.billing.receivables.aging_buckets import BUCKETS, Bucket
from server.billing.receivables.figure_days import FigureDays
from server.billing.receivables.key_figure_sums import (
    BUCKET_PLACES,
    DenialNote,
    InvoiceSums,
    KeyFigureSums,
    MonthSums,
    PaidAfter,
    ReducedBy,
)
from server.billing.receivables.measures import Measure, Unit, median, share_of, value_words
from server.errors import count_of

TARGET_DAYS = 60
"""How long it may take until an invoice is paid, and how many days of charges may be outstanding."""

FEW = 3
"""Of fewer agreements, nobody can say that a party always asks for the same reduction."""


@dataclass(frozen=True, slots=True)
class BucketOwed:
    """What is outstanding in a bucket today. ``share`` is of all that is outstanding, ``None`` if nothing is."""

    bucket: Bucket
    invoices: int
    balance_cents: int
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class PayerFigures:
    """What a payer owes today, with the cents in each of ``BUCKETS``, and the median days until the payer pays.

    ``paid`` counts the invoices that were paid on the days of the figures. Of none of them there is no median.
    """

    name: str
    invoices: int
    balance_cents: int
    bucket_cents: tuple[int, ...]
    paid: int
    median_days: Fraction | None


@dataclass(frozen=True, slots=True)
class PhysicianFigures:
    """What a physician's exams brought in. ``average_cents`` is what an invoice bills on average."""

    name: str
    exams: int
    invoices: int
    average_cents: Fraction
    billed_cents: int
    collected_cents: int


@dataclass(frozen=True, slots=True)
class ReductionFigures:
    """By how much a party reduces what is billed. ``share`` is of all its agreements together.

    ``least``, ``usual`` and ``most`` are those of its single agreements, in whole thousandths; the usual one is the median.
    """

    name: str
    invoices: int
    billed_cents: int
    agreed_cents: int
    share: Fraction
    least: int
    usual: Fraction
    most: int

    @property
    def remark(self) -> str:
        """Return that the party always asks for the same share, "" if it does not."""
        is_constant = self.invoices >= FEW and self.least == self.most > 0
        return f"Always {value_words(self.least, Unit.SHARE)}" if is_constant else ""


@dataclass(frozen=True, slots=True)
class DenialReason:
    """A reason that denials name, in its most usual spelling, and how many have it."""

    reason: str
    denials: int


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The key figures of a clinic and what they are made of, each list with the largest amounts first."""

    days: FigureDays
    measures: tuple[Measure, ...]
    period_sums: InvoiceSums
    buckets: tuple[BucketOwed, ...]
    payers: tuple[PayerFigures, ...]
    physicians: tuple[PhysicianFigures, ...]
    by_attorney: tuple[ReductionFigures, ...]
    by_payer: tuple[ReductionFigures, ...]
    months: tuple[MonthSums, ...]
    denials: tuple[DenialReason, ...]

    def measure(self, name: str) -> Measure:
        """Return a measure by its name. Raises KeyError for an unknown one."""
        return {one.name: one for one in self.measures}[name]


def key_figures(sums: KeyFigureSums, days: FigureDays) -> KeyFigures:
    """Return the key figures that the sums of the books make."""
    return KeyFigures(
        days=days,
        measures=tuple(_measures(sums, days)),
        period_sums=sums.period_sums,
        buckets=tuple(_buckets(sums)),
        payers=tuple(_payers(sums)),
        physicians=tuple(_physicians(sums)),
        by_attorney=_reductions(sums.by_attorney),
        by_payer=_reductions(sums.by_payer),
        months=sums.months,
        denials=_denial_reasons(sums.denials),
    )


def _measures(sums: KeyFigureSums, days: FigureDays) -> list[Measure]:
    of, made = sums.period_sums, f"the invoices created {days.words}"
    return [
        Measure(
            "outstanding", "Outstanding", Fraction(sums.outstanding_cents), Unit.CENTS,
            f"The balances of all open invoices on {us(days.today)}; unapplied credit is not taken off.",
        ),
        Measure(
            "gross_collection", "Gross collection rate", share_of(of.collected_cents, of.billed_cents), Unit.SHARE,
            f"Collected divided by billed, of {made}.",
        ),
        Measure(
            "net_collection", "Net collection rate", share_of(of.collected_cents, of.agreed_cents), Unit.SHARE,
            f"Collected divided by agreed, of {made} whose amount is agreed.",
        ),
        Measure(
            "days_to_pay", "Days in AR: creation to paid", _mean_days(sums.paid), Unit.DAYS,
            f"The mean number of days from creation to paid, of the invoices paid {days.words}. Target: {TARGET_DAYS}.",
            TARGET_DAYS,
        ),
        Measure(
            "unapplied", "Unapplied credit", Fraction(sums.unapplied_cents), Unit.CENTS,
            f"Money received that pays no invoice on {us(days.today)}: it is to be taken off what is outstanding.",
        ),
        Measure(
            "denial", "Denial rate", share_of(of.denied, of.sent), Unit.SHARE,
            f"Invoices denied at least once divided by invoices sent, of {made}.",
        ),
        Measure(
            "average_invoice", "Average invoice", share_of(of.billed_cents, of.invoices), Unit.CENTS,
            f"Billed divided by the number of invoices, of {made}.",
        ),
        _days_of_charges(sums, days),
    ]  # fmt: skip


def _days_of_charges(sums: KeyFigureSums, days: FigureDays) -> Measure:
    """Return how many days of charges are outstanding. Days before the first invoice do not count: nothing was billed."""
    billed, first = sums.period_sums.billed_cents, max(days.first, sums.period_sums.earliest or days.first)
    counted = (days.last - first).days + 1
    value = Fraction(sums.outstanding_cents * counted, billed) if billed > 0 else None
    definition = (
        f"Outstanding on {us(days.today)} divided by average daily charges: what was billed from {us(first)} to "
        f"{us(days.last)}, divided by {count_of(counted, 'day')}. Target: {TARGET_DAYS}."
    )
    return Measure("days_in_ar", "Days in AR: AR / daily charges", value, Unit.DAYS, definition, TARGET_DAYS)


def _mean_days(paid: Sequence[PaidAfter]) -> Fraction | None:
    return share_of(sum(one.days * one.invoices for one in paid), sum(one.invoices for one in paid))


def _buckets(sums: KeyFigureSums) -> Iterable[BucketOwed]:
    for place in BUCKET_PLACES:
        invoices, cents = sums.in_bucket(place)
        yield BucketOwed(BUCKETS[place], invoices, cents, share_of(cents, sums.outstanding_cents))


def _payers(sums: KeyFigureSums) -> list[PayerFigures]:
    cents: Mapping[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
    invoices: Counter[str] = Counter()
    paid: Mapping[str, list[tuple[int, int]]] = defaultdict(list)
    for owed in sums.owed:
        cents[owed.payer][owed.bucket] += owed.balance_cents
        invoices[owed.payer] += owed.invoices
    for one in sums.paid:
        paid[one.payer].append((one.days, one.invoices))
    found = [
        PayerFigures(
            name,
            invoices[name],
            sum(cents[name]),
            tuple(cents[name]),
            sum(count for _, count in paid[name]),
            median(paid[name]),
        )
        for name in dict.fromkeys([*cents, *paid])
    ]
    return sorted(found, key=lambda one: (-one.balance_cents, -one.paid, one.name.casefold()))


def _physicians(sums: KeyFigureSums) -> list[PhysicianFigures]:
    found = [
        PhysicianFigures(
            one.name,
            one.exams,
            one.sums.invoices,
            Fraction(one.sums.billed_cents, one.sums.invoices),
            one.sums.billed_cents,
            one.sums.collected_cents,
        )
        for one in sums.physicians
        if one.sums.invoices
    ]
    return sorted(found, key=lambda one: (-one.billed_cents, one.name.casefold()))


def _reductions(reduced: Iterable[ReducedBy]) -> tuple[ReductionFigures, ...]:
    by_party: Mapping[str, list[ReducedBy]] = defaultdict(list)
    for one in reduced:
        by_party[one.party].append(one)
    found = [_reduction_of(name, rows) for name, rows in by_party.items()]
    return tuple(sorted(found, key=lambda one: (one.agreed_cents - one.billed_cents, one.name.casefold())))


def _reduction_of(name: str, rows: Sequence[ReducedBy]) -> ReductionFigures:
    billed, agreed = (sum(getattr(one, cents) for one in rows) for cents in ("billed_cents", "agreed_cents"))
    shares = [one.thousandths for one in rows]
    return ReductionFigures(
        name=name,
        invoices=sum(one.invoices for one in rows),
        billed_cents=billed,
        agreed_cents=agreed,
        share=Fraction(billed - agreed, billed),
        least=min(shares),
        usual=median((one.thousandths, one.invoices) for one in rows) or Fraction(0),
        most=max(shares),
    )


def _denial_reasons(notes: Iterable[DenialNote]) -> tuple[DenialReason, ...]:
    """Return the reasons, those of one spelling together. The spelling that is used most often names them."""
    spellings: Mapping[str, list[DenialNote]] = defaultdict(list)
    for one in notes:
        spellings[fold(one.note)].append(one)
    found = [
        DenialReason(
            min(same, key=lambda one: (-one.denials, one.note)).note, sum(one.denials for one in same)
        )
        for same in spellings.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.denials, one.reason.casefold())))


def month_rates(month: MonthSums) -> tuple[Fraction | None, Fraction | None]:
    """Return the gross and the net collection rate of a month: what it collected, of what it billed and of what it agreed.

    What a month collects was mostly billed before it, so a rate can be above 1.
    """
    return share_of(month.collected_cents, month.billed_cents), share_of(
        month.collected_cents, month.agreed_cents
    )


MONTH_DEFINITION = (
    "Each amount counts in the month in which it happened; what is taken back counts against the month in which it is taken "
    "back. The rates are what a month collected, of what it billed and of what it agreed."
)


def month_name(first: date) -> str:
    """Return a month as staff read it: ``Nov 2026``."""
    return f"{first:%b %Y}"
