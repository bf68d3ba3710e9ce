"""Whether the user agreed to record the good rows of a sheet and leave the others: a second, explicit click
(rule: invoices#all-or-none).
"""

from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedField

APPLY, GOOD_ROWS = "apply", "good-rows"
"""The input that gives this consent, and its value. Programs send this word; people answer the question with yes."""


def may_apply_good_rows(context: ClickContext) -> bool | None:
    """Return whether the user agreed to apply only the good rows, or ``None`` if there is no answer yet."""
    return context.yes_or_no(APPLY, GOOD_ROWS)


def ask_to_apply_good_rows(label: str, *, required: bool = True) -> AskedField:
    """Return the yes/no field that asks for this consent."""
    return AskedField(name=APPLY, label=label, kind="yes-no", required=required)
