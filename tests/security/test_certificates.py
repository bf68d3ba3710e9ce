"""An authority for this computer and nothing else, and a leaf that never ends in somebody's hands."""

import ssl
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from server.certificates import LEAF_DAYS, RENEW_DAYS, Certificates, Signed, new_leaf
from server.errors import CertificateUnusable
from tests.security.conftest import NOW

FILES = ["authority-key.pem", "authority.pem", "localhost.pem"]


class Page(BaseHTTPRequestHandler):
    """A page that says that it was reached."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>reached</p>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that turns away is what these tests are about."""


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[int]:
    """Show a page over HTTPS on a free port of this computer."""
    with Quiet(("127.0.0.1", 0), Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def signed_for(certificates: Certificates, name: x509.GeneralName, folder: Path) -> ssl.SSLContext:
    """Return what somebody who stole the authority's key would show."""
    authority = Signed.of((certificates.folder / "authority-key.pem").read_bytes())
    path = folder / "stolen.pem"
    path.write_bytes(new_leaf(authority, [name], NOW).pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def trusting(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificates.authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 does of itself
    return context


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_service_is_believed_under_the_names_of_this_computer(
    certificates: Certificates, host: str
) -> None:
    with serving(certificates.ssl_context()) as port:
        assert "reached" in httpx.get(f"https://{host}:{port}", verify=trusting(certificates)).text


@pytest.mark.parametrize(
    "name", [x509.DNSName("bank.invalid"), x509.IPAddress(ip_address("203.0.113.7"))], ids=["name", "address"]
)
def test_nothing_else_the_authority_signs_is_believed(
    certificates: Certificates, name: x509.GeneralName, tmp_path: Path
) -> None:
    with serving(signed_for(certificates, name, tmp_path)) as port:
        context = trusting(certificates)
        context.check_hostname = False  # so that the authority's own limits are what refuses it
        with pytest.raises(httpx.ConnectError, match="permitted subtree violation"):
            httpx.get(f"https://localhost:{port}", verify=context)


def test_a_program_that_does_not_know_the_authority_does_not_believe_it(certificates: Certificates) -> None:
    with (
        serving(certificates.ssl_context()) as port,
        pytest.raises(httpx.ConnectError, match="verify failed"),
    ):
        httpx.get(f"https://localhost:{port}", verify=ssl.create_default_context())


def test_keys_are_for_their_user_only(certificates: Certificates) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in certificates.folder.iterdir()}
    assert modes == dict(zip(FILES, [0o600, 0o644, 0o600], strict=True))
    assert stat.S_IMODE(certificates.folder.stat().st_mode) == 0o700
    assert b"PRIVATE" not in certificates.authority.read_bytes()


def test_making_again_keeps_the_authority_people_have_trusted(certificates: Certificates) -> None:
    before = [(certificates.folder / name).read_bytes() for name in FILES]
    assert not certificates.make(NOW)
    assert [(certificates.folder / name).read_bytes() for name in FILES] == before


def test_the_leaf_is_renewed_a_month_before_it_ends(certificates: Certificates) -> None:
    almost = NOW + timedelta(days=LEAF_DAYS - RENEW_DAYS)
    assert not certificates.renew(almost - timedelta(minutes=1))
    assert certificates.renew(almost)
    assert certificates.ends() >= almost + timedelta(days=LEAF_DAYS, minutes=-1)


def test_a_running_service_shows_the_new_leaf_to_its_next_client(certificates: Certificates) -> None:
    context = certificates.ssl_context()
    with serving(context) as port:
        first = ssl.get_server_certificate(("127.0.0.1", port))
        certificates.renew(NOW + timedelta(days=LEAF_DAYS))
        certificates.load_into(context)
        assert ssl.get_server_certificate(("127.0.0.1", port)) != first


def test_an_authority_about_to_end_is_made_anew_and_signs_the_leaf(certificates: Certificates) -> None:
    old = certificates.fingerprint()
    assert certificates.make(NOW + timedelta(days=3640))
    assert certificates.fingerprint() != old
    assert not certificates.renew(NOW + timedelta(days=3640))


def test_renewing_never_changes_the_authority_people_have_trusted(certificates: Certificates) -> None:
    trusted = certificates.authority.read_bytes()
    certificates.renew(NOW + timedelta(days=3640))
    assert certificates.authority.read_bytes() == trusted


def test_the_certificate_to_trust_is_put_back_when_somebody_lost_it(certificates: Certificates) -> None:
    trusted = certificates.authority.read_bytes()
    certificates.authority.unlink()
    certificates.renew(NOW)
    assert certificates.authority.read_bytes() == trusted


def test_two_who_make_certificates_at_once_end_with_a_set_that_fits(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path / "certificates")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(certificates.make, [NOW] * 8))
    certificates.make(NOW)
    with serving(certificates.ssl_context()) as port:
        assert httpx.get(f"https://localhost:{port}", verify=trusting(certificates)).status_code == 200
    assert sorted(path.name for path in certificates.folder.iterdir()) == FILES


@pytest.mark.parametrize("name", ["authority-key.pem", "localhost.pem"])
@pytest.mark.parametrize("content", [b"", b"\xff\0", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_file_is_named_with_its_remedy(
    certificates: Certificates, name: str, content: bytes
) -> None:
    (certificates.folder / name).write_bytes(content)
    with pytest.raises(CertificateUnusable, match=name) as caught:
        certificates.make(NOW)
    assert "--remove" in caught.value.remedy


def test_a_key_beside_another_certificate_is_named(certificates: Certificates, tmp_path: Path) -> None:
    other = Certificates(tmp_path / "other")
    other.make(NOW)
    mixed = certificates.authority.read_bytes() + (other.folder / "authority-key.pem").read_bytes()
    (certificates.folder / "authority-key.pem").write_bytes(mixed)
    with pytest.raises(CertificateUnusable, match="damaged"):
        certificates.make(NOW)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "certificates").touch()
    with pytest.raises(CertificateUnusable, match="certificates"):
        Certificates(tmp_path / "certificates").make(NOW)


def test_removing_leaves_what_was_there_before(certificates: Certificates) -> None:
    (certificates.folder / "mine.txt").touch()
    certificates.remove()
    certificates.remove()
    assert [path.name for path in certificates.folder.iterdir()] == ["mine.txt"]
    assert not certificates.exist()
