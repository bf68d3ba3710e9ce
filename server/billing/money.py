"""Amounts are whole cents, and there is one rounding rule.

Rates are cents or parts per million of an amount, quantities are thousandths. All are
integers, so every pay line is one integer product, divided once.
"""

import numpy as np
import numpy.typing as npt

Cents = npt.NDArray[np.int64]

THOUSAND = 1_000
"""Units and minutes are kept in thousandths."""

MILLION = 1_000_000
"""Shares (62.5 %) are kept in parts per million (625,000)."""


def divide(numerator: Cents, denominator: Cents) -> Cents:
    """Divide whole numbers, halves away from zero (rule: payroll#rounding): the only rounding there is.

    ``denominator`` must be positive.
    """
    halves = 2 * np.abs(numerator) + denominator
    quotient: Cents = np.sign(numerator) * (halves // (2 * denominator))
    return quotient


def dollars(cents: int) -> str:
    """Return an amount as staff read it: ``$1,234.50``, negatives as ``-$1,234.50``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{rest:02d}"


def decimal_amount(cents: int) -> str:
    """Return an amount as programs read it: ``1234.50``, negatives as ``-1234.50``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
