"""``clinicledger reminders``: mail to payers for the system's scheduler, and what became of it (docs/rules/receivables.md#payer-mail)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from server.billing.money import dollars
from server.billing.people import LOCAL_PERSON
from server.billing.receivables.mail_log import MailOutcome, MessageOnRecord, MessageState
from server.cli import terminal
from server.cli.options import (
    REFUSED,
    AsJson,
    LedgerFolder,
    exit_with_refusal,
    open_ledger,
    print_table,
    settings_of,
)
from server.cli.terminal_person import person_at_terminal
from server.errors import BillingError, count_of
from server.ledger.store import ClinicEntry, Ledger
from server.mail_password import store_password
from server.mail_server_settings import MailServerSettings
from server.operations.payer_mail import (
    MailPreview,
    MailRun,
    decide_message,
    list_messages,
    plan_of_mail,
    send_mail,
)
from server.operations.session import Session

console = Console()
reminders = typer.Typer(no_args_is_help=True, help="Mail reminders to payers.")

OfOneClinic = Annotated[
    str | None, typer.Option("--clinic", help="This clinic alone; default: every clinic.")
]


@contextmanager
def _exit_if_refused(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None


def _clinics_of(ledger: Ledger, clinic: str | None) -> list[ClinicEntry]:
    """Return the clinics that a command is for. Raises UnknownClinic."""
    if clinic is not None:
        _ = ledger.clinic(clinic)
    return [entry for entry in ledger.clinics() if clinic in {None, entry.id}]


@reminders.command()
def send(
    clinic: OfOneClinic = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be mailed, and neither mail nor record anything."),
    ] = False,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Mail every reminder that is due today. Run it once a day.

    Nobody gets a reminder twice, also if the command is stopped in the middle. Exit 1 if a mail could not be sent, or if nobody knows
    whether one arrived.
    """
    settings = settings_of(folder)
    with _exit_if_refused(as_json=as_json):
        ledger = Ledger.open_existing(settings.path, settings.storage)
        done = [
            _clinic_result(ledger, entry, settings.mail_server, is_dry=dry_run)
            for entry in _clinics_of(ledger, clinic)
        ]
    if as_json:
        typer.echo(orjson.dumps({"dry_run": dry_run, "clinics": done}, option=orjson.OPT_INDENT_2))
    else:
        for one in done:
            console.print(escape(f"{one['name']}: {one['summary']}"), highlight=False, soft_wrap=True)
    if any(one["problem"] for one in done):
        raise typer.Exit(REFUSED)


def _clinic_result(
    ledger: Ledger, entry: ClinicEntry, settings: MailServerSettings, *, is_dry: bool
) -> dict[str, Any]:
    """Return what was mailed for one clinic. A difficulty of one clinic does not keep the others from their mail."""
    session = Session(ledger, LOCAL_PERSON, entry.id)
    run, problem = MailRun(), ""
    try:
        preview = plan_of_mail(session)
    except BillingError as refusal:  # such as a file that cannot be read
        summary, empty = f"nothing was sent. {refusal}", ("due", "not_mailed", "undecided", "messages")
        about = {"clinic": entry.id, "name": entry.name, "summary": summary, "problem": True}
        return {**about, **{name: [] for name in empty}, "left": 0}
    if not is_dry:
        try:
            with session.transaction():
                run = send_mail(session, settings)
        except BillingError as refusal:
            problem = str(refusal)
    is_failed = any(one.outcome is not MailOutcome.SENT for one in run.ends)
    return {
        "clinic": entry.id,
        "name": entry.name,
        "summary": _summary_of(preview, run, problem, is_dry=is_dry),
        "problem": bool(problem or is_failed or run.stopped),
        "due": [
            {
                "payer": one.mail.payer,
                "address": one.mail.address,
                "level": one.mail.highest.level,
                "invoices": len(one.mail.due),
                "amount_cents": one.mail.amount_cents,
            }
            for one in preview.mails
        ],
        "not_mailed": [
            {
                "payer": one.payer,
                "invoices": len(one.due),
                "amount_cents": one.amount_cents,
                "why": one.why.value,
            }
            for one in preview.not_mailed
        ],
        "undecided": [one.id for one in preview.undecided],
        "messages": [asdict(one) for one in run.ends],
        "left": run.left,
    }


