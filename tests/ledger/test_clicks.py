from collections.abc import Callable
from dataclasses import replace

import pytest

from server.billing.clinics import CountsAs, ImportProfile
from server.errors import RequestIdReused
from server.ledger.clinic_books import Answer
from server.ledger.clinic_store import ClinicStore

ANSWER = Answer(200, b'{"summary": "done"}', "lakeside.0123456789abcdef0123456789abcdef")


def test_the_same_click_again_gets_the_same_answer(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        books.remember("click-1", "digest", ANSWER, "payroll.generate", "ana")

    with lakeside.reading() as books:
        assert books.replay("click-1", "digest") == ANSWER


def test_a_click_never_seen_has_no_answer(lakeside: ClinicStore) -> None:
    with lakeside.reading() as books:
        assert books.replay("click-1", "digest") is None


def test_a_click_with_another_body_is_another_click(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        books.remember("click-1", "digest", replace(ANSWER, output_id=None), "payroll.check", "ana")

    with lakeside.reading() as books, pytest.raises(RequestIdReused):
        books.replay("click-1", "another digest")


def test_who_looked_at_what_is_written_down(
    lakeside: ClinicStore, raw: Callable[[str], list[tuple[object, ...]]]
) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "opened setup", "lakeside")

    assert raw("SELECT at, actor, what, about FROM access") == [
        ("2026-11-02T15:04:05.678+00:00", "ana", "opened setup", "lakeside")
    ]


def test_a_clinic_never_asked_has_an_empty_profile(lakeside: ClinicStore) -> None:
    with lakeside.reading() as books:
        assert books.profile() == ImportProfile()


def test_a_clinic_is_asked_only_once_about_its_logs(lakeside: ClinicStore) -> None:
    first = ImportProfile(columns=(("dos", "day"),), date_order="dmy")
    second = ImportProfile(
        columns=(("dos", "day"), ("notes", "")),
        polarity=(("noshow", CountsAs.NO_SHOW),),
        date_order="mdy",
        all_attended=True,
        one_service="EX-101",
    )
    for answers in (first, second):
        with lakeside.transaction() as books:
            books.save_profile(answers, "ana")

    with lakeside.reading() as books:
        assert books.profile() == second
