"""Draws the icons: PNGs of the SVGs in ``icons/``. Needs resvg, which only developers have.

Visual language: a grid of 32, outlines 2 wide whose edges lie on even coordinates (so they are
sharp at 16, 32 and 64 pixels), bodies in 18 % of the outline's color. Blue means paper and
places, green means money and yes, red means undo. Every color is visible on a white and on a black ribbon.
"""

from pathlib import Path

from resvg_py import svg_to_bytes

FOLDER = Path(__file__).parent / "icons"


def draw_icon(name: str, size: int) -> bytes:
    """Return an icon as PNG, ``size`` pixels square; the same bytes every time."""
    drawing = (FOLDER / f"{name}.svg").read_text("utf-8")
    return svg_to_bytes(svg_string=drawing, width=size, height=size, skip_system_fonts=True)
