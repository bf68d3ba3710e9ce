"""The desktop half: the xlwings bridge, on the engine that needs no Excel."""

from pathlib import Path
from tempfile import TemporaryDirectory

from addin.desktop import bridge, headless
from addin.desktop.files import open_workbook
from tests.corpus.cases import Case
from tests.corpus.content import Content, content_of_file


def applied(case: Case, folder: Path) -> Content:
    """Return what the workbook of a case holds after the desktop add-in applied the reply."""
    book = headless.show_workbook(open_workbook(folder / "workbook.xlsx"))
    try:
        bridge.apply_reply(book, case.reply, case.output)
        with TemporaryDirectory() as place:
            saved = Path(place, "saved.xlsx")
            book.save(saved)
            return content_of_file(saved.read_bytes())
    finally:
        book.app.quit()
