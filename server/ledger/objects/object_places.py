"""Which store has the documents of a clinic, and which has the finished files: the ledger folder or a bucket."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from server.encryption.folder_encryption import FolderEncryption
from server.ledger import clinic_ids
from server.ledger.backup_folder import DOCUMENTS
from server.ledger.objects.folder_objects import FolderObjects
from server.ledger.objects.object_store import ObjectStore
from server.object_bucket import ObjectBucket

OUTPUTS = "outputs"
"""Where in a ledger folder, or in a bucket, finished files are."""

REQUESTS = "requests"
"""Where bodies of large requests are."""


class ObjectPlaces(Protocol):
    """The places of the objects of one ledger. No place is in two clinics."""

    def documents_of(self, clinic_id: str) -> ObjectStore:
        """Return the store of a clinic's documents. Raises BadClinicId."""

    def finished_files(self) -> ObjectStore:
        """Return the store of finished workbooks and papers."""

    def sent_bodies(self) -> ObjectStore:
        """Return the store of the bodies of large requests."""

    def address(self) -> str:
        """Return how all addresses begin from which a browser fetches objects; "" if only the service gives them out."""

    def check(self) -> None:
        """Raise a refusal if the places cannot be used."""

    def ask(self) -> None:
        """Raise a refusal unless the places answer now, also if they did before."""


class FolderPlaces(ObjectPlaces):
    """The places in a ledger folder: ``documents/<clinic>/<aa>/<digest>`` and ``outputs/<clinic>/<token>.<ending>``."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._encryption = FolderEncryption(folder)

    def documents_of(self, clinic_id: str, *, synced: bool = True) -> FolderObjects:
        """Return the files of a clinic's documents. If they are ``synced``, each is on disk once it is written."""
        folder = self._folder / DOCUMENTS / clinic_ids.check_clinic_id(clinic_id)
        return FolderObjects(folder, self._now, spread=True, synced=synced, encryption=self._encryption)

    def finished_files(self) -> FolderObjects:
        """Return the files that are copies, and are not synced to disk: after a power cut the button is pressed again."""
        return FolderObjects(self._folder / OUTPUTS, self._now, encryption=self._encryption)

    def sent_bodies(self) -> FolderObjects:
        """Return the files of a folder that is never made: a folder takes no bodies of requests."""
        return FolderObjects(self._folder / REQUESTS, self._now)

    def address(self) -> str:
        """Return "": only the service gives out files of its computer."""
        return ""

    def check(self) -> None:
        """Read whether the folder is encrypted. From now on it is noticed if the file that says so is lost."""
        self._encryption.note()

    def ask(self) -> None:
        """Do nothing: the folder has the database, too, which is asked."""


class BucketPlaces(ObjectPlaces):
    """The places in a bucket: ``clinics/<clinic>/documents/<digest>``, ``outputs/<clinic>/<token>.<ending>`` and ``requests/``.

    ``owner`` returns what tells this ledger from every other.
    """

    def __init__(self, bucket: ObjectBucket, owner: Callable[[], str]) -> None:
        self._bucket = bucket
        self._owner = owner

    def documents_of(self, clinic_id: str) -> ObjectStore:
        """Return the objects of a clinic's documents. Raises ObjectStoreNotInstalled."""
        return self._area(f"clinics/{clinic_ids.check_clinic_id(clinic_id)}/{DOCUMENTS}")

    def finished_files(self) -> ObjectStore:
        """Return the objects of finished files. Raises ObjectStoreNotInstalled."""
        return self._area(OUTPUTS)

    def sent_bodies(self) -> ObjectStore:
        """Return the objects of bodies of requests. Raises ObjectStoreNotInstalled."""
        return self._area(REQUESTS)

    def address(self) -> str:
        """Return how the signed addresses of this place begin. Raises what ``open_bucket`` does."""
        from server.ledger.objects.s3_objects import address_of_place  # noqa: PLC0415 - its package is not installed everywhere

        return address_of_place(self._bucket, self._owner())

    def check(self) -> None:
        """Open the bucket, which is the ledger's from its first use on. Raises what ``open_bucket`` does."""
        from server.ledger.objects.s3_objects import open_bucket  # noqa: PLC0415 - its package is not installed everywhere

        open_bucket(self._bucket, self._owner())

    def ask(self) -> None:
        """Read who has the place in the bucket. Raises what ``open_bucket`` does."""
        from server.ledger.objects.s3_objects import ask_bucket  # noqa: PLC0415 - its package is not installed everywhere

        ask_bucket(self._bucket, self._owner())

    def _area(self, area: str) -> ObjectStore:
        from server.ledger.objects.s3_objects import S3Objects  # noqa: PLC0415 - its package is not installed everywhere

        return S3Objects(self._bucket, area, self._owner)
