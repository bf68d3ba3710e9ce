"""``/office/help.html``: the order of the work, every button, and all keys, made from the ribbon table.

The manifest gives Excel this address for help and support. The page holds code and no data, as the other pages do.
"""

from collections.abc import Iterable
from html import escape

from server.installation import program_version
from server.ribbon.ribbon_table import Button, Group, Ribbon
from server.ribbon.shortcuts import KEYS, KEYS_OF_MAC, with_shortcut

PANE_KEYS = (
    ("Esc", "Cancel a question, or go back to all buttons"),
    ("↑ ↓ Home End", "Move in a list of buttons or findings"),
    ("Enter", "Select the cell of a finding"),
    ("Space", "Tick a finding"),
    ("F1", "Show this help"),
)
"""Keys inside the task pane, and what they do."""

_HEADINGS = ("Button", "What it does", "Keys of the desktop add-in")


def help_html(ribbon: Ribbon) -> str:
    """Return the page of help."""
    title = f"{escape(ribbon.tab)}: help"
    sections = "".join(_group_html(ribbon, group) for group in ribbon.group)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="help.css"></head><body><main><h1>{title}</h1>'
        f"<p>{escape(ribbon.purpose)}</p>{sections}{_keys_html(ribbon)}"
        "<h2>If something does not work</h2><p>In the task pane, press Help, then Copy details; in the desktop add-in, press "
        f"{escape(_label_of_support(ribbon))}. Send the text to whoever looks after Clinic Ledger in your office. It names "
        "versions, and that of the task pane the code of the last refusal. It holds no "
        f"names, no amounts and nothing else of a sheet.</p><p>Version {program_version()}</p></main></body></html>"
    )


def _label_of_support(ribbon: Ribbon) -> str:
    return next(action.label for action in ribbon.desktop if action.id == "help.support")


def _group_html(ribbon: Ribbon, group: Group) -> str:
    buttons = [button for button in ribbon.button if button.group == group.id]
    rows = (
        (button.label, button.tip + _next_words(ribbon, button), f"Alt, {ribbon.keytip}, {button.keytip}")
        for button in buttons
    )
    return f"<h2>{escape(group.label)}</h2>{_table_html(_HEADINGS, rows)}"


def _next_words(ribbon: Ribbon, button: Button) -> str:
    return f" Next: {ribbon.find_button(button.next).label}." if button.next else ""


def _keys_html(ribbon: Ribbon) -> str:
    rows = (
        (one.label, KEYS + one.shortcut, KEYS_OF_MAC.replace("Alt", "Option") + one.shortcut)
        for one in with_shortcut(ribbon)
    )
    helping = ((one.label, one.tip, f"Alt, {ribbon.keytip}, {one.keytip}") for one in ribbon.desktop)
    return (
        f"<h2>Help in the desktop add-in</h2>{_table_html(_HEADINGS, helping)}"
        "<h2>Keyboard shortcuts</h2><p>For the add-in with the task pane. In Excel on the web they work while the sheet has the "
        f"focus.</p>{_table_html(('What', 'Windows and web', 'Mac'), rows)}"
        f"<h2>Keys in the task pane</h2>{_table_html(('Keys', 'What they do'), PANE_KEYS)}"
    )


def _table_html(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
