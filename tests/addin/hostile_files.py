"""Small files that ask for much: each costs a reader without limits minutes or gigabytes, or makes a library fail."""

import re
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

SEED_XLS = Path(__file__).parents[1] / "fuzz" / "seeds" / "log.xls"
SHARED_TEXTS = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
SECTOR_TABLE = 1_536
"""Where the table of sectors begins in ``SEED_XLS``."""

LABEL_OF_SHARED_TEXT = 0x00FD
MERGED_BLOCKS = 0x00E5
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def an_xlsx(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    after: str = "",
    parts: dict[str, bytes] | None = None,
    names: str = "",
    texts: bytes | None = None,
) -> bytes:
    """A workbook of one sheet with this XML in it, after it, and in other parts."""
    made = BytesIO()
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = "text"
    workbook.save(made)
    with zipfile.ZipFile(made) as source:
        content = {part.filename: source.read(part) for part in source.infolist()}
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>"
    content["xl/worksheets/sheet1.xml"] = sheet.encode()
    if names:
        book = content["xl/workbook.xml"].decode()
        content["xl/workbook.xml"] = re.sub(
            r"<definedNames ?/>", f"<definedNames>{names}</definedNames>", book
        ).encode()
    if texts is not None:
        content["xl/sharedStrings.xml"] = texts
        types = content["[Content_Types].xml"].decode()
        content["[Content_Types].xml"] = types.replace("</Types>", f"{SHARED_TEXTS}</Types>").encode()
    return zip_of(content | (parts or {}))


def zip_of(parts: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_broken_stream(content: bytes) -> bytes:
    """Ten bytes of a packed part are others, so that it cannot be unpacked."""
    at = content.index(b"xl/worksheets/sheet1.xml") + 40
    return content[:at] + b"\xff" * 10 + content[at + 10 :]


def with_needed_version(content: bytes, version: int) -> bytes:
    at = content.index(b"PK\x01\x02") + 6
    return content[:at] + struct.pack("<H", version) + content[at + 2 :]


def with_overlaid_parts() -> bytes:
    """Forty names for the same packed megabyte of cells: it is unpacked forty times."""
    content = an_xlsx("<row>" + "<c/>" * 100_000 + "</row>")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        end, entries = content.rindex(b"PK\x05\x06"), archive.start_dir
    central = content[entries:end]
    first = central.index(b"xl/worksheets/sheet1.xml") - 46
    length = 46 + len(b"xl/worksheets/sheet1.xml")
    entry = central[first : first + length]
    central += entry * 4_000
    count = content[entries:end].count(b"PK\x01\x02") + 4_000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(central), entries, 0)
    return content[:entries] + central + tail


def one_part_as_many_sheets(sheets: int) -> bytes:
    content = an_xlsx('<row><c t="n"><v>1</v></c></row>' * 20_000)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    book = parts["xl/workbook.xml"].decode()
    sheet = re.search(r"<sheet [^>]*/>", book)
    assert sheet
    again = [sheet[0]] + [
        re.sub(r'sheetId="\d+"', f'sheetId="{n}"', re.sub(r'name="\w+"', f'name="S{n}"', sheet[0]))
        for n in range(2, sheets)
    ]
    parts["xl/workbook.xml"] = book.replace(sheet[0], "".join(again)).encode()
    return zip_of(parts)


def an_xls_with_unknown_format() -> bytes:
    """The first text of a workbook has a format beyond the list of formats."""
    content = SEED_XLS.read_bytes()
    at = content.index(struct.pack("<HH", LABEL_OF_SHARED_TEXT, 10)) + 8
    return content[:at] + struct.pack("<H", 4_000) + content[at + 2 :]


def with_comments(ref: str) -> bytes:
    """A workbook with one comment, at this place of its sheet."""
    record = f'<comment ref="{ref}" authorId="0"><text><t>x</t></text></comment>'
    comments = f"<comments {MAIN}><authors><author>a</author></authors><commentList>{record}</commentList></comments>"
    relation = f'<Relationship Id="rId1" Type="{RELATIONS}/comments" Target="/xl/comments1.xml"/>'
    relations = f'<Relationships xmlns="{PACKAGE_RELATIONS}">{relation}</Relationships>'
    parts = {"xl/comments1.xml": comments, "xl/worksheets/_rels/sheet1.xml.rels": relations}
    return an_xlsx(parts={name: text.encode() for name, text in parts.items()})


