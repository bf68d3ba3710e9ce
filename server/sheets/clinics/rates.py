"""Reads what providers are paid: the rows of Rates and Missed visits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from server.billing.clinics import MissedPay, MissedVisitRule, PayBasis, Rate
from server.billing.days import us
from server.billing.rate_plausibility import TypedFee, far_off_fees, usual_in_words
from server.billing.rate_words import amount_on_basis
from server.errors.cell_findings import NegativeNumber
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.errors.pay_findings import RateFarOff, RateOfZero
from server.errors.setup_findings import MoneyForPercent, PercentForMoney, RateTwice
from server.sheets.cells import cents_of, share_of, text_of
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.tables import MISSED
from server.sheets.typed_rows import Row

UNPAID = "unpaid"


def read_rates(
    rows: Sequence[Row], people: Spellings, work: Spellings, saved: Collection[Rate] = ()
) -> list[Rate]:
    """Return the rates of all usable rows. Those that are not ``saved`` yet are remarked on if they look mistyped."""
    read = [*_read_rates(rows, people, work)]
    fees = [TypedFee(rate.basis.value, rate.amount) for _, rate in read]
    _remark_far_off(fees, {place: row for place, (row, rate) in enumerate(read) if rate not in saved}, "Rate")
    return [rate for _, rate in read]


def _read_rates(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[tuple[Row, Rate]]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        service = work.find(row, "Service", UnknownService)
        basis = row.choice("Pay basis", PayBasis)
        amount = read_amount(row, "Rate", basis, is_share=basis.is_share) if basis else None
        since, note = row.required_day("Effective from"), row.text("Note")
        if provider and service and amount == 0 and UNPAID not in note.casefold():
            row.add_finding(RateOfZero(provider=provider, service=service), "Rate")
        if provider and service and since:
            _remark_repeated(row, seen, provider, service, since)
        if row.usable and provider and service and basis and since:
            yield row, Rate(provider, service, basis, amount, since, note)


def read_missed_visits(
    rows: Sequence[Row], people: Spellings, work: Spellings, saved: Collection[MissedVisitRule] = ()
) -> list[MissedVisitRule]:
    """Return the missed-visit rules of all usable rows. Those that are not ``saved`` yet are remarked on if they look mistyped."""
    read = [*_read_missed_visits(rows, people, work)]
    fees = [TypedFee(rule.basis.value, rule.amount) for _, rule in read]
    _remark_far_off(
        fees, {place: row for place, (row, rule) in enumerate(read) if rule not in saved}, "Amount"
    )
    return [rule for _, rule in read]


def _read_missed_visits(
    rows: Sequence[Row], people: Spellings, work: Spellings
) -> Iterator[tuple[Row, MissedVisitRule]]:
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
            amount = read_amount(row, "Amount", basis, is_share=basis is MissedPay.OF_RATE)
        if provider and service and counts_as and since:
            _remark_repeated(row, seen, provider, f"{service} ({counts_as.value})", since)
        if row.usable and provider and service and counts_as and basis and since:
            yield row, MissedVisitRule(provider, service, counts_as, basis, amount, since)


def read_amount(row: Row, title: str, basis: PayBasis | MissedPay, *, is_share: bool) -> int | None:
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


def _remark_far_off(fees: Sequence[TypedFee], rows: Mapping[int, Row], title: str) -> None:
    """Remark on amounts that are far from all others; ``rows`` are the rows that are new, by the place of their fee."""
    for place, usual in far_off_fees(fees).items():
        basis, amount = fees[place]
        if place in rows and amount:
            words = amount_on_basis(amount, basis)
            rows[place].add_finding(RateFarOff(rate=words, usual=usual_in_words(basis, usual)), title)


def _remark_repeated(
    row: Row, seen: dict[tuple[object, ...], int], provider: str, service: str, since: date
) -> None:
    first = seen.setdefault((provider, service, since), row.number)
    if first != row.number:
        row.add_finding(
            RateTwice(provider=provider, service=service, day=us(since), row=first), "Effective from"
        )
