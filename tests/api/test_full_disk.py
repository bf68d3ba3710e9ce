"""A full disk is said to be one, at whatever moment it fills up; nothing is half written, and nothing is lost."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest
from openpyxl import Workbook

from addin.desktop.files.refusals import DiskIsFull
from addin.desktop.files.saving import save_workbook
from server.api.incidents import incident_answer
from server.cli.service import temporary_service
from server.errors import DiskFull
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.api.wire import press, problem
from tests.behind import copy_ledger
from tests.disks import fill, free, small_disk
from tests.ribbon.clicks import a_click, visits

STEPS_KB = range(0, 400, 8)
"""How much room is left when a click begins: from none to enough, so that the disk fills at each of its writes."""


@dataclass(frozen=True)
class OnDisk:
    """A service whose ledger is on a small disk."""

    disk: Path
    http: httpx.Client

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.disk / "ledger")

    def let_go(self) -> None:
        """Close the files, so that the next click opens them anew, and needs room for that."""
        self.ledger.close()


@pytest.fixture
def small(tmp_path: Path, made_folder: Path) -> Iterator[OnDisk]:
    with small_disk(tmp_path / "disk", 6_000) as disk:
        copy_ledger(made_folder, disk / "ledger")
        with (
            temporary_service(Settings(path=disk / "ledger", workers=0)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
        ):
            yield OnDisk(disk, http)
        Ledger.close(Ledger(disk / "ledger"))


def is_whole(small: OnDisk) -> bool:
    return all(
        isinstance(small.ledger.clinic(entry.id).verify(), Verified) for entry in small.ledger.clinics()
    )


def unfinished(small: OnDisk) -> list[Path]:
    return list(small.disk.rglob("*.part"))


def send_paper(small: OnDisk, number: int) -> httpx.Response:
    return small.http.post(
        "/clinics/lakeside/documents",
        content=b"%PDF-1.7 " + str(number).encode() * 10_000,
        headers={"content-type": "application/octet-stream"},
    )


CLICKS: dict[str, Callable[[OnDisk, int], httpx.Response]] = {
    "a click with a workbook": lambda small, number: press(
        small.http, "payroll.generate", a_click(visits(5), request_id=f"full-{number}")
    ),
    "a document": send_paper,
}


@pytest.mark.many_rounds
@pytest.mark.parametrize("work", CLICKS)
@pytest.mark.parametrize("files", ["open", "closed"])
def test_a_disk_that_fills_up_at_any_write_is_said_to_be_full_and_the_same_click_works_later(
    small: OnDisk, work: str, files: str, record_property: Callable[[str, object], None]
) -> None:
    refused = 0
    for number, kilobytes in enumerate(STEPS_KB):
        if files == "closed":
            small.let_go()
        fill(small.disk, leaving=kilobytes)
        answer = CLICKS[work](small, number)
        if answer.status_code != httpx.codes.OK:
            refused += 1
            assert (answer.status_code, problem(answer)["code"]) == (507, "disk-full")
            assert "disk is full" in problem(answer)["detail"]
        free(small.disk)
        assert unfinished(small) == []
        assert CLICKS[work](small, number).status_code == httpx.codes.OK
    assert refused
    assert is_whole(small)
    record_property("Full disk: clicks and documents sent", len(STEPS_KB))
    record_property("Full disk: refused as full, and carried out once there was room", refused)


@pytest.mark.sqlite("the disk of the books; on PostgreSQL it is the server's")
def test_a_view_that_cannot_be_recorded_is_refused_with_the_true_sentence(small: OnDisk) -> None:
    small.let_go()
    fill(small.disk)
    answer = small.http.get("/clinics/lakeside/invoices")
    assert (answer.status_code, problem(answer)["code"]) == (507, "disk-full")
    free(small.disk)
    assert small.http.get("/clinics/lakeside/invoices").status_code == httpx.codes.OK


@pytest.mark.many_rounds
@pytest.mark.parametrize("kind", ["backup", "export"])
def test_a_copy_that_does_not_fit_is_removed_and_can_be_made_at_the_same_place(
    made_folder: Path, tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    copy_ledger(made_folder, tmp_path / "ledger")
    ledger = Ledger(tmp_path / "ledger")
    ledger.clinic("lakeside").keep_document(b"%PDF-1.7" + bytes(100_000), "scan.pdf", "ana")
    refused = 0
    with small_disk(tmp_path / "disk", 4_000) as disk:
        target = disk / "copies" / "today"

        def copy() -> None:
            ledger.backup(target) if kind == "backup" else ledger.export("lakeside", target)

        for kilobytes in range(0, 1_200, 40):
            fill(disk, leaving=kilobytes)
            try:
                copy()
            except DiskFull:
                refused += 1
                assert not target.exists() or not list(target.iterdir())
                free(disk)
                copy()
            else:
                free(disk)
            shutil.rmtree(target)
    assert refused
    record_property("Full disk: copies that did not fit, removed and made again", refused)


@pytest.mark.parametrize(
    ("number", "answered"),
    [
        (errno.ENOSPC, (507, "disk-full")),
        (errno.EROFS, (409, "ledger-read-only")),
        (errno.EIO, (500, "incident")),
    ],
    ids=["full", "read-only", "broken"],
)
def test_an_error_of_the_disk_that_nobody_foresaw_is_said_for_what_it_is(
    number: int, answered: tuple[int, str]
) -> None:
    """It may come from any library, wrapped in an error of its own."""
    bug = RuntimeError("the archive was not closed")
    bug.__cause__ = OSError(number, os.strerror(number), "/dev/full")
    status, body = incident_answer(bug)
    assert (status, orjson.loads(body)["code"]) == answered
    assert b"/dev/full" not in body


def test_a_workbook_that_does_not_fit_stays_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 400) as disk:
        path = disk / "October.xlsx"
        save_workbook(Workbook(), path, {})
        before = path.read_bytes()
        fill(disk)
        with pytest.raises(DiskIsFull, match="the disk is full"):
            save_workbook(Workbook(), path, {})
        free(disk)
        assert path.read_bytes() == before
        assert [one.name for one in disk.iterdir()] == ["October.xlsx"]
