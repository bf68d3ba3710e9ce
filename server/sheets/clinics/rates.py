"""Reads what providers are paid: the rows of Rates and Missed visits."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from server.billing.clinics import MissedPay, MissedVisitRule, PayBasis, Rate
from server.billing.days import us
from server.errors.cell_findings import NegativeNumber
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.errors.pay_findings import RateOfZero
from server.errors.setup_findings import MoneyForPercent, PercentForMoney, RateTwice
from server.sheets.cells import cents_of, share_of, text_of
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.tables import MISSED
from server.sheets.typed_rows import Row

UNPAID = "unpaid"


def read_rates(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[Rate]:
    """Yield the rates of all usable rows."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        service = work.find(row, "Service", UnknownService)
        basis = row.choice("Pay basis", PayBasis)
        amount = _read_amount(row, "Rate", basis, is_share=basis.is_share) if basis else None
        since, note = row.required_day("Effective from"), row.text("Note")
        if provider and service and amount == 0 and UNPAID not in note.casefold():
            row.add_finding(RateOfZero(provider=provider, service=service), "Rate")
        if provider and service and since:
            _remark_repeated(row, seen, provider, service, since)
        if row.usable and provider and service and basis and since:
            yield Rate(provider, service, basis, amount, since, note)


def read_missed_visits(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[MissedVisitRule]:
    """Yield the missed-visit rules of all usable rows."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        service = work.find(row, "Service", UnknownService)
        counts_as = row.choice("Counts as", MISSED)
        basis = row.choice("Pay basis", MissedPay)
        since = row.required_day("Effective from")
        amount = None
        if basis in {MissedPay.FLAT, MissedPay.OF_RATE}:
            row.required_text("Amount")
            amount = _read_amount(row, "Amount", basis, is_share=basis is MissedPay.OF_RATE)
        if provider and service and counts_as and since:
            _remark_repeated(row, seen, provider, f"{service} ({counts_as.value})", since)
        if row.usable and provider and service and counts_as and basis and since:
            yield MissedVisitRule(provider, service, counts_as, basis, amount, since)


def _read_amount(row: Row, title: str, basis: PayBasis | MissedPay, *, is_share: bool) -> int | None:
    """Return cents, or parts per million of a share; refuses a share written as money, and money written as a share."""
    shown = row.form(title) + text_of(row.cell(title))
    if text_of(row.cell(title)) and ("$" in shown if is_share else "%" in shown):
        kind = MoneyForPercent if is_share else PercentForMoney
        row.add_finding(kind(basis=basis.value), title)
        return None
    amount = row.read(title, partial(share_of, number_format=row.form(title)) if is_share else cents_of)
    if amount is not None and amount < 0:
        row.add_finding(NegativeNumber, title)
    return amount


def _remark_repeated(
    row: Row, seen: dict[tuple[object, ...], int], provider: str, service: str, since: date
) -> None:
    first = seen.setdefault((provider, service, since), row.number)
    if first != row.number:
        row.add_finding(
            RateTwice(provider=provider, service=service, day=us(since), row=first), "Effective from"
        )
