"""Remarks about pay that looks wrong. A person decides."""

import numpy as np

from server.billing.clinics import MEASURE, PayBasis
from server.billing.money import THOUSAND, dollars
from server.billing.payroll.appointment_log import Ints, Mask, alike
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.row_outcomes import RowDecisions
from server.errors.pay_findings import (
    AmountFarAbove,
    ImplausibleMinutes,
    InactiveProvider,
    NegativePay,
    UnitsLookLikeMinutes,
    ZeroMeasure,
)

ZERO_WORDS = {
    "units": "0 units",
    "minutes": "0 minutes",
    "charge_cents": "a charge of 0",
    "collected_cents": "a collected amount of 0",
}

MOST_UNITS = 24
"""More units than this look like minutes in the wrong column (rule: edge-cases#units-like-minutes)."""

SHORTEST_VISIT, LONGEST_VISIT = 5, 480
"""A visit paid by the hour gets a remark if its minutes are outside this range."""

FAR_ABOVE = 20
"""An amount of at least this many times the median of its service gets a remark."""

ENOUGH_AMOUNTS = 5
"""A service needs at least this many amounts for its median to mean anything."""

AMOUNT_NAMES = {"charge_cents": "charge", "collected_cents": "collected amount"}


def remark_on_pay(
    decisions: RowDecisions, classified: ClassifiedLog, amounts: Ints, bases: dict[PayBasis, Mask], flat: Mask
) -> None:
    """Remark on what looks wrong, of the rows that no closed run has paid; ``bases`` are the rows of each pay basis, ``flat``
    those paid a flat amount.
    """
    rows = decisions.payable_so_far()
    for position, one in enumerate(classified.setup.providers):
        if not one.active:
            left = rows & (classified.matched.providers == position)
            decisions.remark(InactiveProvider(provider=one.name), left, "provider")
    _units(decisions, classified, rows)
    for basis, (field, _) in MEASURE.items():
        if field is None:
            continue
        column = decisions.log.amount_column(field)
        paid_so = rows & bases[basis]
        zero = paid_so & column.given & (column.values == 0) & ~flat
        for found in alike(zero, classified.matched.providers):
            provider = classified.setup.providers[classified.matched.providers[found[0]]].name
            decisions.remark(
                ZeroMeasure(way=basis.in_words, provider=provider, measure=ZERO_WORDS[field]), found, field
            )
        decisions.remark(NegativePay(), paid_so & (amounts < 0), field)
    _minutes(decisions, classified, rows & bases[PayBasis.PER_HOUR] & ~flat)
    _amounts_far_above(decisions, classified, rows & bases[PayBasis.OF_CHARGE] & ~flat, "charge_cents")
    _amounts_far_above(decisions, classified, rows & bases[PayBasis.OF_COLLECTED] & ~flat, "collected_cents")


def _units(decisions: RowDecisions, classified: ClassifiedLog, rows: Mask) -> None:
    units = classified.log.amount_column("units").values
    for found in alike(rows & (units > MOST_UNITS * THOUSAND), units):
        value = f"{units[found[0]] / THOUSAND:,.10g}"
        decisions.remark(UnitsLookLikeMinutes(value=value), found, "units")


def _minutes(decisions: RowDecisions, classified: ClassifiedLog, rows: Mask) -> None:
    """Remark on visits that are so short or long that their minutes may be misread."""
    minutes = classified.log.amount_column("minutes").values
    short = (minutes > 0) & (minutes < SHORTEST_VISIT * THOUSAND)
    for found in alike(rows & (short | (minutes > LONGEST_VISIT * THOUSAND)), minutes):
        value = f"{minutes[found[0]] / THOUSAND:,.10g}"
        value += " minute" if value == "1" else " minutes"
        bound = f"under {SHORTEST_VISIT}" if short[found[0]] else f"over {LONGEST_VISIT}"
        decisions.remark(ImplausibleMinutes(value=value, bound=bound), found, "minutes")


def _amounts_far_above(decisions: RowDecisions, classified: ClassifiedLog, rows: Mask, field: str) -> None:
    """Remark on charges, or collected amounts, far above those of the same service."""
    log, services = classified.log, classified.matched.services
    amounts = log.amount_column(field).values
    for places in alike(rows & (amounts > 0), services):
        of_service = amounts[places]
        median = int(np.median(of_service))
        if len(places) < ENOUGH_AMOUNTS:
            continue
        far_above = np.zeros(len(rows), dtype=np.bool_)
        far_above[places] = of_service >= FAR_ABOVE * median
        service = classified.setup.services[services[places[0]]].code
        for found in alike(far_above, amounts):
            decisions.remark(
                AmountFarAbove(
                    amount=AMOUNT_NAMES[field],
                    value=dollars(int(amounts[found[0]])),
                    usual=dollars(median),
                    service=service,
                ),
                found,
                field,
            )
