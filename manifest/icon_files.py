"""The icon files: their names and sizes."""

from server.ribbon.ribbon_table import Ribbon

SIZES = (16, 32, 64, 80)
"""Pixels. Office demands 16, 32 and 80; 64 is a large button on a screen of double density."""

PANE = "pane"
"""The add-in itself, and the action that shows the task pane."""


def icon_names(ribbon: Ribbon) -> list[str]:
    """Return the name of every icon of the Office add-in: its own, then one a button."""
    return [
        *(action.id for action in ribbon.pane if action.on_ribbon),
        *(button.id for button in ribbon.button),
    ]


def drawn_icons(ribbon: Ribbon) -> list[str]:
    """Return the name of every icon, those of the desktop add-in's own buttons last."""
    return [*icon_names(ribbon), *(action.id for action in ribbon.desktop)]


def file_name(name: str, size: int) -> str:
    """Return the file name of an icon in one size (pixels)."""
    return f"{name}-{size}.png"
