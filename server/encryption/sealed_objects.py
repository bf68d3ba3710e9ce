"""The sealed form of an object: AES-256-GCM in chunks, each of which says where it belongs and whether it is the last.

A sealed object is a header, then its chunks. The header is ``BEGINNING`` and 32 random bytes; from these and the key of the
ledger the key of this one object is derived. The nonce of a chunk is its number and whether it is the last one, and the
header and the name of the object are authenticated with each: no chunk can be changed, moved, left out, repeated, cut off
at the end, or taken from another object, and no pair of key and nonce is ever used twice (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015).
"""

import re
import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.encryption.ledger_key import LedgerKey

BEGINNING = b"CLSEAL\x00\x01"
"""How a sealed object begins. No document, workbook or paper does."""

CHUNK = 1024 * 1024
"""The bytes of a chunk before it is sealed. Only the last may have fewer."""

_SALT, _TAG = 32, 16
_HEADER = len(BEGINNING) + _SALT
_PURPOSE = b"clinic-ledger 1 object"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEALED_DIGEST = re.compile(r"[0-9a-f]{96}")


class NotSealedWithKey(Exception):
    """The bytes of an object are not what was sealed with this key under this name."""


def is_sealed(beginning: bytes) -> bool:
    """Return whether the bytes that an object begins with are those of a sealed one."""
    return beginning.startswith(BEGINNING)


def sealed_size(size: int) -> int:
    """Return how many bytes an object has once it is sealed."""
    return _HEADER + size + _TAG * max(1, -(-size // CHUNK))


def seal(key: LedgerKey, name: str, data: bytes) -> bytes:
    """Return the sealed form of an object."""
    return b"".join(seal_chunks(key, name, _chunks_of(data)))


def seal_chunks(key: LedgerKey, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed form of an object piece by piece. Every chunk but the last has ``CHUNK`` bytes."""
    salt = secrets.token_bytes(_SALT)
    header = BEGINNING + salt
    cipher, about = _cipher_of(key, salt), header + name.encode()
    yield header
    waiting: bytes | None = None
    number = 0
    for chunk in chunks:
        if waiting is not None:
            yield cipher.encrypt(_nonce(number, is_last=False), waiting, about)
            number += 1
        waiting = chunk
    yield cipher.encrypt(_nonce(number, is_last=True), waiting or b"", about)


def open_sealed(key: LedgerKey, name: str, sealed: bytes) -> bytes:
    """Return the bytes of a sealed object. Raises NotSealedWithKey."""
    header, chunks = sealed[:_HEADER], memoryview(sealed)[_HEADER:]
    starts = range(0, max(len(chunks), 1), CHUNK + _TAG)
    pieces = (bytes(chunks[start : start + CHUNK + _TAG]) for start in starts)
    return b"".join(_open_pieces(key, name, header, pieces))


def _open_pieces(key: LedgerKey, name: str, header: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    if len(header) != _HEADER or not is_sealed(header):
        raise NotSealedWithKey
    cipher, about = _cipher_of(key, header[len(BEGINNING) :]), header + name.encode()
    waiting: bytes | None = None
    number = 0
    try:
        for piece in pieces:
            if waiting is not None:
                yield cipher.decrypt(_nonce(number, is_last=False), waiting, about)
                number += 1
            waiting = piece
        yield cipher.decrypt(_nonce(number, is_last=True), waiting or b"", about)
    except InvalidTag:
        raise NotSealedWithKey from None


def sealed_name(key: LedgerKey, name: str) -> str:
    """Return under which name an object is stored: another one for a digest, which would say that a known document is there.

    The same digest always has the same name, and the name can be read back with the key (AES-SIV).
    """
    if not _DIGEST.fullmatch(name):
        return name
    return AESSIV(key.of_names).encrypt(bytes.fromhex(name), None).hex()


def is_sealed_name(stored: str) -> bool:
    """Return whether a name is one that ``sealed_name`` made for a digest."""
    return _SEALED_DIGEST.fullmatch(stored) is not None


def plain_name(key: LedgerKey, stored: str) -> str | None:
    """Return the name of an object from the name that it is stored under; ``None`` if that was made with another key."""
    if not is_sealed_name(stored):
        return stored
    try:
        return AESSIV(key.of_names).decrypt(bytes.fromhex(stored), None).hex()
    except InvalidTag:
        return None


def _cipher_of(key: LedgerKey, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=_PURPOSE).derive(key.of_objects))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])


def _chunks_of(data: bytes) -> Iterator[bytes]:
    return (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
