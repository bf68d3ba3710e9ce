"""What is owed by age, out of a real ledger file: the same as a clerk finds who reads every step."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action, State
from server.billing.receivables.aging import AgingBasis, AgingGroup, Owed, buckets_for, first_days
from server.ledger.clinic_store import ClinicStore
from server.ledger.invoices.invoice_filter import EVERY, InvoiceFilter
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from tests.receivables.aged_books import FIRST_DAY, PAYERS, Books, lived_through
from tests.receivables.naive_aging import Page, Paper, aged

BOUNDS = {False: (30, 60, 90, 120), True: (30, 60, 90, 120, 180, 365)}

FILTERS: list[tuple[InvoiceFilter, Callable[[Page], bool]]] = [
    (EVERY, bool),
    (InvoiceFilter(payer=PAYERS[1].upper()), lambda page: page.payer == PAYERS[1]),
    (InvoiceFilter(attorney="Attorney One"), lambda page: page.attorney == "Attorney One"),
    (InvoiceFilter(facility="South"), lambda page: page.facility == "South"),
    (InvoiceFilter(states=(State.PENDING_CHEQUE,)), lambda page: page.state == "pending_cheque"),
    (
        InvoiceFilter(states=(State.PENDING_INVOICE, State.PAID), payer=PAYERS[0]),
        lambda page: page.state in {"pending_invoice", "paid"} and page.payer == PAYERS[0],
    ),
]


def asked(day: date, *, is_past: bool = True, basis: AgingBasis = AgingBasis.CREATED) -> AgingQuestion:
    return AgingQuestion(day, first_days(buckets_for(is_divided=False), day), basis, is_past=is_past)


@pytest.mark.many_rounds
@pytest.mark.parametrize("seed", range(6))
def test_every_day_every_basis_every_filter_is_what_the_steps_add_up_to(tmp_path: Path, seed: int) -> None:
    books, days = lived_through(tmp_path, seed, 110)
    paper = Paper(tmp_path)
    bases, groups = list(AgingBasis), list(AgingGroup)
    for place, day in enumerate(days):
        every = paper.pages(day)
        for turn, (narrowed, matches) in enumerate(FILTERS):
            found = [page for page in every if matches(page)]
            # All of them on every day would take minutes: each day has its turn of basis, group and buckets.
            basis = bases[(place + turn) % len(bases)]
            group = groups[(place // 2 + turn) % len(groups)]
            is_divided = bool((place + turn) % 2)
            check_day(books.store, found, narrowed, day, (basis, group, is_divided), is_past=True)
            if day == books.day:
                for one in bases:
                    check_day(books.store, found, narrowed, day, (one, group, is_divided), is_past=False)


def check_day(
    store: ClinicStore,
    found: list[Page],
    narrowed: InvoiceFilter,
    day: date,
    asked_by: tuple[AgingBasis, AgingGroup, bool],
    *,
    is_past: bool,
) -> None:
    basis, group, is_divided = asked_by
    days = first_days(buckets_for(is_divided=is_divided), day)
    question = AgingQuestion(day, days, basis, narrowed, is_past)
    with store.reading() as books:
        totals = books.aging.totals(question, group)
        credit = books.aging.credit(question)
        listed = books.aging.open_invoices(question)

    told = {(one.bucket, one.party): (one.invoices, one.balance_cents, one.without_basis) for one in totals}
    assert len(told) == len(totals)
    assert told == aged(found, day, basis, BOUNDS[is_divided], attrgetter(group))
    owed = [page for page in found if page.balance]
    assert sum(one.balance_cents for one in totals) == sum(page.balance for page in owed)
    held = [page.credit for page in found if page.credit]
    assert credit == Owed(len(held), sum(held))
    shown = zip(
        listed.numbers, listed.payers, listed.attorneys, listed.facilities, listed.physicians, listed.states,
        listed.created_days, listed.exam_days, listed.basis_days, listed.lacks_basis, listed.billed_cents,
        listed.agreed_cents, listed.collected_cents, listed.balance_cents, strict=True,
    )  # fmt: skip
    truth = [
        (
            page.number, page.payer, page.attorney, page.facility, page.physician, page.state, page.created, page.exam,
            page.day(basis), getattr(page, basis) is None, page.billed, page.agreed_cents, page.collected, page.balance,
        )
        for page in owed
    ]  # fmt: skip
    assert list(shown) == sorted(truth, key=lambda row: (row[8], row[0]))


@pytest.mark.many_rounds
def test_the_histories_have_everything_that_changes_what_is_owed(tmp_path: Path) -> None:
    taken: set[str] = set()
    for seed in range(6):
        books, _ = lived_through(tmp_path / str(seed), seed, 110)
        with books.store.reading() as reading:
            for invoice in reading.invoices.find():
                steps = [one.step for one in reading.invoices.history(invoice.number)]
                taken |= {step.action.value for step in steps}
                taken |= {
                    "payer named later"
                    for step in steps
                    if step.action is Action.SEND and step.request.paying_party
                }
    assert taken >= {
        "send", "agree", "record cheque", "bounce", "clear", "reopen", "void", "write off", "edit lines",
        "apply credit", "refund credit", "payer named later",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (120, 3), (121, 4), (180, 4), (181, 5), (365, 5), (366, 6), (4_000, 6)],
)  # fmt: skip
@pytest.mark.parametrize("basis", AgingBasis)
def test_both_bounds_belong_to_a_bucket_whatever_the_age_is_counted_from(
    tmp_path: Path, days: int, bucket: int, basis: AgingBasis
) -> None:
    books = Books(tmp_path)
    number = books.create()
    books.bring_to_cheque(number, 80_00)
    books.day = FIRST_DAY + timedelta(days=days)
    places = first_days(buckets_for(is_divided=True), books.day)
    for is_past in (False, True):
        with books.store.reading() as reading:
            (found,) = reading.aging.totals(AgingQuestion(books.day, places, basis, is_past=is_past))
        assert (found.bucket, found.amount) == (bucket, Owed(1, 80_00))


def test_a_day_in_between_is_aged_between_its_neighbors(tmp_path: Path) -> None:
    """Three invoices of 60, 100 and 40 dollars, each in a bucket of its own; paying 40 of the first leaves 20, 100 and 40."""
    books = Books(tmp_path)
    numbers = []
    for days, cents in ((0, 60_00), (40, 100_00), (75, 40_00)):
        books.day = FIRST_DAY + timedelta(days=days)
        numbers.append(books.create(cents=cents))
        books.bring_to_cheque(numbers[-1], cents)
    assert owed_by_bucket(books) == [40_00, 100_00, 60_00, 0, 0]

    books.take(Action.RECORD_CHEQUE, numbers[0], amount_cents=40_00, exception="partial")
    assert owed_by_bucket(books) == [40_00, 100_00, 20_00, 0, 0]
    assert sum(owed_by_bucket(books)) == sum(map(books.balance, numbers)) == 160_00


def owed_by_bucket(books: Books) -> list[int]:
    with books.store.reading() as reading:
        totals = reading.aging.totals(asked(books.day, is_past=False))
    return [sum(one.balance_cents for one in totals if one.bucket == place) for place in range(5)]


def test_credit_after_a_part_payment_is_in_no_bucket_and_makes_the_net_negative(tmp_path: Path) -> None:
    books = Books(tmp_path)
    number = books.create(cents=100_00)
    books.bring_to_cheque(number, 100_00)
    books.take(Action.RECORD_CHEQUE, number, amount_cents=40_00, exception="partial")
    books.take(Action.RECORD_CHEQUE, number, amount_cents=75_00, exception="overpaid")
    with books.store.reading() as reading:
        assert reading.aging.totals(asked(books.day, is_past=False)) == []
        assert reading.aging.credit(asked(books.day, is_past=False)) == Owed(1, 15_00)


def test_what_happens_later_does_not_show_on_a_past_day(tmp_path: Path) -> None:
    books = Books(tmp_path)
    number = books.create(payer="", cents=100_00)
    day = books.day
    with books.store.reading() as reading:
        before = reading.aging.open_invoices(asked(day, is_past=False))
    books.day += timedelta(days=1)
    books.take(Action.SEND, number, day=day, paying_party=PAYERS[1])
    books.take(Action.AGREE, number, day=day, amount_cents=80_00)
    books.take(Action.REOPEN, number)
    books.take(Action.AGREE, number, day=day, amount_cents=70_00)
    books.take(
        Action.RECORD_CHEQUE,
        number,
        amount_cents=90_00,
        exception="overpaid",
        cheque_date=day,
        received_date=day,
    )
    books.take(Action.BOUNCE, number)
    books.take(Action.VOID, number)
    with books.store.reading() as reading:
        assert reading.aging.open_invoices(asked(day)) == before
        assert reading.aging.credit(asked(day)) == Owed(0, 0)
        assert reading.aging.totals(asked(books.day)) == []
    assert before.payers == [""]
    assert before.states == ["pending_invoice"]
    assert before.balance_cents == [100_00]


def test_a_step_at_midnight_belongs_to_the_day_that_begins(tmp_path: Path) -> None:
    midnight = datetime.combine(FIRST_DAY + timedelta(days=1), datetime.min.time()).astimezone()
    for place, (moment, is_known) in enumerate(
        ((midnight - timedelta(milliseconds=1), True), (midnight, False))
    ):
        books = Books(tmp_path / str(place))
        books.store = Ledger(tmp_path / str(place), lambda at=moment: at.astimezone(UTC)).clinic("lakeside")  # type: ignore[misc]
        books.create()
        with books.store.reading() as reading:
            assert bool(reading.aging.totals(asked(FIRST_DAY))) is is_known


def test_before_the_first_step_nothing_was_owed(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.create()
    for day in (FIRST_DAY - timedelta(days=1), date(2000, 1, 1)):
        with books.store.reading() as reading:
            assert reading.aging.totals(asked(day)) == []
            assert len(reading.aging.open_invoices(asked(day))) == 0


def test_a_clock_that_was_set_back_makes_an_invoice_no_older_than_new(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.create()
    books.day -= timedelta(days=19)
    assert owed_by_bucket(books) == [100_00, 0, 0, 0, 0]
