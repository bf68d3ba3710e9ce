"""Every refusal and every kind of finding offers as a button what its sentence tells people to press."""

import inspect
import re
from collections.abc import Iterator

import pytest

from server import errors
from server.errors import FINDINGS, BillingError, FindingFacts, Remedy
from server.errors import remedies as declared
from server.errors.remedies import MOST_REMEDIES
from server.ribbon.ribbon_table import ribbon

BUTTONS = {button.label: button.id for button in ribbon().button}

SETUP_SHEET = re.compile(r"sheet of the setup|Press Open setup|on the Prices sheet\b")
"""What tells a person to change the setup."""

PRESSED_ELSEWHERE = {
    ("HeldVisitsWait", "payroll.generate"): "the corrected log is another sheet or workbook",
    ("WorkbookHasClinic", "clinic.new"): "the log has to be copied to a new workbook first",
    ("BadClinicId", "reminders.letters"): "it means the letters of the alphabet",
    ("ClinicIdUnusable", "reminders.letters"): "it means the letters of the alphabet",
    ("FixOvertaken", "payroll.check"): "the check goes on by itself once Fix in setup is pressed again",
}
"""The buttons that the sentence of a kind names and that it does not offer, and where they are pressed instead.

One button of one kind is excused at a time, so that no other button hides behind the excuse.
"""

NEVER_EXCUSED = {"clinic.choose", "clinic.open", "payroll.history", "invoices.open"}
"""Buttons that only show something, and ask before they replace anything: whoever is told to press one can press it at once."""

BY_HAND = {
    "correct what is named, in the sheet or in the answer; the add-ins show the cells": [
        "ActionNotOpen", "AmountDoesNotFit", "AnswerTooLarge", "BadClinicId", "ChequeDiffers", "CreditNotUsable", "DocumentTooLarge",
        "DocumentUnusable", "DuplicateCheque", "EmptyExamsSheet", "EmptySheet", "ExamsUnusable", "FixUnusable", "FutureAsOf", "HeaderNotFound",
        "ImplausiblePeriod", "InputsUnusable", "LicenseNeeded", "MissingColumn", "MissingInput", "NotCleared",
        "OwnSheet", "ReasonNeeded", "RegisterUnusable", "SetupDoesNotFit", "SetupUnusable", "StepRefused", "TooLarge",
        "UnknownDocument",
    ],
    "go to another sheet or workbook": ["ClinicMismatch", "MissingSheet", "SheetInTheWay", "WorkbookHasClinic"],
    "a manager": ["NeedsManager", "RoleNotAllowed", "SecondPersonNeeded"],
    "an administrator": ["ClinicNotGiven"],
    "the same button once more, which the add-ins offer for every refusal": [
        "AnswerExpired", "BooksBusy", "BooksNotOpened", "BooksNotUnderstood", "ChangedSinceShown", "CopyNeeded", "DatabaseTooSlow", "DatabaseUnreachable", "DiskFull", "DraftOvertaken",
        "FixOvertaken", "LedgerReadOnly", "ObjectStoreUnreachable", "RequestIdReused", "RequestTooSlow", "SentBodyUnusable", "ServiceFull", "TooManyRequests", "UnknownOutput", "WorkCutShort",
    ],
    "a program, or the two halves of ours": [
        "BadRequest", "ForeignRequest", "HeadersTooLarge", "NotOfThisCase", "StepsRefused", "UnknownAddress",
        "UnknownButton",
    ],
    "the connection of the add-in, which the pane checks with a button of its own": [
        "CodeUnusable", "PairingEnded", "TokenExpired", "TokenNeeded", "TokenRevoked", "TokenUnknown", "TooManyCodes",
    ],
    "the address and the proxy of the service in the office": ["NotEncrypted", "ProxyUnclear"],
    "those who update the add-in or the service": ["AddInTooNew", "AddInTooOld"],
    "who runs the service, and its load balancer": ["MetricsOff", "NotReady"],
    "the database and its administrator": ["DatabaseNotPrepared"],
    "the settings of the store that has the documents": [
        "BucketMissing", "BucketOfAnotherLedger", "ObjectStoreDenied", "ObjectStoreNotInstalled", "ObjectStoreUnprotected",
    ],
    "the settings of the function that the service runs as": ["FunctionNotReady"],
    "signing in, which is done on a page of its own": [
        "DeviceAskedTooSoon", "DeviceCodeUnusable", "DeviceNotApproved", "LinkUnusable", "PasswordUnusable",
        "IdentityProviderCodeRefused", "IdentityProviderDenied", "IdentityProviderGivesNoRole", "IdentityProviderNameMissing", "IdentityProviderProofRefused",
        "IdentityProviderSignInNotBegun", "IdentityProviderUnreachable", "IdentityProviderUnusable", "IdentityProviderUserUnknown", "UserDisabled",
        "StatusAskedAlready", "StatusMessageUnusable", "TooManyStatusRequests",
        "ClinicOpenAlready", "EmergencyAccessOff", "EmergencyReasonUnusable", "UnknownEmergencyAccess",
        "RightsExceeded", "SecondFactorKept", "SecondFactorMissing", "SecondFactorNeeded", "SecondFactorRefused", "SessionEnded",
        "SignInNeeded", "SignInRefused", "TooManySignIns",
    ],
    "the command line, about a service in the background": [
        "LedgerServed", "NotInBackground", "OtherLedgerSetUp", "ServiceStartFailed", "ServiceStopFailed", "SetupRecordUnusable",
        "SetupRunning", "SetupWithSudo",
    ],
    "the command line": [
        "AddressUnusable", "BackupNotMade", "BackupRunning", "RehearsalRunning", "CertificateUnusable", "FirstAdministrator", "FolderInUse", "FolderUnusable",
        "LastAdministrator", "NameTaken", "NoLedger", "NotMoved", "NotProtected", "NotRestored", "TokenNotListed", "UnknownProgram",
        "UnknownUser", "UserUnusable", "CaseNotYours",
        "MailServerUnusable", "OutcomeNotOpen", "UnknownMessage",
        "EncryptionNotChanged", "EncryptionNotInstalled", "LedgerKeyMissing", "LedgerKeyNotKept", "RecoveryTextWrong",
    ],
}  # fmt: skip
"""Refusals without a remedy that is a button, by what leads on instead. A new refusal has remedies, or is listed here."""


