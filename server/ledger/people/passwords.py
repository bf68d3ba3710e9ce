"""Passwords: which are good enough, how they are kept, and how one is compared (rule: people#passwords).

argon2id keeps them. zxcvbn judges new ones: it knows lists of common passwords, names, keyboard rows and dates.
"""

import re
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from threading import BoundedSemaphore, Lock

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.billing.names import fold
from server.errors import PasswordUnusable

SHORTEST, LONGEST = 12, 1024
"""How many characters a password has."""

JUDGED = 72
"""How many characters at the beginning are judged: judging takes longer than linear time."""

SHORTEST_WORD = 3
"""The shortest word of a name that is taken out of a password before it is judged: names count for nothing."""

STRONG = 3
"""The least score of zxcvbn: more than a hundred million guesses."""

AT_ONCE = 2
"""How many passwords are compared at once: each takes a lot of memory, and strangers may send them."""

_OWN_WORDS = ("clinicledger", "ledger", "payroll", "billing", "clinic")

_judging = Lock()
"""zxcvbn keeps the words of the person it judges for in a variable of the module."""


class Passwords:
    """Makes and compares hashes of passwords."""

    def __init__(self, hashing: Parameters) -> None:
        self._hasher = PasswordHasher.from_parameters(hashing)
        self._turns = BoundedSemaphore(AT_ONCE)
        self._of_nobody = _hash_of_nobody(hashing)

    def hash_new(self, password: str, known_words: Iterable[str]) -> str:
        """Return the hash of a new password; raises PasswordUnusable.

        ``known_words`` are names that belong to the user or to the firm: a stranger would try them first.
        """
        plain = _plain_password(password)
        if plain is None:
            sentence = f"The password has more than {LONGEST:,} characters, or some that no keyboard types."
            raise PasswordUnusable(sentence, "Use a shorter one of letters, digits, signs and spaces.")
        length = min(len(plain), len(password))
        if length < SHORTEST:
            sentence = f"The password has {length} characters, and needs {SHORTEST} at least."
            raise PasswordUnusable(sentence, "Use several words that do not belong together.")
        if why := _weakness(plain, known_words):
            raise PasswordUnusable(why)
        with self._turns:
            return self._hasher.hash(plain)

    def matches(self, password: str, kept: str | None) -> bool:
        """Return whether a password is the one with a hash. Without a hash, that takes as long as with one."""
        plain = _plain_password(password)
        with self._turns:
            try:
                self._hasher.verify(kept or self._of_nobody, plain or "")
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None and plain is not None

    def renewed_hash(self, password: str, kept: str) -> str | None:
        """Return a new hash of a password that matched, ``None`` if the kept one was made with the parameters of today."""
        if not self._hasher.check_needs_rehash(kept):
            return None
        with self._turns:
            return self._hasher.hash(_plain_password(password) or "")


def _hash_of_nobody(hashing: Parameters) -> str:
    """Return a hash that no password has, which takes as long to compare as a real one."""
    cost = f"m={hashing.memory_cost},t={hashing.time_cost},p={hashing.parallelism}"
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hashing.salt_len, hashing.hash_len)
    )
    return f"$argon2id$v={hashing.version}${cost}${salt}${digest}"


def _plain_password(password: str) -> str | None:
    """Return a password so that it is the same from every keyboard (NFKC), ``None`` if it cannot be one."""
    if len(password) > LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", password)
    return None if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in plain) else plain


def _weakness(password: str, known_words: Iterable[str]) -> str:
    """Return why a password is too easy to guess, "" if it is not."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists of words take longer to read than most commands to run

    parts = (part for known in known_words for part in (known, *known.split()))
    words = {fold(word) for word in (*_OWN_WORDS, *parts)} - {""}
    rest = "".join(password.split())  # a space between two names would count as much as a random sign
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            rest = re.sub(re.escape(word), "", rest, flags=re.IGNORECASE)
    warning = ""
    if rest:
        with _judging:
            judged = zxcvbn(rest[:JUDGED], sorted(words))
        if judged["score"] >= STRONG:
            return ""
        warning = judged["feedback"]["warning"]
    why = warning or "Your names and those of the clinics count for nothing."
    return f"The password is too easy to guess. {why}"
