"""Refusals about people: users and their passwords, signing in, sessions, and tokens of programs."""

from math import ceil

from server.errors.refusal import BillingError, RefusalKind

ASK_ADMINISTRATOR = "Ask an administrator for help."

TO_SIGN_IN = "Sign in, and send the token of the session as Authorization: Bearer TOKEN."
"""The remedy for a missing or ended session, for programs."""


class SignInNeeded(BillingError):
    """The ledger has users, and the request carries no token of a session that it knows."""

    code = "sign-in-needed"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "Sign in first"
    for_programs = TO_SIGN_IN

    def __init__(self) -> None:
        super().__init__("This ledger has users, and nobody is signed in here.", "Sign in.")


class SessionEnded(BillingError):
    """The session of the request has ended. ``why`` says how, such as "was not used for 15 minutes"."""

    code = "session-ended"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "Sign in again"
    for_programs = TO_SIGN_IN

    def __init__(self, why: str) -> None:
        super().__init__(f"This session {why}.", "Sign in again. What was recorded before is kept.")


class PairingEnded(BillingError):
    """Somebody wants to pair an add-in with a ledger that has users."""

    code = "pairing-ended"
    kind = RefusalKind.CONFLICT
    title = "Sign in instead"

    def __init__(self) -> None:
        super().__init__(
            "This ledger has users, so pairing codes and tokens of add-ins do not work any more.",
            "Sign in with your name and your password instead.",
        )


class SignInRefused(BillingError):
    """The name is unknown, the password is wrong, or the user is disabled: the answer does not say which."""

    code = "sign-in-refused"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "That name and password do not work"

    def __init__(self) -> None:
        super().__init__(
            "There is no user with this name and this password who may sign in.",
            "Check both, and Caps Lock. An administrator can give you a code for a new password.",
        )


class SecondFactorNeeded(BillingError):
    """The password is right, and the code of the authenticator app is missing."""

    code = "second-factor-needed"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "A code of your authenticator app is needed"

    def __init__(self) -> None:
        super().__init__(
            "This user signs in with a password and a code.",
            "Type the six digits that your authenticator app shows now.",
        )


class SecondFactorRefused(BillingError):
    """The code of the authenticator app is wrong, or was used before."""

    code = "second-factor-refused"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "That code does not work"

    def __init__(self) -> None:
        super().__init__(
            "The code of the authenticator app is wrong, too old, or was used before.",
            "Wait for the next code of the app and type that one. If it never works, set the clock of the phone right.",
        )


class SecondFactorMissing(BillingError):
    """The password is right, and the user's role needs an authenticator app, which is not set up yet."""

    code = "second-factor-missing"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "Set up an authenticator app first"

    def __init__(self) -> None:
        super().__init__(
            "Users with this role sign in with a password and a code of an authenticator app.",
            "Set up the app: it needs your name and your password, and a code that confirms it.",
        )


class SecondFactorKept(BillingError):
    """The user has an authenticator app already, or none was begun that a code could confirm."""

    code = "second-factor-kept"
    kind = RefusalKind.CONFLICT
    title = "The authenticator app stays as it is"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}.", "If the app is lost, an administrator can take it off: clinicledger user reset"
        )


class TooManySignIns(BillingError):
    """Too many attempts to sign in came from one address in a minute."""

    code = "too-many-sign-ins"
    kind = RefusalKind.TOO_OFTEN
    title = "Too many attempts"
    for_programs = "Wait as long as Retry-After says."

    def __init__(self, seconds: float) -> None:
        self.retry_after_seconds = max(1, ceil(seconds))
        super().__init__(
            "Too many attempts that did not work came from this address.",
            f"Wait {self.retry_after_seconds} seconds, then try again.",
        )


class PasswordUnusable(BillingError):
    """The new password is too short, too long, or too easy to guess. The sentence never repeats it."""

    code = "password-unusable"
    kind = RefusalKind.UNUSABLE
    title = "Choose another password"

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why, remedy or "Use several words that do not belong together, and no names.")


