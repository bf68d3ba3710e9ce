"""The letters that the fonts of the papers have: Latin, Greek, Cyrillic, Hebrew, signs and figures."""

_BLOCKS = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),
    (0x1E00, 0x1EFF),
    (0x0386, 0x03CE),
    (0x0400, 0x045F),
    (0x05D0, 0x05EA),
    (0x2010, 0x2027),
    (0x2030, 0x2033),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2212, 0x2212),
)
_SPACING = frozenset("\t\n\r")


def has_unprintable(text: str) -> bool:
    """Return whether a letter of the text may be missing from the fonts, and prints as an empty box."""
    return not text.isascii() and any(
        letter not in _SPACING and not any(first <= ord(letter) <= last for first, last in _BLOCKS)
        for letter in text
    )
