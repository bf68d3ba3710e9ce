"""``clinicledger ledger access``: the access log of the firm."""

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
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.errors import BillingError
from server.ledger.firm_access import AccessEvent
from server.ledger.store import Ledger

console = Console()

WORDS = {
    AccessEvent.TOKEN_GIVEN: "Token issued",
    AccessEvent.TOKEN_REVOKED: "Token revoked",
    AccessEvent.BACKUP: "Backup",
    AccessEvent.EXPORT: "Export",
    AccessEvent.RESTORE: "Restore",
    AccessEvent.USER_ADDED: "User added",
    AccessEvent.USER_CHANGED: "User changed",
    AccessEvent.USER_DISABLED: "User disabled",
    AccessEvent.USER_ENABLED: "User enabled",
    AccessEvent.PASSWORD_LINK: "Code for a new password",
    AccessEvent.PASSWORD_SET: "Password set",
    AccessEvent.SECOND_FACTOR_SET: "Authenticator app set up",
    AccessEvent.SECOND_FACTOR_REMOVED: "Authenticator app taken away",
    AccessEvent.SIGN_IN: "Signed in",
    AccessEvent.SIGN_OUT: "Signed out",
    AccessEvent.SESSIONS_ENDED: "All sessions ended",
    AccessEvent.DEVICE_APPROVED: "Device approved",
    AccessEvent.DEVICE_DENIED: "Device refused",
    AccessEvent.PROGRAM_TOKEN_MADE: "Program token made",
    AccessEvent.PROGRAM_TOKEN_REVOKED: "Program token revoked",
    "sign-in-refused": "Refused: name or password",
    "second-factor-refused": "Refused: code of the authenticator app",
    "link-unusable": "Refused: code for a new password",
    "device-code-unusable": "Refused: code of a device",
    "token-unknown": "Refused: unknown token",
    "token-revoked": "Refused: revoked token",
    "token-expired": "Refused: expired token",
    "code-unusable": "Refused: wrong pairing code",
}


def access(
    last: Annotated[int, typer.Option(help="How many rows, the latest first.", min=1)] = 100,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show who tried to get in, which tokens were issued and revoked, and what was copied."""
    try:
        rows = Ledger.open_existing(settings_of(folder).path).access.rows(last)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"access": [asdict(row) for row in rows]}, option=orjson.OPT_INDENT_2))
        return
    table = Table("When", "What", "About", "From", box=SIMPLE_HEAD)
    table.add_column("Times", justify="right")
    for row in rows:
        when = f"{datetime.fromisoformat(row.recorded_at).astimezone():%Y-%m-%d %H:%M}"
        what = WORDS.get(row.what, row.what)
        table.add_row(when, escape(what), escape(row.about), escape(row.origin), f"{row.times:,}")
    console.print(table if rows else "Nothing was recorded yet.")
