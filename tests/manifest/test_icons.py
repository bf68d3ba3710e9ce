"""The icons can be seen, on a white ribbon and on a black one."""

import re
import struct
import zlib

import pytest

from manifest.icon_files import SIZES, drawn_icons, file_name
from manifest.pictures import FOLDER
from server.ribbon.ribbon_table import ribbon

NAMES = drawn_icons(ribbon())
RIBBONS = ("#FFFFFF", "#F3F2F1", "#292929", "#0A0A0A")
VISIBLE = 3.0
"""The contrast WCAG asks of a picture that means something."""

RGBA = 6


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def header(png: bytes) -> tuple[int, int, int]:
    """Return width, height and kind of colour."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    return width, height, kind


def pixels(png: bytes) -> bytes:
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(packed)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_square_of_its_size_and_lets_the_ribbon_through(name: str, size: int) -> None:
    png = (FOLDER / file_name(name, size)).read_bytes()
    assert header(png) == (size, size, RGBA)
    # The first row holds a filter byte and the corner pixel, of which nothing is to be seen.
    assert pixels(png)[1:5] == bytes(4)


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_stands_out_from_light_and_dark_ribbons(name: str) -> None:
    # A mask cuts holes; its black and white are never seen.
    drawing = re.sub(r"<mask.*?</mask>", "", (FOLDER / f"{name}.svg").read_text("utf-8"), flags=re.DOTALL)
    colours = set(re.findall(r"#[0-9A-F]{6}", drawing))
    assert colours
    assert min(contrast(colour, ground) for colour in colours for ground in RIBBONS) >= VISIBLE


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_takes_nothing_from_elsewhere(name: str) -> None:
    drawing = (FOLDER / f"{name}.svg").read_text("utf-8")
    assert not re.search(r"href|<text|<image|<script|url\((?!#)", drawing)


def test_no_two_buttons_look_alike() -> None:
    for size in SIZES:
        assert len({(FOLDER / file_name(name, size)).read_bytes() for name in NAMES}) == len(NAMES)
