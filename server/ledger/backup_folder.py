"""Copies of books outside the ledger. Each has a list of digests, and is restored only if every file still matches."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path, PurePosixPath

import orjson

from server.errors import BackupNotMade, LedgerReadOnly, NotRestored
from server.ledger import clinic_ids
from server.private_files import (
    copy_private_file,
    make_private_folder,
    refuse_storage_errors,
    write_private_file,
)

CLINICS, DOCUMENTS = "clinics", "documents"
"""Where in a ledger folder, and in a copy of one, the clinics' files and their documents are."""

MANIFEST = "manifest.json"
"""The list of a copy's files, by their paths in it, with the SHA-256 of each."""

Digests = Mapping[str, str]


@contextmanager
def new_copy(folder: Path) -> Iterator[None]:
    """Make a new folder for a copy; when the block ends, write the list of its files.

    Refuses a folder that is not empty, and one that cannot be written to.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise BackupNotMade(str(folder), "is not empty")
        make_private_folder(folder)
        with _emptied_on_failure(folder), refuse_storage_errors():
            yield
            digests = orjson.dumps(_digests_under(folder), option=orjson.OPT_INDENT_2)
            write_private_file(folder / MANIFEST, digests)
    except LedgerReadOnly as problem:
        raise BackupNotMade(str(folder), "can only be read") from problem
    except OSError as problem:
        raise BackupNotMade(str(folder), f"cannot be written to ({problem.strerror})") from problem


@contextmanager
def _emptied_on_failure(folder: Path) -> Iterator[None]:
    """Remove what is in a folder that was empty, if the block fails: half a copy must not look like one."""
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        raise


def file_digests(folder: Path) -> Digests:
    """Return the list of a copy's files; refuses a folder that is not a copy."""
    try:
        files = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError) as problem:
        raise NotRestored(
            f"The folder {folder} is no backup or export: it has no readable {MANIFEST}."
        ) from problem
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        raise NotRestored(f"The folder {folder} is no backup or export: its {MANIFEST} lists no files.")
    return files


def clinics_in(files: Digests) -> list[str]:
    """Return the ids of the clinics whose books are listed."""
    books = [PurePosixPath(name) for name in files if name.startswith(f"{CLINICS}/")]
    return sorted(clinic_ids.check_clinic_id(path.stem) for path in books)


def fetch_clinic(folder: Path, files: Digests, clinic_id: str, stage: Path) -> None:
    """Copy a clinic's books and documents into an empty folder; refuses files that do not match the list."""
    try:
        copy_private_file(folder / CLINICS / f"{clinic_id}.db", stage / CLINICS / f"{clinic_id}.db")
        for path in (folder / DOCUMENTS / clinic_id).rglob("*"):
            if path.is_file():
                copy_private_file(path, stage / path.relative_to(folder))
        found = _digests_under(stage)
    except OSError as problem:
        raise NotRestored(
            f"The copy in {folder} cannot be read ({problem.strerror or problem})."
        ) from problem
    promised = {name: digest for name, digest in files.items() if _belongs_to(name, clinic_id)}
    if wrong := sorted(name for name, _ in promised.items() ^ found.items()):
        raise NotRestored(f"In {folder}, {wrong[0]} is not as it was when the copy was made.")


def _belongs_to(name: str, clinic_id: str) -> bool:
    return name == f"{CLINICS}/{clinic_id}.db" or name.startswith(f"{DOCUMENTS}/{clinic_id}/")


def _digests_under(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): _file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _file_digest(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
