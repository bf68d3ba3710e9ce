"""Who may press which button, and a clinic that wants another person's approval."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.billing.people import LOCAL_PERSON, Person, Role
from server.errors import ClinicNotGiven, RoleNotAllowed, SecondPersonNeeded, UnknownClinic
from server.ledger.store import Ledger
from server.ribbon.dispatch import COMMANDS
from tests.invented import LAKESIDE
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, confirmed, pressed, setup_sheets, visits

RUN = "lakeside-2026-10-r1"
MINA, NOOR = Person("Mina Manager", Role.MANAGER), Person("Noor Manager", Role.MANAGER)
BEN, ADA = Person("Ben Biller", Role.BILLER), Person("Ada Admin", Role.ADMINISTRATOR)
ONE_PERSON = LAKESIDE
TWO_PEOPLE = replace(LAKESIDE, clinic=replace(LAKESIDE.clinic, two_people_approve=True))


@pytest.fixture
def strict(tmp_path: Path) -> Ledger:
    return a_ledger(tmp_path / "strict", TWO_PEOPLE, HARBOR)


def approved(ledger: Ledger, person: Person) -> dict[str, Any]:
    return confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}), person)


def state(ledger: Ledger) -> str:
    with ledger.clinic("lakeside").reading() as books:
        return books.run(RUN).state.value


def saved(ledger: Ledger, person: Person, now: Any, opened: Any) -> dict[str, Any]:  # noqa: ANN401 - setups
    click = a_click() | {"sheets": setup_sheets(now, opened), "request_id": f"save-{person.name}"}
    return pressed(ledger, "clinic.save", click, person)


def test_whoever_generated_a_payroll_does_not_approve_it(strict: Ledger) -> None:
    pressed(strict, "payroll.generate", a_click(visits(5, 6)), MINA)
    with pytest.raises(SecondPersonNeeded, match="Mina Manager"):
        pressed(strict, "payroll.close", a_click(inputs={"run": RUN}), MINA)
    assert state(strict) == "draft"
    approved(strict, NOOR)
    with strict.clinic("lakeside").reading() as books:
        run = books.run(RUN)
    assert (run.made_by, run.closed_by) == ("Mina Manager", "Noor Manager")


def test_whoever_generated_it_last_counts(strict: Ledger) -> None:
    pressed(strict, "payroll.generate", a_click(visits(5, 6)), MINA)
    pressed(strict, "payroll.generate", a_click(visits(5, 6, 7)) | {"request_id": "again"}, NOOR)
    with pytest.raises(SecondPersonNeeded):
        pressed(strict, "payroll.close", a_click(inputs={"run": RUN}), NOOR)
    approved(strict, MINA)
    assert state(strict) == "closed"


def test_the_only_person_of_a_ledger_cannot_approve_under_the_rule(strict: Ledger) -> None:
    pressed(strict, "payroll.generate", a_click(visits(5)))
    with pytest.raises(SecondPersonNeeded) as refused:
        pressed(strict, "payroll.close", a_click(inputs={"run": RUN}))
    assert "Two people approve" in refused.value.remedy


def test_without_the_rule_one_person_generates_and_approves(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click(visits(5)), MINA)
    approved(ledger, MINA)
    assert state(ledger) == "closed"


def test_anybody_who_saves_the_setup_begins_the_rule_and_only_an_administrator_ends_it(
    ledger: Ledger,
) -> None:
    saved(ledger, BEN, TWO_PEOPLE, ONE_PERSON)
    with pytest.raises(RoleNotAllowed, match="manager"):
        saved(ledger, MINA, ONE_PERSON, TWO_PEOPLE)
    with ledger.clinic("lakeside").reading() as books:
        assert books.setup().clinic.two_people_approve
    saved(ledger, ADA, ONE_PERSON, TWO_PEOPLE)
    with ledger.clinic("lakeside").reading() as books:
        assert not books.setup().clinic.two_people_approve


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("button", COMMANDS)
def test_a_button_is_refused_to_the_roles_that_may_not_do_what_it_is_for(
    ledger: Ledger, button: str, role: Role
) -> None:
    click = a_click() | {"sheets": []}
    person = Person("Somebody", role)
    if role in COMMANDS[button].purpose.roles:
        with suppress(
            *set(COMMANDS[button].refusals) - {RoleNotAllowed}
        ):  # there is no sheet, which comes later
            pressed(ledger, button, click, person)
        return
    with pytest.raises(RoleNotAllowed):
        pressed(ledger, button, click, person)


def test_a_setup_of_a_clinic_that_was_not_given_is_not_saved(ledger: Ledger) -> None:
    only_harbor = Person("Hal Biller", Role.BILLER, frozenset({"harbor"}))
    for clinic_id in ("lakeside", "brand-new"):
        setup = replace(LAKESIDE, clinic=replace(LAKESIDE.clinic, id=clinic_id))
        with pytest.raises(ClinicNotGiven):
            saved(ledger, only_harbor, setup, LAKESIDE)
    with pytest.raises(UnknownClinic):
        pressed(ledger, "payroll.history", a_click(), only_harbor)
    assert {one.id for one in ledger.clinics()} >= {"lakeside"}
    assert "brand-new" not in {one.id for one in ledger.clinics()}


def test_the_person_of_a_ledger_without_users_may_do_everything() -> None:
    assert all(LOCAL_PERSON.role in command.purpose.roles for command in COMMANDS.values())