def with_merges(blocks: int, links: int = 0) -> bytes:
    """A workbook with so many merged blocks of two cells, and links of the last cell of the first."""
    merges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, blocks + 1))
    hyperlinks = '<hyperlink ref="B1" location="S!A1"/>' * links
    return an_xlsx(after=f"<mergeCells>{merges}</mergeCells><hyperlinks>{hyperlinks}</hyperlinks>")


def with_shared_formula(length: int, cells: int) -> bytes:
    """A workbook in which so many cells share a formula of about so many characters."""
    formula = "+".join(["B1"] * (length // 3))
    first = f'<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A{cells}">{formula}</f></c></row>'
    others = (f'<row r="{row}"><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(2, cells + 1))
    return an_xlsx(first + "".join(others))


def with_packing(content: bytes, packing: int) -> bytes:
    """The first part says that it is packed in another way."""
    at = content.index(b"PK\x01\x02") + 10
    return content[:at] + struct.pack("<H", packing) + content[at + 2 :]


def an_xls_with_merge(last_row: int, last_column: int) -> bytes:
    """The merged block of the workbook reaches from A1 to this place, both counted from 0."""
    content = SEED_XLS.read_bytes()
    at = content.index(struct.pack("<HHH", MERGED_BLOCKS, 10, 1)) + 6
    return content[:at] + struct.pack("<4H", 0, last_row, 0, last_column) + content[at + 8 :]


def an_xls_with_a_circle() -> bytes:
    """The table of sectors says of each that the first one follows."""
    content = SEED_XLS.read_bytes()
    sectors = struct.unpack_from("<22I", content, SECTOR_TABLE)
    assert sectors[:3] == (1, 2, 3)
    return content[:SECTOR_TABLE] + bytes(4 * len(sectors)) + content[SECTOR_TABLE + 4 * len(sectors) :]


def with_unknown_style(name: str) -> bytes:
    """The style of the cells names a font, a fill or the like that there is not."""
    content = an_xlsx()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    before, cells = styles.split("<cellXfs", 1)
    wrong = re.sub(f'{name}="\\d+"', f'{name}="999"', cells)
    assert wrong != cells
    return an_xlsx(parts={"xl/styles.xml": f"{before}<cellXfs{wrong}".encode()})


def with_unused_style() -> bytes:
    """A style that no cell has names a number format that there is not, as some writers leave it behind."""
    content = an_xlsx()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    unused = '<xf numFmtId="999" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    return an_xlsx(parts={"xl/styles.xml": styles.replace("</cellXfs>", unused).encode()})


def with_styles_in(*around: str) -> bytes:
    """A list of styles in which these elements stand around more of them than a file may have."""
    content = an_xlsx()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    before = "".join(f"<{name}>" for name in around)
    after = "".join(f"</{name}>" for name in reversed(around))
    many = before + "".join(f'<xf id="{place * 7_919 % 99_991}"/>' for place in range(500_001)) + after
    if around[0] == "sst":
        return an_xlsx(parts={"xl/styles.xml": f"<sst {MAIN}>{many}</sst>".encode()})
    return an_xlsx(parts={"xl/styles.xml": styles.replace("</cellXfs>", f"{many}</cellXfs>").encode()})


def in_quotes(rows: int) -> bytes:
    return b"".join(b"a," * 200 + b'"x\n",' for _ in range(rows)) + b"\n"


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
LATE_ENTITY = b"<?xml version='1.0'?><!--" + b" " * 300_000 + b"-->" + ENTITY
LONG = "x" * 40_000
TABLE = b"<table><tr>"
STRINGS = f"<sst {MAIN}>%s</sst>"

Maker = Callable[[], bytes]

REFUSED: dict[str, tuple[str, str, Maker]] = {
    # web pages
    "rowspan x colspan": (
        ".xls", "file-too-large", lambda: TABLE + b"<td rowspan=1048576 colspan=16384>x</table>",
    ),
    "rowspan of a column": (".xls", "file-too-large", lambda: TABLE + b"<td rowspan=1048576>x</table>"),
    "many spans": (".xls", "file-too-large", lambda: TABLE + b"<td rowspan=9 colspan=9>x" * 16_000),
    "only open tags": (".xls", "file-not-a-workbook", lambda: b"<table>" + b"<a " * 170_000),
    "only open comments": (".xls", "file-not-a-workbook", lambda: b"<table>" + b"<!--" * 500_000),
    "a page of no cells": (".xls", "file-not-a-workbook", lambda: b"<table>" + b"</" * 500_000),
    # workbooks
    "merge of a sheet": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    ),
    "merge of a column": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'),
    ),
    "merge among cells": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx("<row/>" * 90_000 + '<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'),
    ),
    "merge with a prefix": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after=f'<y:mergeCells {MAIN.replace("=", ":y=", 1)}><y:mergeCell ref="A1:A1048576"/></y:mergeCells>'),
    ),
    "link of a sheet": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after='<hyperlinks><hyperlink ref="A1:XFD1048576" location="S!A1"/></hyperlinks>'),
    ),
    "70,000 links": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after="<hyperlinks>" + '<hyperlink ref="A1" location="S!A1"/>' * 70_000 + "</hyperlinks>"),
    ),
    "comment of a sheet": (".xlsx", "file-too-large", lambda: with_comments("A1:XFD1048576")),
    "110,000 merged blocks": (".xlsx", "file-too-large", lambda: with_merges(110_000)),
    "links in many merged blocks": (".xlsx", "file-too-large", lambda: with_merges(20_000, 5_000)),
    "a long formula of many cells": (".xlsx", "file-too-large", lambda: with_shared_formula(6_000, 20_000)),
    "a rule for a million areas": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(after='<dataValidations><dataValidation sqref="' + "A1 B2 " * 500_000 + '"/></dataValidations>'),
    ),
    "a part packed by LZMA": (".xlsx", "file-corrupt", lambda: with_packing(an_xlsx(), zipfile.ZIP_LZMA)),
    "5 million empty cells": (".xlsx", "file-hostile", lambda: an_xlsx("<row>" + "<c/>" * 4_700_000 + "</row>")),
    "30 million cells": (".xlsx", "file-hostile", lambda: an_xlsx("<row>" + "<c/>" * 30_000_000 + "</row>")),
    "cells in UTF-16": (
        ".xlsx", "file-hostile",
        lambda: an_xlsx(parts={"xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData><row>{'<c/>' * 2_000_000}</row></sheetData></worksheet>".encode("utf-16")}),
    ),
    "cells in an unusual encoding": (
        ".xlsx", "file-corrupt",
        lambda: an_xlsx(parts={"xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="cp037"?><worksheet/>'}),
    ),
    "1.4 million empty texts": (
        ".xlsx", "file-hostile", lambda: an_xlsx(texts=(STRINGS % ("<si/>" * 1_400_000)).encode()),
    ),
    "200,000 names": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx(names="".join(f'<definedName name="n{n}">1</definedName>' for n in range(200_000))),
    ),
    "1,100 sheets": (".xlsx", "file-too-large", lambda: one_part_as_many_sheets(1_100)),
    "one part as 900 sheets": (".xlsx", "file-corrupt", lambda: one_part_as_many_sheets(900)),
    "parts over each other": (".xlsx", "file-hostile", with_overlaid_parts),
    "a long shared text": (
        ".xlsx", "file-corrupt",
        lambda: an_xlsx(
            "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(50)),
            texts=(STRINGS % f"<si><t>{LONG}</t></si>").encode(),
        ),
    ),
    "a long text in its cell": (
        ".xlsx", "file-corrupt", lambda: an_xlsx(f'<row><c t="inlineStr"><is><t>{LONG}</t></is></c></row>'),
    ),
    "a long formula": (".xlsx", "file-corrupt", lambda: an_xlsx(f"<row><c><f>{LONG}</f><v>1</v></c></row>")),
    "cells far apart": (
        ".xlsx", "file-too-large",
        lambda: an_xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "entities in another part": (".xlsx", "file-hostile", lambda: an_xlsx(parts={"xl/any.dat": ENTITY})),
    "entities after a long comment": (".xlsx", "file-hostile", lambda: an_xlsx(parts={"xl/a.xml": LATE_ENTITY})),
    "entities in UTF-16": (
        ".xlsx", "file-hostile", lambda: an_xlsx(parts={"xl/a.xml": ENTITY.decode().encode("utf-16")}),
    ),
    "entities in a part of capitals": (".xlsx", "file-hostile", lambda: an_xlsx(parts={"xl/A.XML": ENTITY})),
    "a broken stream": (".xlsx", "file-corrupt", lambda: with_broken_stream(an_xlsx())),
    "a font that is not there": (".xlsx", "file-corrupt", lambda: with_unknown_style("fontId")),
    "styles among shared texts": (".xlsx", "file-too-large", lambda: with_styles_in("x", "sst")),
    "styles in a list of shared texts": (".xlsx", "file-too-large", lambda: with_styles_in("sst")),
    "styles among cells": (".xlsx", "file-too-large", lambda: with_styles_in("worksheet", "sheetData")),
    "a number format that is not there": (".xlsx", "file-corrupt", lambda: with_unknown_style("numFmtId")),
    "a later version of zip": (".xlsx", "file-corrupt", lambda: with_needed_version(an_xlsx(), 162)),
    # Excel 97-2003
    "merge of a sheet in Excel 97": (".xls", "file-too-large", lambda: an_xls_with_merge(65_535, 255)),
    "sectors in a circle": (".xls", "file-corrupt", an_xls_with_a_circle),
    "a cell of an unknown format": (".xls", "file-corrupt", an_xls_with_unknown_format),
    # text
    "16,384 columns x 600 rows": (".csv", "file-too-large", lambda: (b"1," * 16_383 + b"1\n") * 600),
    "20 million lines": (".csv", "file-too-large", lambda: b"a\r" * 20_000_000),
    "30 million delimiters in a row": (".csv", "file-too-large", lambda: b"," * 30_000_000 + b"x\n"),
    "a row of many quoted lines": (".csv", "file-too-large", lambda: in_quotes(50_000)),
    "40 million control characters": (".csv", "file-not-a-workbook", lambda: b"a,b\n" * 20_000 + b"\1" * 40_000_000),
}  # fmt: skip
"""Name: the ending of the file, the code of its refusal, and what writes it."""

OPENED: dict[str, tuple[str, Maker]] = {
    "rowspan of a superscript": (".xls", lambda: TABLE + '<td rowspan="²">x</table>'.encode()),
    "rowspan of 5,000 digits": (".xls", lambda: TABLE + b'<td colspan="' + b"0" * 5_000 + b'2">x</table>'),
    "reference of 5,000 digits": (".xls", lambda: TABLE + b"<td>x&#" + b"9" * 5_000 + b";</table>"),
    "marked section never closed": (".xls", lambda: TABLE + b"<td>x<![x["),
    "sections after a cell": (".xls", lambda: TABLE + b"<td>x" + b"<![CDATA[" * 300_000),
    "end tags after a cell": (".xls", lambda: TABLE + b"<td>x" + b"</" * 500_000),
    "comments after a cell": (".xls", lambda: TABLE + b"<td>x" + b"<!-- a -->" * 200_000 + b"<!--" * 300_000),
    "tags after a cell": (".xls", lambda: TABLE + b"<td>x</td>" + b"<a b='" * 170_000 + b'<a b="' * 170_000),
    "attributes of a cell": (".xls", lambda: TABLE + b"<td " + b"a b=1  c='2' " * 200_000 + b">x</table>"),
    "merge of a few rows in Excel 97": (".xls", lambda: an_xls_with_merge(2, 5)),
    "an unknown number format that no cell has": (".xlsx", with_unused_style),
    "commas of empty columns": (".csv", lambda: b"x\n" + (b"1" + b"," * 16_383 + b"\n") * 600),
}
"""What costs little and is no reason to refuse."""
