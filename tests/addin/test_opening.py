"""Opening files as Excel would, and refusing in plain words what nobody could open."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from addin.desktop.files import open_workbook, refusals
from addin.desktop.files.saving import save_workbook
from tests.addin.stand_in import a_log

ROWS = [["Date", "Provider"], ["10/05/2026", "Zoë Example"]]


def first_rows(path: Path) -> list[list[Any]]:
    sheet = open_workbook(path).workbook.worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize(
    "content",
    [
        "Date,Provider\n10/05/2026,Zoë Example\n".encode(),
        "\ufeffDate,Provider\r\n10/05/2026,Zoë Example\r\n".encode(),
        "Date;Provider\n10/05/2026;Zoë Example\n".encode("cp1252"),
        "sep=;\nDate;Provider\n10/05/2026;Zoë Example\n".encode(),
        "Date\tProvider\n10/05/2026\tZoë Example\n".encode("utf-16"),
        "Date\tProvider\n10/05/2026\tZoë Example\n".encode("utf-16-le"),
        "Date\tProvider\n10/05/2026\tZoë Example\n".encode("utf-16-be"),
        "Date|Provider\r10/05/2026|Zoë Example\r".encode(),
        b"<html><table><tr><th>Date<th>Provider<tr><td>10/05/2026<td>Zo&euml; <b>Example</b></table>",
    ],
    ids=["utf-8", "bom", "cp1252", "sep", "utf-16", "utf-16-le", "utf-16-be", "pipes", "html"],
)
@pytest.mark.parametrize("name", ["log.csv", "log.xls", "log.xlsx"])
def test_the_content_counts_and_not_the_name(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert first_rows(path) == ROWS


LAST_CELLS = ["150€", "Jane Smithé", "£", "5½", "Zoë", "naïve Ü"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("last", LAST_CELLS)
def test_the_last_characters_of_a_file_are_read_like_all_others(
    tmp_path: Path, last: str, ending: str, encoding: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(f"Date,Provider\r\n10/05/2026,{last}{ending}".encode(encoding))
    assert first_rows(path)[1] == ["10/05/2026", last]


@pytest.mark.parametrize("kept", range(1, 4))
def test_a_file_cut_within_its_last_character_shows_that_it_is_damaged(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes("Date,Provider\n10/05/2026,Zoë Smith".encode() + "😀".encode()[:kept])
    assert first_rows(path)[1] == ["10/05/2026", "Zoë Smith\N{REPLACEMENT CHARACTER}"]


@pytest.mark.parametrize("before", range(65_531, 65_536))
def test_a_character_on_the_edge_of_the_part_looked_at_is_no_damage(tmp_path: Path, before: int) -> None:
    path = tmp_path / "log.csv"
    start = "Date,Provider\nZoë,Example\n" + "a,b\n" * 15_000
    path.write_bytes((start + "x" * (before - len(start)) + ",€\n").encode())
    assert first_rows(path)[-1][1] == "€"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("42", 42),
        ("-3.50", -3.5),
        ("123456789012345", 123456789012345),
        ("1234567890123456", "1234567890123456"),
        ("0.1234567890123456", "0.1234567890123456"),
        ("007", "007"),
        ("2.98725E+13", "2.98725E+13"),
        ("1,234.50", "1,234.50"),
        ("$12.00", "$12.00"),
        ("(50.00)", "(50.00)"),
        ("10/05/2026", "10/05/2026"),
        ("true", True),
        ("#N/A", "#N/A"),
        ("=1+1", "=1+1"),
        ("@example", "@example"),
        ("-", "-"),
        ("", None),
    ],
)
def test_a_field_becomes_a_number_only_where_nothing_is_lost(tmp_path: Path, text: str, held: object) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f'ID,Value\nA,"{text}"\n')

    value = first_rows(path)[1][1] if text else first_rows(path)[1]

    assert value == (held if text else ["A"]) or (not text and value == ["A", None])
    assert type(value) is type(held) or not text


def test_a_field_too_many_leaves_a_cell_even_where_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Charge,Paid,Note\n80,80,\n1,234.50,900,\n90,,x\n1,234.50,seen,late\n", "utf-8")

    assert first_rows(path)[1:] == [
        [80, 80, None, None],
        [1, 234.5, 900, ","],
        [90, None, "x", None],
        [1, 234.5, "seen", "late"],
    ]


def test_a_delimiter_at_the_end_of_every_row_is_no_field_too_many(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Charge,Paid\n80,80,\n90,90,\n", "utf-8")

    assert first_rows(path) == [["Charge", "Paid"], [80, 80], [90, 90]]


def test_text_of_a_csv_never_turns_into_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('Patient\n"=HYPERLINK(""http://example.invalid"")"\n')
    opened = open_workbook(path)

    save_workbook(opened.workbook, tmp_path / "log.xlsx", {})

    cell = load_workbook(tmp_path / "log.xlsx").worksheets[0]["A2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://example.invalid")')


def test_a_quote_never_closed_is_said_rather_than_swallowing_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('Provider,Note\nAda,"left open\n' + "Ben,fine\n" * 50)
    with pytest.raises(refusals.CorruptFile, match="never closed"):
        open_workbook(path)


def test_spans_of_a_web_page_are_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "report.xls"
    path.write_text(
        "<html><body><h1>Report</h1><table><tr><td colspan=2>October</td></tr>"
        "<tr><td rowspan=2>Ada</td><td>007</td></tr><tr><td>8</td></tr></table></body></html>"
    )
    sheet = open_workbook(path).workbook.worksheets[0]
    assert sorted(area.coord for area in sheet.merged_cells.ranges) == ["A1:B1", "A2:A3"]
    assert [cell.value for cell in sheet["B"]] == [None, "007", 8]


def test_characters_no_workbook_may_hold_are_left_out(tmp_path: Path) -> None:
    page = tmp_path / "report.xls"
    page.write_text("<table><tr><td>Ada&#1; Exam\x0bple</td><td></td></tr></table>")
    text = tmp_path / "log.csv"
    text.write_text("Provider,Note\nAda\x02 Example,fine\n")
    for path, cell in ((page, "A1"), (text, "A2")):
        opened = open_workbook(path)
        save_workbook(opened.workbook, tmp_path / "out.xlsx", {})
        assert load_workbook(tmp_path / "out.xlsx").worksheets[0][cell].value == "Ada Example"


def an_ole_file(path: Path, *streams: str) -> Path:
    """The smallest container with empty streams of these names, in the layout of MS-CFB."""

    def entry(name: str, kind: int, child: int, right: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        told = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, 0xFFFFFFFF, right, child)
        return told + b"\0" * 36 + struct.pack("<IQ", 0xFFFFFFFE, 0)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    names = [entry("Root Entry", 5, 1, 0xFFFFFFFF)]
    for at, name in enumerate(streams, 1):
        names.append(entry(name, 2, 0xFFFFFFFF, at + 1 if at < len(streams) else 0xFFFFFFFF))
    path.write_bytes(header + table + b"".join(names).ljust(512, b"\0"))
    return path


def a_bomb(path: Path, *, lie: bool) -> Path:
    """A workbook of 40 KB that unpacks to 30 MB."""
    a_log(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"<x>" + b" " * 30_000_000)
    if lie:
        content = path.read_bytes()
        size = struct.pack("<I", 30_000_003)
        path.write_bytes(content.replace(size, struct.pack("<I", 1_000)))
    return path


def truncated(path: Path) -> Path:
    a_log(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def with_entities(path: Path) -> Path:
    a_log(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/extra.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    return path


def zipped(path: Path, part: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "<x/>")
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], type[refusals.UnreadableWorkbook]]] = {
    "missing": (lambda folder: folder / "none.xlsx", refusals.MissingFile),
    "a folder": (lambda folder: folder, refusals.MissingFile),
    "empty": (lambda folder: written(folder / "e.xlsx", b""), refusals.EmptyFile),
    "blank": (lambda folder: written(folder / "e.csv", b"\r\n \r\n"), refusals.EmptyFile),
    "only sep": (lambda folder: written(folder / "e.csv", b"sep=;\r\n"), refusals.EmptyFile),
    "truncated": (lambda folder: truncated(folder / "t.xlsx"), refusals.CorruptFile),
    "encrypted": (
        lambda folder: an_ole_file(folder / "p.xlsx", "EncryptedPackage", "EncryptionInfo"),
        refusals.PasswordProtected,
    ),
    "word": (lambda folder: an_ole_file(folder / "w.xls", "WordDocument"), refusals.NotAWorkbook),
    "broken xls": (lambda folder: an_ole_file(folder / "b.xls", "Workbook"), refusals.CorruptFile),
    "docx": (lambda folder: zipped(folder / "d.xlsx", "word/document.xml"), refusals.NotAWorkbook),
    "xlsb": (lambda folder: zipped(folder / "d.xlsx", "xl/workbook.bin"), refusals.NotAWorkbook),
    "ods": (lambda folder: zipped(folder / "d.xlsx", "content.xml"), refusals.NotAWorkbook),
    "zip": (lambda folder: zipped(folder / "d.xlsx", "readme.txt"), refusals.NotAWorkbook),
    "pdf": (lambda folder: written(folder / "a.xls", b"%PDF-1.7\n1 0 obj"), refusals.NotAWorkbook),
    "noise": (lambda folder: written(folder / "a.csv", bytes(range(256)) * 20), refusals.NotAWorkbook),
    "xml 2003": (
        lambda folder: written(
            folder / "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        ),
        refusals.NotAWorkbook,
    ),
    "sign-in page": (
        lambda folder: written(folder / "a.xls", b"<!DOCTYPE html><html><form>Sign in</form></html>"),
        refusals.NotAWorkbook,
    ),
    "bomb": (lambda folder: a_bomb(folder / "b.xlsx", lie=False), refusals.HostileFile),
    "lying bomb": (lambda folder: a_bomb(folder / "b.xlsx", lie=True), refusals.CorruptFile),
    "entities": (lambda folder: with_entities(folder / "x.xlsx"), refusals.HostileFile),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_opened_is_refused_with_a_remedy(tmp_path: Path, case: str) -> None:
    make, expected = REFUSED[case]
    path = make(tmp_path)
    with pytest.raises(expected) as caught:
        open_workbook(path)
    assert caught.value.sentence.endswith(".")
    assert caught.value.remedy.endswith(".")


def test_a_file_beyond_100_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(refusals.TooLarge, match="100 MB"):
        open_workbook(path)


def test_a_csv_of_more_rows_than_a_sheet_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"\n" * 1_048_576 + b"x\n")
    with pytest.raises(refusals.TooLarge, match="1,048,576 rows"):
        open_workbook(path)


ROW = "A-{n},10/0{n}/2026,Zoë Example,Show,{note}\n"
HEAD = "ID,Date,Provider,Status,Note\n"


def a_text(folder: Path, *notes: str) -> Path:
    path = folder / "log.csv"
    rows = [ROW.format(n=number, note=note) for number, note in enumerate(notes, 1)]
    path.write_bytes((HEAD + "".join(rows)).encode())
    return path


@pytest.mark.parametrize("notes", [('"open quote', "x", '"y"'), ('"6 ft"" tall', "x", '5" scar', "z")])
def test_a_stray_quote_that_takes_further_rows_into_one_cell_is_refused(
    tmp_path: Path, notes: tuple[str, ...]
) -> None:
    with pytest.raises(refusals.CorruptFile, match="line 2 takes the rows after it into one cell"):
        open_workbook(a_text(tmp_path, *notes))


def test_a_note_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    rows = first_rows(a_text(tmp_path, '"called, no answer\nand wrote, twice"', "x"))
    assert [row[4] for row in rows] == ["Note", "called, no answer\nand wrote, twice", "x"]
