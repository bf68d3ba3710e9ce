"""The place of documents and finished files outside the ledger folder: ``CLINIC_LEDGER_OBJECTS=s3://bucket/prefix``."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<prefix>(?:/[A-Za-z0-9_.-]+)*)/?")


class ObjectEncryption(StrEnum):
    """How the store is asked to encrypt what it is sent. It always decides by itself what else it encrypts."""

    AS_THE_BUCKET_SAYS = ""
    OF_THE_STORE = "AES256"
    OF_A_KEY_SERVICE = "aws:kms"


@dataclass(frozen=True, slots=True)
class ObjectBucket:
    """A bucket of an S3-compatible store, and the beginning of every key in it that is ours, "" for all of the bucket."""

    name: str
    prefix: str = ""
    encryption: ObjectEncryption = ObjectEncryption.AS_THE_BUCKET_SAYS
    encryption_key: str = ""

    @property
    def address(self) -> str:
        """Return the address as it is in the settings."""
        return f"s3://{self.name}/{self.prefix}".rstrip("/")


def bucket_of(
    address: str,
    encryption: ObjectEncryption = ObjectEncryption.AS_THE_BUCKET_SAYS,
    encryption_key: str = "",
) -> ObjectBucket | None:
    """Return the bucket that an address names, ``None`` for "". Raises ValueError if it is no address of a bucket."""
    if not address:
        return None
    parts = _ADDRESS.fullmatch(address)
    prefix = parts["prefix"].removeprefix("/") if parts else ""
    if parts is None or {".", ".."} & set(prefix.split("/")):
        raise ValueError("that is not an address such as s3://bucket/prefix")
    return ObjectBucket(parts["bucket"], prefix, encryption, encryption_key)
