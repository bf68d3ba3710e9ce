"""Clinics of a copy taken into another ledger: all of them, or none."""

from pathlib import Path

import pytest

from server.errors import NotRestored
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from tests.ledger.conftest import a_clock
from tests.ledger.invented import HILLSIDE


def test_where_one_clinic_cannot_be_put_in_place_none_is(
    lakeside: ClinicStore, ledger: Ledger, tmp_path: Path
) -> None:
    for books_of in (ledger.open_clinic(HILLSIDE), lakeside):
        books_of.keep_document(b"%PDF-1.7 an invented cheque", "cheque.pdf", "ana")
    ledger.backup(tmp_path / "copy")
    other = Ledger(tmp_path / "other", a_clock)
    in_the_way = tmp_path / "other" / "documents" / "lakeside"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()

    with pytest.raises(NotRestored, match="cannot be put into"):
        other.restore(tmp_path / "copy")
    assert other.clinics() == []

    in_the_way.unlink()
    assert [entry.id for entry in other.restore(tmp_path / "copy")] == ["hillside", "lakeside"]
