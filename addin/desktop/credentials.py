"""What the add-in and the service know each other by: files that setting-up left with the user.

The token says to the service who calls. The certificate says to the add-in that the service at the
other end is the user's own, and not another program that took its port.
"""

import os
import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

LEDGER_VARIABLE = "CLINIC_LEDGER_PATH"
CERTIFICATES_VARIABLE = "CLINIC_LEDGER_CERTIFICATES"
TOKEN_FILE = "desktop-token"  # noqa: S105 - the name of the file, in the ledger folder
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


def usual_token_file() -> Path:
    """Return where the token is when nobody says otherwise: in the ledger folder."""
    return Path(os.environ.get(LEDGER_VARIABLE) or _data_folder(), TOKEN_FILE)


def usual_url(port: int = 8765) -> str:
    """Return where the service is when nobody says otherwise: over HTTPS once a certificate was made."""
    return f"https://localhost:{port}" if usual_authority().exists() else f"http://127.0.0.1:{port}"


def token_for(url: str, file: Path) -> str | None:
    """Return the token to show the service at ``url``, ``None`` if there is none or it must not be shown.

    It is shown to this computer, and to whoever proves by a certificate to be the one addressed.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        return None
    try:
        token = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None  # the service then says what to do, if it wants one at all
    return token if TOKEN.fullmatch(token) else None


def verification(url: str) -> ssl.SSLContext:
    """Return how the service at ``url`` is to prove itself: on this computer by the user's own authority.

    Reading the authorities the system trusts takes longer than a click, so that is done for other
    computers only. Raises OSError for an authority that cannot be read (``ssl.SSLError`` is one).
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if _is_loopback(parts.hostname or "") and usual_authority().exists():
        return ssl.create_default_context(cafile=usual_authority())
    return ssl.create_default_context()


def usual_authority() -> Path:
    """Return where the certificate of the user's own authority is when nobody says otherwise."""
    folder = os.environ.get(CERTIFICATES_VARIABLE)
    return Path(folder or _data_folder() / "certificates", "authority.pem")


def _data_folder() -> Path:
    return user_data_path("Clinic Ledger", appauthor=False)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
