"""How the add-in and the service recognize each other: files that the setup wrote for the user.

The token tells the service who calls. The certificate tells the add-in that the service is the user's
own, and not another program that took its port.
"""

import os
import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from addin.desktop.refusals import Refusal

LEDGER_VARIABLE = "CLINIC_LEDGER_PATH"
TOKEN_VARIABLE = "CLINIC_LEDGER_TOKEN"  # noqa: S105 - the name of the variable
CERTIFICATES_VARIABLE = "CLINIC_LEDGER_CERTIFICATES"
TOKEN_FILE = "desktop-token"  # noqa: S105 - the name of the file, in the ledger folder
_OWNER_ONLY = 0o600
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


class TokenMisspelled(Refusal):
    """The environment has something that is no token. Nothing is done as somebody else instead."""

    code = "token-misspelled"
    title = "That is no token"

    def __init__(self) -> None:
        super().__init__(
            f"{TOKEN_VARIABLE} does not hold a token of Clinic Ledger.",
            "Copy the whole token that clinicledger user token has shown, or remove the variable.",
        )


def usual_token_file() -> Path:
    """Return the default place of the token: the ledger folder."""
    return Path(os.environ.get(LEDGER_VARIABLE) or _data_folder(), TOKEN_FILE)


def usual_url(port: int = 8765) -> str:
    """Return the default address of the service. It is an HTTPS address once a certificate exists."""
    return f"https://localhost:{port}" if usual_authority().exists() else f"http://127.0.0.1:{port}"


def token_for(url: str, file: Path) -> str | None:
    """Return the token to show the service at ``url``, ``None`` if there is none or it must not be shown.

    It is shown to this computer, and to a service whose certificate proves that it has this address.
    """
    if not may_be_shown(url):
        return None
    try:
        token = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None  # the service then says what to do, if it needs a token
    return token if TOKEN.fullmatch(token) else None


def may_be_shown(url: str) -> bool:
    """Return whether a token may be shown to the service at ``url``."""
    return urlsplit(url).scheme == "https" or is_of_this_computer(url)


def token_of_program() -> str | None:
    """Return the token of a program that the environment has, ``None`` if it has none. Raises TokenMisspelled."""
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given and not TOKEN.fullmatch(given):
        raise TokenMisspelled
    return given or None


def is_of_this_computer(url: str) -> bool:
    """Return whether an address leads to this computer."""
    return _is_loopback(urlsplit(url).hostname or "")


def keep_token(file: Path, token: str) -> None:
    """Write a token into a file that only the user can read, in place of the one before."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(
        os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="ascii"
    ) as new:
        new.write(f"{token}\n")
    written.replace(file)


def forget_token(file: Path) -> None:
    """Remove a token that was kept."""
    file.unlink(missing_ok=True)


def tls_context(url: str) -> ssl.SSLContext:
    """Return the TLS context that checks the service at ``url``. On this computer it trusts the user's own authority.

    Reading the authorities that the system trusts takes longer than a click, so we only do it for other
    computers. Raises OSError for an authority that cannot be read (``ssl.SSLError`` is one).
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if is_of_this_computer(url) and usual_authority().exists():
        return ssl.create_default_context(cafile=usual_authority())
    return ssl.create_default_context()


def usual_authority() -> Path:
    """Return the default place of the certificate of the user's own authority."""
    folder = os.environ.get(CERTIFICATES_VARIABLE)
    return Path(folder or _data_folder() / "certificates", "authority.pem")


def _data_folder() -> Path:
    return user_data_path("Clinic Ledger", appauthor=False)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
