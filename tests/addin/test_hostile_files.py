"""Files that ask for too much, and files that make a library fail: each is refused in words, soon, in little memory."""

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
import zlib
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.desktop.documents import content_of
from addin.desktop.files import bound_to, budget, open_workbook
from addin.desktop.files.html_tokens import Tag, html_tokens
from addin.desktop.files.package import measured_package
from addin.desktop.files.refusals import NotARegularFile, TooLarge, UnreadableWorkbook
from tests.addin.hostile_files import OPENED, REFUSED, an_xlsx, with_broken_stream, with_needed_version
from tests.addin.stand_in import a_log

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="limits on processes, pipes and devices of POSIX")


def open_in_limits(path: Path) -> str:
    """Return what came of opening a file in ten CPU seconds and two gigabytes."""
    program = [sys.executable, "-m", "tests.addin.limited_opening", str(path)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"ended by {done.returncode}: {done.stderr[-500:]}"
    outcome: str = json.loads(done.stdout)["outcome"]
    return outcome


@POSIX
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_asks_for_too_much_is_refused_within_seconds(tmp_path: Path, name: str) -> None:
    ending, code, write = REFUSED[name]
    path = tmp_path / f"log{ending}"
    path.write_bytes(write())
    assert open_in_limits(path).startswith(f"{code}: ")


@POSIX
@pytest.mark.parametrize("name", OPENED)
def test_a_file_that_only_looks_expensive_is_opened_within_seconds(tmp_path: Path, name: str) -> None:
    ending, write = OPENED[name]
    path = tmp_path / f"log{ending}"
    path.write_bytes(write())
    assert open_in_limits(path) == "opened"


def test_words_in_cells_that_are_names_of_elements_cost_nothing(tmp_path: Path) -> None:
    """A log of more elements than a file may have settings, with such a word in each block of it."""
    words = "see comment: hyperlink of sheetData, sst and mergeCell"
    cells = (
        f'<c t="inlineStr"><is><t>{words} {sha256(b"%d" % n).hexdigest()}</t></is></c>'
        for n in range(200_000)
    )
    content = an_xlsx(f"<row>{''.join(cells)}</row>")
    spent = budget.Budget(tmp_path)
    measured_package(content, tmp_path, spent).close()


def test_a_merge_whose_tag_fills_several_blocks_is_measured(tmp_path: Path) -> None:
    content = an_xlsx("<row/>" * 90_000 + "<mergeCell " + " " * 600_000 + 'ref="A1:A1048576"/>')
    with pytest.raises(TooLarge, match="merged blocks"):
        measured_package(content, tmp_path, budget.Budget(tmp_path))


def test_a_limit_names_itself() -> None:
    spent = budget.Budget(Path("log.xlsx"))
    for limit in budget.Limit:
        spent.spend(limit, limit.most)
        with pytest.raises(TooLarge, match=f"{limit.most:,}"):
            spent.spend(limit)


@POSIX
@pytest.mark.parametrize("name", ["link", "pipe", "device", "socket"])
def test_what_is_no_regular_file_is_refused_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / "log.csv"
    with socket.socket(socket.AF_UNIX) as listener:
        match name:
            case "link":
                path.symlink_to("/dev/zero")
            case "pipe":
                os.mkfifo(path)
            case "device":
                path = Path("/dev/zero")
            case "socket":
                os.chdir(tmp_path)  # the path of a socket has at most a hundred characters
                listener.bind(path.name)
                os.chdir(ROOT)
        for reader in (open_workbook, content_of):
            with pytest.raises(NotARegularFile, match="and not a file"):
                reader(path)
    assert bound_to(path) is None


@POSIX
def test_a_link_to_a_good_file_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(a_log(tmp_path / "log.xlsx"))
    with pytest.raises(NotARegularFile, match="a link to another file"):
        open_workbook(link)


DAMAGED = {
    "broken stream": with_broken_stream(an_xlsx()),
    "later version of zip": with_needed_version(an_xlsx(), 162),
    "cut": an_xlsx()[:1_000],
    "no zip": b"PK\x03\x04",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_beside_a_csv_belongs_to_no_clinic(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "October.xlsx"
    path.write_bytes(DAMAGED[damage])
    assert bound_to(path) is None


@pytest.mark.parametrize("content", [b'\xff<definedName x name="_ClinicLedger">"\xff"<', b"", b"\0" * 99])
def test_a_workbook_part_of_odd_bytes_belongs_to_no_clinic(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "October.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", content)
    assert bound_to(path) is None


def test_the_broken_stream_breaks_as_it_is_meant_to() -> None:
    with zipfile.ZipFile(BytesIO(with_broken_stream(an_xlsx()))) as archive, pytest.raises(zlib.error):
        archive.read("xl/worksheets/sheet1.xml")


def test_a_refusal_shows_nothing_of_the_file_and_of_the_library(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    path.write_bytes(an_xlsx('<row><c t="n"><v>Zoë Example</v></c></row>'))
    with pytest.raises(UnreadableWorkbook) as caught:
        open_workbook(path)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)
    assert "Zoë" not in str(caught.value)


# -- pages


class Words(HTMLParser):
    """The words of a page, as the parser of the standard library finds them, and the names of its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spans = [f"{name}={value}" for name, value in attrs if name in {"rowspan", "colspan"}]
        self.found.append(" ".join((f"<{tag}>", *spans)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:  # no script and no style
            self.found.append(data)


def words_of(page: str) -> list[str]:
    return [
        (
            f"</{token.name}>"
            if token.is_end
            else " ".join((f"<{token.name}>", *(f"{n}={v}" for n, v in token.attributes.items())))
        )
        if isinstance(token, Tag)
        else token
        for token in html_tokens(page)
    ]


PIECES = st.lists(
    st.sampled_from(
        [
            "<table>", "</table>", "<tr class=a>", "</tr>", "<td>", "<td rowspan=2>", '<TD colspan="3" title="a>b">', "</td>", "<br>",
            "<th rowspan='2' nowrap>", "<!-- <td> -->", "<!DOCTYPE html>", "<?xml version='1.0'?>", "Zoë", " ", "a &amp; b", "&#233;",
            "1 < 2", "<script>if (a < b) '<td>'</script>", "<style>td > a { }</style>", "\n",
        ]
    )
).map("".join)  # fmt: skip


@given(PIECES)
def test_pages_are_cut_as_the_parser_of_the_standard_library_does(page: str) -> None:
    usual = Words()
    usual.feed(page)
    usual.close()
    assert "".join(words_of(page)) == "".join(usual.found)


@given(st.text("<>/!-?[]'\"= &#;ax1tdr\n"))
def test_any_text_is_cut_into_tokens(page: str) -> None:
    tokens = list(html_tokens(page))
    assert sum(len(token) for token in tokens if isinstance(token, str)) <= len(page)


def test_the_seed_of_excel_97_is_read_with_blocks_formats_and_hidden_rows(tmp_path: Path) -> None:
    path = tmp_path / "log.xls"
    shutil.copy(ROOT / "tests/fuzz/seeds/log.xls", path)
    sheet = open_workbook(path).workbook.worksheets[0]
    assert sheet["C5"].value == "Zoë Example"
    assert sheet["B3"].number_format == "mm/dd/yyyy"
    assert [area.coord for area in sheet.merged_cells.ranges] == ["A1:F1"]
    assert sheet.row_dimensions[6].hidden
