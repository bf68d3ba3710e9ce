"""Files for spreadsheets: no text of them is a formula, and no amount is changed."""

import csv
from io import StringIO

import pytest

from server.papers.csv_files import csv_file


def written(cell: str) -> str:
    """Return a cell as a program reads it from the file."""
    content = csv_file(["Heading"], [[cell]]).decode("utf-8-sig")
    _, row = csv.reader(StringIO(content, newline=""))
    return row[0] if row else ""


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "-$A$1+1",
        " =1+1",
        "\t=1+1",
        "\n@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "-1+1",
        "-$5.00x",
        "\ttab",
        "\rreturn",
        "\nline",
    ],
)
def test_no_text_is_a_formula_in_a_spreadsheet(text: str) -> None:
    assert written(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["Patient One", "O'Neil = Co", "$A$1", "12-1", "-5.00", "-$1,234.50", "-7", ""]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert written(text) == text


def test_a_file_for_a_program_begins_without_a_mark() -> None:
    assert csv_file(["A"], [], mark=False) == b"A\r\n"
