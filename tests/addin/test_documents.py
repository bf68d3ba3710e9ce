"""Files that answer a button: sent ahead of the click, and named in it by their digest."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import xlwings as xw

from addin.desktop import documents
from addin.desktop.files.refusals import EmptyFile, MissingFile
from addin.desktop.press import press
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.ledger.document_files import LARGEST
from tests.addin.stand_in import StandIn, a_log

Show = Callable[[Path], xw.Book]
SCAN = b"%PDF-1.7 an invented cheque"
DIGEST = sha256(SCAN).hexdigest()
ASKED = {"fields": [{"name": "document", "label": "Scan of the cheque", "kind": "file"}]}


def a_scan(folder: Path, name: str = "cheque.pdf") -> Path:
    (folder / name).write_bytes(SCAN)
    return folder / name


def test_a_file_is_sent_first_and_the_click_names_it_by_its_digest(
    tmp_path: Path, stand_in: StandIn, service: Service
) -> None:
    log, scan = a_log(tmp_path / "log.xlsx", clinic="lakeside"), a_scan(tmp_path, "Chèque #1.pdf")

    press("payroll.check", log, service=service, inputs={"document": scan, "note": "by post"})

    assert stand_in.kept == [("/clinics/lakeside/documents", "Ch%C3%A8que%20%231.pdf", SCAN)]
    assert stand_in.sent["inputs"] == {"document": DIGEST, "note": "by post"}


def a_missing(folder: Path) -> Path:
    return folder / "gone.pdf"


def a_folder(folder: Path) -> Path:
    return folder


def an_empty(folder: Path) -> Path:
    (folder / "empty.pdf").touch()
    return folder / "empty.pdf"


def a_huge(folder: Path) -> Path:
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(documents.LARGEST + 1)
    return folder / "huge.pdf"


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (a_missing, MissingFile),
        (a_folder, MissingFile),
        (an_empty, EmptyFile),
        (a_huge, documents.FileTooLarge),
    ],
)
def test_a_file_that_cannot_be_sent_stops_the_click_before_anything_is(
    tmp_path: Path,
    stand_in: StandIn,
    service: Service,
    made: Callable[[Path], Path],
    refusal: type[Refusal],
) -> None:
    log = a_log(tmp_path / "log.xlsx", clinic="lakeside")
    inputs = {"scan": a_scan(tmp_path), "document": made(tmp_path)}

    with pytest.raises(refusal):
        press("payroll.check", log, service=service, inputs=inputs)

    assert (stand_in.kept, stand_in.requests) == ([], [])


def test_a_file_of_no_clinic_is_not_sent(tmp_path: Path, stand_in: StandIn, service: Service) -> None:
    with pytest.raises(documents.NoClinicForFile):
        press(
            "payroll.check",
            a_log(tmp_path / "log.xlsx"),
            service=service,
            inputs={"document": a_scan(tmp_path)},
        )
    assert stand_in.kept == []


def test_the_service_keeps_files_as_large_as_the_add_in_sends() -> None:
    assert documents.LARGEST == LARGEST
