"""Copies of books outside the ledger. Each has a manifest: the digest of every file, and the heads of the journals.

A copy is restored only if every file still matches.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import file_digest
from pathlib import Path, PurePosixPath

import orjson

from server.errors import BackupNotMade, LedgerReadOnly, NotRestored
from server.ledger import clinic_ids
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.sqlite.folder import CLINICS
from server.private_files import (
    copy_private_file,
    make_private_folder,
    refuse_storage_errors,
    write_private_file,
)

DOCUMENTS = "documents"
"""Where in a ledger folder, and in a copy of one, the clinics' documents are."""

MANIFEST = "manifest.json"
"""The file that says what a copy holds."""

Digests = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy holds: the SHA-256 of each file by its path, and the journal's head of each clinic and of the firm.

    Older copies have no heads.
    """

    files: Digests
    journals: Mapping[str, JournalHead] = field(default_factory=dict)

    def clinics(self) -> list[str]:
        """Return the ids of the clinics whose books are in the copy."""
        books = [PurePosixPath(name) for name in self.files if name.startswith(f"{CLINICS}/")]
        return sorted(clinic_ids.check_clinic_id(path.stem) for path in books)

    def heads_of(self, name: str) -> list[JournalHead]:
        """Return the head of a clinic's journal, or of the firm's, as a list of at most one."""
        return [self.journals[name]] if name in self.journals else []


@contextmanager
def new_copy(folder: Path) -> Iterator[dict[str, JournalHead | None]]:
    """Make a new folder for a copy, and yield where its journal heads go; when the block ends, write the manifest.

    Refuses a folder that is not empty, and one that cannot be written to.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise BackupNotMade(str(folder), "is not empty")
        make_private_folder(folder)
        heads: dict[str, JournalHead | None] = {}
        with _emptied_on_failure(folder), refuse_storage_errors():
            yield heads
            journals = {name: asdict(head) for name, head in heads.items() if head}
            manifest = {"files": _digests_under(folder), "journals": journals}
            write_private_file(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
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


def leave_out_clinic(folder: Path, clinic_id: str) -> None:
    """Remove what was copied of a clinic, before the manifest is written."""
    for path in (folder / CLINICS).glob(f"{clinic_id}.db*"):
        path.unlink()
    shutil.rmtree(folder / DOCUMENTS / clinic_id, ignore_errors=True)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a copy; refuses a folder that is not a copy."""
    try:
        found = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError) as problem:
        raise NotRestored(
            f"The folder {folder} is no backup or export: it has no readable {MANIFEST}."
        ) from problem
    try:
        files = found.get("files", found)  # older copies have the files alone
        journals = {name: JournalHead(**head) for name, head in found.get("journals", {}).items()}
        if all(isinstance(digest, str) for digest in files.values()):
            return Manifest(files, journals)
    except (AttributeError, TypeError):
        pass
    raise NotRestored(f"The folder {folder} is no backup or export: its {MANIFEST} lists no files.")


def is_copy(folder: Path) -> bool:
    """Return whether a folder is a copy: it has a manifest."""
    return (folder / MANIFEST).exists()


def heads_of_copy(folder: Path, name: str) -> list[JournalHead]:
    """Return the journal head that the manifest of a copy has for a clinic or the firm, nothing if there is none."""
    return read_manifest(folder).heads_of(name) if is_copy(folder) else []


def changed_files(folder: Path, manifest: Manifest, besides: Collection[str] = ()) -> list[str]:
    """Return the files of a copy that are not as they were when it was made: changed, lost or added. Raises OSError.

    Files ``besides`` belong to whoever made the copy, and are in no manifest.
    """
    not_listed = {MANIFEST, *besides}
    found = {name: digest for name, digest in _digests_under(folder).items() if name not in not_listed}
    return sorted({name for name, _ in manifest.files.items() ^ found.items()})


def is_as_it_was(folder: Path, manifest: Manifest, name: str) -> bool:
    """Return whether one file of a copy is as it was when the copy was made. Raises OSError if it cannot be read."""
    return _file_digest(folder / name) == manifest.files[name]


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
