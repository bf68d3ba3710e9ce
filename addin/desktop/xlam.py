"""The desktop add-in as a file: ``clinicledger.xlam``, built on any system without Excel.

The base is the template that ships with xlwings. We replace its sheet, its ribbon and its
document properties, and adapt its macros (``xlam_macros.py``). The file is the same for everybody: a settings
file that ``addin install`` writes says where Python is on a computer.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import xlwings as xw

from addin.desktop.install_settings import PROJECT
from addin.desktop.xlam_macros import write_macros

FILE_NAME: Final = f"{PROJECT}.xlam"
MANIFEST: Final = Path(__file__).parents[2] / "manifest"
TEMPLATE: Final = Path(xw.__file__).parent / "quickstart_addin_ribbon.xlam"

SETTINGS: Final = {"USE UDF SERVER": "False", "SHOW CONSOLE": "False"}
"""The settings that xlwings' macros read in the add-in's own sheet. They have precedence over the settings file, so
they do not say where Python is, which differs from computer to computer."""

IMAGE_SIZES: Final = {"large": 64, "normal": 32}
"""Pixels: twice the size that a button shows at 100 %, so that the image is sharp at every usual scale."""

_CUSTOM_UI: Final = "customUI/customUI.xml"
_UI_NAMESPACE: Final = "{http://schemas.microsoft.com/office/2006/01/customui}"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_IMAGE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TITLE: Final = "Clinic Ledger"
_ABOUT: Final = "The ribbon of Clinic Ledger. Excel lists it among the add-ins."


def build_xlam() -> bytes:
    """Return the add-in. The same bytes every time, for one version of xlwings and of the ribbon."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / FILE_NAME
        _write_package(draft, _package_parts())
        write_macros(draft)
        with zipfile.ZipFile(draft) as package:
            finished = {name: package.read(name) for name in package.namelist()}
        _write_package(draft, finished)
        return draft.read_bytes()


def _write_package(path: Path, parts: dict[str, bytes]) -> None:
    """Write a package without a date, so that equal contents are equal files."""
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _package_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(TEMPLATE) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/workbook.xml"] = _workbook_xml(parts["xl/workbook.xml"].decode()).encode()
    parts["xl/worksheets/sheet1.xml"] = _settings_sheet_xml().encode()
    parts["docProps/core.xml"] = _properties_xml(parts["docProps/core.xml"].decode()).encode()
    parts["[Content_Types].xml"] = _with_images(parts["[Content_Types].xml"].decode()).encode()
    parts[_CUSTOM_UI] = (MANIFEST / "customUI.xml").read_bytes()
    images = dict(_button_images(parts[_CUSTOM_UI]))
    parts["customUI/_rels/customUI.xml.rels"] = _relations_xml(images).encode()
    return parts | {f"customUI/images/{file}": _icon_content(file) for file in images.values()}


def _workbook_xml(xml: str) -> str:
    """Return the workbook with the sheet renamed, and without the folder it was once saved in."""
    xml = re.sub(r"<mc:AlternateContent.*?</mc:AlternateContent>", "", xml, flags=re.DOTALL)
    return xml.replace('name="_myaddin.conf"', f'name="{PROJECT}.conf"')


def _settings_sheet_xml() -> str:
    rows = "".join(
        f'<row r="{at}">{_cell_xml(f"A{at}", name)}{_cell_xml(f"B{at}", value)}</row>'
        for at, (name, value) in enumerate(SETTINGS.items(), 1)
    )
    # The code name ties the sheet to its module in the VBA project.
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_SHEET}">'
        f'<sheetPr codeName="Sheet2" /><sheetData>{rows}</sheetData></worksheet>'
    )


def _cell_xml(at: str, value: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'


def _properties_xml(xml: str) -> str:
    """Return the file's properties with our name; Excel shows the title in its list of add-ins."""
    for name, value in {
        "dc:title": _TITLE,
        "dc:creator": _TITLE,
        "dc:description": _ABOUT,
        "cp:lastModifiedBy": _TITLE,
    }.items():
        xml = re.sub(rf"<{name} />|<{name}>.*?</{name}>", f"<{name}>{value}</{name}>", xml)
    return xml


def _with_images(content_types: str) -> str:
    return content_types.replace(
        "<Override", '<Default Extension="png" ContentType="image/png" /><Override', 1
    )


def _button_images(custom_ui: bytes) -> Iterator[tuple[str, str]]:
    """Yield for each button the name of its image and the file that shows it."""
    for button in ET.fromstring(custom_ui).iter(f"{_UI_NAMESPACE}button"):  # noqa: S314 - our own
        name = button.attrib["image"]
        yield name, f"{name}-{IMAGE_SIZES[button.attrib['size']]}.png"


def _icon_content(file: str) -> bytes:
    return (MANIFEST / "icons" / file).read_bytes()


def _relations_xml(images: dict[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_IMAGE}" Target="images/{file}" />'
        for name, file in images.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
