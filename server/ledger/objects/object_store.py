"""What a store of objects does: it keeps bytes under names, all of them or none.

There are two kinds, ``folder_objects.py`` and ``s3_objects.py``. Both keep the documents of a clinic, whose names are
digests, and the finished files of a ledger, whose names are ``<clinic>/<token>.<ending>``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from pydantic import SecretStr

from server.concurrency import background_threads

AT_ONCE = 8
"""How many objects are read at once where many are read: each waits for the store longer than for anything else."""

T = TypeVar("T")
R = TypeVar("R")


class StoredObject(NamedTuple):
    """The bytes of an object, and when they were written (UTC)."""

    data: bytes
    changed_at: datetime


class Download(NamedTuple):
    """What a browser is told about the bytes of an object: their kind, and as what it saves them, "" for nothing."""

    media_type: str
    disposition: str = ""


class ObjectStore(Protocol):
    """Bytes by name. Every method raises the refusals of its kind of store: a full disk, a store that does not answer."""

    def read(self, name: str) -> StoredObject | None:
        """Return an object, ``None`` if there is none of this name."""

    def read_up_to(self, name: str, most_bytes: int) -> StoredObject | None:
        """Return an object, ``None`` if there is none of this name or it has more bytes. More are never held in memory."""

    def changed_at(self, name: str) -> datetime | None:
        """Return when an object was written (UTC), ``None`` if there is none of this name."""

    def write(self, name: str, data: bytes) -> None:
        """Write an object, all of it or nothing. It replaces an older one of this name."""

    def write_new(self, name: str, data: bytes) -> bool:
        """Write an object unless there is one of this name; return whether it was written."""

    def list_names(self) -> Iterator[tuple[str, datetime]]:
        """Yield the name of every object, and when it was written (UTC)."""

    def remove(self, names: Sequence[str]) -> int:
        """Remove objects; return how many. One that is gone already, or that somebody is reading, is passed over."""

    def download_address(self, name: str, valid_for: timedelta) -> SecretStr | None:
        """Return an address from which anybody can fetch an object for a limited time.

        ``None`` if only the service can give the object out. The address lets in whoever has it: never log it.
        """

    def upload_address(self, name: str, valid_for: timedelta) -> SecretStr | None:
        """Return an address to which anybody can write one object with PUT for a limited time, and nothing else.

        ``None`` if only the service can write objects. How many bytes are written is not limited. Never log the address.
        """

    def write_download(self, name: str, data: bytes, download: Download) -> None:
        """Write an object that whoever fetches it from the store receives as ``download`` says."""


@contextmanager
def read_at_once(work: Callable[[T], R], items: Iterable[T]) -> Iterator[Iterator[R]]:
    """Yield the results of reading items, ``AT_ONCE`` of them at a time and in order. Leaving the block ends the reading."""
    threads = background_threads(AT_ONCE)
    try:
        yield threads.map(work, items)
    finally:
        threads.shutdown(cancel_futures=True)
