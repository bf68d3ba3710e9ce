"""Chromium, with nothing switched off, believes the service on this computer and no thief of its key."""

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from playwright.sync_api import Browser, Error, Playwright

from server.certificates import Certificates
from server.cli import trust
from tests.browser.browsers import CHROMIUM
from tests.security.test_certificates import serving, signed_for


@pytest.fixture
def home(tmp_path: Path, certificates: Certificates) -> Path:
    """Somebody's home, in which ``addin certificate --trust`` was run."""
    if not shutil.which("certutil"):
        pytest.skip("certutil is not installed (Debian: libnss3-tools)")
    folder = tmp_path / "home"
    folder.mkdir()
    for step in trust.trust_steps(trust.LINUX, certificates, folder):
        assert trust.take_step(step) is None
    return folder


@pytest.fixture
def browser(home: Path, playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--host-resolver-rules=MAP bank.invalid 127.0.0.1"],
        env={"HOME": str(home)},
    ) as launched:
        yield launched


def seen(browser: Browser, context: ssl.SSLContext, host: str) -> str:
    """Return what a browser shows that asks ``host`` and reaches a server with ``context``."""
    with serving(context) as port:
        page = browser.new_page()
        try:
            page.goto(f"https://{host}:{port}")
        except Error as problem:
            return problem.message
        return page.content()


def test_a_browser_believes_the_service_once_the_authority_is_trusted(
    browser: Browser, certificates: Certificates
) -> None:
    assert "reached" in seen(browser, certificates.ssl_context(), "localhost")
    assert "reached" in seen(browser, certificates.ssl_context(), "127.0.0.1")


def test_a_browser_believes_no_other_name_from_the_same_authority(
    browser: Browser, certificates: Certificates, tmp_path: Path
) -> None:
    stolen = signed_for(certificates, x509.DNSName("bank.invalid"), tmp_path)
    assert "ERR_CERT_" in seen(browser, stolen, "bank.invalid")
    assert "ERR_CERT_" in seen(browser, stolen, "localhost")


def test_a_browser_believes_nothing_after_the_trust_was_taken_back(
    home: Path, browser: Browser, certificates: Certificates
) -> None:
    for step in trust.forget_steps(trust.LINUX, certificates, home):
        assert trust.take_step(step) is None
    assert "ERR_CERT_AUTHORITY_INVALID" in seen(browser, certificates.ssl_context(), "localhost")
