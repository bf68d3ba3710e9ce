"""``clinicledger ledger prepare`` and ``move``: keep the books in a PostgreSQL database, or in files again."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from server.billing.money import dollars
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of, tell_step
from server.database_address import DatabaseAddress
from server.errors import BillingError, count_of
from server.ledger.clinic_copy import copy_clinic
from server.ledger.move import move_ledger
from server.ledger.move_target import MovedClinic, Target
from server.ledger.preparation import prepare_database
from server.settings import Settings

console = Console()


def prepare(as_json: AsJson = False) -> None:
    """Make the ledger's tables in the database of CLINIC_LEDGER_DATABASE, or bring them up to date after an upgrade.

    It signs in with CLINIC_LEDGER_DATABASE_OWNER, the address of the role that owns the tables. The role that
    CLINIC_LEDGER_DATABASE names may then use them.
    """
    database = settings_of().storage.database
    if database is None:
        message = "Set CLINIC_LEDGER_DATABASE to the address of the database, such as postgresql://role@host/database."
        raise typer.BadParameter(message)
    try:
        taken = prepare_database(database)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"steps": taken}))
    elif taken:
        console.print(
            f"Took {count_of(len(taken), 'step')}: {', '.join(taken)}.", highlight=False, soft_wrap=True
        )
    else:
        console.print("Nothing was to do: the database has the tables of this version.", soft_wrap=True)


def move(
    to: Annotated[
        str,
        typer.Option(
            help="postgresql://role@host/database, as the service will sign in; or a new or empty folder, for files."
            " The password belongs in a password file of PostgreSQL."
        ),
    ],
    clinic: Annotated[
        str | None,
        typer.Option(help="Copy this clinic alone into the ledger there. This ledger keeps it."),
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(
            help="With --clinic and a database: the ledger folder of the ledger there, for its documents."
        ),
    ] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Move the books from files to a PostgreSQL database, or, with CLINIC_LEDGER_DATABASE, from there to files.

    Stop the services of the ledger first: if somebody records during the move, it does not finish. Each clinic is verified
    on both sides. A move that was ended in the middle goes on when the command is given again. Set
    CLINIC_LEDGER_DATABASE_OWNER to the address of the owner of the tables. Before a move to a database, give ledger prepare.
    """
    settings = settings_of(folder)
    target = _target_of(to, settings, clinic, documents)
    try:
        if clinic:
            moved = [copy_clinic(settings.path, settings.storage, target, clinic, tell_step)]
        else:
            moved = move_ledger(settings.path, settings.storage, target, tell_step)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        shown = {"clinics": [_json_of(one) for one in moved], "is_copy": clinic is not None}
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
        return
    for one in moved:
        totals = one.content.totals
        console.print(
            f"[green]{escape(one.clinic.name)}[/]: {totals.invoices:,} invoices, {totals.steps:,} steps and a journal of"
            f" {totals.entries:,} entries are the same on both sides; {dollars(totals.receivable_cents)} receivable.",
            highlight=False,
            soft_wrap=True,
        )
    console.print(_what_now(target, settings, moved, clinic), highlight=False, soft_wrap=True, markup=False)


def _target_of(to: str, settings: Settings, clinic: str | None, documents: Path | None) -> Target:
    """Return where the books go; raises BadParameter where both sides are files, or both are databases."""
    is_database = to.startswith(("postgresql://", "postgres://"))
    if "://" in to and not is_database:
        message = "Name a database as postgresql://role@host/database, or a folder."
        raise typer.BadParameter(message, param_hint="--to")
    if is_database and settings.database:
        message = (
            "CLINIC_LEDGER_DATABASE is set, so the books are in a database already. Unset it to move the files of a folder;"
            " use pg_dump to go from one database to another."
        )
        raise typer.BadParameter(message, param_hint="--to")
    if not is_database and not settings.database:
        message = "The books are files already. Use ledger backup or ledger export to copy them."
        raise typer.BadParameter(message, param_hint="--to")
    if (documents is not None) != (is_database and clinic is not None):
        message = "Give --documents with --clinic and a database, and not otherwise."
        raise typer.BadParameter(message, param_hint="--documents")
    if not is_database:
        return Target(Path(to))
    return Target(documents or settings.path, DatabaseAddress(to, settings.database_owner))


def _what_now(target: Target, settings: Settings, moved: list[MovedClinic], clinic: str | None) -> str:
    """Return what was done and what to do next."""
    if clinic:
        return (
            f"Copied {moved[0].clinic.name} into the ledger in {target.name}. This ledger keeps the clinic, too: record"
            " it in one of the two only."
        )
    what = count_of(len(moved), "clinic")
    if target.database:
        return (
            f"Moved {what} to the database. Set CLINIC_LEDGER_DATABASE to its address, then start the services. The files"
            f" in {settings.path} are not opened any more; the documents there are still in use."
        )
    return (
        f"Moved {what} to {target.folder}. Unset CLINIC_LEDGER_DATABASE and name this folder with CLINIC_LEDGER_PATH, then"
        " start the services. Nothing is recorded in the database any more; its rows are as they were."
    )


def _json_of(one: MovedClinic) -> dict[str, object]:
    totals = one.content.totals
    return {
        "clinic": one.clinic.id,
        "name": one.clinic.name,
        "was_there": one.was_there,
        "invoices": totals.invoices,
        "steps": totals.steps,
        "receivable_cents": totals.receivable_cents,
        "entries": totals.entries,
        "head": totals.head,
        "rows": sum(one.content.rows.values()),
    }
