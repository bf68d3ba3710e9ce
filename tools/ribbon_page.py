"""Builds the page of the docs that lists the buttons."""

from server.ribbon.ribbon_table import Button, Group, Option, PaneAction, Ribbon
from server.ribbon.shortcuts import KEYS, KEYS_OF_MAC, with_shortcut

READS = {"active": "the sheet in front", "none": "nothing"}
KINDS = {"text": "a text", "date": "a day"}

_HEAD = """\
# The ribbon

<!-- Built from server/ribbon/ribbon.toml: python -m tools.build -->

One table, `server/ribbon/ribbon.toml`, makes the ribbon of both add-ins, the task pane's list and this page. A button reads
the sheets named here, sends them to the service, and applies the answer; what it does with them is a command of the same
id on the server.

In Excel for Windows with the desktop add-in, Alt, then CL, then the keys of a button press it. [The task pane](task-pane.md) disables a button
that needs a clinic or one of the sheets that it works on, if the workbook has none.
"""
_SHORTCUTS = """\
## <a id="shortcuts"></a>Keyboard shortcuts

Of the Office add-in ([task-pane.md](task-pane.md#keyboard-shortcuts-in-the-sheet)).

| | Windows and web | Mac |
|---|---|---|"""
_OPTIONS = """\
## Options

Inputs that can be set before a button is pressed. In the task pane they are folded away under the button. An option counts for the ribbon's
button too, and stays until it is reset or the workbook is closed. The desktop add-in takes it from a sheet named Settings
with the headings Name and Value, where it stays until it is deleted; `press` takes it with `--set state=paid`, for that click.

| button | option | name | what can be given |
|---|---|---|---|"""
_FOOT = """\
The Office add-in has a group more, **Help**: **Show pane** opens the task pane, and **Help** has the guide, the keys, the version and the details for
support. So has the desktop add-in: **Guide and keys** (Alt, CL, HG) opens the guide in the browser, and **Details for support** (Alt, CL, HS) shows the versions and copies them. In both, **Sign in or out**
(Alt, CL, HA) shows who is signed in. The Office add-in disables the buttons that a person's role may not press and says for whom they are. The buttons of the desktop add-in are never gray:
where one works stands under the pointer, and pressing it elsewhere says what is missing and offers it. `clinicledger press <id> <workbook>` presses a button on a workbook file, without Excel.

## What is built from the table

| file | for | built or checked by |
|---|---|---|
| `manifest/manifest.xml` | the Office add-in; for another address: `clinicledger addin manifest --url https://...` | `just build` |
| `manifest/customUI.xml` | the desktop add-in | `just build` |
| `manifest/icons/*.png` | both; drawn as SVG beside them | `just build` |
| `clinicledger.xlam` | the desktop add-in, whole | `clinicledger addin xlam` |

Where a virus scanner stops unsigned add-ins, the desktop add-in can be put together by hand in Excel for Windows: start
from xlwings' own template (`xlwings quickstart name --addin --ribbon`), import `addin/desktop/ClinicLedgerRibbon.bas`, and
put in `manifest/customUI.xml` with a custom UI editor. That one lacks the hardening of `addin/desktop/xlam_macros.py`: use it
for workbooks of your own only. Neither way was tried in real Excel yet.
"""


def ribbon_page(ribbon: Ribbon) -> str:
    """Return ``docs/ribbon.md``."""
    sections = (_group_section(group, ribbon) for group in ribbon.group)
    options = (_option_row(button, option) for button in ribbon.button for option in button.options)
    shortcuts = (_shortcut_row(one) for one in with_shortcut(ribbon))
    return "\n".join([_HEAD, *sections, _SHORTCUTS, *shortcuts, "", _OPTIONS, *options, "", _FOOT])


def _group_section(group: Group, ribbon: Ribbon) -> str:
    rows = (_button_row(button) for button in ribbon.button if button.group == group.id)
    head = [
        "| | button | id | keys | what it does | reads | works on | clinic first |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([f"## {group.label}", "", *head, *rows, ""])


def _button_row(button: Button) -> str:
    icon = f"![](../manifest/icons/{button.id}-32.png)"
    clinic = "yes" if button.clinic else "no"
    return (
        f"| {icon} | **{button.label}** | `{button.id}` | {button.keytip} | {button.tip} | {_sheets_read(button)}"
        f" | {_sheets_worked_on(button)} | {clinic} |"
    )


def _shortcut_row(one: Button | PaneAction) -> str:
    mac = KEYS_OF_MAC.replace("Alt", "Option") + one.shortcut
    return f"| {one.label} | {KEYS}{one.shortcut} | {mac} |"


def _option_row(button: Button, option: Option) -> str:
    words = KINDS.get(option.kind) or ", ".join(f"`{word}`" for word in option.choices)
    return f"| {button.label} | {option.label} | `{option.name}` | {words} |"


def _sheets_worked_on(button: Button) -> str:
    if not button.works_on:
        return ""
    return "the sheets it reads" if button.works_on == button.reads else ", ".join(button.works_on)


def _sheets_read(button: Button) -> str:
    first = READS[button.reads] if isinstance(button.reads, str) else ", ".join(button.reads)
    return ", ".join([first, *button.reads_beside])
