"""Reads the rows of Shares and Supervision: who is paid for visits of others (rule: pay-runs#shares, pay-runs#supervision)."""

from collections.abc import Hashable, Iterator, Sequence
from functools import partial

from server.billing.clinics import ALWAYS, ANY, PayBasis, ShareRule, Supervision
from server.billing.days import us
from server.billing.money import MILLION
from server.errors.further_pay_findings import (
    FurtherPayForAnybody,
    FurtherPayForOneself,
    FurtherPayTwice,
    NotAShare,
    SupervisionEndsBefore,
    SupervisionNotPositive,
)
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.sheets.cells import share_of
from server.sheets.clinics.rates import read_amount
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.typed_rows import Row

WITH, SHARE, SUPERVISOR, RATE, UNTIL = "With", "Share", "Supervisor", "Rate", "Until"


def read_shares(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[ShareRule]:
    """Yield the shares of all usable rows."""
    seen: dict[Hashable, int] = {}
    for row in rows:
        provider, service, partner = _read_who(row, people, work, WITH)
        share = row.read(SHARE, partial(share_of, number_format=row.form(SHARE)))
        if share is not None and not 0 < share <= MILLION:
            row.add_finding(NotAShare, SHARE)
        since = row.day("Effective from") or ALWAYS
        if provider and service and partner and row.usable:
            day = "always" if since == ALWAYS else us(since)
            _remark_repeated(row, seen, (provider, service, partner, since), day)
        if row.usable and provider and service and partner:
            yield ShareRule(provider, service, partner, share, since)


def read_supervision(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[Supervision]:
    """Yield the supervision of all usable rows."""
    seen: dict[Hashable, int] = {}
    for row in rows:
        provider, service, supervisor = _read_who(row, people, work, SUPERVISOR)
        basis = row.choice("Pay basis", PayBasis)
        is_given = bool(row.required_text(RATE))
        amount = read_amount(row, RATE, basis, is_share=basis.is_share) if basis and is_given else None
        if amount == 0:
            row.add_finding(SupervisionNotPositive, RATE)
        since, until = row.required_day("Effective from"), row.day(UNTIL)
        if since and until and until < since:
            row.add_finding(SupervisionEndsBefore(first=us(since), last=us(until)), UNTIL)
        if provider and service and supervisor and since:
            _remark_repeated(row, seen, (provider, service, supervisor, since), us(since))
        if row.usable and provider and service and supervisor and basis and amount and since:
            yield Supervision(provider, supervisor, service, basis, amount, since, until)


def _read_who(
    row: Row, people: Spellings, work: Spellings, further: str
) -> tuple[str | None, str | None, str | None]:
    """Return the provider, the service, and the provider who is paid for the visits of the first one."""
    provider = people.find(row, "Provider", UnknownProvider)
    service = work.find(row, "Service", UnknownService)
    other = people.find(row, further, UnknownProvider)
    if other == ANY:
        row.add_finding(FurtherPayForAnybody, further)
    elif other and other == provider:
        row.add_finding(FurtherPayForOneself(provider=provider), further)
    return provider, service, other


def _remark_repeated(row: Row, seen: dict[Hashable, int], key: Hashable, day: str) -> None:
    number = seen.setdefault(key, row.number)
    if number != row.number:
        row.add_finding(FurtherPayTwice(day=day, row=number), "Effective from")
