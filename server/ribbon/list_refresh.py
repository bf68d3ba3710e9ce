"""Before a button replaces a list in the workbook: whether what was typed on it and is not recorded yet may be lost."""

from server.errors import count_of
from server.ribbon.context import ClickContext, question
from server.ribbon.protocol import AskedField, Reply

ANEW = "anew"
"""The input that says whether to lose what was typed."""


def reply_before_refresh(
    context: ClickContext, sheet: str, entries: int, first: str, *, word: str = "saved"
) -> Reply | None:
    """Return the reply in place of a new list: the question, or that the sheet stays as it is. ``None`` if it can be replaced.

    ``entries`` is how many rows have something typed that is not ``word`` yet, and ``first`` says what to press before.
    """
    answer = context.yes_or_no(ANEW) if entries else True
    if answer is None:
        rows = f"{count_of(entries, 'row')} {'has' if entries == 1 else 'have'}"
        title = f"{rows} entries that are not {word} yet. Refresh the list and lose them?"
        return question(
            title, AskedField(name=ANEW, label="Refresh and lose these entries?", kind="yes-no"), more=first
        )
    return None if answer else Reply(summary=f"The sheet {sheet} stays as it is. {first}", level="review")
