"""A run settled beside the visits closed runs have paid, with the questions only staff can answer about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.clinics import ImportProfile
from server.billing.payroll.calculate import calculate_pay, earn
from server.billing.payroll.classify import Considered
from server.billing.payroll.doubtful_rows import (
    DOUBTS,
    PROBABLY_PAID,
    SAME_VISIT_TWICE,
    TO_ANOTHER_PROVIDER,
    DoubtfulRow,
    question_number,
)
from server.billing.payroll.paid_visits import ClickAnswer, PaidBefore, SameVisits
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.visit_identity import bare_id
from server.billing.payroll.visit_recognition import Recognition, identities_of, recognize
from server.errors import MissingInput, counted
from server.ledger.clinic_books import ClinicBooks
from server.ribbon.context import ACTOR, ClickContext
from server.sheets.appointment_log.appointment_numbers import ask_for_number, is_doubtful_heading
from server.sheets.questions import Choice, Question, Unanswered

PAID_VISITS = "paid_visits"
"""The input that answers whether rows that look like paid visits are the same visits."""

ASK = "ask"
"""What the input says to have every answer on record put as a question again."""

PAID_VISITS_AGAIN = "paid_visits_again"
"""The input that answers it also for the rows that an answer on record decided about."""

BEHIND_WORD = "-"
"""Stands in an answer between its word and the number of the question: ``same-3f9a1c``."""

_ALIKE = {
    SAME_VISIT_TWICE: "an earlier answer said so, and another row of the log is that visit too",
    TO_ANOTHER_PROVIDER: "patient, day and service are equal and the provider is another",
    PROBABLY_PAID: "provider, day and service are equal",
}
"""What a row and the paid visit have in common, by what the row is blocked by."""


@dataclass(frozen=True, slots=True)
class SettledRun:
    """A run, the closed runs its log was compared with, and how many of its visits other open drafts hold.

    ``is_asked_again`` says whether the answers on record were set aside for this click; ``given`` is what the click
    answered, as it was typed.
    """

    run: PayRun
    recognition: Recognition
    compared: Sequence[str]
    elsewhere: Mapping[str, int]
    is_asked_again: bool = False
    given: str = ""

    def record_answers(self, books: ClinicBooks, draft: str) -> None:
        """Write down what staff said about paid visits, beside the draft they said it for if there is one."""
        books.record_answers(draft, self.recognition.answered, ACTOR)


def settle_beside_paid(context: ClickContext, considered: Considered, profile: ImportProfile) -> SettledRun:
    """Settle a run, leaving out what closed runs have paid.

    Raises Unanswered where the IDs evidently are no appointments' numbers.
    """
    given, answer, again = _answer(context)
    amounts = earn(considered)
    with context.books.reading() as books:
        paid = (
            books.paid_before(identities_of(considered), considered.period)
            if books.has_closed_runs()
            else PaidBefore()
        )
        known = recognize(considered, amounts, paid, answer, again=again)
        run = calculate_pay(considered, amounts, known.paid_before, books.run_id_for(considered.period))
        elsewhere = books.in_other_drafts(run.lines["identity"].tolist(), run.id)
    if known.reused and is_doubtful_heading(considered.sorting.log, profile):
        _ask_for_number(considered, known.reused)
    return SettledRun(run, known, tuple(paid.runs), elsewhere, is_asked_again=again, given=given)


def _answer(context: ClickContext) -> tuple[str, ClickAnswer | None, bool]:
    """Return what this click answers, as it was typed and as it counts, and whether it sets aside earlier answers."""
    answers = context.click.answers()
    name = PAID_VISITS_AGAIN if PAID_VISITS_AGAIN in answers else PAID_VISITS
    given = answers.get(name, "").strip().casefold()
    if not given or (given == ASK and name == PAID_VISITS):
        return "", None, bool(given)
    word, _, question = given.partition(BEHIND_WORD)
    if word not in {*SameVisits}:
        words = [f"{word}{BEHIND_WORD}…" for word in SameVisits]
        sentence = f"“{answers[name]}” is no answer to “{name}”."
        raise MissingInput(name, sentence, f"Give “{name}” as: {' | '.join(words)}. Or leave it out.")
    return answers[name], ClickAnswer(SameVisits(word), question), name == PAID_VISITS_AGAIN


def ask_whether_paid(settled: SettledRun) -> None:
    """Raise Unanswered where rows look like paid visits and nobody has said whether they are."""
    if doubtful := settled.recognition.doubtful:
        rows = [finding for finding in settled.run.findings if finding.code in DOUBTS]
        label = _label(doubtful)
        if settled.given:
            label = f"The answer “{settled.given}” does not belong to this question. {label}"
        name = PAID_VISITS_AGAIN if settled.is_asked_again else PAID_VISITS
        raise Unanswered([Question(name, label, _choices(doubtful))], rows)


def _choices(doubtful: Sequence[DoubtfulRow]) -> tuple[Choice, ...]:
    """Return the answers, each with the number of the question behind it."""
    number = question_number(doubtful)
    is_one = len(doubtful) == 1
    labels = {
        SameVisits.SAME: "The same visit: do not pay it again"
        if is_one
        else "The same visits: do not pay them again",
        SameVisits.OTHERS: "Another visit: pay it" if is_one else "Other visits: pay them",
        SameVisits.MIXED: "Not clear yet: block this row until the log is corrected"
        if is_one
        else "Some of each: block these rows until the log is corrected",
    }
    return tuple(Choice(f"{word}{BEHIND_WORD}{number}", label) for word, label in labels.items())


def _ask_for_number(considered: Considered, reused: frozenset[str]) -> None:
    ids, log = considered.ids, considered.sorting.log
    rows = [
        row
        for row, code in zip(log.rows.tolist(), ids.codes.tolist(), strict=True)
        if code >= 0 and ids.identities[code] in reused
    ]
    ask_for_number(log, "was paid before for other days or providers", rows)


def _label(doubtful: Sequence[DoubtfulRow]) -> str:
    paid_by = {one.visit.run_id for one in doubtful}
    runs = " and ".join(f"run {run}" for run in sorted(paid_by))
    have = "has" if len(paid_by) == 1 else "have"
    several = len(doubtful) > 1
    looks = "look like those" if several else "looks like one"
    same = "Are they the same visits?" if several else "Is it the same visit?"
    codes = {one.code for one in doubtful}
    why = "; or ".join(words for code, words in _ALIKE.items() if code in codes)
    bare = [
        (bare_id(one.identity), bare_id(one.visit.identity)) for one in doubtful if one.code == PROBABLY_PAID
    ]
    if any(own and own == paid for own, paid in bare):
        why += ", or the ID but for zeros in front"
    return f"{counted(len(doubtful), 'visit')} {looks} that {runs} {have} paid: {why}. {same}"
