"""The rules of the Office manifest: those of its schema, and those a schema cannot state."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from manifest.icon_files import icon_names
from manifest.office import office_manifest
from server.ribbon.ribbon_table import ribbon
from server.ribbon.shortcuts import shortcuts_file
from tools.build import ROOT

MANIFEST = ET.fromstring(office_manifest(ribbon()))  # noqa: S314 - our own
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

ORDER = {
    "OfficeApp": "Id Version ProviderName DefaultLocale DisplayName Description IconUrl HighResolutionIconUrl "
    "SupportUrl AppDomains Hosts Requirements DefaultSettings Permissions VersionOverrides ExtendedOverrides",
    "VersionOverrides": "Description Requirements Hosts Resources",
    "Host": "Runtimes DesktopFormFactor",
    "DesktopFormFactor": "GetStarted FunctionFile ExtensionPoint",
    "GetStarted": "Title Description LearnMoreUrl",
    "CustomTab": "Group Label",
    "Group": "Label Icon Control",
    "Control": "Label Supertip Icon Action",
    "Supertip": "Title Description",
    "Action": "TaskpaneId SourceLocation Title FunctionName",
    "Resources": "Images Urls ShortStrings LongStrings",
}
"""What may stand inside an element, in the order Office demands. In others order means nothing."""

NEEDED = {
    "OfficeApp": {
        "Id",
        "Version",
        "ProviderName",
        "DefaultLocale",
        "DisplayName",
        "Description",
        "Permissions",
    },
    "Group": {"Label", "Icon", "Control"},
    "Control": {"Label", "Supertip", "Icon", "Action"},
    "Supertip": {"Title", "Description"},
    "CustomTab": {"Group", "Label"},
}


def name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def every(*names: str) -> Iterator[ET.Element]:
    return (element for element in MANIFEST.iter() if name(element) in names)


def resources(kind: str) -> dict[str, str]:
    (found,) = every(kind)
    return {item.attrib["id"]: item.attrib["DefaultValue"] for item in found}


DEFINED = {
    key: value
    for kind in ("Images", "Urls", "ShortStrings", "LongStrings")
    for key, value in resources(kind).items()
}
NAMING = {"Label": "ShortStrings", "Title": "ShortStrings", "Description": "LongStrings", "Image": "Images"}
PAGES = ("Runtime", "FunctionFile", "SourceLocation")


@pytest.mark.parametrize("parent", ORDER)
def test_elements_stand_in_the_order_office_demands(parent: str) -> None:
    allowed = ORDER[parent].split()
    for element in every(parent):
        places = [allowed.index(name(child)) for child in element]
        assert places == sorted(places)


@pytest.mark.parametrize("parent", NEEDED)
def test_nothing_office_needs_is_missing(parent: str) -> None:
    for element in every(parent):
        assert {name(child) for child in element} >= NEEDED[parent]


def test_every_name_of_a_resource_is_defined_where_office_looks_for_it() -> None:
    for element in MANIFEST.iter():
        if "resid" in element.attrib:
            kind = NAMING.get(name(element), "Urls")
            assert element.attrib["resid"] in resources(kind)


def test_no_resource_is_defined_twice_or_for_nothing() -> None:
    used = {element.attrib["resid"] for element in MANIFEST.iter() if "resid" in element.attrib}
    (found,) = every("Resources")
    defined = [item.attrib["id"] for kind in found for item in kind]
    assert sorted(defined) == sorted(used)


def test_names_of_resources_have_32_letters_at_most() -> None:
    assert max(map(len, DEFINED)) <= 32


def test_what_a_button_says_fits() -> None:
    assert max(map(len, resources("ShortStrings").values())) <= 125
    assert max(map(len, resources("LongStrings").values())) <= 250


def test_every_address_is_https() -> None:
    addresses = [value for element in MANIFEST.iter() for value in element.attrib.values() if "://" in value]
    assert addresses
    assert all(address.startswith("https://localhost:8765/office/") for address in addresses)


def test_page_functions_and_runtime_are_one_page_that_lives_on() -> None:
    with_names = {element.attrib["resid"] for element in every(*PAGES) if "resid" in element.attrib}
    (runtime,) = every("Runtime")
    assert len(with_names) == 1
    assert runtime.attrib["lifetime"] == "long"


def test_every_icon_has_the_sizes_office_shows() -> None:
    for icon in every("Icon"):
        assert {"16", "32", "80"} <= {image.attrib["size"] for image in icon}


def test_no_two_parts_of_the_ribbon_have_one_id() -> None:
    ids = [element.attrib["id"] for element in every("CustomTab", "Group", "Control")]
    assert len(ids) == len(set(ids))


def test_every_button_runs_the_command_of_its_id_and_one_shows_the_pane() -> None:
    actions = list(every("Action"))
    run = [action[0].text for action in actions if action.attrib[TYPE] == "ExecuteFunction"]
    shown = [action for action in actions if action.attrib[TYPE] == "ShowTaskpane"]
    buttons = [
        button.id for group in ribbon().group for button in ribbon().button if button.group == group.id
    ]
    assert run == [*buttons, "help", "account"]
    assert len(shown) == 1


def test_every_button_that_is_disabled_has_the_id_by_which_the_pane_enables_it() -> None:
    ids = {element.attrib["id"] for element in every("CustomTab", "Group", "Control")}
    commands = (ROOT / "addin/office/src/commands.js").read_text("utf-8")
    assert 'const PREFIX = "ClinicLedger";' in commands
    groups = [group.id for group in ribbon().group]
    buttons = [button.id for button in ribbon().button]
    assert {f"ClinicLedger.{name}" for name in ("tab", *groups, *buttons)} <= ids


def test_shortcuts_are_keys_that_excel_takes_and_each_presses_one_thing() -> None:
    told = shortcuts_file(ribbon())
    known = {button.id for button in ribbon().button} | {action.id for action in ribbon().pane}
    keys = [keys for shortcut in told["shortcuts"] for keys in shortcut["key"].values()]
    assert {action["id"] for action in told["actions"]} <= known
    assert [action["id"] for action in told["actions"]] == [one["action"] for one in told["shortcuts"]]
    assert len(set(keys)) == len(keys)
    # The pattern that Microsoft recommends: Excel and browsers use few of them.
    assert all(re.fullmatch(r"(Ctrl|Command)\+Shift\+Alt\+[A-Z0-9]", key) for key in keys)


def test_excel_without_inserted_sheets_or_a_shared_runtime_is_not_offered_the_add_in() -> None:
    asked = {element.attrib["Name"]: element.attrib["MinVersion"] for element in every("Set")}
    assert asked == {"SharedRuntime": "1.1", "ExcelApi": "1.13"}


def test_another_service_changes_the_addresses_and_nothing_else() -> None:
    elsewhere = office_manifest(ribbon(), "https://ledger.example.com/")
    assert elsewhere.replace("https://ledger.example.com/", "https://localhost:8765/") == office_manifest(
        ribbon()
    )


def test_labels_with_signs_of_markup_stay_labels() -> None:
    table = ribbon().model_copy(update={"tab": 'Bills & "Co" <1>'})
    texts = ET.fromstring(office_manifest(table))  # noqa: S314 - our own
    assert 'Bills & "Co" <1>' in {element.attrib.get("DefaultValue") for element in texts.iter()}


def test_every_icon_named_is_one_that_is_drawn() -> None:
    files = {address.rpartition("/")[2].rpartition("-")[0] for address in resources("Images").values()}
    assert files == set(icon_names(ribbon()))
