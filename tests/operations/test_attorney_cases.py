"""What an attorney sees: the cases of today, and of them nothing but the listed fields."""

from dataclasses import asdict, fields, is_dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
import pytest

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseRecord, LetterOfProtection, Stage
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Action
from server.billing.people import LOCAL_PERSON, Person, Role
from server.errors import RoleNotAllowed
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.operations.attorney_cases import AttorneyCase, cases_of_attorney
from server.operations.session import Session
from tests.invented import LAKESIDE
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, created, take
from tests.ribbon.clicks import a_ledger, views

FERN, HOLT = "Fern Invented", "Holt Invented"

ALLOWED = {
    "AttorneyCase": (
        "id", "patient", "name", "injured_on", "claim_number", "stage", "invoices", "status_asked_on",
        "status_answered_on",
    ),
    "AttorneyInvoice": (
        "number", "exam_date", "lines", "billed_cents", "state", "agreed_cents", "cheques", "outstanding_cents",
    ),
    "AttorneyLine": ("code", "description", "units", "total_cents"),
    "AttorneyCheque": ("number", "cheque_date", "received_date", "paying_party", "amount_cents"),
}  # fmt: skip
"""Everything that an attorney may see. Whoever adds to it lets people outside the firm read it."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return a_ledger(tmp_path / "ledger", LAKESIDE)


@pytest.fixture
def lakeside(ledger: Ledger) -> ClinicStore:
    return ledger.clinic("lakeside")


def a_session(ledger: Ledger, attorney: str = FERN) -> Session:
    return Session(ledger, Person("Their Name", Role.ATTORNEY, None, attorney), "lakeside")


def seen(ledger: Ledger, attorney: str = FERN) -> list[AttorneyCase]:
    session = a_session(ledger, attorney)
    return cases_of_attorney(session, attorney, session.today)


def change(ledger: Ledger, case_id: int, attorney: str, *, days_ago: int = 0) -> None:
    day = a_session(ledger).today
    with ledger.clinic("lakeside").transaction() as books:
        wished = CaseAttorney(attorney, from_on=day - timedelta(days=days_ago))
        books.case_records.change_attorney(case_id, WishedAttorney(wished, is_correction=False), day, "ana")


def classes_within(kind: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - any annotation
    """Return the fields of a dataclass and of all dataclasses in its fields, by the names of the classes."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        parts = (classes_within(hints[field.name]) for field in fields(kind))
        own = {kind.__name__: tuple(field.name for field in fields(kind))}
        return own | dict(chain.from_iterable(part.items() for part in parts))
    return dict(chain.from_iterable(classes_within(part).items() for part in get_args(kind)))


def test_an_attorney_sees_the_listed_fields_and_no_others() -> None:
    assert classes_within(AttorneyCase) == ALLOWED


def test_a_case_is_seen_from_its_lines_to_its_cheque(ledger: Ledger, lakeside: ClinicStore) -> None:
    (number,) = created(lakeside, a_draft(attorney=FERN))
    with lakeside.transaction() as books:
        record = CaseRecord(Injury(date(2026, 5, 1), "C-1"), Stage.DEMAND, payer="Acme Invented Insurance")
        books.case_records.record(1, record, "ana")

    (case,) = seen(ledger)
    assert (case.patient, case.name, case.stage, case.claim_number) == (
        "Patient One", "Case A", "Demand", "C-1",
    )  # fmt: skip
    (invoice,) = case.invoices
    (line,) = invoice.lines
    assert (line.code, line.units, line.total_cents) == ("EX-101", 1, 100_00)
    assert (invoice.state, invoice.agreed_cents, invoice.cheques) == ("Pending invoice", None, ())
    assert (case.billed_cents, case.outstanding_cents) == (100_00, 100_00)

    take(lakeside, Action.SEND, [number], day=TODAY)
    take(
        lakeside,
        Action.RECORD_OFFER,
        [number],
        amount_cents=10_00,
        day=TODAY,
        paying_party="Acme",
        note="low",
    )
    assert seen(ledger)[0].invoices[0].agreed_cents is None
    take(lakeside, Action.AGREE, [number], **AGREED)
    take(lakeside, Action.RECORD_CHEQUE, [number], **a_cheque(80_00))

    (invoice,) = seen(ledger)[0].invoices
    assert (invoice.state, invoice.agreed_cents, invoice.outstanding_cents) == ("Cheque received", 80_00, 0)
    (cheque,) = invoice.cheques
    assert (cheque.number, cheque.received_date, cheque.amount_cents) == ("77-1", TODAY, 80_00)

    take(lakeside, Action.BOUNCE, [number], day=TODAY, note="no funds")
    assert seen(ledger)[0].invoices[0].cheques == ()


