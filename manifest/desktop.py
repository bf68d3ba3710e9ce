"""The ribbon of the desktop add-in: the customUI part of the ``.xlam``."""

from manifest.markup import document, element
from server.ribbon.ribbon_table import Button, DesktopAction, Ribbon

CALLBACK = "ClinicLedgerRibbon.RunRibbonCommand"
"""The one macro behind every button (``addin/desktop/ClinicLedgerRibbon.bas``)."""

PREFIX = "ClinicLedger"
HELP = "Help"
_SCHEMA = "http://schemas.microsoft.com/office/2006/01/customui"


def custom_ui(ribbon: Ribbon) -> str:
    """Return the customUI. A button's ``id`` is its command, its ``image`` the icon of that name."""
    groups = [
        _group_xml(
            group.id,
            group.label,
            *(_command_xml(ribbon, button) for button in ribbon.button if button.group == group.id),
        )
        for group in ribbon.group
    ]
    groups.append(_group_xml("help", HELP, *(_button_xml(action, action.tip) for action in ribbon.desktop)))
    tab = element("tab", {"id": f"{PREFIX}.tab", "label": ribbon.tab, "keytip": ribbon.keytip}, *groups)
    return document(
        element("customUI", {"xmlns": _SCHEMA}, element("ribbon", None, element("tabs", None, tab)))
    )


def _group_xml(group: str, label: str, *buttons: str) -> str:
    return element("group", {"id": f"{PREFIX}.{group}", "label": label}, *buttons)


def _command_xml(ribbon: Ribbon, button: Button) -> str:
    size = "large" if button.size == "large" else "normal"
    return _button_xml(button, "\n".join(filter(None, (button.tip, needs_in_words(ribbon, button)))), size)


def _button_xml(button: Button | DesktopAction, supertip: str, size: str = "normal") -> str:
    return element(
        "button",
        {
            "id": button.id,
            "label": button.label,
            "size": size,
            "image": button.id,
            "keytip": button.keytip,
            "screentip": button.label,
            "supertip": supertip,
            "onAction": CALLBACK,
        },
    )


def needs_in_words(ribbon: Ribbon, button: Button) -> str:
    """Return in which workbooks a button can do something, "" if in all.

    A macro would have to disable buttons while Excel works, and could not say why; so it stands under the pointer.
    """
    needs = ["belongs to a clinic (Choose clinic)"] if button.clinic else []
    if button.works_on:
        before = next((one.label for one in ribbon.button if one.next == button.id), "")
        needs.append(f"has the sheet {button.works_on[0]}{f' ({before})' if before else ''}")
    return f"Works in a workbook that {' and '.join(needs)}." if needs else ""
