"""Refusals of signing in with the firm's identity provider (OpenID Connect). None of them repeats what the provider sent."""

from server.errors.refusal import BillingError, RefusalKind

BEGIN_AGAIN = "Go to the sign-in page and begin again."

CHECK_SETTINGS = (
    "Ask the person who runs the service to compare the CLINIC_LEDGER_OIDC_ settings with the provider. "
    "Until then, an administrator with a password signs in without the provider."
)


class IdentityProviderUnreachable(BillingError):
    """The identity provider does not answer, is too slow, or has an error of its own."""

    code = "identity-provider-unreachable"
    kind = RefusalKind.UNAVAILABLE
    title = "The identity provider does not answer"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} did not answer, or only with an error of its own.",
            "Try again in a minute. If it stays so, an administrator with a password can sign in without it.",
        )


class IdentityProviderUnusable(BillingError):
    """The identity provider answers something that does not fit the settings. ``why`` says what."""

    code = "identity-provider-unusable"
    kind = RefusalKind.UNAVAILABLE
    title = "The identity provider is not set up right"

    def __init__(self, why: str) -> None:
        super().__init__(f"The answer of the identity provider cannot be used: {why}.", CHECK_SETTINGS)


class IdentityProviderSignInNotBegun(BillingError):
    """Somebody comes back from the provider with a sign-in that this browser did not begin, or that is over.

    That is a wrong or missing state, an address that is opened a second time, a page that was left for ten minutes, or the
    work of a stranger who wants somebody to be signed in as the stranger.
    """

    code = "identity-provider-sign-in-not-begun"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "This sign-in was not begun here"

    def __init__(self) -> None:
        super().__init__(
            "This browser did not begin this sign-in, finished it before, or began it more than ten minutes ago.",
            BEGIN_AGAIN,
        )


class IdentityProviderDenied(BillingError):
    """The provider says that it did not sign the person in."""

    code = "identity-provider-denied"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "The identity provider did not sign you in"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} did not sign you in, or you stopped it there.",
            "Begin again. If it refuses you each time, ask the people who look after your account there.",
        )


class IdentityProviderCodeRefused(BillingError):
    """The provider does not take the code that it gave: it was used before, or is too old."""

    code = "identity-provider-code-refused"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "The identity provider refused its own code"

    def __init__(self) -> None:
        super().__init__("The code of this sign-in was used before, or is too old.", BEGIN_AGAIN)


class IdentityProviderProofRefused(BillingError):
    """The provider's proof of who signed in (the ID token) is not one for this sign-in. ``why`` says what is wrong."""

    code = "identity-provider-proof-refused"
    kind = RefusalKind.NOT_SIGNED_IN
    title = "The identity provider's proof does not count"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The identity provider's proof of who you are cannot be accepted: {why}.",
            f"{BEGIN_AGAIN} If it happens again, tell the person who runs the service.",
        )


class IdentityProviderNameMissing(BillingError):
    """The provider gives no name of the person, or an e-mail address that it has not verified."""

    code = "identity-provider-name-missing"
    kind = RefusalKind.NOT_ALLOWED
    title = "The identity provider does not say your name"

    def __init__(self, label: str, claim: str) -> None:
        super().__init__(
            f"{label} gave no “{claim}” of yours, or says that it has not checked it.",
            "Ask the people who look after your account there to enter and check it.",
        )


class IdentityProviderUserUnknown(BillingError):
    """No user of the ledger belongs to this account of the provider."""

    code = "identity-provider-user-unknown"
    kind = RefusalKind.NOT_ALLOWED
    title = "No user belongs to that account"

    def __init__(self, label: str, name: str) -> None:
        super().__init__(
            f"You are “{name}” at {label}, and no user of this ledger belongs to that account.",
            "Ask an administrator to save that name on the page of your user. If it is there already, your account is a new one: "
            "the administrator saves the name once more.",
        )


class IdentityProviderGivesNoRole(BillingError):
    """None of the person's groups at the provider gives a role that the user may have."""

    code = "identity-provider-gives-no-role"
    kind = RefusalKind.NOT_ALLOWED
    title = "Your groups give you no role here"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"None of your groups at {label} gives you a role in this ledger.",
            "Ask the people who look after your account there to put you into the right group.",
        )


class UserDisabled(BillingError):
    """The user who belongs to the account is disabled."""

    code = "user-disabled"
    kind = RefusalKind.NOT_ALLOWED
    title = "You may not sign in any more"

    def __init__(self) -> None:
        super().__init__("An administrator has disabled your user.", "Ask an administrator to enable it.")
