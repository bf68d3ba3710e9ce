"""What the commands share: options, settings made from them, and the exit after a refusal."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from server.cli import terminal
from server.cli.new_ledgers import begin_encryption
from server.identity_provider_settings import ENV_PREFIX, IdentityProviderSettings
from server.ledger.store import Ledger
from server.settings import Settings

REFUSED = 1

complaints = Console(stderr=True)

PIPED_WIDTH = 240
"""How many characters a line has that goes to a file or a program."""

NO_HOME = "This account has no home folder, where the books and the certificate would be. Set the variable HOME to a folder."

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]
LedgerFolder = Annotated[
    Path | None,
    typer.Option("--ledger", help="The ledger folder; default CLINIC_LEDGER_PATH or your data folder."),
]


def tell_step(what: str) -> None:
    """Print a line about what a long command does now, apart from its result."""
    complaints.print(what, style="dim", highlight=False, soft_wrap=True, markup=False)


def print_table(table: Table | str) -> None:
    """Print a table, or what there is to say in place of one: as wide as the terminal, and whole where there is none."""
    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)


def settings_of(ledger: Path | None = None, **options: Any) -> Settings:  # noqa: ANN401 - the settings' own types
    """Return the settings: options first, then environment variables, then defaults; raises BadParameter."""
    try:
        return Settings(**options) if ledger is None else Settings(path=ledger, **options)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(_complaints_of(error))) from None
    except RuntimeError:  # of platformdirs
        raise typer.BadParameter(NO_HOME) from None


def open_ledger(folder: Path | None) -> Ledger:
    """Return the ledger that the options and variables name; raises NoLedger, and BadParameter for wrong settings."""
    settings = settings_of(folder)
    return Ledger.open_existing(settings.path, settings.storage)


def open_or_make_ledger(folder: Path | None) -> Ledger:
    """Return the ledger that the options and variables name. It is made if there is none."""
    settings = settings_of(folder)
    if about_encryption := begin_encryption(settings):
        tell_step(about_encryption)
    return Ledger(settings.path, storage=settings.storage)


def _complaints_of(error: ValidationError) -> list[str]:
    """Return what is wrong with settings: each variable with its complaint. No value is repeated that may be a secret."""
    prefix = ENV_PREFIX if error.title == IdentityProviderSettings.__name__ else "CLINIC_LEDGER_"
    return [
        f"{prefix}{str(one['loc'][0]).upper()}: {one['msg']}" if one["loc"] else one["msg"]
        for one in error.errors()
    ]


def exit_with_refusal(problem: dict[str, Any], *, as_json: bool) -> typer.Exit:
    """Show a refusal and return the exit that ends the command."""
    if as_json:
        typer.echo(orjson.dumps(problem, option=orjson.OPT_INDENT_2))
    else:
        terminal.show_refusal(complaints, problem)
    return typer.Exit(REFUSED)
