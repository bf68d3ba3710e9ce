"""Signing in at the firm's identity provider, which is a program of its own here, with real HTTP and real signatures."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pyotp
import pytest
from pydantic import SecretStr

from server.api.page_addresses import PAGE_COOKIE
from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import open_listener, temporary_service
from server.identity_provider_settings import IdentityProviderSettings
from server.ledger.store import Ledger
from server.settings import Settings
from tests.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    ExampleId,
    Told,
    begins,
    example_id,
    wait_until_answering,
)
from tests.people import CHEAP, LAKESIDE_ONLY, PASSWORD, InventedUser, add_user, at
from tests.web.conftest import SignIn
from tests.web.test_sign_in import hidden, refusal, title

Users = dict[str, InventedUser]
BACK = "/sign-in/provider/back"
GROUPS = {
    "billing-managers": Role.MANAGER,
    "billing": Role.BILLER,
    "it": Role.ADMINISTRATOR,
    "law": Role.ATTORNEY,
}


@pytest.fixture(scope="module")
def running() -> Iterator[ExampleId]:
    with example_id() as provider:
        yield provider


@pytest.fixture
def provider(running: ExampleId, url: str) -> ExampleId:
    """Return the provider, which knows Ben and this service, and does nothing wrong yet."""
    running.told = Told(redirect=url + BACK)
    running.add_person("ben")
    return running


@pytest.fixture
def provider_settings(running: ExampleId, request: pytest.FixtureRequest) -> IdentityProviderSettings:
    """Return the settings of a test, which gives those that are not usual as the parameter of this fixture."""
    more = getattr(request, "param", {})
    usual = {
        "issuer": running.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "label": "Example ID",
    }
    return IdentityProviderSettings(**usual | more)


@pytest.fixture
def url(folder: Path, provider_settings: IdentityProviderSettings) -> Iterator[str]:
    settings = Settings(path=folder, workers=0, identity_provider=provider_settings)
    with temporary_service(settings, hashing=CHEAP) as address:
        yield address


@pytest.fixture(autouse=True)
def ben_expected(ledger: Ledger) -> None:
    """Ada has written down Ben's name at the provider."""
    ledger.people.identity_accounts.expect(LOCAL_PERSON, "ben", "Ben@Firm.example ")


with_settings = pytest.mark.parametrize


def expect(ledger: Ledger, *names: str) -> None:
    for name in names:
        ledger.people.identity_accounts.expect(LOCAL_PERSON, name, f"{name}@firm.example")


def come_back(
    browser: httpx.Client, provider: ExampleId, name: str = "ben", asked: str = ""
) -> httpx.Response:
    """Sign somebody in at the provider, in a browser that forgot who was signed in; return the answer of our service."""
    if PAGE_COOKIE in browser.cookies:
        browser.cookies.delete(PAGE_COOKIE)
    return browser.get(provider.enter(begins(browser, asked), name))


def is_in(browser: httpx.Client) -> bool:
    return browser.get("/account").status_code == httpx.codes.OK


def rows(ledger: Ledger, what: str) -> list[str]:
    return [f"{row.about} {row.origin}" for row in ledger.access.rows(50) if row.what == what]


def test_the_sign_in_page_leads_to_the_provider_and_from_there_to_the_page_that_was_asked_for(
    browser: httpx.Client, provider: ExampleId
) -> None:
    sent = browser.get("/device", params={"code": "ABCD-EFGH"})
    page = browser.get(sent.headers["location"])
    (link,) = re.findall(r'<a class="button main" href="(.*?)">Sign in with Example ID</a>', page.text)
    led = browser.get(unescape(link))
    done = browser.get(provider.enter(led.headers["location"], "ben"))
    assert (done.status_code, done.headers["location"]) == (303, "/device?code=ABCD-EFGH")
    assert is_in(browser)
    account = browser.get("/account").text
    assert "You sign in with Example ID as ben@firm.example" in account
    assert 'name="new_password"' not in account


