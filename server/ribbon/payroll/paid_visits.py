"""Questions that only staff can answer: whether rows that look like paid visits are the same visits."""

from collections.abc import Sequence
from enum import StrEnum

from server.billing.clinics import ImportProfile
from server.billing.money import dollars
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.doubtful_rows import (
    AS_ANOTHER_SERVICE,
    DOUBTS,
    ON_ANOTHER_DAY,
    PROBABLY_PAID,
    SAME_VISIT_TWICE,
    TO_ANOTHER_PROVIDER,
    DoubtfulRow,
    question_number,
)
from server.billing.payroll.paid_visits import ClickAnswer, SameVisits
from server.billing.payroll.vanished_answers import VanishedAnswer, VanishedClickAnswer
from server.billing.payroll.visit_identity import bare_id
from server.billing.question_numbers import BEFORE_NUMBER, numbered_answer
from server.errors import MissingInput, count_of, list_names
from server.errors.paid_visit_findings import VanishedSincePaid
from server.operations.payroll import AskedRun, CalculatedRun
from server.ribbon.context import ClickContext
from server.sheets.appointment_log.appointment_numbers import ask_for_number, is_doubtful_heading
from server.sheets.questions import Choice, Question, Unanswered

PAID_VISITS = "paid_visits"
"""The input that answers whether rows that look like paid visits are the same visits."""

PAY_DATE = "pay_date"
"""The input that says on which day a run is paid, instead of the day that the setup gives."""

ASK = "ask"
"""The value that asks every answered question again."""

PAID_VISITS_AGAIN = "paid_visits_again"
"""The input that answers this, including the rows that have an answer on record."""

VANISHED_VISITS = "vanished_visits"
"""The input that answers whether paid visits that the log does not have were deleted, or are not part of it."""

RATE_CHANGES = "rate_changes"
"""The input with the numbers of the offers about changed rates that are accepted, with spaces or semicolons between them."""

VANISHED_VISITS_AGAIN = "vanished_visits_again"
"""The input that answers this, including the visits that have an answer on record."""

_ALIKE = {
    SAME_VISIT_TWICE: "an earlier answer said so, and another row of the log is that visit too",
    TO_ANOTHER_PROVIDER: "day and service are equal and the provider is another",
    AS_ANOTHER_SERVICE: "provider and day are equal and the service is another",
    ON_ANOTHER_DAY: "provider and service are equal and the day is another",
    PROBABLY_PAID: "provider, day and service are equal",
}
"""Blocker code -> what a row and the paid visit have in common."""


def asked_run(context: ClickContext) -> AskedRun:
    """Return the period and the answers with which the click asks for a run."""
    answer, again = _answer(context)
    vanished, asks_about_vanished = _answer_about_vanished(context)
    first, last, paid_on = (context.day(name) for name in ("from", "to", PAY_DATE))
    return AskedRun(
        first,
        last,
        paid_on,
        answer,
        asks_again=again,
        vanished=vanished,
        asks_about_vanished=asks_about_vanished,
        rate_changes=frozenset(context.click.answers().get(RATE_CHANGES, "").replace(";", " ").split()),
        draft_period=context.draft_period,
    )


def _answer_about_vanished(context: ClickContext) -> tuple[VanishedClickAnswer | None, bool]:
    """Return the answer of this click about visits that are gone, and whether it reopens earlier answers."""
    answers = context.click.answers()
    asked_name = VANISHED_VISITS_AGAIN if VANISHED_VISITS_AGAIN in answers else VANISHED_VISITS
    given = answers.get(asked_name, "").strip().casefold()
    if not given or (given == ASK and asked_name == VANISHED_VISITS):
        return None, bool(given)
    word, _, question = given.partition(BEFORE_NUMBER)
    if word not in {*VanishedAnswer}:
        raise _no_answer(asked_name, answers[asked_name], VanishedAnswer)
    return VanishedClickAnswer(VanishedAnswer(word), question), asked_name == VANISHED_VISITS_AGAIN


def _no_answer(name: str, given: str, words: type[StrEnum]) -> MissingInput:
    """Return the refusal of an answer whose word is none of the words for it."""
    listed = " | ".join(f"{word}{BEFORE_NUMBER}…" for word in words)
    return MissingInput(
        name, f"“{given}” is no answer to “{name}”.", f"Give “{name}” as: {listed}. Or leave it out."
    )


