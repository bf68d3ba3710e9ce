"""The key store of the system: Keychain, the Credential Manager of Windows, or the secret service of a Linux desktop."""


def has_key_store() -> bool:
    """Return whether this computer has a key store that keeps what is stored. A server without a desktop often has none."""
    import keyring  # noqa: PLC0415 - its back ends take time that no click should wait for

    priority: float = getattr(keyring.get_keyring(), "priority", 0)
    return priority >= 1


def store_secret(name: str, entry: str, secret: str) -> bool:
    """Store a secret under the name that the key store shows and an entry. Return whether it was stored."""
    import keyring  # noqa: PLC0415 - as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    if not has_key_store():
        return False
    try:
        keyring.set_password(name, entry, secret)
    except KeyringError:
        return False
    return True


def find_secret(name: str, entry: str) -> str | None:
    """Return the secret that was stored, ``None`` if there is none, or no key store that can be asked."""
    import keyring  # noqa: PLC0415 - as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    if not has_key_store():
        return None
    try:
        return keyring.get_password(name, entry)
    except KeyringError:
        return None
