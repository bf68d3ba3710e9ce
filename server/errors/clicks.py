"""Refusals that are about the request and not about the content of a sheet."""

from collections.abc import Sequence
from datetime import date
from math import ceil

from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import CHOOSE_CLINIC, Remedy

PAIRING = (
    "In the task pane, enter the code that clinicledger addin code shows. The desktop add-in and the command line "
    "are paired with: clinicledger addin install"
)
"""The remedy for a missing or unknown token, for both add-ins."""


BEARER = "Send the header Authorization: Bearer TOKEN. POST /pair gives a token for a pairing code."
"""The remedy for a missing or unknown token, for programs."""


class BadRequest(BillingError):
    """The request does not have the form that the API asks for. This is an error in the program that sent it."""

    code = "bad-request"
    kind = RefusalKind.MALFORMED
    title = "The request could not be understood"
    for_programs = "Correct what is named. /docs describes every request."

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Update the add-in and the service to the same version, then try again.")


class ForeignRequest(BillingError):
    """The request comes from another site's page, or names another host than the service."""

    code = "foreign-request"
    kind = RefusalKind.NOT_ALLOWED
    title = "The request was blocked"
    for_programs = "Send the request to the service's own address, and not from a page of another site."

    def __init__(self, header: str) -> None:
        super().__init__(
            f"The request's {header} header is not one of this service.",
            "Use the add-in, or the service's own address.",
        )


class TokenNeeded(BillingError):
    """The ledger answers only requests with a token, and this request has none."""

    code = "token-needed"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "Pair this add-in first"
    for_programs = BEARER

    def __init__(self) -> None:
        super().__init__("The request carries no token of this service.", PAIRING)


class TokenUnknown(BillingError):
    """The token of the request is not one that this ledger gave out."""

    code = "token-unknown"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "This add-in is not paired any more"
    for_programs = BEARER

    def __init__(self) -> None:
        super().__init__(
            "The service does not know the token it was shown. It may be of another ledger.", PAIRING
        )


class TokenRevoked(BillingError):
    """The token of the request was revoked, by itself or with all others."""

    code = "token-revoked"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "This add-in is not paired any more"
    for_programs = BEARER

    def __init__(self, day: date | None) -> None:
        when = f" on {day:%m/%d/%Y}" if day else ""
        super().__init__(f"The token of this add-in was revoked{when}.", PAIRING)


class TokenExpired(BillingError):
    """The token of the request was not used for a long time."""

    code = "token-expired"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "This add-in must be paired again"
    for_programs = BEARER

    def __init__(self, days: int) -> None:
        super().__init__(
            f"The token of this add-in expired, because it was not used for {days} days.", PAIRING
        )


class TokenNotListed(BillingError):
    """The id of the token to revoke is wrong, or several tokens have it."""

    code = "token-not-listed"
    kind = RefusalKind.UNKNOWN
    title = "There is no such token"

    def __init__(self, token_id: str, found: int) -> None:
        super().__init__(
            f"The id “{token_id}” names {found} tokens." if found else f"No token has the id “{token_id}”.",
            "Take the whole id of one from: clinicledger addin tokens",
        )


class CodeUnusable(BillingError):
    """The pairing code is wrong, was used already, or has expired."""

    code = "code-unusable"
    kind = RefusalKind.NOT_ALLOWED
    title = "That code does not work"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"The code was typed wrong, was used before, or is older than {minutes} minutes.",
            "Get a fresh one with: clinicledger addin code",
        )


class TooManyCodes(BillingError):
    """Too many wrong pairing codes were sent from one address in a minute."""

    code = "too-many-codes"
    kind = RefusalKind.TOO_OFTEN
    title = "Too many wrong codes"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "Too many wrong codes came from this address in one minute.",
            "The right code is accepted at any time. Get a fresh one with: clinicledger addin code",
        )
        self.retry_after_seconds = ceil(seconds)


class UnknownAddress(BillingError):
    """The service has no such address."""

    code = "unknown-address"
    kind = RefusalKind.UNKNOWN
    title = "There is no such address"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(
            f"{method} {path} is not an address of this service.", "See /docs for those there are."
        )


class FolderInUse(BillingError):
    """The demo would write to a folder that holds other files."""

    code = "folder-in-use"
    kind = RefusalKind.CONFLICT
    title = "The folder holds other things"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"{folder} is not empty, and the demo did not make it.", "Name another folder with --dir."
        )


class FolderUnusable(BillingError):
    """The demo cannot write to its folder: it is a file, it is write-protected, or a workbook in it is open."""

    code = "folder-unusable"
    kind = RefusalKind.CONFLICT
    title = "The folder cannot be written to"

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"The demo cannot write to {folder} ({why}).",
            "Close its workbooks if they are open in Excel, or name another folder with --dir.",
        )


