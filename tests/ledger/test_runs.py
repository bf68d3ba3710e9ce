from collections.abc import Callable, Sequence
from datetime import date
from itertools import product

import pytest

from server.billing.payroll.held_visits import DraftHolds
from server.billing.payroll.pay_run import Period
from server.billing.payroll.recorded_runs import DraftReplaced, RunHeader, RunState
from server.billing.payroll.run_states import REFUSALS, RULES, RunAction, RunRule
from server.errors import (
    AlreadyPaidElsewhere,
    ClinicMismatch,
    ReasonNeeded,
    RunHasBlockers,
    RunIsClosed,
    RunIsVoided,
    UnknownRun,
)
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clinic_store import ClinicStore
from server.ledger.payroll.drafts import KnownBy
from tests.ledger.invented import HILLSIDE, OCTOBER, OCTOBER_RUN, a_blocked_row, a_run
from tests.ledger.refused import RULE_BROKEN

Raw = Callable[[str], list[tuple[object, ...]]]

FIRST_HALF = Period(date(2026, 10, 1), date(2026, 10, 15))
FIRST_HALF_RUN = "lakeside-2026-10-01-to-2026-10-15-r1"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def generate(
    books_of: ClinicStore, appointments: Sequence[str] = ("A-1",), period: Period = OCTOBER, blocked: int = 0
) -> DraftReplaced | None:
    """Record a draft of these appointments; their place in the log identifies those without an ID."""
    with books_of.transaction() as books:
        run = a_run(appointments, run_id=books.run_id_for(period), period=period, blocked=blocked)
        identities = [appointment or f"row {row}" for row, appointment in enumerate(appointments)]
        compared = books.paid_before(identities, ()).runs
        return books.record_draft(run, KnownBy(identities, tuple(compared)), b"{}", "ana")


def paid(books: ClinicBooks, *identities: str) -> dict[str, tuple[str, int]]:
    """Return by which run each of these appointments was paid, and how much."""
    visits = books.paid_before(identities, ()).visits
    return {visit.identity: (visit.run_id, visit.amount_cents) for visit in visits}


def close(books_of: ClinicStore, run_id: str) -> RunHeader:
    with books_of.transaction() as books:
        return books.close_run(run_id, "max")


def void(books_of: ClinicStore, run_id: str, reason: str = "wrong rates") -> RunHeader:
    with books_of.transaction() as books:
        return books.void_run(run_id, reason, "max")


def test_a_run_is_named_after_its_clinic_and_month(lakeside: ClinicStore) -> None:
    with lakeside.reading() as books:
        assert books.run_id_for(OCTOBER) == OCTOBER_RUN


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2026, 10, 1), date(2026, 10, 15), "2026-10-01-to-2026-10-15"),
        (date(2026, 10, 1), date(2026, 11, 30), "2026-10-01-to-2026-11-30"),
        (date(2026, 9, 25), date(2026, 10, 24), "2026-09-25-to-2026-10-24"),
        (date(2028, 2, 1), date(2028, 2, 28), "2028-02-01-to-2028-02-28"),
        (date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
    ],
)
def test_a_run_of_other_days_is_named_after_both_ends(
    lakeside: ClinicStore, first: date, last: date, label: str
) -> None:
    with lakeside.reading() as books:
        assert books.run_id_for(Period(first, last)) == f"lakeside-{label}-r1"


