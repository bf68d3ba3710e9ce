"""Where keys are kept, and that a wrong one is noticed before anything is read with it."""

import os
from pathlib import Path
from threading import Event

import keyring
import pytest
from keyring.backend import KeyringBackend

from server.encryption.key_places import KEY_STORE_NAME, find_key, store_key
from server.encryption.ledger_key import LedgerKey
from server.encryption.recovery_text import recovery_text
from server.errors import LedgerKeyMissing, LedgerKeyNotKept
from tests.encrypted import forget_keys


class KeyStoreOfTest(KeyringBackend):
    """A key store in memory, as good as that of a desktop."""

    priority = 5.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeyStoreOfTest:
    """Keep keys in a key store, and none in the settings of whoever runs the tests."""
    before, store = keyring.get_keyring(), KeyStoreOfTest()
    monkeypatch.setenv("CLINIC_LEDGER_KEYS", "")
    monkeypatch.setattr("server.encryption.key_places._usual_folder", lambda: tmp_path / "usual")
    monkeypatch.setattr(keyring, "get_keyring", lambda: store)
    monkeypatch.setattr(keyring, "set_password", store.set_password)
    monkeypatch.setattr(keyring, "get_password", store.get_password)
    assert before is not store
    return store


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep keys in a folder."""
    monkeypatch.setenv("CLINIC_LEDGER_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_a_key_is_in_the_key_store_of_the_computer_and_in_no_file(
    key_store: KeyStoreOfTest, tmp_path: Path
) -> None:
    key = LedgerKey.new()

    assert store_key(key) == "the key store of this computer"
    forget_keys()
    assert find_key(key.id) == key
    assert key_store.kept == {(KEY_STORE_NAME, key.id): recovery_text(key)}
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_where_there_is_no_key_store_a_key_is_in_a_file_of_its_owner(
    key_store: KeyStoreOfTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(KeyStoreOfTest, "priority", 0.0)
    key = LedgerKey.new()
    path = tmp_path / "usual" / f"{key.id}.key"

    assert store_key(key) == str(path)
    forget_keys()
    assert find_key(key.id) == key
    assert not key_store.kept
    if os.name == "posix":
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_named_folder_comes_before_the_key_store(key_store: KeyStoreOfTest, keys: Path) -> None:
    key = LedgerKey.new()

    assert store_key(key) == str(keys / f"{key.id}.key")
    assert not key_store.kept


def test_a_key_that_is_not_here_is_missing(keys: Path) -> None:
    key = LedgerKey.new()

    with pytest.raises(LedgerKeyMissing, match=key.id[:8]):
        find_key(key.id)
    assert not keys.exists()


class Locked(Exception):
    """What a back end raises that knows nothing of keyring's own errors; its message quotes a secret."""


@pytest.mark.usefixtures("key_store")
@pytest.mark.parametrize("how", ["refuses", "hangs", "is broken"])
def test_a_key_store_that_does_not_answer_is_named_and_the_key_is_not_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    key = LedgerKey.new()
    store_key(key)
    forget_keys()
    over = Event()

    def refuse(*_: str) -> None:
        raise Locked(recovery_text(key))

    def hang(*_: str) -> None:
        over.wait(30)

    monkeypatch.setattr("server.key_store.ANSWER_SECONDS", 0.3)
    if how == "is broken":
        monkeypatch.setattr(keyring, "get_keyring", refuse)
    else:
        monkeypatch.setattr(keyring, "get_password", refuse if how == "refuses" else hang)

    with pytest.raises(LedgerKeyNotKept, match="key store of this computer, or read there: it") as refused:
        find_key(key.id)

    over.set()
    assert recovery_text(key) not in str(refused.value)
    assert "Unlock the key store" in refused.value.remedy


@pytest.mark.usefixtures("key_store")
@pytest.mark.parametrize("how", ["refuses", "hangs"])
def test_a_key_that_the_key_store_does_not_take_is_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    over = Event()

    def refuse(*_: str) -> None:
        if how == "refuses":
            raise Locked
        over.wait(30)

    monkeypatch.setattr("server.key_store.ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(keyring, "set_password", refuse)
    monkeypatch.setattr(keyring, "get_password", refuse)
    key = LedgerKey.new()

    assert store_key(key) == str(tmp_path / "usual" / f"{key.id}.key")
    forget_keys()
    assert find_key(key.id) == key
    over.set()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_read_is_refused(keys: Path, mode: int) -> None:
    key = LedgerKey.new()
    store_key(key)
    (keys / f"{key.id}.key").chmod(mode)
    forget_keys()

    with pytest.raises(LedgerKeyNotKept, match="other users can read it"):
        find_key(key.id)


@pytest.mark.parametrize(
    "text", ["", "not a key", recovery_text(LedgerKey.new())], ids=["nothing", "no key", "another key"]
)
def test_a_key_file_with_something_else_in_it_is_refused_and_not_shown(keys: Path, text: str) -> None:
    key = LedgerKey.new()
    store_key(key)
    (keys / f"{key.id}.key").write_text(text)
    forget_keys()

    with pytest.raises(LedgerKeyNotKept) as refused:
        find_key(key.id)
    assert not text or text not in str(refused.value)


def test_a_folder_that_cannot_be_written_to_keeps_no_key(keys: Path) -> None:
    keys.write_text("a file, where the folder should be")

    with pytest.raises(LedgerKeyNotKept):
        store_key(LedgerKey.new())
