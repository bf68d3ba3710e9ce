"""Refusals about documents attached to invoices and about backups of the ledger."""

from server.errors.refusal import BillingError, RefusalKind


class DocumentUnusable(BillingError):
    """The file is empty, or its type is not accepted as a document."""

    code = "document-unusable"
    kind = RefusalKind.UNUSABLE
    title = "That document cannot be kept"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The document {why}.",
            "Attach a PDF, a PNG, JPEG or TIFF picture, or plain text of at most 20 MB.",
        )


class DocumentTooLarge(BillingError):
    """The file is larger than a document may be."""

    code = "document-too-large"
    kind = RefusalKind.TOO_LARGE
    title = "That document is too large"

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The document has {size:,} bytes, and at most 20,000,000 (20 MB) are kept.",
            "Scan it again at a lower resolution, or in parts, and attach each part.",
        )


class UnknownDocument(BillingError):
    """The clinic's books have no document with this digest."""

    code = "unknown-document"
    kind = RefusalKind.UNKNOWN
    title = "That document is not in the books"
    for_programs = "POST the file to /clinics/{clinic}/documents and use the digest that is returned."

    def __init__(self) -> None:
        super().__init__(
            "There is no such document in these books.",
            "Send the file itself: choose it, or give its path to press with an @ before it.",
        )


class NoLedger(BillingError):
    """The folder does not contain a ledger."""

    code = "no-ledger"
    kind = RefusalKind.UNKNOWN
    title = "There is no ledger there"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"The folder {folder} holds no ledger.",
            "Name the ledger's folder with --ledger. The first button pressed on a folder makes one.",
        )


class BackupNotMade(BillingError):
    """The folder for the backup cannot take it: it is not empty, cannot be written to, or another backup is being made in it."""

    code = "backup-not-made"
    kind = RefusalKind.CONFLICT
    title = "The backup was not made"

    def __init__(self, folder: str, why: str, remedy: str = "Name a new or empty folder with --to.") -> None:
        super().__init__(f"The folder {folder} {why}.", remedy)


class BackupRunning(BillingError):
    """Another backup is being made in the same folder."""

    code = "backup-running"
    kind = RefusalKind.CONFLICT
    title = "Another backup is being made"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"Another backup is being made in {folder} now.",
            "Wait until that one has ended, then do this again.",
        )


class RehearsalRunning(BillingError):
    """Another rehearsal of a restore is at work in the same ledger folder."""

    code = "rehearsal-running"
    kind = RefusalKind.CONFLICT
    title = "Another rehearsal is running"

    def __init__(self) -> None:
        super().__init__(
            "Another rehearsal of a restore is running on this ledger.",
            "Wait until that one has ended, then do this again.",
        )


class NotRestored(BillingError):
    """The backup was changed after it was made, or the ledger already has its clinic."""

    code = "not-restored"
    kind = RefusalKind.CONFLICT
    title = "Nothing was restored"

    def __init__(self, why: str) -> None:
        super().__init__(
            why,
            "Nothing was changed. Restore another copy, or restore this one into a new ledger folder with --ledger.",
        )


class NotMoved(BillingError):
    """The books cannot be moved to a database or back: the target holds other books, or somebody recorded meanwhile."""

    code = "not-moved"
    kind = RefusalKind.CONFLICT
    title = "The books were not moved"

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why, f"The ledger is where it was, and nothing of it is lost. {remedy}")
