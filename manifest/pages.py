"""The page of the docs that lists the buttons."""

from server.ribbon.table import Button, Group, Ribbon

READS = {"active": "the sheet in front", "none": "nothing"}

_HEAD = """\
# The ribbon

<!-- Built from manifest/ribbon.toml: python -m manifest.build -->

One table, `manifest/ribbon.toml`, makes the ribbon of both add-ins, the task pane's list and this page. A button reads
the sheets named here, sends them to the service, and applies the answer; what it does with them is a command of the same
id on the server.
"""
_FOOT = """\
The Office add-in has one button more, **Show pane**, which opens the task pane. `clinicledger press <id> <workbook>`
presses a button on a workbook file, without Excel.

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
    return "\n".join([_HEAD, *(_section(group, ribbon) for group in ribbon.group), _FOOT])


def _section(group: Group, ribbon: Ribbon) -> str:
    rows = (_row(button) for button in ribbon.button if button.group == group.id)
    head = ["| | button | id | what it does | reads | clinic first |", "|---|---|---|---|---|---|"]
    return "\n".join([f"## {group.label}", "", *head, *rows, ""])


def _row(button: Button) -> str:
    icon = f"![](../manifest/icons/{button.id}-32.png)"
    clinic = "yes" if button.clinic else "no"
    return f"| {icon} | **{button.label}** | `{button.id}` | {button.tip} | {_reads(button)} | {clinic} |"


def _reads(button: Button) -> str:
    return READS[button.reads] if isinstance(button.reads, str) else ", ".join(button.reads)
