import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import BadClinicId, UnknownOutput
from server.ledger.finished_workbooks import Outputs

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def outputs(folder: Path) -> Outputs:
    return Outputs(folder)


def test_a_kept_workbook_is_found_by_its_id(outputs: Outputs) -> None:
    assert outputs.open(outputs.keep("lakeside", b"workbook")).read_bytes() == b"workbook"


def test_the_id_names_the_clinic_and_cannot_be_guessed(outputs: Outputs) -> None:
    first, second = outputs.keep("lakeside", b""), outputs.keep("lakeside", b"")

    assert first.startswith("lakeside.")
    assert len(first) == len("lakeside.") + 32
    assert first != second


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's own folders by other means")
def test_a_kept_workbook_is_for_its_owner_only(outputs: Outputs) -> None:
    path = outputs.open(outputs.keep("lakeside", b"workbook"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


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
        outputs.open(output_id)


def test_a_workbook_is_kept_for_a_clinic_only(outputs: Outputs) -> None:
    with pytest.raises(BadClinicId):
        outputs.keep("../elsewhere", b"workbook")


def test_tidying_removes_what_is_old_and_nothing_else(outputs: Outputs, folder: Path) -> None:
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    old, new = (
        Outputs(folder, lambda: two_days_ago).keep("lakeside", b"old"),
        outputs.keep("lakeside", b"new"),
    )

    assert outputs.tidy() == 1

    assert outputs.open(new).read_bytes() == b"new"
    with pytest.raises(UnknownOutput):
        outputs.open(old)


def test_there_is_nothing_to_tidy_in_a_new_ledger(outputs: Outputs) -> None:
    assert outputs.tidy() == 0
