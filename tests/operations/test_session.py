"""A session: one request, whose writes, views and answer are committed together or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.billing.people import LOCAL_PERSON, Person, Role
from server.errors import (
    ClinicNotGiven,
    NoClinic,
    RequestIdReused,
    RoleNotAllowed,
    UnknownClinic,
    UnknownOutput,
)
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.operations.clinics import find_clinic, list_clinics, setup_on_record
from server.operations.finished_workbooks import fetch_output, keep_unbound_workbook, keep_workbook
from server.operations.idempotency import Response, answer_once, digest_of
from server.operations.journals import accept_journal
from server.operations.session import RequestKey, Session
from tests.invented import LAKESIDE
from tests.ribbon.clicks import a_ledger, views

BILLER = Person("dana", Role.BILLER)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return a_ledger(tmp_path / "ledger", LAKESIDE)


def a_session(
    ledger: Ledger, request_id: str = "", body: bytes = b"{}", person: Person = LOCAL_PERSON
) -> Session:
    key = RequestKey(request_id, digest_of("a thing", body), "a thing") if request_id else None
    return Session(ledger, person, "lakeside", key)


def looked_at(about: str, session: Session) -> Callable[[], Response]:
    """Return work that shows something, so that its answer is kept."""

    def work() -> Response:
        session.record_view("a thing", about)
        return Response(about.encode())

    return work


def answered(session: Session, about: str) -> bytes:
    return answer_once(session, looked_at(about, session))


def test_a_request_sent_again_gets_the_answer_of_the_first_time(ledger: Ledger) -> None:
    assert answered(a_session(ledger, "one"), "first") == b"first"
    assert answered(a_session(ledger, "one"), "second") == b"first"
    assert answered(a_session(ledger, "two"), "second") == b"second"
    assert [about for _, _, about in views(ledger.folder)] == ["first", "second"]


def test_one_id_for_two_requests_is_refused(ledger: Ledger) -> None:
    answered(a_session(ledger, "one"), "first")
    with pytest.raises(RequestIdReused):
        answered(a_session(ledger, "one", b"[]"), "second")


def test_an_answer_that_wrote_nothing_is_kept_too(ledger: Ledger) -> None:
    assert answer_once(a_session(ledger, "one"), lambda: Response(b"first")) == b"first"
    assert answer_once(a_session(ledger, "one"), lambda: Response(b"second")) == b"first"


def test_a_journal_is_accepted_by_a_manager_only_and_that_is_on_record(ledger: Ledger) -> None:
    with pytest.raises(RoleNotAllowed):
        accept_journal(a_session(ledger, person=BILLER), "the disk failed")
    assert views(ledger.folder) == []
    manager = Person("max", Role.MANAGER)
    assert isinstance(accept_journal(a_session(ledger, person=manager), "the disk failed"), Verified)
    assert views(ledger.folder) == [("max", "accepted the journal as it is", "the disk failed")]
    assert isinstance(ledger.verify_clinic("lakeside"), Verified)


def test_a_question_is_not_kept(ledger: Ledger) -> None:
    question, act = a_session(ledger, "one"), a_session(ledger, "one")
    assert answer_once(question, lambda: Response(b"Which run?", is_final=False)) == b"Which run?"
    assert answered(act, "acted") == b"acted"


def test_a_request_that_was_answered_while_it_was_prepared_gets_that_answer(ledger: Ledger) -> None:
    mine = a_session(ledger, "one")

    def work() -> Response:
        answered(a_session(ledger, "one"), "theirs")
        mine.books.log_access("dana", "a thing", "mine")
        return Response(b"mine")

    assert answer_once(mine, work) == b"theirs"
    assert [about for _, _, about in views(ledger.folder)] == ["theirs"]


def test_a_refusal_leaves_neither_writes_nor_views_nor_an_answer(ledger: Ledger) -> None:
    session = a_session(ledger, "one")

    def work() -> Response:
        session.books.log_access("dana", "a thing", "written")
        session.record_view("a thing", "looked at")
        raise UnknownClinic("harbor")

    with pytest.raises(UnknownClinic):
        answer_once(session, work)
    assert views(ledger.folder) == []
    assert answered(a_session(ledger, "one"), "again") == b"again"


def test_a_reading_inside_the_transaction_sees_what_was_written(ledger: Ledger) -> None:
    session = a_session(ledger)
    with session.transaction():
        session.books.attest_license("ours", "dana")
        with session.reading() as books:
            assert books.license_attestation() is not None


def test_who_looked_is_the_person_of_the_session(ledger: Ledger) -> None:
    session = a_session(ledger, person=BILLER)
    with session.transaction():
        session.record_view("list cases", "2 cases")
    assert views(ledger.folder) == [("dana", "list cases", "2 cases")]


def test_a_session_without_a_clinic_has_no_books(ledger: Ledger) -> None:
    with pytest.raises(NoClinic), Session(ledger, LOCAL_PERSON).reading():
        pass


def test_an_operation_checks_the_role_before_anything_else(ledger: Ledger) -> None:
    session = a_session(ledger, person=BILLER)
    with pytest.raises(RoleNotAllowed, match=r"journals\.accept_journal"):
        accept_journal(session, "the disk failed")
    assert not session.has_recorded


HARBOR_ONLY = Person("dana", Role.BILLER, frozenset({"harbor"}))


def test_a_clinic_that_was_not_given_is_answered_like_one_that_does_not_exist(ledger: Ledger) -> None:
    refused = []
    for clinic in ("lakeside", "nowhere"):
        with pytest.raises(UnknownClinic) as one, Session(ledger, HARBOR_ONLY, clinic).reading():
            pass
        refused.append(str(one.value).replace(clinic, "CLINIC"))
    assert refused[0] == refused[1]
    session = Session(ledger, HARBOR_ONLY, "lakeside", RequestKey("one", "digest", "payroll.close"))
    assert not session.has_books
    assert session.recorded_answer() is None
    with pytest.raises(UnknownClinic):
        session.books  # noqa: B018


def test_only_given_clinics_are_listed_and_found(ledger: Ledger) -> None:
    session = Session(ledger, HARBOR_ONLY)
    assert list_clinics(session) == []
    with pytest.raises(UnknownClinic):
        find_clinic(session, "lakeside")
    for clinic in ("lakeside", "nowhere"):
        with pytest.raises(ClinicNotGiven):
            setup_on_record(session, clinic)


def test_the_finished_workbooks_of_other_clinics_are_unknown(ledger: Ledger) -> None:
    kept = keep_workbook(Session(ledger, LOCAL_PERSON, "lakeside"), b"pay")
    blank = keep_unbound_workbook(Session(ledger, LOCAL_PERSON), b"blank")
    assert fetch_output(Session(ledger, LOCAL_PERSON), kept).data == b"pay"
    assert fetch_output(Session(ledger, HARBOR_ONLY), blank).data == b"blank"
    with pytest.raises(UnknownOutput):
        fetch_output(Session(ledger, HARBOR_ONLY), kept)
