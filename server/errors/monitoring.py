"""What is refused to programs that watch over the service."""

from server.errors.refusal import BillingError, RefusalKind


class NotReady(BillingError):
    """The service runs, and something that it needs does not answer. Anybody may ask, so ``what`` names no server and no bucket."""

    code = "not-ready"
    kind = RefusalKind.UNAVAILABLE
    title = "The service is not ready"
    retry_after_seconds = 5

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The service runs, but {what} does not answer it or cannot be used.",
            "Send requests to another service of the firm, or ask again in a few seconds. The log of the service says why.",
        )


class MetricsOff(BillingError):
    """Somebody asks for the metrics of a service that gives none."""

    code = "metrics-off"
    kind = RefusalKind.UNKNOWN
    title = "This service gives no metrics"

    def __init__(self) -> None:
        super().__init__(
            "The metrics of this service are switched off.",
            "Tell the person who runs the service: set CLINIC_LEDGER_METRICS=on and start it again.",
        )
