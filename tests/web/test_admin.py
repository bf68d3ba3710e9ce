"""The pages of administrators and of one's own account, and signing in Excel with a short code."""

import re
from html import unescape

import httpx
import pytest

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.people import InventedUser, add_user, at, token_of, with_app
from tests.ribbon.clicks import a_ledger
from tests.web.conftest import SignIn
from tests.web.test_sign_in import refusal, title

Users = dict[str, InventedUser]
NEW = {
    "sign_in_name": "vera",
    "full_name": "Vera Viewer",
    "role": "viewer",
    "clinics": ["harbor"],
    "attorney": "",
}


def said(answer: httpx.Response) -> str:
    found = re.search(r'role="status"><p>(.*?)</p>', answer.text)
    assert found, answer.text
    return unescape(found[1])


def test_a_user_is_added_with_an_address_for_the_password(
    signed_in: SignIn, users: Users, ledger: Ledger, url: str
) -> None:
    page = signed_in(users["ada"]).post("/admin", data=NEW)
    found = re.search(r"http://[^ ]+/new-password\?code=[A-Z2-9-]+", said(page))
    assert found
    vera = ledger.people.users.find("vera")
    assert (vera.full_name, vera.role, vera.clinics) == ("Vera Viewer", Role.VIEWER, frozenset({"harbor"}))
    assert not vera.password_at
    with at(url) as browser:
        shown = browser.get(found[0].removeprefix(url))
        assert title(shown) == "Choose a password"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"sign_in_name": "ben"}, "That name is taken"),
        ({"full_name": "ben  biller"}, "That name is taken"),
        ({"clinics": []}, "That does not fit"),
        ({"clinics": ["nowhere"]}, "That clinic is not on the list"),
        ({"role": "attorney"}, "That does not fit"),
        ({"sign_in_name": "Vera Viewer"}, "That does not fit"),
        ({"full_name": "=cmd()"}, "That does not fit"),
        ({"full_name": "x" * 200}, "That does not fit"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    signed_in: SignIn, users: Users, ledger: Ledger, changed: dict[str, object], what: str
) -> None:
    typed = NEW | changed
    page = signed_in(users["ada"]).post("/admin", data=typed)
    assert refusal(page) == what
    assert f'value="{typed["sign_in_name"]}"' in page.text
    assert "vera" not in {user.sign_in_name for user in ledger.people.users.list_users()}


def test_a_changed_role_counts_at_once_and_signs_the_user_in_anew(
    signed_in: SignIn, users: Users, ledger: Ledger, url: str
) -> None:
    excel = {"authorization": f"Bearer {token_of(ledger, users['ben'])}"}
    assert httpx.get(f"{url}/clinics", headers=excel).json() == [{"id": "lakeside", "name": "Lakeside"}]
    page = signed_in(users["ada"]).post(
        "/admin/users/ben",
        data={"full_name": "Ben Biller", "role": "viewer", "clinics": ["*"], "attorney": ""},
    )
    assert said(page).startswith("Ben Biller was changed.")
    assert httpx.get(f"{url}/clinics", headers=excel).status_code == 401
    ben = ledger.people.users.find("ben")
    assert (ben.role, ben.clinics) == (Role.VIEWER, None)