def test_the_access_log_says_that_the_provider_vouched(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    come_back(browser, provider)
    (row,) = [row for row in rows(ledger, "sign-in") if row.startswith("ben ")]
    assert re.fullmatch(r"ben page \w+ by identity provider 127\.0\.0\.1", row)
    assert rows(ledger, "identity-account-tied") == ["ben 127.0.0.1"]
    whole = b"".join(file.read_bytes() for file in ledger.folder.glob("firm.db*"))
    assert CLIENT_SECRET.encode() not in whole


def test_nothing_is_at_the_addresses_of_a_provider_that_was_not_set_up(folder: Path) -> None:
    with temporary_service(Settings(path=folder, workers=0), hashing=CHEAP) as url, at(url) as browser:
        assert "Sign in with" not in browser.get("/sign-in").text
        for path in ("/sign-in/provider", BACK):
            assert browser.get(path).status_code == 404
        for path in ("/sign-in/provider/code", "/sign-in/provider/app"):
            assert browser.post(path, data={"code": "123456"}).status_code == 404


def test_a_ledger_without_users_leads_nobody_to_the_provider(
    tmp_path: Path, provider_settings: IdentityProviderSettings
) -> None:
    settings = Settings(path=tmp_path / "empty", workers=0, identity_provider=provider_settings)
    with temporary_service(settings) as url, at(url) as browser:
        assert browser.get("/sign-in/provider").headers["location"] == "/sign-in"


# -- Which user


def test_an_administrator_adds_a_user_of_the_provider_on_the_page(
    provider: ExampleId, signed_in: SignIn, users: Users, url: str
) -> None:
    ada = signed_in(users["ada"])
    lin = {"sign_in_name": "lin", "full_name": "Lin Invented", "role": "viewer", "clinics": "lakeside"}
    taken = ada.post("/admin", data=lin | {"identity_name": "ben@firm.example"})
    assert refusal(taken) == "That name is taken"
    assert "Lin Invented</a>" not in taken.text
    done = ada.post("/admin", data=lin | {"identity_name": "lin@firm.example"})
    assert "Lin Invented signs in with Example ID from now on, as lin@firm.example" in done.text
    assert "/new-password" not in done.text
    provider.add_person("lin")
    with at(url) as browser:
        assert come_back(browser, provider, "lin").status_code == 303


def test_the_account_counts_and_not_the_name_once_somebody_has_signed_in(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, url: str
) -> None:
    come_back(browser, provider)
    provider.add_person("ben", email="married@firm.example")
    with at(url) as later:
        assert come_back(later, provider).status_code == 303
    provider.add_person("eve", email="ben@firm.example")
    with at(url) as another:
        refused = come_back(another, provider, "eve")
        assert (refused.status_code, refusal(refused)) == (403, "No user belongs to that account")
        assert not is_in(another)
    assert rows(ledger, "identity-provider-user-unknown") == [" 127.0.0.1"]


def test_an_administrator_lets_a_new_account_of_the_same_person_in(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    come_back(browser, provider)
    provider.add_person("ben", sub="another-number")
    expect(ledger, "ben")
    assert not is_in(browser)  # writing it down ended every session
    assert come_back(browser, provider).status_code == 303


def test_a_user_for_whom_no_name_was_written_down_is_not_signed_in_and_nobody_is_added(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    provider.add_person("mina")
    refused = come_back(browser, provider, "mina")
    assert refusal(refused) == "No user belongs to that account"
    assert "mina@firm.example" in refused.text
    assert [user.sign_in_name for user in ledger.people.users.list_users()] == ["ada", "ben", "mina"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": ""},
        {"email": ["ben@firm.example"]},
        {"email_verified": ["true"]},
    ],
    ids=str,
)
def test_an_address_that_the_provider_has_not_checked_names_nobody(
    browser: httpx.Client, provider: ExampleId, claims: dict[str, Any]
) -> None:
    provider.add_person("ben", **claims)
    assert refusal(come_back(browser, provider)) == "The identity provider does not say your name"
    assert not is_in(browser)


@with_settings("provider_settings", [{"name_claim": "preferred_username"}], indirect=True)
def test_another_claim_may_hold_the_name(browser: httpx.Client, provider: ExampleId, ledger: Ledger) -> None:
    ledger.people.identity_accounts.expect(LOCAL_PERSON, "ben", "FIRM\\ben")
    provider.add_person("ben", preferred_username="firm\\Ben", email="changed@elsewhere.example")
    assert come_back(browser, provider).status_code == 303


def test_a_name_with_a_letter_that_only_looks_like_another_is_nobodys(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    ledger.people.identity_accounts.expect(LOCAL_PERSON, "ben", "kim@firm.example")
    provider.add_person("eve", email="\N{KELVIN SIGN}im@firm.example")
    assert refusal(come_back(browser, provider, "eve")) == "The identity provider does not say your name"
    provider.add_person("kim", email="Kim@firm.example")
    assert come_back(browser, provider, "kim").status_code == 303


def test_a_disabled_user_stays_out(browser: httpx.Client, provider: ExampleId, ledger: Ledger) -> None:
    come_back(browser, provider)
    ledger.people.users.disable(LOCAL_PERSON, "ben")
    assert not is_in(browser)
    refused = come_back(browser, provider)
    assert (refused.status_code, refusal(refused)) == (403, "You may not sign in any more")
    assert rows(ledger, "user-disabled") == ["ben 127.0.0.1", "ben by local local"]


def test_a_user_of_the_provider_has_no_password_until_an_administrator_gives_a_code_for_one(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    form = {"name": "ben", "password": PASSWORD}
    assert refusal(browser.post("/sign-in", data=form)) == "That name and password do not work"
    come_back(browser, provider)
    code = ledger.people.links.reset(LOCAL_PERSON, "ben")
    assert not is_in(browser)
    assert refusal(come_back(browser, provider)) == "No user belongs to that account"
    ledger.people.links.use_link(code, PASSWORD, "127.0.0.1")
    assert browser.post("/sign-in", data=form).status_code == 303


# -- Groups and roles


@with_settings("provider_settings", [{"group_roles": GROUPS}], indirect=True)
def test_the_groups_of_the_moment_give_the_role(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    for groups, role in (
        (["billing", "all-staff", "billing-managers"], Role.MANAGER),
        ("billing", Role.BILLER),
        (["it"], Role.ADMINISTRATOR),
        (["billing"], Role.BILLER),
    ):
        provider.add_person("ben", groups=groups)
        answer = come_back(browser, provider)
        user = ledger.people.users.find("ben")
        assert user.role is role
        assert user.clinics == LAKESIDE_ONLY
        assert answer.status_code == 303 or title(answer) == "Set up your authenticator app"
    assert [change.changed_by for change in ledger.people.users.changes() if change.sign_in_name == "ben"][
        1:
    ] == ["identity provider"] * 4


@with_settings("provider_settings", [{"group_roles": GROUPS}], indirect=True)
@pytest.mark.parametrize(
    "groups", [[], ["all-staff"], ["law"], None, {"billing": True}, [["billing"]], "billing, it"], ids=str
)
def test_whoever_is_in_no_group_any_more_is_out_everywhere(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, url: str, groups: object
) -> None:
    provider.add_person("ben", groups=["billing"])
    come_back(browser, provider)
    provider.add_person("ben", groups=groups)
    with at(url) as another:
        refused = come_back(another, provider)
    assert (refused.status_code, refusal(refused)) == (403, "Your groups give you no role here")
    assert not is_in(browser)
    assert rows(ledger, "identity-provider-gives-no-role") == ["ben 127.0.0.1"]


@with_settings("provider_settings", [{"group_roles": GROUPS}], indirect=True)
def test_groups_never_make_an_attorney_a_member_of_the_staff(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    add_user(ledger, "lee", "Lee Invented", Role.ATTORNEY, attorney="Lee Invented")
    expect(ledger, "lee")
    provider.add_person("lee", groups=["it", "billing"])
    assert refusal(come_back(browser, provider, "lee")) == "Your groups give you no role here"
    provider.add_person("lee", groups=["it", "law"])
    assert title(come_back(browser, provider, "lee")) == "Set up your authenticator app"
    assert ledger.people.users.find("lee").role is Role.ATTORNEY


@with_settings("provider_settings", [{"group_roles": GROUPS}], indirect=True)
def test_the_last_administrator_is_not_made_something_else_and_not_let_in(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    expect(ledger, "ada")
    provider.add_person("ada", groups=["billing"])
    assert refusal(come_back(browser, provider, "ada")) == "The last administrator stays"
    assert ledger.people.users.find("ada").role is Role.ADMINISTRATOR
    assert not is_in(browser)


# -- The authenticator app


def test_an_administrator_types_the_code_of_the_app_as_well(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, users: Users, url: str
) -> None:
    expect(ledger, "ada")
    provider.add_person("ada")
    page = come_back(browser, provider, "ada", "/admin/access")
    assert title(page) == "One more code"
    assert not is_in(browser)
    wrong = browser.post("/sign-in/provider/code", data={"code": "000000"})
    assert (wrong.status_code, title(wrong), refusal(wrong)) == (
        401,
        "One more code",
        "That code does not work",
    )
    empty = browser.post("/sign-in/provider/code", data={"code": ""})
    assert title(empty) == "One more code"
    kept = dict(browser.cookies)
    done = browser.post("/sign-in/provider/code", data={"code": users["ada"].code()})
    assert (done.status_code, done.headers["location"]) == (303, "/admin/access")
    with at(url) as thief:
        thief.cookies.update(kept)
        again = thief.post("/sign-in/provider/code", data={"code": users["ada"].code()})
    assert refusal(again) == "This sign-in was not begun here"
    assert rows(ledger, "second-factor-refused") == ["ada 127.0.0.1"]


def test_an_administrator_without_an_app_sets_one_up(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    add_user(ledger, "nora", "Nora New", Role.ADMINISTRATOR)
    expect(ledger, "nora")
    provider.add_person("nora")
    page = come_back(browser, provider, "nora")
    assert title(page) == "Set up your authenticator app"
    assert 'type="password"' not in page.text
    secret = hidden(page, "secret")
    wrong = browser.post("/sign-in/provider/app", data={"secret": secret, "code": "000000"})
    assert (title(wrong), hidden(wrong, "secret")) == ("Set up your authenticator app", secret)
    done = browser.post("/sign-in/provider/app", data={"secret": secret, "code": pyotp.TOTP(secret).now()})
    assert (done.status_code, done.headers["location"]) == (303, "/admin")


@with_settings("provider_settings", [{"second_factor": "mfa, level-2"}], indirect=True)
@pytest.mark.parametrize(
    ("claims", "is_enough"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "level-2"}, True), ({"amr": ["pwd"]}, False), ({"acr": "0"}, False), ({}, False)],
    ids=str,
)  # fmt: skip
def test_a_second_factor_of_the_provider_counts_if_its_proof_says_so(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, claims: dict[str, Any], *, is_enough: bool
) -> None:
    expect(ledger, "ada")
    provider.add_person("ada")
    provider.tell(claims=claims)
    answer = come_back(browser, provider, "ada")
    assert (answer.status_code == 303) is is_enough
    assert is_in(browser) is is_enough


def test_a_second_factor_of_the_provider_does_not_count_by_itself(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    expect(ledger, "ada")
    provider.add_person("ada")
    provider.tell(claims={"amr": ["mfa"]})
    assert title(come_back(browser, provider, "ada")) == "One more code"


def test_nobody_types_a_code_for_whom_nobody_vouched(browser: httpx.Client, provider: ExampleId) -> None:  # noqa: ARG001
    begins(browser)
    (attempt,) = browser.cookies.values()
    browser.cookies.set("clinicledger-vouched", attempt, path="/sign-in/provider")
    for page in ("code", "app"):
        answer = browser.post(f"/sign-in/provider/{page}", data={"code": "123456"})
        assert refusal(answer) == "This sign-in was not begun here"


# -- What must not work


WRONG_PROOFS: dict[str, tuple[dict[str, Any], str]] = {
    "too old": ({"claims": {"exp": 1_700_000_000}}, "too old"),
    "no end": ({"claims": {"exp": None}}, "not readable"),
    "for another program": ({"claims": {"aud": "another"}}, "for another program"),
    "for two programs": ({"claims": {"aud": [CLIENT_ID, "another"]}}, "for another program"),
    "for two, given to the other": ({"claims": {"aud": [CLIENT_ID, "another"], "azp": "another"}}, "for another program"),
    "for nobody": ({"claims": {"aud": None}}, "for another program"),
    "of another provider": ({"claims": {"iss": "https://elsewhere.invalid"}}, "of another provider"),
    "of no provider": ({"claims": {"iss": None}}, "of another provider"),
    "of another sign-in": ({"claims": {"nonce": "another"}}, "of another sign-in"),
    "of no sign-in": ({"claims": {"nonce": None}}, "of another sign-in"),
    "of nobody": ({"claims": {"sub": None}}, "names nobody"),
    "of an empty name": ({"claims": {"sub": ""}}, "names nobody"),
    "of a number": ({"claims": {"sub": 7}}, "names nobody"),
    "from the future": ({"claims": {"iat": 4_000_000_000}}, "from the future"),
    "not for this answer": ({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "does not belong"),
    "signed in long ago": ({"claims": {"auth_time": 1_700_000_000}}, "too long ago"),
    "signed in at no time": ({"claims": {"auth_time": None}}, "does not say when"),
    "signed in at a word": ({"claims": {"auth_time": "now"}}, "not readable"),
    "unsigned": ({"signs": "none"}, "not readable"),
    "signed with the secret": ({"signs": "HS256"}, "not readable"),
    "signed by a stranger": ({"signs": "stranger"}, "signature is wrong"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_PROOFS)
def test_a_proof_that_is_not_right_signs_nobody_in(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, wrong: str
) -> None:
    told, why = WRONG_PROOFS[wrong]
    provider.tell(**told)
    refused = come_back(browser, provider)
    assert refused.status_code == 401
    assert refusal(refused) == "The identity provider's proof does not count"
    assert why in refused.text
    assert not is_in(browser)
    assert rows(ledger, "identity-provider-proof-refused") == [" 127.0.0.1"]


def changed(address: str, **query: str | None) -> str:
    """Return an address with other values in its query."""
    parts = urlsplit(address)
    values = dict(parse_qsl(parts.query)) | query
    return parts._replace(
        query=urlencode({key: value for key, value in values.items() if value is not None})
    ).geturl()


@pytest.mark.parametrize("state", ["another", "", None])
def test_a_wrong_state_signs_nobody_in(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger, state: str | None
) -> None:
    back = provider.enter(begins(browser), "ben")
    refused = browser.get(changed(back, state=state))
    assert (refused.status_code, refusal(refused)) == (401, "This sign-in was not begun here")
    assert rows(ledger, "identity-provider-sign-in-not-begun") == [" 127.0.0.1"]


def test_nobody_is_signed_in_as_a_stranger_by_the_strangers_address(provider: ExampleId, url: str) -> None:
    with at(url) as stranger, at(url) as victim:
        back = provider.enter(begins(stranger), "ben")
        begins(victim)
        assert refusal(victim.get(back)) == "This sign-in was not begun here"
        assert not is_in(victim)


def test_a_code_that_is_swapped_is_refused_because_it_belongs_to_another_browser(
    provider: ExampleId, url: str
) -> None:
    with at(url) as stranger, at(url) as victim:
        mine = provider.enter(begins(stranger), "ben")
        theirs = provider.enter(begins(victim), "ben")
        code = dict(parse_qsl(urlsplit(theirs).query))["code"]
        refused = stranger.get(changed(mine, code=code))  # PKCE
        assert refusal(refused) == "The identity provider refused its own code"
        assert not is_in(stranger)


def test_an_address_that_is_opened_again_signs_nobody_in(
    browser: httpx.Client, provider: ExampleId, url: str
) -> None:
    back = provider.enter(begins(browser), "ben")
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = browser.get(back)
    assert again.headers["location"] == "/account"  # the same browser just goes on
    with at(url) as thief:
        thief.cookies.update(kept)
        assert refusal(thief.get(back)) == "This sign-in was not begun here"
        assert not is_in(thief)


def test_a_code_that_was_used_elsewhere_is_refused(browser: httpx.Client, provider: ExampleId) -> None:
    back = provider.enter(begins(browser), "ben")
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    httpx.post(
        f"{provider.issuer}/token",
        data={"code": code},
        auth=(CLIENT_ID, "a%20secret%3A%20with%20%25%20and%20%C3%BC"),
    )
    assert refusal(browser.get(back)) == "The identity provider refused its own code"


def test_an_address_of_another_provider_is_refused(browser: httpx.Client, provider: ExampleId) -> None:
    back = provider.enter(begins(browser), "ben")
    assert "of another provider" in browser.get(changed(back, iss="https://elsewhere.invalid")).text


def test_whoever_stops_at_the_provider_is_told_so(browser: httpx.Client, provider: ExampleId) -> None:
    refused = browser.get(provider.enter(begins(browser), "ben", answer="no"))
    assert (refused.status_code, refusal(refused)) == (401, "The identity provider did not sign you in")
    assert come_back(browser, provider).status_code == 303


@pytest.mark.parametrize(
    "asked",
    [
        "https://elsewhere.invalid/admin",
        "//elsewhere.invalid",
        "/\\elsewhere.invalid",
        "/sign-in/provider",
        "/clinics",
        "/admin\r\nSet-Cookie: a=b",
    ],
)
def test_nobody_is_led_to_another_site_after_the_provider(
    browser: httpx.Client, provider: ExampleId, asked: str
) -> None:
    assert come_back(browser, provider, asked=asked).headers["location"] == "/account"


def test_two_tabs_sign_in_at_once(browser: httpx.Client, provider: ExampleId) -> None:
    first, second = begins(browser, "/account"), begins(browser, "/device")
    assert browser.get(provider.enter(second, "ben")).headers["location"] == "/device"
    assert browser.get(provider.enter(first, "ben")).headers["location"] == "/account"


def test_tabs_that_were_left_do_not_fill_the_headers(browser: httpx.Client, provider: ExampleId) -> None:
    for _ in range(30):
        begins(browser)
    assert len(browser.cookies) <= 7
    assert come_back(browser, provider).status_code == 303


def test_twenty_failures_of_one_address_are_enough(browser: httpx.Client, provider: ExampleId) -> None:  # noqa: ARG001
    answers = [browser.get(BACK, params={"state": str(place), "code": "x"}) for place in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert browser.get("/sign-in/provider").status_code == 429


def test_the_same_address_many_times_at_once_signs_in_once(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    back = provider.enter(begins(browser), "ben")
    kept = dict(browser.cookies)

    def open_it(_: int) -> int:
        return httpx.get(back, cookies=kept).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(open_it, range(8)))
    assert statuses[0] == 303
    assert set(statuses[1:]) <= {401, 429}
    assert len([row for row in rows(ledger, "sign-in") if row.startswith("ben ")]) == 1


def test_a_sign_in_that_one_service_began_ends_at_another(
    browser: httpx.Client,
    provider: ExampleId,
    provider_settings: IdentityProviderSettings,
    ledger: Ledger,
    users: Users,
) -> None:
    settings = Settings(path=ledger.folder, workers=0, identity_provider=provider_settings)
    expect(ledger, "ada")
    provider.add_person("ada")
    with temporary_service(settings, hashing=CHEAP) as second, at(second) as elsewhere:
        back = provider.enter(begins(browser), "ada")
        elsewhere.cookies.update(browser.cookies)
        page = elsewhere.get(second + BACK, params=dict(parse_qsl(urlsplit(back).query)))
        assert title(page) == "One more code"
        assert refusal(browser.get(back)) == "This sign-in was not begun here"  # the other one has used it up
        browser.cookies.update(elsewhere.cookies)
        done = browser.post("/sign-in/provider/code", data={"code": users["ada"].code()})
        assert done.status_code == 303
        assert is_in(browser)


@pytest.mark.parametrize("secret", ["", "another secret"])
def test_a_service_with_another_secret_opens_no_cookie_of_this_one(
    browser: httpx.Client,
    provider: ExampleId,
    folder: Path,
    provider_settings: IdentityProviderSettings,
    secret: str,
) -> None:
    """So whoever has a copy of the ledger alone can seal none."""
    other = provider_settings.model_copy(update={"client_secret": SecretStr(secret)})
    settings = Settings(path=folder, workers=0, identity_provider=other)
    with temporary_service(settings, hashing=CHEAP) as second, at(second) as elsewhere:
        back = provider.enter(begins(browser), "ben")
        elsewhere.cookies.update(browser.cookies)
        answered = elsewhere.get(second + BACK, params=dict(parse_qsl(urlsplit(back).query)))
    assert refusal(answered) == "This sign-in was not begun here"


# -- The provider does not do what it should


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@with_settings("provider_settings", [{"timeout_seconds": 1}], indirect=True)
@pytest.mark.parametrize(
    ("how", "heading"),
    [
        ("", "The identity provider does not answer"),
        ("slow ", "The identity provider does not answer"),
        ("large ", "The identity provider is not set up right"),
        ("moved ", "The identity provider is not set up right"),
    ],
)
def test_a_provider_that_fails_is_said_to(
    browser: httpx.Client, provider: ExampleId, path: str, how: str, heading: str
) -> None:
    provider.tell(fails=f"{how or 'broken '}{path}")
    begun = time.monotonic()
    answer = browser.get("/sign-in/provider")
    if path == "/token":
        answer = browser.get(provider.enter(answer.headers["location"], "ben"))
    assert (answer.status_code, refusal(answer)) == (503, heading)
    assert time.monotonic() - begun < 5
    assert title(answer) == "Sign in"  # the form for a password is still there
    provider.tell(fails="")
    assert come_back(browser, provider).status_code == 303


def test_a_provider_that_fails_keeps_nobody_from_a_password(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    for _ in range(25):
        provider.tell(fails="")
        back = provider.enter(begins(browser), "ben")
        provider.tell(fails="broken /token")
        assert browser.get(back).status_code == 503
    assert browser.post("/sign-in", data={"name": "mina", "password": PASSWORD}).status_code == 303
    assert rows(ledger, "identity-provider-unreachable")


def test_a_provider_that_is_not_there_is_said_to_be(folder: Path) -> None:
    with open_listener("127.0.0.1", 0) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    settings = IdentityProviderSettings(issuer=nowhere, client_id=CLIENT_ID)
    with (
        temporary_service(Settings(path=folder, workers=0, identity_provider=settings), hashing=CHEAP) as url,
        at(url) as browser,
    ):
        answer = browser.get("/sign-in/provider", params={"next": "/device"})
        assert refusal(answer) == "The identity provider does not answer"
        assert hidden(answer, "next") == "/device"


@pytest.mark.parametrize(
    "describes",
    [
        {"issuer": "https://elsewhere.invalid"}, {"issuer": None}, {"jwks_uri": "http://elsewhere.invalid/keys"},
        {"jwks_uri": "file:///etc/passwd"}, {"token_endpoint": None}, {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "https://somebody@elsewhere.invalid/token"}, {"authorization_endpoint": ["https://a.example"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_description_that_does_not_fit_leads_nowhere(
    browser: httpx.Client, provider: ExampleId, describes: dict[str, Any]
) -> None:
    provider.tell(describes=describes)
    assert refusal(browser.get("/sign-in/provider")) == "The identity provider is not set up right"


def test_a_wrong_secret_is_the_settings_fault(browser: httpx.Client, provider: ExampleId) -> None:
    provider.tell(client_secret="another")  # noqa: S106 - of nobody
    refused = come_back(browser, provider)
    assert refusal(refused) == "The identity provider is not set up right"
    assert "a secret" not in refused.text


def test_a_new_key_of_the_provider_counts_at_once(browser: httpx.Client, provider: ExampleId) -> None:
    address = begins(browser)
    time.sleep(1.1)
    httpx.post(f"{provider.issuer}/new-key")
    assert browser.get(provider.enter(address, "ben")).status_code == 303


@with_settings("provider_settings", [{"group_roles": GROUPS}], indirect=True)
def test_a_thin_proof_is_completed_by_asking_the_provider(
    browser: httpx.Client, provider: ExampleId, ledger: Ledger
) -> None:
    provider.add_person("ben", groups=["billing-managers"])
    provider.tell(thin=True)
    assert come_back(browser, provider).status_code == 303
    assert ledger.people.users.find("ben").role is Role.MANAGER


def test_what_the_provider_says_about_somebody_else_does_not_count(
    browser: httpx.Client, provider: ExampleId
) -> None:
    provider.tell(thin=True, claims={"sub": "somebody-else"})
    assert refusal(come_back(browser, provider)) == "The identity provider is not set up right"


# -- Another maintained provider


@pytest.fixture
def other_provider() -> Iterator[str]:
    """Run the package oidc-provider-mock, which other people wrote, with one person."""
    with open_listener("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
    person = json.dumps({"sub": "ben", "email": "ben@firm.example", "email_verified": True})
    program = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "oidc_provider_mock",
            "--port",
            str(port),
            "--user-claims",
            person,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{port}"
    try:
        wait_until_answering(f"{issuer}/jwks")
        yield issuer
    finally:
        program.kill()
        program.wait()


def test_a_provider_of_other_peoples_making_works(folder: Path, ledger: Ledger, other_provider: str) -> None:
    settings = IdentityProviderSettings(
        issuer=other_provider, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, fresh_minutes=0
    )
    with (
        temporary_service(Settings(path=folder, workers=0, identity_provider=settings), hashing=CHEAP) as url,
        at(url) as browser,
    ):
        sent = httpx.post(begins(browser), data={"sub": "ben"})
        done = browser.get(sent.headers["location"])
        assert done.headers["location"] == "/account", done.text
    assert ledger.people.users.find("ben").identity_tied_at
