"""The addresses of the pages for a browser. Their session is in a cookie, and what they send is a form."""

import re

PAGES = re.compile(r"/(?:sign-in|sign-out|new-password|account|device|admin|attorney|firm)(?:/.*)?")

PROVIDER_PAGE = "/sign-in/provider"
"""Where signing in at the firm's identity provider begins. What belongs to it is below this address."""

OPEN_PAGES = frozenset(
    {
        "/sign-in",
        "/sign-in/app",
        "/sign-out",
        "/new-password",
        PROVIDER_PAGE,
        f"{PROVIDER_PAGE}/back",
        f"{PROVIDER_PAGE}/code",
        f"{PROVIDER_PAGE}/app",
    }
)
"""Pages that anybody may open. None of them shows data of a clinic."""

PAGE_COOKIE = "clinicledger"
"""The name of the cookie that holds the token of a page's session, on this computer."""

ENCRYPTED_PAGE_COOKIE = f"__Host-{PAGE_COOKIE}"
"""Its name where the pages are encrypted: browsers take a cookie with this prefix from this very name only, over HTTPS. Otherwise
another service under a neighboring name could sign a browser in as somebody else."""


def page_cookie(scheme: str) -> str:
    """Return the name of the cookie of a page's session, for a request over ``http`` or ``https``."""
    return ENCRYPTED_PAGE_COOKIE if scheme == "https" else PAGE_COOKIE


def is_page(path: str) -> bool:
    """Return whether a path is of a page for a browser."""
    return PAGES.fullmatch(path) is not None
