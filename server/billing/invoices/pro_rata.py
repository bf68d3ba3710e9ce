"""Our share of the money that a settlement leaves for liens (rule: people#pro-rata).

A share is lien pool x our billed / all liens, in whole cents. The share of a case is rounded once, half a cent up. The
shares of its invoices add up to it: each is rounded down, and the cents that are left go one by one to those
that lost most by it, of equals to the one billed more, then to the one named first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.case_records import CaseRecord, CaseSettlement
from server.billing.invoices.invoice import Invoice, State


def pro_rata_share(settlement: CaseSettlement, billed_cents: int) -> int | None:
    """Return our share in cents, ``None`` if the lien pool or all liens are not known.

    We get no more than we billed. If we billed more than all liens are said to claim, the whole pool is for us.
    """
    ratio = _ratio_of(settlement, billed_cents)
    return None if ratio is None else (2 * billed_cents * ratio[0] + ratio[1]) // (2 * ratio[1])


def pro_rata_shares(settlement: CaseSettlement, billed: Mapping[str, int]) -> dict[str, int]:
    """Return the share of each invoice in cents, by its number; nothing if the share of the case is not known.

    ``billed`` has what each invoice of the case bills.
    """
    total = sum(billed.values())
    share, ratio = pro_rata_share(settlement, total), _ratio_of(settlement, total)
    if share is None or ratio is None:
        return {}
    pool, liens = ratio
    shares = {number: cents * pool // liens for number, cents in billed.items()}
    lost = sorted(billed, key=lambda number: (-(billed[number] * pool % liens), -billed[number]))
    for number in lost[: max(share - sum(shares.values()), 0)]:
        shares[number] += 1
    return shares


def _ratio_of(settlement: CaseSettlement, billed_cents: int) -> tuple[int, int] | None:
    """Return the pool and the liens that share it, both in cents."""
    pool, liens = settlement.lien_pool_cents, settlement.all_liens_cents
    if pool is None or not liens:
        return None
    claimed = max(liens, billed_cents)
    return min(pool, claimed), claimed


@dataclass(frozen=True, slots=True)
class AgreementLimits:
    """What an agreed amount is compared with: our share of the invoice, and the letter's cap for the whole case.

    ``None`` where it is not known. ``case_agreed_cents`` is what is agreed for the invoices of the case, this one included.
    """

    number: str
    agreed_cents: int
    share_cents: int | None
    cap_cents: int | None
    case_agreed_cents: int

    @property
    def is_below_share(self) -> bool:
        """Return whether less is agreed than our share."""
        return self.share_cents is not None and self.agreed_cents < self.share_cents

    @property
    def is_above_cap(self) -> bool:
        """Return whether more is agreed for the case than the letter promises."""
        return self.cap_cents is not None and self.case_agreed_cents > self.cap_cents


def agreement_limits(
    record: CaseRecord, invoices: Sequence[Invoice], agreed: Mapping[str, tuple[int, date]]
) -> list[AgreementLimits]:
    """Return the limits of the amounts that are being agreed, in their order.

    ``invoices`` are all invoices of the case, as they are without these agreements or with them. ``agreed`` has the amount and
    the day of each agreement by the number of its invoice.
    """
    counted = [invoice for invoice in invoices if invoice.state is not State.VOIDED]
    shares = pro_rata_shares(record.settlement, {one.number: one.billed_cents for one in counted})
    total = sum(one.agreed_cents or 0 for one in counted if one.number not in agreed)
    found = []
    for number, (cents, day) in agreed.items():
        total += cents
        found.append(AgreementLimits(number, cents, shares.get(number), record.letter.cap_on(day), total))
    return found
