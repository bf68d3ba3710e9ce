import os
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.errors import BadClinicId, UnknownOutput
from server.ledger.clock import utc_now
from server.ledger.finished_workbooks import Outputs
from server.ledger.objects.object_places import BucketPlaces, FolderPlaces
from server.object_bucket import ObjectBucket
from tests.ledger.objects import IN_FOLDER_AND_BUCKET, Objects

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def outputs(folder: Path, bucket: ObjectBucket | None) -> Outputs:
    return outputs_of(folder, bucket)


def outputs_of(folder: Path, bucket: ObjectBucket | None, now: Callable[[], datetime] = utc_now) -> Outputs:
    places = BucketPlaces(bucket, lambda: "this ledger") if bucket else FolderPlaces(folder, now)
    return Outputs(places.finished_files(), now)


@IN_FOLDER_AND_BUCKET
def test_a_kept_workbook_is_found_by_its_id(outputs: Outputs) -> None:
    assert outputs.read(outputs.keep("lakeside", b"workbook")).data == b"workbook"


def test_the_id_names_the_clinic_and_cannot_be_guessed(outputs: Outputs) -> None:
    first, second = outputs.keep("lakeside", b""), outputs.keep("lakeside", b"")

    assert first.startswith("lakeside.")
    assert len(first) == len("lakeside.") + 32
    assert first != second


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's own folders by other means")
def test_a_kept_workbook_is_for_its_owner_only(outputs: Outputs, folder: Path) -> None:
    outputs.keep("lakeside", b"workbook")
    (path,) = (folder / "outputs" / "lakeside").iterdir()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@IN_FOLDER_AND_BUCKET
@pytest.mark.parametrize(
    "output_id",
    [
        "",
        KEY,
        f"lakeside.{KEY}",
        f"lakeside.{KEY[:-1]}",
        f"lakeside.{KEY}\n",
        f"lakeside.{KEY.upper()}",
        f"../lakeside.{KEY}",
        f"lakeside/../hillside.{KEY}",
        f"lakeside.{KEY}.xlsx",
        "lakeside.../../../firm.db",
    ],
)
def test_an_id_that_is_malformed_or_not_kept_opens_nothing(outputs: Outputs, output_id: str) -> None:
    outputs.keep("lakeside", b"workbook")

    with pytest.raises(UnknownOutput):
        outputs.read(output_id)


def test_a_workbook_is_kept_for_a_clinic_only(outputs: Outputs) -> None:
    with pytest.raises(BadClinicId):
        outputs.keep("../elsewhere", b"workbook")


@IN_FOLDER_AND_BUCKET
def test_tidying_removes_what_is_old_and_nothing_else(
    outputs: Outputs, objects: Objects, request: pytest.FixtureRequest
) -> None:
    two_days_ago = utc_now() - timedelta(days=2)
    old = outputs_of(objects.folder, objects.bucket, lambda: two_days_ago).keep("lakeside", b"old", "csv")
    if objects.bucket:  # its clock is the store's
        (key,) = (f"outputs/lakeside/{name}" for name in objects.outputs())
        request.getfixturevalue("s3").backdate(objects.bucket, key, timedelta(days=2))
    new = outputs.keep("lakeside", b"new")

    with pytest.raises(UnknownOutput):
        outputs.read(old)
    assert outputs.tidy() == 1
    assert outputs.tidy() == 0

    assert outputs.read(new).data == b"new"
    with pytest.raises(UnknownOutput):
        outputs.read(old)
    assert len(objects.outputs()) == 1


@IN_FOLDER_AND_BUCKET
def test_there_is_nothing_to_tidy_in_a_new_ledger(outputs: Outputs) -> None:
    assert outputs.tidy() == 0
