"""``clinicledger addin code``: pair a task pane."""

from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, open_or_make_ledger
from server.errors import BillingError
from server.ledger.pairing_codes import MINUTES

console = Console()


def code(
    name: Annotated[
        str, typer.Option(help="What addin tokens calls the task pane, such as “Ana's browser”.")
    ] = "",
    service: Annotated[
        str | None, typer.Option(help="Ask the service at this address instead of the ledger.", metavar="URL")
    ] = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show a new code to type into the task pane. It works with any service on this ledger, also one that is started later."""
    try:
        of_ledger = open_or_make_ledger(ledger)
        token_file = of_ledger.tokens.ensure_desktop()
        if service is None:
            shown: dict[str, Any] = {"code": of_ledger.pairing_codes.make(name), "minutes": MINUTES}
        else:
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
