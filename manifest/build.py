"""Builds everything made from the table of the ribbon: ``python -m manifest.build``."""

from pathlib import Path

from manifest.desktop import custom_ui
from manifest.icon_files import SIZES, file_name, icon_names
from manifest.office import office_manifest
from manifest.pages import ribbon_page
from manifest.pictures import picture
from server.ribbon.table import Ribbon, ribbon

ROOT = Path(__file__).parents[1]


def built(table: Ribbon) -> dict[Path, bytes]:
    """Return every file made from the table: its path from the root of the repository, its content."""
    texts = {
        "manifest/manifest.xml": office_manifest(table),
        "manifest/customUI.xml": custom_ui(table),
        "docs/ribbon.md": ribbon_page(table),
    }
    files = {Path(path): content.encode() for path, content in texts.items()}
    for name in icon_names(table):
        for size in SIZES:
            files[Path("manifest/icons", file_name(name, size))] = picture(name, size)
    return files


if __name__ == "__main__":
    for path, content in built(ribbon()).items():
        (ROOT / path).write_bytes(content)
