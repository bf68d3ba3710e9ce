"""Reads the rows of Pay plans: tiers, minimum, cap and salary (rule: pay-runs#pay-plans)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from server.billing.clinics import PayBasis, PayPlan, PlanKind, PlanMeasure
from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.tiers import SLICED_BY, bound_in_words
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.errors.pay_plan_findings import (
    MinimumAboveCap,
    PlanAmountNotPositive,
    PlanCellUnused,
    PlanTwice,
    TierBasisUnfit,
    TierEndsBefore,
    TiersDiffer,
    TiersLeaveGap,
    TiersOverlap,
    TiersWithoutEnd,
)
from server.errors.setup_findings import BlankCell
from server.sheets.cells import cents_of, thousandths_of
from server.sheets.clinics.rates import read_amount
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.clinics.typed_money import read_positive_money
from server.sheets.typed_rows import Row

ReadPlan = tuple[Row, PayPlan]

_OF_TIERS = ("Service", "Measure", "From", "To", "Pay basis")


def read_pay_plans(rows: Sequence[Row], people: Spellings, work: Spellings) -> list[PayPlan]:
    """Return the pay plans of all usable rows. Tiers that belong together must follow each other without overlap and gap."""
    read = [*_read_rows(rows, people, work)]
    _remark_repeated((row, plan) for row, plan in read if not plan.kind.is_tier)
    _remark_minimum_above_cap(read)
    tables: dict[tuple[str, str, date], list[ReadPlan]] = defaultdict(list)
    for row, plan in read:
        if plan.kind.is_tier:
            tables[plan.provider, plan.service, plan.effective_from].append((row, plan))
    for table in tables.values():
        _remark_on_table(table)
    return [plan for row, plan in read if row.usable]


def _read_rows(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[ReadPlan]:
    """Yield the usable rows."""
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        kind = row.choice("Plan", PlanKind)
        since = row.required_day("Effective from")
        if kind is None:
            continue
        made = _tier(row, kind, work) if kind.is_tier else _amount_of_period(row, kind)
        if row.usable and provider and since:
            yield (
                row,
                PayPlan(
                    provider, made.service, kind, made.measure, made.lower, made.upper, made.basis, made.amount, since,
                    row.text("Note"),
                ),
            )  # fmt: skip


def _amount_of_period(row: Row, kind: PlanKind) -> PayPlan:
    """Return a row of a minimum, a cap or a salary, as far as it can be read. Its day and provider are not read here."""
    for title in _OF_TIERS:
        # A minimum and a cap are of pay, so the word is no mistake there.
        is_of_pay = (
            title == "Measure"
            and row.text(title).casefold() == PlanMeasure.PAY
            and kind is not PlanKind.SALARY
        )
        if row.text(title) and not is_of_pay:
            row.add_finding(PlanCellUnused, title)
    amount = read_positive_money(row, "Rate", PlanAmountNotPositive) if row.text("Rate") else None
    return PayPlan("", "", kind, None, None, None, None, amount, date.min)


def _tier(row: Row, kind: PlanKind, work: Spellings) -> PayPlan:
    """Return a row of a tier, as far as it can be read. Its day and provider are not read here."""
    service = work.find(row, "Service", UnknownService) or ""
    measure = row.choice("Measure", PlanMeasure)
    if not row.text("Rate"):
        for title in ("From", "To", "Pay basis"):
            if row.text(title):
                row.add_finding(BlankCell(), "Rate")
                break
        return PayPlan("", service, kind, measure, None, None, None, None, date.min)
    basis = row.choice("Pay basis", PayBasis)
    amount = read_amount(row, "Rate", basis, is_share=basis.is_share) if basis else None
    reader = cents_of if measure and measure.is_money else thousandths_of
    lower, upper = row.read("From", reader) or 0, row.read("To", reader)
    if measure and row.usable and upper is not None and upper <= lower:
        bounds = [bound_in_words(measure, bound) for bound in (lower, upper)]
        row.add_finding(TierEndsBefore(lower=bounds[0], upper=bounds[1]), "To")
    if kind is PlanKind.MARGINAL and measure and basis and SLICED_BY.get(measure) is not basis:
        _remark_on_basis(row, measure, basis)
    return PayPlan("", service, kind, measure, lower, upper, basis, amount, date.min)


def _remark_on_basis(row: Row, measure: PlanMeasure, basis: PayBasis) -> None:
    fitting = SLICED_BY.get(measure)
    pays = f"Pay these tiers {fitting.value}, or type" if fitting else "Type"
    row.add_finding(
        TierBasisUnfit(measure=measure.value, basis=basis.in_words, fits=f"{pays} tier cliff as the plan."),
        "Pay basis",
    )


def _remark_repeated(read: Iterable[ReadPlan]) -> None:
    seen: dict[tuple[str, PlanKind, date], int] = {}
    for row, plan in read:
        number = seen.setdefault((plan.provider, plan.kind, plan.effective_from), row.number)
        if number != row.number:
            what = PlanTwice(plan=plan.kind.value, provider=plan.provider, row=number)
            row.add_finding(what, "Effective from")


def _remark_minimum_above_cap(read: Iterable[ReadPlan]) -> None:
    """Add a finding to the row from whose day on the minimum of a provider is above the cap."""
    last: dict[tuple[str, PlanKind], int | None] = {}
    for row, plan in sorted(read, key=lambda one: one[1].effective_from):
        if plan.kind not in {PlanKind.MINIMUM, PlanKind.CAP}:
            continue
        last[plan.provider, plan.kind] = plan.amount
        lowest, highest = (last.get((plan.provider, kind)) for kind in (PlanKind.MINIMUM, PlanKind.CAP))
        if plan.amount is not None and lowest is not None and highest is not None and lowest > highest:
            row.add_finding(
                MinimumAboveCap(
                    provider=plan.provider,
                    day=us(plan.effective_from),
                    minimum=dollars(lowest),
                    cap=dollars(highest),
                ),
                "Rate",
            )


def _remark_on_table(table: Sequence[ReadPlan]) -> None:
    """Add findings where the tiers of one provider, service and day do not fit together."""
    first_row, first = table[0]
    for row, plan in table[1:]:
        if (plan.kind, plan.measure) != (first.kind, first.measure):
            row.add_finding(
                TiersDiffer(
                    plan=plan.kind.value,
                    measure=plan.measure.value if plan.measure else "",
                    row=first_row.number,
                    other=f"{first.kind.value} of {first.measure.value if first.measure else ''}",
                ),
                "Plan" if plan.kind is not first.kind else "Measure",
            )
    if any(not row.usable for row, _ in table):
        return
    ending = [(row, plan) for row, plan in table if plan.amount is None]
    if ending and len(table) > 1:
        ending[0][0].add_finding(BlankCell(), "Rate")
        return
    if not ending:
        _remark_on_bounds(sorted(table, key=lambda one: one[1].lower or 0))


def _remark_on_bounds(tiers: Sequence[ReadPlan]) -> None:
    for (below_row, below), (row, tier) in pairwise(tiers):
        if tier.measure is None:
            continue
        lower = bound_in_words(tier.measure, tier.lower or 0)
        if below.upper is None:
            row.add_finding(TiersOverlap(lower=lower, upper="no end", row=below_row.number), "From")
        elif (tier.lower or 0) < below.upper:
            upper = bound_in_words(tier.measure, below.upper)
            row.add_finding(TiersOverlap(lower=lower, upper=upper, row=below_row.number), "From")
        elif (tier.lower or 0) > below.upper:
            upper = bound_in_words(tier.measure, below.upper)
            row.add_finding(TiersLeaveGap(lower=lower, upper=upper, row=below_row.number), "From")
    last_row, last = tiers[-1]
    if last.upper is not None and last.measure is not None and last_row.usable:
        last_row.add_finding(TiersWithoutEnd(upper=bound_in_words(last.measure, last.upper)), "To")
