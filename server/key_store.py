"""The key store of the system: Keychain, the Credential Manager of Windows, or the secret service of a Linux desktop."""

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Answer = TypeVar("Answer")

ANSWER_SECONDS = 60.0
"""How long a key store may take to answer. It may ask a person to unlock it; without one, some wait for ever."""


class KeyStoreRefused(Exception):
    """The key store of this computer is locked, broken, or does not answer. The message says which."""


def has_key_store() -> bool:
    """Return whether this computer has a key store that keeps what is stored. A server without a desktop often has none."""
    import keyring  # noqa: PLC0415 - its back ends take time that no click should wait for

    priority: float = getattr(keyring.get_keyring(), "priority", 0)
    return priority >= 1


def store_secret(name: str, entry: str, secret: str) -> bool:
    """Store a secret under the name that the key store shows and an entry. Return whether it was stored."""

    def store() -> bool:
        import keyring  # noqa: PLC0415 - as above

        if not has_key_store():
            return False
        keyring.set_password(name, entry, secret)
        return True

    try:
        return _answer_of(store)
    except KeyStoreRefused:
        return False


def find_secret(name: str, entry: str) -> str | None:
    """Return the secret that was stored, ``None`` if there is none, or no key store. Raises KeyStoreRefused."""

    def find() -> str | None:
        import keyring  # noqa: PLC0415 - as above

        return keyring.get_password(name, entry) if has_key_store() else None

    return _answer_of(find)


def _answer_of(ask: Callable[[], Answer]) -> Answer:
    """Return what the key store answers in a thread of its own. Its message is not repeated: it may quote what is stored."""
    answers: list[Answer] = []
    problems: list[str] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception as problem:  # noqa: BLE001 - each back end has errors of its own
            problems.append(type(problem).__name__)

    asking = Thread(target=run, name="key store", daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    if answers:
        return answers[0]
    raise KeyStoreRefused(f"it refused ({problems[0]})" if problems else "it does not answer")
