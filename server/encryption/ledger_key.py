"""The key of a ledger: 32 random bytes, from which one key is derived for each purpose. It is shown by its id only."""

import secrets
from typing import NoReturn, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
"""How many bytes a key has."""

ID_BYTES = 16
"""How many bytes the id of a key has."""

_DATABASES, _OBJECTS, _NAMES, _ID = (
    f"clinic-ledger 1 {purpose}".encode() for purpose in ("databases", "objects", "names", "key id")
)


class LedgerKey:
    """The key of a ledger. Nothing shows its bytes: not ``repr``, not an error, and it cannot be pickled.

    ``id`` is derived from the key, so that another key is noticed before anything is decrypted with it, and says nothing
    about the key.
    """

    __slots__ = ("__secret", "id", "of_databases", "of_names", "of_objects")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            message = f"a key has {SECRET_BYTES} bytes"
            raise ValueError(message)
        self.__secret = secret
        self.id = _derive(secret, _ID, ID_BYTES).hex()
        self.of_databases = _derive(secret, _DATABASES, 32)
        self.of_objects = _derive(secret, _OBJECTS, 32)
        self.of_names = _derive(secret, _NAMES, 64)

    @classmethod
    def new(cls) -> Self:
        """Return a new random key."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    def secret(self) -> bytes:
        """Return the key itself, to keep it. Never log it."""
        return self.__secret

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LedgerKey) and secrets.compare_digest(self.__secret, other.secret())

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"LedgerKey({self.id[:8]})"

    def __reduce__(self) -> NoReturn:
        message = "a key is not written anywhere but where keys are kept"
        raise TypeError(message)


def _derive(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(secret)
