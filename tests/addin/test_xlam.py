"""The desktop add-in as a file: what Excel would find in it."""

import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
import xlwings as xw

from addin.desktop.xlam import MANIFEST, build_xlam
from addin.desktop.xlam_macros import CALLBACK, Change, TemplateChanged

XLAM = build_xlam()
UI = "{http://schemas.microsoft.com/office/2006/01/customui}"


@pytest.fixture(scope="module")
def macros(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The source of every module, as olevba finds it."""
    file = tmp_path_factory.mktemp("xlam") / "clinicledger.xlam"
    file.write_bytes(XLAM)
    olevba = [sys.executable, "-W", "ignore", "-m", "oletools.olevba", "--json", "--code", str(file)]
    told = json.loads(subprocess.run(olevba, capture_output=True, check=True).stdout)
    found = [macro for container in told for macro in container.get("macros") or ()]
    return {Path(macro["vba_filename"]).stem: macro["code"] for macro in found}


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    with ZipFile(BytesIO(XLAM)) as package:
        return {name: package.read(name) for name in package.namelist()}


def callback(custom_ui: bytes) -> set[str]:
    return {button.attrib["onAction"] for button in ET.fromstring(custom_ui).iter(f"{UI}button")}  # noqa: S314


def test_the_add_in_is_the_same_every_time() -> None:
    assert build_xlam() == XLAM


def test_every_button_calls_a_macro_that_is_there(macros: dict[str, str], parts: dict[str, bytes]) -> None:
    (called,) = callback(parts["customUI/customUI.xml"])
    module, macro = called.split(".")
    assert f"Public Sub {macro}(control As IRibbonControl)" in macros[module]


def test_the_macro_hands_the_id_of_the_button_to_python(macros: dict[str, str]) -> None:
    assert (
        'RunPython "from addin.desktop import ribbon; ribbon.run(\'" & control.ID & "\')"'
        in macros["ClinicLedgerRibbon"]
    )


def test_the_macro_to_import_by_hand_is_the_one_in_the_add_in(macros: dict[str, str]) -> None:
    name, *lines = CALLBACK.read_text("ascii").splitlines()
    assert name == 'Attribute VB_Name = "ClinicLedgerRibbon"'
    assert macros["ClinicLedgerRibbon"].splitlines() == lines


def test_the_ribbon_in_the_add_in_is_the_one_built_from_the_table(parts: dict[str, bytes]) -> None:
    assert parts["customUI/customUI.xml"] == (MANIFEST / "customUI.xml").read_bytes()


def test_every_button_has_its_picture_in_the_add_in(parts: dict[str, bytes]) -> None:
    targets = dict(
        re.findall(r'Id="([^"]+)"[^>]*Target="([^"]+)"', parts["customUI/_rels/customUI.xml.rels"].decode())
    )
    buttons = ET.fromstring(parts["customUI/customUI.xml"]).iter(f"{UI}button")  # noqa: S314 - our own
    for button in buttons:
        assert parts[f"customUI/{targets[button.attrib['image']]}"].startswith(b"\x89PNG")
    assert b'Extension="png"' in parts["[Content_Types].xml"]


def test_the_workbook_in_front_has_no_say_in_what_is_run(macros: dict[str, str]) -> None:
    # A log comes from outside: a sheet in it, a file beside it or its name must not reach the command.
    source = macros["xlwings"]
    assert "SheetExists(ActiveWorkbook, PROJECT_NAME" not in source
    assert "GetConfigFromSheet(ActiveWorkbook)" not in source
    assert 'If source = "" Or source = "directory"' not in source
    assert not re.search(r"^\s*uses_embedded_code = True", source, re.MULTILINE)
    assert source.count('PYTHONPATH = GetConfig("PYTHONPATH")') == 2


def test_a_click_finds_our_code_and_leaves_pandas_alone(macros: dict[str, str], tmp_path: Path) -> None:
    # As cmd.exe hands it to Python; a POSIX shell takes the same quotes.
    (told,) = re.findall(r'" -B -c ""(.*?)" & PythonCommand', macros["xlwings"])
    start = told.replace('\\""" & PYTHONPATH & "\\""', f'"{MANIFEST.parent}"')
    program = f"{start}from addin.desktop import ribbon; print(ribbon.__file__, 'pandas' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, check=True, cwd=tmp_path, text=True
    )
    assert done.stdout.split() == [str(MANIFEST.parent / "addin" / "desktop" / "ribbon.py"), "False"]


def test_the_macros_look_for_settings_under_the_name_of_the_sheet(
    macros: dict[str, str], parts: dict[str, bytes]
) -> None:
    assert 'PROJECT_NAME As String = "clinicledger"' in macros["xlwings"]
    assert b'name="clinicledger.conf"' in parts["xl/workbook.xml"]
    # The sheet wins over the settings file, and where Python is differs from computer to computer.
    assert b"INTERPRETER" not in parts["xl/worksheets/sheet1.xml"].upper()


def test_every_module_has_a_name_of_its_own(macros: dict[str, str]) -> None:
    assert set(macros) == {"ThisWorkbook", "Sheet2", "Dictionary", "xlwings", "ClinicLedgerRibbon"}


def test_the_add_in_carries_the_license_of_what_it_is_made_of(macros: dict[str, str]) -> None:
    assert "BSD 3-clause license" in macros["xlwings"]
    assert "License: MIT" in macros["Dictionary"] or "@license: MIT" in macros["Dictionary"]


def test_nothing_of_the_paid_xlwings_is_used() -> None:
    assert xw.__pro__ is False


def test_no_trace_of_whose_computer_the_template_was_made_on_is_left(parts: dict[str, bytes]) -> None:
    assert not any(b"Users\\" in content for name, content in parts.items() if name.endswith(".xml"))
    assert b"<dc:creator>Clinic Ledger</dc:creator>" in parts["docProps/core.xml"]


def test_every_part_named_in_the_package_is_there(parts: dict[str, bytes]) -> None:
    named = re.findall(r'PartName="/([^"]+)"', parts["[Content_Types].xml"].decode())
    assert set(named) <= set(parts)
    for name in (name for name in parts if name.endswith((".xml", ".rels"))):
        ET.fromstring(parts[name])  # noqa: S314 - our own


def test_an_xlwings_that_changed_its_macros_is_noticed() -> None:
    with pytest.raises(TemplateChanged, match="0 times instead of 1"):
        Change("once", "twice").apply_to("Sub Other()")
