"""Questions only staff can answer: whether rows that look like paid visits are the same visits."""

from collections.abc import Sequence

from server.billing.clinics import ImportProfile
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.doubtful_rows import (
    DOUBTS,
    PROBABLY_PAID,
    SAME_VISIT_TWICE,
    TO_ANOTHER_PROVIDER,
    DoubtfulRow,
)
from server.billing.payroll.paid_visits import SameVisits
from server.billing.payroll.visit_identity import bare_id
from server.errors import counted
from server.operations.payroll import AskedRun, CalculatedRun
from server.ribbon.context import ClickContext
from server.sheets.appointment_log.appointment_numbers import ask_for_number, is_doubtful_heading
from server.sheets.questions import Choice, Question, Unanswered

PAID_VISITS = "paid_visits"
"""The input that answers whether rows that look like paid visits are the same visits."""

ASK = "ask"
"""What the input says to have every answer on record put as a question again."""

PAID_VISITS_AGAIN = "paid_visits_again"
"""The input that answers it also for the rows that an answer on record decided about."""

_CHOICES = (
    Choice(SameVisits.SAME, "The same visits: do not pay them again"),
    Choice(SameVisits.OTHERS, "Other visits: pay them"),
    Choice(SameVisits.MIXED, "Some of each: block these rows until the log is corrected"),
)


_ALIKE = {
    SAME_VISIT_TWICE: "an earlier answer said so, and another row of the log is that visit too",
    TO_ANOTHER_PROVIDER: "patient, day and service are equal and the provider is another",
    PROBABLY_PAID: "provider, day and service are equal",
}
"""What a row and the paid visit have in common, by what the row is blocked by."""


def asked_run(context: ClickContext) -> AskedRun:
    """Return what the click asks a run for."""
    answer, again = _answer(context)
    return AskedRun(context.day("from"), context.day("to"), answer, again)


def _answer(context: ClickContext) -> tuple[SameVisits | None, bool]:
    """Return what this click answers, and whether it sets aside what was answered before."""
    answer = context.chosen_word(PAID_VISITS, (*SameVisits, ASK))
    anew = context.chosen_word(PAID_VISITS_AGAIN, tuple(SameVisits))
    if anew:
        return SameVisits(anew), True
    return (None, True) if answer == ASK else (SameVisits(answer) if answer else None, False)


def ask_whether_paid(calculated: CalculatedRun, asked: AskedRun) -> None:
    """Raise Unanswered where rows look like paid visits and nobody has said whether they are."""
    if doubtful := calculated.recognition.doubtful:
        rows = [finding for finding in calculated.run.findings if finding.code in DOUBTS]
        name = PAID_VISITS_AGAIN if asked.asks_again else PAID_VISITS
        raise Unanswered([Question(name, _label(doubtful), _CHOICES)], rows)


def ask_about_reused_ids(log: AppointmentLog, calculated: CalculatedRun, profile: ImportProfile) -> None:
    """Raise Unanswered where a column's IDs were paid for other visits and its heading may mean another number."""
    if calculated.reused_ids and is_doubtful_heading(log, profile):
        ask_for_number(log, "was paid before for other days or providers", list(calculated.reused_ids))


def _label(doubtful: Sequence[DoubtfulRow]) -> str:
    paid_by = {one.visit.run_id for one in doubtful}
    runs = " and ".join(f"run {run}" for run in sorted(paid_by))
    have = "has" if len(paid_by) == 1 else "have"
    several = len(doubtful) > 1
    looks = "look like those" if several else "looks like one"
    same = "Are they the same visits?" if several else "Is it the same visit?"
    codes = {one.code for one in doubtful}
    why = "; or ".join(words for code, words in _ALIKE.items() if code in codes)
    if any(bare_id(one.visit.identity) for one in doubtful if one.code == PROBABLY_PAID):
        why += ", or the ID but for zeros in front"
    return f"{counted(len(doubtful), 'visit')} {looks} that {runs} {have} paid: {why}. {same}"
