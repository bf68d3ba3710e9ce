"""Signing in and out in a browser: passwords, authenticator apps, codes for a new password, and what a stranger gets."""

import re
from html import unescape

import httpx
import pyotp
import pytest

from server.api.page_addresses import OPEN_PAGES, PAGE_COOKIE, PROVIDER_PAGE
from server.billing.people import LOCAL_PERSON, Role
from server.ledger.store import Ledger
from tests.api.wire import check_protected
from tests.people import PASSWORD, InventedUser, add_user
from tests.web.conftest import SignIn

Users = dict[str, InventedUser]
FORM = "application/x-www-form-urlencoded"


def title(answer: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text)
    assert found
    return unescape(found[1])


def refusal(answer: httpx.Response) -> str:
    found = re.search(r'<p class="title">(.*?)</p>', answer.text)
    return unescape(found[1]) if found else ""


def hidden(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="(.*?)"', answer.text)
    assert found
    return unescape(found[1])


def sign_in(browser: httpx.Client, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return browser.post("/sign-in", data={"name": name, "password": password, **more})


def test_a_page_leads_to_the_sign_in_and_from_there_back(browser: httpx.Client) -> None:
    answer = browser.get("/device", params={"code": "ABCD-EFGH"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fdevice%3Fcode%3DABCD-EFGH",
    )
    shown = browser.get(answer.headers["location"])
    assert hidden(shown, "next") == "/device?code=ABCD-EFGH"
    back = sign_in(browser, "mina", next="/device?code=ABCD-EFGH")
    assert back.headers["location"] == "/device?code=ABCD-EFGH"


@pytest.mark.parametrize(
    "asked",
    [
        "https://elsewhere.invalid/admin", "//elsewhere.invalid", "/\\elsewhere.invalid", "/clinics", "javascript:alert(1)",
        "/sign-out", "/sign-in", "/admin\r\nSet-Cookie: a=b", "/adminx", "",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(browser: httpx.Client, asked: str) -> None:
    answer = sign_in(browser, "mina", next=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert answer.headers.get_list("set-cookie")[0].startswith(f"{PAGE_COOKIE}=")


def test_the_cookie_is_for_the_service_alone(browser: httpx.Client, ledger: Ledger) -> None:
    answer = sign_in(browser, "mina")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) > 40
    assert token.encode() not in (ledger.folder / "firm.db").read_bytes()


def test_a_wrong_name_and_a_wrong_password_get_the_same_page(browser: httpx.Client) -> None:
    pages = [
        sign_in(browser, name, password).text.replace(name, "NAME")
        for name, password in (("mina", "not the right words"), ("nobody", PASSWORD))
    ]
    assert pages[0] == pages[1]
    assert "not the right words" not in pages[0]


def test_after_too_many_failures_the_page_says_when_to_try_again(browser: httpx.Client) -> None:
    answers = [sign_in(browser, "mina", f"wrong words number {place}") for place in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_an_administrator_needs_the_code_of_an_app(browser: httpx.Client, users: Users) -> None:
    answer = sign_in(browser, "ada")
    assert refusal(answer) == "A code of your authenticator app is needed"
    assert 'id="code"' in answer.text
    code = users["ada"].code()
    assert sign_in(browser, "ada", code=code).headers["location"] == "/admin"
    again = sign_in(browser, "ada", code=code)
    assert refusal(again) == "That code does not work"


def test_an_administrator_without_an_app_sets_one_up_at_the_first_sign_in(
    browser: httpx.Client, ledger: Ledger
) -> None:
    add_user(ledger, "nora", "Nora New", Role.ADMINISTRATOR)
    page = sign_in(browser, "nora")
    assert title(page) == "Set up your authenticator app"
    assert PASSWORD not in page.text
    secret = hidden(page, "secret")
    typed = {"name": "nora", "password": PASSWORD, "secret": secret, "next": "/admin/access"}

    wrong = browser.post("/sign-in/app", data=typed | {"code": "000000"})
    assert (title(wrong), refusal(wrong)) == ("Set up your authenticator app", "That code does not work")
    assert hidden(wrong, "secret") == secret

    done = browser.post("/sign-in/app", data=typed | {"code": pyotp.TOTP(secret).now()})
    assert (done.status_code, done.headers["location"]) == (303, "/admin/access")
    assert title(browser.get("/admin")) == "Users"


def test_a_new_user_chooses_a_password_with_a_code_that_works_once(
    browser: httpx.Client, ledger: Ledger
) -> None:
    code = ledger.people.links.reset(LOCAL_PERSON, "ben")
    assert refusal(sign_in(browser, "ben"))
    shown = browser.get("/new-password", params={"code": code})
    assert hidden(shown, "code") == code
    new = "four patient kettles whistle"
    differ = browser.post("/new-password", data={"code": code, "password": new, "again": new + "s"})
    assert refusal(differ) == "The passwords differ"
    weak = browser.post(
        "/new-password", data={"code": code, "password": "password1234", "again": "password1234"}
    )
    assert refusal(weak) == "Choose another password"
    done = browser.post("/new-password", data={"code": code.lower(), "password": new, "again": new})
    assert "Your password is set" in done.text
    assert sign_in(browser, "ben", new).status_code == 303
    again = browser.post("/new-password", data={"code": code, "password": new, "again": new})
    assert refusal(again) == "That code does not work"


def test_the_sign_in_page_leads_to_where_a_code_for_a_password_is_typed(browser: httpx.Client) -> None:
    assert 'href="/new-password"' in browser.get("/sign-in").text
    assert title(browser.get("/new-password")) == "Choose a password"


def test_signing_out_ends_the_session_itself(signed_in: SignIn, users: Users, url: str) -> None:
    browser = signed_in(users["mina"])
    kept = browser.cookies[PAGE_COOKIE]
    assert browser.get("/account").status_code == 200
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    with httpx.Client(base_url=url, cookies={PAGE_COOKIE: kept}) as thief:
        assert thief.get("/account").headers["location"].startswith("/sign-in")


def test_who_signs_in_again_in_a_browser_is_signed_out_of_what_was_open_there(
    signed_in: SignIn, users: Users, url: str
) -> None:
    browser, elsewhere = signed_in(users["mina"]), signed_in(users["mina"])
    kept = browser.cookies[PAGE_COOKIE]
    assert sign_in(browser, "ben").status_code == 303
    assert title(browser.get("/account")) == "Ben Biller"
    with httpx.Client(base_url=url, cookies={PAGE_COOKIE: kept}) as thief:
        assert thief.get("/account").status_code == 303
    assert elsewhere.get("/account").status_code == 200


def test_a_failed_sign_in_ends_nothing(signed_in: SignIn, users: Users) -> None:
    browser = signed_in(users["mina"])
    assert sign_in(browser, "ben", "a wrong password of ben").status_code == 401
    assert browser.get("/account").status_code == 200


def test_a_disabled_user_is_out_at_once(signed_in: SignIn, users: Users, ledger: Ledger) -> None:
    browser = signed_in(users["ben"])
    ledger.people.users.disable(LOCAL_PERSON, "ben")
    assert browser.get("/account").status_code == 303


def test_a_password_is_changed_with_the_one_before_and_ends_every_session(
    signed_in: SignIn, users: Users
) -> None:
    here, there = signed_in(users["mina"]), signed_in(users["mina"])
    new = {"new_password": "four patient kettles whistle"}
    wrong = here.post("/account/password", data={"password": "not my password at all", **new})
    assert refusal(wrong) == "That name and password do not work"
    done = here.post("/account/password", data={"password": PASSWORD, **new})
    assert done.headers["location"] == "/sign-in?changed=1"
    assert there.get("/account").status_code == 303
    assert sign_in(here, "mina", new["new_password"]).status_code == 303


# -- What comes from elsewhere


@pytest.mark.parametrize("path", ["/sign-in", "/admin", "/account/password", "/device", "/sign-out"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-dest": "document"},
        {"origin": "https://elsewhere.invalid"},
        {"origin": "null"},
        {},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused(
    url: str, signed_in: SignIn, users: Users, path: str, headers: dict[str, str]
) -> None:
    cookies = dict(signed_in(users["ada"]).cookies)
    with httpx.Client(base_url=url, cookies=cookies) as elsewhere:
        answer = elsewhere.post(path, data={"sign_in_name": "eve", "answer": "yes"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-request")


def test_a_link_of_another_site_may_be_followed_to_a_page_and_to_nothing_else(url: str) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    with httpx.Client(base_url=url, headers=followed) as browser:
        assert browser.get("/sign-in").status_code == 200
        assert browser.get("/clinics").status_code == 403
        framed = followed | {"sec-fetch-dest": "iframe"}
        assert browser.get("/sign-in", headers=framed).status_code == 403


@pytest.mark.parametrize("path", sorted(OPEN_PAGES - {PROVIDER_PAGE, f"{PROVIDER_PAGE}/back"}))
def test_open_pages_take_forms_only_and_small_ones(browser: httpx.Client, path: str) -> None:
    assert browser.post(path, json={"name": "ada"}).status_code == 400
    large = browser.post(path, content=b"a=" + b"b" * 70_000, headers={"content-type": FORM})
    assert large.status_code == 413


@pytest.mark.parametrize(
    "body", [b"%ff=%ff", b"=", b"&&&", b"name", b"\xff\xfe", b"a=b&" * 300, b"name=%00&password=%00"]
)
def test_a_form_that_nobody_can_read_is_refused_in_words(browser: httpx.Client, body: bytes) -> None:
    answer = browser.post("/sign-in", content=body, headers={"content-type": FORM})
    assert answer.status_code in {400, 401}
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/new-password", "/account", "/admin", "/admin/users/ben", "/admin/access", "/device"],
)
def test_every_page_loads_nothing_and_runs_nothing(signed_in: SignIn, users: Users, path: str) -> None:
    answer = signed_in(users["ada"]).get(path, follow_redirects=True)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_names_are_shown_as_they_are_and_never_as_markup(
    signed_in: SignIn, users: Users, ledger: Ledger
) -> None:
    add_user(ledger, "mark", 'M<b>ark</b> "Up" & Co', Role.VIEWER)
    page = signed_in(users["ada"]).get("/admin").text
    assert "M&lt;b&gt;ark&lt;/b&gt;" in page
    assert "<b>ark" not in page


def test_an_unknown_page_is_a_page(signed_in: SignIn, users: Users) -> None:
    answer = signed_in(users["ada"]).get("/admin/nowhere/at/all")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


PAGE_PATHS = sorted(
    {*OPEN_PAGES, "/account", "/account/password", "/device", "/admin", "/admin/users/ben", "/admin/nowhere"}
)


@pytest.mark.parametrize("path", PAGE_PATHS)
def test_every_kind_of_answer_of_a_page_is_protected(
    browser: httpx.Client, signed_in: SignIn, users: Users, path: str
) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "POST"):
        for client in (browser, signed_in(users["ben"])):
            for content in (b"", b"a=b", b"\xff", b"a" * 70_000):
                answer = client.request(method, path, content=content, headers={"content-type": FORM})
                check_protected(answer.headers, f"{method} {path} {answer.status_code}")
                assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
