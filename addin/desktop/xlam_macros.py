"""The macros of the ``.xlam``: xlwings' own (BSD), hardened, and one of ours."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from addin.desktop.install_settings import PROJECT

APPLESCRIPT: Final = f"{PROJECT}.applescript"
CALLBACK: Final = Path(__file__).parent / "ClinicLedgerRibbon.bas"
TEMPLATE_MODULE: Final = "RibbonMyAddin"


class TemplateChanged(Exception):
    """xlwings changed a macro that we adapt here; a developer must review the change."""

    def __init__(self, text: str, expected: int, found: int) -> None:
        super().__init__(f"xlwings' macros have {text!r} {found} times instead of {expected}.")


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement in xlwings' macros. ``times`` is how often ``old`` occurs there."""

    old: str
    new: str
    times: int = 1

    def apply_to(self, source: str) -> str:
        """Return the source with the change; raises TemplateChanged if ``old`` occurs another number of times."""
        found = source.count(self.old)
        if found != self.times:
            raise TemplateChanged(self.old, self.times, found)
        return source.replace(self.old, self.new)


_PATHS: Final = (
    'AddExcelDir & ";" & ActiveFullName & ";" & ThisFullName & ";" & GetConfig("ONEDRIVE_CONSUMER_{0}") & ";"'
    ' & GetConfig("ONEDRIVE_COMMERCIAL_{0}") & ";" & GetConfig("SHAREPOINT_{0}") & ";" & GetConfig("PYTHONPATH")'
)

CHANGES: Final = (
    Change('PROJECT_NAME As String = "myaddin"', f'PROJECT_NAME As String = "{PROJECT}"'),
    # The workbook in front comes from outside. xlwings would take the program to run from a sheet in it,
    # from a file beside it, or out of its sheets, and would put its folder before Python's own.
    Change("SheetExists(ActiveWorkbook, PROJECT_NAME", "SheetExists(ThisWorkbook, PROJECT_NAME"),
    Change("GetConfigFromSheet(ActiveWorkbook)", "GetConfigFromSheet(ThisWorkbook)", times=2),
    Change('If source = "" Or source = "directory" Then', 'If source = "directory" Then'),
    Change(
        '= ".py" Then\n                uses_embedded_code = True',
        '= ".py" Then\n                uses_embedded_code = False',
    ),
    # Its path and its folder do not belong on a command line either: our code does not read them.
    Change(_PATHS.format("WIN"), 'GetConfig("PYTHONPATH")'),
    Change(_PATHS.format("MAC"), 'GetConfig("PYTHONPATH")'),
    # xlwings would load itself, and pandas with it, before addin.desktop can keep pandas out: a second a click.
    Change(
        r'import xlwings.utils;xlwings.utils.prepare_sys_path(\""" & PYTHONPATH & "\""); " & PythonCommand',
        r'import sys;sys.path[:0]=filter(None,\""" & PYTHONPATH & "\"".split(chr(59))); " & PythonCommand',
    ),
    Change('"xlwings-" & XLWINGS_VERSION & ".applescript"', f'"{APPLESCRIPT}"'),
    Change(
        "To enable RunPython, please run 'xlwings runpython install' in a terminal once and try again.",
        "Clinic Ledger is not installed completely. Run 'clinicledger addin install' in a terminal, and try again.",
    ),
    Change(
        "Could not find Interpreter!",
        "The Python of Clinic Ledger has moved. Run 'clinicledger addin install' in a terminal, and try again.",
    ),
)


def write_macros(xlam: Path) -> None:
    """Put our macros into a copy of xlwings' template, in place."""
    from pyopenvba import ExcelFile  # noqa: PLC0415 - takes longer to import than most commands to run

    with ExcelFile(xlam) as book:
        source = book.get_module("xlwings")
        for change in CHANGES:
            source = change.apply_to(source)
        book.set_module("xlwings", source)
        book.vba_project().rename_module(TEMPLATE_MODULE, CALLBACK.stem)
        book.set_module(CALLBACK.stem, _callback_source())
        book.save()


def _callback_source() -> str:
    """Return our macro as the VBA project keeps it: the line that names the module is only for import."""
    _, *lines = CALLBACK.read_text("ascii").splitlines()
    return "".join(f"{line}\r\n" for line in lines)
