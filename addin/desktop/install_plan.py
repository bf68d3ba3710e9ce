"""Which files the installation of the desktop add-in writes, and where. Nothing is written here.

Excel opens every file in its start folder and trusts the macros there. This needs no registry value and no
dialog, and is the same for every version since 2016. The folder of add-ins would need both.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from xml.etree import ElementTree as ET

from addin.desktop.install_settings import OWN_FOLDER, PROJECT, Settings, settings_file
from addin.desktop.refusals import Refusal
from addin.desktop.xlam import FILE_NAME, build_xlam
from addin.desktop.xlam_macros import APPLESCRIPT

WINDOWS: Final = "win32"
MACOS: Final = "darwin"
CODE: Final = Path(__file__).parents[2]
"""Where Python finds ``addin``."""

_MAC_EXCEL: Final = Path("Library", "Containers", "com.microsoft.Excel", "Data")
_MAC_START: Final = Path(
    "Library", "Group Containers", "UBF8T346G9.Office", "User Content.localized", "Startup.localized", "Excel"
)
_MAC_SCRIPTS: Final = Path("Library", "Application Scripts", "com.microsoft.Excel")
_WINDOWS_START: Final = Path("Microsoft", "Excel", "XLSTART")
_APP: Final = "{http://schemas.microsoft.com/office/appforoffice/1.1}"


class NoExcel(Refusal):
    """There is no Excel for this system."""

    code = "no-excel"
    title = "There is no Excel for this system"

    def __init__(self) -> None:
        super().__init__(
            "Excel runs on Windows and macOS, so there is nothing to install the add-in into.",
            "Press buttons on workbook files with: clinicledger press. Build the add-in for another computer "
            "with: clinicledger addin xlam.",
        )


class PathUnusable(Refusal):
    """The path of Python has letters that Excel's macros cannot read."""

    code = "path-unusable"
    title = "Excel could not find Python there"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The path {path} has letters that the macros of Excel misread.",
            "Install Clinic Ledger in a folder whose name has plain letters only, such as C:\\ClinicLedger.",
        )


@dataclass(frozen=True, slots=True)
class Computer:
    """The computer of the installation. ``system`` is ``sys.platform``, ``roaming`` is Windows' APPDATA."""

    system: str
    home: Path
    roaming: Path
    python: Path

    @classmethod
    def here(cls, environment: Mapping[str, str]) -> Self:
        """Return this computer, for the current user."""
        home = Path.home()
        roaming = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
        return cls(sys.platform, home, roaming, Path(sys.executable))

    @property
    def own_folder(self) -> Path:
        """Return the folder that holds what the add-in remembers."""
        return self.home / OWN_FOLDER


@dataclass(frozen=True, slots=True)
class PutFile:
    """A file to write. ``what`` says in plain words what it is."""

    what: str
    path: Path
    content: bytes


@dataclass(frozen=True, slots=True)
class PutRegistry:
    """A value to set under the key where Excel for Windows looks for Office add-ins in development."""

    what: str
    name: str
    value: str


Step = PutFile | PutRegistry


def install_steps(computer: Computer, settings: Settings, office_manifest: str | None = None) -> list[Step]:
    """Return the steps of the installation. They also sideload ``office_manifest`` if it is given.

    Raises NoExcel and PathUnusable.
    """
    if computer.system not in {WINDOWS, MACOS}:
        raise NoExcel
    told: list[Step] = [
        PutFile(
            "the ribbon, which Excel opens when it starts", start_folder(computer) / FILE_NAME, build_xlam()
        ),
        PutFile("where its macros find Python", _macro_settings_file(computer), _macro_settings(computer)),
        PutFile("where it finds the service", settings_file(computer.home), settings.content()),
    ]
    if computer.system == MACOS:
        script = Path(__file__).parent / APPLESCRIPT
        place = computer.home / _MAC_SCRIPTS / APPLESCRIPT
        told.append(PutFile("the script that lets Excel start Python", place, script.read_bytes()))
    if office_manifest is not None:
        told.extend(_sideload_steps(computer, office_manifest))
    return told


def start_folder(computer: Computer) -> Path:
    """Return the folder whose files Excel opens when it starts."""
    if computer.system == WINDOWS:
        return computer.roaming / _WINDOWS_START
    return computer.home / _MAC_START


def _macro_settings_file(computer: Computer) -> Path:
    # xlwings' macros know these places only.
    name = f"{PROJECT}.conf"
    return computer.own_folder / name if computer.system == WINDOWS else computer.home / _MAC_EXCEL / name


def _macro_settings(computer: Computer) -> bytes:
    """Return xlwings' settings file, in the form that VBA's ``Input #`` reads."""
    windows = computer.system == WINDOWS
    interpreter = "INTERPRETER_WIN" if windows else "INTERPRETER_MAC"
    told = {interpreter: _for_macros(computer, computer.python), "PYTHONPATH": _for_macros(computer, CODE)}
    end = "\r\n" if windows else "\n"
    return "".join(f'"{name}","{value}"{end}' for name, value in told.items()).encode("ascii")


def _for_macros(computer: Computer, path: Path) -> str:
    """Return a path for the macros: the user's folder, which may have any name, is replaced by its variable."""
    text = str(path)
    if path.is_relative_to(computer.home):
        variable, separator = ("%USERPROFILE%", "\\") if computer.system == WINDOWS else ("$HOME", "/")
        text = separator.join([variable, *path.relative_to(computer.home).parts])
    if not text.isascii() or not text.isprintable() or set(text) & set('"|;'):
        raise PathUnusable(path)
    return text


def _sideload_steps(computer: Computer, manifest: str) -> list[Step]:
    what = "the Office add-in, for development"
    content = manifest.encode()
    add_in = ET.fromstring(content).findtext(f"{_APP}Id", "")  # noqa: S314 - our own
    if computer.system == MACOS:
        return [
            PutFile(
                what, computer.home / _MAC_EXCEL / "Documents" / "wef" / f"{add_in}.manifest.xml", content
            )
        ]
    kept = computer.own_folder / "manifest.xml"
    return [PutFile(what, kept, content), PutRegistry("where Excel finds it", add_in, str(kept))]
