"""A zip that is sent while it is made: of any number of rows, in the same memory.

The length and the checksum of a part are written behind it, as the format allows, because nobody knows them before. What
is always dated 1980-01-01 is dated so here, too.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from isal import isal_zlib

from server.sheets.xlsx.shared_strings import HEAD, TAIL, SharedStrings, items_xml

LEVEL = 1
BLOCK = 1 << 18
"""The least bytes of content that are deflated at once."""

MOST = 2**32 - 1
"""The most bytes of a part, and of a zip, in the form that every program reads."""

LENGTHS_FOLLOW, UTF_8, DEFLATED, MIDNIGHT, FIRST_DAY = 0x8, 0x800, 8, 0, 0x21


@dataclass(slots=True)
class _Deflated:
    """A part that is being deflated: the checksum and the length of its content, and its deflated length."""

    crc: int = 0
    length: int = 0
    deflated: int = 0
    _squeeze: isal_zlib.Compress = field(
        default_factory=lambda: isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
    )

    def add(self, content: bytes) -> bytes:
        self.crc = isal_zlib.crc32(content, self.crc)
        self.length += len(content)
        return self._count(self._squeeze.compress(content))

    def end(self) -> bytes:
        return self._count(self._squeeze.flush())

    def _count(self, squeezed: bytes) -> bytes:
        self.deflated += len(squeezed)
        if max(self.length, self.deflated) > MOST:
            message = "A part of the file is longer than 4 GB"
            raise OverflowError(message)
        return squeezed


class DeflatedStrings(SharedStrings):
    """Collects texts like ``SharedStrings``, but keeps them deflated: a million names take as many megabytes as they do in the file.

    Nothing is looked up, so a text may be listed several times.
    """

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._part = _Deflated()
        self._blocks = [self._part.add(HEAD)]

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self.add_texts([text])

    def add_texts(self, texts: Sequence[str]) -> int:
        """Add texts. Returns the number of the first."""
        first = self._count
        self._count += len(texts)
        self._blocks.append(self._part.add(items_xml(texts)))
        return first

    def end_part(self) -> tuple[list[bytes], _Deflated]:
        """Return the deflated blocks of ``xl/sharedStrings.xml``, and what is to be said of them. No text can be added then."""
        self._blocks += [self._part.add(TAIL), self._part.end()]
        return self._blocks, self._part


class ZipStream:
    """A zip in pieces. Each part is taken from an iterable when its pieces are asked for."""

    def __init__(self) -> None:
        self._sent = 0
        self._directory: list[bytes] = []

    def part(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a part."""
        offset, part = self._sent, _Deflated()
        yield self._count(self._head(name))
        for block in _blocks_of(pieces):
            yield self._count(part.add(block))
        yield self._count(part.end())
        yield self._end_part(name, offset, part)

    def strings(self, name: str, strings: DeflatedStrings) -> Iterator[bytes]:
        """Yield the list of texts, which is deflated already."""
        offset = self._sent
        blocks, part = strings.end_part()
        yield self._count(self._head(name))
        for block in blocks:
            yield self._count(block)
        yield self._end_part(name, offset, part)

    def end(self) -> bytes:
        """Return the end of the zip: the directory of its parts."""
        index, count = b"".join(self._directory), len(self._directory)
        return index + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(index), self._sent, 0)

    def _head(self, name: str) -> bytes:
        facts = (20, LENGTHS_FOLLOW | UTF_8, DEFLATED, MIDNIGHT, FIRST_DAY, 0, 0, 0, len(name.encode()), 0)
        return struct.pack("<4s5H3L2H", b"PK\3\4", *facts) + name.encode()

    def _end_part(self, name: str, offset: int, part: _Deflated) -> bytes:
        lengths = (part.crc, part.deflated, part.length)
        facts = (20, LENGTHS_FOLLOW | UTF_8, DEFLATED, MIDNIGHT, FIRST_DAY, *lengths, len(name.encode()), 0)
        entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *facts, 0, 0, 0, 0, offset)
        self._directory.append(entry + name.encode())
        return self._count(struct.pack("<4s3L", b"PK\7\x08", *lengths))

    def _count(self, piece: bytes) -> bytes:
        self._sent += len(piece)
        if self._sent > MOST:
            message = "The file is longer than 4 GB"
            raise OverflowError(message)
        return piece


def _blocks_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces joined into blocks of at least ``BLOCK`` bytes, except the last."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
