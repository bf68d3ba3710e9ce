"""How sentences show the value of a cell: cut to a length, with the names of hidden characters.

A cell can hold 32,767 characters, some of them invisible. A sentence that says that “9/3/2026” is not a date helps
only if it names the hidden character in it. So every sentence shows values through this module.
"""

import re
import unicodedata
from collections.abc import Mapping

LONGEST_VALUE = 80
"""The most characters of a cell that a sentence shows."""

LONGEST_TEXT = 1_000
"""The most characters of a fact that is itself a sentence or a list."""

LONGEST_QUOTE = 100
"""The most characters between quotation marks in a composed text."""

LOOKED_THROUGH = 2_000
"""How many characters of a long value are read to decide what is shown."""

MOST_KINDS = 3
"""The most kinds of hidden characters that are named for one value."""

TEXTS = frozenset(
    {
        "choices",
        "columns",
        "consequence",
        "headings",
        "invoices",
        "program_remedy",
        "question",
        "remedy",
        "sentence",
        "suggestion",
    }
)
"""The facts of findings that are sentences or lists rather than a cell's value."""

_FIELD = re.compile(r"“\{(?P<quoted>\w+)\}”|\{(?P<bare>\w+)\}")
_QUOTED = re.compile("“([^“”]*)”")
_WORD = re.compile(r"\w+")
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_SPACING = dict.fromkeys("\r\n\u2028\u2029", "a line break") | {"\t": "a tab"}
_ALPHABETS = ("CYRILLIC", "GREEK")


def fill_sentence(template: str, facts: Mapping[str, object]) -> str:
    """Return a sentence with its facts: values cut, their hidden characters named behind them."""
    if all(map(_is_plain, facts.values())):
        return template.format_map(facts)
    return _FIELD.sub(lambda field: _shown_fact(field, facts), template)


def show_value(value: str, longest: int = LONGEST_VALUE) -> str:
    """Return a value as a sentence shows it: no longer than ``longest``, without characters nobody sees."""
    if _is_plain(value):
        return value
    return _cut("".join(map(_visible, value[:LOOKED_THROUGH])), longest)


def note_on(value: str) -> str:
    """Return a note such as " (contains a hidden left-to-right mark)", "" where all of a value can be seen."""
    if value.isascii() and value.isprintable():
        return ""
    kinds = list(dict.fromkeys(filter(None, map(_kind, dict.fromkeys(value)))))
    kinds += [
        f"{name.capitalize()} letters among Latin ones"
        for name in _ALPHABETS
        if _mixes(value[:LOOKED_THROUGH], name)
    ]
    *first, last = kinds[:MOST_KINDS] or [""]
    listed = f"{', '.join(first)} and {last}" if first else last
    return f" (contains {listed})" if listed else ""


def tidy_sentence(text: str) -> str:
    """Return a composed sentence with its quoted values cut and their hidden characters named."""
    if _is_plain(text):
        return text
    return show_value(_QUOTED.sub(lambda quote: _is_plain_value(quote[1], LONGEST_QUOTE), text), LONGEST_TEXT)


def _shown_fact(field: re.Match[str], facts: Mapping[str, object]) -> str:
    name = field["quoted"] or field["bare"]
    value = facts[name]
    if not isinstance(value, str):
        return field[0].format_map(facts)
    if name in TEXTS:
        return tidy_sentence(value)
    return _is_plain_value(value) if field["quoted"] else show_value(value) + note_on(value)


def _is_plain_value(value: str, longest: int = LONGEST_VALUE) -> str:
    return f"“{show_value(value, longest)}”{note_on(value)}"


def _is_plain(value: object) -> bool:
    """Return whether a value can be shown unchanged. Most values can, so this check is fast."""
    return not isinstance(value, str) or (
        len(value) <= LONGEST_VALUE and value.isascii() and value.isprintable()
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _visible(character: str) -> str:
    """Return a character as it is shown: "" if it would change how its neighbors are displayed."""
    if unicodedata.category(character) in {"Zs", "Zl", "Zp"} or character in "\t\r\n":
        return " "
    is_hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"} or character in _FILLERS | _SELECTORS
    return "" if is_hidden else character


def _kind(character: str) -> str:
    """Return the name of a character that is easily overlooked, "" for any other."""
    category = unicodedata.category(character)
    name = unicodedata.name(character, "character").lower().replace("zero width", "zero-width")
    if character in _SPACING:
        return _SPACING[character]
    if category in {"Cc", "Cs", "Cn", "Co"}:
        return "a hidden control character"
    if category == "Cf" or character in _FILLERS | _SELECTORS:
        return f"a hidden {name}"
    return "" if character.isascii() else _look_alike(name, category)


def _look_alike(name: str, category: str) -> str:
    """Return the name of a space, digit or letter that only looks like one on the keyboard, "" for any other."""
    if category == "Zs":
        return f"a {name}"
    if category == "Nd":
        return f"{name.partition(' digit ')[0].replace('fullwidth', 'full-width')} digits"
    return "full-width characters" if name.startswith("fullwidth") else ""


def _mixes(value: str, alphabet: str) -> bool:
    """Return whether a word has both Latin letters and letters of another alphabet that look like them."""
    return any(
        any(letter.isascii() for letter in letters)
        and any(unicodedata.name(letter, "").startswith(alphabet) for letter in letters)
        for word in _WORD.findall(value)
        if (letters := [*filter(str.isalpha, word)])
    )
