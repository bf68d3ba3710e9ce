"""What is added to the address of a database: how long a server that does not answer is waited for, and which of several
servers is used.
"""

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from server.errors import DatabaseNotPrepared

_WAITS = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
"""Seconds for one server to take a connection. A server whose computer or network is gone is noticed after 10 to 15 seconds;
``tcp_user_timeout`` is in milliseconds.
"""


def parameters_of(address: str) -> dict[str, str]:
    """Return the parameters that an address names. Raises ``DatabaseNotPrepared`` if it names no role or is no address."""
    try:
        named = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.ProgrammingError:
        named = {}
    if not named.get("user"):
        raise DatabaseNotPrepared(
            "is named by an address that is not complete",
            "Write it as postgresql://role@host/database, with the role that the service signs in as.",
        ) from None  # the message of the other error repeats the address, which may hold a password
    return named


def complete_address(address: str) -> str:
    """Return an address with what it does not say itself: the waits, and to use the server of several that can be written to.

    Raises ``DatabaseNotPrepared`` as ``parameters_of`` does.
    """
    named = parameters_of(address)
    added: dict[str, int | str] = dict(_WAITS)
    if "," in named.get("host", "") + named.get("hostaddr", ""):
        added["target_session_attrs"] = "read-write"
    return make_conninfo("", **{name: value for name, value in added.items() if name not in named}, **named)
