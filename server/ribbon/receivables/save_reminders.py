"""The button Save reminders: records what was typed on the Reminders sheet, all of it or none (rule: receivables#decisions)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.days import us
from server.billing.names import fold
from server.billing.question_numbers import number_of_question
from server.billing.receivables.reminder_decisions import Decision
from server.billing.receivables.reminders import Reminder
from server.errors import Finding, MissingSheet, count_of
from server.errors.invoice_findings import RowLeft
from server.errors.remedies import DUE_TODAY
from server.errors.reminder_findings import ReminderMixedUp, ReminderMovedOn, ReminderNotRecorded
from server.operations.previews import Preview, PreviewAnswer
from server.operations.reminders import CheckedReminders, check_reminders, find_reminders, record_reminders
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.preview_question import (
    PreviewWords,
    ask_to_record,
    preview_answer,
    reason_for_asking_again,
)
from server.ribbon.invoices.results import NOT_RECORDED, RECORDED
from server.ribbon.protocol import Reply
from server.ribbon.receivables.reminder_sheet import reminder_sheet_sent, result_edits
from server.sheets.hidden_rows import hidden_rows
from server.sheets.receivables.reminder_rows import ReminderRow, ReminderRows
from server.sheets.receivables.tables import DECISION, REMINDERS, SUBJECT

LEFT = f"{NOT_RECORDED}left as you chose."


def save_reminders(context: ClickContext) -> Reply:
    """Record every decision and every added row of the sheet, or say beside each row why it cannot be recorded."""
    answer = preview_answer(context)
    sheet = reminder_sheet_sent(context)
    if sheet is None:
        raise MissingSheet(
            f"This workbook has no sheet {REMINDERS.name}.", "Press Due today first.", [DUE_TODAY]
        )
    if not sheet.usable:
        summary = f"The headings of the sheet {sheet.name} were changed. Nothing is recorded."
        return with_findings(Reply(summary=summary), sheet.findings)
    if not sheet.sent_rows:
        return Reply(
            summary=f"No row of the sheet {sheet.name} has an {DECISION}, and none was added, so nothing is recorded.",
            figures=_figures(0, {}, 0, 0),
            level="review",
        )
    sent = _check_sheet(context, sheet)
    if rows := sent.preview.rows_to_record(answer, is_resumed=context.is_resumed):
        return _recorded_reply(context, sent, rows)
    return _blocked_reply(context, sent, answer)


@dataclass(frozen=True, slots=True)
class _Sent:
    """The sheet of a click, what can be recorded of it, and what was found about the rest."""

    sheet: ReminderRows
    checked: CheckedReminders
    findings: Sequence[Finding]
    preview: Preview

    @property
    def refused_texts(self) -> dict[int, str]:
        """Return why rows cannot be recorded, by row."""
        texts: dict[int, list[str]] = {}
        for finding in self.findings:
            for row in finding.rows:
                texts.setdefault(row, []).append(finding.message)
        return {row: NOT_RECORDED + " ".join(found) for row, found in texts.items()}

    def hidden_rows(self) -> list[Finding]:
        """Return the findings about rows that are hidden on the sheet."""
        return hidden_rows(self.sheet.name, [row.number for row in self.sheet.sent_rows], self.sheet.hidden)


# -- what the sheet says


def _check_sheet(context: ClickContext, sheet: ReminderRows) -> _Sent:
    rows = sheet.sent_rows
    known = find_reminders(context.session, [row.edit.key for row in rows if row.edit])
    numbers = {row.number for row in rows}
    findings = [finding for finding in sheet.findings if set(finding.rows) <= numbers]
    findings += _mixed_up_rows(sheet, rows, known)
    bad = {row for finding in findings for row in finding.rows}
    edits = [row.edit for row in rows if row.edit and row.number not in bad]
    wished = [row.wished for row in rows if row.wished and row.number not in bad]
    checked = check_reminders(context.session, edits, wished)
    findings += _refused_rows(sheet, checked)
    number = number_of_question(
        context.clinic_id,
        list(checked.decided.items()),
        list(checked.added.items()),
        [(finding.code, finding.rows, finding.message) for finding in findings],
    )
    preview = Preview([(row,) for row in sorted(checked.good_rows)], {}, bool(findings), number)
    return _Sent(sheet, checked, findings, preview)


def _mixed_up_rows(
    sheet: ReminderRows, rows: Sequence[ReminderRow], known: Mapping[str, Reminder]
) -> Iterator[Finding]:
    """Yield the findings about rows with the key of something else, and with a key that two rows have.

    Every clinic numbers its reminders from 1, so the keys of a sheet from another clinic's workbook would match.
    """
    keys = Counter(row.key for row in sheet.rows)
    for row in rows:
        reminder = known.get(row.key)
        shown = (fold(row.subject), fold(row.patient))
        is_other = reminder is not None and shown != (fold(reminder.subject), fold(reminder.patient))
        if row.key and (keys[row.key] > 1 or is_other):
            yield sheet.remark(ReminderMixedUp(), row.number, SUBJECT)


def _refused_rows(sheet: ReminderRows, checked: CheckedReminders) -> Iterator[Finding]:
    subjects = {row.number: row.subject for row in sheet.rows}
    for row in checked.stale:
        yield sheet.remark(ReminderMovedOn(subject=subjects[row]), row, SUBJECT)
    for row, flaws in checked.flaws.items():
        for flaw in flaws:
            yield sheet.remark(ReminderNotRecorded(sentence=flaw.sentence), row, flaw.field)


# -- what would be recorded


def _blocked_reply(context: ClickContext, sent: _Sent, answer: PreviewAnswer | None) -> Reply:
    """Return the reply that records nothing, with the reason for each row, and the question about the others."""
    good, refused = sent.preview.rows, sent.refused_texts
    is_declined = answer is not None and answer.choice is None
    asks = ask_to_record(sent.preview, _words(sent), [], answer) if good and not is_declined else None
    messages = refused | dict.fromkeys(good, "Ready: would be recorded.")
    count = count_of(len(good) + len(refused), "row")
    again = reason_for_asking_again(sent.preview, answer)
    if is_declined:
        summary = f"Nothing is recorded, as you chose: {count} as typed."
    elif refused:
        summary = f"{again} Nothing is recorded: {len(refused)} of {count} cannot be recorded.".lstrip()
    else:
        summary = f"{again} Nothing is recorded yet: {count} can be recorded.".lstrip()
    reply = Reply(
        summary=summary,
        figures=_figures(len(refused), {}, 0, len(good)),
        edits=result_edits(sent.sheet, messages, sent.findings, {}, context),
        clear_marks=[sent.sheet.name],
        asks=asks,
    )
    found = with_findings(reply, [*sent.findings, *sent.hidden_rows()])
    return found.model_copy(update={"level": "blocked"})


def _words(sent: _Sent) -> PreviewWords:
    left = len(sent.refused_texts)
    return PreviewWords(
        action=lambda rows: f"record {_count_text(sent, rows)}",
        amounts=lambda _rows: "",
        group_text=lambda rows: f"row {rows[0]}",
        left_text=f"leave {count_of(left, 'row')} that {'needs' if left == 1 else 'need'} you"
        if left
        else "",
    )


def _count_text(sent: _Sent, rows: Collection[int]) -> str:
    decided = sum(row in rows for row in sent.checked.decided)
    added = sum(row in rows for row in sent.checked.added)
    parts = [count_of(decided, "decision")] if decided or not added else []
    return " and ".join([*parts, *([count_of(added, "new reminder")] if added else [])])


# -- what is recorded


def _recorded_reply(context: ClickContext, sent: _Sent, rows: frozenset[int]) -> Reply:
    now = record_reminders(context.session, sent.checked, rows)
    left = [row for row in sent.preview.rows if row not in rows]
    decisions = {row: edit for row, (edit, _) in sent.checked.decided.items() if row in rows}
    messages = sent.refused_texts | dict.fromkeys(left, LEFT)
    for row in rows:
        messages[row] = f"{RECORDED}{_result_text(sent, row)}."
    findings = [*sent.findings, *(sent.sheet.remark(RowLeft(why=""), row, SUBJECT) for row in left)]
    counts = Counter(edit.decision.value for edit in decisions.values())
    added = sum(row in rows for row in sent.checked.added)
    said = [f"{count} {_SAID[Decision(word)]}" for word, count in counts.items()]
    said += [f"{added} added"] if added else []
    refused = len(sent.refused_texts)
    stay = f" {count_of(refused, 'row')} cannot be recorded." if refused else ""
    reply = Reply(
        summary=f"{count_of(len(rows), 'row')} recorded: {', '.join(said)}.{stay}",
        figures=_figures(refused, counts, added, 0),
        edits=result_edits(
            sent.sheet, messages, findings, {row: now.get(row) for row in sorted(rows)}, context
        ),
        clear_marks=[sent.sheet.name],
    )
    return with_findings(reply, [*findings, *sent.hidden_rows()], recorded=True)


_SAID = {Decision.DONE: "done", Decision.SNOOZE: "put off", Decision.KEEP: "kept"}


def _result_text(sent: _Sent, row: int) -> str:
    if row in sent.checked.added:
        return f"due {us(sent.checked.added[row].due_on)}"
    edit, _ = sent.checked.decided[row]
    return "done" if edit.until is None else f"put off until {us(edit.until)}"


def _figures(refused: int, counts: Mapping[str, int], added: int, ready: int) -> dict[str, object]:
    done, snoozed = counts.get(Decision.DONE, 0), counts.get(Decision.SNOOZE, 0)
    return {
        "recorded": done + snoozed + added,
        "done": done,
        "snoozed": snoozed,
        "added": added,
        "refused": refused,
        "ready": ready,
    }
