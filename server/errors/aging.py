"""Refusals about what is owed by age (rule: receivables#aging)."""

from server.errors.refusal import BillingError, RefusalKind


class FutureAsOf(BillingError):
    """What is owed was asked for as of a day in the future. ``day`` and ``today`` are as people of the office write them."""

    code = "future-as-of"
    kind = RefusalKind.UNUSABLE
    title = "That day has not come yet"

    def __init__(self, day: str, today: str) -> None:
        super().__init__(
            f"Nobody knows yet what will be owed on {day}. Today is {today}.",
            "Give “as of” as today or an earlier day, or leave it out for today.",
        )
