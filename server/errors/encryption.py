"""Refusals about a ledger that is encrypted at rest, and about its key."""

from server.errors.refusal import BillingError, RefusalKind


class LedgerKeyMissing(BillingError):
    """The files of a ledger, or of a copy of one, are encrypted with a key that this computer does not have."""

    code = "ledger-key-missing"
    kind = RefusalKind.UNAVAILABLE
    title = "The key of this ledger is not here"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"These files are encrypted with the key {key_id[:8]}, and this computer does not have that key.",
            "Type the recovery text of the ledger with clinicledger ledger enter-key, as the user who runs the service. If the"
            " keys are in a folder, name it with CLINIC_LEDGER_KEYS.",
        )


NAME_A_FOLDER = "Nothing was encrypted with it. Name a folder with CLINIC_LEDGER_KEYS that only the user who runs the service can read."


class LedgerKeyNotKept(BillingError):
    """The key of a ledger cannot be stored or read, or the file that has it can be read by others or has something else in it."""

    code = "ledger-key-not-kept"
    kind = RefusalKind.UNAVAILABLE
    title = "The key of the ledger cannot be kept"

    def __init__(self, where: str, why: str, remedy: str = NAME_A_FOLDER) -> None:
        super().__init__(f"The key of the ledger cannot be kept in {where}, or read there: {why}.", remedy)


class RecoveryTextWrong(BillingError):
    """The text that was typed is not the recovery text of a ledger. It is repeated nowhere."""

    code = "recovery-text-wrong"
    kind = RefusalKind.UNUSABLE
    title = "That is not a recovery text"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The recovery text {why}.",
            "Type all 14 groups of four characters as they are on the paper. Blanks, hyphens, capital and small do not matter.",
        )


class EncryptionNotInstalled(BillingError):
    """A file is encrypted, and the package that reads it was not installed."""

    code = "encryption-not-installed"
    kind = RefusalKind.UNAVAILABLE
    title = "Encrypted files cannot be read here"

    def __init__(self) -> None:
        super().__init__(
            "The files of this ledger are encrypted, and the package sqlcipher3, which reads them, is not installed.",
            "Install Clinic Ledger again with all packages that it needs. Nothing was changed.",
        )


class EncryptionNotChanged(BillingError):
    """A ledger cannot be encrypted or decrypted now. What was changed before is whole, and the command goes on from there."""

    code = "encryption-not-changed"
    kind = RefusalKind.CONFLICT
    title = "The encryption was not changed"

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why, remedy)
