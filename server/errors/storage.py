"""What is refused because of the disk: it is full, or can only be read. The books are not damaged."""

from server.errors.refusal import BillingError, RefusalKind


class DiskFull(BillingError):
    """The disk, or the user's share of it, has no room for what should be written."""

    code = "disk-full"
    kind = RefusalKind.NO_ROOM
    title = "The disk is full"

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. Nothing was written, and nothing that was recorded before is lost.",
            "Make room on the disk, for example by moving large files away, then do the same again.",
        )


class LedgerReadOnly(BillingError):
    """The ledger is in a folder that can only be read: a backup on a share, a snapshot, a protected folder."""

    code = "ledger-read-only"
    kind = RefusalKind.CONFLICT
    title = "This ledger can only be read"

    def __init__(self) -> None:
        super().__init__(
            "The folder of the ledger can only be read. Nothing was written, and the books are not damaged.",
            "Do this on the ledger itself, not on a copy. If this is the ledger, have the write protection of its "
            "folder removed, then do the same again.",
        )


class CopyNeeded(BillingError):
    """A file that is whole, but cannot be read in a folder that can only be read."""

    code = "copy-needed"
    kind = RefusalKind.UNAVAILABLE
    title = "The books must be copied to be read"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"The ledger file {file} is not damaged, but its folder can only be read, and the file {why}.",
            "Copy the whole folder to a disk that can be written to, and name the copy with --ledger.",
        )
