"""A run settled beside the visits closed runs have paid, with the questions only staff can answer about them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.clinic import ImportProfile
from server.billing.consider import Considered
from server.billing.identities import bare_id
from server.billing.paid_visits import PaidBefore, PaidVisit, SameVisits
from server.billing.payroll import PayRun
from server.billing.recognition import Recognition, identities_of, recognize
from server.billing.settle import earn, settle
from server.errors import counted
from server.ledger.books import Books
from server.ribbon.desk import ACTOR, Desk
from server.sheets.log.appointment_numbers import ask_for_number, is_doubtful_heading
from server.sheets.questions import Choice, Question, Unanswered

PAID_VISITS = "paid_visits"
"""The input that answers whether rows that look like paid visits are the same visits."""

_CHOICES = (
    Choice(SameVisits.SAME, "The same visits: do not pay them again"),
    Choice(SameVisits.OTHERS, "Other visits: pay them"),
    Choice(SameVisits.MIXED, "Some of each: block these rows until the log is corrected"),
)


@dataclass(frozen=True, slots=True)
class SettledRun:
    """A run, the closed runs its log was compared with, and how many of its visits other open drafts hold."""

    run: PayRun
    recognition: Recognition
    compared: Sequence[str]
    elsewhere: Mapping[str, int]

    def record_answers(self, books: Books, draft: str) -> None:
        """Write down what staff said about paid visits, beside the draft they said it for if there is one."""
        books.record_answers(draft, self.recognition.answered, ACTOR)


def settle_beside_paid(desk: Desk, considered: Considered, profile: ImportProfile) -> SettledRun:
    """Settle a run, leaving out what closed runs have paid.

    Raises Unanswered where the IDs evidently are no appointments' numbers.
    """
    answer = desk.picked(PAID_VISITS, tuple(SameVisits))
    amounts = earn(considered)
    with desk.books.reading() as books:
        paid = (
            books.paid_before(identities_of(considered), considered.period)
            if books.has_closed_runs()
            else PaidBefore()
        )
        known = recognize(considered, amounts, paid, SameVisits(answer) if answer else None)
        run = settle(considered, amounts, known.paid_before, books.run_id_for(considered.period))
        elsewhere = books.in_other_drafts(run.lines["identity"].tolist(), run.id)
    if known.reused and is_doubtful_heading(considered.sorting.log, profile):
        _ask_for_number(considered, known.reused)
    return SettledRun(run, known, tuple(paid.runs), elsewhere)


def ask_whether_paid(settled: SettledRun) -> None:
    """Raise Unanswered where rows look like paid visits and nobody has said whether they are."""
    if doubtful := settled.recognition.doubtful:
        rows = [finding for finding in settled.run.findings if finding.code == "probably-paid"]
        raise Unanswered([Question(PAID_VISITS, _label(doubtful), _CHOICES)], rows)


def _ask_for_number(considered: Considered, reused: frozenset[str]) -> None:
    ids, log = considered.ids, considered.sorting.log
    rows = [
        row
        for row, code in zip(log.rows.tolist(), ids.codes.tolist(), strict=True)
        if code >= 0 and ids.identities[code] in reused
    ]
    ask_for_number(log, "was paid before for other days or providers", rows)


def _label(doubtful: Sequence[PaidVisit]) -> str:
    by_run = Counter(visit.run_id for visit in doubtful)
    runs = " and ".join(f"run {run}" for run in sorted(by_run))
    have = "has" if len(by_run) == 1 else "have"
    several = len(doubtful) > 1
    looks = "look like those" if several else "looks like one"
    same = "Are they the same visits?" if several else "Is it the same visit?"
    zeros = ", or the ID but for zeros in front" if any(bare_id(visit.identity) for visit in doubtful) else ""
    return (
        f"{counted(len(doubtful), 'visit')} {looks} that {runs} {have} paid: provider, day and service are"
        f" equal{zeros}. {same}"
    )
