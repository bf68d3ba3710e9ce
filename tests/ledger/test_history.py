"""History only grows: SQLite itself refuses to rewrite it, whoever asks."""

# ruff: noqa: S608 -- the statements are made of this file's own words

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from server.billing.clinics import (
    ANY,
    Cadence,
    Clinic,
    CountsAs,
    GroupSession,
    MissedPay,
    MissedVisitRule,
    PaidPer,
    PayBasis,
    PayPlan,
    PlanKind,
    PlanMeasure,
    Provider,
    Rate,
    Service,
    Setup,
    ShareRule,
    StatusWord,
    Supervision,
    WorksAs,
)
from server.billing.invoices.prices import Bilateral, Price
from server.billing.payroll.recorded_runs import RunState
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.billing.setup_payer_mail import CountsFrom, MailedState, ReminderLevel
from server.errors import BooksNotOpened
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite.schema import CLINIC
from server.ledger.payroll.drafts import KnownBy
from server.ledger.store import Ledger
from tests.behind import OpenedBooks, connect_file
from tests.ledger.invented import LAKESIDE, OCTOBER_RUN, a_run
from tests.ledger.lived import NOVEMBER_RUN, live_through_a_month
from tests.ledger.refused import RULE_BROKEN

JANUARY = date(2026, 1, 1)

Raw = OpenedBooks


@pytest.fixture
def lived(lakeside: ClinicStore) -> ClinicStore:
    live_through_a_month(lakeside)
    return lakeside


UNCHANGING = (
    "books",
    "request",
    "access",
    "rate",
    "rate_withdrawal",
    "missed_visit",
    "missed_visit_withdrawal",
    "pay_item",
    "pay_item_withdrawal",
    "group_session",
    "group_session_withdrawal",
    "share_rule",
    "share_rule_withdrawal",
    "supervision",
    "supervision_withdrawal",
    "pay_plan",
    "pay_plan_withdrawal",
    "payer_contact",
    "payer_contact_withdrawal",
    "reminder_level",
    "reminder_level_withdrawal",
    "mail_text",
    "mail_text_withdrawal",
    "mail_message",
    "mail_invoice",
    "mail_outcome",
    "price",
    "price_withdrawal",
    "exam_code",
    "exam_code_withdrawal",
    "licence_attestation",
    "pay_line",
    "pay_line_total",
    "pay_adjustment",
    "carried_forward",
    "pay_item_line",
    "plan_line",
    "payment_line",
    "unallocated_payment",
    "hours_line",
    "vanished_answer",
    "rate_acceptance",
    "finding_seen",
    "held_visit",
    "held_visit_outcome",
    "held_visit_decision",
    "visit_answer",
    "rate_used",
    "pay_run",
    "step",
    "transfer",
    "cheque",
    "allocation",
    "document",
    "journal",
    "case_record",
    "case_attorney",
    "status_request",
    "status_answer",
    "reminder",
    "reminder_decision",
)
LISTS = ("clinic", "provider", "service", "status_word")
PARTIES = ("patient", "patient_case", "payer", "attorney", "facility", "physician")
STAYING = (*UNCHANGING, *LISTS, *PARTIES, "draft", "invoice")


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("table", UNCHANGING)
def test_rows_that_only_grow_are_never_changed(raw: Raw, table: str) -> None:
    column = raw.columns()[table][0]
    with pytest.raises(RULE_BROKEN, match=f"{table} .* never changed"):
        raw(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("table", STAYING)
def test_no_row_is_ever_deleted(raw: Raw, table: str) -> None:
    with pytest.raises(RULE_BROKEN, match=f"{table} rows .*never deleted"):
        raw(f"DELETE FROM {table}")


@pytest.mark.usefixtures("lived")
def test_every_table_of_the_books_is_protected(raw: Raw) -> None:
    assert raw.columns().keys() - set(STAYING) == {"_sqlite_migrations", "import_profile", "journal_pending"}


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    "change",
    [
        "state = 'draft'",
        "state = 'voided', voided_at = 'now', voided_by = 'max', void_reason = 'why', paid_cents = 1",
        "paid_cents = 1",
        "id = 'lakeside-2026-10-r9'",
    ],
)
def test_a_closed_run_can_only_be_voided(raw: Raw, change: str) -> None:
    with pytest.raises(RULE_BROKEN, match="never changed"):
        raw(f"UPDATE pay_run SET {change}")


def test_a_voided_run_stays_voided(lived: ClinicStore, raw: Raw) -> None:
    with lived.transaction() as books:
        for run in (NOVEMBER_RUN, OCTOBER_RUN):  # it adjusts a visit of October
            books.void_run(run, "why", "max")

    for state in RunState:
        with pytest.raises(RULE_BROKEN):
            raw(f"UPDATE pay_run SET state = '{state}'")