def kinds_of_refusals(parent: type[BillingError] = BillingError) -> Iterator[type[BillingError]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("server.errors"):
            yield child
            yield from kinds_of_refusals(child)


REFUSALS = {kind.__name__: kind for kind in kinds_of_refusals()}
REMEDIES = [one for one in vars(declared).values() if isinstance(one, Remedy)]


def buttons_named(text: str) -> set[str]:
    """Return the ids of the buttons whose labels a text has, in any place that tells to press them."""
    named = {button for label, button in BUTTONS.items() if re.search(rf"(?i)\b{label}\b", text)}
    return named | ({"clinic.open"} if SETUP_SHEET.search(text) else set())


def excused_of(kind: str) -> set[str]:
    """Return the buttons that a kind need not offer though its sentence names them."""
    return {button for name, button in PRESSED_ELSEWHERE if name == kind}


def test_nobody_is_excused_from_offering_what_can_be_pressed_at_once() -> None:
    assert NEVER_EXCUSED.isdisjoint(button for _, button in PRESSED_ELSEWHERE)


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.label)
def test_a_remedy_presses_a_button_that_there_is(remedy: Remedy) -> None:
    assert remedy.button in BUTTONS.values()
    assert not re.search(r"clinicledger|workbook_templates|--", remedy.label)


def test_every_refusal_has_a_remedy_or_is_listed_with_what_leads_on() -> None:
    listed = [name for names in BY_HAND.values() for name in names]
    assert len(listed) == len(set(listed))
    bare = {name for name, kind in REFUSALS.items() if not kind.remedies}
    assert bare == set(listed)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_offers_the_button_that_its_sentence_names(name: str) -> None:
    kind = REFUSALS[name]
    assert len(kind.remedies) <= MOST_REMEDIES
    own = inspect.getsource(kind).partition("def __init__")[2]
    named = buttons_named(own) - {"clinic.save"}
    offered = {remedy.button for remedy in kind.remedies} | {
        one.button for word, one in vars(declared).items() if isinstance(one, Remedy) and word in own
    }
    assert named - offered == excused_of(name)


@pytest.mark.parametrize("kind", FINDINGS.values(), ids=lambda kind: kind.code)
def test_a_finding_offers_the_button_that_its_sentence_names(kind: type[FindingFacts]) -> None:
    assert len(kind.offers) <= MOST_REMEDIES
    named = buttons_named(kind.advises) - {"clinic.save"}
    assert named - {offer.button for offer in kind.offers} == excused_of(kind.__name__)


def test_no_sentence_for_a_person_in_front_of_excel_names_a_path_of_the_repository() -> None:
    texts = [kind.advises for kind in FINDINGS.values()]
    texts += [inspect.getsource(kind) for kind in REFUSALS.values()]
    assert not [text for text in texts if "workbook_templates" in text]


def test_every_name_of_the_lists_is_a_kind_that_there_is() -> None:
    kinds = REFUSALS.keys() | {kind.__name__ for kind in FINDINGS.values()}
    assert {kind for kind, _ in PRESSED_ELSEWHERE} <= kinds
    assert errors.NoClinic.remedies
