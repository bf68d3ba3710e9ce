"""Opening files as Excel would, and refusing in plain words what nobody could open."""

import os
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from addin.desktop.files import Kind, open_workbook, refusals
from addin.desktop.files.saving import Stamp, save_workbook
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
    """A workbook of 300 KB that unpacks to 300 MB."""
    a_log(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"<x>" + b" " * 300_000_000)
    if lie:
        content = path.read_bytes()
        size = struct.pack("<I", 300_000_003)
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


def test_dates_keep_every_digit_of_their_serial_number(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx", ["Date"], [45931.99999999])
    workbook = load_workbook(log)
    workbook.worksheets[0]["A2"].number_format = "mm/dd/yyyy"
    workbook.save(log)

    opened = open_workbook(log)
    save_workbook(opened.workbook, log, opened.cached, opened.stamp)

    assert open_workbook(log).workbook.worksheets[0]["A2"].value == 45931.99999999


def test_text_of_mixed_formatting_survives_saving(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx", [CellRichText("seen ", "today")])
    opened = open_workbook(log)
    save_workbook(opened.workbook, log, opened.cached, opened.stamp)
    assert str(open_workbook(log).workbook.worksheets[0]["A1"].value) == "seen today"


def with_formulas(path: Path) -> Path:
    """Formulas with remembered values, as Excel leaves them."""
    a_log(path, ["Units", "Half", "Word", "Never"], [4, "=A2/2", '=IF(A2>1,"Show & tell","")', "=A2*3"])
    with zipfile.ZipFile(path) as source:
        parts = {part.filename: source.read(part) for part in source.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("<f>A2/2</f><v />", "<f>A2/2</f><v>2</v>").replace(
        "<f>A2/2</f><v></v>", "<f>A2/2</f><v>2</v>"
    )
    word = '<c r="C2" t="str"><f>IF(A2&gt;1,"Show &amp; tell","")</f><v>Show &amp; tell</v></c>'
    head, tail = sheet.split('<c r="C2"', 1)
    sheet = head + word + tail.split("</c>", 1)[1]
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def test_formulas_are_read_as_their_remembered_values_and_stay_formulas(tmp_path: Path) -> None:
    log = with_formulas(tmp_path / "log.xlsx")

    for _ in range(2):
        opened = open_workbook(log)
        sheet = opened.workbook.worksheets[0]
        assert opened.cached[sheet] == {(2, 2): 2.0, (2, 3): "Show & tell", (2, 4): "#CALC!"}
        assert sheet["B2"].value == "=A2/2"
        assert "never calculated" in opened.warnings[0]
        save_workbook(opened.workbook, log, opened.cached, opened.stamp)


def test_a_workbook_of_the_1904_date_system_stays_one(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.worksheets[0]["A1"] = date(2026, 10, 5)
    workbook.save(tmp_path / "mac.xlsx")

    opened = open_workbook(tmp_path / "mac.xlsx")

    assert opened.workbook.epoch == CALENDAR_MAC_1904
    assert opened.workbook.worksheets[0]["A1"].value == 44838


def test_a_file_somebody_else_saved_meanwhile_is_left_alone(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    opened = open_workbook(log)
    theirs = a_log(log, ["theirs"]).read_bytes()
    os.utime(log, ns=(1, 1))

    with pytest.raises(refusals.ChangedMeanwhile):
        save_workbook(opened.workbook, log, {}, opened.stamp)

    assert log.read_bytes() == theirs
    assert [file.name for file in tmp_path.iterdir()] == ["log.xlsx"]


def test_a_file_open_in_excel_is_not_written_over(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    (tmp_path / "~$log.xlsx").write_bytes(b"somebody")
    with pytest.raises(refusals.OpenInExcel):
        save_workbook(open_workbook(log).workbook, log, {})


@pytest.mark.parametrize("name", ["out.csv", "out.xlsm", "missing/out.xlsx"])
def test_a_place_that_cannot_take_the_workbook_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(refusals.CannotSave):
        save_workbook(Workbook(), tmp_path / name, {})
    assert not list(tmp_path.iterdir())


def test_the_stamp_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    before = Stamp.of(log)
    log.write_bytes(log.read_bytes() + b"\0")
    assert Stamp.of(log) != before


def with_part(path: Path, part: str) -> Path:
    a_log(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"<x/>")
    return path


def test_what_saving_would_lose_is_said(tmp_path: Path) -> None:
    opened = open_workbook(with_part(tmp_path / "log.xlsx", "xl/media/image1.png"))
    assert opened.losses == ("pictures or shapes",)
    assert "pictures or shapes" in opened.warnings[0]


def test_macros_are_kept_in_an_xlsm_and_never_travel_into_an_xlsx(tmp_path: Path) -> None:
    path = with_part(tmp_path / "log.xlsm", "xl/vbaProject.bin")
    opened = open_workbook(path)
    assert opened.saves_in_place
    assert opened.kind is Kind.XLSX

    save_workbook(opened.workbook, path, {})
    save_workbook(opened.workbook, tmp_path / "log.xlsx", {})

    assert "xl/vbaProject.bin" in zipfile.ZipFile(path).namelist()
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(tmp_path / "log.xlsx").namelist()
