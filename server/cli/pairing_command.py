"""``clinicledger addin code`` and ``addin forget``: pair task panes, and revoke all tokens."""

from typing import Annotated

import orjson
import typer
from rich.console import Console

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.errors import BillingError
from server.ledger.store import Ledger

console = Console()


def code(
    service: Annotated[
        str | None, typer.Option(help="The service's address; default: this computer's.")
    ] = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show a new code to type into the task pane, from the running service."""
    try:
        token_file = Ledger(settings_of(ledger).path).tokens.ensure_desktop()
        with Service(service, token_file) as client:
            shown = client.pairing_code()
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
    else:
        terminal.show_pairing_code(console, shown["code"], shown["minutes"])


def forget(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Revoke all tokens. This user's desktop add-in gets a new token at once."""
    try:
        tokens = Ledger(settings_of(ledger).path).tokens
        gone = tokens.forget_all()
        tokens.ensure_desktop()
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"forgotten": gone}))
    else:
        console.print(f"Forgot {gone} tokens. Task panes need a new code: clinicledger addin code")