class AddressUnusable(BillingError):
    """The service cannot use its address: another program uses it, or this computer does not have it."""

    code = "address-unusable"
    kind = RefusalKind.CONFLICT
    title = "The service cannot listen there"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"The service cannot listen on {host} port {port} ({why}).",
            "It may be running already. If not, name another port with --port, or leave out --host.",
        )


class CertificateUnusable(BillingError):
    """A certificate file is damaged, or the service may not read it."""

    code = "certificate-unusable"
    kind = RefusalKind.CONFLICT
    title = "The certificate cannot be used"

    def __init__(
        self,
        path: str,
        why: str,
        remedy: str = "Take the certificates away with: clinicledger addin certificate --remove. Then make them again.",
    ) -> None:
        super().__init__(f"{path} cannot be used ({why}).", remedy)


class WorkCutShort(BillingError):
    """The process that worked on a big sheet ran out of memory, or another program ended it."""

    code = "work-cut-short"
    kind = RefusalKind.UNAVAILABLE
    title = "The work on this sheet was cut short"

    def __init__(self) -> None:
        super().__init__(
            "The program that worked on the sheet was stopped before it could answer.",
            "Press the button again. If it happens again, close other programs or split the sheet.",
        )


class UnknownButton(BillingError):
    """No button has this id."""

    code = "unknown-button"
    kind = RefusalKind.UNKNOWN
    title = "There is no such button"

    def __init__(self, button: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no button “{button}”.", f"The buttons are: {', '.join(known)}.")


class RoleNotAllowed(BillingError):
    """The person's role does not allow what was asked. ``allowed`` are the roles that do, the least of them first."""

    code = "role-not-allowed"
    kind = RefusalKind.NOT_ALLOWED
    title = "Your role does not allow that"

    def __init__(self, what: str, role: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        askable = " or ".join(map(_with_article, allowed)) or "an administrator"
        super().__init__(
            f"“{what}” is not for {_with_article(role)}, which is your role.", f"Ask {askable} to do it."
        )


def _with_article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


class NoClinic(BillingError):
    """No clinic has been chosen for the workbook yet."""

    code = "no-clinic"
    kind = RefusalKind.UNUSABLE
    title = "This workbook has no clinic yet"
    remedies = (CHOOSE_CLINIC,)

    def __init__(self) -> None:
        super().__init__(
            "This workbook does not say which clinic it belongs to.",
            "Press Choose clinic first. After that, every button works for that clinic only.",
        )


class ClinicMismatch(BillingError):
    """The workbook belongs to one clinic and the request names another."""

    code = "clinic-mismatch"
    kind = RefusalKind.CONFLICT
    title = "This workbook belongs to another clinic"

    def __init__(self, bound: str, named: str) -> None:
        super().__init__(
            f"This workbook belongs to {bound}, and what you ask is for {named}.",
            "Use a workbook of its own for each clinic.",
        )


class TooLarge(BillingError):
    """The request is larger than the service accepts."""

    code = "too-large"
    kind = RefusalKind.TOO_LARGE
    title = "That is more than one click can carry"
    for_programs = "Split it into several requests."

    def __init__(
        self,
        what: str,
        limit: str,
        remedy: str = "Split the sheet and press the button for each part.",
    ) -> None:
        super().__init__(f"{what} is larger than {limit}.", remedy)


class MissingSheet(BillingError):
    """The workbook lacks a sheet that the button needs."""

    code = "missing-sheet"
    kind = RefusalKind.UNUSABLE
    title = "A sheet is missing"

    def __init__(self, what: str, remedy: str, remedies: Sequence[Remedy] = ()) -> None:
        super().__init__(what, remedy)
        self.remedies = tuple(remedies)


class SheetInTheWay(BillingError):
    """The add-in would write a sheet, but the user has a sheet with the same name."""

    code = "sheet-in-the-way"
    kind = RefusalKind.CONFLICT
    title = "A sheet of your own has that name"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"The sheet “{sheet}” of this workbook was not written by Clinic Ledger, and stays as it is.",
            "Give that sheet another name, or use another workbook, and press the button again.",
        )


class MissingInput(BillingError):
    """An input of the button is missing or cannot be used."""

    code = "missing-input"
    kind = RefusalKind.UNUSABLE
    title = "Something is missing"

    def __init__(self, name: str, sentence: str, remedy: str, remedies: Sequence[Remedy] = ()) -> None:
        super().__init__(sentence, remedy)
        self.name = name
        self.remedies = tuple(remedies)
