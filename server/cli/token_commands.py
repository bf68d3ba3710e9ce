"""``clinicledger addin tokens | revoke | forget``: show who is paired, and revoke tokens one by one or all."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from server.cli import terminal
from server.cli.options import (
    AsJson,
    LedgerFolder,
    exit_with_refusal,
    open_ledger,
    open_or_make_ledger,
    print_table,
)
from server.errors import BillingError
from server.ledger.tokens import ListedToken

console = Console()

HOLDERS = {"desktop": "Desktop add-in", "office": "Task pane"}


def tokens(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """List the tokens that were not revoked: made, last used, expires."""
    try:
        found = open_ledger(ledger).tokens.list_tokens()
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"tokens": [asdict(one) for one in found]}, option=orjson.OPT_INDENT_2))
        return
    table = Table("Id", "Name", "Made", "Last used", "Expires", box=SIMPLE_HEAD)
    for one in found:
        expires = "[red]expired[/]" if one.is_expired else _local_day(one.expires_at)
        used = _local_minute(one.used_at) if one.used_at else "never"
        table.add_row(one.id, escape(_name_of(one)), _local_day(one.given_at), used, expires)
    print_table(table if found else "This ledger has no token: everybody on this computer may use it.")


def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The id that addin tokens shows.")],
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Revoke one token. Its add-in is refused from this moment on."""
    try:
        gone = open_ledger(ledger).tokens.revoke(token)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"revoked": asdict(gone)}, option=orjson.OPT_INDENT_2))
    else:
        console.print(f"Revoked {gone.id} ({escape(_name_of(gone))}).", highlight=False)


def forget(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Revoke all tokens. This user's desktop add-in gets a new token at once."""
    try:
        of_ledger = open_or_make_ledger(ledger).tokens
        gone = of_ledger.forget_all()
        of_ledger.ensure_desktop()
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"forgotten": gone}))
    else:
        console.print(f"Forgot {gone} tokens. Task panes need a new code: clinicledger addin code")


def _name_of(token: ListedToken) -> str:
    return token.name or HOLDERS[token.holder]


def _local_day(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d}"


def _local_minute(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"
