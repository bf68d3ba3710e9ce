"""Words of a status inside other text, such as a note that says "late cancel" next to an attended visit.

A note decides nothing: it causes a remark, and a person decides (rule: payroll#notes).
"""

import re
import string
from dataclasses import dataclass

from server.billing.clinics import CountsAs, StatusWord
from server.billing.names import fold
from server.billing.payroll.classify import ATTENDED, ClassifiedLog
from server.billing.payroll.row_outcomes import RowDecisions
from server.billing.payroll.statuses import meanings, spelled_statuses
from server.errors.log_row_findings import NoteContradictsStatus

MISSED = frozenset({CountsAs.NO_SHOW, CountsAs.CANCELLED, CountsAs.LATE_CANCELLED})

MOST_WORDS = 4
"""A status has at most this many words."""

FEWEST_LETTERS = 6
"""Shorter statuses are not looked for in text: "NS" and "DNA" have other meanings there."""

_ALSO = (
    "never showed", "never came", "never arrived", "did not come", "did not arrive", "not attended", "CXLD",
)  # fmt: skip
"""Phrases that appear in notes but not in status columns."""

_OTHERWISE = frozenset(map(fold, ("Missed", "Cancel", "Cancellation", "Reschedule", "Rescheduled")))
"""Statuses that, in a note, may as well be about another visit, a plan or a policy."""

_PUNCTUATION = dict.fromkeys(
    map(ord, string.punctuation + "\t\n\v\f\r\u00a0\u2018\u2019\u201c\u201d\u2013\u2014"), " "
)
_WORD = re.compile(r"[^\W_]+")
_SHORT_NOT = re.compile(r"n['\u2019]t\b")
_CLAUSE_END = re.compile(r"[.,;:!?\n]")
LOOKED_BACK = 40
"""A mention can be denied within this many characters before it."""

_NO, _NEGATIONS = "no", frozenset({"not", "never", "without"})


@dataclass(frozen=True, slots=True)
class MissedMentions:
    """Finds mentions of missed visits in text.

    ``phrases`` are folded statuses. A text mentions none of them if, in small letters, it contains none of the
    ``stems``, or if, after ``plain``, it contains none of the ``needles``.
    """

    phrases: frozenset[str]
    stems: tuple[str, ...]
    needles: tuple[str, ...]

    @classmethod
    def of(cls, own: tuple[StatusWord, ...]) -> "MissedMentions":
        """Return a finder for the statuses of missed visits, including those of the clinic's own list."""
        counts = meanings(own)
        spelled = [
            text
            for text in (*spelled_statuses(), *(word.status for word in own))
            if counts[fold(text)] in MISSED
            and len(fold(text)) >= FEWEST_LETTERS
            and fold(text) not in _OTHERWISE
        ]
        listed = [plain(text).strip() for text in (*spelled, *_ALSO)]
        every = {*listed, *(text.replace(" ", "") for text in listed)}
        stems = {max(text.split(), key=len) for text in listed}
        return cls(frozenset(map(fold, (*spelled, *_ALSO))), _fewest(stems), _fewest(every))

    def first_in(self, text: str) -> str:
        """Return the first words of a text that are such a status, the longest at one place; "" if there are none."""
        spelled_out = _SHORT_NOT.sub(" not", text)
        found = list(_WORD.finditer(spelled_out))
        words = [fold(word[0]) for word in found]
        for at in range(len(words)):
            for count in range(min(MOST_WORDS, len(words) - at), 0, -1):
                if "".join(words[at : at + count]) in self.phrases and not _is_denied(
                    spelled_out[: found[at].start()]
                ):
                    return spelled_out[found[at].start() : found[at + count - 1].end()]
        return ""


def _fewest(texts: set[str]) -> tuple[str, ...]:
    """Return the texts that contain no other one of them."""
    return tuple(sorted(text for text in texts if not any(other in text for other in texts - {text})))


def plain(text: str) -> str:
    """Return a text in small letters, with "n't" as "not" and single spaces for punctuation."""
    low = text.lower()
    for short in ("n't", "n\u2019t"):
        low = low.replace(short, " not")
    low = low.translate(_PUNCTUATION)
    while "  " in low:
        low = low.replace("  ", " ")
    return low


def _is_denied(before: str) -> bool:
    """Return whether the words before a mention negate it, as in "not cancelled" and "was not a no show"."""
    clause = _CLAUSE_END.split(before[-LOOKED_BACK:])[-1]
    words = [fold(word) for word in _WORD.findall(clause)[-2:]]
    return words[-1:] == [_NO] or bool(_NEGATIONS & {*words})


def remark_on_mentions(decisions: RowDecisions, classified: ClassifiedLog) -> None:
    """Remark on visits that are paid as attended although a note next to them says that they were missed."""
    attended = decisions.payable_so_far() & (classified.matched.statuses == ATTENDED)
    for mention in classified.log.mentions:
        rows = mention.positions[attended[mention.positions]]
        decisions.remark(NoteContradictsStatus(value=mention.words), rows, mention.column)
