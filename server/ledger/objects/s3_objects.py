"""Objects in a bucket of an S3-compatible store.

The endpoint, the region and the credentials come from the usual ``AWS_*`` variables. Each object is sent in one request,
so that the store has all of it or nothing, and a request is tried again until ``PATIENCE`` is over.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from server.errors import (
    BillingError,
    BucketMissing,
    BucketOfAnotherLedger,
    ObjectStoreDenied,
    ObjectStoreNotInstalled,
    ObjectStoreUnprotected,
    ObjectStoreUnreachable,
)
from server.ledger.objects.object_store import Download, ObjectStore, StoredObject
from server.object_bucket import ObjectBucket

try:
    import obstore
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        PermissionDeniedError,
        UnauthenticatedError,
    )
    from obstore.store import S3Store
except ModuleNotFoundError as missing:
    raise ObjectStoreNotInstalled from missing

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, RetryConfig, S3Config

PATIENCE = timedelta(seconds=20)
"""How long a request is tried again if the store does not answer, or answers with an error of its own."""

REQUEST_TIMEOUT = timedelta(seconds=60)
"""How long one request may take: time for the largest document over a slow line."""

ASK_TIMEOUT = timedelta(seconds=3)
"""How long the question whether the store answers may take."""

OWNER = "ledger"
"""The name of the object that says which ledger has this place in the bucket."""

NO_BUCKET = "NoSuchBucket"
"""What the store's answer has if there is no bucket. An answer to HEAD has no text: the next request says so."""

DENIED = "AccessDenied"
"""What the store's answer has if it removes none of many objects: each is refused, and the request itself is not."""

ROLE_OF_COMPUTER = "169.254."
"""Where a computer of AWS is asked for the credentials of its role, if no variable has any."""

_THIS_COMPUTER = frozenset({"127.0.0.1", "localhost", "::1"})
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_NAME = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9]+\.[a-z]+)?")
"""What the name of an object of ours looks like. Somebody else may have put other things into the bucket."""

_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d{3})")