def test_a_user_is_disabled_enabled_signed_out_and_given_a_new_password(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    ada, ben = signed_in(users["ada"]), "/admin/users/ben"
    token_of(ledger, users["ben"])
    assert "Excel of the tests" in ada.get(ben).text
    assert said(ada.post(f"{ben}/sign-out")) == "Signed out. Sessions that ended: 1."
    assert said(ada.post(f"{ben}/disable")) == "Ben Biller is kept out from now on."
    assert ledger.people.users.find("ben").is_disabled
    assert said(ada.post(f"{ben}/enable")) == "Ben Biller may sign in again."
    assert "/new-password?code=" in said(ada.post(f"{ben}/reset"))
    assert not ledger.people.users.find("ben").password_at


def test_the_last_administrator_stays(signed_in: SignIn, users: Users, ledger: Ledger) -> None:
    page = signed_in(users["ada"]).post("/admin/users/ada/disable")
    assert refusal(page) == "The last administrator stays"
    assert not ledger.people.users.find("ada").is_disabled


@pytest.mark.parametrize("act", ["delete", "become", "disable/now"])
def test_an_act_that_no_button_has_does_nothing(
    signed_in: SignIn, users: Users, ledger: Ledger, act: str
) -> None:
    before = ledger.people.users.find("ben")
    assert signed_in(users["ada"]).post(f"/admin/users/ben/{act}").status_code == 404
    assert ledger.people.users.find("ben") == before


@pytest.mark.parametrize("path", ["/admin", "/admin/users/ben", "/admin/access"])
def test_the_pages_of_administrators_are_refused_to_others(
    signed_in: SignIn, users: Users, path: str
) -> None:
    for name in ("mina", "ben"):
        answer = signed_in(users[name]).get(path)
        assert (answer.status_code, title(answer)) == (403, "Your role does not allow that")
    assert signed_in(users["mina"]).post("/admin/users/ben/disable").status_code == 403


def test_an_administrator_of_one_clinic_sees_and_gives_no_other(signed_in: SignIn, ledger: Ledger) -> None:
    lara = with_app(
        ledger, add_user(ledger, "lara", "Lara Local", Role.ADMINISTRATOR, clinics=frozenset({"lakeside"}))
    )
    page = signed_in(lara)
    listed = page.get("/admin").text
    assert "Ben Biller" in listed
    assert "Mina Manager" not in listed
    assert page.get("/admin/users/mina").status_code == 404
    assert page.post("/admin/users/mina/disable").status_code == 404
    assert page.post("/admin", data=NEW).status_code == 404
    assert page.post("/admin", data=NEW | {"clinics": ["*"]}).status_code == 403
    assert not ledger.people.users.find("mina").is_disabled


def test_the_access_log_is_shown(signed_in: SignIn, users: Users) -> None:
    page = signed_in(users["ada"]).get("/admin/access").text
    assert "sign-in" in page
    assert "ada page" in page


# -- Excel


def begin(url: str) -> dict[str, str]:
    answer = httpx.post(f"{url}/session/devices", json={"device": "Excel on the front desk"})
    assert answer.status_code == 200, answer.text
    codes: dict[str, str] = answer.json()
    return codes


def ask(url: str, codes: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{url}/session/devices/token", json={"device_code": codes["device_code"]})


def test_excel_is_signed_in_by_a_short_code_on_a_page(signed_in: SignIn, users: Users, url: str) -> None:
    codes = begin(url)
    assert codes["page"] == f"{url}/device?code={codes['user_code']}"
    assert ask(url, codes).json()["code"] == "authorization-pending"
    ben = signed_in(users["ben"])
    page = ben.get("/device", params={"code": codes["user_code"].lower()})
    assert "Excel on the front desk" in page.text
    done = ben.post("/device", data={"code": codes["user_code"], "answer": "yes"})
    assert said(done).startswith("Excel is signed in.")
    later = begin(url)  # asking is limited to once in some seconds, for each device
    assert ask(url, later).status_code != 200


def test_a_refused_device_gets_nothing(signed_in: SignIn, users: Users, url: str) -> None:
    codes = begin(url)
    answer = signed_in(users["ben"]).post("/device", data={"code": codes["user_code"], "answer": "no"})
    assert said(answer).startswith("That was refused.")
    assert ask(url, codes).json()["code"] == "device-code-unusable"


def test_a_code_that_nobody_was_given_signs_nothing_in(signed_in: SignIn, users: Users) -> None:
    ben = signed_in(users["ben"])
    assert refusal(ben.get("/device", params={"code": "AAAA-AAAA"})) == "That code does not work"
    assert (
        refusal(ben.post("/device", data={"code": "AAAA-AAAA", "answer": "yes"})) == "That code does not work"
    )


def test_a_ledger_without_users_asks_nobody_to_sign_in(tmp_path_factory: pytest.TempPathFactory) -> None:
    ledger = a_ledger(tmp_path_factory.mktemp("alone") / "ledger", LAKESIDE)
    with temporary_service(Settings(path=ledger.folder, workers=0)) as url, at(url) as browser:
        assert browser.get("/admin").headers["location"].startswith("/sign-in")
        assert title(browser.get("/sign-in")) == "Nobody needs to sign in"
        assert browser.post("/sign-in", data={"name": "local", "password": "x"}).status_code == 401
        me = browser.get("/session").json()
    assert (me["name"], me["role"], me["has_users"]) == (LOCAL_PERSON.name, "administrator", False)


@pytest.mark.parametrize("role", ["", "owner", "ADMINISTRATOR", "viewer\r\n", "x" * 5000])
def test_an_unknown_role_is_refused_and_gives_no_other_one(
    signed_in: SignIn, users: Users, ledger: Ledger, role: str
) -> None:
    browser = signed_in(users["ada"])
    added = browser.post("/admin", data=NEW | {"role": role})
    assert refusal(added) == "That does not fit"
    assert "There is no role" in added.text
    assert "vera" not in {user.sign_in_name for user in ledger.people.users.list_users()}
    form = {"full_name": "Mina Manager", "role": role, "clinics": ["*"], "attorney": ""}
    assert refusal(browser.post("/admin/users/mina", data=form)) == "That does not fit"
    assert ledger.people.users.find("mina").role is Role.MANAGER


def test_an_attorney_whom_cases_name_with_two_firms_may_be_two_people(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    created(ledger.clinic("harbor"), a_draft("One"), a_draft("Two", case="B"), a_draft("Three", case="C"))
    browser, form = signed_in(users["ada"]), NEW | {"role": "attorney", "attorney": "Lee Invented"}
    for case, firm in ((1, "Fern Law"), (2, "FERN LAW")):
        give_case(ledger, case, firm)
    assert "firms" not in said(browser.post("/admin", data=form))
    give_case(ledger, 3, "Holt Legal")
    edited = {
        "full_name": "Vera Married",
        "role": "attorney",
        "clinics": ["harbor"],
        "attorney": "Lee Invented",
    }
    shown = said(browser.post("/admin/users/vera", data=edited))
    assert "with 2 firms: FERN LAW; Holt Legal." in shown
    assert "If these are several people" in shown


def give_case(ledger: Ledger, case_id: int, firm: str) -> None:
    day = ledger.today()
    with ledger.clinic("harbor").transaction() as books:
        wished = WishedAttorney(CaseAttorney("Lee Invented", firm, from_on=day), is_correction=False)
        books.case_records.change_attorney(case_id, wished, day, "ana")


def test_an_attorney_whom_no_case_names_is_added_with_a_remark(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    created(ledger.clinic("harbor"), a_draft(attorney="Lee Invented"))
    browser = signed_in(users["ada"])
    form = NEW | {"role": "attorney", "attorney": "Leigh Invented"}
    assert "No case names the attorney “Leigh Invented” today" in said(browser.post("/admin", data=form))
    edited = {
        "full_name": "Vera Viewer",
        "role": "attorney",
        "clinics": ["harbor"],
        "attorney": "lee invented",
    }
    assert "No case" not in said(browser.post("/admin/users/vera", data=edited))
    elsewhere = edited | {"clinics": ["lakeside"]}
    assert "No case names" in said(browser.post("/admin/users/vera", data=elsewhere))
