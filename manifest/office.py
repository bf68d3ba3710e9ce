"""The manifest of the Office add-in: Excel on Windows, macOS and the web (docs/architecture.md#add-ins).

An XML manifest of the add-in-only kind, which perpetual Excel understands too. One page is
both task pane and function file: the shared runtime. The order of the elements is part of the format.
"""

from importlib.metadata import version

from manifest.icon_files import PANE, SIZES, file_name, icon_names
from manifest.markup import document, element, text
from server.ribbon.ribbon_table import Button, Group, PaneAction, Ribbon

URL = "https://localhost:8765"
ID = "9d2f3c1e-6b7a-4e58-8f04-5a1c7be0d926"
"""The id of the add-in in Office. Another id would be another add-in."""

PREFIX = "ClinicLedger"
NAME = "Clinic Ledger"
PAGE = "Page.Url"
HELP = "Help.Url"
START_TITLE = "Clinic Ledger is ready"
REQUIRED = {"SharedRuntime": "1.1", "ExcelApi": "1.13"}

_APP = "http://schemas.microsoft.com/office/appforoffice/1.1"
_BASIC = "http://schemas.microsoft.com/office/officeappbasictypes/1.0"
_OVERRIDES = "http://schemas.microsoft.com/office/taskpaneappversionoverrides"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def office_manifest(ribbon: Ribbon, url: str = URL) -> str:
    """Return the manifest for the service at ``url``, such as ``https://localhost:8765``."""
    office = f"{url.rstrip('/')}/office"
    return document(
        element(
            "OfficeApp",
            {"xmlns": _APP, "xmlns:bt": _BASIC, "xmlns:xsi": _XSI, "xsi:type": "TaskPaneApp"},
            text("Id", ID),
            text("Version", _add_in_version()),
            text("ProviderName", NAME),
            text("DefaultLocale", "en-US"),
            element("DisplayName", {"DefaultValue": NAME}),
            element("Description", {"DefaultValue": ribbon.purpose}),
            element("IconUrl", {"DefaultValue": _icon_url(office, PANE, 32)}),
            element("HighResolutionIconUrl", {"DefaultValue": _icon_url(office, PANE, 64)}),
            element("SupportUrl", {"DefaultValue": _help_url(office)}),
            element("Hosts", None, element("Host", {"Name": "Workbook"})),
            _requirements_xml(),
            element("DefaultSettings", None, element("SourceLocation", {"DefaultValue": _page_url(office)})),
            text("Permissions", "ReadWriteDocument"),
            _overrides_xml(ribbon, office),
            element("ExtendedOverrides", {"Url": f"{office}/shortcuts.json"}),
        )
    )


def _add_in_version() -> str:
    """Return the add-in's version: 1 and the product's, because Office accepts no version below 1.0."""
    return f"1.{version('clinic-ledger')}"


def _requirements_xml() -> str:
    sets = (element("Set", {"Name": name, "MinVersion": least}) for name, least in REQUIRED.items())
    return element("Requirements", None, element("Sets", {"DefaultMinVersion": "1.1"}, *sets))


def _overrides_xml(ribbon: Ribbon, office: str) -> str:
    workbook = element(
        "Host",
        {"xsi:type": "Workbook"},
        element("Runtimes", None, element("Runtime", {"resid": PAGE, "lifetime": "long"})),
        element(
            "DesktopFormFactor",
            None,
            element(
                "GetStarted",
                None,
                element("Title", {"resid": "start.title"}),
                element("Description", {"resid": "start.description"}),
                element("LearnMoreUrl", {"resid": HELP}),
            ),
            element("FunctionFile", {"resid": PAGE}),
            element("ExtensionPoint", {"xsi:type": "PrimaryCommandSurface"}, _tab_xml(ribbon)),
        ),
    )
    return element(
        "VersionOverrides",
        {"xmlns": _OVERRIDES, "xsi:type": "VersionOverridesV1_0"},
        element("Hosts", None, workbook),
        _resources_xml(ribbon, office),
    )


