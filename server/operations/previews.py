"""What a click would record, shown before it is recorded, and the answer to that (rule: invoices#preview).

The question carries the number of everything that it shows, and the answer brings the number back
(``server.billing.question_numbers``). If the sheet, the prices or the books have changed in between, the number is another
one, and the answer records nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """What can be recorded of the shown rows."""

    GOOD_ROWS = "good-rows"
    NOT_FLAGGED = "leave-flagged"
    NOT_LISTED = "leave-listed"


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """A person's answer to a preview. ``choice`` is ``None`` if nothing is to be recorded.

    ``number`` is the number of the question, "" if the answer does not bring it back. ``leave`` are rows to leave as
    they are.
    """

    choice: Choice | None
    number: str = ""
    leave: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a click would record.

    ``groups`` are the rows that can be recorded, in groups that are recorded together; ``reasons`` says by row why a
    row is flagged. ``has_blocked`` says whether there are rows that cannot be recorded.
    """

    groups: Sequence[tuple[int, ...]]
    reasons: Mapping[int, Sequence[str]]
    has_blocked: bool
    number: str

    @property
    def rows(self) -> frozenset[int]:
        """Return all rows that can be recorded."""
        return frozenset(row for group in self.groups for row in group)

    @property
    def flagged_groups(self) -> list[tuple[int, ...]]:
        """Return the groups with a flagged row."""
        return [group for group in self.groups if any(self.reasons.get(row) for row in group)]

    @property
    def not_flagged(self) -> frozenset[int]:
        """Return the rows of the groups without a flagged row."""
        return self.rows.difference(*self.flagged_groups)

    def is_answered_by(self, answer: PreviewAnswer | None) -> bool:
        """Return whether an answer is about this preview, and not about an earlier one."""
        return answer is not None and answer.number == self.number

    def rows_to_record(
        self, answer: PreviewAnswer | None, *, is_resumed: bool = False
    ) -> frozenset[int] | None:
        """Return the rows to record now, ``None`` if the person has to be asked, or does not want it.

        Without an answer, everything is recorded if nothing is flagged or blocked. An answer without a number was given
        by a program that has not seen the preview: it can agree to leave the blocked rows, and to nothing that is flagged.
        A click that is resumed goes on by itself: without the answer to what was shown it records nothing.
        """
        if is_resumed and self.rows and (answer is None or not answer.number):
            return None
        if answer is None:
            return None if self.has_blocked or self.flagged_groups else self.rows
        if not answer.number:
            is_enough = answer.choice is Choice.GOOD_ROWS and not answer.leave and not self.flagged_groups
            return self.rows if is_enough else None
        if not self.is_answered_by(answer) or not answer.leave <= self.rows:
            return None
        return self._rows_chosen(answer)

    def _rows_chosen(self, answer: PreviewAnswer) -> frozenset[int] | None:
        """Return the rows of an answer to this preview, ``None`` if it contradicts itself."""
        left = frozenset[int]().union(*(group for group in self.groups if not answer.leave.isdisjoint(group)))
        if answer.choice is Choice.NOT_FLAGGED:
            return self.not_flagged - left
        is_consistent = bool(left) is (answer.choice is Choice.NOT_LISTED)
        return self.rows - left if answer.choice and is_consistent else None
