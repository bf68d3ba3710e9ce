"""Builds every committed file that is made from code: ``python -m tools.build``.

Both ribbons and their icons, the workbooks staff start from, the printed pages of the docs, and the third-party notices.
A test compares each committed file with the result of this build.
"""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from manifest.desktop import custom_ui
from manifest.icon_files import SIZES, drawn_icons, file_name
from manifest.office import office_manifest
from manifest.pictures import draw_icon
from server.demo.sample_workbook import sample_workbook
from server.ribbon.ribbon_table import Ribbon, ribbon
from server.sheets.workbook_templates import templates
from tools.invoice_states_page import states_page
from tools.journal_page import journal_page
from tools.ribbon_page import ribbon_page
from tools.rights_page import rights_page
from tools.run_states_page import run_states_page
from tools.third_party import third_party_page

ROOT = Path(__file__).parents[1]
TEMPLATES = Path("workbook_templates")


def built_files() -> dict[Path, bytes]:
    """Return every built file: its path from the root of the repository, and its content."""
    table = ribbon()
    texts = {
        "manifest/manifest.xml": office_manifest(table),
        "manifest/customUI.xml": custom_ui(table),
        "docs/ribbon.md": ribbon_page(table),
        "docs/invoice-states.md": states_page(),
        "docs/run-states.md": run_states_page(),
        "docs/rights.md": rights_page(),
        "THIRD-PARTY-NOTICES.md": third_party_page(),
        "docs/journal.md": journal_page(),
    }
    files = {Path(path): content.encode() for path, content in texts.items()}
    workbooks = {**templates(), "sample-clinic.xlsx": sample_workbook()}
    return files | _icon_files(table) | {TEMPLATES / name: workbook for name, workbook in workbooks.items()}


def same_content(committed: bytes, built: bytes) -> bool:
    """Return whether two files have the same content. For workbooks, only the parts count, not their compression."""
    if committed[:2] == b"PK" == built[:2]:
        return _zip_parts(committed) == _zip_parts(built)
    return committed == built


def _icon_files(table: Ribbon) -> dict[Path, bytes]:
    return {
        Path("manifest/icons", file_name(name, size)): draw_icon(name, size)
        for name in drawn_icons(table)
        for size in SIZES
    }


def _zip_parts(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def main() -> None:
    """Write every built file that is missing or out of date."""
    for path, content in built_files().items():
        file = ROOT / path
        if not file.exists() or not same_content(file.read_bytes(), content):
            file.write_bytes(content)


if __name__ == "__main__":
    main()
