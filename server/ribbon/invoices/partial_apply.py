"""Whether the good rows of a sheet may go without the others: a second, explicit click
(rule: invoices#all-or-none).
"""

from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedField

APPLY, GOOD_ROWS = "apply", "good-rows"
"""The input that says so, and the word that does: programs give it, the question is answered with a yes."""


def may_apply_good_rows(context: ClickContext) -> bool | None:
    """Return whether the good rows may go alone, ``None`` where nobody was asked yet."""
    return context.yes_or_no(APPLY, GOOD_ROWS)


def ask_to_apply_good_rows(label: str, *, required: bool = True) -> AskedField:
    """Return the question whether they may."""
    return AskedField(name=APPLY, label=label, kind="yes-no", required=required)
