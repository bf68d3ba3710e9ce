"""``clinicledger ledger``: verify the books, copy and restore them, and show what they hold."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from server.billing.money import dollars
from server.cli import terminal
from server.cli.access_command import access
from server.cli.options import REFUSED, AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.errors import BillingError, count_of
from server.ledger.clock import instant
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified

console = Console()
ledger = typer.Typer(no_args_is_help=True, help="Look after the books.")
ledger.command()(access)


@ledger.command()
def verify(
    clinic: Annotated[str | None, typer.Option(help="This clinic alone; default: every clinic.")] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check that the books are what was written into them. Exit 1 if they are not."""
    found: dict[str, Verified | FirstBadRow] = {}
    try:
        books = Ledger.open_existing(settings_of(folder).path)
        for clinic_id in [clinic] if clinic else [entry.id for entry in books.clinics()]:
            found[clinic_id] = books.clinic(clinic_id).verify()
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        results = {
            clinic_id: {"whole": isinstance(one, Verified), **asdict(one)} for clinic_id, one in found.items()
        }
        typer.echo(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    else:
        for clinic_id, one in found.items():
            _print_verification(clinic_id, one)
        if not found:
            console.print(f"There are no clinics yet in {escape(str(books.folder))}", soft_wrap=True)
    if any(isinstance(one, FirstBadRow) for one in found.values()):
        raise typer.Exit(REFUSED)


@ledger.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="A new folder, or an empty one.")],
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy the books and their documents while others keep working. The copy is a ledger folder."""
    try:
        copied = Ledger.open_existing(settings_of(folder).path).backup(to)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"folder": str(to), "clinics": [entry.id for entry in copied]}))
    else:
        what = count_of(len(copied), "clinic")
        console.print(f"Copied {what} to {escape(str(to))}", highlight=False, soft_wrap=True)


@ledger.command()
def export(
    clinic: Annotated[str, typer.Argument(help="The clinic to copy.")],
    to: Annotated[Path, typer.Option("--to", help="A new folder, or an empty one.")],
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy one clinic completely, to hand it over or to restore it into another ledger."""
    try:
        Ledger.open_existing(settings_of(folder).path).export(clinic, to)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"folder": str(to), "clinics": [clinic]}))
    else:
        console.print(f"Copied {clinic} to {escape(str(to))}", highlight=False, soft_wrap=True)


@ledger.command()
def restore(
    source: Annotated[Path, typer.Option("--from", help="The folder of a backup or an export.")],
    clinic: Annotated[str | None, typer.Option(help="This clinic alone; default: every one in it.")] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Restore clinics of a copy into the ledger. They are verified first, and never replace existing books."""
    try:
        taken = Ledger(settings_of(folder).path).restore(source, clinic)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"clinics": [entry.id for entry in taken]}))
    else:
        names = ", ".join(f"{entry.name} ({entry.id})" for entry in taken)
        console.print(f"Restored {escape(names)}", highlight=False, soft_wrap=True)


@ledger.command()
def info(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Show the clinics of the ledger, and what is owed to each."""
    totals = []
    try:
        books_of = Ledger.open_existing(settings_of(folder).path)
        for entry in books_of.clinics():
            with books_of.clinic(entry.id).reading() as books:
                (owed,) = books.invoices.aging(books_of.today(), ())
                latest = books.latest_record() or ""
            clock = latest if latest > instant(books_of.now()) else ""
            totals.append({"clinic": entry.id, "name": entry.name, **asdict(owed), "recorded_ahead": clock})
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(
            orjson.dumps({"folder": str(books_of.folder), "clinics": totals}, option=orjson.OPT_INDENT_2)
        )
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


def _print_verification(clinic_id: str, found: Verified | FirstBadRow) -> None:
    if isinstance(found, FirstBadRow):
        console.print(f"[red]{clinic_id}[/]: {found.table} {escape(found.row)} {escape(found.why)}.")
        return
    console.print(
        f"[green]{clinic_id}[/]: {found.invoices:,} invoices and {found.steps:,} steps are whole;"
        f" {dollars(found.receivable_cents)} receivable. Last step {found.head or 'none'}",
        soft_wrap=True,
        highlight=False,
    )