def test_of_a_cheque_over_several_cases_only_the_own_part_is_seen(
    ledger: Ledger, lakeside: ClinicStore
) -> None:
    numbers = created(lakeside, a_draft(attorney=FERN), a_draft("Patient Two", case="Case B", attorney=HOLT))
    take(lakeside, Action.SEND, numbers, day=TODAY)
    take(lakeside, Action.AGREE, numbers, **AGREED)
    take(lakeside, Action.RECORD_CHEQUE, numbers, **a_cheque(80_00))
    (invoice,) = seen(ledger)[0].invoices
    assert [cheque.amount_cents for cheque in invoice.cheques] == [80_00]


def test_no_note_offer_staff_or_other_client_is_in_what_is_seen(
    ledger: Ledger, lakeside: ClinicStore
) -> None:
    own, other = created(
        lakeside,
        a_draft(attorney=FERN, physician="Dr. Hidden"),
        a_draft("Secret Client", case="Secret Case", attorney=HOLT),
    )
    take(lakeside, Action.SEND, [own, other], day=TODAY, note="secret note", amount_cents=77_77)
    take(
        lakeside,
        Action.RECORD_OFFER,
        [own],
        amount_cents=55_55,
        day=TODAY,
        paying_party="Acme",
        note="secret",
    )
    take(lakeside, Action.DENY, [own], day=TODAY, note="secret reason")
    take(lakeside, Action.AGREE, [own], **{**AGREED, "note": "secret call"})
    take(lakeside, Action.RECORD_CHEQUE, [own], **a_cheque(80_00) | {"note": "secret drawer"})
    with lakeside.transaction() as books:
        letter = LetterOfProtection(date(2026, 6, 1), "Secret Signer", 66_66, "secret folder")
        books.case_records.record(
            1, CaseRecord(letter=letter, payer="Acme Invented Insurance"), "secret staff"
        )

    shown = orjson.dumps([asdict(case) for case in seen(ledger)]).decode().casefold()

    assert '"ex-101"' in shown
    for hidden in ("secret", "hidden", "7777", "5555", "6666", "ana", other.casefold(), HOLT.casefold()):
        assert hidden not in shown


def test_a_case_is_lost_and_gained_at_once_with_all_its_invoices(
    ledger: Ledger, lakeside: ClinicStore
) -> None:
    created(lakeside, a_draft(attorney=FERN), a_draft(attorney=FERN, physician="Dr. Second"))
    assert (len(seen(ledger)), seen(ledger, HOLT)) == (1, [])

    change(ledger, 1, HOLT)

    assert seen(ledger) == []
    (case,) = seen(ledger, HOLT.upper())
    assert len(case.invoices) == 2


def test_a_change_dated_back_takes_the_case_away_at_once_too(ledger: Ledger, lakeside: ClinicStore) -> None:
    created(lakeside, a_draft(attorney=FERN))
    change(ledger, 1, HOLT, days_ago=30)
    assert (seen(ledger), len(seen(ledger, HOLT))) == ([], 1)


def test_nobody_asks_for_another_attorney_or_another_day(ledger: Ledger, lakeside: ClinicStore) -> None:
    created(lakeside, a_draft(attorney=FERN))
    session = a_session(ledger, HOLT)
    for attorney, day in (
        (FERN, session.today),
        (HOLT, session.today - timedelta(days=1)),
        ("", session.today),
    ):
        with pytest.raises(RoleNotAllowed):
            cases_of_attorney(session, attorney, day)
    with pytest.raises(RoleNotAllowed):
        cases_of_attorney(a_session(ledger, ""), "", session.today)
    with pytest.raises(RoleNotAllowed):
        cases_of_attorney(Session(ledger, LOCAL_PERSON, "lakeside"), FERN, session.today)


def test_the_look_is_written_down_by_its_count(ledger: Ledger, lakeside: ClinicStore) -> None:
    created(lakeside, a_draft(attorney=FERN))
    session = a_session(ledger)
    with session.transaction():
        cases_of_attorney(session, FERN, session.today)
    assert views(ledger.folder)[-1] == ("Their Name", "cases of attorney", "1 case")
