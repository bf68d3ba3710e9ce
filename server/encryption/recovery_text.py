"""The key of a ledger as a text that a person can print, write down, and type again on another computer.

The text is 14 groups of four: the 32 bytes of the key and three bytes of its SHA-256, in the 32 letters and digits that
are not taken for each other. A mistake is noticed, but for one in 16 million.
"""

from hashlib import sha256

from server.encryption.ledger_key import SECRET_BYTES, LedgerKey
from server.errors import RecoveryTextWrong

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CHECK_BYTES = 3
_LENGTH = (SECRET_BYTES + _CHECK_BYTES) * 8 // 5
_GROUP = 4


def recovery_text(key: LedgerKey) -> str:
    """Return the recovery text of a key. Whoever has it can read the ledger and its copies: never log it."""
    secret = key.secret()
    number = int.from_bytes(secret + _check_of(secret))
    text = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def read_recovery_text(typed: str) -> LedgerKey:
    """Return the key of a recovery text, however it is divided and whatever its case. Raises RecoveryTextWrong."""
    text = "".join(one for one in typed.upper() if not one.isspace() and one not in "-–—_.").translate(
        _READ_AS
    )
    if strange := sorted(set(text) - set(_ALPHABET)):
        raise RecoveryTextWrong(f"has a character that none has: {strange[0]}")
    if len(text) != _LENGTH:
        raise RecoveryTextWrong(f"has {len(text)} characters, and should have {_LENGTH}")
    number = 0
    for one in text:
        number = number << 5 | _ALPHABET.index(one)
    data = number.to_bytes(SECRET_BYTES + _CHECK_BYTES)
    secret, check = data[:SECRET_BYTES], data[SECRET_BYTES:]
    if check != _check_of(secret):
        raise RecoveryTextWrong("has a character that is not as it was printed")
    return LedgerKey(secret)


def _check_of(secret: bytes) -> bytes:
    return sha256(b"clinic-ledger recovery text" + secret).digest()[:_CHECK_BYTES]
