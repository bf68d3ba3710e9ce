"""The button Update invoices: records every changed line and the step of every row with an Action, all of them or
none (rule: invoices#all-or-none). What is flagged is shown first (rule: invoices#preview).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Batch
from server.billing.money import dollars
from server.errors import Finding, MissingSheet, count_of
from server.errors.remedies import OPEN_INVOICES
from server.operations.agreements import shares_by_invoice
from server.operations.invoice_lines import record_lines_and_steps
from server.operations.previews import Preview, PreviewAnswer
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.credit_words import credit_clause, credit_summary, used_credit_sentence
from server.ribbon.invoices.invoice_selection import selected_rows, sheet_sent
from server.ribbon.invoices.line_changes import LineChanges, changes_of, lines_sheet_sent
from server.ribbon.invoices.line_results import line_result_edits
from server.ribbon.invoices.preview_question import ask_to_record, preview_answer, reason_for_asking_again
from server.ribbon.invoices.results import NOT_RECORDED, RECORDED, result_edits
from server.ribbon.invoices.row_checks import RowChecks, check_rows
from server.ribbon.invoices.row_warnings import (
    NOT_SENT,
    append_warnings,
    left_lines,
    left_rows,
    limit_warnings,
    warnings_for,
    without_action,
)
from server.ribbon.invoices.update_preview import (
    good_steps,
    shown_figures,
    steps_preview,
    steps_tables,
    steps_words,
)
from server.ribbon.protocol import AskedChoice, AskedField, Asks, Edit, Reply
from server.sheets.hidden_rows import hidden_rows
from server.sheets.invoices.sheet_rows import InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, INVOICES

ROWS, SELECTED, ALL = "rows", "selected", "all"
READY_LINES = "Ready: would be recorded."
LEFT = f"{NOT_RECORDED}left as you chose."
NO_INVOICES = InvoiceRows(INVOICES.name, {}, (), ())
"""A workbook with an Invoice Lines sheet alone."""

OPEN_FIRST = f"Press Invoice list first. If the sheet was given another name, call it {INVOICES.name} again."


def update(context: ClickContext) -> Reply:
    """Record every changed line and the step of every row that has an Action, or say why a row cannot be recorded."""
    answer = preview_answer(context)
    sheet, lines_sheet = sheet_sent(context), lines_sheet_sent(context)
    if sheet is None and lines_sheet is None:
        raise MissingSheet(f"This workbook has no sheet {INVOICES.name}.", OPEN_FIRST, [OPEN_INVOICES])
    for one in (sheet, lines_sheet):
        if one and not one.usable:
            summary = f"The headings of the sheet {one.name} were changed. Nothing is recorded."
            return with_findings(Reply(summary=summary), one.findings)
    sheet = sheet or NO_INVOICES
    chosen = _choose_rows(context, sheet, changes_of(context.session, lines_sheet))
    if isinstance(chosen, Reply):
        return chosen
    checks = check_rows(context.session, sheet, *chosen)
    warnings = _warnings(sheet, checks)
    preview = steps_preview(context.clinic_id, checks, warnings)
    sent = _Sent(sheet, chosen[1], checks, preview)
    if rows := preview.rows_to_record(answer, is_resumed=context.is_resumed):
        return _record_rows(context, sent, rows)
    return _blocked_reply(sent, warnings, answer)


def _warnings(sheet: InvoiceRows, checks: RowChecks) -> list[Finding]:
    """Return the warnings about the rows that can be recorded."""
    rows = {one.row for one in checks.good}
    limits = limit_warnings(sheet, checks.limits, rows)
    return [*warnings_for(sheet, checks.batch, rows), *limits, *checks.by_hand]


@dataclass(frozen=True, slots=True)
class _Sent:
    """Both sheets of a click, what was found about their rows, and what would be recorded."""

    sheet: InvoiceRows
    lines: LineChanges
    checks: RowChecks
    preview: Preview

    @property
    def names(self) -> list[str]:
        """Return the names of the sheets that were sent."""
        return [one.name for one in (self.sheet, self.lines.sheet) if one.places]

    def edits(
        self,
        messages: Mapping[int, str],
        warnings: Sequence[Finding],
        findings: Sequence[Finding],
        recorded: Collection[int] = (),
        moved: Mapping[str, Invoice] | None = None,
    ) -> list[Edit]:
        """Return the edits that show these messages, by row, on both sheets."""
        texts = append_warnings(messages, warnings) | dict.fromkeys(self.checks.begun, NOT_SENT)
        own = [one for one in findings if one.sheet != self.lines.sheet.name]
        rows = [row for row in recorded if row > 0]
        on_rows = {row: text for row, text in texts.items() if row > 0}
        edits = [row for row in recorded if row < 0]
        return [
            *result_edits(self.sheet, on_rows, own, rows, moved),
            *line_result_edits(self.lines, self.lines.texts_by_row(texts), findings, edits, moved),
        ]

    def hidden_rows(self, messages: Iterable[int]) -> list[Finding]:
        """Return the findings about rows that are hidden on their sheets."""
        lines, rows = self.lines, list(messages)
        changed = [number for row in rows if row < 0 for number in lines.rows_of(row)]
        return [
            *hidden_rows(self.sheet.name, [row for row in rows if row > 0], self.sheet.hidden),
            *hidden_rows(lines.sheet.name, changed, lines.sheet.hidden),
        ]


# -- which rows


def _choose_rows(
    context: ClickContext, sheet: InvoiceRows, lines: LineChanges
) -> tuple[Sequence[InvoiceRow], LineChanges, LineChanges] | Reply:
    """Return the rows and the changes of lines to record, and the other changes.

    Asks if only some of the rows with an Action, or of the invoices with changed lines, are selected.
    """
    answer = context.chosen_word(ROWS, (SELECTED, ALL))
    selected, selected_lines = selected_rows(context, sheet), selected_rows(context, lines.sheet)
    inside = [row for row in sheet.rows if row.number in selected]
    numbers = {row.invoice for row in inside}
    numbers |= {row.invoice for row in lines.sheet.rows if row.number in selected_lines}
    chosen_lines, other_lines = lines.split_by(numbers)
    chosen = sum(row.is_sent for row in inside) + chosen_lines.count
    sent = len(sheet.sent_rows) + lines.count
    if not answer and len(selected) + len(selected_lines) > 1 and 0 < chosen < sent:
        return _ask_which(chosen, sent)
    is_part = answer == SELECTED
    rows = inside if is_part else sheet.rows
    found = chosen_lines if is_part else lines
    if found.count or any(row.is_sent for row in rows):
        return rows, found, other_lines if is_part else LineChanges(lines.sheet)
    return _no_action_reply(sheet, lines, rows, among_selected=is_part)


def _ask_which(inside: int, count: int) -> Reply:
    chosen = f"{inside} of the {count_of(count, 'step')} typed {'is' if inside == 1 else 'are'} selected."
    choices = [
        AskedChoice(value=SELECTED, label=f"Only those selected ({inside})"),
        AskedChoice(value=ALL, label=f"All of them ({count})"),
    ]
    return question(
        f"{chosen} Which do you want to record?",
        AskedField(name=ROWS, label="Rows", kind="choice", choices=choices),
    )


def _no_action_reply(
    sheet: InvoiceRows, lines: LineChanges, rows: Sequence[InvoiceRow], *, among_selected: bool
) -> Reply:
    where = "selected row" if among_selected else "row"
    unchanged = f", and no line of the sheet {lines.sheet.name} is changed" if lines.sheet.places else ""
    summary = (
        f"No {where} of the sheet {sheet.name} has an {ACTION}{unchanged}, so nothing is recorded. "
        f"Choose an {ACTION} in that column and press Update invoices."
    )
    begun = [row.number for row in rows if row.is_begun or row.is_added]
    remarks = without_action(sheet, begun)
    reply = Reply(
        summary=summary,
        figures=_reply_figures(0, 0, [], []),
        edits=[
            *result_edits(sheet, dict.fromkeys(begun, NOT_SENT), remarks),
            *line_result_edits(lines, {}, []),
        ],
        clear_marks=[one.name for one in (sheet, lines.sheet) if one.places],
    )
    return with_findings(reply, remarks).model_copy(update={"level": "review"})


# -- none of them


def _blocked_reply(sent: _Sent, warnings: Sequence[Finding], answer: PreviewAnswer | None) -> Reply:
    """Return the reply that records nothing. It gives the reason for each row, and asks what to record, if anything can be
    and the person did not decline.
    """
    sheet, checks, steps = sent.sheet, sent.checks, good_steps(sent.checks)
    good, bad = len(steps), len(checks.refused)
    messages = _refusal_texts(checks) | {
        row: f"Ready: would be {step.to_state.label}." if row > 0 else READY_LINES
        for row, step in steps.items()
    }
    findings = [*checks.findings, *warnings, *without_action(sheet, checks.begun)]
    is_declined = answer is not None and answer.choice is None
    asks = None if is_declined or not steps else _ask_what_to_record(sent, answer)
    reply = Reply(
        summary=_nothing_recorded(sent, answer),
        figures=_reply_figures(good + bad, bad, [], [])
        | {"ready": good}
        | shown_figures(sent.preview, steps.values())
        | _share_figures(checks),
        edits=sent.edits(messages, warnings, findings),
        clear_marks=sent.names,
        asks=asks,
    )
    found = with_findings(reply, [*findings, *sent.hidden_rows(messages)])
    return found.model_copy(update={"level": "blocked"})


def _ask_what_to_record(sent: _Sent, answer: PreviewAnswer | None) -> Asks:
    checks = sent.checks
    return ask_to_record(
        sent.preview,
        steps_words(checks, sent.lines, sent.preview),
        steps_tables(good_steps(checks).values(), checks.batch.invoices),
        answer,
    )


def _nothing_recorded(sent: _Sent, answer: PreviewAnswer | None) -> str:
    """Return the summary of a click that recorded nothing: why, and what can be recorded."""
    checks, flagged = sent.checks, len(sent.preview.flagged_groups)
    good, bad = len(checks.good), len(checks.refused)
    count = _count_text(good + bad, checks)
    parts = [f"{bad:,} of {count} cannot be recorded"] if bad else []
    if flagged:
        one_or_more = "is" if flagged == 1 else "are"
        parts.append(
            f"{flagged:,} {one_or_more} flagged" if bad else f"{flagged:,} of {count} {one_or_more} flagged"
        )
    if answer is not None and answer.choice is None:
        return (
            f"Nothing is recorded, as you chose: {count} {'stays' if good + bad == 1 else 'stay'} as typed."
        )
    again = reason_for_asking_again(sent.preview, answer)
    if not parts:
        return f"{again} Nothing is recorded yet: {count} can be recorded.".lstrip()
    return f"{again} Nothing is recorded: {' and '.join(parts)}.".lstrip()


def _count_text(count: int, checks: RowChecks) -> str:
    """Return the number of rows in words; steps, where changes of lines are among them."""
    has_lines = any(row < 0 for row in (*checks.batch.decided, *checks.refused))
    return count_of(count, "step") if has_lines else f"{count_of(count, 'row')} with an {ACTION}"


# -- all of them, or the good ones


def _record_rows(context: ClickContext, sent: _Sent, rows: Collection[int]) -> Reply:
    """Record these rows. They are decided once more in the write transaction, and recorded as they were shown."""
    sheet, checks, shown = sent.sheet, sent.checks, good_steps(sent.checks)
    edited = sent.lines.typed_lines(shown)
    done = record_lines_and_steps(context.session, edited, checks.good, shown, rows)
    batch, moved = done.batch, done.invoices
    standing = {invoice.number: invoice for invoice in moved}
    left = [row for row in shown if row not in rows]
    warnings = [
        *warnings_for(sheet, batch, batch.decided),
        *limit_warnings(sheet, checks.limits, rows),
        *(finding for finding in checks.by_hand if set(finding.rows) <= set(rows)),
    ]
    findings = [
        *checks.findings,
        *warnings,
        *without_action(sheet, checks.begun),
        *left_rows(sheet, left, sent.preview.reasons),
        *left_lines(sent.lines, left, sent.preview.reasons),
    ]
    messages = _refusal_texts(checks) | _left_texts(sent.preview, left)
    messages |= _recorded_messages(sent.lines, batch, standing)
    requests = [step.request for step in batch.decided.values()]
    reply = Reply(
        summary=_summary_text(requests, moved, checks) + _left_sentence(sent.lines, left),
        figures=_reply_figures(len(messages), len(checks.refused), requests, moved)
        | {"left": len(left)}
        | _share_figures(checks),
        edits=sent.edits(messages, warnings, findings, batch.decided, standing),
        clear_marks=sent.names,
    )
    return with_findings(reply, [*findings, *sent.hidden_rows(messages)], recorded=True)


def _left_texts(preview: Preview, left: Iterable[int]) -> dict[int, str]:
    return {row: " ".join([LEFT, *preview.reasons.get(row, ())]) for row in left}


def _left_sentence(lines: LineChanges, left: Sequence[int]) -> str:
    rows = [lines.row_text(row) for row in left]
    return (
        f" Left as typed, as you chose: {'row' if len(rows) == 1 else 'rows'} {', '.join(rows)}."
        if rows
        else ""
    )


def _recorded_messages(lines: LineChanges, batch: Batch, standing: Mapping[str, Invoice]) -> dict[int, str]:
    messages = {}
    for row, step in batch.decided.items():
        invoice = standing[step.number]
        removed = lines.edited[row].edit.removed if row < 0 else ()
        without = f", {', '.join(removed)} removed" if removed else ""
        messages[row] = (
            f"{RECORDED}{step.action}{without}. Now {invoice.state.label}, balance {dollars(invoice.balance_cents)}"
            f"{credit_clause(invoice)}.{used_credit_sentence(step)}"
        )
    return messages


def _summary_text(requests: Sequence[ActionRequest], moved: Sequence[Invoice], checks: RowChecks) -> str:
    counts = Counter(request.action.value for request in requests)
    actions = ", ".join(f"{count:,} {action}" for action, count in counts.items())
    owed = dollars(sum(invoice.balance_cents for invoice in moved))
    cents = _cheque_cents(requests)
    cheques = f" Cheques of {dollars(cents)}." if cents else ""
    bad, begun = len(checks.refused), len(checks.begun)
    stay = "stays" if bad == 1 else "stay"
    rest = f" {count_of(bad, 'row')} cannot be recorded, and {stay} as typed." if bad else ""
    skipped = "has no" if begun == 1 else "have no"
    was = "was" if begun == 1 else "were"
    rest += f" {count_of(begun, 'row')} {skipped} {ACTION} and {was} skipped." if begun else ""
    where = "this invoice" if len(moved) == 1 else f"these {len(moved):,} invoices"
    noun = "step" if Action.EDIT_LINES in counts else "row"
    return (
        f"{count_of(len(requests), noun)} recorded: {actions}.{cheques} Balance on {where}: {owed}."
        f"{credit_summary(moved)}{rest}"
    )


# -- shared helpers


def _refusal_texts(checks: RowChecks) -> dict[int, str]:
    return {row: f"{NOT_RECORDED}{why}" for row, why in checks.refused.items()}


def _share_figures(checks: RowChecks) -> dict[str, object]:
    """Return our pro-rata shares of invoices that are agreed on, in cents, by number; nothing if none is known."""
    shares = shares_by_invoice(checks.limits)
    return {"pro_rata_cents": shares} if shares else {}


def _reply_figures(
    rows: int, refused: int, requests: Sequence[ActionRequest], moved: Sequence[Invoice]
) -> dict[str, object]:
    """Return the totals that programs rely on: rows with an Action, recorded rows, and their cents."""
    return {
        "rows": rows,
        "recorded": len(requests),
        "refused": refused,
        "actions": Counter(request.action.value for request in requests),
        "cheque_cents": _cheque_cents(requests),
        "invoices": len(moved),
        "balance_cents": sum(invoice.balance_cents for invoice in moved),
        "unapplied_cents": sum(invoice.unapplied_cents for invoice in moved),
    }


def _cheque_cents(requests: Sequence[ActionRequest]) -> int:
    """Return the total, in cents, that is drawn from cheques."""
    return sum((one.amount_cents or 0) + one.unapplied_cents for one in requests if one.cheque)
