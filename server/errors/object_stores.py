"""What is refused because of the object store that has the documents and finished workbooks. The books are not damaged."""

from server.errors.refusal import BillingError, RefusalKind

ASK = "Do the same again in a minute. If it stays so, tell the person who runs the service."


class ObjectStoreUnreachable(BillingError):
    """The store of the documents does not answer, is too slow, or has an error of its own. ``why`` says what happened."""

    code = "object-store-unreachable"
    kind = RefusalKind.UNAVAILABLE
    title = "The store of the documents does not answer"
    for_programs = "Wait as long as Retry-After says, and send the same request again."
    retry_after_seconds = 60

    def __init__(self, bucket: str, why: str) -> None:
        super().__init__(
            f"The store “{bucket}”, which has the documents and finished workbooks, cannot be used: {why}. "
            "Nothing that was recorded before is lost.",
            ASK,
        )


class ObjectStoreDenied(BillingError):
    """The store of the documents does not accept the service's credentials, or they do not allow enough. ``why`` is its reason."""

    code = "object-store-denied"
    kind = RefusalKind.UNAVAILABLE
    title = "The store of the documents refuses the service"

    def __init__(self, bucket: str, why: str) -> None:
        super().__init__(
            f"The store “{bucket}”, which has the documents and finished workbooks, refuses this service ({why}). "
            "Nothing that was recorded before is lost.",
            "Tell the person who runs the service: its AWS credentials must be valid, and allow s3:ListBucket, s3:GetObject, "
            "s3:PutObject and s3:DeleteObject.",
        )


class BucketMissing(BillingError):
    """The store has no bucket of the name in the settings."""

    code = "bucket-missing"
    kind = RefusalKind.UNAVAILABLE
    title = "The bucket of the documents is not there"

    def __init__(self, bucket: str) -> None:
        super().__init__(
            f"The store has no bucket “{bucket}”, where the documents and finished workbooks should be.",
            "Tell the person who runs the service: correct CLINIC_LEDGER_OBJECTS and AWS_REGION, or make the bucket.",
        )


class ObjectStoreUnprotected(BillingError):
    """The address of the store begins with http:// and leads to another computer."""

    code = "object-store-unprotected"
    kind = RefusalKind.UNAVAILABLE
    title = "The way to the store of the documents is not encrypted"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Documents would cross the network readable: the address of the store on {host} begins with http://.",
            "Tell the person who runs the service: the address in AWS_ENDPOINT_URL must begin with https://.",
        )


class ObjectStoreNotInstalled(BillingError):
    """The settings name an object store, and the package that speaks to one is not installed."""

    code = "object-store-not-installed"
    kind = RefusalKind.UNAVAILABLE
    title = "The program for the store of the documents is not installed"

    def __init__(self) -> None:
        super().__init__(
            "CLINIC_LEDGER_OBJECTS names an object store, and the package obstore, which speaks to it, is not installed.",
            "Tell the person who runs the service: install clinic-ledger[s3], or unset CLINIC_LEDGER_OBJECTS to keep "
            "documents in the ledger folder.",
        )


class BucketOfAnotherLedger(BillingError):
    """The place in the bucket belongs to another ledger: each would remove documents that only the other knows."""

    code = "bucket-of-another-ledger"
    kind = RefusalKind.UNAVAILABLE
    title = "The bucket belongs to another ledger"

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place} has the documents of another ledger, and two ledgers would remove each other's documents.",
            "Tell the person who runs the service: name another place in CLINIC_LEDGER_OBJECTS, or the right ledger with --ledger.",
        )
