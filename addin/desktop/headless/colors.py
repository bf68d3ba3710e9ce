# ruff: noqa: ANN401 - openpyxl's fills and colors are proxies without a type
"""The color of a fill as Excel returns it: red, green, blue."""

import colorsys
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.styles.colors import COLOR_INDEX

Rgb = tuple[int, int, int]

THEME_SLOTS = (
    "lt1",
    "dk1",
    "lt2",
    "dk2",
    *(f"accent{number}" for number in range(1, 7)),
    "hlink",
    "folHlink",
)
"""The order of a theme's colors in cells: light comes before dark, unlike in the theme itself."""


def rgb_of(text: str) -> Rgb:
    """Return ``#RRGGBB`` (or openpyxl's ``AARRGGBB``) as numbers."""
    digits = text[-6:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def rgb_of_fill(fill: Any, workbook: Workbook) -> Rgb | None:
    """Return the color a cell's fill shows, ``None`` without one."""
    if not getattr(fill, "patternType", None):
        stops = getattr(fill, "stop", ())
        return _rgb_of_color(stops[0].color, workbook) if stops else None
    return _rgb_of_color(fill.fgColor, workbook)


def _rgb_of_color(color: Any, workbook: Workbook) -> Rgb | None:
    if color.type == "rgb":
        base = rgb_of(color.rgb)
    elif color.type == "indexed":
        if color.indexed >= len(COLOR_INDEX):
            return None
        base = rgb_of(COLOR_INDEX[color.indexed])
    else:
        base = _rgb_of_theme(workbook, color.theme)
    return _apply_tint(base, color.tint)


def _rgb_of_theme(workbook: Workbook, number: int) -> Rgb:
    theme = workbook.loaded_theme or b""
    theme = theme if isinstance(theme, bytes) else theme.encode()
    slot = THEME_SLOTS[number] if number < len(THEME_SLOTS) else "lt1"
    found = re.search(
        rb"<a:%b>.*?(?:lastClr|srgbClr val)=\"([0-9A-Fa-f]{6})\"" % slot.encode(), theme, re.DOTALL
    )
    return rgb_of(found[1].decode()) if found else (255, 255, 255)


def _apply_tint(base: Rgb, tint: float) -> Rgb:
    """Lighten (tint above 0) or darken a color as the specification of the format says."""
    if not tint:
        return base
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in base))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue
