"""Copies of books outside the ledger. Each has a list of digests, and is restored only if every file still matches."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path, PurePosixPath

import orjson

from server.errors import BackupNotMade, NotRestored
from server.ledger import clinic_ids

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
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
        (folder / MANIFEST).write_bytes(orjson.dumps(_digests_under(folder), option=orjson.OPT_INDENT_2))
    except OSError as problem:
        raise BackupNotMade(str(folder), f"cannot be written to ({problem.strerror})") from problem


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
        (stage / CLINICS).mkdir(mode=0o700, parents=True)
        shutil.copyfile(folder / CLINICS / f"{clinic_id}.db", stage / CLINICS / f"{clinic_id}.db")
        if (folder / DOCUMENTS / clinic_id).is_dir():
            shutil.copytree(folder / DOCUMENTS / clinic_id, stage / DOCUMENTS / clinic_id)
        for path in stage.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)  # the copy may have come from anywhere
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
