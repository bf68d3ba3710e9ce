"""The keyboard shortcuts of the Office add-in, in the form in which Excel reads them (the manifest's extended overrides).

Microsoft recommends Ctrl+Shift+Alt and a letter: Excel and browsers use few of those. In Excel on the web they work while
the sheet has the focus, not the task pane.
"""

from typing import Any

from server.ribbon.ribbon_table import Button, PaneAction, Ribbon

KEYS = "Ctrl+Shift+Alt+"
KEYS_OF_MAC = "Command+Shift+Alt+"


def with_shortcut(ribbon: Ribbon) -> list[Button | PaneAction]:
    """Return the buttons and the actions of the pane that have a shortcut."""
    every: list[Button | PaneAction] = [*ribbon.button, *ribbon.pane]
    return [one for one in every if one.shortcut]


def shortcuts_file(ribbon: Ribbon) -> dict[str, Any]:
    """Return the file of shortcuts: the actions, and the keys of each."""
    listed = with_shortcut(ribbon)
    return {
        "actions": [{"id": one.id, "type": "ExecuteFunction", "name": one.label} for one in listed],
        "shortcuts": [
            {"action": one.id, "key": {"default": KEYS + one.shortcut, "mac": KEYS_OF_MAC + one.shortcut}}
            for one in listed
        ],
    }
