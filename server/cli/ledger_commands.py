"""``clinicledger ledger``: verify the books, copy and restore them, and show what they hold."""

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from addin.desktop.refusals import Refusal
from server.billing.money import dollars
from server.billing.receivables.aging import Owed
from server.cli import terminal
from server.cli.access_command import access
from server.cli.backup_commands import backup, rehearse, restore
from server.cli.encryption_commands import add_commands
from server.cli.litestream_command import litestream
from server.cli.move_commands import move, prepare
from server.cli.options import (
    REFUSED,
    AsJson,
    LedgerFolder,
    exit_with_refusal,
    open_ledger,
)
from server.cli.terminal_person import person_at_terminal
from server.errors import BillingError, NotRestored
from server.ledger.backup_folder import read_manifest
from server.ledger.engine.journal import JournalHead
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import FIRM_FILE
from server.ledger.verify import NOT_COVERED, FirstBadRow, Verified, VerifiedFirm
from server.operations.journals import accept_journal
from server.operations.session import Session

console = Console()
ledger = typer.Typer(no_args_is_help=True, help="Look after the books.")
ledger.command()(access)
ledger.command()(prepare)
ledger.command()(move)
ledger.command()(backup)
ledger.command()(rehearse)
ledger.command()(restore)
ledger.command()(litestream)
add_commands(to=ledger)


Found = Verified | VerifiedFirm | FirstBadRow

Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head", help="A journal head that was noted, as `ledger info` prints it. Can be repeated."
    ),
]


Backups = Annotated[
    list[Path] | None,
    typer.Option(
        "--backup",
        help="The folder of a backup or an export of this ledger, whose journal heads must still be in it. Can be repeated.",
    ),
]


@ledger.command()
def verify(
    clinic: Annotated[str | None, typer.Option(help="This clinic alone; default: every clinic.")] = None,
    head: Heads = None,
    backup_at_hand: Backups = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check that the books are what was written into them, and list what is not covered. Exit 1 if they are not."""
    noted = [_noted_head(text) for text in head or ()]
    copied = [one for copy in backup_at_hand or () for one in _heads_in_copy(copy)]
    found: dict[str, Found] = {}
    try:
        books = open_ledger(folder)
        for clinic_id in [clinic] if clinic else [entry.id for entry in books.clinics()]:
            found[clinic_id] = books.verify_clinic(
                clinic_id, [kept for name, kept in (*noted, *copied) if name == clinic_id]
            )
        _refuse_unchecked_heads([name for name, _ in noted if name not in {*found, FIRM_FILE}])
        for name, _ in copied if clinic is None else ():
            if name not in {*found, FIRM_FILE}:
                found[name] = FirstBadRow("clinic", name, "is in the copy, and not in this ledger")
        firm = books.verify_firm([kept for name, kept in (*noted, *copied) if name == FIRM_FILE])
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        _print_json(found, firm)
    else:
        for name, one in (found | {FIRM_FILE: firm}).items():
            _print_verification(name, one)
        if not found:
            console.print(f"There are no clinics yet in {escape(str(books.folder))}", soft_wrap=True)
        console.print(f"Not covered: {'; '.join(NOT_COVERED)}.", highlight=False, soft_wrap=True)
    if any(isinstance(one, FirstBadRow) for one in (*found.values(), firm)):
        raise typer.Exit(REFUSED)


@ledger.command()
def accept(
    clinic: Annotated[str, typer.Argument(help="The clinic whose file was put in place by hand.")],
    reason: Annotated[str, typer.Option(help="Why. It is kept in the clinic's access log.")],
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Accept a clinic's file that was put in place by hand, such as one from another backup program.

    Exit 1 if the file is not whole in itself; then nothing is accepted. If the ledger has users, a manager or an
    administrator has to be signed in (clinicledger sign-in).
    """
    if not reason.strip():
        message = "Say why, in a few words."
        raise typer.BadParameter(message)
    try:
        books_of = open_ledger(folder)
        found = accept_journal(Session(books_of, person_at_terminal(books_of), clinic), reason.strip())
    except (BillingError, Refusal) as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(_json_of({clinic: found}), option=orjson.OPT_INDENT_2))
    else:
        _print_verification(clinic, found)
    if isinstance(found, FirstBadRow):
        raise typer.Exit(REFUSED)


