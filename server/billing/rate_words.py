"""Rates in words, for sheets, papers, questions and the answers to them."""

from decimal import Decimal

from server.billing.money import dollars


def percent_in_words(millionths: int) -> str:
    """Return a share without its percent sign, with the decimal places that it needs: ``62.5``."""
    return f"{Decimal(millionths).scaleb(-4).normalize():f}"


def amount_on_basis(amount: int, basis: str, *, is_share: bool) -> str:
    """Return what a rate pays: ``$95.00 per session``, ``62.5% of collected``, ``$25.00 flat``."""
    return f"{percent_in_words(amount)}{basis}" if is_share else f"{dollars(amount)} {basis}"