def _tab_xml(ribbon: Ribbon) -> str:
    groups = (_group_xml(group, ribbon) for group in ribbon.group)
    label = element("Label", {"resid": "tab.label"})
    return element("CustomTab", {"id": f"{PREFIX}.tab"}, *groups, _help_group_xml(ribbon), label)


def _group_xml(group: Group, ribbon: Ribbon) -> str:
    buttons = [button for button in ribbon.button if button.group == group.id]
    return element(
        "Group",
        {"id": f"{PREFIX}.{group.id}"},
        element("Label", {"resid": f"{group.id}.label"}),
        _icon_xml(buttons[0].id),
        *(_button_xml(button) for button in buttons),
    )


def _button_xml(button: Button) -> str:
    call = element("Action", {"xsi:type": "ExecuteFunction"}, text("FunctionName", button.id))
    return _control_xml(button.id, call)


def _help_group_xml(ribbon: Ribbon) -> str:
    actions = [action for action in ribbon.pane if action.on_ribbon]
    return element(
        "Group",
        {"id": f"{PREFIX}.pane-actions"},
        element("Label", {"resid": "help.label"}),
        _icon_xml(actions[0].id),
        *(_control_xml(action.id, _pane_action_xml(action)) for action in actions),
    )


def _pane_action_xml(action: PaneAction) -> str:
    if action.id != PANE:
        return element("Action", {"xsi:type": "ExecuteFunction"}, text("FunctionName", action.id))
    return element(
        "Action",
        {"xsi:type": "ShowTaskpane"},
        text("TaskpaneId", f"{PREFIX}.pane"),
        element("SourceLocation", {"resid": PAGE}),
    )


def _control_xml(name: str, action: str) -> str:
    return element(
        "Control",
        {"xsi:type": "Button", "id": f"{PREFIX}.{name}"},
        element("Label", {"resid": f"{name}.label"}),
        element(
            "Supertip",
            None,
            element("Title", {"resid": f"{name}.label"}),
            element("Description", {"resid": f"{name}.tip"}),
        ),
        _icon_xml(name),
        action,
    )


def _icon_xml(name: str) -> str:
    sizes = (element("bt:Image", {"size": str(n), "resid": f"{name}.{n}"}) for n in SIZES)
    return element("Icon", None, *sizes)


def _resources_xml(ribbon: Ribbon, office: str) -> str:
    images = {
        f"{name}.{size}": _icon_url(office, name, size) for name in icon_names(ribbon) for size in SIZES
    }
    actions = [action for action in ribbon.pane if action.on_ribbon]
    buttons: list[PaneAction | Button] = [*actions, *ribbon.button]
    labels = {"tab.label": ribbon.tab, "start.title": START_TITLE}
    labels |= {f"{group.id}.label": group.label for group in ribbon.group}
    labels |= {f"{button.id}.label": button.label for button in buttons}
    tips = {"start.description": ribbon.purpose} | {f"{button.id}.tip": button.tip for button in buttons}
    return element(
        "Resources",
        None,
        _list_xml("Images", "Image", images),
        _list_xml("Urls", "Url", {PAGE: _page_url(office), HELP: _help_url(office)}),
        _list_xml("ShortStrings", "String", labels),
        _list_xml("LongStrings", "String", tips),
    )


def _list_xml(name: str, item: str, values: dict[str, str]) -> str:
    items = (element(f"bt:{item}", {"id": key, "DefaultValue": value}) for key, value in values.items())
    return element(f"bt:{name}", None, *items)


def _page_url(office: str) -> str:
    return f"{office}/taskpane.html"


def _help_url(office: str) -> str:
    return f"{office}/help.html"


def _icon_url(office: str, name: str, size: int) -> str:
    return f"{office}/icons/{file_name(name, size)}"
