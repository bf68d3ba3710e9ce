"""The files of a ledger, for tests that look at one behind the ledger's back."""

from pathlib import Path

from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite.database_file import SqliteFile


def file_of(clinic: ClinicStore) -> Path:
    """Return the file of a clinic."""
    database = clinic._database  # noqa: SLF001 - nothing but a test asks
    assert isinstance(database, SqliteFile)
    return database.path
