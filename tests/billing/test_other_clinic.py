"""A log that is another clinic's is refused before any of it is paid, without saying whose it is."""

from collections.abc import Callable, Collection, Sequence

import pytest

from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.other_clinic import refuse_foreign
from server.errors import AnotherClinicsLog
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, LAKESIDE, a_log, a_row, a_sheet

Elsewhere = Callable[[Collection[str]], bool]


def nobody(_: Collection[str]) -> bool:
    return False


def somebody(_: Collection[str]) -> bool:
    return True


def of_clinics(*names: str | None) -> AppointmentLog:
    rows: list[Sequence[Cell]] = [(*a_row(), name) for name in names]
    return a_log(a_sheet(rows, (*HEADINGS, "Clinic")))


def of_providers(*names: str | None) -> AppointmentLog:
    return a_log(a_sheet([a_row(provider=name) for name in names]))


def test_a_log_of_our_own_providers_is_ours() -> None:
    refuse_foreign(of_providers("Jane Roe", "Max Doe"), LAKESIDE, somebody)


@pytest.mark.parametrize("ours", ["Lakeside", "lakeside", " LAKE-SIDE "])
def test_a_clinic_column_may_spell_our_name_or_id(ours: str) -> None:
    refuse_foreign(of_clinics(ours, ours), LAKESIDE, nobody)


def test_an_empty_clinic_column_says_nothing() -> None:
    refuse_foreign(of_clinics(None, None), LAKESIDE, nobody)


def test_a_clinic_column_that_mostly_names_another_is_refused() -> None:
    with pytest.raises(AnotherClinicsLog) as caught:
        refuse_foreign(of_clinics("Harbor", "Harbor", "Lakeside", None), LAKESIDE, nobody)
    (finding,) = caught.value.findings
    assert (list(finding.rows), finding.heading) == ([2], "Clinic")
    assert finding.message == "What this column says in rows 2-3 does not belong to Lakeside."
    assert "Harbor" not in f"{caught.value}{finding.message}"


def test_a_few_rows_of_another_clinic_are_left_to_their_own_findings() -> None:
    refuse_foreign(of_clinics("Harbor", "Lakeside"), LAKESIDE, nobody)


def test_providers_who_mostly_work_elsewhere_make_it_another_clinics() -> None:
    with pytest.raises(AnotherClinicsLog) as caught:
        refuse_foreign(of_providers("Pat Poe", "Quin Quoe", "Jane Roe"), LAKESIDE, somebody)
    (finding,) = caught.value.findings
    assert "rows 2-3" in finding.message


def test_new_people_nobody_else_knows_are_simply_unknown() -> None:
    refuse_foreign(of_providers("Pat Poe", "Quin Quoe"), LAKESIDE, nobody)


def test_half_of_the_rows_being_strangers_is_not_most() -> None:
    refuse_foreign(of_providers("Pat Poe", "Jane Roe", None), LAKESIDE, somebody)


def test_others_are_asked_about_each_stranger_once_by_folded_name() -> None:
    asked: list[Collection[str]] = []

    def elsewhere(names: Collection[str]) -> bool:
        asked.append(names)
        return False

    refuse_foreign(of_providers("Pat Poe", "PAT POE", "Quin  Quoe"), LAKESIDE, elsewhere)
    assert asked == [{"patpoe", "quinquoe"}]
