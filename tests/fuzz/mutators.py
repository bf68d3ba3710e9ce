"""Changes a file at random, but the same for the same number: bytes, parts of packages, tags, records and fields."""

import re
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

NUMBERS = [
    b"", b"0", b"-1", b"1", b"2", b"255", b"256", b"16384", b"16385", b"65536", b"1048576", b"1048577", b"2147483648",
    b"9" * 25, b"9" * 5_000, b"1e309", b"NaN", b"0x10", "²".encode(), b" 7 ",
]  # fmt: skip
VALUES = [
    *NUMBERS, b"A1:XFD1048576", b"A1:A1048576", b"A:XFD", b"1:1048576", b"ZZZ1", b"A0", b"$A$1", b"B2:A1", b"s", b"str",
    b"inlineStr", b"shared", b"array", b"e", b"&#0;", b"&lt;", b"&nosuch;", b"\xff\xfe", b"\0", b"x" * 40_000,
]  # fmt: skip
PIECES = [
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<?xml version='1.0'?>",
    b'"', b"'", b'"\r\n', b",", b";", b"\t", b"\r", b"\n", b"\0", b"=1+1", b"<td rowspan=65536 colspan=999>", b"<table>",
    b"<tr>", b"<script>", b"<c/>", b"<mergeCell ref='A1:XFD9'/>", b"sep=", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04",
]  # fmt: skip
TAG = re.compile(rb"<[^<>]*>")
ATTRIBUTE = re.compile(rb"""(?<==)(?:"[^"]*"|'[^']*'|\w+)""")
WORD = re.compile(rb"(?<=>)[^<>]+(?=<)")

Mutator = Callable[[Random, bytes], bytes]


def _place(rng: Random, content: bytes) -> int:
    return rng.randrange(len(content) + 1)


def flip_bits(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 4, 32])):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite_run(rng: Random, content: bytes) -> bytes:
    at = _place(rng, content)
    run = rng.choice([b"\0", b"\xff", b"\x80", rng.randbytes(1)]) * rng.choice([1, 2, 10, 200])
    return content[:at] + run + content[at + len(run) :]


def cut_end(rng: Random, content: bytes) -> bytes:
    return content[: _place(rng, content)]


def drop_run(rng: Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + content[at + rng.choice([1, 7, 100, 3_000]) :]


def repeat_run(rng: Random, content: bytes) -> bytes:
    at = _place(rng, content)
    run = content[at : at + rng.choice([1, 12, 300, 2_000])]
    return content[:at] + run * rng.choice([2, 3, 40]) + content[at:]


def insert_piece(rng: Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + rng.choice(PIECES) * rng.choice([1, 1, 2, 500]) + content[at:]


def write_number(rng: Random, content: bytes) -> bytes:
    """A field of two or four bytes gets a value at the edge of what it can hold."""
    at = _place(rng, content)
    packed = struct.pack("<I", rng.choice([0, 1, 255, 256, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]))
    width = rng.choice([2, 4])
    return content[:at] + packed[:width] + content[at + width :]


def _replace_match(rng: Random, content: bytes, pattern: re.Pattern[bytes], value: bytes) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return insert_piece(rng, content)
    chosen = rng.choice(found)
    return content[: chosen.start()] + value + content[chosen.end() :]


def change_attribute(rng: Random, content: bytes) -> bytes:
    return _replace_match(rng, content, ATTRIBUTE, b'"%b"' % rng.choice(VALUES))


def change_words(rng: Random, content: bytes) -> bytes:
    return _replace_match(rng, content, WORD, rng.choice(VALUES))


def move_tag(rng: Random, content: bytes) -> bytes:
    """A tag is left out, doubled, written elsewhere, or repeated a thousand times."""
    found = list(TAG.finditer(content))
    if not found:
        return insert_piece(rng, content)
    chosen, other = rng.choice(found), rng.choice(found)
    return _replace_match(
        rng,
        content,
        re.compile(re.escape(chosen[0])),
        rng.choice([b"", chosen[0] * 2, other[0], other[0] * 1_000]),
    )


BYTES: list[Mutator] = [flip_bits, overwrite_run, cut_end, drop_run, repeat_run, insert_piece, write_number]
TAGS: list[Mutator] = [
    change_attribute,
    change_attribute,
    change_words,
    move_tag,
    insert_piece,
    drop_run,
    repeat_run,
]


def change_part(rng: Random, content: bytes) -> bytes:
    """One part of a package is changed, left out, doubled, swapped with another or written in another encoding."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = {part.filename: archive.read(part) for part in archive.infolist()}
    except Exception:  # noqa: BLE001 - an earlier change has damaged it
        return rng.choice(BYTES)(rng, content)
    name, other = rng.choice(list(parts)), rng.choice(list(parts))
    sheets = [part for part in parts if "sheet" in part]
    if sheets and rng.random() < 0.5:
        name = rng.choice(sheets)
    match rng.randrange(12):
        case 0:
            del parts[name]
        case 1:
            parts[name] = parts[other]
        case 2:
            parts[name] = (
                parts[name].decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-32", "cp037"]))
            )
        case _:
            for _ in range(rng.choice([1, 1, 2, 5])):
                parts[name] = rng.choice(TAGS)(rng, parts[name])
    return zip_of(parts)


def zip_of(parts: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def mutators_for(content: bytes) -> list[Mutator]:
    """Return the changes that make sense for a file, from its content."""
    if content.startswith(b"PK"):
        return [change_part] * 6 + BYTES
    return BYTES if content.startswith(b"\xd0\xcf") else BYTES + TAGS


def mutated_file(number: int, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and the content of the file of a case. The same number always gives the same file."""
    rng = Random(number)  # noqa: S311 - it has to be the same again
    name = rng.choice(list(seeds))
    content = seeds[name]
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        content = rng.choice(mutators_for(content))(rng, content)
    return name, content
