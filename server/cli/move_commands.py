"""``clinicledger ledger prepare`` and ``move``: keep the books in a PostgreSQL database, or in files again."""

import orjson
import typer
from rich.console import Console

from server.cli import terminal
from server.cli.options import AsJson, exit_with_refusal, settings_of
from server.errors import BillingError, count_of
from server.ledger.preparation import prepare_database

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
