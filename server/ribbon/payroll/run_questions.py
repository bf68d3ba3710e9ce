"""The questions before a run is approved or voided: its total, its flags to be ticked, and the number of the question.

The number is in every answer, so that answers about another state of the run count for nothing (rule: pay-runs#asked-first).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.review_flags import ReviewFlag, count_flagged
from server.billing.question_numbers import number_of_question, numbered_answer
from server.errors import Severity, count_of, row_stretches
from server.ribbon.protocol import AskedChoice, AskedField, ReplyFinding, cell_address

APPROVE, VOID, REASON = "approve", "void", "reason"
SEEN = "seen_"
"""The inputs that tick flags begin with this, followed by the code of the findings."""

ALL = "all"
LISTED = 10
"""Flags of one kind that are listed one by one; more of them are ticked together."""


def run_number(run: RunHeader, *also: object) -> str:
    """Return the number of a question about a run as it is now. It changes with the run and with what is ``also`` asked."""
    return number_of_question(run.id, run.state, run.revision, run.fingerprint, run.paid_cents, *also)


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """The flags of one kind, and the number that their ticks have."""

    code: str
    flags: Sequence[ReviewFlag]
    number: str

    def field(self, ticked: frozenset[str]) -> AskedField:
        """Return the question whether they were seen; what is ticked already stays ticked."""
        places = dict(self._places())
        together = AskedChoice(value=self._all, label=self._label_of_all(len(places)))
        listed = [AskedChoice(value=value, label=label) for value, label in places.items()]
        is_listed = 1 < len(places) <= LISTED
        return AskedField(
            name=f"seen_{self.code}",
            label=self._label(is_listed=is_listed),
            kind="several",
            choices=[together, *listed] if is_listed else [together],
            default=";".join(ticked) or None,
            missing=self._tick_words(len(places), is_listed=is_listed),
        )

    def ticked_in(self, answers: Mapping[str, str]) -> frozenset[str]:
        """Return which of the offered ticks an answer has; ticks of another question are none."""
        given = {value.strip() for value in answers.get(f"{SEEN}{self.code}", "").split(";")}
        return frozenset(given & {self._all, *(value for value, _ in self._places())})

    def count_ticked(self, ticked: frozenset[str]) -> int:
        """Return how many flagged cells these ticks cover."""
        return count_flagged(self.flags) if self._all in ticked else len(ticked)

    @property
    def _all(self) -> str:
        return numbered_answer(ALL, self.number)

    def _places(self) -> Iterator[tuple[str, str]]:
        """Yield a value and a label for each flagged cell. Values are different even if two flags are about one cell."""
        cells = [cell_address(flag.column, row) for flag in self.flags for row in flag.rows or (None,)]
        says_same = len({flag.message for flag in self.flags}) == 1 and len({*cells}) == len(cells)
        for order, flag in enumerate(self.flags, 1):
            for row in flag.rows or (None,):
                place = cell_address(flag.column, row)
                word = f"{place or 'sheet'}{'' if says_same else f'.{order}'}"
                value = numbered_answer(word, self.number)
                yield value, (place or flag.sheet) if says_same else f"{place or flag.sheet}: {flag.message}"

    def _label(self, *, is_listed: bool) -> str:
        """Return the sentence of these findings, and their rows if they are not listed one by one."""
        first, count = self.flags[0], count_flagged(self.flags)
        if is_listed and len({flag.message for flag in self.flags}) > 1:
            return f"{count_of(count, 'finding')} of the kind “{self.code}”"
        rows = sorted(row for flag in self.flags for row in flag.rows)
        place = "" if is_listed or not rows else f" ({first.sheet}, {row_stretches(rows)})"
        return f"{first.message.rstrip('.')}{place}."

    @staticmethod
    def _tick_words(count: int, *, is_listed: bool) -> str:
        """Return what to do about a kind without a tick."""
        if is_listed:
            return "Tick what you have looked at."
        return f"Tick this once you have looked at {'it' if count == 1 else f'all {count:,}'}."

    @staticmethod
    def _label_of_all(count: int) -> str:
        return "Seen" if count == 1 else f"Seen, all {count:,} of this kind"


def group_flags(flags: Sequence[ReviewFlag], run_id: str) -> list[FlagGroup]:
    """Return the flags of a run by kind, in the order in which the kinds first occur.

    The number of a kind changes with its own flags only, so ticks survive if something else changed and the form is asked again.
    """
    kinds: dict[str, list[ReviewFlag]] = {}
    for flag in flags:
        kinds.setdefault(flag.code, []).append(flag)
    return [
        FlagGroup(code, alike, number_of_question(run_id, code, [astuple(flag) for flag in alike]))
        for code, alike in kinds.items()
    ]


def listed_flags(flags: Sequence[ReviewFlag], most: int) -> list[ReplyFinding]:
    """Return the flagged cells as findings of a reply, at most ``most``."""
    found: list[ReplyFinding] = []
    for flag in flags:
        for row in (flag.rows or (None,))[: most - len(found)]:
            place = cell_address(flag.column, row)
            found.append(
                ReplyFinding(
                    severity=Severity.REVIEW,
                    code=flag.code,
                    sheet=flag.sheet,
                    cell=place,
                    row=row,
                    column=flag.heading,
                    message=flag.message,
                    remedy=flag.remedy,
                )
            )
    return found
