"""Emergency access on the pages and over REST: opened with a reason, marked, ended, and told to administrators."""

import httpx
import pytest

from server.billing.people import Role
from server.cli.service import temporary_service
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from server.settings import Settings
from tests.people import CHEAP, LAKESIDE_ONLY, InventedUser, add_user, at, program_of, token_of, with_app
from tests.web.conftest import SignIn
from tests.web.test_admin import said
from tests.web.test_sign_in import refusal

Users = dict[str, InventedUser]
FORM = {"clinic": "harbor", "reason": "Mina is ill and a payer asks today"}
OPEN_NOW = "Open in an emergency"


def excel_of(ledger: Ledger, user: InventedUser) -> dict[str, str]:
    return {"authorization": f"Bearer {token_of(ledger, user)}"}


def test_a_clinic_is_opened_on_the_account_page_and_ended_there(
    signed_in: SignIn, users: Users, ledger: Ledger, url: str
) -> None:
    browser, excel = signed_in(users["ben"]), excel_of(ledger, users["ben"])
    assert httpx.get(f"{url}/clinics/harbor/cases", headers=excel).status_code == httpx.codes.NOT_FOUND
    page = browser.get("/account")
    assert "Emergency access" in page.text
    assert OPEN_NOW not in page.text
    assert "Harbor" not in page.text
    opened = browser.post("/account/emergency", data=FORM)
    assert said(opened).startswith("You can work with the clinic harbor until")
    assert OPEN_NOW in opened.text
    assert httpx.get(f"{url}/clinics/harbor/cases", headers=excel).status_code == httpx.codes.OK
    listed = httpx.get(f"{url}/clinics", headers=excel).json()
    assert [clinic["id"] for clinic in listed] == ["harbor", "lakeside"]
    found = ledger.search_access(AccessSearch(words="break-glass local"), ["harbor"], of_firm=False)
    assert [(row.who, row.clinic) for row in found] == [("Ben Biller", "harbor")]
    number = ledger.people.emergencies.of_person(ledger.people.users.find("ben").person)[0].id
    ended = browser.post(f"/account/emergency/{number}/end")
    assert said(ended) == "The clinic harbor is not open to you any more."
    assert httpx.get(f"{url}/clinics/harbor/cases", headers=excel).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ({"clinic": "harbor"}, "Say why you need the clinic"),
        (FORM | {"reason": "now"}, "Say why you need the clinic"),
        (FORM | {"clinic": "nowhere"}, "That clinic is not on the list"),
        (FORM | {"clinic": "lakeside"}, "You can work with that clinic already"),
        ({}, "Say why you need the clinic"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(
    signed_in: SignIn, users: Users, form: dict[str, str], title: str
) -> None:
    page = signed_in(users["ben"]).post("/account/emergency", data=form)
    assert refusal(page) == title
    assert f'value="{form.get("reason", "")}"' in page.text


def test_administrators_are_told_on_their_next_page_until_it_is_seen(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    ada = signed_in(users["ada"])
    assert "opened a clinic" not in ada.get("/admin/access").text
    signed_in(users["ben"]).post("/account/emergency", data=FORM | {"reason": "<b>fire</b> in the office"})
    assert "Somebody opened a clinic in an emergency" in ada.get("/account").text
    page = ada.get("/admin").text
    for shown in (
        "Emergency access",
        "Ben Biller",
        "Harbor Practice",
        "&lt;b&gt;fire&lt;/b&gt;",
        "Mark as seen",
    ):
        assert shown in page
    number = ledger.people.emergencies.list_for(ledger.people.users.find("ada").person)[0].id
    assert said(ada.post(f"/admin/emergency/{number}/end")).startswith("The clinic harbor is not open to Ben")
    seen = ada.post(f"/admin/emergency/{number}/seen")
    assert said(seen) == "The emergency access of Ben Biller is marked as seen."
    assert "Mark as seen" not in seen.text
    assert "opened a clinic" not in ada.get("/account").text
    assert ada.post(f"/admin/emergency/{number}/nothing").status_code == httpx.codes.NOT_FOUND
    assert refusal(ada.post("/admin/emergency/999/seen")) == "There is no such emergency access"


def test_who_has_every_clinic_and_an_attorney_are_offered_nothing(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    assert "Emergency access" not in signed_in(users["mina"]).get("/account").text
    lee = add_user(ledger, "lee", "Lee Invented", Role.ATTORNEY, attorney="Lee Esq.", clinics=LAKESIDE_ONLY)
    browser = signed_in(with_app(ledger, lee))
    assert "Emergency access" not in browser.get("/account").text
    assert browser.post("/account/emergency", data=FORM).status_code == httpx.codes.FORBIDDEN


def test_over_rest_it_is_opened_shown_in_the_session_and_ended(
    users: Users, ledger: Ledger, url: str
) -> None:
    excel = excel_of(ledger, users["ben"])
    address = f"{url}/session/emergency-access"
    begun = httpx.post(address, json=FORM, headers=excel)
    assert begun.status_code == httpx.codes.OK, begun.text
    me = httpx.get(f"{url}/session", headers=excel).json()
    assert (me["clinics"], me["emergency_clinics"]) == (["lakeside"], ["harbor"])
    assert me["notes"] == ["You can work with the clinic “harbor” in an emergency."]
    ada = httpx.get(f"{url}/session", headers=excel_of(ledger, users["ada"])).json()
    assert ada["notes"][0].startswith("Somebody opened a clinic in an emergency.")
    again = httpx.post(address, json=FORM, headers=excel).json()
    assert again["code"] == "clinic-open-already"
    ended = httpx.post(f"{address}/{begun.json()['id']}/end", json={}, headers=excel).json()
    assert ended["ended_at"]
    assert httpx.get(f"{url}/session", headers=excel).json()["emergency_clinics"] == []


def test_a_program_opens_nothing(users: Users, ledger: Ledger, url: str) -> None:  # noqa: ARG001 - there are users
    program = program_of(ledger, Role.BILLER, LAKESIDE_ONLY)
    answer = httpx.post(f"{url}/session/emergency-access", json=FORM, headers=program)
    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.FORBIDDEN, "rights-exceeded")


def test_the_setting_turns_it_off(ledger: Ledger, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_BREAK_GLASS", "off")
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url, at(url) as browser:
        answer = browser.post("/session/emergency-access", json=FORM, headers=excel_of(ledger, users["ben"]))
    assert answer.json()["code"] == "emergency-access-off"
