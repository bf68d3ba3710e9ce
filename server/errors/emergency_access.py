"""Refusals about emergency access to a clinic (rule: people#break-glass)."""

from server.errors.refusal import BillingError, RefusalKind


class EmergencyAccessOff(BillingError):
    """The firm does not allow emergency access."""

    code = "emergency-access-off"
    kind = RefusalKind.NOT_ALLOWED
    title = "Emergency access is turned off"

    def __init__(self) -> None:
        super().__init__(
            "Your firm does not allow that people open clinics that they were not given.",
            "Ask an administrator to give you the clinic.",
        )


class EmergencyReasonUnusable(BillingError):
    """The reason has too few words, or is too long."""

    code = "emergency-reason-unusable"
    kind = RefusalKind.UNUSABLE
    title = "Say why you need the clinic"

    def __init__(self, words: int, longest: int) -> None:
        super().__init__(
            f"The reason has at least {words} words, and at most {longest} characters.",
            "Write why you need this clinic now, without a patient's name.",
        )


class ClinicOpenAlready(BillingError):
    """The person was given the clinic, or opened it less than an hour ago."""

    code = "clinic-open-already"
    kind = RefusalKind.CONFLICT
    title = "You can work with that clinic already"

    def __init__(self, clinic_id: str) -> None:
        super().__init__(f"You can work with the clinic “{clinic_id}” now.", "Choose the clinic in Excel.")


class UnknownEmergencyAccess(BillingError):
    """There is no such emergency access, or it is not for this person to end or to mark as seen."""

    code = "unknown-emergency-access"
    kind = RefusalKind.UNKNOWN
    title = "There is no such emergency access"

    def __init__(self) -> None:
        super().__init__(
            "You have no such emergency access to end or to mark as seen.",
            "The page Users lists those of your clinics. Another administrator marks your own as seen.",
        )