@ledger.command()
def export(
    clinic: Annotated[str, typer.Argument(help="The clinic to copy.")],
    to: Annotated[Path, typer.Option("--to", help="A new folder, or an empty one.")],
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy one clinic completely, to hand it over or to restore it into another ledger."""
    try:
        open_ledger(folder).export(clinic, to)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"folder": str(to), "clinics": [clinic]}))
    else:
        console.print(f"Copied {clinic} to {escape(str(to))}", highlight=False, soft_wrap=True)


@ledger.command()
def info(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Show the clinics of the ledger, what is owed to each, and the heads of the journals to keep on paper."""
    totals = []
    try:
        books_of = open_ledger(folder)
        today = books_of.today()
        for entry in books_of.clinics():
            store = books_of.clinic(entry.id)
            with store.reading() as books:
                owed = sum((one.amount for one in books.aging.totals(AgingQuestion(today))), Owed())
                clock = books.recorded_ahead()
            journal = asdict(store.journal_head())
            totals.append(
                {
                    "clinic": entry.id,
                    "name": entry.name,
                    **asdict(owed),
                    "recorded_ahead": clock,
                    "journal": journal,
                }
            )
        firm = asdict(books_of.firm_journal_head())
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        shown = {"folder": str(books_of.folder), "clinics": totals, "firm": {"journal": firm}}
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
        return
    table = Table("Clinic", "Name", box=SIMPLE_HEAD)
    table.add_column("Open invoices", justify="right")
    table.add_column("Owed", justify="right")
    for one in totals:
        owed_to = dollars(one["balance_cents"])
        table.add_row(escape(one["clinic"]), escape(one["name"]), f"{one['invoices']:,}", owed_to)
    console.print(f"Ledger {escape(str(books_of.folder))}", highlight=False, soft_wrap=True)
    console.print(table)
    for one in totals:
        if one["recorded_ahead"]:
            latest = f"{datetime.fromisoformat(one['recorded_ahead']).astimezone():%Y-%m-%d %H:%M}"
            console.print(
                f"[yellow]The clock was set back:[/] the latest entry of {escape(one['clinic'])} was recorded at {latest}."
                " Invoices dated ahead count as 0 days old. Set the clock right.",
                highlight=False,
                soft_wrap=True,
            )
    console.print(f"Journal heads on {today.isoformat()} (keep them on paper, see ledger verify --head):")
    for name, head in [(one["clinic"], one["journal"]) for one in totals] + [(FIRM_FILE, firm)]:
        console.print(f"{name}:{head['entries']}:{head['hash']}", highlight=False, soft_wrap=True)


def _noted_head(text: str) -> tuple[str, JournalHead]:
    """Return the clinic's id, or the firm's file, and the head in a text as ``info`` prints it; raises BadParameter."""
    name, _, head = text.strip().partition(":")
    entries, _, digits = head.partition(":")
    if not (entries.isdecimal() and re.fullmatch(r"[0-9a-f]{16,64}", digits)):
        message = f"“{text}” is not the head of a journal. Write it as ledger info prints it, such as lakeside:120:3f9ac05d11b2e874."
        raise typer.BadParameter(message)
    return name, JournalHead(int(entries), digits)


def _heads_in_copy(folder: Path) -> list[tuple[str, JournalHead]]:
    """Return the heads in the manifest of a backup or an export; raises BadParameter if there are none."""
    try:
        heads = [*read_manifest(folder).journals.items()]
    except NotRestored as refusal:
        raise typer.BadParameter(str(refusal), param_hint="--backup") from None
    if not heads:
        message = f"The copy in {folder} was made by an older version and has no journal heads."
        raise typer.BadParameter(message, param_hint="--backup")
    return heads


def _refuse_unchecked_heads(names: list[str]) -> None:
    """Raise BadParameter if heads are of clinics that are not verified: they would seem to have been compared."""
    if names:
        message = f"No clinic “{names[0]}” is verified here, so its head cannot be compared. Check the name and --clinic."
        raise typer.BadParameter(message)


def _print_json(found: dict[str, Found], firm: VerifiedFirm | FirstBadRow) -> None:
    """Print the result of each clinic by its id. The firm's file is named only if it is not whole."""
    shown = found | ({FIRM_FILE: firm} if isinstance(firm, FirstBadRow) else {})
    typer.echo(orjson.dumps(_json_of(shown), option=orjson.OPT_INDENT_2))


def _json_of(found: dict[str, Found]) -> dict[str, dict[str, Any]]:
    """Return the result of each clinic by its id, as JSON shows it."""
    return {
        name: {"whole": not isinstance(one, FirstBadRow), **asdict(one), "not_covered": NOT_COVERED}
        for name, one in found.items()
    }


def _print_verification(name: str, found: Found) -> None:
    if isinstance(found, FirstBadRow):
        console.print(
            f"[red]{name}[/]: {found.table} {escape(found.row)} {escape(found.why)}.", soft_wrap=True
        )
        return
    whole = f"journal of {found.entries:,} entries"
    if isinstance(found, Verified):
        whole = (
            f"{found.invoices:,} invoices, {found.steps:,} steps and a {whole} are whole;"
            f" {dollars(found.receivable_cents)} receivable."
        )
    else:
        whole = f"a {whole} is whole."
    console.print(
        f"[green]{name}[/]: {whole} Head {found.entries}:{found.head}", soft_wrap=True, highlight=False
    )
