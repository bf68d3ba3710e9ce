"""A file that a reply hands over is saved beside the workbook, whole or not at all, and over nothing."""

import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.desktop import ribbon
from addin.desktop.handed_files import folder_beside
from addin.desktop.press import press
from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service
from tests.addin.stand_in import DONE, StandIn, a_log

PAPER = b"%PDF-1.7 an invented invoice"


def handing(name: str = "INV-000001.pdf", content: bytes = PAPER, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a reply that hands over a file of this name, whose digest is that of the content."""
    file = {"id": "f-1", "url": "/outputs/f-1", "sha256": sha256(content).hexdigest(), "name": name}
    return {**DONE, "file": file, **more}


def pressed(folder: Path, service: Service, save_as: Path | None = None) -> Path | None:
    log = folder / "October.xlsx"
    if not log.exists():
        a_log(log, clinic="lakeside")
    return press("payroll.check", log, service=service, save_as=save_as).file


def test_press_saves_it_beside_the_workbook_for_its_owner_only(
    stand_in: StandIn, service: Service, tmp_path: Path
) -> None:
    stand_in.reply, stand_in.output = handing(), PAPER
    saved = pressed(tmp_path, service)
    assert saved == tmp_path / "INV-000001.pdf"
    assert saved.read_bytes() == PAPER
    if os.name == "posix":
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_press_saves_it_where_the_workbook_goes(stand_in: StandIn, service: Service, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    stand_in.reply, stand_in.output = handing(), PAPER
    assert (
        pressed(tmp_path, service, tmp_path / "elsewhere" / "Out.xlsx")
        == tmp_path / "elsewhere/INV-000001.pdf"
    )


def test_it_goes_over_nothing(stand_in: StandIn, service: Service, tmp_path: Path) -> None:
    stand_in.reply, stand_in.output = handing(), PAPER
    (tmp_path / "INV-000001.pdf").write_bytes(b"mine")
    names = [path.name for path in (pressed(tmp_path, service), pressed(tmp_path, service)) if path]
    assert names == ["INV-000001 (2).pdf", "INV-000001 (3).pdf"]
    assert (tmp_path / "INV-000001.pdf").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "name", ["../INV.pdf", "a/b.pdf", "a\\b.pdf", "C:x.pdf", ".hidden.pdf", "x.pdf ", "x", "", "nul\x00.pdf"]
)
def test_a_name_that_leads_elsewhere_is_refused(
    stand_in: StandIn, service: Service, tmp_path: Path, name: str
) -> None:
    stand_in.reply, stand_in.output = handing(name), PAPER
    with pytest.raises(UnusableReply, match="a name that no folder can hold"):
        pressed(tmp_path, service)
    assert [path.name for path in tmp_path.iterdir()] == ["October.xlsx"]


def test_a_file_that_was_damaged_on_the_way_is_not_saved(
    stand_in: StandIn, service: Service, tmp_path: Path
) -> None:
    stand_in.reply, stand_in.output = handing(content=b"another"), PAPER
    with pytest.raises(UnusableReply, match="damaged on the way"):
        pressed(tmp_path, service)
    assert [path.name for path in tmp_path.iterdir()] == ["October.xlsx"]


def test_in_excel_the_place_and_the_remarks_are_said(
    caller: xw.Book, stand_in: StandIn, tmp_path: Path
) -> None:
    remark = {"severity": "review", "message": "The tax ID is missing.", "remedy": "Press Open setup."}
    stand_in.reply, stand_in.output = handing(summary="INV-000001: printed.", findings=[remark]), PAPER
    ribbon.run("payroll.check")
    assert (tmp_path / "INV-000001.pdf").read_bytes() == PAPER
    place = tmp_path / "INV-000001.pdf"
    said = f"INV-000001: printed.\n\nThe tax ID is missing. Press Open setup.\n\nSaved as {place}"
    assert caller.app.impl.alerts == [said]


def test_a_workbook_without_a_folder_leaves_it_with_the_downloads(
    tmp_path: Path, show: Callable[[Path], xw.Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = show(a_log(tmp_path / "October.xlsx"))
    assert folder_beside(book) == tmp_path
    home = tmp_path / "home"
    (home / "Downloads").mkdir(parents=True)
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setattr(type(book), "fullname", "https://cloud.invented.example/October.xlsx")
    assert folder_beside(book) == home / "Downloads"