@pytest.mark.usefixtures("lived")
def test_a_closed_run_gains_no_further_lines(raw: Raw) -> None:
    with pytest.raises(RULE_BROKEN, match="never added to a closed run"):
        raw(
            f"INSERT INTO rate_used ({', '.join(raw.columns()['rate_used'])}) SELECT run, place + 1, provider, service, basis, amount, is_share,"
            " effective_from, note, lines, paid_cents FROM rate_used"
        )
    with pytest.raises(RULE_BROKEN, match="never added to a closed run"):
        raw(
            f"INSERT INTO pay_line ({', '.join(raw.columns()['pay_line'])}) SELECT run, place + 1, 'A-2', source_row, appointment, day, provider, service,"
            " counts_as, units, minutes, charge_cents, collected_cents, rate, amount_cents, provider_key, patient_key"
            " FROM pay_line"
        )


def test_no_second_run_pays_the_same_appointment_whoever_asks(lived: ClinicStore, raw: Raw) -> None:
    with lived.transaction() as books:
        books.record_draft(a_run(run_id="lakeside-2026-10-r2"), KnownBy(["A-1"], ()), b"{}", "ana")

    with pytest.raises(RULE_BROKEN, match="already paid"):
        raw(
            f"INSERT INTO pay_line ({', '.join(raw.columns()['pay_line'])}) SELECT 'lakeside-2026-10-r2', place, identity, source_row, appointment, day,"
            " provider, service, counts_as, units, minutes, charge_cents, collected_cents, rate, amount_cents,"
            " provider_key, patient_key FROM pay_line"
        )


def test_the_books_take_every_word_the_rules_have(lakeside: ClinicStore) -> None:
    wished = Setup(
        Clinic("lakeside", "Lakeside Clinic"),
        providers=tuple(Provider(form.name, works_as=form) for form in WorksAs),
        rates=tuple(Rate(ANY, ANY, basis, 1, JANUARY) for basis in PayBasis),
        statuses=tuple(StatusWord(word.name, word) for word in CountsAs),
        missed_visits=tuple(
            MissedVisitRule(ANY, ANY, word, pay, 1, JANUARY) for word in CountsAs for pay in MissedPay
        ),
        pay_items=tuple(
            PayItem("EMPLOYEE", kind, 1, JANUARY, JANUARY, every)
            for kind in PayItemKind
            for every in Every
            if (kind, every) != (PayItemKind.ADVANCE, Every.PERIOD)
        ),
        services=(Service("EX-101"),),
        group_sessions=tuple(GroupSession("EX-101", word, JANUARY) for word in PaidPer),
        shares=(
            ShareRule("EMPLOYEE", ANY, "CONTRACTOR", 1, JANUARY),
            ShareRule("CONTRACTOR", "EX-101", "EMPLOYEE", None, JANUARY),
        ),
        supervision=tuple(
            Supervision(
                "EMPLOYEE", "CONTRACTOR", "EX-101", basis, 1, date(2026, place, 1), date(2026, place, 2)
            )
            for place, basis in enumerate(PayBasis, 1)
        ),
        pay_plans=tuple(
            PayPlan("EMPLOYEE", ANY, kind, measure, 1, 2, basis, 1, JANUARY)
            for kind in (PlanKind.CLIFF, PlanKind.MARGINAL)
            for measure in PlanMeasure
            for basis in PayBasis
        )
        + tuple(
            PayPlan("EMPLOYEE", "", kind, None, None, None, None, 1, JANUARY)
            for kind in (PlanKind.CAP, PlanKind.MINIMUM, PlanKind.SALARY)
        ),
        reminder_levels=tuple(
            ReminderLevel(1, 1, counts_from, state, "Ours")
            for state in MailedState
            for counts_from in CountsFrom
        ),
        prices=tuple(Price(f"EX-{rule}", "", 1, JANUARY, rule) for rule in sorted(Bilateral)),
    )
    for cadence in Cadence:
        with lakeside.transaction() as books:
            books.save_setup(Setup(Clinic("lakeside", "Lakeside Clinic", cadence=cadence)), "ana")
    with lakeside.transaction() as books:
        books.save_setup(wished, "ana")

    with lakeside.reading() as books:
        found = books.setup()
    assert set(found.pay_plans) == set(wished.pay_plans)
    assert replace(found, pay_plans=()) == replace(wished, pay_plans=())


@pytest.mark.sqlite("a file of an earlier program")
def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(ledger: Ledger, folder: Path) -> None:
    ledger.open_clinic(LAKESIDE)
    path = folder / "clinics" / "lakeside.db"
    path.unlink()
    old = connect_file(path)
    CLINIC.take_steps(Database(old), before="0003-pay-runs")
    old.execute("INSERT INTO books VALUES (1, 'lakeside', '2025-01-01')")
    old.execute("INSERT INTO clinic VALUES ('lakeside', 'Lakeside Clinic', '', '', '', '', 'monthly', NULL)")
    old.close()

    with ledger.clinic("lakeside").reading() as books:
        assert books.setup() == Setup(LAKESIDE)
        assert books.runs() == []


@pytest.mark.sqlite("a file of a later program")
def test_a_file_of_a_newer_program_is_left_alone(lakeside: ClinicStore, raw: Raw) -> None:
    raw(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('clinic', '9999-later', '')"
    )

    with pytest.raises(BooksNotOpened, match="newer version"), lakeside.reading():
        pass
