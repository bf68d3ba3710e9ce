"""The key figures, beside a recomputation that reads nothing but the recorded steps, and by hand."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action, InvoiceFacts, Step
from server.billing.receivables.figure_days import FigureDays, figure_days
from server.billing.receivables.key_figures import KeyFigures, ReductionFigures, key_figures
from server.ledger.clinic_store import ClinicStore
from server.ledger.invoices.steps import StepRecord
from server.ledger.verify import Verified
from tests.ledger.receivable_histories import HistoryOfReceivables

LOWEST_AGES = (0, 31, 61, 91, 121)


@dataclass
class Told:
    """What became of one invoice, as its steps tell it: cents by day, and the days on which things happened."""

    facts: InvoiceFacts
    billed: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    collected: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    written_off: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    agreed: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    owed: int = 0
    unapplied: int = 0
    is_agreed: bool = False
    is_sent: bool = False
    is_voided: bool = False
    paid_on: date | None = None
    denied: list[tuple[date, str]] = field(default_factory=list)

    def count_transfers(self, step: Step) -> None:
        for transfer in step.transfers:
            cents = transfer.amount_cents
            for account, moved in ((transfer.debit, cents), (transfer.credit, -cents)):
                if account == "receivable":
                    self.owed += moved
                elif account == "billed":
                    self.billed[step.day] -= moved
                elif account == "write-off":
                    self.written_off[step.day] += moved
                elif account != "reduction":
                    self.collected[step.day] += moved
                self.unapplied -= moved if account == "unapplied credit" else 0

    def sum_of(self, what: str) -> int:
        return sum(getattr(self, what).values())


def told_by(facts: InvoiceFacts, steps: Iterable[StepRecord]) -> Told:
    told, cleared = Told(facts), 0
    agreed: dict[int, int] = {}
    for record in steps:
        step = record.step
        told.count_transfers(step)
        for place in step.reverses:
            told.agreed[step.day] -= agreed.pop(place, 0)
            if place == cleared:
                cleared, told.paid_on = 0, None
        if step.action is Action.AGREE:
            agreed[step.place] = step.request.amount_cents or 0
            told.agreed[step.day] += agreed[step.place]
        elif step.action is Action.CLEAR:
            cleared, told.paid_on = step.place, step.day
        elif step.action is Action.DENY:
            told.denied.append((step.day, step.request.note))
        told.is_sent |= step.action is Action.SEND
        told.is_voided |= step.action is Action.VOID
    told.is_agreed = bool(agreed)
    return told


def everything_told(lakeside: ClinicStore) -> list[Told]:
    with lakeside.reading() as books:
        return [told_by(one.facts, books.invoices.history(one.number)) for one in books.invoices.find()]


def figures_of(lakeside: ClinicStore, days: FigureDays) -> KeyFigures:
    with lakeside.reading() as books:
        return key_figures(books.key_figures.sums(days), days)


def ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole > 0 else None


def age_bucket(today: date, told: Told) -> int:
    age = max(0, (today - told.facts.created).days)
    return max(place for place, lowest in enumerate(LOWEST_AGES) if age >= lowest)


def check_all(figures: KeyFigures, told: list[Told], days: FigureDays) -> None:
    """Compare every figure with what the steps tell."""
    made = [one for one in told if not one.is_voided and days.first <= one.facts.created <= days.last]
    paid = [one for one in told if one.paid_on and days.first <= one.paid_on <= days.last]
    check_measures(figures, told, made, paid)
    check_payers(figures, told, paid)
    check_physicians(figures, made)
    agreed = [one for one in made if one.is_agreed]
    check_reductions(figures.by_attorney, agreed, "attorney")
    check_reductions(figures.by_payer, agreed, "payer")
    check_months(figures, told)
    reasons = Counter(
        note.rstrip(".").lower() for one in told for day, note in one.denied if days.first <= day <= days.last
    )
    assert {one.reason.rstrip(".").lower(): one.denials for one in figures.denials} == reasons


def days_until_paid(one: Told) -> int:
    assert one.paid_on
    return max(0, (one.paid_on - one.facts.created).days)


def check_measures(figures: KeyFigures, told: list[Told], made: list[Told], paid: list[Told]) -> None:
    days = figures.days
    billed, agreed, collected = (
        sum(one.sum_of(what) for one in made) for what in ("billed", "agreed", "collected")
    )
    outstanding = sum(one.owed for one in told)
    begun = max([days.first, *([min(one.facts.created for one in made)] if made else [])])
    assert {one.name: one.value for one in figures.measures} == {
        "outstanding": outstanding,
        "gross_collection": ratio(collected, billed),
        "net_collection": ratio(collected, agreed),
        "days_to_pay": ratio(sum(map(days_until_paid, paid)), len(paid)),
        "days_in_ar": ratio(outstanding * ((days.last - begun).days + 1), billed),
        "denial": ratio(sum(bool(one.denied) for one in made), sum(one.is_sent for one in made)),
        "unapplied": sum(one.unapplied for one in told),
        "average_invoice": ratio(billed, len(made)),
    }
    for place, bucket in enumerate(figures.buckets):
        held = [one.owed for one in told if one.owed and age_bucket(days.today, one) == place]
        assert (bucket.invoices, bucket.balance_cents) == (len(held), sum(held))
        assert bucket.share == ratio(sum(held), outstanding)


def check_payers(figures: KeyFigures, told: list[Told], paid: list[Told]) -> None:
    owing = {one.facts.payer for one in told if one.owed} | {one.facts.payer for one in paid}
    assert {one.name for one in figures.payers} == owing
    for payer in figures.payers:
        owed = [one for one in told if one.owed and one.facts.payer == payer.name]
        assert payer.invoices == len(owed)
        assert payer.balance_cents == sum(payer.bucket_cents) == sum(one.owed for one in owed)
        for place, cents in enumerate(payer.bucket_cents):
            assert cents == sum(one.owed for one in owed if age_bucket(figures.days.today, one) == place)
        waited = [Fraction(days_until_paid(one)) for one in paid if one.facts.payer == payer.name]
        assert payer.paid == len(waited)
        assert payer.median_days == (statistics.median(waited) if waited else None)


def check_physicians(figures: KeyFigures, made: list[Told]) -> None:
    assert {one.name for one in figures.physicians} == {one.facts.physician for one in made}
    for physician in figures.physicians:
        own = [one for one in made if one.facts.physician == physician.name]
        exams = {(one.facts.patient, one.facts.case, one.facts.exam_date, one.facts.facility) for one in own}
        billed = sum(one.sum_of("billed") for one in own)
        assert (physician.exams, physician.invoices) == (len(exams), len(own))
        assert (physician.billed_cents, physician.average_cents) == (billed, Fraction(billed, len(own)))
        assert physician.collected_cents == sum(one.sum_of("collected") for one in own)


def check_reductions(found: Iterable[ReductionFigures], agreed: list[Told], party: str) -> None:
    rows = {one.name: one for one in found}
    assert set(rows) == {getattr(one.facts, party) for one in agreed}
    for name, row in rows.items():
        own = [one for one in agreed if getattr(one.facts, party) == name]
        billed, payable = (sum(one.sum_of(what) for one in own) for what in ("billed", "agreed"))
        shares = [1 - Fraction(one.sum_of("agreed"), one.sum_of("billed")) for one in own]
        thousandths = [int(share * 1000 + Fraction(1, 2)) for share in shares]
        assert (row.invoices, row.billed_cents, row.agreed_cents) == (len(own), billed, payable)
        assert row.share == 1 - Fraction(payable, billed)
        assert (row.least, row.usual, row.most) == (
            min(thousandths),
            statistics.median(map(Fraction, thousandths)),
            max(thousandths),
        )


def check_months(figures: KeyFigures, told: list[Told]) -> None:
    last = figures.days.last

    def in_month(first: date, day: date) -> bool:
        return (first.year, first.month) == (day.year, day.month) and day <= last

    assert len(figures.months) == 13
    for month in figures.months:
        for what in ("billed", "agreed", "collected", "written_off"):
            cents = sum(
                amount
                for one in told
                for day, amount in getattr(one, what).items()
                if in_month(month.first, day)
            )
            assert getattr(month, f"{what}_cents") == cents, (month.first, what)
        assert month.invoices == sum(in_month(month.first, one.facts.created) for one in told)
        assert month.denials == sum(in_month(month.first, day) for one in told for day, _ in one.denied)


@pytest.mark.many_rounds
@pytest.mark.parametrize("seed", range(8))
def test_every_figure_of_a_random_history_is_what_its_steps_tell(tmp_path: Path, seed: int) -> None:
    history = HistoryOfReceivables(tmp_path, seed)
    for _ in range(3):
        history.live(60)
        told = everything_told(history.store)
        ranges = [
            (None, None),
            (history.today - timedelta(days=seed * 9), None),
            (history.today - timedelta(days=200), history.today - timedelta(days=40 + seed)),
        ]
        for first, last in ranges:
            days = figure_days(first, last, history.today)
            check_all(figures_of(history.store, days), told, days)
    assert isinstance(history.store.verify(), Verified)


def test_an_invoice_moves_to_the_next_bucket_on_the_day_after_each_bound(tmp_path: Path) -> None:
    history = HistoryOfReceivables(tmp_path, 1)
    created = history.today
    history.bill(50_00)
    found = {}
    for age in (0, 30, 31, 60, 61, 90, 91, 120, 121, 400):
        days = figure_days(None, None, created + timedelta(days=age))
        (held,) = [one.bucket.name for one in figures_of(history.store, days).buckets if one.balance_cents]
        found[age] = held
    assert found == {
        0: "0-30", 30: "0-30", 31: "31-60", 60: "31-60", 61: "61-90", 90: "61-90", 91: "91-120", 120: "91-120",
        121: "121+", 400: "121+",
    }  # fmt: skip


def test_no_invoices_make_no_rates_and_nothing_is_owed(lakeside: ClinicStore) -> None:
    days = figure_days(None, None, date(2026, 11, 2))
    figures = figures_of(lakeside, days)
    assert [one.words for one in figures.measures] == [
        *("$0.00", "–", "–", "–"),
        *("$0.00", "–", "–", "–"),
    ]
    assert (figures.payers, figures.physicians, figures.by_attorney, figures.denials) == ((), (), (), ())
    assert [one.share for one in figures.buckets] == [None] * 5


def test_a_small_history_by_hand(tmp_path: Path) -> None:
    """Three invoices of $100.00, $200.00 and $300.00, of which one is paid, one waits for a cheque, and one was denied."""
    history = HistoryOfReceivables(tmp_path, 1)
    history.today = date(2026, 1, 10)
    parties = {"payer": "Acme", "attorney": "Attorney Invented", "physician": "Dr. Invented"}
    paid, waits = history.bill(100_00, **parties), history.bill(200_00, **parties)
    history.today = date(2026, 2, 9)
    denied = history.bill(300_00, payer="Second", attorney="", physician="Dr. Second")
    for number in (paid, waits, denied):
        history.take(number, Action.SEND, day=history.today)
    history.take(denied, Action.DENY, day=history.today, note="Not covered")
    history.take(paid, Action.AGREE, day=history.today, amount_cents=60_00, note="by phone")
    history.take(waits, Action.AGREE, day=history.today, amount_cents=120_00, note="by phone")
    history.today = date(2026, 3, 1)
    cheque = {
        "cheque_number": "77-1",
        "cheque_date": history.today,
        "received_date": history.today,
        "paying_party": "Acme",
    }
    history.take(paid, Action.RECORD_CHEQUE, amount_cents=60_00, note="in the folder", **cheque)
    history.today = date(2026, 3, 11)
    history.take(paid, Action.CLEAR, day=history.today)

    days = figure_days(date(2026, 1, 1), None, history.today)
    figures = figures_of(history.store, days)

    assert {one.name: one.words for one in figures.measures} == {
        "outstanding": "$420.00",  # 120 + 300
        "gross_collection": "10.0%",  # 60 / 600
        "net_collection": "33.3%",  # 60 / 180
        "days_to_pay": "60.0 days",  # January 10 to March 11
        "days_in_ar": "42.7 days",  # 420 / (600 / 61 days from January 10 to March 11)
        "denial": "33.3%",  # 1 of 3 that were sent
        "unapplied": "$0.00",
        "average_invoice": "$200.00",  # 600 / 3
    }
    assert not figures.measure("days_to_pay").misses_target
    assert [(one.bucket.name, one.balance_cents) for one in figures.buckets][:2] == [
        ("0-30", 300_00),  # created February 9, 30 days old
        ("31-60", 120_00),  # created January 10, 60 days old
    ]
    assert [(one.name, one.balance_cents, one.median_days) for one in figures.payers] == [
        ("Second", 300_00, None),
        ("Acme", 120_00, 60),
    ]
    assert [(one.name, one.exams, one.average_cents, one.collected_cents) for one in figures.physicians] == [
        ("Dr. Invented", 2, Fraction(150_00), 60_00),
        ("Dr. Second", 1, Fraction(300_00), 0),
    ]
    (attorney,) = figures.by_attorney
    assert (attorney.name, attorney.invoices, attorney.share, attorney.remark) == (
        "Attorney Invented",
        2,
        Fraction(2, 5),
        "",
    )
    january, february, march = figures.months[-3:]
    assert (january.invoices, january.billed_cents, january.agreed_cents) == (2, 300_00, 0)
    assert (february.billed_cents, february.agreed_cents, february.denials) == (300_00, 180_00, 1)
    assert (march.billed_cents, march.collected_cents) == (0, 60_00)
    assert [(one.reason, one.denials) for one in figures.denials] == [("Not covered", 1)]
