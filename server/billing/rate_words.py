"""Rates in words, for sheets, papers, questions and the answers to them."""

from decimal import Decimal

from server.billing.money import dollars


def percent_in_words(millionths: int) -> str:
    """Return a share without its percent sign, with the decimal places that it needs: ``62.5``."""
    return f"{Decimal(millionths).scaleb(-4).normalize():f}"


def amount_on_basis(amount: int, basis: str) -> str:
    """Return what a rate pays: ``$95.00 per session``, ``62.5% of collected``, ``$25.00 flat``.

    ``amount`` is in cents, of a share (whose basis begins with ``%``) in parts per million.
    """
    return f"{percent_in_words(amount)}{basis}" if basis.startswith("%") else f"{dollars(amount)} {basis}"
