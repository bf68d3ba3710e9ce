"""What each system is told, word for word: nobody has Windows or macOS here to try it on."""

from pathlib import Path

import pytest

from server.certificates import Certificates
from server.cli import trust

HOME = Path("/home/somebody")
KEYCHAIN = "/home/somebody/Library/Keychains/login.keychain-db"


def test_windows_keeps_trust_in_the_users_own_store(certificates: Certificates) -> None:
    (trusted,) = trust.trust_steps("Windows", certificates, HOME)
    (forgotten,) = trust.forget_steps("Windows", certificates, HOME)
    assert trusted.command_line() == f"certutil -user -addstore Root {certificates.authority}"
    assert forgotten.command_line() == f"certutil -user -delstore Root {certificates.fingerprint()}"


def test_macos_keeps_trust_in_the_login_keychain(certificates: Certificates) -> None:
    (trusted,) = trust.trust_steps("macOS", certificates, HOME)
    (forgotten,) = trust.forget_steps("macOS", certificates, HOME)
    assert trusted.command_line() == (
        f"security add-trusted-cert -r trustRoot -k {KEYCHAIN} {certificates.authority}"
    )
    assert (
        forgotten.command_line()
        == f"security delete-certificate -t -Z {certificates.fingerprint()} {KEYCHAIN}"
    )


def test_no_step_asks_for_an_administrator(certificates: Certificates) -> None:
    for system in ("Windows", "macOS", "Linux"):
        for step in (
            *trust.trust_steps(system, certificates, HOME),
            *trust.forget_steps(system, certificates, HOME),
        ):
            assert "sudo" not in step.command


def test_a_path_with_a_space_is_shown_as_it_has_to_be_typed() -> None:
    assert trust.Step(("certutil", "-i", "/home/some body/a.pem"), "").command_line() == (
        'certutil -i "/home/some body/a.pem"'
    )


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("no-such-program",), "no-such-program is not installed"),
        (("false",), "exit 1"),
        (("ls", "/nowhere"), "/nowhere"),
    ],
)
def test_a_step_that_fails_says_why(command: tuple[str, ...], told: str) -> None:
    assert told in (trust.take_step(trust.Step(command, "")) or "")
