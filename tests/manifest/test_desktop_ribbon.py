"""The ribbon of the desktop add-in."""

import re
from itertools import permutations
from xml.etree import ElementTree as ET

from manifest.desktop import CALLBACK, custom_ui
from server.ribbon.ribbon_table import Button, DesktopAction, ribbon

NAMESPACE = "{http://schemas.microsoft.com/office/2006/01/customui}"
TABLE: list[Button | DesktopAction] = [*ribbon().button, *ribbon().desktop]
BUTTONS = list(ET.fromstring(custom_ui(ribbon())).iter(f"{NAMESPACE}button"))  # noqa: S314 - our own


def test_every_button_of_the_table_is_there_and_runs_the_one_macro() -> None:
    assert [button.attrib["id"] for button in BUTTONS] == [button.id for button in TABLE]
    assert {button.attrib["onAction"] for button in BUTTONS} == {CALLBACK}


def test_the_buttons_are_as_large_as_the_table_says() -> None:
    sizes = {"large": "large", "small": "normal"}
    shown = {button.attrib["id"]: button.attrib["size"] for button in BUTTONS}
    assert {button.id: sizes[button.size] for button in ribbon().button}.items() <= shown.items()


def test_every_button_has_keys_of_its_own() -> None:
    # Excel waits for the next letter as long as one keytip is the beginning of another.
    keys = [button.keytip for button in TABLE]
    assert [button.attrib["keytip"] for button in BUTTONS] == keys
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[A-Z][A-Z0-9]{0,2}", key) for key in (*keys, ribbon().keytip))
    assert not [(one, other) for one, other in permutations(keys, 2) if other.startswith(one)]


def test_keys_that_people_learned_stay() -> None:
    learned = {
        "payroll.check": "PC",
        "payroll.generate": "PG",
        "payroll.close": "PA",
        "invoices.update": "IU",
    }
    assert {button: ribbon().find_button(button).keytip for button in learned} == learned


def test_what_stands_under_the_pointer_fits() -> None:
    # Excel refuses the whole ribbon when one text is longer.
    assert all(len(button.attrib["supertip"]) <= 1024 for button in BUTTONS)
    assert all(len(button.attrib["label"]) <= 1024 for button in BUTTONS)


def test_it_says_under_the_pointer_in_which_workbooks_a_button_works() -> None:
    tips = {button.attrib["id"]: button.attrib["supertip"] for button in BUTTONS}
    assert tips["payroll.close"].endswith(
        "\nWorks in a workbook that belongs to a clinic (Choose clinic) and has the sheet Payroll Summary (Generate payroll)."
    )
    assert tips["clinic.save"].endswith("\nWorks in a workbook that has the sheet Clinic (Open setup).")
    assert "Works in" not in tips["clinic.choose"]


def test_the_group_help_comes_last() -> None:
    groups = [group.attrib for group in ET.fromstring(custom_ui(ribbon())).iter(f"{NAMESPACE}group")]  # noqa: S314 - our own
    assert groups[-1] == {"id": "ClinicLedger.help", "label": "Help"}
    assert [button.attrib["id"] for button in BUTTONS[-3:]] == ["help.guide", "help.support", "help.account"]