class S3Objects(ObjectStore):
    """The objects of a bucket whose keys begin with the prefix of the ledger and ``area``.

    ``owner`` returns what tells this ledger from every other. The store is asked nothing before the first object is.
    The store's own clock says when an object was written; S3 accepts no request whose clock is a quarter of an hour off.
    """

    def __init__(self, bucket: ObjectBucket, area: str, owner: Callable[[], str]) -> None:
        self._bucket = bucket
        self._area = area
        self._owner = owner

    def read(self, name: str) -> StoredObject | None:
        """Return an object, ``None`` if the bucket has none of this name. Raises what ``open_bucket`` does."""
        return _get(self._bucket, self._store, self._key_of(name))

    def read_up_to(self, name: str, most_bytes: int) -> StoredObject | None:
        """Return an object, ``None`` if the bucket has none of this name or it has more bytes: those are not fetched."""
        return _get(self._bucket, self._store, self._key_of(name), most_bytes)

    def changed_at(self, name: str) -> datetime | None:
        """Return when an object was written, ``None`` if the bucket has none of this name."""
        store = self._store
        with _refusals(self._bucket):
            try:
                return obstore.head(store, self._key_of(name))["last_modified"]
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Write an object in one request; it replaces an older one of this name."""
        store = self._store
        with _refusals(self._bucket):
            obstore.put(store, self._key_of(name), data, use_multipart=False)

    def write_new(self, name: str, data: bytes) -> bool:
        """Write an object unless the bucket has one of this name, which the bucket decides; return whether it was written."""
        return _put_new(self._bucket, self._store, self._key_of(name), data)

    def list_names(self) -> Iterator[tuple[str, datetime]]:
        """Yield the name of every object of this area that may be ours, and when it was written."""
        store = self._store
        with _refusals(self._bucket):
            for one in chain.from_iterable(obstore.list(store, prefix=self._area)):
                name = one["path"].removeprefix(f"{self._area}/")
                if _NAME.fullmatch(name):
                    yield name, one["last_modified"]

    def remove(self, names: Sequence[str]) -> int:
        """Remove objects, a thousand in each request; return how many were named. S3 does not say which were there."""
        if names:
            store = self._store
            with _refusals(self._bucket):
                obstore.delete(store, [self._key_of(name) for name in names])
        return len(names)

    def download_address(self, name: str, valid_for: timedelta) -> SecretStr:
        """Return a signed address of an object, whether or not there is one of this name."""
        store = self._store
        with _refusals(self._bucket):
            return SecretStr(obstore.sign(store, "GET", self._key_of(name), valid_for))

    def upload_address(self, name: str, valid_for: timedelta) -> SecretStr:
        """Return a signed address for PUT of one object. The signature has the method, the key and the time, not the size."""
        store = self._store
        with _refusals(self._bucket):
            return SecretStr(obstore.sign(store, "PUT", self._key_of(name), valid_for))

    def write_download(self, name: str, data: bytes, download: Download) -> None:
        """Write an object in one request, which the store gives out with these headers."""
        store = self._store
        attributes: Attributes = {"Content-Type": download.media_type}
        if download.disposition:
            attributes["Content-Disposition"] = download.disposition
        with _refusals(self._bucket):
            obstore.put(store, self._key_of(name), data, attributes=attributes, use_multipart=False)

    @cached_property
    def _store(self) -> S3Store:
        return open_bucket(self._bucket, self._owner())

    def _key_of(self, name: str) -> str:
        return f"{self._area}/{name}"


def open_bucket(bucket: ObjectBucket, owner: str) -> S3Store:
    """Return the connection to the place of a ledger in a bucket, which is the ledger's from its first use on.

    Raises ObjectStoreUnreachable, ObjectStoreDenied, BucketMissing, ObjectStoreUnprotected, and BucketOfAnotherLedger.
    """
    environment = tuple(
        sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_"))
    )
    return _open_bucket(bucket, owner, environment)


def ask_bucket(bucket: ObjectBucket, owner: str) -> None:
    """Read from the place of a ledger in a bucket, for not longer than ``ASK_TIMEOUT``. Raises what ``open_bucket`` does."""
    found = _get(bucket, _connect(bucket, ASK_TIMEOUT, ASK_TIMEOUT), OWNER)
    if found and found.data != owner.encode():
        raise BucketOfAnotherLedger(bucket.address)


def address_of_place(bucket: ObjectBucket, owner: str) -> str:
    """Return how every signed address of a place in a bucket begins, with ``/`` at its end. Raises what ``open_bucket`` does."""
    store = open_bucket(bucket, owner)
    with _refusals(bucket):
        signed = urlsplit(obstore.sign(store, "GET", OWNER, ASK_TIMEOUT))
    return f"{signed.scheme}://{signed.netloc}{signed.path.removesuffix(OWNER)}"


@lru_cache(maxsize=8)
def _open_bucket(bucket: ObjectBucket, owner: str, _environment: tuple[tuple[str, str], ...]) -> S3Store:
    """Connect once for each set of ``AWS_*`` variables: every click opens the ledger, and a handshake takes time."""
    store = _connect(bucket)
    found = _get(bucket, store, OWNER)
    if not found and not _put_new(bucket, store, OWNER, owner.encode()):
        found = _get(bucket, store, OWNER)  # another process was quicker
    if found and found.data != owner.encode():
        raise BucketOfAnotherLedger(bucket.address)
    return store


def _connect(
    bucket: ObjectBucket, request_timeout: timedelta = REQUEST_TIMEOUT, patience: timedelta = PATIENCE
) -> S3Store:
    """Return the connection; raises ObjectStoreUnprotected for one that is not encrypted and leaves this computer."""
    config: S3Config = {}
    if bucket.encryption:
        config["server_side_encryption"] = bucket.encryption.value
    if bucket.encryption_key:
        config["sse_kms_key_id"] = bucket.encryption_key
    client: ClientConfig = {"timeout": request_timeout, "allow_http": _is_readable_on_the_way(bucket)}
    retry: RetryConfig = {"retry_timeout": patience, "max_retries": 6}
    try:
        if authority := os.environ.get("AWS_CA_BUNDLE"):
            client["root_certificate"] = Path(authority).read_bytes()
        with _refusals(bucket):
            return S3Store(
                bucket.name,
                prefix=bucket.prefix or None,
                config=config,
                client_options=client,
                retry_config=retry,
            )
    except (OSError, ValueError):
        raise ObjectStoreUnreachable(
            bucket.name, "the file named in AWS_CA_BUNDLE has no certificates that can be read"
        ) from None


def _is_readable_on_the_way(bucket: ObjectBucket) -> bool:
    """Return whether the connection is not encrypted: to a store on this computer only. Raises ObjectStoreUnprotected."""
    variable = next((name for name in _ENDPOINTS if os.environ.get(name)), None)
    if variable is None:
        return False
    try:
        endpoint = urlsplit(os.environ[variable])
        host, _ = endpoint.hostname, endpoint.port
    except ValueError:
        host = None
    if not host or endpoint.scheme not in {"http", "https"}:
        raise ObjectStoreUnreachable(bucket.name, f"{variable} is no address such as https://store.example")
    if endpoint.scheme == "http" and host not in _THIS_COMPUTER:
        raise ObjectStoreUnprotected(host)
    return endpoint.scheme == "http"


def _get(bucket: ObjectBucket, store: S3Store, key: str, most_bytes: float = inf) -> StoredObject | None:
    with _refusals(bucket):
        try:
            found = obstore.get(store, key)
            if found.meta["size"] > most_bytes:
                return None
            return StoredObject(bytes(found.bytes()), found.meta["last_modified"])
        except FileNotFoundError as problem:
            if NO_BUCKET in str(problem):
                raise
            return None


def _put_new(bucket: ObjectBucket, store: S3Store, key: str, data: bytes) -> bool:
    with _refusals(bucket):
        try:
            obstore.put(store, key, data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
    return True


@contextmanager
def _refusals(bucket: ObjectBucket) -> Iterator[None]:
    """Turn the errors of the store into refusals. The store's own text has keys and addresses: it is repeated nowhere."""
    try:
        yield
    except (BaseError, FileNotFoundError) as problem:
        raise _refusal_of(bucket, problem) from None


def _refusal_of(bucket: ObjectBucket, problem: BaseError | FileNotFoundError) -> BillingError:
    text = str(problem)
    code = _code_in(text)
    if NO_BUCKET in text:
        return BucketMissing(bucket.name)
    if isinstance(problem, PermissionDeniedError | UnauthenticatedError) or DENIED in text:
        return ObjectStoreDenied(bucket.name, code or DENIED)
    if ROLE_OF_COMPUTER in text:
        return ObjectStoreDenied(bucket.name, "it has no credentials")
    return ObjectStoreUnreachable(bucket.name, _reason_in(text))


def _reason_in(text: str) -> str:
    """Return why a request failed, in words of ours."""
    status = _STATUS.search(text)
    if "redirect" in text:
        return "the bucket is in another region than AWS_REGION says"
    if "invalid path" in text:
        return "somebody else put an object into it whose key is no path"
    return f"it answered {status[1]} {_code_in(text)}".rstrip() if status else "it does not answer"


def _code_in(text: str) -> str:
    """Return the short code of the store's answer, such as SlowDown; "" if there is none."""
    found = _CODE.search(text)
    return found[1] if found else ""
