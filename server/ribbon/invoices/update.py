"""The button Update invoices: records the step of every row with an Action, all of them or none
(rule: invoices#all-or-none).
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from server.billing.invoices.invoice import ActionRequest, Invoice
from server.billing.invoices.step_batches import Batch
from server.billing.money import dollars
from server.errors import Finding, MissingSheet, count_of
from server.operations.steps import record_steps
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.invoice_selection import selected_rows, sheet_sent
from server.ribbon.invoices.partial_apply import ask_to_apply_good_rows, may_apply_good_rows
from server.ribbon.invoices.results import NOT_RECORDED, RECORDED, result_edits
from server.ribbon.invoices.row_checks import RowChecks, check_rows
from server.ribbon.invoices.row_warnings import NOT_SENT, append_warnings, warnings_for, without_action
from server.ribbon.protocol import AskedChoice, AskedField, Asks, Reply
from server.sheets.hidden_rows import hidden_rows
from server.sheets.invoices.sheet_rows import InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, INVOICES

ROWS, SELECTED, ALL = "rows", "selected", "all"
OPEN_FIRST = f"Press Open invoices first. If the sheet was given another name, call it {INVOICES.name} again."


def update(context: ClickContext) -> Reply:
    """Record the step of every row that has an Action, or say for each row why it cannot be recorded."""
    only_good = may_apply_good_rows(context)
    sheet = sheet_sent(context)
    if sheet is None:
        raise MissingSheet(f"This workbook has no sheet {INVOICES.name}.", OPEN_FIRST)
    if not sheet.usable:
        summary = f"The headings of the sheet {sheet.name} are not as they were. Nothing is recorded."
        return with_findings(Reply(summary=summary), sheet.findings)
    rows = _rows_to_record(context, sheet)
    if isinstance(rows, Reply):
        return rows
    checks = check_rows(context.session, sheet, rows)
    if not checks.good or (checks.refused and not only_good):
        return _blocked_reply(
            sheet, checks, asks=_offer_good_rows(checks) if checks.good and only_good is None else None
        )
    return _record_rows(context, sheet, checks)


# -- which rows


def _rows_to_record(context: ClickContext, sheet: InvoiceRows) -> Sequence[InvoiceRow] | Reply:
    """Return the rows to record. Asks if only some of the rows with an Action are selected."""
    answer = context.chosen_word(ROWS, (SELECTED, ALL))
    selected = selected_rows(context, sheet)
    inside = [row for row in sheet.rows if row.number in selected]
    chosen, sent = sum(row.is_sent for row in inside), len(sheet.sent_rows)
    if not answer and len(selected) > 1 and 0 < chosen < sent:
        return _ask_which(chosen, sent)
    rows = inside if answer == SELECTED else sheet.rows
    if any(row.is_sent for row in rows):
        return rows
    return _no_action_reply(sheet, rows, among_selected=answer == SELECTED)


def _ask_which(inside: int, count: int) -> Reply:
    chosen = f"{inside} of the {count_of(count, 'row')} with an {ACTION} {'is' if inside == 1 else 'are'} selected."
    choices = [
        AskedChoice(value=SELECTED, label=f"Only those selected ({inside})"),
        AskedChoice(value=ALL, label=f"All of them ({count})"),
    ]
    return question(
        f"{chosen} Which are to be recorded?",
        AskedField(name=ROWS, label="Rows", kind="choice", choices=choices),
    )


def _no_action_reply(sheet: InvoiceRows, rows: Sequence[InvoiceRow], *, among_selected: bool) -> Reply:
    where = "selected row" if among_selected else "row"
    summary = (
        f"No {where} of the sheet {sheet.name} has an {ACTION}, so nothing is recorded. "
        f"Choose what is to be done in the column {ACTION} and press Update invoices."
    )
    begun = [row.number for row in rows if row.is_begun]
    remarks = without_action(sheet, begun)
    reply = Reply(
        summary=summary,
        figures=_reply_figures(0, 0, [], []),
        edits=result_edits(sheet, dict.fromkeys(begun, NOT_SENT), remarks),
        clear_marks=[sheet.name],
    )
    return with_findings(reply, remarks).model_copy(update={"level": "review"})


# -- none of them


def _blocked_reply(sheet: InvoiceRows, checks: RowChecks, asks: Asks | None) -> Reply:
    """Return the reply that records nothing and gives the reason for each row."""
    good, bad = len(checks.good), len(checks.refused)
    states = {one.row: checks.batch.decided[one.row].to_state for one in checks.good}
    messages = _refusal_texts(checks) | {row: f"Ready: would be {state}." for row, state in states.items()}
    warnings = warnings_for(sheet, checks.batch, states)
    findings = [*checks.findings, *warnings, *without_action(sheet, checks.begun)]
    summary = (
        f"Nothing is recorded: {bad:,} of {count_of(good + bad, 'row')} with an {ACTION} cannot be recorded."
    )
    reply = Reply(
        summary=summary,
        figures=_reply_figures(good + bad, bad, [], []) | {"ready": good},
        edits=result_edits(sheet, _result_texts(checks, messages, warnings), findings),
        clear_marks=[sheet.name],
        asks=asks,
    )
    return with_findings(reply, [*findings, *hidden_rows(sheet.name, messages, sheet.hidden)])


def _offer_good_rows(checks: RowChecks) -> Asks:
    """Return the question whether to record only the good rows."""
    good, bad = len(checks.good), len(checks.refused)
    cents = _cheque_cents([one.request for one in checks.good])
    cheques = f", {dollars(cents)} of cheques" if cents else ""
    label = f"Record {count_of(good, 'good row')} of {good + bad}{cheques}, and leave the rest as typed?"
    return Asks(title="Record the good rows without the others?", fields=[ask_to_apply_good_rows(label)])


# -- all of them, or the good ones


def _record_rows(context: ClickContext, sheet: InvoiceRows, checks: RowChecks) -> Reply:
    """Record the good rows. They are decided once more in the write transaction."""
    done = record_steps(context.session, checks.good)
    batch, moved = done.batch, done.invoices
    standing = {invoice.number: invoice for invoice in moved}
    warnings = warnings_for(sheet, batch, batch.decided)
    findings = [*checks.findings, *warnings, *without_action(sheet, checks.begun)]
    messages = _refusal_texts(checks) | _recorded_messages(batch, standing)
    requests = [step.request for step in batch.decided.values()]
    reply = Reply(
        summary=_summary_text(requests, moved, checks),
        figures=_reply_figures(len(messages), len(checks.refused), requests, moved),
        edits=result_edits(
            sheet, _result_texts(checks, messages, warnings), findings, batch.decided, standing
        ),
        clear_marks=[sheet.name],
    )
    return with_findings(reply, [*findings, *hidden_rows(sheet.name, messages, sheet.hidden)], recorded=True)


def _recorded_messages(batch: Batch, standing: Mapping[str, Invoice]) -> dict[int, str]:
    messages = {}
    for row, step in batch.decided.items():
        invoice = standing[step.number]
        messages[row] = (
            f"{RECORDED}{step.action}. Now {invoice.state}, balance {dollars(invoice.balance_cents)}."
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
    where = "it" if len(moved) == 1 else f"these {len(moved):,} invoices"
    return (
        f"{count_of(len(requests), 'row')} recorded: {actions}.{cheques} {owed} is owed on {where} now.{rest}"
    )


# -- shared helpers


def _result_texts(
    checks: RowChecks, messages: Mapping[int, str], warnings: Sequence[Finding]
) -> dict[int, str]:
    """Return the final Result texts: the message of each row, and the warnings about it."""
    return append_warnings(messages, warnings) | dict.fromkeys(checks.begun, NOT_SENT)


def _refusal_texts(checks: RowChecks) -> dict[int, str]:
    return {row: f"{NOT_RECORDED}{why}" for row, why in checks.refused.items()}


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
    }


def _cheque_cents(requests: Sequence[ActionRequest]) -> int:
    """Return the total, in cents, that is drawn from cheques."""
    return sum((one.amount_cents or 0) + one.unapplied_cents for one in requests if one.cheque)
