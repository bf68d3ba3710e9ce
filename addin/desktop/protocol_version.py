"""The version of what this add-in and the service say to each other (docs/contracts.md#protocol)."""

from addin.desktop.refusals import Refusal

PROTOCOL = 1

ACCEPTED = f"application/json;protocol={PROTOCOL}, */*"
"""What a request says it takes, and with it the version."""

PROTOCOL_OF_SERVICE = "x-protocol"
"""The header with which every answer says the version of the service."""


class AddInTooOld(Refusal):
    """The service is of a later version, which this add-in does not understand."""

    code = "add-in-too-old"
    title = "The add-in is older than the service"

    def __init__(self) -> None:
        super().__init__(
            "This add-in was made for an earlier version of Clinic Ledger than the service that answers.",
            "Update Clinic Ledger on this computer, then install the add-in again: clinicledger addin install.",
        )


class AddInTooNew(Refusal):
    """The service is of an earlier version, which does not understand this add-in."""

    code = "add-in-too-new"
    title = "The service is older than the add-in"

    def __init__(self) -> None:
        super().__init__(
            "The service that answers is older than this add-in.",
            "Ask the person who looks after Clinic Ledger to update the service, or to start it again if it was updated.",
        )


def check_protocol(said: str) -> None:
    """Raise AddInTooOld or AddInTooNew if the header of an answer says another version. An answer without it passes."""
    version = int(said[:9]) if said.isascii() and said.isdigit() else PROTOCOL
    if version > PROTOCOL:
        raise AddInTooOld
    if version < PROTOCOL:
        raise AddInTooNew
