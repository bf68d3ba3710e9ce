"""Signing in at the firm's identity provider in a real browser, which follows redirects and keeps cookies as browsers do."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import temporary_service
from server.identity_provider_settings import IdentityProviderSettings
from server.ledger.store import Ledger
from server.settings import Settings
from tests.browser.test_accessibility import axe, complaints
from tests.browser.test_pages import SIZES, fits
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, ExampleId, example_id
from tests.invented import LAKESIDE
from tests.people import CHEAP, LAKESIDE_ONLY, InventedUser, add_user, opened, with_app
from tests.ribbon.clicks import HARBOR, a_ledger

__all__ = ["axe"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, InventedUser]:
    ledger = opened(a_ledger(tmp_path_factory.mktemp("provider") / "ledger", LAKESIDE, HARBOR).folder)
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    add_user(ledger, "ben", "Ben Biller", Role.BILLER, clinics=LAKESIDE_ONLY)
    for name in ("ada", "ben"):
        ledger.people.identity_accounts.expect(LOCAL_PERSON, name, f"{name}@firm.example")
    ledger.close()
    return ledger.folder, ada


@pytest.fixture
def ledger(made: tuple[Path, InventedUser], tmp_path: Path) -> Iterator[Ledger]:
    found = opened(Path(shutil.copytree(made[0], tmp_path / "ledger")))
    yield found
    found.close()


@pytest.fixture(scope="module")
def running() -> Iterator[ExampleId]:
    with example_id() as provider:
        yield provider


@pytest.fixture
def url(ledger: Ledger, running: ExampleId) -> Iterator[str]:
    provider = IdentityProviderSettings(
        issuer=running.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, label="Example ID"
    )
    settings = Settings(path=ledger.folder, workers=0, identity_provider=provider)
    with temporary_service(settings, hashing=CHEAP) as address:
        # another name than the provider's, so that the browser takes the two for different sites
        here = address.replace("127.0.0.1", "localhost")
        running.tell(people={}, redirect=f"{here}/sign-in/provider/back")
        for name in ("ada", "ben", "eve"):
            running.add_person(name)
        yield here


@pytest.fixture(params=[("phone", "dark"), ("desktop", "light")], ids="-".join)
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    size, scheme = request.param
    width, height = SIZES[size]
    # axe-core is a script, which the pages' own policy keeps out
    opened_context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    )
    opened_context.set_default_timeout(20_000)
    yield opened_context
    opened_context.close()


@pytest.fixture
def strict_page(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser that obeys the pages' policy."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def enter(page: Page, name: str) -> None:
    """Press the button of the sign-in page, and sign in at the provider."""
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.locator("input[name=name]").fill(name)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_signs_a_device_in_with_the_provider(strict_page: Page, url: str, ledger: Ledger) -> None:
    codes = ledger.people.devices.begin("Excel of the tests", "127.0.0.1")
    strict_page.goto(f"{url}/device?code={codes.user_code}")
    enter(strict_page, "ben")
    expect(strict_page.locator(".code")).to_have_text(codes.user_code)
    strict_page.get_by_role("button", name="Yes, sign it in").click()
    expect(strict_page.get_by_role("status")).to_contain_text("Excel is signed in")
    token = ledger.people.devices.poll(codes.device_code, "127.0.0.1")
    assert ledger.people.sessions.identify(token).name == "Ben Biller"


def test_an_administrator_types_the_code_of_the_app_and_sees_the_users(
    strict_page: Page, url: str, made: tuple[Path, InventedUser]
) -> None:
    strict_page.goto(f"{url}/admin")
    enter(strict_page, "ada")
    strict_page.get_by_label("Code of your authenticator app").fill(made[1].code())
    strict_page.get_by_role("button", name="Sign in").click()
    expect(strict_page.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    strict_page.get_by_role("link", name="Ben Biller").click()
    field = strict_page.get_by_label("Name at Example ID")
    expect(field).to_have_value("ben@firm.example")
    field.fill("benjamin@firm.example")
    strict_page.get_by_role("button", name="Save the name").click()
    expect(strict_page.get_by_role("status")).to_contain_text("as benjamin@firm.example")


def test_two_tabs_of_one_browser_both_come_back(strict_page: Page, url: str) -> None:
    other = strict_page.context.new_page()
    for page in (strict_page, other):
        page.goto(f"{url}/sign-in")
        page.get_by_role("link", name="Sign in with Example ID").click()
    for page in (strict_page, other):
        page.locator("input[name=name]").fill("ben")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Ben Biller")).to_be_visible()


def test_the_pages_are_accessible_and_fit(
    context: BrowserContext, url: str, axe: str, made: tuple[Path, InventedUser]
) -> None:
    page = context.new_page()
    found = {}
    page.goto(f"{url}/sign-in")
    found["sign-in"] = complaints(axe, page), fits(page)
    enter(page, "eve")
    expect(page.get_by_role("alert")).to_contain_text("eve@firm.example")
    found["unknown"] = complaints(axe, page), fits(page)
    enter(page, "ada")
    expect(page.get_by_role("heading", name="One more code")).to_be_visible()
    found["code"] = complaints(axe, page), fits(page)
    page.get_by_label("Code of your authenticator app").fill(made[1].code())
    page.get_by_role("button", name="Sign in").click()
    for path in ("/admin/users/ben", "/account", "/admin"):
        page.goto(url + path)
        found[path] = complaints(axe, page), fits(page)
    assert found == dict.fromkeys(found, ([], True))