def _summary_of(preview: MailPreview, run: MailRun, problem: str, *, is_dry: bool) -> str:
    """Return what happened in sentences."""
    if not preview.has_levels:
        return "there is no schedule on the sheet Reminder mail, so nobody is mailed."
    sentences = []
    if is_dry:
        sentences.append(f"{count_of(len(preview.mails), 'mail')} would be sent.")
    elif problem:
        sentences.append(f"nothing was sent. {problem}")
    elif not preview.mails:
        sentences.append("no mail is due.")
    else:
        sentences += [
            f"{count_of(run.count(outcome), 'mail')} {words}."
            for outcome, words in (
                (MailOutcome.SENT, "sent"),
                (MailOutcome.FAILED, "not taken by the mail server"),
                (MailOutcome.UNKNOWN, "of which nobody knows whether it arrived"),
            )
            if run.count(outcome)
        ]
    if run.left:
        sentences.append(
            f"{count_of(run.left, 'mail')} left for the next run{f': {run.stopped}' if run.stopped else ''}."
        )
    if preview.not_mailed:
        sentences.append(
            f"{count_of(len(preview.not_mailed), 'payer')} not mailed: see --json, or press Mail reminders."
        )
    if preview.undecided:
        sentences.append(
            f"{count_of(len(preview.undecided), 'earlier mail')} to decide about: clinicledger reminders list."
        )
    return " ".join(sentences)


@reminders.command()
def credentials(
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Store the password of the mail server, in this computer's key store or in a file that only you can read."""
    settings = settings_of(folder)
    with _exit_if_refused(as_json=as_json):
        ledger = Ledger.open_existing(settings.path, settings.storage)
    if not settings.mail_server.user:
        raise typer.BadParameter(
            "CLINIC_LEDGER_SMTP_USER is not set, so the mail server asks for no password."
        )
    password = typer.prompt(f"Password of {settings.mail_server.user}", hide_input=True, err=True)
    where = store_password(ledger.folder, settings.mail_server, password)
    if as_json:
        typer.echo(orjson.dumps({"stored_in": where}))
    else:
        console.print(escape(f"The password is stored in {where}."), highlight=False, soft_wrap=True)


@reminders.command(name="list")
def list_mail(
    clinic: Annotated[str, typer.Option(help="The clinic.")],
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the mail and letters of a clinic, the latest first, and what became of each."""
    with _exit_if_refused(as_json=as_json):
        ledger = open_ledger(folder)
        session = Session(ledger, person_at_terminal(ledger), clinic)
        with session.transaction():
            found = list_messages(session).rows
    if as_json:
        listed = [asdict(one) | {"state": state.value} for one, state in found]
        typer.echo(orjson.dumps({"messages": listed}, option=orjson.OPT_INDENT_2))
        return
    table = Table("No.", "When", "To", "Address", "About", box=SIMPLE_HEAD)
    table.add_column("Invoices", justify="right")
    table.add_column("Amount", justify="right")
    table.add_column("State")
    for one, state in found:
        table.add_row(*map(escape, _cells_of(one, state)))
    print_table(table if found else "Nothing was written to payers yet.")


def _cells_of(one: MessageOnRecord, state: MessageState) -> list[str]:
    about = one.template or one.kind.value
    where = " ".join(one.address.split())
    return [
        str(one.id),
        one.recorded_at[:16].replace("T", " "),
        one.recipient,
        where,
        about,
        f"{one.invoices:,}",
        dollars(one.amount_cents),
        f"{state.value} {one.reason}".strip(),
    ]


@reminders.command()
def outcome(
    number: Annotated[int, typer.Argument(help="The number of the mail, as list shows it.")],
    became: Annotated[
        str,
        typer.Argument(metavar="OUTCOME", help="sent, bounced, or “send again”: the next run writes again."),
    ],
    clinic: Annotated[str, typer.Option(help="The clinic.")],
    note: Annotated[str, typer.Option(help="How you know.")] = "",
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what became of a mail: of one that nobody knows the end of, or of one that came back."""
    choices = {one.value: one for one in (MailOutcome.SENT, MailOutcome.BOUNCED, MailOutcome.SEND_AGAIN)}
    if became not in choices:
        raise typer.BadParameter(f"Choose one of: {', '.join(choices)}.", param_hint="OUTCOME")
    with _exit_if_refused(as_json=as_json):
        ledger = open_ledger(folder)
        session = Session(ledger, person_at_terminal(ledger), clinic)
        with session.transaction():
            message, state = decide_message(session, number, choices[became], note)
    if as_json:
        typer.echo(orjson.dumps(asdict(message) | {"state": state.value}, option=orjson.OPT_INDENT_2))
    else:
        console.print(f"Message {message.id} is {state.value}.", highlight=False)
