"""The ribbon of the desktop add-in: the customUI part of the ``.xlam``."""

from manifest.markup import document, element
from server.ribbon.ribbon_table import Button, Ribbon

CALLBACK = "ClinicLedgerRibbon.RunRibbonCommand"
"""The one macro behind every button (``addin/desktop/ClinicLedgerRibbon.bas``)."""

PREFIX = "ClinicLedger"
_SCHEMA = "http://schemas.microsoft.com/office/2006/01/customui"


def custom_ui(ribbon: Ribbon) -> str:
    """Return the customUI. A button's ``id`` is its command, its ``image`` the icon of that name."""
    groups = (
        element(
            "group",
            {"id": f"{PREFIX}.{group.id}", "label": group.label},
            *(_button_xml(button) for button in ribbon.button if button.group == group.id),
        )
        for group in ribbon.group
    )
    tab = element("tab", {"id": f"{PREFIX}.tab", "label": ribbon.tab, "keytip": ribbon.keytip}, *groups)
    return document(
        element("customUI", {"xmlns": _SCHEMA}, element("ribbon", None, element("tabs", None, tab)))
    )


def _button_xml(button: Button) -> str:
    return element(
        "button",
        {
            "id": button.id,
            "label": button.label,
            "size": "large" if button.size == "large" else "normal",
            "image": button.id,
            "keytip": button.keytip,
            "screentip": button.label,
            "supertip": button.tip,
            "onAction": CALLBACK,
        },
    )
