"""The pages for people in a real browser: forms that a browser sends, what axe-core says, a phone, and the printer."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from server.billing.people import Role
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.browser.test_accessibility import axe, complaints
from tests.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.people import CHEAP, LAKESIDE_ONLY, PASSWORD, InventedUser, add_user, opened, with_app
from tests.ribbon.clicks import HARBOR, a_ledger

__all__ = ["axe"]

SIZES = {"phone": (320, 640), "desktop": (1280, 800)}
NEW_WORDS = "four patient kettles whistle"
PAGES = ("/admin", "/admin/users/ben", "/admin/access", "/account", "/device")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, InventedUser]:
    ledger = opened(a_ledger(tmp_path_factory.mktemp("pages") / "ledger", LAKESIDE, HARBOR).folder)
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    add_user(ledger, "ben", "Ben Biller", Role.BILLER, clinics=LAKESIDE_ONLY)
    add_user(ledger, "nora", "Nora New", Role.ADMINISTRATOR)
    ledger.close()
    return ledger.folder, ada


@pytest.fixture
def ledger(made: tuple[Path, InventedUser], tmp_path: Path) -> Ledger:
    return opened(Path(shutil.copytree(made[0], tmp_path / "ledger")))


@pytest.fixture
def url(ledger: Ledger) -> Iterator[str]:
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as address:
        yield address


@pytest.fixture(params=[("phone", "dark"), ("desktop", "light"), ("desktop", "dark")], ids="-".join)
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


def fill_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button.main")


def sign_in(page: Page, url: str, user: InventedUser, asked: str = "/admin") -> None:
    page.goto(f"{url}{asked}")
    fill_in(page, name=user.name, password=PASSWORD)
    fill_in(page, password=PASSWORD, code=user.code())


def fits(page: Page) -> bool:
    """Return whether nothing is wider than the window, so that nobody scrolls sideways to read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_every_page_is_accessible_and_fits_the_window(
    axe: str, context: BrowserContext, url: str, ledger: Ledger, made: tuple[Path, InventedUser]
) -> None:
    page = context.new_page()
    wrong = {}
    for asked in ("/sign-in", "/new-password"):
        page.goto(f"{url}{asked}")
        wrong[asked] = (complaints(axe, page), fits(page))
    page.goto(f"{url}/sign-in")
    fill_in(page, name="nora", password=PASSWORD)
    wrong["authenticator"] = (complaints(axe, page), fits(page))
    sign_in(page, url, made[1])
    codes = ledger.people.devices.begin("Excel on FRONT-DESK", "192.0.2.10")
    for asked in (*PAGES, f"/device?code={codes.user_code}", "/admin/nowhere"):
        page.goto(f"{url}{asked}")
        wrong[asked] = (complaints(axe, page), fits(page))
    assert {asked: told for asked, told in wrong.items() if told != ([], True)} == {}


def test_the_pages_of_an_attorney_are_accessible_and_fit_the_window(
    axe: str, context: BrowserContext, url: str, ledger: Ledger
) -> None:
    created(ledger.clinic("lakeside"), a_draft(attorney="Fern Invented Esq."))
    fern = with_app(
        ledger, add_user(ledger, "fern", "Fern Invented", Role.ATTORNEY, attorney="Fern Invented Esq.")
    )
    page = context.new_page()
    sign_in(page, url, fern, "/attorney")
    wrong = {}
    for asked in ("/attorney", "/attorney/lakeside/1", "/attorney/lakeside/99"):
        page.goto(f"{url}{asked}")
        wrong[asked] = (complaints(axe, page), fits(page))
    assert {asked: told for asked, told in wrong.items() if told != ([], True)} == {}


def test_the_page_of_the_firm_is_accessible_and_fits_the_window(
    axe: str, context: BrowserContext, url: str, ledger: Ledger, made: tuple[Path, InventedUser]
) -> None:
    created(ledger.clinic("lakeside"), a_draft(cents=1_234_567_89), a_draft("Patient Two"))
    created(ledger.clinic("harbor"), a_draft("Patient Three"))
    page = context.new_page()
    sign_in(page, url, made[1], "/firm")
    assert page.locator("tbody tr").count() == 2
    assert (complaints(axe, page), fits(page)) == ([], True)
    cells = page.locator("td")
    assert cells.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length") == 0

    for part in (ledger.folder / "clinics").glob("harbor.db*"):
        part.unlink()
    page.reload()
    assert page.get_by_text("harbor.db").is_visible()
    assert (complaints(axe, page), fits(page)) == ([], True)


def test_a_case_can_be_read_on_a_phone_and_is_printed_without_what_is_for_the_screen(
    browser: Browser, url: str, ledger: Ledger
) -> None:
    created(ledger.clinic("lakeside"), a_draft("Invented" * 12, case="Case" * 20, attorney="Fern Invented"))
    fern = with_app(ledger, add_user(ledger, "fern", "Fern Two", Role.ATTORNEY, attorney="Fern Invented"))
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.set_default_timeout(20_000)
    sign_in(page, url, fern, "/attorney")
    cells = page.locator("td")
    assert cells.count() > 1
    assert cells.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0
    assert set(cells.evaluate_all("all => all.map(one => getComputedStyle(one).textAlign)")) == {"left"}

    page.goto(f"{url}/attorney/lakeside/1")
    page.get_by_role("button", name="Ask for the status").click()
    on_paper, on_screen = ("h1", "h2", "table"), ("nav", "footer", ".screen", ".note")
    assert all(page.locator(one).first.is_visible() for one in on_paper + on_screen)
    page.emulate_media(media="print")
    assert all(page.locator(one).first.is_visible() for one in on_paper)
    assert not any(page.locator(one).first.is_visible() for one in on_screen)
    assert page.title() == "Case - Clinic Ledger"
    page.close()


def test_a_browser_signs_in_adds_a_user_and_signs_out(
    browser: Browser, url: str, ledger: Ledger, made: tuple[Path, InventedUser]
) -> None:
    """With the pages' own policy, and headers that a browser makes itself."""
    page = browser.new_page()
    page.set_default_timeout(20_000)
    sign_in(page, url, made[1])
    page.fill("#sign_in_name", "vera")
    page.fill("#full_name", "Vera Viewer")
    page.check("input[value=viewer]")
    page.check("input[value=lakeside]")
    page.click("text=Add the user")
    said = page.text_content("[role=status]") or ""
    address = next(word for word in said.split() if word.startswith(url))
    page.click("text=Sign out Ada Admin")
    assert page.text_content("h1") == "Sign in"
    page.goto(f"{url}/admin")
    assert page.text_content("h1") == "Sign in"

    page.goto(address)
    fill_in(page, password=NEW_WORDS, again=NEW_WORDS)
    fill_in(page, password=NEW_WORDS)
    assert page.text_content("h1") == "Vera Viewer"
    assert ledger.people.users.find("vera").clinics == LAKESIDE_ONLY
    page.close()


def test_a_page_goes_away_when_its_session_ends(browser: Browser, ledger: Ledger) -> None:
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url:
        page = browser.new_page()
        page.goto(f"{url}/sign-in")
        fill_in(page, name="ben", password=PASSWORD)
        answer = page.goto(f"{url}/account")
        assert answer
        assert answer.headers["refresh"] == "900; url=/sign-in?ended=1"
        page.close()
