"""Finished workbooks and papers, kept for a limited time so that the add-in can fetch them.

These are copies for download, not books: if one is lost, the button is pressed again.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

from pydantic import SecretStr

from server.errors import UnknownOutput
from server.ledger import clinic_ids
from server.ledger.clock import utc_now
from server.ledger.objects.object_store import Download, ObjectStore

NO_CLINIC = "_new"
"""The folder of files that belong to no clinic yet. It is not an id that a clinic can have."""

ANSWERS = "_answers"
"""The folder of answers that were too large for the way to the client. It is not an id that a clinic can have."""

_ID = re.compile(rf"(?P<clinic>{NO_CLINIC}|{clinic_ids.PATTERN})\.(?P<token>[0-9a-f]{{32}})")

KEPT = timedelta(days=1)
"""How long a workbook can be fetched if nothing else is set."""

Ending = Literal["xlsx", "pdf", "zip", "png", "jpg", "tif", "txt", "csv", "journal", "beancount"]
"""What a kept file is, and how its name ends."""


def clinic_of_output(output_id: str) -> str:
    """Return the clinic that a kept file belongs to, or NO_CLINIC. Raises UnknownOutput for a malformed id."""
    parts = _ID.fullmatch(output_id)
    if parts is None:
        raise UnknownOutput
    return parts["clinic"]


class KeptFile(NamedTuple):
    """The bytes of a kept file, and what they are."""

    ending: Ending
    data: bytes


class Outputs:
    """The finished files of a ledger: ``<clinic>/<token>.<ending>`` in a store of their own.

    The store says when a file was made. ``period`` is how long it can be fetched.
    """

    def __init__(
        self, store: ObjectStore, now: Callable[[], datetime] = utc_now, period: timedelta = KEPT
    ) -> None:
        self._store = store
        self._now = now
        self._period = period

    def keep(self, clinic_id: str, data: bytes, ending: Ending = "xlsx") -> str:
        """Keep a file of a clinic, or of NO_CLINIC; return its id, ``<clinic>.<random token>``, which cannot be guessed.

        A reader always finds all of it, or nothing. After a power cut it may be lost: the button is pressed again.
        """
        token = secrets.token_hex(16)
        folder = NO_CLINIC if clinic_id == NO_CLINIC else clinic_ids.check_clinic_id(clinic_id)
        self._store.write(f"{folder}/{token}.{ending}", data)
        return f"{clinic_id}.{token}"

    def read(self, output_id: str) -> KeptFile:
        """Return a kept file with its bytes; refuses an id that is malformed or not kept, and a file past its period."""
        for ending, name in _names_of(output_id):
            found = self._store.read(name)
            if found and not self._is_expired(found.changed_at):
                return KeptFile(ending, found.data)
        raise UnknownOutput

    def download_address(self, output_id: str, valid_for: timedelta) -> SecretStr | None:
        """Return an address from which anybody can fetch a kept file for a limited time; ``None`` if the store has none.

        Refuses what ``read`` refuses. Never log the address.
        """
        for _, name in _names_of(output_id):
            changed_at = self._store.changed_at(name)
            if changed_at and not self._is_expired(changed_at):
                return self._store.download_address(name, valid_for)
        raise UnknownOutput

    def hand_over(self, data: bytes, download: Download, valid_for: timedelta) -> SecretStr | None:
        """Keep the bytes of an answer, and return an address from which anybody can fetch them for a limited time.

        ``None`` if the store has no such addresses; then nothing is kept. No id leads to them. Never log the address.
        """
        name = f"{ANSWERS}/{secrets.token_hex(16)}.answer"
        address = self._store.download_address(name, valid_for)
        if address is not None:
            self._store.write_download(name, data, download)
        return address

    def tidy(self) -> int:
        """Remove files past their period, including unfinished ones; return how many."""
        return self._store.remove(
            [name for name, changed_at in self._store.list_names() if self._is_expired(changed_at)]
        )

    def _is_expired(self, changed_at: datetime) -> bool:
        """Return whether a file is older than the period. If the clock was set back, one made as far ahead is, too."""
        return abs(self._now() - changed_at) > self._period


def _names_of(output_id: str) -> Iterator[tuple[Ending, str]]:
    """Yield what a kept file may be, and its name in the store. Raises UnknownOutput for a malformed id."""
    parts = _ID.fullmatch(output_id)
    if parts is None:
        raise UnknownOutput
    endings: tuple[Ending, ...] = get_args(Ending)
    for ending in endings:
        yield ending, f"{parts['clinic']}/{parts['token']}.{ending}"
