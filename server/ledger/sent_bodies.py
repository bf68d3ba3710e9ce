"""Bodies of requests that are too large for a gateway: a client leaves each in the store, and the request refers to it.

A reference has a random part, the size and the digest of the body. The name of its object is made from the reference and
the token of the sender, so a reference leads nobody else to a body, and there is no list of them to keep
(docs/adr/0070-the-service-as-a-function.md).
"""

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from pydantic import SecretStr

from server.errors import SentBodyUnusable
from server.ledger.clock import utc_now
from server.ledger.objects.object_store import ObjectStore

SENT_WITHIN = timedelta(minutes=10)
"""How long the signed address counts. A transfer that began before its end goes on."""

USED_WITHIN = timedelta(hours=1)
"""How long a body can be used, from the end of its transfer, by the clock of the store."""

MARKED = timedelta(days=1)
"""How long it is known that a body was taken. A slow transfer to its address may end long after the address counts."""

LARGEST_SIZE = 999_999_999_999
"""The most bytes that a reference can name."""

_TAKEN = "taken/"
_REFERENCE = re.compile(r"[0-9a-f]{32}\.(?P<size>[1-9][0-9]{0,11})\.(?P<digest>[0-9a-f]{64})")


class BodyPlace(NamedTuple):
    """Where a body is put with one PUT, and the reference that the request sends in its place. Never log the address."""

    reference: str
    address: SecretStr


class SentBodies:
    """The bodies in a store of their own: ``sent/<name>.body``, and ``taken/<name>.mark`` for each that was used."""

    def __init__(self, store: ObjectStore, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now

    def place_for(self, sender: str, size: int, digest: str) -> BodyPlace | None:
        """Return the place of a body of ``size`` bytes with a SHA-256 digest; ``None`` if the store has no such places.

        ``sender`` is the token of the one who will use it.
        """
        reference = f"{secrets.token_hex(16)}.{size}.{digest}"
        address = self._store.upload_address(_body_of(_name_of(sender, reference)), SENT_WITHIN)
        return BodyPlace(reference, address) if address else None

    def take(self, sender: str, reference: str) -> bytes:
        """Return a body and remove it: it can be taken once, the store decides by whom.

        Raises SentBodyUnusable if nothing is there, it is too old or was taken, it is another sender's, or if it is not what was
        announced. Whatever else is there under its name is never read whole.
        """
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            raise SentBodyUnusable
        name = _name_of(sender, reference)
        found = self._store.read_up_to(_body_of(name), int(parts["size"]))
        if found is None or abs(self._now() - found.changed_at) > USED_WITHIN:
            raise SentBodyUnusable
        if sha256(found.data).hexdigest() != parts["digest"] or len(found.data) != int(parts["size"]):
            raise SentBodyUnusable
        if not self._store.write_new(f"{_TAKEN}{name}.mark", b"taken"):
            raise SentBodyUnusable
        self._store.remove([_body_of(name)])
        return found.data

    def tidy(self) -> int:
        """Remove bodies that can no longer be used, and marks that matter to none; return how many."""
        return self._store.remove(
            [name for name, changed_at in self._store.list_names() if self._is_over(name, changed_at)]
        )

    def _is_over(self, name: str, changed_at: datetime) -> bool:
        return abs(self._now() - changed_at) > (MARKED if name.startswith(_TAKEN) else USED_WITHIN)


def announced_size(reference: str) -> int | None:
    """Return how many bytes the body of a reference has; ``None`` if the text is no reference."""
    parts = _REFERENCE.fullmatch(reference)
    return int(parts["size"]) if parts else None


def _name_of(sender: str, reference: str) -> str:
    return hmac.new(sender.encode(), reference.encode(), sha256).hexdigest()


def _body_of(name: str) -> str:
    return f"sent/{name}.body"