def _answer(context: ClickContext) -> tuple[ClickAnswer | None, bool]:
    """Return the answer of this click, and whether it reopens earlier answers."""
    answers = context.click.answers()
    name = PAID_VISITS_AGAIN if PAID_VISITS_AGAIN in answers else PAID_VISITS
    given = answers.get(name, "").strip().casefold()
    if not given or (given == ASK and name == PAID_VISITS):
        return None, bool(given)
    word, _, question = given.partition(BEFORE_NUMBER)
    if word not in {*SameVisits}:
        raise _no_answer(name, answers[name], SameVisits)
    return ClickAnswer(SameVisits(word), question), name == PAID_VISITS_AGAIN


def ask_whether_paid(calculated: CalculatedRun, asked: AskedRun) -> None:
    """Raise Unanswered if rows look like paid visits and no answer says whether they are."""
    if doubtful := calculated.recognition.doubtful:
        rows = [finding for finding in calculated.run.findings if finding.code in DOUBTS]
        label = _label(doubtful)
        if given := asked.paid_visits:
            words = BEFORE_NUMBER.join(filter(None, given))
            label = f"The answer “{words}” does not belong to this question. {label}"
        name = PAID_VISITS_AGAIN if asked.asks_again else PAID_VISITS
        raise Unanswered([Question(name, label, _choices(doubtful))], rows)


def ask_about_vanished(calculated: CalculatedRun, asked: AskedRun) -> None:
    """Raise Unanswered if paid visits are gone from the log and nobody has said why."""
    vanished = calculated.recognition.vanished
    if not vanished.unanswered:
        return
    count, number = len(vanished.unanswered), vanished.question_number
    runs = sorted({visit.run_id for visit in vanished.unanswered})
    cents = sum(visit.amount_cents for visit in vanished.unanswered)
    visits = "this visit" if count == 1 else f"these {count:,} visits"
    label = (
        f"The log no longer has {visits} that {_runs_have(runs)} paid ({dollars(cents)}). "
        f"{'Was it' if count == 1 else 'Were they'} deleted, or not part of this export?"
    )
    if given := asked.vanished:
        words = BEFORE_NUMBER.join(filter(None, given))
        label = f"The answer “{words}” does not belong to this question. {label}"
    asked_name = VANISHED_VISITS_AGAIN if asked.asks_about_vanished else VANISHED_VISITS
    it = "it" if count == 1 else "them"
    labels = {
        VanishedAnswer.DELETED: f"Deleted: take back the pay for {it}",
        VanishedAnswer.ELSEWHERE: "Not part of this export: take nothing back",
    }
    choices = tuple(Choice(numbered_answer(word, number), text) for word, text in labels.items())
    found = [finding for finding in calculated.run.findings if finding.code == VanishedSincePaid.code]
    raise Unanswered([Question(asked_name, label, choices)], found)


def _runs_have(runs: Sequence[str]) -> str:
    """Return the runs with the verb: ``run A has``, ``run A and run B have``."""
    return f"{list_names([f'run {run}' for run in runs])} {'has' if len(runs) == 1 else 'have'}"


def _choices(doubtful: Sequence[DoubtfulRow]) -> tuple[Choice, ...]:
    """Return the possible answers, each followed by the number of the question."""
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
    return tuple(Choice(numbered_answer(word, number), label) for word, label in labels.items())


def ask_about_reused_ids(log: AppointmentLog, calculated: CalculatedRun, profile: ImportProfile) -> None:
    """Raise Unanswered if a column's IDs were paid for other visits and its heading may mean another number."""
    if calculated.reused_ids and is_doubtful_heading(log, profile):
        ask_for_number(log, "was paid before for other days or providers", list(calculated.reused_ids))


def _label(doubtful: Sequence[DoubtfulRow]) -> str:
    runs = sorted({one.visit.run_id for one in doubtful})
    codes = {one.code for one in doubtful}
    why = "; or ".join(words for code, words in _ALIKE.items() if code in codes)
    bare = [
        (bare_id(one.identity), bare_id(one.visit.identity)) for one in doubtful if one.code == PROBABLY_PAID
    ]
    if any(own and own == paid for own, paid in bare):
        why += ", or the ID but for zeros in front"
    looks, same = _counts(len(doubtful), sum(not one.is_rival for one in doubtful))
    return f"{looks} that {_runs_have(runs)} paid: {why}. {same}"


def _counts(rows: int, visits: int) -> tuple[str, str]:
    """Return how many rows look like how many paid visits, and the question whether they are the same."""
    if rows > visits:
        which = (
            "Is one of them the same visit?" if visits == 1 else f"Are {visits:,} of them the same visits?"
        )
        return f"{rows:,} rows look like {count_of(visits, 'visit')}", which
    if rows > 1:
        return f"{count_of(rows, 'visit')} look like those", "Are they the same visits?"
    return "1 visit looks like one", "Is it the same visit?"
