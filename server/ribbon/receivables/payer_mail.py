"""Mail reminders: shows the mail that is due for payers, and sends it once a person has agreed to what was shown."""

from typing import Literal

from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.statuses import NO
from server.billing.question_numbers import numbered_answer, split_answer
from server.billing.receivables.mail_log import MailOutcome
from server.errors import MailNotSetUp, MissingInput, count_of
from server.mail_server_settings import MailServerSettings
from server.operations.payer_mail import MailPreview, MailRun, plan_of_mail, preview_mail, send_mail
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks, Reply
from server.sheets.receivables.mail_sheet import MAIL, MailRow, write_mail_sheet

SEND, SHOW = "send", "show"
"""The input with the answer, and the answer that shows the texts."""

MOST_OF_A_CLICK, SECONDS_OF_A_CLICK = 20, 30.0
"""How many mails one click sends, and after how many seconds it begins no further one."""

MOST_LISTED = 40


def mail_reminders(context: ClickContext) -> Reply:
    """Show what would be mailed, as a question or as the sheet Mail; send it only with the answer to that question."""
    given = context.click.answers().get(SEND, "")
    word, number = split_answer(given)
    if fold(given) in NO:
        return Reply(summary="No mail was sent.")
    if word == SHOW:
        return _mail_sheet(context, preview_mail(context.session))
    if given and (word != SEND or not number):
        raise MissingInput(
            SEND,
            f"“{given}” is no answer to “{SEND}”.",
            f"Give “{SEND}” as: {SHOW} | no. Or leave it out to be asked.",
        )
    changed = ""
    if given:
        run = send_mail(
            context.session,
            MailServerSettings(),
            shown=number,
            most=MOST_OF_A_CLICK,
            seconds=SECONDS_OF_A_CLICK,
        )
        if run.ends:
            return _sent_reply(run)
        changed = "Something has changed since you were asked, so nothing was sent. This is how it is now. "
    preview = plan_of_mail(context.session)
    if not preview.mails:
        return Reply(
            summary=changed + _nothing_due(preview), figures=_figures(preview), level=_level(preview)
        )
    if missing := MailServerSettings().missing:
        raise MailNotSetUp(missing)
    preview = preview_mail(context.session)
    return _question(preview, changed)


def _nothing_due(preview: MailPreview) -> str:
    if not preview.has_levels:
        return (
            f"{preview.clinic.name} has no schedule on the setup sheet Reminder mail, so no payer is mailed."
        )
    return f"No mail is due at {preview.clinic.name}. {_others(preview)}".strip()


def _level(preview: MailPreview) -> Literal["review", "done"]:
    return "review" if preview.not_mailed or preview.undecided else "done"


def _others(preview: MailPreview) -> str:
    """Return what else is to be known, in sentences."""
    sentences = []
    if preview.not_mailed:
        sentences.append(
            f"{count_of(len(preview.not_mailed), 'payer')} with due invoices gets no mail.".replace(
                "payers with due invoices gets", "payers with due invoices get"
            )
        )
    if preview.undecided:
        sentences.append(f"Nobody knows whether {count_of(len(preview.undecided), 'earlier mail')} arrived.")
    return " ".join(sentences)


def _question(preview: MailPreview, changed: str) -> Reply:
    mails = [one.mail for one in preview.mails]
    rows = [
        [one.payer, f"{len(one.due):,}", dollars(one.amount_cents), one.highest.template, one.address]
        for one in mails[:MOST_LISTED]
    ]
    if len(mails) > len(rows):
        rows.append([f"{len(mails) - len(rows):,} more", "", "", "", ""])
    tables = [
        AskedTable(title="Mail", headings=["Payer", "Invoices", "Amount", "Reminder", "Send to"], rows=rows)
    ]
    if preview.not_mailed:
        others = [
            [one.payer, f"{len(one.due):,}", dollars(one.amount_cents), one.why.value]
            for one in preview.not_mailed
        ]
        tables.append(
            AskedTable(
                title="Not mailed", headings=["Payer", "Invoices", "Amount", "Why"], rows=others[:MOST_LISTED]
            )
        )
    now = min(len(mails), MOST_OF_A_CLICK)
    label = (
        f"Send {count_of(now, 'mail')}"
        if now == len(mails)
        else f"Send the first {now} of {len(mails):,} mails"
    )
    choices = [
        AskedChoice(value=numbered_answer(SEND, preview.number), label=label),
        AskedChoice(value=SHOW, label="Show the texts on a sheet"),
        AskedChoice(value="no", label="Send nothing"),
    ]
    field = AskedField(name=SEND, label="What is to be done?", kind="buttons", choices=choices)
    title = f"{count_of(len(mails), 'mail')} to payers of {preview.clinic.name}?"
    return Reply(
        summary=f"{changed}{title} {_others(preview)}".strip(),
        level="blocked",
        figures=_figures(preview),
        asks=Asks(title=title, fields=[field], tables=tables),
    )


def _figures(preview: MailPreview) -> dict[str, object]:
    return {
        "mails": len(preview.mails),
        "invoices": sum(len(one.mail.due) for one in preview.mails),
        "balance_cents": sum(one.mail.amount_cents for one in preview.mails),
        "not_mailed": len(preview.not_mailed),
        "undecided": len(preview.undecided),
    }


def _sent_reply(run: MailRun) -> Reply:
    words = {
        MailOutcome.SENT: "sent",
        MailOutcome.FAILED: "not taken by the mail server",
        MailOutcome.UNKNOWN: "of which nobody knows whether it arrived",
    }
    sentences = [
        f"{count_of(run.count(one), 'mail')} {said}." for one, said in words.items() if run.count(one)
    ]
    if run.left:
        why = f": {run.stopped}" if run.stopped else ""
        sentences.append(f"{count_of(run.left, 'mail')} left{why}. Press Mail reminders again.")
    if run.changed:
        sentences.append(f"{count_of(run.changed, 'mail')} changed meanwhile and not sent.")
    is_whole = run.count(MailOutcome.SENT) == len(run.ends) and not (run.left or run.changed)
    return Reply(
        summary=" ".join(sentences),
        level="done" if is_whole else "review",
        figures={
            "sent": run.count(MailOutcome.SENT),
            "failed": run.count(MailOutcome.FAILED),
            "unknown": run.count(MailOutcome.UNKNOWN),
            "left": run.left,
        },
    )


def _mail_sheet(context: ClickContext, preview: MailPreview) -> Reply:
    if not preview.mails and not preview.not_mailed:
        return Reply(summary=_nothing_due(preview), figures=_figures(preview))
    rows = [
        MailRow(
            one.mail.payer,
            one.mail.address,
            "; ".join(one.mail.copies_to),
            one.mail.highest.level,
            len(one.mail.due),
            one.mail.amount_cents,
            f"{one.subject}\n\n{one.text}",
        )
        for one in preview.mails
    ]
    rows += [
        MailRow(one.payer, "", "", 0, len(one.due), one.amount_cents, f"Not mailed: {one.why.value}")
        for one in preview.not_mailed
    ]
    workbook = write_mail_sheet(preview.clinic, rows, context.click.workbook.date_system)
    return Reply(
        summary=f"The sheet Mail has {count_of(len(preview.mails), 'mail')} as they would go out. Nothing was sent.",
        figures=_figures(preview),
        output=context.keep(workbook, [MAIL.name]),
        activate=MAIL.name,
        next="reminders.mail",
    )
