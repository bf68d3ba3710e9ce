"""What a single visit is paid by: its measures, and its pay by a basis and a rate."""

import numpy as np

from server.billing.clinics import MEASURE, PayBasis
from server.billing.money import divide
from server.billing.payroll.adjustments import PaidBy
from server.billing.payroll.appointment_log import AppointmentLog

MEASURE_WORDS = {
    "units": "units",
    "minutes": "minutes",
    "charge_cents": "charge",
    "collected_cents": "collected amount",
}
"""What a rate is multiplied by, as a sentence calls it."""


def pay_of(paid_by: PaidBy) -> int | None:
    """Return what a visit earns by a basis and a rate, in cents; ``None`` for what is not multiplied that way."""
    if paid_by.basis not in {*PayBasis}:
        return None
    field, divisor = MEASURE[PayBasis(paid_by.basis)]
    quantity = getattr(paid_by, field) if field else 1
    return (
        None if quantity is None else int(divide(np.array([paid_by.rate * quantity]), np.array([divisor]))[0])
    )


def measures_of(log: AppointmentLog, row: int, basis: str, rate: int) -> PaidBy:
    """Return a basis and a rate with what a row of a log has been measured at."""
    fields = filter(None, (field for field, _ in MEASURE.values()))
    columns = {field: log.amount_column(field) for field in fields}
    given = {field: int(one.values[row]) for field, one in columns.items() if one.given[row]}
    return PaidBy(basis, rate, **given)