def test_a_draft_is_told_with_all_its_counts(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1", "A-2"], blocked=3)

    with lakeside.reading() as books:
        (run,) = books.runs()

    assert (run.state, run.revision, run.period) == (RunState.DRAFT, 1, OCTOBER)
    assert (run.rows_in, run.paid, run.blocked, run.paid_cents) == (5, 2, 3, 12_000)
    assert (run.fingerprint, run.figures) == ("of 2", b"{}")
    assert (run.made_at, run.made_by, run.closed_at) == ("2026-11-02T15:04:05.678+00:00", "ana", "")


def test_generating_again_replaces_the_draft_of_the_period(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"])

    assert generate(lakeside, ["A-1", "A-2"]) is None

    with lakeside.reading() as books:
        assert [(run.id, run.revision, run.paid) for run in books.runs()] == [(OCTOBER_RUN, 2, 2)]


def test_replacing_a_draft_says_what_it_no_longer_pays(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1", "A-2", ""])

    lost = generate(lakeside, ["A-1"])

    assert lost == DraftReplaced(OCTOBER_RUN, 2, ("A-2", "2026-10-01 Ada Invented EX-101"), lost_cents=12_000)


def test_a_draft_may_pay_nothing_at_all(lakeside: ClinicStore) -> None:
    generate(lakeside, [])
    generate(lakeside, [])

    assert close(lakeside, OCTOBER_RUN).paid == 0


def test_a_draft_of_other_days_stands_beside(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1", "A-2"])
    generate(lakeside, ["A-2", "A-3"], period=FIRST_HALF)

    with lakeside.reading() as books:
        assert books.in_other_drafts(["A-2", "A-3"], except_run=FIRST_HALF_RUN) == {OCTOBER_RUN: 1}
        assert books.in_other_drafts(["A-9"], except_run="") == {}


def test_two_lines_of_one_identity_are_never_recorded(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books, pytest.raises(ValueError, match="identity of its own"):
        books.record_draft(a_run(["A-1", "A-2"]), KnownBy(["1", "1"], ()), b"{}", "ana")


def test_a_run_of_another_clinic_is_refused(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books, pytest.raises(ClinicMismatch):
        books.record_draft(a_run(clinic=HILLSIDE), KnownBy(["A-1"], ()), b"{}", "ana")


def test_a_draft_pays_nobody_yet(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"])

    with lakeside.reading() as books:
        assert paid(books, "A-1") == {}


def test_a_closed_run_has_paid_its_appointments(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1", "A-2"])

    run = close(lakeside, OCTOBER_RUN)

    assert (run.state, run.closed_by) == (RunState.CLOSED, "max")
    with lakeside.reading() as books:
        assert paid(books, "A-2", "A-3") == {"A-2": (OCTOBER_RUN, 6_000)}


def test_a_closed_run_keeps_every_line_and_the_rates_it_used(lakeside: ClinicStore, raw: Raw) -> None:
    generate(lakeside, ["A-1", "A-2"])
    close(lakeside, OCTOBER_RUN)

    assert raw(
        "SELECT place, identity, source_row, day, provider, units, minutes, amount_cents FROM pay_line"
    ) == [
        (0, "A-1", 2, "2026-10-01", "Ada Invented", 1_000, None, 6_000),
        (1, "A-2", 3, "2026-10-01", "Ada Invented", 1_000, None, 6_000),
    ]
    assert raw("SELECT place, basis, amount, effective_from FROM rate_used") == [
        (0, "per session", 6_000, "2026-01-01")
    ]


def test_what_is_generated_after_the_close_is_a_new_run(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"])
    close(lakeside, OCTOBER_RUN)

    with lakeside.reading() as books:
        assert books.run_id_for(OCTOBER) == "lakeside-2026-10-r2"


def test_a_run_closed_while_it_was_generated_again_stays_as_it_is(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"])
    close(lakeside, OCTOBER_RUN)

    with lakeside.transaction() as books, pytest.raises(RunIsClosed, match="closed"):
        books.record_draft(
            a_run(["A-1", "A-2"], run_id=OCTOBER_RUN), KnownBy(["A-1", "A-2"], ()), b"{}", "ana"
        )


def test_a_run_with_blocked_rows_cannot_be_closed(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"], blocked=2)

    with pytest.raises(RunHasBlockers, match="2 rows"):
        close(lakeside, OCTOBER_RUN)


def test_an_appointment_is_paid_once(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1", "A-2"])
    generate(lakeside, ["A-2"], period=FIRST_HALF)
    close(lakeside, OCTOBER_RUN)

    with pytest.raises(AlreadyPaidElsewhere, match="lakeside-2026-10-r1 already pays 1 appointment"):
        close(lakeside, FIRST_HALF_RUN)


def test_a_run_is_closed_once(lakeside: ClinicStore) -> None:
    generate(lakeside)
    close(lakeside, OCTOBER_RUN)

    with pytest.raises(RunIsClosed):
        close(lakeside, OCTOBER_RUN)


def test_a_voided_run_has_paid_nobody_and_keeps_its_lines(lakeside: ClinicStore, raw: Raw) -> None:
    generate(lakeside, ["A-1"])
    close(lakeside, OCTOBER_RUN)

    run = void(lakeside, OCTOBER_RUN, " paid the wrong month ")

    assert (run.state, run.void_reason, run.voided_by) == (RunState.VOIDED, "paid the wrong month", "max")
    with lakeside.reading() as books:
        assert paid(books, "A-1") == {}
        assert books.run_id_for(OCTOBER) == "lakeside-2026-10-r2"
    assert raw("SELECT COUNT(*) FROM pay_line") == [(1,)]


def test_the_appointments_of_a_voided_run_can_be_paid_again(lakeside: ClinicStore) -> None:
    generate(lakeside, ["A-1"])
    close(lakeside, OCTOBER_RUN)
    void(lakeside, OCTOBER_RUN)

    generate(lakeside, ["A-1"])
    close(lakeside, "lakeside-2026-10-r2")

    with lakeside.reading() as books:
        assert paid(books, "A-1")["A-1"][0] == "lakeside-2026-10-r2"
        assert [run.state for run in books.runs()] == [RunState.CLOSED, RunState.VOIDED]


def test_a_draft_can_be_voided(lakeside: ClinicStore) -> None:
    generate(lakeside)
    void(lakeside, OCTOBER_RUN)

    with lakeside.reading() as books:
        assert books.in_other_drafts(["A-1"], except_run="") == {}


def test_voiding_needs_a_reason(lakeside: ClinicStore) -> None:
    generate(lakeside)

    with pytest.raises(ReasonNeeded):
        void(lakeside, OCTOBER_RUN, "  ")


def test_a_voided_run_is_neither_voided_again_nor_closed(lakeside: ClinicStore) -> None:
    generate(lakeside)
    void(lakeside, OCTOBER_RUN)

    with pytest.raises(RunIsVoided, match="voided"):
        void(lakeside, OCTOBER_RUN)
    with pytest.raises(RunIsVoided, match="voided"):
        close(lakeside, OCTOBER_RUN)


def test_a_run_that_never_was_cannot_be_closed_or_voided(lakeside: ClinicStore) -> None:
    with pytest.raises(UnknownRun):
        close(lakeside, OCTOBER_RUN)
    with pytest.raises(UnknownRun):
        void(lakeside, OCTOBER_RUN)


def test_a_draft_under_a_made_up_id_is_refused(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books, pytest.raises(UnknownRun):
        books.record_draft(a_run(run_id="lakeside-2026-10-r7"), KnownBy(["A-1"], ()), b"{}", "ana")


def test_the_latest_period_comes_first(lakeside: ClinicStore) -> None:
    for period in (OCTOBER, NOVEMBER, FIRST_HALF):
        generate(lakeside, [], period=period)

    with lakeside.reading() as books:
        assert [run.period for run in books.runs()] == [NOVEMBER, OCTOBER, FIRST_HALF]


def in_state(books_of: ClinicStore, state: RunState, blocked: int = 0) -> None:
    """Have the first run of October in a state."""
    generate(books_of, blocked=blocked)
    with books_of.transaction() as books:
        books.held_visits.record_draft(OCTOBER_RUN, DraftHolds((a_blocked_row(),) * blocked))
    if state is not RunState.DRAFT:
        close(books_of, OCTOBER_RUN)
    if state is RunState.VOIDED:
        void(books_of, OCTOBER_RUN)


def take(books_of: ClinicStore, action: RunAction) -> None:
    with books_of.transaction() as books:
        match action:
            case RunAction.GENERATE:
                books.record_draft(a_run(["A-1"]), KnownBy(["A-1"], ()), b"{}", "ana")
            case RunAction.CLOSE:
                books.close_run(OCTOBER_RUN, "ana")
            case RunAction.HOLD:
                books.close_run(OCTOBER_RUN, "ana", holds_rows=True)
            case RunAction.VOID:
                books.void_run(OCTOBER_RUN, "wrong rates", "ana")
            case RunAction.WITHDRAW:
                books.withdraw_draft(OCTOBER, "pays nothing", "ana")


def state_of(books_of: ClinicStore) -> RunState:
    with books_of.reading() as books:
        return books.run(OCTOBER_RUN).state


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.state}-{rule.action}")
def test_an_open_action_leaves_the_run_where_the_table_says(lakeside: ClinicStore, rule: RunRule) -> None:
    in_state(lakeside, rule.state, blocked=int(rule.action is RunAction.HOLD))

    take(lakeside, rule.action)

    assert state_of(lakeside) is rule.leads_to


@pytest.mark.parametrize(("state", "action"), list(REFUSALS), ids=lambda word: word.value)
def test_an_action_the_table_refuses_writes_nothing(
    lakeside: ClinicStore, raw: Raw, state: RunState, action: RunAction
) -> None:
    in_state(lakeside, state)
    before = raw("SELECT * FROM pay_run")

    if action is RunAction.WITHDRAW:
        take(lakeside, action)  # looks for an open draft, and finds none
    else:
        with pytest.raises(REFUSALS[state, action].kind):
            take(lakeside, action)

    assert raw("SELECT * FROM pay_run") == before


@pytest.mark.parametrize(("before", "after"), [*product(RunState, RunState)], ids=lambda state: state.value)
def test_the_file_itself_refuses_what_the_table_does_not_have(
    lakeside: ClinicStore, raw: Raw, before: RunState, after: RunState
) -> None:
    in_state(lakeside, before)
    entered = {
        RunState.DRAFT: "",
        RunState.CLOSED: ", closed_at = made_at, closed_by = 'max'",
        RunState.VOIDED: ", voided_at = made_at, voided_by = 'max', void_reason = 'why'",
    }
    change = f"UPDATE pay_run SET state = '{after}'{entered[after]}"  # noqa: S608

    if (before, after) in {(rule.state, rule.leads_to) for rule in RULES}:
        raw(change)
        assert state_of(lakeside) is after
    else:
        with pytest.raises(RULE_BROKEN):
            raw(change)


def test_a_payroll_of_another_period_is_not_recorded_under_the_name_of_a_draft(lakeside: ClinicStore) -> None:
    generate(lakeside)

    with lakeside.transaction() as books, pytest.raises(ValueError, match="another period"):
        books.record_draft(a_run(run_id=OCTOBER_RUN, period=NOVEMBER), KnownBy(["A-1"], ()), b"{}", "ana")
