"""Invoices in the books: made from exams, driven by steps, found again."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from server.billing.invoices.invoice import Account, Action, ActionRequest, Cheque, State
from server.billing.invoices.step_decisions import decide_step
from server.errors import DuplicateCheque, StaleInvoice, UnknownInvoice
from server.ledger.clinic_books import Answer
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.table_rules import CLINIC_TABLES
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.invoices.steps import COLUMNS
from server.ledger.verify import Verified
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, await_cheque, created, enter, take
from tests.ledger.refused import RULE_BROKEN

Raw = Callable[[str], list[tuple[object, ...]]]


def test_drafts_become_invoices_with_numbers_in_their_order(lakeside: ClinicStore) -> None:
    first = created(lakeside, a_draft(), a_draft("Patient Two", cents=250_00))
    second = created(lakeside, a_draft("Patient Three"))

    assert (first, second) == (["INV-000001", "INV-000002"], ["INV-000003"])
    with lakeside.reading() as books:
        invoice = books.invoices.get("INV-000002")
    assert (invoice.state, invoice.version, invoice.billed_cents) == (State.PENDING_INVOICE, 1, 250_00)
    assert (invoice.facts.patient, invoice.facts.case) == ("Patient Two", "Case A")
    assert invoice.facts.created == TODAY


def test_no_drafts_make_no_invoices(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        assert enter(books, []) == []
        assert books.invoices.record([], "click", "ana") == []
    found = lakeside.verify()
    assert isinstance(found, Verified)
    assert (found.steps, found.invoices, found.receivable_cents) == (0, 0, 0)


def test_an_invoice_is_read_as_its_steps_left_it(lakeside: ClinicStore) -> None:
    numbers = created(lakeside)
    take(lakeside, Action.SEND, numbers, day=TODAY, amount_cents=90_00)
    take(lakeside, Action.RECORD_OFFER, numbers, day=TODAY, amount_cents=60_00)
    take(lakeside, Action.DENY, numbers, day=TODAY, note="not covered")
    take(lakeside, Action.AGREE, numbers, **AGREED)
    (left,) = take(lakeside, Action.RECORD_CHEQUE, numbers, exception="partial", **a_cheque(30_00))

    with lakeside.reading() as books:
        assert books.invoices.get(*numbers) == left
        assert [one.step.action for one in books.invoices.history(*numbers)][-2:] == [
            "agree",
            "record cheque",
        ]
    assert (left.balance_cents, left.agreed_cents, len(left.offers)) == (50_00, 80_00, 2)


def test_a_name_is_kept_once_however_it_is_spelled(lakeside: ClinicStore, raw: Raw) -> None:
    created(
        lakeside,
        a_draft("Patient One", payer="Acme Insurance"),
        a_draft("PATIENT one", payer="ACME insurance."),
    )

    assert raw("SELECT name FROM patient") == [("Patient One",)]
    assert raw("SELECT name FROM payer") == [("Acme Insurance",)]
    assert raw("SELECT COUNT(*) FROM patient_case") == [(1,)]


def test_a_patient_may_have_two_cases_and_a_case_name_two_patients(lakeside: ClinicStore, raw: Raw) -> None:
    created(
        lakeside,
        a_draft(case="Fall"),
        a_draft(case="Car"),
        a_draft("Patient Two", case="Car"),
        a_draft(case=""),
    )

    assert raw("SELECT COUNT(*) FROM patient_case") == [(4,)]
    with lakeside.reading() as books:
        found = books.invoices.find(InvoiceFilter(patient="patient one", case="car"))
    assert [invoice.number for invoice in found] == ["INV-000002"]


def test_a_payer_named_only_when_sending_is_the_invoices_payer(lakeside: ClinicStore) -> None:
    created(lakeside, a_draft(payer="Acme Insurance"))
    numbers = created(lakeside, a_draft(payer=""))
    take(lakeside, Action.SEND, numbers, day=TODAY, paying_party="acme insurance")
    take(lakeside, Action.RECORD_OFFER, numbers, day=TODAY, amount_cents=60_00)

    with lakeside.reading() as books:
        invoice = books.invoices.get(*numbers)
    assert (invoice.facts.payer, invoice.offers[0].by) == ("Acme Insurance", "Acme Insurance")
    assert isinstance(lakeside.verify(), Verified)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (InvoiceFilter(), [1, 2, 3]),
        (InvoiceFilter(states=[State.PENDING_CHEQUE]), [1]),
        (InvoiceFilter(payer="other payer"), [3]),
        (InvoiceFilter(facility="SOUTH"), [2]),
        (InvoiceFilter(physician="Dr. Nobody"), []),
        (InvoiceFilter(attorney="attorney invented", facility="north"), [1, 3]),
        (InvoiceFilter(created=(TODAY, None)), [1, 2, 3]),
        (InvoiceFilter(created=(None, TODAY - timedelta(days=31))), []),
        (InvoiceFilter(exam_date=(TODAY, TODAY)), [1, 2, 3]),
        (InvoiceFilter(paid_on=(date(2020, 1, 1), None)), []),
    ],
)
def test_invoices_are_found_by_all_that_is_wanted(
    lakeside: ClinicStore, wanted: InvoiceFilter, found: list[int]
) -> None:
    await_cheque(lakeside)
    created(lakeside, a_draft(facility="South"), a_draft(payer="Other Payer"))

    with lakeside.reading() as books:
        assert [invoice.number for invoice in books.invoices.find(wanted)] == [f"INV-{n:06d}" for n in found]


def test_an_unknown_number_is_refused(lakeside: ClinicStore) -> None:
    with lakeside.reading() as books:
        assert books.invoices.with_numbers(["INV-000009"]) == {}
        for ask in (books.invoices.get, books.invoices.history):
            with pytest.raises(UnknownInvoice, match="INV-000009"):
                ask("INV-000009")


def test_a_step_decided_for_an_older_invoice_is_refused_by_name_and_nothing_is_written(
    lakeside: ClinicStore,
) -> None:
    fresh, stale = created(lakeside, a_draft(), a_draft())
    with lakeside.reading() as books:
        seen = books.invoices.with_numbers([fresh, stale])
    take(lakeside, Action.NOTE, [stale], note="somebody else was here")
    late = [decide_step(seen[n], ActionRequest(n, Action.SEND, day=TODAY), TODAY) for n in (fresh, stale)]

    with pytest.raises(StaleInvoice, match=stale), lakeside.transaction() as books:
        books.invoices.record(late, "click", "ana")

    with lakeside.reading() as books:
        assert [invoice.version for invoice in books.invoices.find()] == [1, 2]


def test_several_steps_of_one_invoice_in_one_click_follow_one_another(lakeside: ClinicStore) -> None:
    numbers = created(lakeside)
    (left,) = take(lakeside, Action.NOTE, numbers * 3, note="again")

    assert left.version == 4
    assert isinstance(lakeside.verify(), Verified)


def test_a_click_sent_twice_is_recorded_once(lakeside: ClinicStore) -> None:
    def click() -> Answer:
        with lakeside.transaction() as books:
            if answer := books.replay("click-7", "digest"):
                return answer
            numbers = enter(books, [a_draft()], "click-7")
            answer = Answer(200, numbers[0].encode())
            books.remember("click-7", "digest", answer, "invoices.create", "ana")
            return answer

    assert click() == click() == Answer(200, b"INV-000001")


def test_a_cheque_that_stands_is_known_and_one_that_bounced_is_not(lakeside: ClinicStore) -> None:
    one, other = await_cheque(lakeside, a_draft(), a_draft())
    take(lakeside, Action.RECORD_CHEQUE, [one], **a_cheque(80_00))
    with pytest.raises(DuplicateCheque, match=one):
        take(lakeside, Action.RECORD_CHEQUE, [other], **a_cheque(80_00, "77 1", "ACME invented insurance"))

    take(lakeside, Action.BOUNCE, [one], day=TODAY)
    take(lakeside, Action.RECORD_CHEQUE, [other], **a_cheque(80_00))

    assert isinstance(lakeside.verify(), Verified)


def test_the_cheques_of_a_number_are_known_whatever_they_are_over(lakeside: ClinicStore) -> None:
    one, other = await_cheque(lakeside, a_draft(), a_draft())
    take(lakeside, Action.RECORD_CHEQUE, [one], **a_cheque(80_00))
    take(lakeside, Action.RECORD_CHEQUE, [other], **a_cheque(50_00), exception="partial")
    asked = [Cheque(number, TODAY, TODAY, "ACME invented insurance", 1) for number in ("77 1", "77-2")]

    with lakeside.reading() as books:
        known = books.invoices.cheques_known(asked)

    assert {cents: list(numbers) for (_, _, cents), numbers in known.items()} == {
        80_00: [one],
        50_00: [other],
    }


def test_one_cheque_pays_several_invoices(lakeside: ClinicStore, raw: Raw) -> None:
    numbers = await_cheque(lakeside, a_draft(), a_draft(), a_draft())
    take(lakeside, Action.RECORD_CHEQUE, numbers, **a_cheque(80_00))

    assert raw("SELECT amount_cents FROM cheque") == [(240_00,)]
    assert raw("SELECT COUNT(*), SUM(amount_cents) FROM allocation") == [(3, 240_00)]


def test_the_ledger_takes_no_cheque_with_a_cent_in_no_account(lakeside: ClinicStore, raw: Raw) -> None:
    (number,) = await_cheque(lakeside, a_draft())
    request = ActionRequest(number, Action.RECORD_CHEQUE, **a_cheque(80_00), cheque_cents=80_01)
    with lakeside.reading() as books:
        step = decide_step(books.invoices.get(number), request, TODAY)
    with pytest.raises(ValueError, match="in no account"), lakeside.transaction() as books:
        books.invoices.record([step], "click", "ana")
    assert raw("SELECT COUNT(*) FROM allocation") == [(0,)]


def test_what_is_receivable_is_what_is_owed(lakeside: ClinicStore, raw: Raw) -> None:
    numbers = await_cheque(lakeside, a_draft(), a_draft(), a_draft())
    take(lakeside, Action.RECORD_CHEQUE, numbers[:1], exception="partial", **a_cheque(30_00))
    take(lakeside, Action.VOID, numbers[1:2], note="billed twice")

    debited, credited = (
        raw(f"SELECT SUM(amount_cents) FROM transfer WHERE {side} = '{Account.RECEIVABLE}'")[0][0]  # noqa: S608
        for side in ("debit", "credit")
    )
    verified = lakeside.verify()
    assert isinstance(verified, Verified)
    assert isinstance(debited, int)
    assert isinstance(credited, int)
    assert verified.receivable_cents == debited - credited == 50_00 + 80_00


def test_a_patients_name_is_nowhere_but_among_the_patients(lakeside: ClinicStore, raw: Raw) -> None:
    created(lakeside, a_draft("Zzyx Invented"))
    holding = [
        table
        for table in sorted(CLINIC_TABLES)
        if any("Zzyx" in str(row) for row in raw(f"SELECT * FROM {table}"))  # noqa: S608
    ]
    assert holding == ["patient"]


@pytest.mark.parametrize(
    "change",
    [
        "number = 'INV-000009'",
        "created = '2020-01-01'",
        "patient_case = 2",
        "version = version - 1",
        "balance_cents = -1",
    ],
)
def test_an_invoice_keeps_its_facts_and_only_moves_on(lakeside: ClinicStore, raw: Raw, change: str) -> None:
    created(lakeside, a_draft(), a_draft("Patient Two"))
    with pytest.raises(RULE_BROKEN):
        raw(f"UPDATE invoice SET {change} WHERE id = 1")  # noqa: S608


def test_a_step_is_only_added_at_the_end_of_the_chain(lakeside: ClinicStore, raw: Raw) -> None:
    created(lakeside, a_draft(), a_draft())
    for step_id, previous in ((9, "'x'"), (3, "(SELECT hash FROM step WHERE id = 1)")):
        with pytest.raises(RULE_BROKEN, match="only added at the end"):
            raw(
                f"INSERT INTO step ({', '.join((*COLUMNS, 'hash'))}) SELECT {step_id}, request, 1, 2, 'note',"  # noqa: S608
                " from_state, to_state, day, inputs, note, reverses, NULL, actor, recorded_at,"
                f" {previous}, hash FROM step WHERE id = 1"
            )


def test_notes_and_names_in_any_script_come_back_as_they_were(lakeside: ClinicStore) -> None:
    numbers = created(lakeside, a_draft("Пациент 患者"))
    take(lakeside, Action.NOTE, numbers, note='=1+1; "quoted"\n\u0001\U0001f9fe' + "x" * 10_000)

    with lakeside.reading() as books:
        assert books.invoices.get(*numbers).facts.patient == "Пациент 患者"
        assert books.invoices.history(*numbers)[-1].step.request.note.endswith("x" * 10_000)
    assert isinstance(lakeside.verify(), Verified)
