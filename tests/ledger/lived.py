"""A month in the life of a clinic, which leaves at least one row in every table of its file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from server.billing.clinics import (
    ANY,
    CountsAs,
    GroupSession,
    ImportProfile,
    MissedPay,
    MissedVisitRule,
    PaidPer,
    PayBasis,
    PayPlan,
    PlanKind,
    Provider,
    Rate,
    Service,
    Setup,
    ShareRule,
    StatusWord,
    Supervision,
)
from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseRecord
from server.billing.invoices.invoice import Action, State
from server.billing.invoices.prices import ExamCode, Price
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, CarriedForward
from server.billing.payroll.held_visits import DraftHolds, HeldDecision, HeldRowFound
from server.billing.payroll.paid_visits import SameVisits, VisitAnswer
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_run import Outcome, Period
from server.billing.payroll.payment_lines import (
    PaymentKind,
    PaymentLine,
    PaymentOutcome,
    PaymentRow,
    RunPayments,
)
from server.billing.payroll.plan_lines import HOURS, PlanLine
from server.billing.payroll.review_flags import ReviewFlag
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.billing.receivables.mail_log import Channel, LetterKind, MailOutcome
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.billing.setup_payer_mail import CountsFrom, MailedState, MailText, PayerContact, ReminderLevel
from server.ledger.clinic_books import Answer
from server.ledger.clinic_store import ClinicStore
from server.ledger.payroll.drafts import KnownBy
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.ledger.receivables.reminders import NewReminder
from tests.ledger.invented import LAKESIDE, OCTOBER_RUN, a_blocked_row, a_run
from tests.ledger.invoiced import TODAY, a_cheque, await_cheque, take

JANUARY = date(2026, 1, 1)
REMINDED = [TODAY + timedelta(days=ahead) for ahead in range(3)]
RATES = (Rate(ANY, ANY, PayBasis.PER_SESSION, 6_000, JANUARY),)
MISSED = (MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY),)
BEFORE = Setup(
    LAKESIDE,
    (Provider("Ada Invented"),),
    (Service("EX-101"),),
    RATES,
    (StatusWord("Came", CountsAs.ATTENDED),),
    MISSED,
    (Price("EX-101", "Invented exam", 100_00, JANUARY),),
    (ExamCode("Invented", "EX-101"),),
    (PayItem("Ada Invented", PayItemKind.BONUS, 50_00, JANUARY, None, Every.ONCE, "Invented"),),
    (GroupSession("EX-101", PaidPer.SESSION, JANUARY),),
    (ShareRule(ANY, ANY, "Ada Invented", 400_000, JANUARY),),
    (Supervision(ANY, "Ada Invented", ANY, PayBasis.PER_SESSION, 10_00, JANUARY),),
    (PayPlan(ANY, "", PlanKind.SALARY, None, None, None, None, 10_00, JANUARY),),
    (PayerContact("Acme Invented Insurance", "claims@acme.example", is_mailed=True),),
    (ReminderLevel(1, 30, CountsFrom.SENT, MailedState.PENDING_CHEQUE, "Ours"),),
    (MailText("Ours", "Open", "Please pay."),),
)


NOVEMBER_RUN = "lakeside-2026-11-01-to-2026-11-15-r1"
A_FLAG = ReviewFlag(
    "zero-measure", "Appointments", (3, 4, 9), 5, "Units", "0 units are paid.", "Check the units."
)


def live_through_a_month(lakeside: ClinicStore) -> None:
    """Save and withdraw setup rows, answer a click, pay a run, record a cheque, keep a document."""
    digest = lakeside.keep_document(b"%PDF-1.7", "cheque.pdf", "ana").digest
    with lakeside.transaction() as books:
        books.save_setup(BEFORE, "ana")
        books.save_setup(Setup(LAKESIDE), "ana")
        books.save_setup(BEFORE, "ana")
        books.save_profile(ImportProfile(one_service="EX-101"), "ana")
        books.remember("click-1", "digest", Answer(200, b""), "payroll.check", "ana")
        books.attest_license("We hold the licenses.", "max")
        books.log_access("ana", "opened setup", "lakeside")
        books.record_draft(a_run(), KnownBy(["A-1"], ()), b"{}", "ana")
        books.close_run(OCTOBER_RUN, "max", [A_FLAG])
        (paid,) = books.paid_before(["A-1"], ()).visits
        books.record_answers(OCTOBER_RUN, [VisitAnswer("A-9", paid, SameVisits.SAME)], "ana")
    hold_and_settle_a_row(lakeside)
    adjust_a_visit(lakeside)
    numbers = await_cheque(lakeside)
    write_to_a_payer(lakeside, numbers)
    take(lakeside, Action.RECORD_CHEQUE, numbers, **a_cheque(80_00))
    take(lakeside, Action.ATTACH, numbers, document=digest)
    record_a_case(lakeside)


def write_to_a_payer(lakeside: ClinicStore, numbers: Sequence[str]) -> None:
    """Remind the payer of invoices by mail, which comes back."""
    invoices = [WrittenInvoice(number, State.PENDING_CHEQUE, 80_00, 1) for number in numbers]
    message = NewMessage(
        Channel.MAIL, LetterKind.REMINDER, invoices, "0" * 64, "<1@office.example>", "Acme Invented Insurance",
        address="claims@acme.example", level=1,
    )  # fmt: skip
    with lakeside.transaction() as books:
        message_id = books.payer_mail.add(message, "ana")
        books.payer_mail.record_outcome(message_id, MailOutcome.BOUNCED, "ana")


def adjust_a_visit(lakeside: ClinicStore) -> None:
    """Approve a run that takes back the visit of October, so that its provider owes the pay of it."""
    taken_back = Adjustment(
        AdjustmentKind.VANISHED, OCTOBER_RUN, 0, None, "A-1", date(2026, 10, 5), "Ada Invented", "ada invented", "EX-101",
        "attended", 6_000, 0, "The log no longer has this visit.",
    )  # fmt: skip
    owed = CarriedForward("Ada Invented", "ada invented", 0, -100)
    with lakeside.transaction() as books:
        period = Period(date(2026, 11, 1), date(2026, 11, 15))
        run = a_run(("B-1",), run_id=NOVEMBER_RUN, period=period)
        item = PayItemLine(
            "Ada Invented", "ada invented", PayItemKind.BONUS, JANUARY, "", period.first, period.last, 50_00
        )
        salary = PlanLine(
            "Ada Invented", "ada invented", "salary", "", "", period.first, period.last, 0, 10_00, "Salary."
        )
        payment = PaymentLine(
            "Ada Invented", "ada invented", "payment:1", "reference:1", "likeness:1", period.first, PaymentKind.REFUND, -1_00,
            "id:A-1", OCTOBER_RUN, 0, "A-1", date(2026, 10, 5), "EX-101", 500_000, 0, -50,
        )  # fmt: skip
        lost = PaymentRow(
            3, period.first, PaymentKind.PAYMENT, 9_00, PaymentOutcome.UNALLOCATED, "Unknown.", "reference:2"
        )
        payments = RunPayments(is_followed=True, sheet="Payments", rows=(lost,), lines=(payment,))
        hours = PlanLine(
            "Ada Invented", "ada invented", HOURS, "EX-101", "", period.first, period.first, 0, 5_00, "One hour.",
            0, 60_000,
        )  # fmt: skip
        run = replace(run, adjustments=(taken_back,), carried=(owed,), items=(item,), plans=(salary, hours))
        run = replace(run, payments=payments)
        books.record_rate_acceptances({(OCTOBER_RUN, 0): 7_000}, "ana")
        books.record_vanished({(OCTOBER_RUN, 0): VanishedAnswer.DELETED}, "ana")
        books.record_draft(run, KnownBy(["B-1"], (), books.balances()), b"{}", "ana")
        books.close_run(run.id, "max")


def record_a_case(lakeside: ClinicStore) -> None:
    """Record two payers of a case, another attorney, and a request for its status that is answered."""
    with lakeside.transaction() as books:
        (case,) = books.cases()
        record = CaseRecord(payer=case.payer, further_payers=("Second Invented Insurance",))
        books.case_records.record(case.id, record, "ana")
        wished = WishedAttorney(CaseAttorney("Other Attorney", from_on=TODAY), is_correction=False)
        books.case_records.change_attorney(case.id, wished, TODAY, "ana")
        books.status_requests.add(case.id, "Other Attorney", "Is the demand sent?", "Other Attorney")
        books.status_requests.answer([1], "ana")
        books.reminders.add(
            [NewReminder(case.id, due, "Call", "in the morning", "ana") for due in REMINDED], "ana"
        )
        later, done = books.reminders.due_by(REMINDED[1])
        books.reminders.decide(later, REMINDED[1] + timedelta(days=9), "nobody there", "ana")
        books.reminders.decide(done, None, "", "ana")


def hold_and_settle_a_row(lakeside: ClinicStore) -> None:
    """Approve two runs with a blocked row each. The second holds the row of the first again, and its own is written off."""
    with lakeside.transaction() as books:
        for place, (first, last) in enumerate(((1, 15), (16, 30))):
            period = Period(date(2026, 9, first), date(2026, 9, last))
            run = a_run((f"H-{place}",), run_id=books.run_id_for(period), period=period, blocked=1)
            books.record_draft(run, KnownBy([f"H-{place}"], ()), b"{}", "ana")
            found = tuple(
                HeldRowFound(visit.id, 4, Outcome.BLOCKED) for visit in books.held_visits.unsettled_visits()
            )
            books.held_visits.record_draft(run.id, DraftHolds((a_blocked_row(),), found))
            books.close_run(run.id, "max", holds_rows=True)
        books.decide_held_visit(2, HeldDecision.WRITE_OFF, "it did not take place", "max")
