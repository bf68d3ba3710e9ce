"""The context of a click for its command, and helpers for the reply."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.backups.backup_state import recorded_state
from server.billing.days import date_of, us
from server.billing.names import fold
from server.billing.payroll.pay_run import Period
from server.billing.payroll.statuses import NO, YES
from server.errors import Finding, MissingInput, Severity, tidy_sentence
from server.errors.finding_facts import FindingFacts
from server.errors.ledger_findings import BackupLate, BackupMissing, ClockSetBack
from server.ledger.finished_workbooks import Ending
from server.ledger.store import Ledger
from server.operations.finished_workbooks import keep_paper, keep_unbound_workbook, keep_workbook
from server.operations.session import Session
from server.ribbon.protocol import (
    FINDINGS_SHOWN,
    AskedChoice,
    AskedField,
    Asks,
    Click,
    Output,
    OutputSheet,
    Reply,
    ReplyFile,
    ReplyFinding,
    cells_of,
    count_cells,
    level_of,
)
from server.sheets.cells import Unreadable
from server.sheets.dates import day_of
from server.sheets.questions import Question, Unanswered

RESUMED = "resumed"
"""The input of a click that an add-in makes by itself (docs/contracts.md#remedies): nobody has just pressed the button."""


@dataclass(frozen=True, slots=True)
class ClickContext:
    """The click that is being handled, and the session for its operations.

    ``draft_period`` is the period of the draft that is calculated again, if one is.
    """

    session: Session
    click: Click
    draft_period: Period | None = None

    @property
    def clinic_id(self) -> str:
        """Return the clinic the workbook belongs to; refuses a workbook without one."""
        return self.session.clinic_id

    @property
    def today(self) -> date:
        """Return the day of the click."""
        return self.session.today

    def day(self, name: str) -> date | None:
        """Return an input as a day, or ``None`` if it was not given. Refuses what is not a date."""
        answer = self.click.answers().get(name)
        if answer is None:
            return None
        try:
            serial = day_of(answer)
        except Unreadable:
            sentence = f"“{answer}” is not a date."
            raise MissingInput(name, sentence, f"Give “{name}” as a date, such as 2026-10-31.") from None
        return None if serial is None else date_of(serial)

    @property
    def is_resumed(self) -> bool:
        """Return whether the click goes on by itself, after something was done about its refusal or findings."""
        return self.yes_or_no(RESUMED) is True

    def chosen_word(self, name: str, words: Sequence[str]) -> str:
        """Return the word of ``words`` that an input is, or "" if it was not given. Refuses any other answer."""
        answer = self.click.answers().get(name, "").casefold()
        if answer and answer not in words:
            raise _no_answer(name, answer, words)
        return answer

    def yes_or_no(self, name: str, *also: str) -> bool | None:
        """Return whether an input is a yes, or ``None`` if it was not given. Refuses what is neither yes nor no.

        ``also`` are words that mean yes for this input only.
        """
        answer = self.click.answers().get(name)
        if answer is None:
            return None
        if fold(answer) in {*YES, *map(fold, also)}:
            return True
        if fold(answer) in NO:
            return False
        raise _no_answer(name, answer, (*also, "yes", "no"))

    def keep(self, workbook: bytes, sheets: Sequence[str]) -> Output:
        """Keep a finished workbook for the add-in to fetch."""
        return _output_of(keep_workbook(self.session, workbook), workbook, sheets)

    def keep_unbound(self, workbook: bytes, sheets: Sequence[str]) -> Output:
        """Keep a workbook of no clinic for the add-in to fetch: a blank one, or the setup of a new clinic."""
        return _output_of(keep_unbound_workbook(self.session, workbook), workbook, sheets)

    def hand_over(self, content: bytes, name: str, ending: Ending) -> ReplyFile:
        """Keep a paper for the add-in to fetch and to give to the person under a name, which gets the ending."""
        file_id = keep_paper(self.session, content, ending)
        return ReplyFile(
            id=file_id,
            url=f"/outputs/{file_id}",
            sha256=hashlib.sha256(content).hexdigest(),
            name=f"{name}.{ending}",
        )


def _output_of(output_id: str, workbook: bytes, sheets: Sequence[str]) -> Output:
    return Output(
        id=output_id,
        url=f"/outputs/{output_id}",
        sha256=hashlib.sha256(workbook).hexdigest(),
        sheets=[OutputSheet(name=name) for name in sheets],
    )


def _no_answer(name: str, answer: str, words: Sequence[str]) -> MissingInput:
    sentence = f"“{answer}” is no answer to “{name}”."
    return MissingInput(name, sentence, f"Give “{name}” as: {' | '.join(words)}. Or leave it out.")


def listed_findings(findings: Sequence[Finding], *, for_programs: bool = False) -> list[ReplyFinding]:
    """Return the findings that a reply lists, blockers first, at most ``FINDINGS_SHOWN``."""
    shown: list[ReplyFinding] = []
    for finding in cells_of(findings, for_programs=for_programs):
        if len(shown) == FINDINGS_SHOWN:
            break
        shown.append(finding)
    return shown


def with_findings(reply: Reply, findings: Sequence[Finding], *, recorded: bool = False) -> Reply:
    """Return the reply with its findings listed, counted and its level set by the worst.

    If something was ``recorded``, the blockers of other rows do not block the reply: its level is "review".
    """
    level = level_of(findings)
    return reply.model_copy(
        update={
            "findings": listed_findings(findings),
            "findings_total": count_cells(findings),
            "level": "review" if recorded and level == "blocked" else level,
        }
    )


def with_remarks(reply: Reply, session: Session) -> Reply:
    """Return the reply to a click that was recorded, after its blockers with what the person should know about the computer.

    That is a clock that was set back, and a last good backup that is too long ago.
    """
    remarks = [*_clock_remarks(session), *_backup_remarks(session.ledger)]
    if not remarks:
        return reply
    findings = list(reply.findings)
    place = sum(finding.severity is Severity.BLOCKER for finding in findings)
    findings[place:place] = listed_findings([Finding(what, "") for what in remarks])
    return reply.model_copy(
        update={
            "findings": findings[:FINDINGS_SHOWN],
            "findings_total": reply.findings_total + len(remarks),
            "level": "review" if reply.level == "done" else reply.level,
        }
    )


def _clock_remarks(session: Session) -> list[FindingFacts]:
    latest = session.recorded_ahead()
    return [ClockSetBack(latest=_told_time(latest))] if latest else []


def _backup_remarks(ledger: Ledger) -> list[FindingFacts]:
    state = recorded_state(ledger.folder, ledger.backups) if ledger.backups else None
    if state is None or not state.is_late(ledger.now()):
        return []
    if state.last_good:
        return [BackupLate(last=_told_time(state.last_good.astimezone()), sentence=state.problem)]
    return [BackupMissing(sentence=state.problem)] if state.tried_at else []


def _told_time(at: datetime) -> str:
    return f"{us(at.date())} at {at:%H:%M}"


def question(title: str, *fields: AskedField, more: str = "") -> Reply:
    """Return the reply of a button that waits for answers. ``more`` follows the title in the summary."""
    asks = Asks(title=title, fields=list(fields))
    return Reply(summary=f"{title} {more}".rstrip(), level="blocked", asks=asks)


def questions_reply(before: str, unanswered: Unanswered) -> Reply:
    """Return the reply of a button that asks questions ``before`` it acts. The title says how many."""
    count = len(unanswered.questions)
    title = f"{'One question' if count == 1 else f'{count} questions'} {before}."
    fields = [_asked_field(asked) for asked in unanswered.questions]
    labels = " ".join(tidy_sentence(asked.label) for asked in unanswered.questions)
    reply = with_findings(question(title, *fields, more=labels), unanswered.findings)
    return reply.model_copy(update={"level": "blocked"})


def _asked_field(asked: Question) -> AskedField:
    return AskedField.model_validate(
        {
            "name": asked.name,
            "label": tidy_sentence(asked.label),
            "kind": asked.kind,
            "choices": [AskedChoice(value=choice.value, label=choice.label) for choice in asked.choices],
            "default": asked.default or None,
        }
    )
