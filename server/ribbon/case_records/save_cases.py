"""The button Save cases: shows what is changed on the Cases sheet, and saves all of it or none (rule: people#case-record)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.invoices.case_records import CaseField, CaseRecord
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.question_numbers import number_of_question
from server.errors import Finding, MissingSheet, count_of
from server.errors.case_findings import AttorneyLosesCase, CaseMixedUp, CaseMovedOn, CaseNotSaved
from server.errors.invoice_findings import RowAddedByHand, RowLeft
from server.errors.remedies import OPEN_CASES
from server.operations.case_records import (
    CaseChange,
    CaseEdit,
    CaseOnRecord,
    CheckedCases,
    check_case_records,
    find_case_records,
    save_case_records,
)
from server.operations.previews import Preview, PreviewAnswer
from server.ribbon.case_records.case_sheet import case_sheet_sent, result_edits
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.preview_question import (
    MOST_LISTED,
    PreviewWords,
    ask_to_record,
    preview_answer,
    reason_for_asking_again,
)
from server.ribbon.protocol import AskedTable, Reply
from server.sheets.hidden_rows import hidden_rows
from server.sheets.invoices.case_rows import CaseRow, CaseRows
from server.sheets.invoices.cases_sheet import record_cells
from server.sheets.invoices.tables import CASE, CASES, STATUS_ANSWERED

SAVED, NOT_SAVED = "Saved: ", "Not saved: "
_BY_HAND = RowAddedByHand(
    now="It is not saved, because a case comes from its invoices.",
    remedy="Bill the exam with Create invoices. Then press Case list.",
)


def save_cases(context: ClickContext) -> Reply:
    """Show what is changed, and save it with the answer to that. What cannot be saved is said beside its row."""
    answer = preview_answer(context)
    sheet = case_sheet_sent(context)
    if sheet is None:
        raise MissingSheet(
            f"This workbook has no sheet {CASES.name}.", "Press Case list first.", [OPEN_CASES]
        )
    if not sheet.usable:
        summary = f"The headings of the sheet {sheet.name} were changed. Nothing is saved."
        return with_findings(Reply(summary=summary), sheet.findings)
    sent = _check_sheet(context, sheet)
    # Everything is shown first, as on a click that goes on by itself: who has a case, and what is agreed, depends on it.
    rows = sent.preview.rows_to_record(answer, is_resumed=True)
    if rows:
        return _saved_reply(context, sent, rows)
    return _shown_reply(context, sent, answer)


@dataclass(frozen=True, slots=True)
class _Sent:
    """The sheet of a click, what its rows change, what was found about them, and what would be saved."""

    sheet: CaseRows
    edits: Mapping[int, CaseEdit]
    checked: CheckedCases
    findings: Sequence[Finding]
    preview: Preview

    @property
    def refused_texts(self) -> dict[int, str]:
        """Return why rows cannot be saved, by row."""
        texts: dict[int, list[str]] = {}
        for finding in self.findings:
            for row in finding.rows if finding.code != AttorneyLosesCase.code else ():
                texts.setdefault(row, []).append(finding.message)
        return {row: NOT_SAVED + " ".join(found) for row, found in texts.items()}


# -- what the sheet says


def _check_sheet(context: ClickContext, sheet: CaseRows) -> _Sent:
    edited = sheet.edited_rows
    known = find_case_records(context.session, [row.case_id for row in edited if row.case_id is not None])
    names = {case_id: (one.case.name, one.case.patient) for case_id, one in known.items()}
    findings = [finding for finding in sheet.findings if set(finding.rows) <= {row.number for row in edited}]
    findings += _mixed_up_rows(sheet, edited, names)
    findings += _needless_answers(sheet, edited, known)
    bad = {row for finding in findings for row in finding.rows}
    edits = {
        row.number: CaseEdit(row.number, row.case_id, row.version, row.wished, row.answers_status)
        for row in edited
        if row.case_id is not None and row.number not in bad
    }
    checked = check_case_records(context.session, list(edits.values()))
    findings += _refused_rows(sheet, checked)
    losses = list(_losses(sheet, checked))
    reasons = {row: [finding.message] for finding in losses for row in finding.rows}
    number = number_of_question(
        context.clinic_id,
        # Not the day on which an attorney gets a case: an answer after midnight is about the same change.
        [(row, change.edit, change.before, change.answered) for row, change in checked.changes.items()],
        [(finding.code, finding.rows, finding.message) for finding in findings],
    )
    preview = Preview([(row,) for row in checked.changes], reasons, bool(findings), number)
    return _Sent(sheet, edits, checked, [*findings, *losses], preview)


def _mixed_up_rows(
    sheet: CaseRows, edited: Sequence[CaseRow], names: Mapping[int, tuple[str, str]]
) -> Iterator[Finding]:
    """Yield the findings about rows without a key, with the key of another case, and with a key that two rows have.

    Every clinic numbers its cases from 1, so the keys of a sheet from another clinic's workbook would match.
    """
    keys = Counter(row.case_id for row in sheet.rows)
    for row in edited:
        if row.case_id is None:
            yield sheet.remark(_BY_HAND, row.number, CASE)
            continue
        shown = (row.case, row.patient)
        is_same = tuple(map(fold, names.get(row.case_id, ()))) == tuple(map(fold, shown))
        if keys[row.case_id] > 1 or not is_same:
            yield sheet.remark(CaseMixedUp(), row.number, CASE)


def _needless_answers(
    sheet: CaseRows, edited: Sequence[CaseRow], known: Mapping[int, CaseOnRecord]
) -> Iterator[Finding]:
    for row in edited:
        on_record = known.get(row.case_id or 0)
        if row.answers_status and on_record and not on_record.status_requests:
            needless = CaseNotSaved(sentence="No attorney waits for the status of this case.")
            yield sheet.remark(needless, row.number, STATUS_ANSWERED)


def _refused_rows(sheet: CaseRows, checked: CheckedCases) -> Iterator[Finding]:
    for row in checked.stale:
        yield sheet.remark(CaseMovedOn(), row, CASE)
    for row, flaws in checked.flaws.items():
        for flaw in flaws:
            yield sheet.remark(CaseNotSaved(sentence=flaw.sentence), row, flaw.field)


def _losses(sheet: CaseRows, checked: CheckedCases) -> Iterator[Finding]:
    for row, change in checked.changes.items():
        if loses := change.takes_case_from:
            new = change.edit.wished.attorney.name
            gets = f"{new} sees all of it from its beginning." if new else "Nobody has it then."
            yield sheet.remark(AttorneyLosesCase(loses=loses, gets=gets), row, CaseField.ATTORNEY)


# -- what would be saved


def _shown_reply(context: ClickContext, sent: _Sent, answer: PreviewAnswer | None) -> Reply:
    """Return the reply that saves nothing: what would change, with the question about it, or why nothing can be saved."""
    changes, refused = sent.checked.changes, sent.refused_texts
    is_declined = answer is not None and answer.choice is None
    asks = None
    if changes and not is_declined:
        asks = ask_to_record(sent.preview, _words(sent), [_changes_table(sent)], answer)
    messages = refused | {row: f"Ready: {_changed_words(one)}." for row, one in changes.items()}
    reply = Reply(
        summary=_nothing_saved(sent, answer),
        figures=_figures(sent, 0),
        edits=result_edits(sent.sheet, messages, sent.findings, {}, context.click.workbook.date_system),
        clear_marks=[sent.sheet.name],
        asks=asks,
    )
    found = with_findings(reply, [*sent.findings, *_hidden_rows(sent)])
    is_idle = not changes and not refused
    return found.model_copy(update={"level": "review" if is_idle else "blocked"})


def _nothing_saved(sent: _Sent, answer: PreviewAnswer | None) -> str:
    changes, refused = len(sent.checked.changes), len(sent.refused_texts)
    if not changes and not refused:
        return f"No row of the sheet {sent.sheet.name} is changed, so nothing is saved."
    if answer is not None and answer.choice is None:
        stay = "stays" if changes + refused == 1 else "stay"
        return f"Nothing is saved, as you chose: {count_of(changes + refused, 'row')} {stay} as typed."
    again = reason_for_asking_again(sent.preview, answer)
    can = f"{count_of(changes, 'case')} can be saved" if changes else ""
    cannot = (
        f"{count_of(refused, 'row')} cannot" if changes else f"{count_of(refused, 'row')} cannot be saved"
    )
    parts = " and ".join(part for part in (can, cannot if refused else "") if part)
    return f"{again} Nothing is saved yet: {parts}.".lstrip()


def _words(sent: _Sent) -> PreviewWords:
    changes, refused = sent.checked.changes, len(sent.refused_texts)

    def action(rows: Collection[int]) -> str:
        return f"save {count_of(len(rows), 'case')}"

    def group_text(group: Sequence[int]) -> str:
        why = " ".join(sent.preview.reasons.get(group[0], ()))
        return f"row {group[0]}: {_case_name(changes[group[0]])}. {why}"

    left = f"leave {count_of(refused, 'row')} that cannot be saved" if refused else ""
    return PreviewWords(action, lambda _: "", group_text, left)


def _changes_table(sent: _Sent) -> AskedTable:
    rows = [
        [_case_name(change), field, before or "blank", after or "blank"]
        for change in sent.checked.changes.values()
        for field, before, after in _differences(change)
    ]
    if more := len(rows) - MOST_LISTED:
        rows = rows[:MOST_LISTED] + ([["", f"{more:,} more", "", ""]] if more > 0 else [])
    return AskedTable(title="What would change", headings=["Case", "Column", "Before", "After"], rows=rows)


def _case_name(change: CaseChange) -> str:
    return f"{change.case.name or 'no case name'} · {change.case.patient}"


def _differences(change: CaseChange) -> list[tuple[str, str, str]]:
    """Return each field that changes, with its values before and after as the sheet shows them."""
    before, after = record_cells(change.before), record_cells(_record_then(change))
    answered = [(STATUS_ANSWERED, f"asked on {us(one.asked_on)}", "yes") for one in change.answered]
    return [
        (field, _value_text(before[field]), _value_text(after[field]))
        for field in before
        if before[field] != after[field]
    ] + answered


def _record_then(change: CaseChange) -> CaseRecord:
    """Return the record after the change."""
    wished = change.edit.wished
    attorney = change.attorney.attorney if change.attorney else change.before.attorney
    return CaseRecord(
        wished.injury,
        wished.stage,
        wished.statute_on,
        attorney,
        wished.payer,
        wished.further_payers,
        wished.letter,
        wished.settlement,
    )


def _value_text(value: str | int | date | None) -> str:
    if isinstance(value, date):
        return us(value)
    return dollars(value) if isinstance(value, int) else value or ""


def _changed_words(change: CaseChange) -> str:
    return ", ".join(field for field, _, _ in _differences(change)) or "spelling"


# -- what is saved


def _saved_reply(context: ClickContext, sent: _Sent, rows: frozenset[int]) -> Reply:
    shown = {row: change for row, change in sent.checked.changes.items() if row in rows}
    done = save_case_records(context.session, [sent.edits[row] for row in shown], shown)
    saved = dict(zip(shown, done, strict=True))
    left = [row for row in sent.checked.changes if row not in rows]
    messages = (
        sent.refused_texts
        | dict.fromkeys(left, f"{NOT_SAVED}left as you chose.")
        | {row: f"{SAVED}{_changed_words(change)}." for row, change in shown.items()}
    )
    findings = [
        *(one for one in sent.findings if one.code != AttorneyLosesCase.code or set(one.rows) <= rows),
        *(
            sent.sheet.remark(RowLeft(why=" ".join(sent.preview.reasons.get(row, ()))), row, CASE)
            for row in left
        ),
    ]
    stay = f" {count_of(len(sent.refused_texts), 'row')} cannot be saved." if sent.refused_texts else ""
    reply = Reply(
        summary=f"{count_of(len(saved), 'case')} saved.{stay}"
        + (f" {count_of(len(left), 'row')} left as typed, as you chose." if left else ""),
        figures=_figures(sent, len(saved)) | {"left": len(left)},
        edits=result_edits(sent.sheet, messages, findings, saved, context.click.workbook.date_system),
        clear_marks=[sent.sheet.name],
    )
    return with_findings(reply, [*findings, *_hidden_rows(sent)], recorded=True)


def _figures(sent: _Sent, saved: int) -> dict[str, object]:
    changes, refused = len(sent.checked.changes), len(sent.refused_texts)
    return {
        "rows": changes + refused,
        "saved": saved,
        "refused": refused,
        "flagged": len(sent.preview.flagged_groups),
    }


def _hidden_rows(sent: _Sent) -> list[Finding]:
    rows = [*sent.checked.changes, *sent.refused_texts]
    return hidden_rows(sent.sheet.name, rows, sent.sheet.hidden)
