"""From an exam to a paper in an envelope, through ``clinicledger press``."""

from pathlib import Path

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, QUINCE, exams, exams_book, priced_setup
from tests.papers.reading import cents_after, pages_of, text_of


def test_invoices_are_printed_beside_the_workbook(biller: Biller, tmp_path: Path) -> None:
    priced_setup().save(tmp_path / "setup.xlsx")
    biller.press("clinic.save", tmp_path / "setup.xlsx", *LICENSE)
    book = exams_book(exams(12), tmp_path / "exams.xlsx")
    made = biller.press("invoices.create", book, *QUINCE)["figures"]
    biller.press("invoices.open", book)

    last = made["invoices"] + 1
    reply = biller.press("invoices.print", book, "--sheet", "Invoices", "--rows", f"2-{last}")

    saved = Path(reply["file_saved_as"])
    assert (saved.parent, saved.name) == (tmp_path, reply["file"]["name"])
    pages = pages_of(saved.read_bytes())
    assert len(pages) == made["invoices"]
    assert sum(cents_after("Balance due", page) for page in pages) == made["billed_cents"]

    again = biller.press("invoices.print", book, "--sheet", "Invoices", "--rows", f"2-{last}")
    assert again["file_saved_as"] != reply["file_saved_as"]

    stated = biller.press("cases.statement", book, "--sheet", "Invoices", "--rows", "2")
    text = text_of(Path(stated["file_saved_as"]).read_bytes())
    assert cents_after("Balance due", text) == stated["figures"]["balance_cents"]
