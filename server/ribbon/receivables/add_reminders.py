"""The button Add reminder: one reminder for each selected row of the sheet Invoices or Cases (rule: receivables#reminders)."""

from collections.abc import Sequence
from datetime import date

from server.billing.days import us
from server.billing.names import fold
from server.billing.question_numbers import number_of_question, numbered_answer
from server.billing.receivables.reminder_decisions import WishedReminder
from server.billing.receivables.reminders import ANYBODY
from server.errors import Finding, MissingInput, count_of
from server.errors.reminder_findings import ReminderNotRecorded
from server.operations.reminders import CheckedReminders, ReminderToAdd, check_reminders, record_reminders
from server.ribbon.case_records.case_sheet import case_sheet_sent
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.invoice_selection import chosen_invoices, invoices_sheet
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks, Reply
from server.sheets.invoices.tables import CASES, INVOICES

DUE, ACTION, NOTE, WHO, CONFIRM, CASE = "due", "action", "note", "who", "confirm", "case"
ADD = "add"
MOST_LISTED = 12
"""Above this many reminders, the form lists the first ones and counts the others."""


def add_reminders(context: ClickContext) -> Reply:
    """Ask when and what, and add a reminder for each selected row. Several are shown before they are added."""
    wished = _wished_reminders(context)
    if not wished:
        return Reply(
            summary=f"Select rows of the sheet {INVOICES.name} or {CASES.name} first, and press Add reminder.",
            level="blocked",
            figures={"added": 0},
        )
    answers = context.click.answers()
    due = context.day(DUE)
    checked = check_reminders(context.session, (), wished)
    number = number_of_question(context.clinic_id, [(one.invoice, one.case_id, one.case) for one in wished])
    confirmed = answers.get(CONFIRM, "").strip().casefold() in {numbered_answer(ADD, number), "yes", ADD}
    if due is None or ACTION not in answers or (len(wished) > 1 and not confirmed):
        return _ask(context, wished, due, number)
    if checked.flaws:
        return _refused_reply(wished, checked)
    record_reminders(context.session, checked, checked.good_rows)
    added = list(checked.added.values())
    return Reply(
        summary=f"{count_of(len(added), 'reminder')} added: {_subjects(added)}, due {us(due)}."
        + (f" For {added[0].for_whom}." if added[0].for_whom else ""),
        figures={"added": len(added)},
    )


def _wished_reminders(context: ClickContext) -> list[WishedReminder]:
    """Return a reminder for each invoice and each case that the click is about."""
    answers = context.click.answers()
    due, action, note, who = context.day(DUE), *(answers.get(name, "") for name in (ACTION, NOTE, WHO))
    what = " ".join(action.split())
    if case := answers.get(CASE):
        return [WishedReminder(1, due, what, note, who, case=case, patient=answers.get("patient", ""))]
    selection = context.click.selection
    sheet = case_sheet_sent(context)
    if sheet and sheet.usable and selection and fold(selection.sheet) == fold(sheet.name):
        rows = set(selection.rows) - set(sheet.hidden)
        return [
            WishedReminder(
                row.number, due, what, note, who, case_id=row.case_id, case=row.case, patient=row.patient
            )
            for row in sheet.rows
            if row.number in rows and row.case_id is not None
        ]
    numbers = chosen_invoices(context, invoices_sheet(context))
    return [
        WishedReminder(place, due, what, note, who, invoice=number) for place, number in enumerate(numbers, 1)
    ]


def _ask(context: ClickContext, wished: Sequence[WishedReminder], due: date | None, number: str) -> Reply:
    answers = context.click.answers()
    count = len(wished)
    title = f"Add {'a reminder' if count == 1 else f'{count:,} reminders'}: {_names(wished)}?"
    fields = [
        AskedField(name=DUE, label="Due", kind="date", default=due.isoformat() if due else None),
        AskedField(name=ACTION, label="What to do", default=answers.get(ACTION)),
        AskedField(name=NOTE, label="Note", default=answers.get(NOTE), required=False),
        AskedField(name=WHO, label="For whom", default=answers.get(WHO, ANYBODY), required=False),
    ]
    tables = []
    if count > 1:
        label = f"Add {count:,} reminders"
        choice = AskedChoice(value=numbered_answer(ADD, number), label=label)
        fields.append(AskedField(name=CONFIRM, label=label, kind="buttons", choices=[choice]))
        rows = [[one.invoice or one.case, one.patient] for one in wished[:MOST_LISTED]]
        if more := count - len(rows):
            rows.append([f"{more:,} more", ""])
        tables.append(AskedTable(title="One reminder each", headings=["About", "Patient"], rows=rows))
    asks = Asks(title=title, fields=fields, tables=tables)
    return Reply(summary=title, level="blocked", asks=asks)


def _refused_reply(wished: Sequence[WishedReminder], checked: CheckedReminders) -> Reply:
    """Return the reply that adds nothing: why reminders cannot be added. What is typed wrong is asked for again."""
    if len(wished) == 1:
        flaw = next(iter(checked.flaws.values()))[0]
        raise MissingInput(flaw.field, flaw.sentence, "Correct that, and press Add reminder again.")
    findings = [
        Finding(ReminderNotRecorded(sentence=flaw.sentence), "", (), None, flaw.field)
        for flaw in dict.fromkeys(flaw for flaws in checked.flaws.values() for flaw in flaws)
    ]
    count = f"{len(checked.flaws):,} of {count_of(len(wished), 'reminder')}"
    reply = Reply(summary=f"Nothing is added: {count} cannot be added.", figures={"added": 0})
    return with_findings(reply, findings).model_copy(update={"level": "blocked"})


def _names(wished: Sequence[WishedReminder]) -> str:
    names = [one.invoice or one.case or one.patient for one in wished]
    return (
        ", ".join(names) if len(names) <= FEW else f"{', '.join(names[:FEW])} and {len(names) - FEW:,} more"
    )


def _subjects(added: Sequence[ReminderToAdd]) -> str:
    return _names([one.wished for one in added])


FEW = 4
"""Up to this many subjects are spelled out in a sentence."""