class LinkUnusable(BillingError):
    """The one-time code for a new password is wrong, was used or withdrawn, or is too old."""

    code = "link-unusable"
    kind = RefusalKind.NOT_ALLOWED
    title = "That code does not work"

    def __init__(self) -> None:
        super().__init__(
            "The code for a new password was typed wrong, was used before, or is too old.",
            "Ask an administrator for a new one: clinicledger user reset",
        )


class CaseNotYours(BillingError):
    """An attorney asks for a case of another one, for one that the attorney had before, or for none at all."""

    code = "case-not-yours"
    kind = RefusalKind.UNKNOWN
    title = "You have no such case"

    def __init__(self) -> None:
        super().__init__(
            "You have no such case today.",
            "See your cases. If one is missing, ask the office that bills for the clinic.",
        )


class UnknownUser(BillingError):
    """No user has this name."""

    code = "unknown-user"
    kind = RefusalKind.UNKNOWN
    title = "There is no such user"

    def __init__(self, name: str) -> None:
        super().__init__(f"No user signs in as “{name}”.", "The users are listed by: clinicledger user list")


class UnknownProgram(BillingError):
    """No program with this name has a token."""

    code = "unknown-program"
    kind = RefusalKind.UNKNOWN
    title = "There is no such program"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No program “{name}” has a token that works.",
            "The programs are listed by: clinicledger user sessions",
        )


class NameTaken(BillingError):
    """Another user, or a program, has or had the name."""

    code = "name-taken"
    kind = RefusalKind.CONFLICT
    title = "That name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is or was the name of somebody else.",
            "Choose another one. The books keep names, so a name never goes to another user, also after its user was disabled.",
        )


class UserUnusable(BillingError):
    """What was given about a user, or about the token of a program, does not fit together."""

    code = "user-unusable"
    kind = RefusalKind.UNUSABLE
    title = "That does not fit"

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence, remedy)


class RightsExceeded(BillingError):
    """Somebody gives a user or a program more than that person has, or changes a user who has more."""

    code = "rights-exceeded"
    kind = RefusalKind.NOT_ALLOWED
    title = "That is more than you may give"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Your own role and clinics do not include what this needs: {what}.",
            "Ask an administrator of every clinic to do it.",
        )


class FirstAdministrator(BillingError):
    """The first user of a ledger is no administrator of every clinic, or has no password."""

    code = "first-administrator"
    kind = RefusalKind.CONFLICT
    title = "The first user must be an administrator"

    def __init__(self) -> None:
        super().__init__(
            "The first user of a ledger is an administrator of every clinic, and has a password from the beginning.",
            "Add the administrator first, with --role administrator --all-clinics and a password.",
        )


class LastAdministrator(BillingError):
    """Nobody would be left who can look after the users."""

    code = "last-administrator"
    kind = RefusalKind.CONFLICT
    title = "The last administrator stays"

    def __init__(self) -> None:
        super().__init__(
            "This is the only administrator of every clinic who is not disabled.",
            "Make somebody else an administrator first.",
        )


class DeviceCodeUnusable(BillingError):
    """The code of a device is wrong, was refused or used, or is too old."""

    code = "device-code-unusable"
    kind = RefusalKind.NOT_ALLOWED
    title = "That code does not work"

    def __init__(self) -> None:
        super().__init__(
            "The code of the device was typed wrong, was refused or used before, or is too old.",
            "Start signing in on the device again, and type the code that it shows then.",
        )


class DeviceNotApproved(BillingError):
    """Nobody has approved or refused the device yet: the device asks again."""

    code = "authorization-pending"
    kind = RefusalKind.CONFLICT
    title = "Not approved yet"

    def __init__(self, seconds: int) -> None:
        self.retry_after_seconds = seconds
        super().__init__("Nobody has approved this device yet.", f"Ask again in {seconds} seconds.")


class DeviceAskedTooSoon(BillingError):
    """A device asks more often than its interval allows."""

    code = "slow-down"
    kind = RefusalKind.TOO_OFTEN
    title = "Asked too soon"

    def __init__(self, seconds: int) -> None:
        self.retry_after_seconds = seconds
        super().__init__(f"A device may ask once in {seconds} seconds.", f"Ask again in {seconds} seconds.")
