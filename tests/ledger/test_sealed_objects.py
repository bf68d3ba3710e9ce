"""The sealed form of objects, the key and its recovery text."""

import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.encryption.ledger_key import LedgerKey
from server.encryption.recovery_text import read_recovery_text, recovery_text
from server.encryption.sealed_objects import (
    CHUNK,
    NotSealedWithKey,
    open_sealed,
    plain_name,
    seal,
    sealed_name,
    sealed_size,
)
from server.errors import RecoveryTextWrong

KEY = LedgerKey(bytes(range(32)))
OTHER = LedgerKey(bytes(32))
DIGEST = "5b" * 32


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_what_is_sealed_is_opened_as_it_was(size: int) -> None:
    data = Random(size).randbytes(size)  # noqa: S311 - no secret
    sealed = seal(KEY, "a", data)

    assert open_sealed(KEY, "a", sealed) == data
    assert len(sealed) == sealed_size(size)
    assert data[:64] not in sealed or size < 16


def test_the_same_bytes_are_sealed_otherwise_each_time() -> None:
    assert seal(KEY, "a", b"x" * 100) != seal(KEY, "a", b"x" * 100)


def test_another_key_or_another_name_opens_nothing() -> None:
    sealed = seal(KEY, DIGEST, b"an invented paper")

    for key, name in ((OTHER, DIGEST), (KEY, "5c" * 32), (KEY, "")):
        with pytest.raises(NotSealedWithKey):
            open_sealed(key, name, sealed)


@given(place=st.integers(0), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, "a", b"an invented paper"))
    sealed[place % len(sealed)] ^= 1 << bit

    with pytest.raises(NotSealedWithKey):
        open_sealed(KEY, "a", bytes(sealed))


def test_nothing_can_be_cut_off_added_left_out_repeated_or_moved() -> None:
    chunks = [bytes([number]) * CHUNK for number in range(3)]
    sealed = seal(KEY, "a", b"".join(chunks))
    header, step = len(sealed) - 3 * (CHUNK + 16), CHUNK + 16
    first, second, third = (
        sealed[header + step * number : header + step * (number + 1)] for number in range(3)
    )
    begun = sealed[:header]
    longer = seal(KEY, "a", b"".join([*chunks, b"end"]))

    for wrong in (
        b"",
        begun,
        begun[:-1],
        begun + first,
        begun + first + second,
        begun + first + second + third[:-1],
        begun + first + second + third + b"\0",
        begun + first + second + third + third,
        begun + first + third,
        begun + second + first + third,
        begun + first + first + third,
        longer[: header + 3 * step],
        begun + longer[header:],
    ):
        with pytest.raises(NotSealedWithKey):
            open_sealed(KEY, "a", wrong)


def test_the_name_of_a_document_says_nothing_and_can_be_read_back() -> None:
    stored = sealed_name(KEY, DIGEST)

    assert DIGEST not in stored
    assert stored == sealed_name(KEY, DIGEST) != sealed_name(OTHER, DIGEST)
    assert plain_name(KEY, stored) == DIGEST
    assert plain_name(OTHER, stored) is None
    assert sealed_name(KEY, "lakeside/5b.xlsx") == "lakeside/5b.xlsx"


def test_a_key_is_never_shown_and_never_pickled() -> None:
    for shown in (repr(KEY), str(KEY), f"{KEY}", repr({"key": KEY})):
        assert KEY.secret().hex()[:8] not in shown
        assert "LedgerKey(" in shown
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
    assert not hasattr(KEY, "__dict__")


def test_keys_of_different_purposes_have_nothing_in_common() -> None:
    derived = {KEY.of_databases, KEY.of_objects, KEY.of_names[:32], KEY.of_names[32:], KEY.secret()}

    assert len(derived) == 5
    assert all(KEY.id not in one.hex() for one in derived)


@given(secret=st.binary(min_size=32, max_size=32))
def test_a_recovery_text_is_read_back_however_it_is_typed(secret: bytes) -> None:
    key = LedgerKey(secret)
    text = recovery_text(key)

    assert len(text) == 14 * 4 + 13
    for typed in (
        text,
        text.lower(),
        text.replace("-", ""),
        text.replace("-", " \n"),
        text.replace("0", "o"),
    ):
        assert read_recovery_text(typed) == key
    assert read_recovery_text(text.replace("1", "l")) == key


@given(place=st.integers(0, 55), other=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(place: int, other: str) -> None:
    text = recovery_text(KEY).replace("-", "")
    typed = text[:place] + other + text[place + 1 :]

    if typed == text:
        assert read_recovery_text(typed) == KEY
    else:
        with pytest.raises(RecoveryTextWrong, match="not as it was printed"):
            read_recovery_text(typed)


@pytest.mark.parametrize(
    "typed", ["", "  ", "ABCD", recovery_text(KEY)[:-1], recovery_text(KEY) + "0", "U" * 56, "é" * 56]
)
def test_what_is_no_recovery_text_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(RecoveryTextWrong) as refused:
        read_recovery_text(typed)
    assert not typed.strip() or typed not in str(refused.value)
